"""The measurements. Each gives a dictionary of figures; rounds of what is compared are interleaved."""

import json
import statistics
import threading
from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path

import psycopg

from . import crowd, load, options, servers
from .options import Size

OVERLAPS = """
SELECT count(*) FROM venues_occupancy a JOIN venues_occupancy b ON a.id < b.id AND a.holds AND b.holds AND a.space_id = b.space_id
AND a.first_place < b.first_place + b.place_count AND b.first_place < a.first_place + a.place_count
AND tstzrange(a.starts_at, a.ends_at) && tstzrange(b.starts_at, b.ends_at) WHERE a.starts_at >= %s AND a.starts_at < %s
"""
SOLD = "SELECT unit_id, starts_at, ends_at FROM bookings_booking WHERE status = 'confirmed' AND unit_id = ANY(%s) AND starts_at >= %s AND starts_at < %s"


def summed(values: list[float]) -> dict:
    return {"median": statistics.median(values), "min": min(values), "max": max(values), "rounds": values}


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


# --- a booking over HTTP, against the database alone ---------------------------------------------------------------


def booking(env: dict, facts: dict, folder: Path, size: Size) -> dict:
    """Commits a second of one INSERT, and bookings a second with every rule on, by turns; as many database sessions each."""
    sessions = options.WORKERS * options.THREADS
    superuser = env["BENCH_SUPERUSER_URL"]
    with psycopg.connect(superuser, autocommit=True) as connection:
        connection.execute(load.RAW_TABLE)
    files = booking_files(facts, folder)
    raw, http, first = [], [], 0
    with servers.web(env) as port:
        first = stream(port, files, first, 2)["next"]  # every thread of the server has its connection and the rules
        for _n in range(size.rounds):
            raw.append(load.pgbench(superuser, folder, clients=sessions, seconds=size.raw_seconds))
            http.append(stream(port, files, first, size.http_seconds))
            first = http[-1]["next"]
    return {
        "sessions": sessions,
        "raw_per_second": summed(raw),
        "bookings_per_second": summed([r["per_second"] for r in http]),
        "share_of_raw": summed([r["per_second"] / a for r, a in zip(http, raw, strict=True)]),
        "p50_ms": statistics.median(r["p50_ms"] for r in http),
        "p99_ms": statistics.median(r["p99_ms"] for r in http),
        "booked": sum(r["good"] for r in http),
        "refused": sum(r["refused"] for r in http),
        "status_5xx": sum(r["broken"] for r in http),
    }


def booking_files(facts: dict, folder: Path) -> list[Path]:
    today = date.fromisoformat(facts["today"])
    days = [today + timedelta(days=n) for n in range(options.FIRST_FREE_DAY, options.HORIZON_DAYS)]
    times = [f"{day}T{hour:02}:00:00+08:00 {day}T{hour + 1:02}:00:00+08:00" for day in days for hour in options.HOURS]
    contents = {"units": facts["units"], "times": times, "keys": facts["keys"]}
    return [written(folder / f"{name}.txt", lines) for name, lines in contents.items()]


def written(path: Path, lines) -> Path:
    path.write_text("".join(f"{line}\n" for line in lines))
    return path


def stream(port: int, files: list[Path], first: int, seconds: int) -> dict:
    connections = 2 * options.WORKERS * options.THREADS
    return load.wrk(port, "book.lua", *files, first, 1, connections=connections, seconds=seconds)


# --- free slots, against the plain rows ----------------------------------------------------------------------------


def slots(env: dict, facts: dict, folder: Path, size: Size) -> dict:
    """The slots call for the courts of a hall, seven days, against the same rows by values_list and orjson."""
    query = f"?date={facts['today']}&days=7"
    ours = written(folder / "slots.txt", [f"/api/v1/units/{u}/slots/{query}" for u in facts["hall"]["units"]])
    plain = written(folder / "plain.txt", [f"/spaces/{facts['hall']['space']}/{query}"])
    keys = written(folder / "some_keys.txt", facts["keys"][:100])
    with servers.web(env) as port, servers.web(env, settings="bench.plain_settings") as plain_port:
        rounds = [compared(port, plain_port, ours, plain, keys, size) for _n in range(size.rounds + 1)][
            1:
        ]  # the first warms up
    return {
        "rows_of_the_hall": rows_of_hall(env, facts),
        "slots_per_second": summed([a["per_second"] for a, _b in rounds]),
        "values_list_per_second": summed([b["per_second"] for _a, b in rounds]),
        "times_values_list": summed([a["per_second"] / b["per_second"] for a, b in rounds]),
        "p50_ms": statistics.median(a["p50_ms"] for a, _b in rounds),
        "p99_ms": statistics.median(a["p99_ms"] for a, _b in rounds),
        "not_200": sum(r["refused"] + r["broken"] for pair in rounds for r in pair),
    }


def compared(port, plain_port, ours, plain, keys, size: Size) -> tuple[dict, dict]:
    common = {"connections": 16, "seconds": size.slots_seconds}
    return load.wrk(port, "get.lua", ours, keys, **common), load.wrk(plain_port, "get.lua", plain, **common)


