"""Hours of the house do not share a time, and a closed day is closed: by the database, by the form, and in what is read."""

from datetime import date, time, timedelta

import psycopg
import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.utils import translation

from bookings.services import book_slot
from bookings.slots import periods
from bookings.stranded import stranded
from venues import rulebook
from venues.models import OpeningException, OpeningHours, Site
from venues.previews import preview_hours
from venues.rules import SHANGHAI, DatedHours, Hours, Rulebook, Validity, VenueRules, united

from ..factories import at, make_member, make_palace, make_venue

DAY = date(2035, 3, 14)  # a Wednesday
FIRST = date(2024, 1, 1)
WEEKLY, DATED = "opening_hours_apart", "exception_hours_apart"


def clock(text: str) -> time:
    return time.fromisoformat(text)


def weekly(palace, opens: str, closes: str, **fields) -> OpeningHours:
    values = {"palace": palace, "day_type": 2, "first_day": FIRST} | fields
    return OpeningHours(opens_at=clock(opens), closes_at=clock(closes), **values)


def dated(palace, opens: str = "", closes: str = "", **fields) -> OpeningException:
    hours = {"opens_at": clock(opens), "closes_at": clock(closes)} if opens else {"closed": True}
    return OpeningException(**{"palace": palace, "day": DAY, "reason": "检修"} | hours | fields)


def outcome(owner, row) -> str:
    """The constraint that refuses ``row``, written past every form, or "kept"."""
    fields = {f.column: f.value_from_object(row) for f in row._meta.concrete_fields if f.column != "id"}
    marks = ", ".join(["%s"] * len(fields))
    try:
        owner.execute(f"INSERT INTO {row._meta.db_table} ({', '.join(fields)}) VALUES ({marks})", list(fields.values()))
    except psycopg.errors.IntegrityError as error:
        return error.diag.constraint_name
    return "kept"


def code(row) -> str:
    """What the form's own check says of ``row``."""
    try:
        row.clean()
    except ValidationError as error:
        return error.code
    return "kept"


# (opens, closes) of two rows, and whether they share a time
SHARED = [
    ("09:00", "21:00", "09:00", "21:00", True),
    ("09:00", "12:00", "12:00", "14:00", False),
    ("09:00", "12:00", "11:59", "14:00", True),
    ("12:00", "14:00", "09:00", "12:00", False),
    ("12:00", "14:00", "09:00", "12:01", True),
    ("09:00", "21:00", "10:00", "11:00", True),
    ("10:00", "11:00", "09:00", "21:00", True),
    ("08:00", "00:00", "00:00", "08:00", False),
    ("08:00", "00:00", "23:59", "00:30", True),
    ("18:00", "02:00", "01:00", "18:00", False),  # its 1:00 is tonight's, theirs was this morning's
    ("18:00", "02:00", "01:00", "18:01", True),
    ("00:00", "00:00", "23:59", "00:00", True),
    ("09:00", "09:00", "08:00", "09:00", False),  # 24 hours, from nine
    ("09:00", "09:00", "08:00", "09:01", True),
]


@pytest.mark.invariant
@pytest.mark.parametrize(("make", "name"), [(weekly, WEEKLY), (dated, DATED)])
def test_hours_of_a_day_share_no_time(fresh_db, owner, make, name):
    found = []
    for opens, closes, other_opens, other_closes, _shared in SHARED:
        palace = make_palace()
        make(palace, opens, closes).save()
        other = make(palace, other_opens, other_closes)
        found.append((code(other), outcome(owner, other)))
    assert found == [("hours_overlap", name) if shared else ("kept", "kept") for *_hours, shared in SHARED]


@pytest.mark.invariant
@pytest.mark.parametrize(("make", "name"), [(weekly, WEEKLY), (dated, DATED)])
def test_hours_of_different_scopes_and_days_have_nothing_to_do_with_each_other(fresh_db, owner, make, name):
    venue, second = (make_venue(palace) for palace in [make_palace()] * 2)
    OpeningHours.objects.all().delete()  # the venues' own
    palace, site, branch = venue.palace, venue.site, Site.objects.create(palace=venue.palace, name="分馆")
    scopes = [{}, {"site": site}, {"site": branch}, {"venue": venue}, {"venue": second}]
    other_day = {"day_type": 3} if make is weekly else {"day": DAY + timedelta(days=1)}
    rows = [make(palace, "09:00", "21:00", **fields) for fields in [*scopes, other_day]]
    rows.append(make(make_palace(), "09:00", "21:00"))
    assert [(code(row), outcome(owner, row)) for row in rows] == [("kept", "kept")] * 7
    assert [(code(row), outcome(owner, row)) for row in rows] == [("hours_overlap", name)] * 7


