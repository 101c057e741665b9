"""What stands in the book of a day before anybody asks: hours of clubs and partners, closures, dated hours, requests."""

from datetime import date, datetime, time, timedelta

from django.core.exceptions import ValidationError
from django.db.models import Max

from bookings.services import leave_unsaid, place_booking
from palace.core.models import OutboxMessage
from palace.demo.models import Event, EventKind
from venues.models import Allocation, Closure, DayType, OpeningException, Space, Unit
from venues.rules import at
from venues.services import close

from .house import House
from .parts import part, rng

# (palace, venue, weekdays, from, to, first place, places, kind, for whom, in English)
KEPT = [
    ("chaocheng", "羽毛球馆", (1, 3), 19, 21, 5, 2, "club", "羽协", "Badminton association"),
    ("chaocheng", "篮球馆", (2,), 18, 20, 1, 1, "club", "篮协", "Basketball association"),
    ("chaocheng", "舞蹈室", (0, 4), 18, 20, 1, 1, "partner", "澜韵舞蹈", "Lanyun Dance"),
    ("chaocheng", "羽毛球馆", (5,), 9, 11, 5, 2, "partner", "青羽少儿班", "Qingyu children's class"),
    ("shanhe", "安全教育体验中心", (2,), 14, 17, 1, 1, "partner", "筑安培训", "Zhu'an Training"),
    ("lanning", "工·舞蹈馆", (1, 3), 18, 20, 1, 2, "partner", "钟麓艺校", "Zhonglu Arts School"),
]
LAMPS = ("检修灯具", "Lamps are repaired")
DRILL_IN_DAYS = 9
# (venue, plate of the unit, days from today, from, to, persons): what waits for the manager
REQUESTS = [
    ("羽毛球馆", "全", 12, 18, 20, 60),
    ("职工剧场", "1", 11, 14, 18, 220),
    ("会议室", "1", 3, 14, 16, 40),
    ("篮球馆", "全", 10, 18, 21, 24),
    ("会议室", "1", 6, 9, 12, 60),
]


def keep_hours(house: House, day: date) -> None:
    """Allocations of ``day``; from a day before, what is unused goes back to all."""
    rows = [row for row in KEPT if row[0] == house.spec.slug and day.weekday() in row[2]]
    if not rows:
        return
    with part(f"{house.spec.slug}:kept:{day}") as is_new:
        for row in rows if is_new else ():
            keep(house, day, row)


def keep(house: House, day: date, row) -> None:
    _slug, venue, _days, since, until, first, count, kind, holder, holder_en = row
    space = Space.objects.filter(palace=house.palace, venue__name=venue).first()
    if space is not None:
        Allocation.objects.create(
            palace=house.palace,
            space=space,
            first_place=first,
            place_count=count,
            starts_at=at(day, time(since)),
            ends_at=at(day, time(until)),
            kind=kind,
            holder=holder,
            holder_en=holder_en,
        )


def drill(house: House, today: date) -> None:
    """One morning on which the whole palace opens late."""
    with part(f"{house.spec.slug}:drill") as is_new:
        if is_new:
            OpeningException.objects.create(
                palace=house.palace,
                day=working_day(house, today + timedelta(days=DRILL_IN_DAYS)),
                opens_at=time(13),
                closes_at=time(house.spec.open_hours[1]),
                reason="上午消防演练",
                reason_en="Fire drill in the morning",
            )


def working_day(house: House, day: date) -> date:
    while house.book.day_type(day) > DayType.FRIDAY:
        day += timedelta(days=1)
    return day


def close_for_lamps(house: House, today: date, now: datetime) -> None:
    """Court 4 is shut tomorrow afternoon."""
    with part(f"{house.spec.slug}:lamps") as is_new:
        unit = Unit.objects.filter(palace=house.palace, venue__name="羽毛球馆", label="4").first()
        if is_new and unit:
            tomorrow = today + timedelta(days=1)
            hours = {"starts_at": at(tomorrow, time(13)), "ends_at": at(tomorrow, time(17))}
            closure = Closure(palace=house.palace, unit=unit, reason=LAMPS[0], reason_en=LAMPS[1], **hours)
            close(closure=closure, by=house.manager, source="command:load_demo", now=now)


def requests(house: House, today: date, now: datetime) -> None:
    """Bookings that wait for the manager; once over, they are given up by the clock of the demonstration."""
    with part(f"{house.spec.slug}:requests:{today}") as is_new:
        if not is_new:
            return
        before = OutboxMessage.objects.aggregate(last=Max("pk"))["last"] or 0
        ids = [ask(house, today, now, n, row) for n, row in enumerate(REQUESTS)]
        leave_unsaid([pk for pk in ids if pk], after=before)


def ask(house: House, today: date, now: datetime, n: int, row) -> int | None:
    """The id of the request, or None where somebody has the place already."""
    venue, label, days, since, until, persons = row
    day = today + timedelta(days=days)
    unit = next(u for v, s in house.venues if s.name[0] == venue for u in house.units(v) if u.label == label)
    chance = rng("request", house.spec.slug, day, n)
    member = chance.choice(house.regulars)
    starts_at, made_at = at(day, time(since)), now - timedelta(hours=chance.uniform(1, 20))
    try:
        placed = place_booking(
            palace_id=house.palace.pk,
            unit_id=unit.id,
            member=member,
            starts_at=starts_at,
            ends_at=at(day, time(until)),
            by=member.user,
            party_size=persons,
            source="web",
            now=made_at,
        )
    except ValidationError:
        return None
    late = starts_at - timedelta(minutes=1)
    Event.objects.create(kind=EventKind.GIVE_UP, at=late, palace_id=house.palace.pk, booking_id=placed.id)
    return placed.id
