"""Base data: five palaces with 250 courts, two halls for crowds, 1,000 members with keys, 100,000 bookings. Run as ``python -m bench.house FILE``.

People and houses go in through the models; the bookings as one bulk statement, past the functions, since they are only
the weight of the past. What is measured afterwards goes through the front door.
"""

import hashlib
import json
import os
import random
import sys
from datetime import time, timedelta

import django

django.setup()

import psycopg  # noqa: E402  (models need a set-up Django)
from django.utils import timezone  # noqa: E402

from palace.accounts.models import ApiToken, Member, MemberCategory, User  # noqa: E402
from palace.unions.models import Palace, Union  # noqa: E402
from venues.models import (  # noqa: E402
    OpeningHours,
    Policy,
    Site,
    Space,
    Tariff,
    TariffDiscount,
    TariffLine,
    Unit,
    Venue,
)

from . import options  # noqa: E402

LONG_AGO = timezone.localdate() - timedelta(days=365)
BULK = """
SET session_replication_role = replica;
CREATE TEMPORARY TABLE picked AS
SELECT row_number() OVER (ORDER BY d, h, u.id) AS id, u.id AS unit, u.palace_id, u.space_id, u.first_place, p.id AS policy,
       (array(SELECT id FROM accounts_member ORDER BY id))[1 + (u.id * 31 + (d + 1000) * 7 + h) %% %(members)s] AS member,
       (current_date + d + make_interval(hours => h)) AT TIME ZONE 'Asia/Shanghai' AS since, d < 0 AS past
FROM venues_unit u JOIN venues_policy p ON p.venue_id = u.venue_id, generate_series(-%(past)s, %(coming)s - 1) d, generate_series(8, 21) h
WHERE p.min_minutes = 60 AND u.name <> 'crowd' AND (d < 0 OR hashint8(u.id * 100000 + d * 100 + h + %(seed)s) %% 100 BETWEEN -%(fill)s + 1 AND %(fill)s - 1)
ORDER BY d, h, u.id LIMIT %(most)s;
INSERT INTO bookings_booking (id, palace_id, unit_id, number, member_id, booked_by_id, starts_at, ends_at, party_size, status, price_fen,
    price_basis, policy_id, cancel_before, source, checked_in_at, created_at, updated_at)
SELECT x.id, x.palace_id, x.unit, booking_number(x.id), m.id, m.user_id, since, since + interval '1 hour', 2, CASE WHEN past THEN 'used' ELSE 'confirmed' END,
    0, '{}', policy, since - interval '30 minutes', 'web', CASE WHEN past THEN since END, since - interval '2 days', since - interval '2 days'
FROM picked x JOIN accounts_member m ON m.id = x.member;
INSERT INTO venues_occupancy (palace_id, space_id, first_place, place_count, starts_at, ends_at, kind, holder_id, holds)
SELECT palace_id, space_id, first_place, 1, since, since + interval '1 hour', 'booking', id, true FROM picked;
SELECT setval('bookings_booking_id_seq', (SELECT max(id) FROM bookings_booking));
SET session_replication_role = DEFAULT;
"""


def make_palace(n: int, union: Union) -> Palace:
    palace = Palace.objects.create(union=union, slug=f"bench-{n}", name=f"第 {n} 工人文化宫", region_code="330400")
    site = Site.objects.create(palace=palace, name="主宫")
    for venue in range(options.VENUES):
        make_venue(palace, site, f"{venue + 1} 号馆", minutes=60)
    return palace


