"""The figures as JSON for programs and as a page for people."""

import json
from pathlib import Path


def write(result: dict, folder: Path) -> list[Path]:
    folder.mkdir(exist_ok=True)
    name = f"{result['date']}-{result['commit'].rstrip('+')}"
    paths = [folder / f"{name}.json", folder / f"{name}.md"]
    paths[0].write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n")
    paths[1].write_text(page(result))
    return paths


def page(result: dict) -> str:
    parts = [heading(result)]
    parts += [SECTIONS[name](result[name]) for name in SECTIONS if name in result]
    return "\n".join(parts)


def heading(result: dict) -> str:
    machine = "\n".join(f"| {name.replace('_', ' ')} | {value} |" for name, value in result["machine"].items())
    return (
        f"# Measured on {result['date']}, commit {result['commit']}\n\n"
        f"`make bench`, {result['seconds']:.0f} s, seed {result['seed']}, {result['base_bookings']:,} bookings in the tables before. "
        f"Client: {result['client']}. Other work on the machine moves the absolute figures; ratios come from interleaved rounds.\n\n"
        f"| machine | |\n|---|---|\n{machine}\n"
    )


def spread(values: dict, form: str = ",.0f") -> str:
    return f"{values['median']:{form}} [{values['min']:{form}} … {values['max']:{form}}]"


def booking(r: dict) -> str:
    return (
        "## A booking over HTTP, every rule on\n\n"
        f"Key, account, throttle, JSON, opening hours, policy, price, then one statement: claim, booking, audit, idempotency record, outbox. "
        f"Raw is one durable prepared INSERT into a plain table by pgbench. Both with {r['sessions']} database sessions, by turns, "
        f"{len(r['raw_per_second']['rounds'])} rounds; median [lowest … highest].\n\n"
        "| | a second |\n|---|---|\n"
        f"| raw commits | {spread(r['raw_per_second'])} |\n"
        f"| bookings (201) | {spread(r['bookings_per_second'])} |\n"
        f"| share of raw | **{r['share_of_raw']['median']:.1%}** [{r['share_of_raw']['min']:.1%} … {r['share_of_raw']['max']:.1%}] |\n"
        f"| p50 / p99 of a booking | {r['p50_ms']:.1f} / {r['p99_ms']:.1f} ms |\n"
        f"| booked, refused, 5xx | {r['booked']:,}, {r['refused']:,}, {r['status_5xx']:,} |\n"
    )


def slots(r: dict) -> str:
    return (
        "## Free slots of a court, seven days\n\n"
        f"98 slots with price and answer for the caller, his key in the request. Compared with an endpoint without middleware that only "
        f"reads the {r['rows_of_the_hall']} rows of the hall by `values_list` and writes them with orjson, on the same server settings.\n\n"
        "| | a second |\n|---|---|\n"
        f"| slots call | {spread(r['slots_per_second'])} |\n"
        f"| values_list + orjson | {spread(r['values_list_per_second'])} |\n"
        f"| ratio | **{r['times_values_list']['median']:.1f}** [{r['times_values_list']['min']:.1f} … {r['times_values_list']['max']:.1f}] |\n"
        f"| p50 / p99 of the slots call | {r['p50_ms']:.1f} / {r['p99_ms']:.1f} ms |\n"
        f"| answers other than 200 | {r['not_200']} |\n"
    )


def crowds(r: dict) -> str:
    rows = "".join(
        crowd_row(label, r[kind])
        for label, kind in (("40 fixed slots", "fixed"), ("free lengths, 30 to 120 min", "free"))
    )
    return (
        "## Crowds: 1,000 members for 10 courts from 18:00 to 22:00\n\n"
        f"All at once on open connections, up to three wishes each, {r['sessions']} database sessions. "
        f"Deadlocks counted by the database: **{r['deadlocks']}**.\n\n"
        "| crowd | rounds | sold in each | sold twice | refused though free | 5xx | all answered, s | p50 / p99 / worst ms |\n"
        f"|---|---|---|---|---|---|---|---|\n{rows}"
    )


def crowd_row(label: str, r: dict) -> str:
    sold = ", ".join(str(n) for n in r["sold"])
    return (
        f"| {label} | {r['crowds']} ({r['answers']:,} answers) | {sold} | {r['sold_twice']} | {r['refused_though_free']} | {r['status_5xx']} | "
        f"{spread(r['all_answered_seconds'], '.2f')} | {r['p50_ms']:.0f} / {r['p99_ms']:.0f} / {r['worst_ms']:.0f} |\n"
    )


def race(r: dict) -> str:
    return (
        f"## {r['rivals']} rivals for one place, {r['rounds']:,} rounds\n\n"
        f"Straight at the database function: exactly one winner in **{r['rounds_with_one_winner']:,}** of {r['rounds']:,} rounds, "
        f"errors {r['errors'] or 'none'}, deadlocks {r['deadlocks']}.\n"
    )


SECTIONS = {"booking": booking, "slots": slots, "crowds": crowds, "race": race}
