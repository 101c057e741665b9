"""How long the oldest message waits, and from when on staff are told."""

from datetime import timedelta

import pytest
from django.utils import timezone

from palace.core import outbox, watchdog
from palace.core.models import OutboxMessage


def wait(seconds, **fields):
    OutboxMessage.objects.create(topic="test", due_at=timezone.now() - timedelta(seconds=seconds), **fields)


@pytest.mark.django_db
def test_oldest_unsent_seconds_is_nothing_where_nothing_waits():
    wait(500, dead=True)
    wait(500, done_at=timezone.now())
    outbox.put("test", {}, due_at=timezone.now() + timedelta(hours=1))
    assert (watchdog.oldest_unsent(), watchdog.oldest_unsent_seconds(), watchdog.late_minutes()) == (None, 0, 0)


@pytest.mark.django_db
def test_oldest_unsent_seconds_is_the_age_of_the_oldest():
    wait(50)
    wait(200)
    assert watchdog.oldest_unsent_seconds() in (200, 201)


@pytest.mark.django_db
@pytest.mark.parametrize(("seconds", "minutes"), [(115, 0), (125, 2), (305, 5)])
def test_late_minutes_begin_after_two(seconds, minutes):
    wait(seconds)
    assert watchdog.late_minutes() == minutes


@pytest.mark.django_db
def test_oldest_unsent_asks_once_for_all(django_assert_num_queries):
    wait(5)
    with django_assert_num_queries(1):
        watchdog.oldest_unsent()