def make_venue(palace, site, name: str, *, minutes: int, unit_name: str = "") -> Venue:
    """A hall of courts with hours, a policy, prices by band, and discounts: all that a booking is judged by."""
    venue = Venue.objects.create(palace=palace, site=site, kind="badminton", name=name)
    space = Space.objects.create(palace=palace, venue=venue, name=name, places=options.COURTS)
    for n in range(1, options.COURTS + 1):
        Unit.objects.create(
            palace=palace,
            venue=venue,
            space=space,
            name=unit_name or f"{n} 号场",
            label=str(n),
            first_place=n,
            position=n,
        )
    common = {"palace": palace, "venue": venue, "first_day": LONG_AGO}
    for day_type in range(8):
        OpeningHours.objects.create(**common, day_type=day_type, opens_at=time(8), closes_at=time(22))
    Policy.objects.create(
        **common,
        grid_minutes=minutes,
        min_minutes=minutes,
        max_minutes=120,
        horizon_days=options.HORIZON_DAYS,
        opens_at=time(0),
    )
    make_tariff(Tariff.objects.create(**common, market_fen=4000))
    return venue


def make_tariff(tariff: Tariff) -> None:
    for since, until, fen in ((8, 12, 0), (12, 18, 1500), (18, 22, 2500)):
        TariffLine.objects.create(tariff=tariff, from_time=time(since), to_time=time(until), price_fen=fen)
    for category, percent in (("model_worker", 50), ("hardship", 0)):
        TariffDiscount.objects.create(tariff=tariff, category=category, percent=percent)


def make_members(chance: random.Random) -> list[str]:
    """Verified members and a key of each."""
    numbers = range(options.MEMBERS)
    users = User.objects.bulk_create(User(phone=f"139{n:08d}", name=f"会员 {n}", password="!") for n in numbers)
    Member.objects.bulk_create(
        Member(
            user=user, name=user.name, card_number=f"B{user.phone}", state="verified", verified_at=timezone.now(),
            category=chance.choice(MemberCategory.values),
        )
        for user in users
    )  # fmt: skip
    keys = [hashlib.sha256(f"{options.SEED} {user.phone}".encode()).hexdigest()[:43] for user in users]
    until = timezone.now() + timedelta(days=7)
    ApiToken.objects.bulk_create(
        ApiToken(user=user, digest=hashlib.sha256(key.encode()).hexdigest(), expires_at=until)
        for user, key in zip(users, keys, strict=True)
    )
    return keys


def make_bookings(superuser_url: str) -> None:
    numbers = {
        "members": options.MEMBERS, "past": options.PAST_DAYS, "coming": options.COMING_DAYS, "fill": options.COMING_FILL,
        "seed": options.SEED % 1000, "most": options.BASE_BOOKINGS,
    }  # fmt: skip
    with psycopg.connect(superuser_url, autocommit=True) as connection, psycopg.ClientCursor(connection) as cursor:
        cursor.execute("SET timezone = 'Asia/Shanghai'")
        cursor.execute(BULK, numbers)
        cursor.execute("VACUUM ANALYZE")


def main(path: str) -> None:
    chance = random.Random(options.SEED)
    union = Union.objects.create(level="county", name="测量工会", region_code="330400")
    palaces = [make_palace(n + 1, union) for n in range(options.PALACES)]
    site = palaces[0].sites.get()
    crowds = {
        "fixed": make_venue(palaces[0], site, "抢票馆", minutes=60, unit_name="crowd"),
        "free": make_venue(palaces[0], site, "自由时长馆", minutes=30, unit_name="crowd"),
    }
    keys = make_members(chance)
    make_bookings(os.environ["BENCH_SUPERUSER_URL"])
    hall = palaces[1].venues.first()
    facts = {
        "today": timezone.localdate().isoformat(),
        "keys": keys,
        "units": list(Unit.objects.exclude(name="crowd").order_by("position", "id").values_list("id", flat=True)),
        "hall": {"space": hall.spaces.get().pk, "units": list(hall.units.values_list("id", flat=True))},
        "crowds": {name: list(venue.units.values_list("id", flat=True)) for name, venue in crowds.items()},
        "race_space": crowds["fixed"].spaces.get().pk,
        "palace": palaces[0].pk,
    }
    with open(path, "w") as file:
        json.dump(facts, file)


if __name__ == "__main__":
    main(sys.argv[1])