@pytest.mark.invariant
def test_season_begins_on_another_day_and_may_overlap(fresh_db, owner):
    palace = make_palace()
    weekly(palace, "09:00", "21:00").save()
    summer = weekly(palace, "09:00", "22:00", first_day=FIRST + timedelta(days=1))
    short = weekly(palace, "09:00", "22:00", last_day=FIRST)
    assert [(code(row), outcome(owner, row)) for row in (summer, short)] == [
        ("kept", "kept"),
        ("hours_overlap", WEEKLY),
    ]


@pytest.mark.invariant
@pytest.mark.parametrize("opens", ["", "00:00", "10:00", "23:59"])
def test_closed_day_is_one_row_alone(fresh_db, owner, opens):
    hours = [opens, "00:00"] if opens else []
    for first, beside in ((hours, []), ([], hours)):
        palace = make_palace()
        dated(palace, *first).save()
        rows = [dated(palace, *beside), dated(palace, *beside, day=DAY + timedelta(days=1))]
        assert [(code(row), outcome(owner, row)) for row in rows] == [("day_closed", DATED), ("kept", "kept")]


@pytest.mark.invariant
@pytest.mark.parametrize(("make", "name"), [(weekly, WEEKLY), (dated, DATED)])
def test_change_of_hours_is_held_to_the_same(fresh_db, owner, make, name):
    palace = make_palace()
    make(palace, "09:00", "12:00").save()
    later = make(palace, "12:00", "14:00")
    later.save()
    change = f"UPDATE {later._meta.db_table} SET opens_at = '11:59' WHERE id = %s"
    with pytest.raises(psycopg.errors.ExclusionViolation) as error:
        owner.execute(change, [later.pk])
    assert (error.value.diag.constraint_name, code(later)) == (name, "kept")
    owner.execute(f"ALTER TABLE {later._meta.db_table} DROP CONSTRAINT {name}")
    owner.execute(change, [later.pk])  # negative control


# --- the sentences ------------------------------------------------------------------------------------------------


def refusal(row, language: str) -> list[str]:
    with translation.override(language):
        try:
            row.full_clean()
        except ValidationError as error:
            return error.messages
    return []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("first", "second", "chinese", "english"),
    [
        (
            ["18:00", "02:00"],
            ["20:00", "22:00"],
            "同一天已经有 18:00–次日 2:00（检修）。改那一条，或者让一段在另一段开始时结束。",
            "18:00–2:00 next day (Repair) stands here for the same day already. Change that row, or let one end where the "
            "other begins.",
        ),
        (
            [],
            ["20:00", "22:00"],
            "这一天已经有一条：闭馆（检修）。闭馆的日子只能有一条：改那一条，或者先把它删掉。",
            "There is a row for this day already: closed (Repair). A closed day is one row alone: change that row, or delete "
            "it first.",
        ),
        (
            ["10:00", "00:00"],
            [],
            "这一天已经有一条：10:00–24:00（检修）。闭馆的日子只能有一条：改那一条，或者先把它删掉。",
            "There is a row for this day already: 10:00–24:00 (Repair). A closed day is one row alone: change that row, or "
            "delete it first.",
        ),
    ],
    ids=["hours", "beside closed", "closed"],
)
def test_clash_of_a_day_names_the_other_row(first, second, chinese, english):
    palace = make_palace()
    dated(palace, *first, reason_en="Repair").save()
    assert [refusal(dated(palace, *second), language) for language in ("zh-hans", "en")] == [[chinese], [english]]


@pytest.mark.django_db
def test_hours_that_are_not_filled_in_clash_with_nothing():
    palace = make_palace()
    weekly(palace, "09:00", "21:00").save()
    dated(palace).save()
    row = weekly(palace, "09:00", "21:00")
    row.closes_at = None
    half = OpeningException(palace=palace, day=DAY, reason="检修", opens_at=time(9))
    assert [code(row), code(half)] == ["kept", "kept"]


# --- an upgrade ---------------------------------------------------------------------------------------------------


