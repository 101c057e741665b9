"""The data folder of one demonstration: its lock, its secret, and what of it is up to date."""

import fcntl
import hashlib
import json
import os
import secrets
import shlex
import shutil
from pathlib import Path
from typing import IO

# All that a demonstration writes; --fresh removes these names and nothing else.
CONTENTS = [
    "postgres",
    "postgres.new",
    "redis",
    "run",
    "static",
    "media",
    "spool",
    "log",
    "mail",
    "messages.jsonl",
    "accounts.json",
    "newcomer.json",
    "environment",
    "stamps.json",
    "secret_key",
    "celerybeat-schedule",
]


SHARED = [
    "DEMO",
    "DATA_DIR",
    "SECRET_KEY",
    "DATABASE_URL",
    "OWNER_DATABASE_URL",
    "REDIS_URL",
    "CELERY_BROKER_URL",
    "SITE_URL",
    "SMS_ENDPOINT",
]


class Busy(Exception):
    """Another demonstration runs in this folder; the text is its process id."""


class Folder:
    def __init__(self, path):
        self.path = Path(path).expanduser().resolve()
        self.lock_file: IO | None = None

    def __truediv__(self, name) -> Path:
        return self.path / name

    def lock(self):
        """Hold the folder until this program ends, however it ends."""
        self.path.mkdir(parents=True, exist_ok=True)
        self.lock_file = (self / "lock").open("a+")
        try:
            fcntl.flock(self.lock_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self.lock_file.seek(0)
            raise Busy(self.lock_file.read().strip()) from None
        self.lock_file.truncate(0)
        self.lock_file.write(str(os.getpid()))
        self.lock_file.flush()

    def clear(self):
        for name in CONTENTS:
            target = self / name
            if target.is_dir():
                shutil.rmtree(target)
            else:
                target.unlink(missing_ok=True)

    def secret_key(self) -> str:
        """Made once and kept: sign-ins and encrypted numbers survive a restart."""
        file = self / "secret_key"
        if not file.exists():
            write_private(file, secrets.token_urlsafe(48))
        return file.read_text().strip()

    def write_environment(self, env):
        """The settings as shell lines, so that ``make doctor`` sees what the processes see."""
        lines = [f"{name}={shlex.quote(env[name])}\n" for name in SHARED if name in env]
        write_private(self / "environment", "".join(lines))

    # --- stamps: what was done, and for which state of the code ---

    def stamps(self) -> dict:
        try:
            return json.loads((self / "stamps.json").read_text())
        except (FileNotFoundError, ValueError):
            return {}

    def is_done(self, step, mark="yes") -> bool:
        return self.stamps().get(step) == mark

    def set_done(self, step, mark="yes"):
        fresh = self / "stamps.json.new"
        fresh.write_text(json.dumps(self.stamps() | {step: mark}, indent=1))
        fresh.replace(self / "stamps.json")


def write_private(file, text):
    """Only the owner may read it, from the first moment on."""
    fresh = file.with_name(f"{file.name}.new")
    fresh.unlink(missing_ok=True)
    with open(os.open(fresh, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600), "w") as out:
        out.write(text)
    fresh.replace(file)


def digest(*paths) -> str:
    """A mark of the contents of files and folders: equal when no byte of them changed."""
    total = hashlib.sha256()
    for path in paths:
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file() and file.suffix != ".pyc":
                total.update(str(file).encode() + b"\0" + hashlib.sha256(file.read_bytes()).digest())
    return total.hexdigest()