def rows_of_hall(env: dict, facts: dict) -> int:
    query = "SELECT count(*) FROM venues_occupancy WHERE holds AND space_id = %s AND ends_at > %s AND starts_at < %s"
    since, until = day_of(facts, 0), day_of(facts, 7)
    return servers.one_value(env["BENCH_SUPERUSER_URL"], query, facts["hall"]["space"], since, until)


def day_of(facts: dict, number: int) -> datetime:
    day = date.fromisoformat(facts["today"]) + timedelta(days=number)
    return datetime(day.year, day.month, day.day, tzinfo=crowd.SHANGHAI)


# --- crowds --------------------------------------------------------------------------------------------------------


def crowds(env: dict, facts: dict, _folder: Path, size: Size) -> dict:
    """1,000 members for 40 slots, fixed and of free length."""
    before = servers.deadlocks(env["BENCH_SUPERUSER_URL"])
    with servers.web(env, threads=options.CROWD_THREADS) as port:
        crowd.run(
            port, facts["keys"], "fixed", facts["crowds"]["fixed"], day_of(facts, options.CROWD_DAY - 1).date(), 0
        )
        found = {kind: [one_crowd(env, facts, port, kind, n) for n in range(size.crowds)] for kind in ("fixed", "free")}
    told = {kind: told_of(rounds) for kind, rounds in found.items()}
    sessions = options.WORKERS * options.CROWD_THREADS
    return told | {"sessions": sessions, "deadlocks": servers.deadlocks(env["BENCH_SUPERUSER_URL"]) - before}


def one_crowd(env: dict, facts: dict, port: int, kind: str, number: int) -> dict:
    units, start = facts["crowds"][kind], day_of(facts, options.CROWD_DAY + number)
    seconds, tries = crowd.run(port, facts["keys"], kind, units, start.date(), options.SEED + number)
    with psycopg.connect(env["BENCH_SUPERUSER_URL"]) as connection:
        end = start + timedelta(days=1)
        sold = connection.execute(SOLD, [units, start, end]).fetchall()
        overlaps = connection.execute(OVERLAPS, [start, end]).fetchone()[0]
    return {
        "seconds": seconds,
        "tries": tries,
        "sold": len(sold),
        "hours_sold": sum((until - since).total_seconds() for _u, since, until in sold) / 3600,
        "sold_twice": overlaps,
        "refused_though_free": sum(t.status == 409 and is_free(t, sold) for t in tries),
        "unknown_winners": sum(t.status == 201 for t in tries) - len(sold),
    }


def is_free(wanted: crowd.Try, sold: list) -> bool:
    return not any(u == wanted.unit and since < wanted.until and until > wanted.since for u, since, until in sold)


def told_of(rounds: list[dict]) -> dict:
    tries = [t for r in rounds for t in r["tries"]]
    took = [t.took * 1000 for t in tries]
    return {
        "crowds": len(rounds),
        "answers": len(tries),
        "sold": [r["sold"] for r in rounds],
        "hours_sold": [r["hours_sold"] for r in rounds],
        "sold_twice": sum(r["sold_twice"] for r in rounds),
        "refused_though_free": sum(r["refused_though_free"] for r in rounds),
        "answers_without_effect": sum(r["unknown_winners"] for r in rounds),
        "answers_by_status": dict(sorted(Counter(f"{t.status} {t.code}".strip() for t in tries).items())),
        "status_5xx": sum(t.status >= 500 for t in tries),
        "all_answered_seconds": summed([r["seconds"] for r in rounds]),
        "p50_ms": percentile(took, 0.5),
        "p99_ms": percentile(took, 0.99),
        "worst_ms": max(took),
    }


# --- the claim itself ----------------------------------------------------------------------------------------------


def race(env: dict, facts: dict, _folder: Path, size: Size) -> dict:
    """16 rivals for one place, round after round, straight at the database function."""
    before = servers.deadlocks(env["BENCH_SUPERUSER_URL"])
    claims = [claim_of(facts, n) for n in range(size.race_rounds)]
    winners, errors = Counter(), Counter()
    gate = threading.Barrier(options.RIVALS)

    def rival() -> None:
        with psycopg.connect(env["DATABASE_URL"], autocommit=True) as connection:
            gate.wait()
            for n, claim in enumerate(claims):
                try:
                    answer = connection.execute("SELECT claim_places(%s, '{}', NULL, 'bench')", [claim]).fetchone()[0]
                    winners[n] += "rows" in answer
                except psycopg.Error as error:
                    errors[error.sqlstate] += 1

    threads = [threading.Thread(target=rival) for _n in range(options.RIVALS)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    return {
        "rivals": options.RIVALS,
        "rounds": size.race_rounds,
        "rounds_with_one_winner": sum(winners[n] == 1 for n in range(size.race_rounds)),
        "errors": dict(errors),
        "deadlocks": servers.deadlocks(env["BENCH_SUPERUSER_URL"]) - before,
    }


def claim_of(facts: dict, number: int) -> str:
    """One place for an hour, a year ahead, where nothing else is."""
    since = day_of(facts, 400) + timedelta(hours=number)
    claim = {
        "palace": facts["palace"],
        "space": facts["race_space"],
        "first": 1,
        "count": 1,
        "kind": "session",
        "holder": number + 1,
    }
    return json.dumps([claim | {"since": since.isoformat(), "until": (since + timedelta(hours=1)).isoformat()}])


MEASURES = {"booking": booking, "slots": slots, "crowds": crowds, "race": race}
