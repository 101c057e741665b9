"""The compose file: complete, without secrets, and its commands start the real processes."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
import yaml

from palace.demo import embedded, options

ROOT = Path(__file__).resolve().parent.parent.parent
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES = COMPOSE["services"]
OURS = {"roles", "migrate", "web", "worker", "beat"}
SECRETS = {"SECRET_KEY", "POSTGRES_PASSWORD", "OWNER_PASSWORD", "APP_PASSWORD"}
NEEDED = dict.fromkeys(SECRETS, "x") | {"PORTAL_HOST": "palace.example.cn"}
# What the specification and its older client both know, of what is used here.
KNOWN = {
    "build",
    "command",
    "depends_on",
    "environment",
    "expose",
    "healthcheck",
    "image",
    "ports",
    "restart",
    "stop_grace_period",
    "volumes",
}
WAIT_SECONDS = 240


def filled(text):
    """``text`` as compose reads it where no variable is set."""
    return re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", text)


def compose_client():
    """The words that start an installed compose client, the newer one first; None where there is none."""
    for words in (["docker", "compose"], ["docker-compose"]):
        if shutil.which(words[0]) and subprocess.run([*words, "version"], capture_output=True).returncode == 0:
            return words
    return None


CLIENT = compose_client()
needs_client = pytest.mark.skipif(CLIENT is None, reason="there is no compose client on this machine")


def validated(folder, variables):
    """What the client makes of the file where ``variables`` alone are set, in a file as operations.md has it."""
    settings = folder / ".env"
    settings.write_text("".join(f"{name}={value}\n" for name, value in variables.items()))
    bare = {"PATH": os.environ["PATH"], "HOME": str(folder)}
    command = [*CLIENT, "--env-file", str(settings), "config"]
    return subprocess.run(command, cwd=ROOT, env=bare, capture_output=True, text=True)


@needs_client
def test_the_compose_client_accepts_the_file_and_reads_it_as_we_do(tmp_path):
    result = validated(tmp_path, NEEDED)
    assert result.returncode == 0, result.stderr
    read = yaml.safe_load(result.stdout)["services"]
    assert {name: service.get("command") for name, service in read.items()} == {
        name: [filled(word) for word in service["command"]] if "command" in service else None
        for name, service in SERVICES.items()
    }
    assert read["web"]["environment"]["ALLOWED_HOSTS"] == "palace.example.cn,localhost"


@needs_client
@pytest.mark.parametrize("name", sorted(NEEDED))
def test_the_compose_client_refuses_to_start_without_what_is_needed(tmp_path, name):
    result = validated(tmp_path, {k: v for k, v in NEEDED.items() if k != name})
    assert (result.returncode != 0, "set it" in result.stderr) == (True, True)


def test_the_file_uses_only_what_every_client_knows():
    assert {key for key in COMPOSE if not key.startswith("x-")} == {"services", "volumes"}
    assert {key for service in SERVICES.values() for key in service} <= KNOWN
    links = {(name, other) for name, service in SERVICES.items() for other in service.get("depends_on", ())}
    assert {link for link in links if link[1] not in SERVICES} == set()


def test_every_file_that_is_mounted_is_there():
    mounts = [mount.split(":") for service in SERVICES.values() for mount in service.get("volumes", [])]
    assert [source for source, *_rest in mounts if source.startswith("./")] == ["./Caddyfile"]
    assert (ROOT / "Caddyfile").is_file()


def test_every_service_is_there():
    assert set(SERVICES) == OURS | {"db", "redis", "proxy"}


def test_every_long_running_service_is_watched_and_started_again():
    lasting = set(SERVICES) - {"roles", "migrate", "proxy"}
    assert {name for name in lasting if "healthcheck" not in SERVICES[name]} == set()
    restarts = {name: service["restart"] for name, service in SERVICES.items()}
    once = dict.fromkeys(("roles", "migrate"), "no")
    assert restarts == dict.fromkeys(SERVICES, "unless-stopped") | once


def test_every_named_volume_exists():
    used = {mount.split(":")[0] for s in SERVICES.values() for mount in s.get("volumes", [])}
    assert {name for name in used if not name.startswith("./")} == set(COMPOSE["volumes"])


def test_secrets_come_from_the_environment_and_are_required():
    text = (ROOT / "docker-compose.yml").read_text()
    assert {name for name in SECRETS if f"${{{name}:?" not in text} == set()
    assert re.findall(r"(?:PASSWORD|SECRET_KEY|VAULT_KEY): (?!\$\{)\S+", text) == []


def test_only_roles_knows_the_superuser_and_only_migrate_runs_as_the_owner():
    superuser = {n for n, s in SERVICES.items() if "POSTGRES_PASSWORD" in str(s.get("environment"))}
    owner = {n for n, s in SERVICES.items() if "OWNER_PASSWORD" in str(s.get("environment"))}
    assert (superuser, owner) == ({"db", "roles"}, {"roles", "migrate"})


def test_web_waits_for_the_migrations_and_the_proxy_for_web():
    done = {"condition": "service_completed_successfully"}
    for name in ("web", "worker", "beat"):
        assert SERVICES[name]["depends_on"]["migrate"] == done
    assert SERVICES["migrate"]["depends_on"] == {"roles": done}
    assert SERVICES["proxy"]["depends_on"] == {"web": {"condition": "service_healthy"}}


def test_redis_keeps_tasks_over_a_restart():
    assert SERVICES["redis"]["command"][1:3] == ["--appendonly", "yes"]


def test_image_runs_as_an_unprivileged_user():
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    assert [line for line in lines if line.startswith(("FROM", "USER"))][1:] == [
        "FROM python:3.12-slim-bookworm",
        "USER palace",
    ]


# --- the commands themselves ----------------------------------------------------------------------


@contextmanager
def running(service, env, **replaced):
    """The service's own command, with some words replaced, in a process group of its own."""
    words = [replaced.get(filled(word), filled(word)) for word in SERVICES[service]["command"]]
    program = Path(sys.executable).with_name(words[0])
    log = Path(env["DATA_DIR"]) / f"{service}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [program, *words[1:]],
            cwd=ROOT,
            env=env,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield process, log
    finally:
        end(process)


