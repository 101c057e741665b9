"""What Celery runs. Each task only calls the module that knows the rule."""

import logging
import threading
import time

from django.db import DatabaseError, connection

from palace.celery import app

from . import cleanup, jobs, outbox, sweeps

# A hint that waits longer is worthless: rows are handed over again anyway.
QUEUED_FOR = 120
ONE_RETRY = {"max_retries": 1, "interval_start": 0}
RELAY_EVERY_SECONDS = 2

logger = logging.getLogger(__name__)


def send(task, *arguments) -> None:
    """Give ``task`` to the queue; raises at once where the queue is gone, instead of waiting for it."""
    task.apply_async(arguments, expires=QUEUED_FOR, retry=True, retry_policy=ONE_RETRY)


def relay_now() -> int:
    return outbox.relay(lambda pk: send(deliver, pk))


@app.task(name="palace.core.tasks.relay_outbox")
def relay_outbox():
    relay_now()


@app.task(name="palace.core.tasks.deliver")
def deliver(outbox_id):
    outbox.deliver(outbox_id)


@app.task(name="palace.core.tasks.sweep")
def sweep():
    sweeps.run_due()


@app.task(name="palace.core.tasks.run_job")
def run_job(job_id):
    jobs.run(job_id)


@app.task(name="palace.core.tasks.clean_up")
def clean_up():
    cleanup.clean_up()


def hand_job(row) -> None:
    """Topic "job": long work runs in a task of its own, outside of the outbox row's transaction."""
    send(run_job, row.payload["job"])


def ask_for_cleanup(_slot) -> None:
    send(clean_up)


def start_relay() -> threading.Thread:
    """A worker hands messages over itself, so that they need not wait for beat, nor at all for a beat that is down."""
    thread = threading.Thread(target=keep_relaying, daemon=True)
    thread.start()
    return thread


def keep_relaying() -> None:
    while True:
        relay_quietly()
        time.sleep(RELAY_EVERY_SECONDS)


def relay_quietly() -> None:
    """What is away now is asked again in two seconds. The connection is closed: worker processes fork at any time."""
    try:
        relay_now()
    except DatabaseError:
        logger.warning("The database does not answer: messages wait.")
    finally:
        connection.close()
