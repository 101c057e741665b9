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
from ..venues.test_claims import overlaps

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
