"""The demonstration's data at a twentieth of its size: what it promises, and that nothing comes twice."""

import json
import re
import stat
from datetime import time, timedelta

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import timezone

from bookings.models import Booking, BookingStatus
from palace.accounts.models import HardshipFile, Member, RosterEntry, User
from palace.accounts.roles import Role
from palace.accounts.services.roster import candidates, match_roster
from palace.core.models import LedgerEntry, OutboxMessage
from palace.demo.catalogue import MAIN, PALACES
from palace.demo.data import accounts, coming, demand, events, load, people, pictures
from palace.demo.data.house import houses
from palace.demo.models import Event, Part
from palace.notices.models import Announcement
from palace.unions.models import Palace, Union
from venues.models import Allocation, CalendarDay, Closure, Occupancy, Site, Unit, Venue, VenuePhoto, Visit
from venues.rules import SHANGHAI, at

from ..conftest import copy_of_template

SCALE = 0.06
TODAY = timezone.localdate()
NOW = at(TODAY, time(17, 40))
OVERLAPS = """
SELECT count(*) FROM venues_occupancy a JOIN venues_occupancy b ON a.id < b.id AND a.space_id = b.space_id AND a.holds AND b.holds
AND a.starts_at < b.ends_at AND b.starts_at < a.ends_at
AND a.first_place < b.first_place + b.place_count AND b.first_place < a.first_place + a.place_count
"""


def quiet(text, **values):
    text % values


def all_loaded() -> tuple:
    """What a second run must not change."""
    return (
        Member.objects.count(),
        Venue.objects.count(),
        Booking.objects.count(),
        Occupancy.objects.count(),
        Visit.objects.count(),
        Event.objects.count(),
        Allocation.objects.count(),
        Closure.objects.count(),
        Announcement.objects.count(),
    )


@pytest.mark.parametrize(
    ("trouble", "language", "code", "sentence"),
    [
        (KeyboardInterrupt, "en", 130, "Stopped. The next start goes on where this one ended."),
        (KeyboardInterrupt, "zh", 130, "已停下。下次启动会接着做。"),
        (OperationalError("gone\nfor good"), "en", 1, "The database went away: gone. The next start goes on where this one ended."),
        (InterfaceError("closed"), "zh", 1, "数据库断开了：closed。下次启动会接着做。"),
    ],
)  # fmt: skip
def test_history_that_is_stopped_says_so_in_one_line(monkeypatch, trouble, language, code, sentence):
    def stop(**options):
        raise trouble

    monkeypatch.setenv("DEMO_LANG", language)
    monkeypatch.setattr(load, "history", stop)
    with pytest.raises(CommandError) as stopped:
        call_command("load_demo", "--history")
    assert (str(stopped.value), stopped.value.returncode) == (sentence, code)


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory):
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker, data_dir):
    """A database with the fortnight and two days of history, for all tests of this module."""
    before = settings.MEDIA_ROOT, settings.DATA_DIR
    settings.MEDIA_ROOT, settings.DATA_DIR = str(data_dir / "media"), data_dir
    with django_db_blocker.unblock(), copy_of_template():
        found = load.fortnight(now=NOW, scale=SCALE, say=quiet)
        load.history(now=NOW, days=2, scale=SCALE, say=quiet)
        yield found
    settings.MEDIA_ROOT, settings.DATA_DIR = before


