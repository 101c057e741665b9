"""Clients: pgbench for the database alone, wrk for a steady stream over HTTP."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict

from palace.demo import embedded

LUA = Path(__file__).resolve().parent / "lua"
RAW = "INSERT INTO bench_raw (unit_id, member_id, starts_at, note) VALUES (:client_id, 7, now(), 'one durable row');\n"
RAW_TABLE = (
    "CREATE TABLE IF NOT EXISTS bench_raw (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, unit_id bigint, member_id bigint, "
    "starts_at timestamptz, note text)"
)


def pgbench(url: str, folder: Path, *, clients: int, seconds: int) -> float:
    """Commits a second of one INSERT each, prepared."""
    script = folder / "raw.sql"
    script.write_text(RAW)
    parts = conninfo_to_dict(url)
    place = ["-h", parts.get("host", "127.0.0.1"), "-p", str(parts.get("port", 5432)), "-U", parts["user"]]
    flags = ["-M", "prepared", "-n", "-c", str(clients), "-j", "2", "-T", str(seconds), "-f", str(script)]
    program = str(embedded.postgres_programs() / "pgbench")
    environment = os.environ | {"PGPASSWORD": parts.get("password", "")}
    done = subprocess.run(
        [program, *place, *flags, parts["dbname"]], env=environment, capture_output=True, text=True, check=True
    )
    return float(re.search(r"tps = ([\d.]+)", done.stdout)[1])


def wrk_program() -> str:
    program = shutil.which("wrk")
    if not program:
        raise SystemExit(
            "wrk is needed (Debian: apt-get install wrk): a client in Python would be slower than the portal."
        )
    return program


def wrk(port: int, script: str, *arguments, connections: int, seconds: int) -> dict:
    """One slice of load; requests that were under way at its end are not counted."""
    flags = ["-t", "1", "-c", str(connections), "-d", f"{seconds}s", "--timeout", "30s", "-s", str(LUA / script)]
    command = [wrk_program(), *flags, f"http://127.0.0.1:{port}", "--", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found = re.search(r"^RESULT (.*)$", done.stdout, re.MULTILINE)
    result = json.loads(found[1])
    return result | {"per_second": result["good"] / result["seconds"]}
