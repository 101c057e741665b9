"""The command lines of the portal's processes, as docker-compose.yml has them too."""

import sys
from pathlib import Path

BASE = Path(__file__).resolve().parent.parent.parent
LOCK = BASE / "requirements.lock"
PYTHON = [sys.executable, "-W", "ignore"]


def manage(*arguments) -> list[str]:
    return [*PYTHON, str(BASE / "manage.py"), *arguments]


def web(host, port) -> list[str]:
    """Two processes of three threads: the measured best on two cores (docs/decisions/)."""
    place = ["--host", host, "--port", str(port), "--http", "1"]
    size = ["--workers", "2", "--blocking-threads", "3"]
    care = ["--respawn-failed-workers", "--workers-kill-timeout", "5"]
    slow = ["--http1-header-read-timeout", "15000"]
    # Idle connections of a crowd count as well: at granian's own limit of 512 a process lets the next ones wait 15 s.
    crowd = ["--backlog", "4096", "--backpressure", "4096"]
    flags = ["--interface", "wsgi", *place, *size, *care, *slow, *crowd, "--log-level", "warning"]
    return [*PYTHON, "-m", "granian", *flags, "palace.wsgi:application"]


def celery(*arguments) -> list[str]:
    return [*PYTHON, "-m", "celery", "-A", "palace", *arguments, "--loglevel", "WARNING"]


def worker() -> list[str]:
    return celery("worker", "--concurrency", "2", "--without-gossip")


def beat(schedule) -> list[str]:
    return celery("beat", "--schedule", str(schedule), "--pidfile", "")


def sms(port, file) -> list[str]:
    """The stand-in for the SMS provider; ``file`` keeps the messages over a restart."""
    return manage("sms_standin", "--port", str(port), "--data", str(file))


def migrations() -> list[Path]:
    """Files of the portal's own migrations; those of packages change only with the lock."""
    return sorted([*BASE.glob("*/migrations/0*.py"), *BASE.glob("palace/*/migrations/0*.py")])
