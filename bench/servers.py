"""The database and the web servers of a run; all end with it."""

import os
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import psycopg

from palace.core import database
from palace.demo import commands, embedded

from . import options
from .machine import ROOT

NAME = "palace_bench"
FOLDER = ROOT / "data" / "bench"


def superuser_url() -> str:
    """The server that BENCH_DATABASE_URL names (as its superuser), else an embedded one of our own."""
    return os.environ.get("BENCH_DATABASE_URL") or embedded.postgres(FOLDER)


def environment(superuser: str) -> dict:
    """As in production, but for limits that one machine with a crowd on it would meet, and without Redis."""
    urls = database.prepare(superuser, NAME)
    return os.environ | {
        "DATABASE_URL": urls.app,
        "OWNER_DATABASE_URL": urls.owner,
        "BENCH_SUPERUSER_URL": database.url_of(superuser, NAME),
        "DJANGO_SETTINGS_MODULE": "palace.settings",
        "SECRET_KEY": "of-the-measurements-on-this-machine-and-of-nothing-else",
        "ALLOWED_HOSTS": "127.0.0.1,bench",
        "HTTPS": "0",
        "REDIS_URL": "",
        "DATA_DIR": str(FOLDER),
        "LOG_LEVEL": "ERROR",
        "THROTTLE_ACCOUNT": "100000/min",
        "THROTTLE_ADDRESS": "10000000/min",
    }


def fresh_database(superuser: str) -> dict:
    database.drop(superuser, NAME)
    env = environment(superuser)
    migrate = [*commands.manage("migrate", "--database", "owner", "--verbosity", "0")]
    subprocess.run(migrate, env=env, cwd=ROOT, check=True)
    return env


def base_data(env: dict, path: Path) -> None:
    subprocess.run([sys.executable, "-W", "ignore", "-m", "bench.house", str(path)], env=env, cwd=ROOT, check=True)


@contextmanager
def web(env: dict, *, threads: int = options.THREADS, settings: str = "palace.settings"):
    """The web server as the portal runs it (two processes), with ``threads`` threads each; gives its address."""
    port = free_port()
    command = commands.web("127.0.0.1", port)
    command[command.index("--blocking-threads") + 1] = str(threads)
    process = subprocess.Popen(command, env=env | {"DJANGO_SETTINGS_MODULE": settings}, cwd=ROOT)
    try:
        wait_for(port, process)
        yield port
    finally:
        process.terminate()
        process.wait(30)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(port: int, process) -> None:
    for _n in range(300):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                time.sleep(1)  # both processes listen
                return
        if process.poll() is not None:
            break
        time.sleep(0.1)
    raise SystemExit("The web server does not start.")


def one_value(url: str, query: str, *values):
    with psycopg.connect(url, autocommit=True) as connection:
        return connection.execute(query, values).fetchone()[0]


def deadlocks(url: str) -> int:
    """Since the database was made. Sessions report their counts when idle, so wait a moment before asking."""
    time.sleep(1.5)
    return one_value(url, "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
