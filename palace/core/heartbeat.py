"""Signs of life of the worker and of beat, and the end of a worker that no longer hears."""

import logging
import os
import threading
import time
from datetime import timedelta

from django.db import DatabaseError, connection
from django.db.models.functions import Now

from .models import Heartbeat, OutboxMessage

EVERY_SECONDS = 10
DEAD_AFTER = timedelta(seconds=60)
DEAF_SECONDS = 120
# sysexits.h EX_TEMPFAIL: whoever started the worker starts it again.
EXIT_DEAF = 75

logger = logging.getLogger(__name__)
last_heard = time.monotonic()


def heard() -> None:
    """A task reached this worker."""
    global last_heard
    last_heard = time.monotonic()


def start(name: str, *, end_if_deaf: bool = False) -> threading.Thread:
    """Write ``name`` every ten seconds until the process ends."""
    heard()
    thread = threading.Thread(target=keep_beating, args=(name, end_if_deaf), daemon=True)
    thread.start()
    return thread


def keep_beating(name: str, end_if_deaf: bool) -> None:
    while True:
        if try_beat(name) and end_if_deaf and is_deaf(time.monotonic() - last_heard):
            logger.critical("No task for two minutes while messages wait: ending to be started again.")
            os._exit(EXIT_DEAF)
        time.sleep(EVERY_SECONDS)


def try_beat(name: str) -> bool:
    """Whether the database took it. The connection is closed: worker processes fork at any time."""
    try:
        beat(name)
    except DatabaseError:
        logger.warning("The sign of life of %s could not be written.", name)
        return False
    finally:
        connection.close()
    return True


def beat(name: str) -> None:
    Heartbeat.objects.update_or_create(name=name, defaults={"at": Now()})


def is_alive(name: str) -> bool:
    return Heartbeat.objects.filter(name=name, at__gt=Now() - DEAD_AFTER).exists()


def is_deaf(silent_seconds: float) -> bool:
    """Beat calls, messages wait, and nothing reaches this worker: its connection is dead.

    Seen with Celery's Redis transport after the connection was lost; the process looks healthy.
    """
    if silent_seconds <= DEAF_SECONDS or not is_alive("beat"):
        return False
    long_due = Now() - timedelta(seconds=DEAF_SECONDS)
    return OutboxMessage.objects.due().filter(due_at__lt=long_due).exists()
