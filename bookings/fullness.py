"""How full the house is, now and in the next hours. Pure: rules and holding rows in, figures out."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from venues.rules import SHANGHAI, Rulebook, UnitRules

from .slots import Held, Slot

HOUR = timedelta(hours=1)
NEAR_PERCENT = 70
TO_SOMEBODY = frozenset({"", "sign_in", "audience"})  # free, whatever this caller may do with it

OPEN, FULL, SESSION, CLOSURE, LATER, OVER, CLOSED = "open", "full", "session", "closure", "later", "over", "closed"
NOT_TODAY = frozenset({OVER, CLOSED})


@dataclass(frozen=True, slots=True)
class Fullness:
    """A venue at a moment. ``hours`` are the next three clock hours with what is free all through them, None where shut."""

    venue_id: int
    state: str
    free: int
    places: int
    shared: bool
    hours: tuple[tuple[datetime, int | None], ...] = ()
    opens_at: datetime | None = None
    closure_id: int | None = None

    @property
    def taken(self) -> int:
        return self.places - self.free

    @property
    def is_near(self) -> bool:
        return bool(self.free) and self.taken * 100 >= NEAR_PERCENT * self.places


def basic_units(units: list[UnitRules]) -> list[UnitRules]:
    """Without those that are made of others: a whole hall beside its six courts would count everything twice."""
    return [unit for unit in units if not any(consists_of(unit, other) for other in units)]


def consists_of(unit: UnitRules, part: UnitRules) -> bool:
    return unit.space_id == part.space_id and unit.mask != part.mask and unit.mask & part.mask == part.mask


def venue_ids(book: Rulebook) -> list[int]:
    """Venues that are shown and have something to book."""
    return [v.id for v in book.venues.values() if v.is_active and book.units_of(v.id)]


def fullness(book: Rulebook, venue_id: int, held: dict[int, list[Held]], now: datetime, guests: int = 0) -> Fullness:
    """``held`` are the rows of its spaces, from now to three hours on at least; ``guests`` are inside without a place.

    Guests count against the room of a shared venue at this moment; the coming hours are told by what is held.
    """
    units = basic_units(book.units_of(venue_id))
    places = sum(u.place_count if u.shared else 1 for u in units)
    shared = any(u.shared for u in units)
    if opening_at(book, venue_id, now) is None:
        opens_at, state = next_opening(book, venue_id, now)
        return Fullness(venue_id, state, 0, places, shared, opens_at=opens_at)
    free = sum(free_places(book, u, held[u.space_id], now, now, now) for u in units)
    state, closure_id = (OPEN, None) if free else why_full(units, held, now)
    if free and shared:
        free = max(0, free - guests)
        state = OPEN if free else FULL
    return Fullness(venue_id, state, free, places, shared, next_hours(book, units, held, now), closure_id=closure_id)


def worth_going(seen: Fullness) -> int:
    """Sort key of every list of venues: room now, then what still comes today, then the rest; each in the house's order."""
    return 0 if seen.state == OPEN else 2 if seen.state in NOT_TODAY else 1


def free_places(
    book: Rulebook, unit: UnitRules, held: list[Held], since: datetime, until: datetime, now: datetime
) -> int:
    """Free at every moment of the time; ``since`` = ``until`` asks for that moment. Heads for a shared unit, else 1 or 0."""
    taken = 0
    for row in held:
        if row.starts_at <= since < row.ends_at or since < row.starts_at < until:
            taken |= row.mask
    for kept in book.allocations:
        if kept.space_id == unit.space_id and now < kept.free_from and kept.starts_at < until and kept.ends_at > since:
            taken |= kept.mask
    return (unit.mask & ~taken).bit_count() if unit.shared else int(not unit.mask & taken)


def next_hours(book, units, held, now) -> tuple[tuple[datetime, int | None], ...]:
    first = now.astimezone(SHANGHAI).replace(minute=0, second=0, microsecond=0) + HOUR
    return tuple((start, in_hour(book, units, held, start, now)) for start in (first, first + HOUR, first + 2 * HOUR))


def in_hour(book, units, held, start, now) -> int | None:
    opened = opening_at(book, units[0].venue_id, start)
    if opened is None or opened[1] < start + HOUR:
        return None
    return sum(free_places(book, u, held[u.space_id], start, start + HOUR, now) for u in units)


def why_full(units, held, now) -> tuple[str, int | None]:
    rows = [r for u in units for r in held[u.space_id] if r.starts_at <= now < r.ends_at and r.mask & u.mask]
    if all(r.kind == "closure" for r in rows):
        return CLOSURE, rows[0].holder_id if rows else None
    return (SESSION if all(r.kind in ("session", "closure") for r in rows) else FULL), None


def opening_at(book: Rulebook, venue_id: int, when: datetime) -> tuple[datetime, datetime] | None:
    """The opening that contains ``when``; it may have begun the day before."""
    day = when.astimezone(SHANGHAI).date()
    intervals = book.opening(venue_id, day) + book.opening(venue_id, day - timedelta(days=1))
    return next((each for each in intervals if each[0] <= when < each[1]), None)


def next_opening(book: Rulebook, venue_id: int, now: datetime) -> tuple[datetime | None, str]:
    """When it opens today, or the next day on which it does within a week."""
    today = now.astimezone(SHANGHAI).date()
    openings = book.opening(venue_id, today)
    later = [opens for opens, _closes in openings if opens > now]
    if later:
        return later[0], LATER
    for days in range(1, 8):
        coming = book.opening(venue_id, today + timedelta(days=days))
        if coming:
            return coming[0][0], OVER if openings else CLOSED
    return None, OVER if openings else CLOSED


def house_hours(book: Rulebook, day: date) -> tuple[datetime, datetime] | None:
    """From the first venue that opens to the last that closes."""
    return book.reach(day, venue_ids(book))


def is_free(slot: Slot) -> bool:
    return slot.free > 0 and slot.reason in TO_SOMEBODY


def count_free(book: Rulebook, venue_id: int, slots: Iterable[Slot]) -> int:
    """Bookings that fit one after the other into what is free, on units that are not made of others."""
    basic = {u.id for u in basic_units(book.units_of(venue_id))}
    ends: dict[int, datetime] = {}
    count = 0
    for slot in sorted(slots, key=lambda s: s.starts_at):
        if slot.unit_id in basic and is_free(slot) and ends.get(slot.unit_id, slot.starts_at) <= slot.starts_at:
            ends[slot.unit_id] = slot.ends_at
            count += 1
    return count
