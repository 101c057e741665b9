"""``python -m bench``: measure, print, and write bench/results/."""

import json
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from palace.core.translations import compile_all

from . import load, machine, measures, options, report, servers


def main() -> None:
    asked = options.parse()
    size = options.QUICK if asked.quick else options.FULL
    load.wrk_program()
    compile_all()
    begun = time.monotonic()
    superuser = servers.superuser_url()
    print("Preparing the database …", flush=True)
    env = servers.fresh_database(superuser)
    with tempfile.TemporaryDirectory() as folder:
        result = measured(env, Path(folder), size, [asked.only] if asked.only else list(measures.MEASURES))
    result["seconds"] = time.monotonic() - begun
    print(report.page(result))
    if not asked.quick and not asked.only:
        print(*report.write(result, machine.ROOT / "bench" / "results"), sep="\n")


def measured(env: dict, folder: Path, size: options.Size, names: list[str]) -> dict:
    url = env["BENCH_SUPERUSER_URL"]
    result = {
        "date": datetime.now(UTC).date().isoformat(),
        "commit": machine.commit(),
        "seed": options.SEED,
        "machine": machine.described(servers.one_value(url, "SHOW server_version")),
        "client": "wrk for streams, a selector loop in Python for crowds",
    }
    folder.chmod(0o755)
    servers.base_data(env, folder / "facts.json")
    facts = json.loads((folder / "facts.json").read_text())
    result["base_bookings"] = servers.one_value(url, "SELECT count(*) FROM bookings_booking")
    for name in names:
        print(f"Measuring {name} …", flush=True)
        result[name] = measures.MEASURES[name](env, facts, folder, size)
    result["machine"]["load_after"] = machine.load()
    return result


if __name__ == "__main__":
    main()
