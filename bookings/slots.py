"""What can be booked when: the slots of a unit, the board of a venue, the nearest free times.

Places are bits of a whole number, so a court, a whole hall and a gym of forty places are judged by the same AND.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.db import connection

from venues.rules import SHANGHAI, Caller, Rulebook, UnitRules, at

MIDNIGHT = time()
REASON_OF = {"closure": "closed", "session": "session"}  # of a slot, by who holds it; else "taken"


@dataclass(frozen=True, slots=True)
class Held:
    """One holding row of a space: ``mask`` are its places."""

    mask: int
    starts_at: datetime
    ends_at: datetime
    kind: str
    holder_id: int


@dataclass(frozen=True, slots=True)
class Slot:
    """A bookable period. ``places`` and ``free`` count heads for a shared unit, 1 or 0 for an exclusive one.

    ``reason`` is empty where ``bookable``, else a code of ``bookings.refusals`` or "closed", "session".
    ``holder_id`` is set where one holder takes the whole of it.
    """

    unit_id: int
    starts_at: datetime
    ends_at: datetime
    places: int
    free: int
    price_fen: int
    bookable: bool
    reason: str
    holder_id: int | None = None
    label: str = ""
    opens_at: datetime | None = None


BUSY = """
SELECT space_id, first_place, place_count, starts_at, ends_at, kind, holder_id FROM venues_occupancy
WHERE holds AND space_id = ANY(%s) AND ends_at > %s AND starts_at < %s ORDER BY space_id, starts_at
"""


def busy(space_ids: Iterable[int], since: datetime, until: datetime) -> dict[int, list[Held]]:
    """Holding rows of the spaces that touch the time: one query."""
    found: dict[int, list[Held]] = {space: [] for space in space_ids}
    with connection.cursor() as cursor:
        cursor.execute(BUSY, [list(found), since, until])
        for space, first, count, starts_at, ends_at, kind, holder_id in cursor.fetchall():
            found[space].append(Held(((1 << count) - 1) << (first - 1), starts_at, ends_at, kind, holder_id))
    return found


def day_bounds(day: date, days: int = 1) -> tuple[datetime, datetime]:
    """From midnight to the end of the last opening that may begin on the last day."""
    return at(day, MIDNIGHT), at(day + timedelta(days=days + 1), MIDNIGHT)


def periods(book: Rulebook, unit: UnitRules, day: date) -> list[tuple[datetime, datetime]]:
    """Periods that the policy in force at their start offers, in the openings that begin on ``day``."""
    found = []
    for opens, closes in book.opening(unit.venue_id, day):
        start = opens
        while start < closes:
            policy = book.policy(unit, start.astimezone(SHANGHAI).date())
            if policy is None:
                start = at(start.astimezone(SHANGHAI).date() + timedelta(days=1), MIDNIGHT)
                continue
            late = (start - opens) % policy.grid
            if late:  # a new policy at midnight: on to its grid, still counted from opening
                start += policy.grid - late
                continue
            if start + policy.shortest <= closes:
                found.append((start, start + policy.shortest))
            start += policy.grid
    return found


def unit_slots(
    book: Rulebook, unit: UnitRules, days: Iterable[date], held: list[Held], caller: Caller, now: datetime
) -> list[Slot]:
    """Slots of ``unit`` on ``days`` for ``caller``. Pure: ``held`` are the rows of its space."""
    mine = [h for h in held if h.mask & unit.mask]
    longest_buffer = max((p.buffer for p in book.policies), default=timedelta())
    found = []
    for day in days:
        offered = periods(book, unit, day)
        around = touching(mine, offered, longest_buffer)
        found += [slot_of(book, unit, since, until, around, caller, now) for since, until in offered]
    return found


def touching(held: list[Held], offered: list[tuple[datetime, datetime]], buffer: timedelta) -> list[Held]:
    """Rows near the periods of a day, so that each slot is compared with a few only."""
    if not offered:
        return []
    first, last = offered[0][0].astimezone(UTC), offered[-1][1].astimezone(UTC) + buffer
    return [h for h in held if h.starts_at < last and h.ends_at > first]


def slot_of(
    book: Rulebook, unit: UnitRules, since: datetime, until: datetime, held: list[Held], caller: Caller, now: datetime
) -> Slot:
    policy = book.policy(unit, since.astimezone(SHANGHAI).date())
    reach = until if unit.shared else until + policy.buffer
    kept = [
        a
        for a in book.allocations
        if a.space_id == unit.space_id and a.starts_at < reach and a.ends_at > since and now < a.free_from
    ]
    rows = [h for h in held if h.starts_at < reach and h.ends_at > since and h.mask & unit.mask]
    taken = 0
    for row in rows:
        taken |= row.mask
    for allocation in kept:
        taken |= allocation.mask
    free = (unit.mask & ~taken).bit_count() if unit.shared else int(not unit.mask & taken)
    reason, holder, label = obstacle(unit, policy, since, free, rows, kept, caller, now)
    return Slot(
        unit_id=unit.id,
        starts_at=since,
        ends_at=until,
        places=unit.place_count if unit.shared else 1,
        free=free,
        price_fen=book.price(unit, since, until, caller).fen,
        bookable=not reason,
        reason=reason,
        holder_id=holder,
        label=label,
        opens_at=policy.opens_for(since.astimezone(SHANGHAI).date()) if reason == "too_early" else None,
    )


def obstacle(unit, policy, since, free, rows, kept, caller, now) -> tuple[str, int | None, str]:
    """(code, who holds it, its label): what is true for everybody before what is true for the caller."""
    if since <= now:
        return "past", rows[0].holder_id if rows else None, ""
    if free < policy.party_min if unit.shared else not free:
        if not rows:
            return "allocated", None, kept[0].holder
        first = blocker(unit, rows)
        return REASON_OF.get(first.kind, "taken"), first.holder_id, ""
    if now < policy.opens_for(since.astimezone(SHANGHAI).date()):
        return "too_early", None, ""
    if not caller.signed_in:
        return "sign_in", None, ""
    if policy.audience == "members" and not caller.verified:
        return "audience", None, ""
    return "", None, ""


def blocker(unit: UnitRules, rows: list[Held]) -> Held:
    """Of the rows over a unit that cannot be had, the one that says why: a closure before a class before a booking.

    A shared unit is closed, or has a class, only where that takes all of it: one machine in repair is not the reason.
    """
    taken = 0
    for kind in ("closure", "session"):
        these = [row for row in rows if row.kind == kind]
        for row in these:
            taken |= row.mask
        if these and not (unit.shared and unit.mask & ~taken):
            return these[0]
    return next((row for row in rows if row.kind == "booking"), rows[0])


def nearest_free(slots: Iterable[Slot], starts_at: datetime, count: int = 3) -> list[Slot]:
    """Bookable slots by distance from ``starts_at``, the earlier first where equal: the door out of a clash."""
    return sorted(
        (s for s in slots if s.bookable), key=lambda s: (abs(s.starts_at - starts_at), s.starts_at, s.unit_id)
    )[:count]


def unchanged_until(book: Rulebook, unit: UnitRules, slots: Iterable[Slot], now: datetime) -> datetime:
    """The next moment at which one of ``slots`` changes by the clock alone: it passes, opens, or kept hours go back to all."""
    starts = [s.starts_at for s in slots]
    openings = [s.opens_at for s in slots if s.opens_at]
    given_back = [a.free_from for a in book.allocations if a.space_id == unit.space_id]
    return min((t for t in (*starts, *openings, *given_back) if t > now), default=datetime.max.replace(tzinfo=UTC))
