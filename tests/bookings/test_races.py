"""Scarce things under fire, through the services: closures, cancellations, moves and bookings at once."""

import threading
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from bookings.models import Booking
from bookings.services import book_slot, cancel_booking, move_booking
from venues.models import Closure, Occupancy
from venues.services import close, end_closure

from ..factories import at, make_member, make_user, make_venue, tomorrow
from ..venues.test_claims import NO_LOCK, gathered, overlaps

pytestmark = pytest.mark.invariant


@contextmanager
def together(jobs):
    """Run ``jobs`` in threads that start together; yields their refusals and every other error."""
    refused, failed, gate = [], [], threading.Barrier(len(jobs))

    def run(job):
        try:
            gate.wait()
            job()
        except ValidationError as error:
            refused.append(error.code)
        except Exception as error:
            failed.append(repr(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
    [t.start() for t in threads]
    [t.join() for t in threads]
    yield refused, failed


def held_truly() -> None:
    """Each awaited booking holds its places, each cancelled one none: what the trigger says, counted anew."""
    active = set(Booking.objects.active().values_list("pk", flat=True))
    held = set(Occupancy.objects.holding().filter(kind="booking").values_list("holder_id", flat=True))
    assert active == held


def test_closure_against_bookings_and_cancellations(fresh_db):
    venue = make_venue()
    units, staff = list(venue.units.all()), make_user()
    members = [make_member() for _n in range(12)]
    day = tomorrow()
    early = [
        book_slot(unit=u, member=members[n], starts_at=at(day, 10), ends_at=at(day, 11), by=members[n].user)
        for n, u in enumerate(units)
    ]
    closures = [
        Closure(palace=venue.palace, venue=venue, starts_at=at(day, h), ends_at=at(day, h + 3), reason="检修")
        for h in (9, 11, 10)
    ]
    jobs = [lambda c=c: close(closure=c, by=staff) for c in closures]
    jobs += [lambda b=b: cancel_booking(booking=b, by=staff, by_staff=True, reason="不来了") for b in early[:3]]
    jobs += [
        lambda m=m, n=n: book_slot(
            unit=units[n % 6], member=m, starts_at=at(day, 11 + n % 3), ends_at=at(day, 12 + n % 3), by=m.user
        )
        for n, m in enumerate(members)
    ]
    with together(jobs) as (_refused, failed):
        assert failed == []
    assert overlaps() == 0
    held_truly()
    assert not Booking.objects.active().filter(starts_at__lt=at(day, 14), ends_at__gt=at(day, 9)).exists()
    end_closure(closure=closures[0], by=staff)
    assert overlaps() == 0


def done(job):
    """``job`` for a thread of its own: "done", or the code of its refusal."""

    def run():
        try:
            job()
        except ValidationError as error:
            return error.code
        finally:
            connection.close()
        return "done"

    return run


def booking_and_closure():
    """A court is booked for an hour, and the hall is shut over that hour."""
    venue, member, staff, day = make_venue(), make_member(), make_user(), tomorrow()
    unit = venue.units.first()
    closure = Closure(palace=venue.palace, venue=venue, starts_at=at(day, 9), ends_at=at(day, 12), reason="检修")
    book = done(lambda: book_slot(unit=unit, member=member, starts_at=at(day, 10), ends_at=at(day, 11), by=member.user))
    return book, done(lambda: close(closure=closure, by=staff))


def test_closure_meeting_a_booking_cancels_it(fresh_db, owner):
    assert gathered(owner, booking_and_closure()) == ["done", "done"]
    assert Booking.objects.get().status == "cancelled"
    held_truly()


def test_booking_meeting_a_closure_is_refused(fresh_db, owner):
    assert gathered(owner, booking_and_closure()[::-1]) == ["done", "taken"]
    assert not Booking.objects.exists()


def test_closure_meeting_a_booking_without_lock_leaves_it_behind_a_shut_door(fresh_db, owner):
    """Negative control: without the lock the closure does not see who is just booking, and the party stands before a shut hall."""
    owner.execute(NO_LOCK)
    assert gathered(owner, booking_and_closure())[0] == "done"
    assert Booking.objects.get().status == "confirmed"


def booking_and_move():
    """One books a court at 11, another moves onto it at the same time."""
    venue, day = make_venue(places=2), tomorrow()
    first, second = venue.units.all()
    one, other = make_member(), make_member()
    booked = book_slot(unit=second, member=one, starts_at=at(day, 10), ends_at=at(day, 12), by=one.user)
    times = {"starts_at": at(day, 11), "ends_at": at(day, 12)}
    book = done(lambda: book_slot(unit=first, member=other, by=other.user, **times))
    return book, done(lambda: move_booking(booking=booked, unit=first, starts_at=at(day, 10), by=one.user))


def test_move_meeting_a_booking_is_refused(fresh_db, owner):
    assert gathered(owner, booking_and_move()) == ["done", "taken"]
    assert overlaps() == 0
    held_truly()


def test_move_meeting_a_booking_without_lock_and_constraint_sells_the_hour_twice(fresh_db, owner):
    """Negative control: with both taken away two parties stand on one court."""
    jobs = booking_and_move()
    owner.execute(NO_LOCK)
    owner.execute("ALTER TABLE venues_occupancy DROP CONSTRAINT occupancy_places_free")
    assert gathered(owner, jobs) == ["done", "done"]
    assert overlaps() == 1


def test_moves_onto_overlapping_time_and_onto_each_other(fresh_db):
    venue = make_venue(places=2)
    first, second = venue.units.all()
    members = [make_member() for _n in range(2)]
    day = tomorrow()
    mine, yours = (
        book_slot(unit=u, member=m, starts_at=at(day, 10), ends_at=at(day, 12), by=m.user)
        for u, m in zip((first, second), members, strict=True)
    )
    for _round in range(10):
        jobs = [
            lambda: move_booking(booking=mine, unit=first, starts_at=at(day, 11), by=members[0].user),
            lambda: move_booking(booking=mine, unit=second, starts_at=at(day, 11), by=members[0].user),
            lambda: move_booking(booking=yours, unit=first, starts_at=at(day, 10), by=members[1].user),
            lambda: move_booking(booking=yours, unit=second, starts_at=at(day, 9), by=members[1].user),
        ]
        with together(jobs) as (_refused, failed):
            assert failed == []
        assert overlaps() == 0
        held_truly()


def test_parallel_twins_of_one_key_have_one_effect(fresh_db):
    venue = make_venue(shared=True, places=40)
    unit, member = venue.units.get(), make_member()
    made = []
    since = at(tomorrow(), 10)

    def twin():
        made.append(
            book_slot(
                unit=unit,
                member=member,
                starts_at=since,
                ends_at=since + timedelta(hours=1),
                by=member.user,
                key="same",
            ).pk
        )

    with together([twin] * 20) as (refused, failed):
        assert (refused, failed) == ([], [])
    assert (len(made), len(set(made)), Booking.objects.count()) == (20, 1, 1)
