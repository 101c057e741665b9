"""The house looks alive at whatever hour: somebody is in, somebody is late, somebody will come within the hour."""

from datetime import datetime, timedelta
from random import Random

from django.core.exceptions import ValidationError
from django.db.models import Max, Sum

from bookings.models import Booking, BookingStatus
from bookings.services import check_in, leave_unsaid, place_booking
from bookings.slots import periods
from palace.core.models import OutboxMessage
from palace.demo.models import Event, EventKind
from venues.models import Visit
from venues.rules import SHANGHAI

from .house import House
from .parts import rng

FEW = 3
PLACES = ("乒乓球室", "台球室", "琴房", "劳动者驿站")  # where it is; the last one never closes


def liven(house: House, now: datetime) -> None:
    """Add what is missing of people in the house, late ones, arrivals within the hour and a walk-in."""
    chance = rng("today", house.spec.slug, now)
    before = OutboxMessage.objects.aggregate(last=Max("pk"))["last"] or 0
    ids = [
        *someone_walks_in(house, now, chance),
        *(add(house, now, chance, came=True) for _n in range(FEW - in_house(house, now))),
        *(add(house, now, chance, came=False) for _n in range(2 - late(house, now))),
        *(add(house, now, chance, ahead=True) for _n in range(FEW - awaited(house, now))),
    ]
    leave_unsaid([pk for pk in ids if pk], after=before)


def in_house(house: House, now: datetime) -> int:
    rows = Visit.objects.filter(palace=house.palace, entered_at__lte=now, leaves_at__gt=now)
    return rows.aggregate(persons=Sum("persons"))["persons"] or 0


def late(house: House, now: datetime) -> int:
    rows = awaiting(house).filter(starts_at__lt=now - timedelta(minutes=5), ends_at__gt=now)
    return rows.count()


def awaited(house: House, now: datetime) -> int:
    return awaiting(house).filter(starts_at__gt=now, starts_at__lte=now + timedelta(hours=1)).count()


def awaiting(house: House):
    return Booking.objects.filter(palace=house.palace, status=BookingStatus.CONFIRMED)


def someone_walks_in(house: House, now: datetime, chance: Random) -> list[int]:
    """One party of today without a booking takes a free table now, at the desk."""
    since, until = now - timedelta(hours=4), now + timedelta(minutes=1)
    if Booking.objects.filter(palace=house.palace, source="walk_in", starts_at__range=(since, until)).exists():
        return []
    pk = add(house, now, chance, came=True, source="walk_in")
    return [pk] if pk else []


def add(house: House, now: datetime, chance: Random, *, came=False, ahead=False, source="web") -> int | None:
    """One booking of the running slot (or of the next one), on the first place that is free. The booking's id."""
    for venue, spec in sorted(venues_of(house), key=lambda each: PLACES.index(each[1].name[0])):
        for unit in house.units(venue):
            slot = slot_at(house, unit, now, ahead)
            if slot is None:
                continue
            pk = book(house, spec, unit, slot, now, chance, source)
            if pk:
                follow(house, pk, slot, now, came)
                return pk
    return None


def venues_of(house: House):
    return [(venue, spec) for venue, spec in house.venues if spec.name[0] in PLACES]


def slot_at(house: House, unit, now: datetime, ahead: bool):
    """The slot that runs at ``now``, or the next one within the hour."""
    day = now.astimezone(SHANGHAI).date()
    slots = [s for d in (day, day + timedelta(days=1)) for s in periods(house.book, unit, d)]
    if ahead:
        return next((s for s in slots if now + timedelta(minutes=2) < s[0] <= now + timedelta(hours=1)), None)
    return next((s for s in slots if s[0] + timedelta(minutes=6) < now < s[1] - timedelta(minutes=5)), None)


def book(house: House, spec, unit, slot, now: datetime, chance: Random, source: str) -> int | None:
    starts_at, ends_at = slot
    walk = source == "walk_in"
    member = house.someone(starts_at.astimezone(SHANGHAI).date(), spec, chance)
    try:
        placed = place_booking(
            palace_id=house.palace.pk,
            unit_id=unit.id,
            member=member,
            starts_at=now.replace(second=0, microsecond=0) if walk else starts_at,
            ends_at=ends_at,
            by=house.desk if walk else member.user,
            party_size=1 if unit.shared else 2,
            source=source,
            now=now if walk else min(now, starts_at) - timedelta(minutes=chance.randint(40, 110)),
            walk_in=walk,
        )
    except ValidationError:
        return None
    return placed.id


def follow(house: House, pk: int, slot, now: datetime, came: bool) -> None:
    """Those who came are checked in; for the others it is written down that they do not come, or come in time."""
    starts_at, ends_at = slot
    if came:
        check_in(booking=Booking(pk=pk), by=house.desk, now=now)
        return
    kind, when = (EventKind.ABSENT, ends_at) if starts_at < now else (EventKind.ARRIVE, starts_at)
    party = Booking.objects.values_list("party_size", flat=True).get(pk=pk)
    Event.objects.create(kind=kind, at=when, palace_id=house.palace.pk, booking_id=pk, persons=party)
