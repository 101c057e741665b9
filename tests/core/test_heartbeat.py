from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import OperationalError
from django.db.models.functions import Now

from palace.core import heartbeat
from palace.core.models import Heartbeat, OutboxMessage

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


def beat_ago(name, age):
    Heartbeat.objects.create(name=name, at=Now() - age)


def waiting_since(age, **fields):
    OutboxMessage.objects.create(topic="x", due_at=Now() - age, **fields)


def test_beat_is_one_row_that_moves():
    beat_ago("worker", timedelta(hours=1))
    assert heartbeat.is_alive("worker") is False
    heartbeat.beat("worker")
    assert heartbeat.is_alive("worker") is True
    assert Heartbeat.objects.count() == 1


@pytest.mark.parametrize(("age", "alive"), [(59 * SECOND, True), (61 * SECOND, False)])
def test_is_alive_for_a_minute(age, alive):
    beat_ago("worker", age)
    assert heartbeat.is_alive("worker") is alive
    assert heartbeat.is_alive("beat") is False


def test_try_beat_survives_a_database_that_is_away(monkeypatch):
    def away(name):
        raise OperationalError

    monkeypatch.setattr(heartbeat, "beat", away)
    monkeypatch.setattr(heartbeat.connection, "close", lambda: None)
    assert heartbeat.try_beat("worker") is False


def test_is_deaf_when_beat_calls_and_messages_wait():
    beat_ago("beat", SECOND)
    waiting_since(121 * SECOND)
    assert heartbeat.is_deaf(121) is True
    assert heartbeat.is_deaf(120) is False


@pytest.mark.parametrize(
    ("beat_age", "message_age", "fields"),
    [
        (61 * SECOND, 121 * SECOND, {}),  # beat itself is dead: nobody calls
        (SECOND, 119 * SECOND, {}),
        (SECOND, 121 * SECOND, {"dead": True}),
        (SECOND, 121 * SECOND, {"done_at": Now()}),
        (SECOND, -60 * SECOND, {}),
    ],
)
def test_is_deaf_needs_a_caller_and_a_message_that_waits(beat_age, message_age, fields):
    beat_ago("beat", beat_age)
    waiting_since(message_age, **fields)
    assert heartbeat.is_deaf(1000) is False


def test_alive_command_speaks_by_its_exit_code():
    beat_ago("worker", SECOND)
    call_command("alive", "worker")
    with pytest.raises(SystemExit) as ended:
        call_command("alive", "beat")
    assert ended.value.code == 1
