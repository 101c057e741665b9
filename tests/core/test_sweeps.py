"""Slots of the clock: each is run once, by one of many, late if need be."""

from datetime import date, datetime, time, timedelta

import pytest
from django.utils import timezone

from palace.core import sweeps
from palace.core.models import OutboxMessage, PeriodicRun
from tests.core.test_outbox import in_parallel
from tests.factories import SHANGHAI

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=SHANGHAI)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def ran(monkeypatch):
    """No sweeps but those of the test; ``ran`` lists what they did."""
    monkeypatch.setattr(sweeps, "SWEEPS", {})
    return []


def note(ran, name):
    return lambda slot: ran.append((name, timezone.localtime(slot).strftime("%d %H:%M")))


def test_register_refuses_a_second_sweep_of_that_name(ran):
    sweeps.register("a", print)
    with pytest.raises(ValueError, match="two sweeps named a"):
        sweeps.register("a", repr)


@pytest.mark.django_db
def test_run_due_runs_each_minute_once(ran):
    sweeps.register("a", note(ran, "a"))
    seconds = [0, 30, 59, 60, 61]
    assert [sweeps.run_due(NOON + timedelta(seconds=s)) for s in seconds] == [["a"], [], [], ["a"], []]
    assert ran == [("a", "02 12:00"), ("a", "02 12:01")]


@pytest.mark.django_db
def test_run_due_runs_a_daily_sweep_from_its_time_on(ran):
    sweeps.register("night", note(ran, "night"), at=time(21), late_by=timedelta(hours=3))
    before, on = datetime(2026, 3, 2, 20, 59, 59, tzinfo=SHANGHAI), datetime(2026, 3, 2, 21, 0, tzinfo=SHANGHAI)
    assert [sweeps.run_due(before), sweeps.run_due(on), sweeps.run_due(on + MINUTE)] == [[], ["night"], []]
    assert ran == [("night", "02 21:00")]


@pytest.mark.django_db
def test_run_due_catches_a_missed_slot_up_once(ran):
    """Beat was down from before nine until half past."""
    sweeps.register("night", note(ran, "night"), at=time(21), late_by=timedelta(hours=3))
    sweeps.register("minute", note(ran, "minute"))
    back = datetime(2026, 3, 2, 21, 30, tzinfo=SHANGHAI)
    assert [sweeps.run_due(back), sweeps.run_due(back)] == [["night", "minute"], []]
    assert ran == [("night", "02 21:00"), ("minute", "02 21:30")]


@pytest.mark.django_db
def test_run_due_drops_a_slot_that_is_too_old(ran):
    sweeps.register("night", note(ran, "night"), at=time(21), late_by=timedelta(hours=3))
    late = datetime(2026, 3, 3, 0, 0, tzinfo=SHANGHAI)
    assert sweeps.run_due(late + timedelta(seconds=1)) == []
    assert sweeps.run_due(late) == ["night"]


@pytest.mark.django_db
def test_run_due_tries_a_failed_sweep_again_and_runs_the_others(ran):
    def broken(slot):
        OutboxMessage.objects.create(topic="half")
        raise RuntimeError

    sweeps.register("broken", broken, at=time(11))
    sweeps.register("good", note(ran, "good"))
    assert [sweeps.run_due(NOON), sweeps.run_due(NOON)] == [["good"], []]
    assert (OutboxMessage.objects.count(), PeriodicRun.objects.filter(job="broken").count()) == (0, 0)


def test_run_due_by_two_beats_acts_once(fresh_db, ran):
    sweeps.register("a", lambda slot: OutboxMessage.objects.create(topic="swept"))
    for minute in range(20):
        answers = in_parallel([lambda m=minute: sweeps.run_due(NOON + m * MINUTE)] * 4)
        assert sorted(answers) == [[], [], [], ["a"]]
    assert OutboxMessage.objects.filter(topic="swept").count() == 20


@pytest.mark.parametrize("day", [date(2026, 2, 28), date(2028, 2, 29), date(2026, 12, 31)])
def test_latest_slot_is_today_or_yesterday(day):
    sweep = sweeps.Sweep("night", print, timedelta(days=1), time(21))
    at_nine = datetime.combine(day, time(21), SHANGHAI)
    assert sweep.latest_slot(at_nine) == at_nine
    assert sweep.latest_slot(at_nine - timedelta(microseconds=1)) == at_nine - timedelta(days=1)
