"""Messages that must happen: handed over, run once, given up after five tries."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from palace.core import outbox
from palace.core.models import AuditEntry, Heartbeat, OutboxMessage

MINUTE = timedelta(minutes=1)


@pytest.fixture
def topic(monkeypatch):
    """A topic "test" that notes the rows it was asked to do; it raises while ``fails`` is set."""
    done = []

    def function(row):
        if function.fails:
            raise RuntimeError("no luck")
        done.append(row.payload)

    function.fails = False
    function.done = done
    monkeypatch.setitem(outbox.HANDLERS, "test", function)
    return function


def put(**payload):
    row = outbox.put("test", payload)
    row.refresh_from_db()
    return row


def age(row, **fields):
    """Move times of ``row`` into the past: ``handed_at=timedelta`` ago."""
    now = timezone.now()
    OutboxMessage.objects.filter(pk=row.pk).update(**{name: now - past for name, past in fields.items()})


def state(row):
    row.refresh_from_db()
    return row.tries, row.done_at is not None, row.dead, row.error


def relayed():
    handed = []
    count = outbox.relay(handed.append)
    assert count == len(handed)
    return handed


# --- register and put -----------------------------------------------------------------------------


def test_register_refuses_a_second_function(topic):
    outbox.register("test", topic, "Test")
    with pytest.raises(ValueError, match="two functions for topic test"):
        outbox.register("test", print, "Test")
    outbox.NAMES.pop("test")


@pytest.mark.django_db
def test_put_stands_or_falls_with_its_cause():
    with pytest.raises(RuntimeError, match="too late"):
        put_and_fail()
    assert OutboxMessage.objects.count() == 0


@transaction.atomic
def put_and_fail():
    put()
    raise RuntimeError("too late")


@pytest.mark.django_db
def test_put_keeps_topic_payload_palace_and_time():
    due = timezone.now() + MINUTE
    row = outbox.put("test", {"booking": 7}, palace=3, due_at=due)
    row.refresh_from_db()
    assert (row.topic, row.payload, row.palace_id, row.due_at, row.handed_at) == ("test", {"booking": 7}, 3, due, None)


# --- relay ----------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_relay_hands_due_rows_once_oldest_first():
    young, old = put(), put()
    age(old, due_at=MINUTE)
    outbox.put("test", {}, due_at=timezone.now() + MINUTE)
    assert relayed() == [old.pk, young.pk]
    assert relayed() == []


@pytest.mark.django_db
def test_relay_leaves_done_and_dead_rows():
    done, dead = put(), put()
    OutboxMessage.objects.filter(pk=done.pk).update(done_at=timezone.now())
    OutboxMessage.objects.filter(pk=dead.pk).update(dead=True)
    assert relayed() == []


@pytest.mark.django_db
def test_relay_hands_again_after_two_minutes():
    before, after = put(), put()
    age(before, handed_at=2 * MINUTE - timedelta(seconds=5))
    age(after, handed_at=2 * MINUTE + timedelta(seconds=5))
    assert relayed() == [after.pk]


@pytest.mark.django_db
def test_relay_leaves_rows_waiting_while_the_queue_is_gone():
    rows = [put(), put(), put()]
    taken = []

    def hand(pk):
        if taken:
            raise OperationalError("gone")
        taken.append(pk)

    assert outbox.relay(hand) == 1
    assert taken == [rows[0].pk]
    assert [row.tries for row in OutboxMessage.objects.all()] == [0, 0, 0]
    assert relayed() == [rows[1].pk, rows[2].pk]


@pytest.mark.django_db
def test_relay_hands_no_more_than_the_worker_can_take(monkeypatch):
    monkeypatch.setattr(outbox, "MOST_IN_FLIGHT", 2)
    rows = [put(), put(), put()]
    assert relayed() == [rows[0].pk, rows[1].pk]
    assert relayed() == []
    OutboxMessage.objects.filter(pk=rows[0].pk).update(done_at=timezone.now())
    assert relayed() == [rows[2].pk]


def test_relay_hands_each_row_to_one_of_two_relays(fresh_db):
    rows = [put(n=n).pk for n in range(100)]
    handed = in_parallel([lambda: relayed_here()] * 4)
    assert sorted(pk for part in handed for pk in part) == rows


def relayed_here():
    found = []
    outbox.relay(found.append)
    return found


def in_parallel(functions):
    """Run all at the same moment, each with a connection of its own; their answers."""
    barrier, answers = threading.Barrier(len(functions)), []

    def run(function):
        try:
            barrier.wait()
            answers.append(function())
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(function,)) for function in functions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


# --- deliver --------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_deliver_runs_and_marks_done(topic):
    row = put(n=1)
    assert outbox.deliver(row.pk)
    assert topic.done == [{"n": 1}]
    assert state(row) == (1, True, False, "")


@pytest.mark.django_db
def test_deliver_does_nothing_the_second_time(topic):
    row = put(n=1)
    assert [outbox.deliver(row.pk), outbox.deliver(row.pk)] == [True, False]
    assert topic.done == [{"n": 1}]


@pytest.mark.django_db
def test_deliver_ignores_a_row_that_is_not_there(topic):
    assert not outbox.deliver(0)


@pytest.mark.django_db
def test_deliver_waits_for_the_due_time(topic):
    row = outbox.put("test", {}, due_at=timezone.now() + MINUTE)
    assert not outbox.deliver(row.pk)
    assert topic.done == []


@pytest.mark.django_db
def test_deliver_undoes_what_a_failing_topic_wrote(monkeypatch):
    def half(row):
        Heartbeat.objects.create(name="half")
        raise RuntimeError("in the middle")

    monkeypatch.setitem(outbox.HANDLERS, "test", half)
    row = put()
    assert not outbox.deliver(row.pk)
    assert Heartbeat.objects.count() == 0
    assert state(row) == (1, False, False, "RuntimeError: in the middle")


@pytest.mark.django_db
def test_deliver_gives_up_after_five_tries_and_the_queue_goes_on(topic):
    topic.fails = True
    poison = put()
    for tries in range(1, 6):
        age(poison, due_at=MINUTE)
        assert not outbox.deliver(poison.pk)
        assert state(poison) == (tries, False, tries == 5, "RuntimeError: no luck")
    topic.fails = False
    good = put(n=2)
    assert relayed() == [good.pk]
    assert outbox.deliver(good.pk)
    assert not outbox.deliver(poison.pk)
    assert topic.done == [{"n": 2}]


@pytest.mark.django_db
def test_deliver_backs_off_longer_each_time(topic):
    topic.fails = True
    row = put()
    waits = []
    for _try in range(4):
        age(row, due_at=MINUTE)
        before = timezone.now()
        outbox.deliver(row.pk)
        row.refresh_from_db()
        waits.append(round((row.due_at - before).total_seconds()))
        assert relayed() == []
    assert waits == [10, 60, 300, 900]


@pytest.mark.django_db
def test_deliver_counts_tries_that_ended_the_worker(topic):
    """A killed worker leaves no error: the count alone gives the row up."""
    fourth, fifth = put(), put()
    OutboxMessage.objects.filter(pk=fourth.pk).update(tries=4)
    OutboxMessage.objects.filter(pk=fifth.pk).update(tries=5)
    assert [outbox.deliver(fourth.pk), outbox.deliver(fifth.pk)] == [True, False]
    assert state(fifth) == (5, False, True, "The worker ended each time while it did this.")


@pytest.mark.django_db
def test_deliver_of_an_unknown_topic_is_an_error():
    row = outbox.put("nobody", {})
    assert not outbox.deliver(row.pk)
    assert state(row) == (1, False, False, "LookupError: no function for topic nobody")


def test_deliver_by_five_twins_has_one_effect(fresh_db, monkeypatch):
    monkeypatch.setitem(outbox.HANDLERS, "test", write_one)
    for _round in range(20):
        row = put()
        answers = in_parallel([lambda pk=row.pk: outbox.deliver(pk)] * 5)
        while not state(row)[1]:  # twins that met in the middle leave it to the next hand-over
            answers.append(outbox.deliver(row.pk))
        assert answers.count(True) == 1
    assert OutboxMessage.objects.filter(topic="effect").count() == 20


def write_one(row):
    outbox.put("effect", {"of": row.pk})


def test_deliver_without_its_lock_has_two_effects(fresh_db, monkeypatch):
    """Negative control: where the row is not re-read under its lock, twins both act."""
    monkeypatch.setitem(outbox.HANDLERS, "test", write_one)
    row = put()
    twins = threading.Barrier(2)

    def run_unlocked():
        with transaction.atomic():
            found = OutboxMessage.objects.open().get(pk=row.pk)
            twins.wait()
            write_one(found)

    in_parallel([run_unlocked] * 2)
    assert OutboxMessage.objects.filter(topic="effect").count() == 2


@pytest.mark.django_db
def test_deliver_names_the_topic_in_the_audit(monkeypatch):
    from tests.factories import make_palace

    palace = make_palace()
    monkeypatch.setitem(
        outbox.HANDLERS, "test", lambda row: type(palace).objects.filter(pk=palace.pk).update(motto="好")
    )
    outbox.deliver(put().pk)
    entry = AuditEntry.objects.filter(table_name="unions_palace").latest("pk")
    assert (entry.action, entry.source, entry.actor_id) == ("update", "task:test", None)


@pytest.mark.django_db
def test_revive_lets_a_row_try_again(topic):
    row = put(n=3)
    OutboxMessage.objects.filter(pk=row.pk).update(dead=True, tries=5, error="old")
    assert outbox.revive([row.pk]) == 1
    assert relayed() == [row.pk]
    assert outbox.deliver(row.pk)
    assert state(row) == (1, True, False, "")
