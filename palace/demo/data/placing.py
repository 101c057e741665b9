"""Wishes become bookings, through ``place_booking``, each at the moment at which its person would have made it."""

from datetime import date, datetime, timedelta
from random import Random

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max

from bookings.services import Placed, leave_unsaid, place_booking
from palace.core.models import OutboxMessage
from palace.demo.catalogue.shapes import VenueSpec
from palace.demo.models import Event
from venues.rules import SHANGHAI

from .demand import WAVES, Wish, waves_of, wishes
from .events import events_of, walk_ins
from .house import House
from .parts import loaded, mark, rng

# What may happen to a wish: somebody else was faster, the house is shut, or it is kept for a club.
LOST = {"taken", "allocated", "outside_hours", "too_early", "past"}


def fill_day(house: House, day: date, now: datetime, demand: float = 1.0) -> int:
    """Make the bookings of ``day`` that would exist by ``now``. Returns how many were made."""
    waves = waves_of((day - at_day(now)).days)
    names = {part_name(venue, day, wave): (venue, wave) for venue, _spec in house.venues for wave in waves}
    there = loaded(names)
    made = 0
    for venue, spec in house.venues:
        missing = [name for name, (its, _wave) in names.items() if its == venue and name not in there]
        if missing:
            made += fill_venue(house, venue, spec, day, missing, now, demand)
    return made


def part_name(venue: int, day: date, wave: str) -> str:
    return f"venue {venue}:{day}:{wave}"


def at_day(now: datetime) -> date:
    return now.astimezone(SHANGHAI).date()


@transaction.atomic
def fill_venue(
    house: House, venue: int, spec: VenueSpec, day: date, names: list[str], now: datetime, demand: float
) -> int:
    """The waves ``names`` of one venue and day in one transaction: its space is locked for some tenths of a second."""
    waves = [name.rpartition(":")[2] for name in mark(names)]
    wanted = [w for unit in house.units(venue) for w in wishes(house, unit, spec, day) if w.wave in waves]
    chance = rng("who", house.spec.slug, spec.name[0], day, *waves)
    if WAVES[-1][0] in waves:
        Event.objects.bulk_create(walk_ins(house, venue, spec, day, chance))
    return place_all(house, spec, [w for w in wanted if demand >= 1 or chance.random() < demand], now, chance)


def place_all(house: House, spec: VenueSpec, wanted: list[Wish], now: datetime, chance: Random) -> int:
    """Runs inside the transaction of its part. What is to happen to the bookings is written down as events."""
    if not wanted:
        return 0
    before = OutboxMessage.objects.aggregate(last=Max("pk"))["last"] or 0
    ids, events = [], []
    for wish in wanted:
        made_at, by_desk = moment_of(wish, now, chance)
        placed = place(house, spec, wish, made_at, by_desk, chance)
        if placed and placed.plan:
            ids.append(placed.id)
            events += events_of(house, placed.id, placed.plan, made_at, now, chance)
    Event.objects.bulk_create(events)
    leave_unsaid(ids, after=before)
    return len(ids)


def moment_of(wish: Wish, now: datetime, chance: Random) -> tuple[datetime, bool]:
    """(when it was booked, whether the desk did it): by members from the opening second on, by the desk also before."""
    day = at_day(wish.starts_at)
    latest = min(now, wish.starts_at - timedelta(minutes=1))
    opened = wish.policy.opens_for(day)
    if opened < latest:
        span = (latest - opened).total_seconds()
        if wish.wave == "last":
            span = min(span, 30 * 3600)
            opened = latest - timedelta(seconds=span)
        return opened + timedelta(seconds=span * chance.random() ** (2 if wish.wave == "early" else 1)), False
    return latest - timedelta(minutes=chance.randint(5, 2880)), True


def when_staffed(moment: datetime) -> datetime:
    """Nobody is at the desk at night: what would be booked then was booked in the evening before."""
    here = moment.astimezone(SHANGHAI)
    if 9 <= here.hour < 21:
        return moment
    return here.replace(hour=20) - timedelta(days=here.hour < 9)


def place(house: House, spec: VenueSpec, wish: Wish, made_at: datetime, by_desk: bool, chance: Random) -> Placed | None:
    """None where the wish is lost."""
    member = house.someone(at_day(wish.starts_at), spec, chance)
    by_desk = by_desk or chance.random() < desk_share(wish)
    made_at = when_staffed(made_at) if by_desk else made_at
    own = member.guardian.user if member.guardian else member.user
    try:
        return place_booking(
            palace_id=house.palace.pk,
            unit_id=wish.unit.id,
            member=member,
            starts_at=wish.starts_at,
            ends_at=wish.ends_at,
            by=house.desk if by_desk else own,
            party_size=wish.party_size,
            source="desk" if by_desk else "web",
            now=made_at,
        )
    except ValidationError as refused:
        if refused.code not in LOST:
            raise
        return None


def desk_share(wish: Wish) -> float:
    """Halls that need approval are mostly agreed on with the desk; a sixth of the rest rings up or stands there."""
    return 0.8 if wish.policy.needs_approval else 0.15