def end(process):
    process.terminate()
    try:
        process.wait(60)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def until(condition, process, log):
    end = time.monotonic() + WAIT_SECONDS
    while not condition():
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < end, log.read_text()
        time.sleep(0.1)


@pytest.fixture
def env(fresh_db, tmp_path):
    redis = embedded.redis(tmp_path / "redis")
    return {
        **os.environ,
        "TEST": "1",
        "DATA_DIR": str(tmp_path),
        "DATABASE_URL": fresh_db.app,
        "OWNER_DATABASE_URL": fresh_db.owner,
        "REDIS_URL": redis,
        "CELERY_BROKER_URL": embedded.broker_url(redis),
    }


def signs_of_life(url):
    with psycopg.connect(url) as connection:
        rows = connection.execute("SELECT name FROM core_heartbeat").fetchall()
    return {name for (name,) in rows}


def status(address):
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:
            return answer.status
    except (urllib.error.URLError, OSError):
        return None


def test_web_answers(env):
    port = options.free_port()
    address = f"http://127.0.0.1:{port}/healthz/ready"
    with running("web", env, **{"8000": str(port), "0.0.0.0": "127.0.0.1"}) as (process, log):
        until(lambda: status(address) == 200, process, log)
    assert process.returncode == 0


@pytest.mark.parametrize("service", ["worker", "beat"])
def test_worker_and_beat_show_signs_of_life(env, fresh_db, tmp_path, service):
    schedule = str(tmp_path / "schedule")
    with running(service, env, **{"/tmp/celerybeat-schedule": schedule}) as (process, log):
        until(lambda: service in signs_of_life(fresh_db.app), process, log)
    assert process.returncode == 0


def test_migrate_finds_nothing_to_do_in_a_migrated_database(env):
    with running("migrate", env) as (process, log):
        assert process.wait(WAIT_SECONDS) == 0
    assert "No migrations to apply." in log.read_text()
