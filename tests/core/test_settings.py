"""Production starts as production or not at all. Each case reads the settings in a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
REAL = {
    "PRODUCTION": "1",
    "SECRET_KEY": "x" * 40,
    "ALLOWED_HOSTS": "palace.example.cn",
    "DATABASE_URL": "postgresql://palace_app@127.0.0.1/palace",
    "REDIS_URL": "redis://127.0.0.1:9/0",
}


def start(**variables) -> tuple[int, str]:
    """Exit code of reading the settings, and what was said last."""
    env = {"PATH": os.environ["PATH"]} | REAL | variables
    command = [sys.executable, "-c", "import palace.settings"]
    read = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)
    return read.returncode, (read.stderr.splitlines() or [""])[-1]


def test_production_starts_with_a_secret_of_40_characters():
    assert start() == (0, "")


@pytest.mark.parametrize("mode", ["DEMO", "TEST", "DEBUG"])
def test_production_refuses_every_other_mode(mode):
    code, said = start(**{mode: "1"})
    assert (code, f"{mode}=1 and PRODUCTION=1 exclude each other" in said) == (1, True)


@pytest.mark.parametrize("production", ["1", "0"])
def test_production_refuses_a_short_secret_also_where_nobody_says_production(production):
    code, said = start(SECRET_KEY="x" * 39, PRODUCTION=production)
    assert (code, "SECRET_KEY is too short: production wants 40 characters or more" in said) == (1, True)


@pytest.mark.parametrize("hosts", ["*", "palace.example.cn, *"])
def test_production_refuses_to_answer_to_any_name(hosts):
    code, said = start(ALLOWED_HOSTS=hosts)
    assert (code, "production wants the names of the portal" in said) == (1, True)


@pytest.mark.parametrize("name", ["SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL"])
def test_production_refuses_to_start_without(name):
    code, said = start(**{name: ""})
    assert (code, f"Set {name}: production does not start without it" in said) == (1, True)


@pytest.mark.parametrize("mode", ["DEMO", "TEST", "DEBUG"])
def test_other_modes_start_without_any_of_them(mode):
    assert start(**{mode: "1", "PRODUCTION": "", "SECRET_KEY": "", "ALLOWED_HOSTS": "", "DATABASE_URL": ""}) == (0, "")
