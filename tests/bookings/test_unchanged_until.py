"""Until when an answer about free slots holds: the next start, the next opening second, the next hours given back."""

from datetime import UTC, date, datetime, timedelta

import pytest

from bookings.slots import Held, unchanged_until, unit_slots
from venues import rulebook
from venues.models import Allocation
from venues.rules import Caller

from ..factories import at, make_venue

pytestmark = pytest.mark.django_db
DAY = date(2027, 3, 10)
MEMBER = Caller(signed_in=True, verified=True)


def holds_until(venue, now, days=1, held=()):
    book = rulebook.read(venue.palace_id)
    unit = book.units_of(venue.pk)[0]
    slots = unit_slots(book, unit, [DAY + timedelta(days=n) for n in range(days)], list(held), MEMBER, now)
    return unchanged_until(book, unit, slots, now)


def test_unchanged_until_the_next_start():
    venue = make_venue()
    second = timedelta(seconds=1)
    assert holds_until(venue, at(DAY, 6)) == at(DAY, 8)
    assert holds_until(venue, at(DAY, 9) - second) == at(DAY, 9)
    assert holds_until(venue, at(DAY, 9)) == at(DAY, 10)


def test_unchanged_until_for_ever_when_all_is_over():
    assert holds_until(make_venue(), at(DAY, 21)) == datetime.max.replace(tzinfo=UTC)


def test_unchanged_until_the_opening_second():
    venue = make_venue(policy={"horizon_days": 3, "opens_at": "07:30"})
    before = at(DAY - timedelta(days=3), 7)
    assert holds_until(venue, before) == at(DAY - timedelta(days=3), 7, 30)
    assert holds_until(venue, at(DAY - timedelta(days=3), 7, 30)) == at(DAY, 8)


def test_unchanged_until_kept_hours_go_back_to_all():
    venue = make_venue()
    Allocation.objects.create(
        palace=venue.palace, space=venue.spaces.get(), place_count=6, starts_at=at(DAY, 14), ends_at=at(DAY, 16),
        kind="club", holder="羽协", release_hours=24,
    )  # fmt: skip
    assert holds_until(venue, at(DAY - timedelta(days=2), 14)) == at(DAY - timedelta(days=1), 14)
    assert holds_until(venue, at(DAY - timedelta(days=1), 14)) == at(DAY, 8)


def test_unit_slots_see_what_a_long_buffer_reaches():
    venue = make_venue(policy={"buffer_minutes": 480})
    book = rulebook.read(venue.palace_id)
    unit = book.units_of(venue.pk)[0]
    held = [
        Held(unit.mask, at(DAY, 29), at(DAY, 30), "booking", 1),
        Held(unit.mask << 1, at(DAY, 8), at(DAY, 22), "booking", 2),
    ]
    slots = unit_slots(book, unit, [DAY], held, MEMBER, at(DAY, 6))
    assert [s.starts_at.hour for s in slots if s.reason == "taken"] == [21]
    assert [s.starts_at.hour for s in slots if s.bookable] == list(range(8, 21))
