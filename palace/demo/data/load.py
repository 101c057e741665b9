"""The two halves of loading: the coming fortnight at once, the past sixty days after it. Both may be run again."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from bookings.services import caller_of
from bookings.slots import busy, day_bounds, unit_slots
from palace.demo.catalogue import MAIN
from venues import rulebook
from venues.rules import SHANGHAI, at

from . import accounts, announcements, coming, events, people, pictures, structure, today
from .house import House, houses
from .parts import part
from .placing import fill_day

DAYS_COMING, DAYS_PAST = 14, 60
OPEN_UNITS, OPEN_DAYS, OPEN_SHARE = 10, 3, 0.5

Say = Callable[..., None]


def plainly(text: str, **values) -> None:
    print(text % values)


class TooFull(Exception):
    """Fewer units are open to any member than the demonstration promises."""


def fortnight(*, now: datetime | None = None, scale: float = 1.0, say: Say = plainly) -> dict:
    """Palaces, people, and the bookings of today and the coming days; on later starts, what is missing of them.

    Returns the figures that it also says.
    """
    now = now or timezone.now()
    day = now.astimezone(SHANGHAI).date()
    ground(scale)
    made = sum(coming_days(house, day, now, scale) for house in houses())
    events.live(now, kind__in=events.AT_THE_DESK)
    events.live(now, at__gte=at(day, time()))
    with transaction.atomic():
        today.liven(main_house(), now)
    accounts.write()
    open_units = count_open_units(main_house(), now)
    say("Bookings of the coming fortnight: %(made)s new", made=made)
    say("Places open to any member for the next %(days)s days: %(units)s", days=OPEN_DAYS, units=open_units)
    if open_units < OPEN_UNITS:
        raise TooFull(f"only {open_units} exclusive units are largely open")
    return {"bookings": made, "open_units": open_units}


def coming_days(house: House, day: date, now: datetime, scale: float) -> int:
    prepare(house, day, now)
    made = 0
    for ahead in range(DAYS_COMING):
        with transaction.atomic():
            made += fill_day(house, day + timedelta(days=ahead), now, scale)
    return made


def ground(scale: float) -> None:
    """What is there before anybody books: once, all or nothing."""
    with part("ground") as is_new:
        if is_new:
            structure.load()
            people.load(people.Size.scaled(scale))
            announcements.load(main_house().palace, main_house().manager)
    with part("pictures") as is_new:
        if is_new:
            pictures.load()


def main_house() -> House:
    return next(house for house in houses() if house.spec.slug == MAIN.slug)


def prepare(house: House, day: date, now: datetime) -> None:
    """Closures, dated hours, kept hours and requests: they come before the crowd."""
    rulebook.current(house.palace.pk)
    for ahead in range(DAYS_COMING):
        coming.keep_hours(house, day + timedelta(days=ahead))
    if house.spec.slug == MAIN.slug:
        coming.drill(house, day)
        coming.close_for_lamps(house, day, now)
        rulebook.current(house.palace.pk)
        coming.requests(house, day, now)
    rulebook.current(house.palace.pk)


def history(*, now: datetime | None = None, days: int = DAYS_PAST, scale: float = 1.0, say: Say = plainly) -> int:
    """The past ``days``, the latest first; every line says how far it is. Days that are there are passed over quickly."""
    now = now or timezone.now()
    first = now.astimezone(SHANGHAI).date()
    total, all_houses = 0, houses()
    for back in range(1, days + 1):
        day = first - timedelta(days=back)
        for house in all_houses:
            coming.keep_hours(house, day)
        made = sum(fill_day(house, day, now, scale) for house in all_houses)
        happened = events.live(now)
        total += made
        text = "History: day %(back)s of %(days)s (%(day)s), %(made)s bookings, %(happened)s events"
        say(text, back=back, days=days, day=day, made=made, happened=happened)
    return total


def count_open_units(house: House, now: datetime) -> int:
    """Exclusive units that any member may book, and of whose slots in each of the next days half or more are free."""
    first = now.astimezone(SHANGHAI).date() + timedelta(days=1)
    days = [first + timedelta(days=n) for n in range(OPEN_DAYS)]
    book, caller = house.book, caller_of(house.regulars[0])
    units = [unit for venue, _spec in house.venues for unit in house.units(venue) if may_anybody(book, unit, first)]
    held = busy({unit.space_id for unit in units}, *day_bounds(first, OPEN_DAYS))
    return sum(all(is_open(book, unit, day, held, caller, now) for day in days) for unit in units)


def may_anybody(book, unit, day) -> bool:
    policy = book.policy(unit, day)
    return not unit.shared and policy is not None and not policy.needs_approval


def is_open(book, unit, day, held, caller, now) -> bool:
    slots = unit_slots(book, unit, [day], held[unit.space_id], caller, now)
    return bool(slots) and sum(slot.bookable for slot in slots) >= OPEN_SHARE * len(slots)
