"""Bookings that the rules of today no longer carry: shorter hours, a holiday entered late, a place switched off.

Who changed the rule has seen them before saving. They stay booked until somebody moves them or calls the people, so the
desk finds them here until then.
"""

from datetime import datetime, timedelta

from venues import rulebook
from venues.rules import Rulebook

from .models import Booking

LONGEST = timedelta(days=2)  # no booking lasts longer; with it the index by start serves


def stranded(palace, now: datetime, book: Rulebook | None = None) -> list[int]:
    """Ids of awaited bookings of ``palace`` outside opening hours, or of a place that is not shown any more: the soonest first.

    ``book`` is the palace's, where the caller has read it already.
    """
    book = book or rulebook.current(palace.pk)
    rows = Booking.objects.in_palace(palace).coming(now).filter(starts_at__gt=now - LONGEST)
    return [pk for pk, *rest in rows.values_list("pk", "unit_id", "starts_at", "ends_at") if not carries(book, *rest)]


def carries(book: Rulebook, unit_id: int, starts_at: datetime, ends_at: datetime) -> bool:
    unit = book.units.get(unit_id)
    if unit is None or not unit.is_active or not book.venues[unit.venue_id].is_active:
        return False
    return book.open_part(unit.venue_id, starts_at, ends_at) == ends_at - starts_at