@pytest.mark.invariant
def test_migration_names_rows_that_overlap_and_changes_nothing(fresh_db, owner):
    palace = make_palace()
    call_command("migrate", "venues", "0006", database="owner", verbosity=0)
    one, two = weekly(palace, "09:00", "21:00"), weekly(palace, "10:00", "11:00")
    shut, hours = dated(palace), dated(palace, "18:00", "02:00")
    for row in (one, two, shut, hours):
        row.save()
    with pytest.raises(CommandError) as error:
        call_command("migrate", "venues", database="owner", verbosity=0)
    assert str(error.value).splitlines()[1:] == [
        f"/admin/venues/openinghours/{one.pk}/change/ (09:00–21:00) and /admin/venues/openinghours/{two.pk}/change/ (10:00–11:00)",
        f"/admin/venues/openingexception/{shut.pk}/change/ (closed) and /admin/venues/openingexception/{hours.pk}/change/ (18:00–02:00)",
    ]
    assert (OpeningHours.objects.count(), OpeningException.objects.count()) == (2, 2)
    two.delete(), hours.delete()
    call_command("migrate", "venues", database="owner", verbosity=0)
    assert (outcome(owner, two), outcome(owner, hours)) == (WEEKLY, DATED)


# --- what is read, should such rows be there all the same -----------------------------------------------------------


def make_book(*hours, exceptions=(), venue=1) -> Rulebook:
    return Rulebook(
        palace_id=1,
        version=1,
        venues={venue: VenueRules(venue, 1, "羽毛球馆", "Badminton hall", "badminton", True)},
        places={},
        units={},
        hours=tuple(
            Hours(None, None, day_type, clock(opens), clock(closes), Validity(FIRST, None))
            for day_type, opens, closes in hours
        ),
        exceptions=tuple(
            DatedHours(None, None, DAY, not each, *(map(clock, each) if each else (None, None)), "检修", "")
            for each in exceptions
        ),
        policies=(),
        tariffs=(),
        allocations=(),
        calendar={},
    )


@pytest.mark.parametrize(
    ("intervals", "whole"),
    [
        ([], []),
        ([(9, 21), (9, 21)], [(9, 21)]),
        ([(11, 14), (9, 12)], [(9, 14)]),
        ([(9, 12), (12, 14)], [(9, 12), (12, 14)]),  # a booking keeps to one of them
        ([(9, 21), (10, 11), (20, 26)], [(9, 26)]),
    ],
)
def test_united_joins_what_shares_a_time(intervals, whole):
    def on_day(hours):
        return [(at(DAY, since), at(DAY, until)) for since, until in hours]

    assert united(on_day(intervals)) == on_day(whole)


def test_closed_wins_over_hours_of_the_same_day():
    week = (2, "09:00", "21:00")
    assert make_book(week, exceptions=[("10:00", "12:00"), ("11:00", "14:00")]).opening(1, DAY) == [
        (at(DAY, 10), at(DAY, 14))
    ]
    book = make_book(week, exceptions=[("10:00", "12:00"), ()])
    assert (book.opening(1, DAY), book.closed_reason(1, DAY).reason) == ([], "检修")


def test_open_part_counts_a_moment_once():
    """Open until two, and again from one on the next day."""
    book = make_book((2, "18:00", "02:00"), (2, "20:00", "21:00"), (3, "01:00", "05:00"))
    spans = [(17, 20), (18, 21), (23, 26), (24, 27), (28, 30)]
    assert [book.open_part(1, at(DAY, since), at(DAY, until)) for since, until in spans] == [
        timedelta(hours=hours) for hours in (2, 3, 3, 3, 1)
    ]


@pytest.fixture
def doubled(fresh_db, owner):
    """A venue whose Wednesday was entered twice, before the database refused it."""
    venue = make_venue(hours=(9, 21), policy={"horizon_days": 6000})
    owner.execute("ALTER TABLE venues_openinghours DROP CONSTRAINT opening_hours_apart")
    weekly(venue.palace, "09:00", "21:00", venue=venue, first_day=date(2020, 1, 1)).save()
    return venue


def test_doubled_hours_offer_each_slot_once_and_strand_nobody(doubled):
    book, unit = rulebook.read(doubled.palace_id), doubled.units.first()
    starts = [since.astimezone(SHANGHAI).hour for since, _until in periods(book, book.units[unit.pk], DAY)]
    assert starts == list(range(9, 21))
    member = make_member()
    book_slot(unit=unit, member=member, starts_at=at(DAY, 10), ends_at=at(DAY, 11), by=member.user)
    assert stranded(doubled.palace, at(DAY, 8)) == []
    row = OpeningHours.objects.filter(venue=doubled, day_type=2).last()
    assert preview_hours(doubled.palace_id, lambda: OpeningHours.objects.get(pk=row.pk).delete(), at(DAY, 8)) == []
    assert len(preview_hours(doubled.palace_id, OpeningHours.objects.all().delete, at(DAY, 8))) == 1
