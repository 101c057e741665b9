"""A small house for tests: one palace, a hall of six courts, a gym of forty places. Times are Asia/Shanghai."""

from datetime import date, datetime, time, timedelta
from itertools import count
from zoneinfo import ZoneInfo

from django.utils import timezone

from palace.accounts.models import Member, RoleAssignment, User
from palace.unions.models import Palace, Union
from venues.models import OpeningHours, Policy, Site, Space, Tariff, TariffLine, Unit, Venue

SHANGHAI = ZoneInfo("Asia/Shanghai")
PASSWORD = "a-long-enough-password"
numbers = count(1)


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """``hour`` of ``day`` in Shanghai; hours from 24 on are the next day."""
    return datetime.combine(day, time(), SHANGHAI) + timedelta(hours=hour, minutes=minute)


def tomorrow() -> date:
    return timezone.localdate() + timedelta(days=1)


def make_union(**fields) -> Union:
    union = Union.objects.create(**{"level": "county", "name": "潮城市总工会", "region_code": "330400"} | fields)
    union.refresh_from_db()
    return union


def make_palace(**fields) -> Palace:
    n = next(numbers)
    defaults = {"slug": f"palace-{n}", "name": "潮城市工人文化宫", "region_code": "330400"}
    union = fields.pop("union", None) or make_union()
    return Palace.objects.create(union=union, **defaults | fields)


def make_venue(palace=None, *, places=6, shared=False, whole=False, hours=(8, 22), policy=None, prices=(), **fields):
    """A venue with its space, units, hours (same every day), policy and tariff. ``prices``: (from, to, fen an hour)."""
    palace = palace or make_palace()
    site = Site.objects.filter(palace=palace).first() or Site.objects.create(palace=palace, name="主宫")
    venue = Venue.objects.create(
        palace=palace, site=site, **{"kind": "badminton", "name": "羽毛球馆", "name_en": "Badminton hall"} | fields
    )
    space = Space.objects.create(palace=palace, venue=venue, name=venue.name, places=places)
    common = {"palace": palace, "venue": venue, "space": space}
    if shared:
        Unit.objects.create(
            **common, name=venue.name, label="1", mode="shared", first_place=1, place_count=places, capacity=places
        )
    else:
        for n in range(1, places + 1):
            Unit.objects.create(
                **common, name=f"{n} 号场", name_en=f"Court {n}", label=str(n), first_place=n, capacity=6, position=n
            )
    if whole:
        Unit.objects.create(
            **common,
            name="整馆",
            name_en="Whole hall",
            label="全",
            first_place=1,
            place_count=places,
            capacity=200,
            position=99,
        )
    for day_type in range(8):
        OpeningHours.objects.create(
            palace=palace,
            venue=venue,
            day_type=day_type,
            opens_at=time(hours[0]),
            closes_at=time(hours[1] % 24),
            first_day=date(2020, 1, 1),
        )
    Policy.objects.create(
        palace=palace,
        venue=venue,
        **{"first_day": date(2020, 1, 1), "opens_at": time(0), "horizon_days": 30} | (policy or {}),
    )
    tariff = Tariff.objects.create(palace=palace, venue=venue, first_day=date(2020, 1, 1), market_fen=4000)
    for since, until, fen in prices:
        TariffLine.objects.create(
            tariff=tariff, audience="anyone", from_time=time(since), to_time=time(until % 24), price_fen=fen
        )
    return venue


def make_user(*, role="", palace=None, union=None, **fields) -> User:
    n = next(numbers)
    user = User.objects.create_user(f"139{n:08d}", PASSWORD, **{"name": "周小明"} | fields)
    if role:
        RoleAssignment.objects.create(user=user, role=role, palace=palace, union=union, state="approved")
    return user


def make_member(*, user=None, verified=True, **fields) -> Member:
    n = next(numbers)
    user = user or make_user(name=fields.get("name", "周小明"))
    state = {"state": "verified", "verified_at": timezone.now()} if verified else {}
    return Member.objects.create(
        user=user, **{"name": user.name, "card_number": f"3304{n:08d}", "employer": "鼎新照明"} | state | fields
    )
