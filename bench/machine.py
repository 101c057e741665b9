"""What the figures were taken on."""

import os
import platform
import subprocess
from importlib.metadata import version
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("django", "granian", "psycopg", "orjson")


def described(database_version: str) -> dict:
    return {
        "processor": processor(),
        "cores": os.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 2**30, 1),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "postgresql": database_version,
        "load_before": load(),
        **{name: version(name) for name in PACKAGES},
    }


def load() -> list[float]:
    """Averages over 1, 5 and 15 minutes. Far above the number of cores before the run, somebody else was at work."""
    return [round(x, 2) for x in os.getloadavg()]


def processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()


def commit() -> str:
    """The short commit; "+" where files differ from it."""
    name = git("rev-parse", "--short", "HEAD")
    return name + ("+" if git("status", "--porcelain", "--", "*.py") else "")


def git(*arguments) -> str:
    result = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    return (
        result.stdout.strip() or "none"
        if result.returncode == 0 and arguments[0] == "rev-parse"
        else result.stdout.strip()
    )