@pytest.fixture
def undone(world):
    """Changes of one test, taken back after it."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


# --- what is there -------------------------------------------------------------------------------------------------


def test_palaces_have_the_figures_of_the_catalogue(world):
    rows = Palace.objects.values_list("slug", "floor_area_m2", "land_area_mu", "union__level")
    assert list(rows) == [
        ("chaocheng", 26_000, 20, "county"),
        ("shanhe", 7_500, 12, "county"),
        ("lanning", 70_000, 58, "city"),
    ]
    kinds = Site.objects.filter(palace__slug="chaocheng").values_list("kind", flat=True)
    assert [list(kinds).count(kind) for kind in ("main", "branch", "base", "station")] == [1, 1, 6, 1]
    assert [Venue.objects.filter(palace__slug=slug).count() for slug in ("shanhe", "lanning")] == [8, 15]
    assert Venue.objects.filter(palace__slug="shanhe").values("centre").distinct().count() == 8
    assert [Unit.objects.filter(palace__slug=p.slug).count() for p in PALACES] == [50, 18, 81]


def test_unions_stand_in_one_tree(world):
    [root] = Union.objects.filter(parent=None)
    assert (root.level, Union.objects.exclude(path__startswith=root.path).count()) == ("province", 0)


def test_every_text_for_people_has_both_languages(world):
    for model, fields in {
        Palace: ("name", "services", "discounts", "hours", "procedures", "address"),
        Site: ("name", "address", "accessibility"),
        Venue: ("name", "floor", "summary", "rules", "accessibility"),
        Unit: ("name",),
        Announcement: ("title", "body"),
        Union: ("name",),
    }.items():
        for field in fields:
            assert model.objects.filter(**{field: ""}).count() == 0, (model, field)
            assert model.objects.filter(**{f"{field}_en": ""}).count() == 0, (model, field)


def test_every_venue_has_a_picture_and_every_larger_site_a_plan(world):
    assert Venue.objects.filter(photos=None).count() == 0
    assert all(photo.image.size > 10_000 for venue in Venue.objects.all() for photo in venue.photos.all())
    assert Site.objects.exclude(plan="").count() == 4


def test_pictures_and_plans_are_given_out_by_the_server(world, client):
    names = [
        *VenuePhoto.objects.values_list("image", flat=True),
        *Site.objects.exclude(plan="").values_list("plan", flat=True),
    ]
    assert {client.get(f"/media/{name}").status_code for name in names} == {200}


def test_calendar_knows_last_year_this_year_and_the_next(world):
    years = {day.year for day in CalendarDay.objects.values_list("day", flat=True)}
    assert years == {TODAY.year - 1, TODAY.year, TODAY.year + 1}


def test_size_at_full_scale_is_what_is_promised():
    assert people.Size.scaled(1) == people.Size(2000, 3000, 25, 30, 40, 30)


def test_people_are_as_many_as_asked_for(world):
    size = people.Size.scaled(SCALE)
    grown = Member.objects.filter(guardian=None)
    assert (grown.count(), User.objects.count(), RosterEntry.objects.count()) == (120, 120, size.roster)
    assert grown.filter(state="pending").count() == size.pending
    assert HardshipFile.objects.count() == size.hardship
    assert grown.filter(category="model_worker").count() == size.model_workers
    assert {m.dependants.count() for m in grown if m.dependants.exists()} <= {2, 3}
    assert User.objects.values("password").distinct().count() == 1
    assert User.objects.first().check_password(people.PASSWORD)
    assert User.objects.exclude(phone__regex=r"^\+86199000[01]\d{4}$").count() == 0


def test_names_hold_what_is_hard_for_a_system(world):
    names = set(Member.objects.values_list("name", flat=True))
    assert {"周小明", "Daniel Osei", "阿依努尔·买买提", "欧阳𬱖"} <= names
    assert Member.objects.get(name="周小明", registered_palace__slug="chaocheng").pinyin == "zhouxiaoming zxm"


# --- the sign-ins --------------------------------------------------------------------------------------------------


def test_accounts_json_has_every_role_and_is_private(world, data_dir):
    file = data_dir / "accounts.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    listed = json.loads(file.read_text())
    assert {person["role"] for person in listed} == {*Role.values, "member"}
    assert {tuple(person) for person in listed} == {("role", "phone", "password", "name", "palace")}
    assert {p["palace"] for p in listed if p["role"] == "member"} == {MAIN.slug}
    assert ("desk", "shanhe") in {(p["role"], p["palace"]) for p in listed}
    verified = Member.objects.verified().filter(user__phone__in=[f"+86{p['phone']}" for p in listed])
    assert verified.count() == len(listed)


def test_accounts_json_lists_at_least_eighty_members_at_full_size():
    assert people.shares(people.Size().members)["chaocheng"] - people.Size().pending > accounts.LISTED >= 80


def test_queue_of_newcomers_has_lines_to_compare(world):
    waiting = Member.objects.filter(state="pending", registered_palace__slug=MAIN.slug)
    alike = {member.name: lines for member, lines in candidates(list(waiting)) if lines}
    assert sorted(len(lines) for lines in alike.values()) == [1, 1, 2]
    for name, lines in alike.items():
        member = waiting.get(name=name)
        assert [line for line in lines if (line.name, line.card_number) == (name, member.card_number)] == []


def test_clubs_keep_their_hours_in_the_past_too(world):
    days = {kept.starts_at.astimezone(SHANGHAI).date() for kept in Allocation.objects.all()}
    wanted = [(TODAY + timedelta(days=n)) for n in range(-2, load.DAYS_COMING)]
    kept_on = {weekday for row in coming.KEPT for weekday in row[2]}
    assert days == {day for day in wanted if day.weekday() in kept_on}


def test_every_site_has_a_place_on_the_map_of_its_own(world):
    links = list(Site.objects.values_list("map_url", flat=True))
    assert len(set(links)) == len(links) == Site.objects.count()
    assert [link for link in links if not re.search(r"[?]mlat=3\d[.]\d+&mlon=1[12]\d[.]\d+#", link)] == []


def test_newcomer_is_verified_by_the_roster(world, data_dir):
    newcomer = json.loads((data_dir / "newcomer.json").read_text())
    assert User.objects.filter(phone=f"+86{newcomer['phone']}").exists() is False
    assert match_roster_of(newcomer) == newcomer["card_number"]


def match_roster_of(person: dict) -> str:
    with transaction.atomic():
        return match_roster(name=person["name"], card_number=person["card_number"]).card_number


# --- bookings ------------------------------------------------------------------------------------------------------


def test_no_two_bookings_share_a_place(world):
    with connection.cursor() as cursor:
        cursor.execute(OVERLAPS)
        assert cursor.fetchone()[0] == 0


def test_no_message_of_an_invented_booking_is_left_to_send(world):
    assert OutboxMessage.objects.filter(topic__startswith="booking_").count() > 0
    assert OutboxMessage.objects.filter(done_at=None).count() == 0


def test_at_least_ten_exclusive_units_are_open_to_any_member(world):
    assert world["open_units"] >= load.OPEN_UNITS


def test_bookings_reach_from_the_past_to_the_end_of_the_fortnight(world):
    days = {b.starts_at.astimezone(SHANGHAI).date() for b in Booking.objects.filter(palace__slug=MAIN.slug)}
    assert min(days) == TODAY - timedelta(days=2)
    assert TODAY + timedelta(days=8) <= max(days) <= TODAY + timedelta(days=13)


def test_past_bookings_are_settled_and_coming_ones_are_awaited(world):
    past = Booking.objects.filter(ends_at__lt=at(TODAY, time()))
    assert past.exclude(status__in=["used", "no_show", "cancelled"]).count() == 0
    assert past.filter(status="used").count() > 0
    coming = Booking.objects.filter(starts_at__gt=NOW + timedelta(minutes=10))
    assert coming.filter(status__in=["used", "no_show"]).count() == 0


def test_every_used_booking_has_its_visit(world):
    used = set(Booking.objects.filter(status="used").values_list("pk", flat=True))
    assert set(Visit.objects.filter(source="booking").values_list("source_id", flat=True)) == used


def test_ledger_holds_what_bookings_say_is_paid(world):
    paid = sum(Booking.objects.values_list("paid_fen", flat=True))
    assert paid == sum(LedgerEntry.objects.filter(amount_fen__gt=0).values_list("amount_fen", flat=True))
    assert sum(LedgerEntry.objects.values_list("amount_fen", flat=True)) == 0


def test_bookings_are_made_after_their_day_opened_or_by_the_desk(world):
    early = [
        b.number
        for b in Booking.objects.filter(source="web").select_related("policy")
        if b.created_at.astimezone(SHANGHAI).date()
        < b.starts_at.astimezone(SHANGHAI).date() - timedelta(days=b.policy.horizon_days)
    ]
    assert early == []


def test_requests_wait_for_the_manager(world):
    pending = Booking.objects.filter(status=BookingStatus.PENDING, palace__slug=MAIN.slug)
    assert pending.count() >= 3


def test_one_court_is_shut_tomorrow_afternoon(world):
    [closure] = Closure.objects.all()
    tomorrow = TODAY + timedelta(days=1)
    assert (closure.unit.label, closure.starts_at, closure.ends_at, closure.reason) == (
        "4",
        at(tomorrow, time(13)),
        at(tomorrow, time(17)),
        "检修灯具",
    )


def test_club_keeps_two_courts_on_tuesdays_and_thursdays(world):
    kept = Allocation.objects.filter(holder="羽协")
    assert {a.starts_at.astimezone(SHANGHAI).weekday() for a in kept} == {1, 3}
    assert {(a.kind, a.first_place, a.place_count) for a in kept} == {("club", 5, 2)}
    assert kept.filter(starts_at__gte=at(TODAY, time())).count() == 4


# --- alive at whatever hour ----------------------------------------------------------------------------------------


def alive(now) -> dict:
    house = load.main_house()
    inside = Visit.objects.filter(palace=house.palace, entered_at__lte=now, leaves_at__gt=now)
    awaited = Booking.objects.filter(palace=house.palace, status="confirmed")
    late = awaited.filter(starts_at__lt=now, ends_at__gt=now)
    soon = awaited.filter(starts_at__gt=now, starts_at__lte=now + timedelta(hours=1))
    walked = Booking.objects.filter(palace=house.palace, source="walk_in", status="used")
    return {
        "in": sum(inside.values_list("persons", flat=True)) >= 3,
        "late": late.exists(),
        "soon": soon.exists(),
        "walk-in": walked.exists(),
    }


@pytest.mark.parametrize("hour", [3, 9, 12, 20, 22])
def test_house_is_alive_at_any_hour(undone, hour):
    now = at(TODAY + timedelta(days=1), time(hour, 20))
    events.live(now)
    load.today.liven(load.main_house(), now)
    assert alive(now) == {"in": True, "late": True, "soon": True, "walk-in": True}


def test_house_is_alive_after_loading(world):
    assert alive(NOW) == {"in": True, "late": True, "soon": True, "walk-in": True}


# --- again, later, interrupted -------------------------------------------------------------------------------------


def test_second_run_changes_nothing(undone):
    before = all_loaded()
    assert load.fortnight(now=NOW, scale=SCALE, say=quiet)["bookings"] == 0
    assert load.history(now=NOW, days=2, scale=SCALE, say=quiet) == 0
    assert all_loaded() == before


def test_a_later_start_fills_the_missing_days(undone):
    later, last = NOW + timedelta(days=3), TODAY + timedelta(days=16)
    assert load.fortnight(now=later, scale=SCALE * 5, say=quiet)["bookings"] > 0
    since, until = at(TODAY + timedelta(days=14), time()), at(last + timedelta(days=1), time())
    assert Booking.objects.filter(starts_at__gte=since, starts_at__lt=until).exists()
    assert Part.objects.filter(name__contains=f":{last}:early").count() == 42


def test_history_after_some_days_settles_what_was_coming(undone):
    later = NOW + timedelta(days=2)
    load.history(now=later, days=2, scale=SCALE, say=quiet)
    past = Booking.objects.filter(ends_at__lt=at(TODAY + timedelta(days=2), time()))
    assert past.filter(status__in=["confirmed", "pending"]).count() == 0
    assert OutboxMessage.objects.filter(done_at=None).count() == 0


def test_interrupted_day_is_neither_doubled_nor_skipped(undone, monkeypatch):
    day = TODAY - timedelta(days=5)
    whole_day = load.fill_day(houses()[0], day, NOW, 0.5)
    other, calls = day - timedelta(days=7), []
    fill = load.fill_day.__globals__["fill_venue"]

    def killed_at_the_fourth(*args):
        calls.append(args)
        if len(calls) == 4:
            raise KeyboardInterrupt
        return fill(*args)

    monkeypatch.setitem(load.fill_day.__globals__, "fill_venue", killed_at_the_fourth)
    with pytest.raises(KeyboardInterrupt), transaction.atomic():
        load.fill_day(houses()[0], other, NOW, 0.5)
    monkeypatch.undo()
    first = load.fill_day(houses()[0], other, NOW, 0.5)
    assert (whole_day > 0, first > 0, load.fill_day(houses()[0], other, NOW, 0.5)) == (True, True, 0)


def test_wishes_depend_on_the_seed_alone(world):
    house = houses()[0]
    venue, spec = house.venues[0]
    units = house.units(venue)
    day = TODAY + timedelta(days=2)
    first, again = ([demand.wishes(house, unit, spec, day) for unit in units] for _n in range(2))
    assert first == again
    assert first != [demand.wishes(house, unit, spec, day + timedelta(days=7)) for unit in units]


def test_fortnight_is_the_same_under_the_same_seed(world, django_db_blocker, tmp_path, monkeypatch):
    mine = fingerprint()
    monkeypatch.setattr(settings, "DATA_DIR", tmp_path)
    monkeypatch.setattr(pictures, "load", lambda: None)
    with copy_of_template():
        load.fortnight(now=NOW, scale=SCALE, say=quiet)
        load.history(now=NOW, days=2, scale=SCALE, say=quiet)
        assert fingerprint() == mine


def fingerprint() -> list:
    rows = Booking.objects.order_by("pk")
    return list(
        rows.values_list("unit__name", "member__name", "starts_at", "ends_at", "party_size", "status", "paid_fen")
    )


def test_fortnight_refuses_a_house_without_room(world, monkeypatch):
    monkeypatch.setattr(load, "OPEN_UNITS", 1000)
    with pytest.raises(load.TooFull):
        load.fortnight(now=NOW, scale=SCALE, say=quiet)
