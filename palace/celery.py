"""The worker and beat: ``celery -A palace worker`` and ``celery -A palace beat``."""

import os

from celery import Celery
from celery.schedules import crontab
from celery.signals import beat_init, setup_logging, task_received, worker_ready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "palace.settings")
app = Celery("palace")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

# Deadlines are facts in the database; beat only wakes who looks for them. A call that waited until
# the next one is due is dropped, so that a worker that was away does not find a heap of them.
app.conf.beat_schedule = {
    "relay": {
        "task": "palace.core.tasks.relay_outbox",
        "schedule": 10.0,
        "options": {"expires": 10},
    },
    "sweep": {
        "task": "palace.core.tasks.sweep",
        "schedule": crontab(),
        "options": {"expires": 60},
    },
}


@setup_logging.connect
def logs_are_set_up(**_kwargs):
    """By the settings: Celery's own handlers would write numbers of persons in clear (``palace.core.logs``)."""


def signs_of_life():
    """Imported late: the models are there only once Celery has set Django up."""
    from palace.core import heartbeat

    return heartbeat


@worker_ready.connect
def worker_is_up(**_kwargs):
    from palace.core import tasks

    signs_of_life().start("worker", end_if_deaf=True)
    tasks.start_relay()


@task_received.connect
def worker_hears(**_kwargs):
    signs_of_life().heard()


@beat_init.connect
def beat_is_up(**_kwargs):
    signs_of_life().start("beat")
