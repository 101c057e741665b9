"""People without a booking: counted into a venue, or put on a unit from now to the end of the slot that is running."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from palace.core.wording import local_day
from venues import rulebook
from venues.models import Venue, Visit, VisitSource
from venues.rules import SHANGHAI, Caller, Rulebook, UnitRules, at

from .fullness import basic_units, free_places, opening_at, venue_ids
from .models import Booking, BookingSource
from .planning import is_asked
from .refusals import refuse
from .services import book_slot, check_in
from .slots import MIDNIGHT, Held, busy, periods

STAY = timedelta(hours=2)  # nobody signs out: who came without a booking counts as inside for so long
MOST_PERSONS = 500


@dataclass(frozen=True, slots=True)
class FreeNow:
    """A unit that can be used from now until ``until``; ``free`` counts heads for a shared one. The price is for one head.

    Where ``is_asked``, whoever looks would have to ask for it first: nobody walks in on that.
    """

    unit: UnitRules
    until: datetime
    free: int
    price_fen: int
    is_asked: bool


def begun(now: datetime) -> datetime:
    """The minute that is running: a walk-in begins with it."""
    return now.replace(second=0, microsecond=0)


def running_until(book: Rulebook, unit: UnitRules, now: datetime) -> datetime | None:
    """The end of the slot that began last and is not over; None where none is running."""
    today = now.astimezone(SHANGHAI).date()
    slots = [slot for day in (today - timedelta(days=1), today) for slot in periods(book, unit, day)]
    return max((until for since, until in slots if since <= now < until), default=None)


def free_now(
    book: Rulebook, unit: UnitRules, held: list[Held], caller: Caller, now: datetime, *, approves: bool
) -> FreeNow | None:
    """What ``unit`` offers to somebody who stands here now. Pure: ``held`` are the rows of its space."""
    until = running_until(book, unit, now)
    policy = book.policy(unit, now.astimezone(SHANGHAI).date())
    if until is None or policy is None:
        return None
    reach = until if unit.shared else until + policy.buffer
    free = free_places(book, unit, held, begun(now), reach, now)
    if free < (policy.party_min if unit.shared else 1):
        return None
    price = book.price(unit, begun(now), until, caller)
    return FreeNow(unit, until, free, price.fen, is_asked(policy, approves))


def all_free_now(book: Rulebook, caller: Caller, now: datetime, *, approves: bool) -> list[FreeNow]:
    """Every unit that somebody can be put on now, by venue: one query."""
    units = [unit for venue_id in venue_ids(book) for unit in book.units_of(venue_id)]
    held = busy({unit.space_id for unit in units}, now, now + timedelta(days=1))
    found = [free_now(book, unit, held[unit.space_id], caller, now, approves=approves) for unit in units]
    return [each for each in found if each and not each.is_asked]


def open_now(book: Rulebook, now: datetime) -> list[int]:
    """Ids of the venues that are open."""
    return [venue.id for venue in book.venues.values() if venue.is_active and opening_at(book, venue.id, now)]


@transaction.atomic
def let_in(*, venue: Venue, persons: int, by, member=None, now: datetime | None = None) -> Visit:
    """Count ``persons`` who came into ``venue`` just so. Raises ``shut`` outside its hours, ``persons_out_of_range``."""
    now, book = now or timezone.now(), rulebook.current(venue.palace_id)
    opened = opening_at(book, venue.pk, now) if venue.is_active else None
    if opened is None:
        raise refuse("shut")
    most = most_persons(book, venue.pk)
    if not 1 <= persons <= most:
        raise refuse("persons_out_of_range", most=most)
    return Visit.objects.create(
        palace_id=venue.palace_id,
        venue=venue,
        member=member,
        source=VisitSource.WALK_IN,
        persons=persons,
        entered_at=now,
        leaves_at=min(opened[1], now + STAY),
        recorded_by=by,
    )


def most_persons(book: Rulebook, venue_id: int) -> int:
    """As many as its places hold together, or the whole of it: more at one press is a slip of the finger."""
    units = book.units_of(venue_id)
    together = sum(unit.capacity for unit in basic_units(units))
    return max([together, *(unit.capacity for unit in units)]) or MOST_PERSONS


def counted_today(palace, now: datetime):
    """Who was let in today without a booking, the latest first: what a slip of the finger can be taken back from."""
    since = at(local_day(now), MIDNIGHT)
    rows = Visit.objects.filter(palace=palace, entered_at__gte=since).unbooked()
    return rows.select_related("venue").order_by("-entered_at", "-pk")


@transaction.atomic
def walk_in(*, unit, member, party_size: int, by, now: datetime | None = None) -> Booking:
    """Book ``unit`` from this minute to the end of the running slot and check the party in, or change nothing.

    Raises ``outside_hours`` where no slot is running, ``needs_approval`` where the place does and ``by`` may not give it,
    and the refusals of booking.
    """
    moment = now or timezone.now()
    book = rulebook.current(unit.palace_id)
    rules = book.units.get(unit.pk)
    until = running_until(book, rules, moment) if rules else None
    if until is None:
        raise refuse("outside_hours")
    booking = book_slot(
        unit=unit,
        member=member,
        starts_at=begun(moment),
        ends_at=until,
        by=by,
        party_size=party_size,
        source=BookingSource.WALK_IN,
        now=now,
        walk_in=True,
    )
    return check_in(booking=booking, by=by, now=moment)
