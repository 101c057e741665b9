"""Whom a change of the house would hit, before it is saved. Nothing is released by these changes: a person must act."""

from collections import defaultdict
from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from . import rulebook
from .models import Occupancy, OccupancyKind, Unit, Venue
from .rules import Rulebook, at
from .services import Hit, hits_of_rows

USES = (OccupancyKind.BOOKING, OccupancyKind.SESSION)


def coming_uses(now: datetime):
    return Occupancy.objects.holding().filter(kind__in=USES, ends_at__gt=now).order_by("starts_at", "id")


def preview_unit(unit: Unit, now: datetime | None = None) -> list[Hit]:
    """Coming uses of ``unit`` (with its new values, not saved) that its new run, space or state no longer carries."""
    old = Unit.objects.filter(pk=unit.pk).first()
    return hits_of_unit(old, now) if old and takes_away(old, unit) else []


def preview_parties(unit: Unit, now: datetime | None = None) -> list[Hit]:
    """Coming parties on ``unit`` that are larger than the capacity it is about to be lowered to."""
    old = Unit.objects.filter(pk=unit.pk, capacity__gt=unit.capacity).first()
    return [hit for hit in hits_of_unit(old, now) if hit.line.persons > unit.capacity] if old else []


def hits_of_unit(unit: Unit, now: datetime | None) -> list[Hit]:
    rows = coming_uses(now or timezone.now()).filter(space=unit.space_id)
    return hits_of_rows(row for row in rows if is_of(row, unit))


def preview_venue(venue: Venue, now: datetime | None = None) -> list[Hit]:
    """Coming uses of ``venue`` where it is about to be hidden from the public."""
    if venue.is_active or not Venue.objects.filter(pk=venue.pk, is_active=True).exists():
        return []
    return hits_of_rows(coming_uses(now or timezone.now()).filter(space__venue=venue))


def takes_away(old: Unit, new: Unit) -> bool:
    off = old.is_active and not new.is_active
    elsewhere = (old.space_id, old.mode) != (new.space_id, new.mode)
    return off or elsewhere or new.first_place > old.first_place or new.last_place < old.last_place


def is_of(row: Occupancy, unit: Unit) -> bool:
    """Whether ``row`` is a use of this unit: its whole run where one party takes it, else any places of it."""
    last = row.first_place + row.place_count - 1
    if unit.mode == "exclusive":
        return (row.first_place, last) == (unit.first_place, unit.last_place)
    return unit.first_place <= row.first_place and last <= unit.last_place


def preview_hours(palace_id: int, change: Callable, now: datetime | None = None) -> list[Hit]:
    """Coming uses of which less lies within opening hours after ``change()``, which writes and is undone.

    The buffer after a use counts as use: where closing comes earlier, a use that ends just before it is listed too.
    """
    rows = coming_uses(now or timezone.now()).filter(palace=palace_id)
    return hits_by_palace(rows, change).get(palace_id, [])


def preview_calendar(day: date, change: Callable, now: datetime | None = None) -> dict[int, list[Hit]]:
    """As ``preview_hours``, for what ``day`` counts as: {palace id: hits}, since all palaces share the calendar."""
    rows = coming_uses(now or timezone.now())
    # What opens on the day may close on the next.
    return hits_by_palace(
        rows.filter(starts_at__lt=at(day + timedelta(days=2), time()), ends_at__gt=at(day, time())), change
    )


def hits_by_palace(rows, change: Callable) -> dict[int, list[Hit]]:
    """{palace id: hits} of those of ``rows`` that keep less of their opening hours."""
    by_palace: dict[int, list[Occupancy]] = defaultdict(list)
    for row in rows.select_related("space"):
        by_palace[row.palace_id].append(row)
    before, after = read_all(by_palace), as_if(by_palace, change)
    hits = {
        pk: hits_of_rows(row for row in found if open_part(after[pk], row) < open_part(before[pk], row))
        for pk, found in by_palace.items()
    }
    return {pk: found for pk, found in hits.items() if found}


def read_all(palaces) -> dict[int, Rulebook]:
    return {pk: rulebook.read(pk) for pk in palaces}


def as_if(palaces, change: Callable) -> dict[int, Rulebook]:
    with transaction.atomic():
        change()
        books = read_all(palaces)
        transaction.set_rollback(True)
    return books


def open_part(book: Rulebook, row: Occupancy) -> timedelta:
    return book.open_part(row.space.venue_id, row.starts_at, row.ends_at)
