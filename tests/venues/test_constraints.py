"""The house written past the forms meets the database's own walls."""

import threading
from datetime import timedelta

import psycopg
import pytest

from venues.models import Allocation, Closure, OpeningException, OpeningHours, Policy, Tariff, Visit

from ..factories import at, make_venue, tomorrow
from .test_claims import NO_LOCK, WAITING, call, claim, until

pytestmark = pytest.mark.invariant


def refused(owner, statement, params=()) -> str:
    with pytest.raises(psycopg.errors.IntegrityError) as error:
        owner.execute(statement, params)
    return error.value.diag.constraint_name


@pytest.mark.parametrize(
    ("statement", "name"),
    [
        ("UPDATE venues_unit SET first_place = 7", "unit_run_in_space"),
        ("UPDATE venues_unit SET place_count = 0", "unit_run_sane"),
        ("UPDATE venues_unit SET mode = 'shared', capacity = 9", "unit_shared_capacity_is_places"),
        ("UPDATE venues_space SET places = 5", "unit_run_in_space"),
        ("UPDATE venues_space SET places = 5001", "space_places_sane"),
        ("UPDATE venues_policy SET max_minutes = 10", "policy_lengths_sane"),
        ("UPDATE venues_policy SET min_minutes = 90", "policy_lengths_whole"),
        ("UPDATE venues_policy SET max_minutes = 119", "policy_lengths_whole"),
        ("UPDATE venues_policy SET cancel_notice_minutes = 43201", "policy_limits_sane"),
        ("UPDATE venues_policy SET buffer_minutes = 481", "policy_limits_sane"),
        ("UPDATE venues_policy SET early_minutes = 241", "policy_limits_sane"),
        ("UPDATE venues_policy SET party_max = 0", "policy_party_sane"),
        ("UPDATE venues_policy SET first_day = '1999-12-31'", "policy_years_sane"),
        ("UPDATE venues_tariff SET last_day = '2101-01-01'", "tariff_years_sane"),
        ("UPDATE venues_openinghours SET first_day = '0001-01-01'", "opening_years_sane"),
        ("UPDATE venues_policy SET last_day = '2019-01-01'", "policy_days_in_order"),
        ("UPDATE venues_tariff SET last_day = '2019-01-01'", "tariff_days_in_order"),
        ("UPDATE venues_tariffline SET price_fen = 1000001", "tariff_price_sane"),
        ("UPDATE venues_openinghours SET last_day = '2019-01-01'", "opening_days_in_order"),
        ("UPDATE venues_unit SET first_place = 2147483647, place_count = 2147483647", "unit_run_in_space"),
    ],
)
def test_house_refuses_change(fresh_db, owner, statement, name):
    make_venue(prices=[(8, 22, 1500)])
    assert refused(owner, statement) == name


@pytest.mark.parametrize(("first", "count"), [(1, 7), (7, 1), (500, 100)])
def test_nobody_takes_places_that_the_space_does_not_have(fresh_db, owner, first, count):
    beyond = call(claim(make_venue().spaces.get(), first=first, count=count))
    with psycopg.connect(fresh_db.app, autocommit=True) as app:
        assert refused(app, *beyond) == "occupancy_run_in_space"
        owner.execute("ALTER TABLE venues_occupancy DISABLE TRIGGER occupancy_run_in_space")
        app.execute(*beyond)  # negative control


UNIT_AT_PLACE_7 = """
INSERT INTO venues_unit (palace_id, venue_id, space_id, name, name_en, label, note, note_en, first_place, place_count, capacity, mode, position, is_active)
SELECT palace_id, venue_id, space_id, '7', '', '7', '', '', 7, 1, 4, mode, 7, true FROM venues_unit WHERE first_place = 1
"""


@pytest.mark.parametrize("locked", [True, False])
def test_space_does_not_shrink_while_a_unit_takes_its_last_place(fresh_db, owner, locked):
    make_venue()
    owner.execute("UPDATE venues_space SET places = 7")
    if not locked:
        owner.execute(NO_LOCK)  # negative control: both get their way
    outcome = []

    def add():
        with psycopg.connect(fresh_db.owner, autocommit=True) as other:
            try:
                other.execute(UNIT_AT_PLACE_7)
                outcome.append("added")
            except psycopg.errors.CheckViolation as error:
                outcome.append(error.diag.constraint_name)

    thread = threading.Thread(target=add)
    with owner.transaction():
        owner.execute("UPDATE venues_space SET places = 6")
        thread.start()
        with psycopg.connect(fresh_db.owner, autocommit=True) as watch:
            until(lambda: outcome or watch.execute(WAITING).fetchone()[0])
    thread.join()
    assert outcome == (["unit_run_in_space"] if locked else ["added"])


@pytest.mark.parametrize("table", ["policy", "tariff"])
@pytest.mark.parametrize("of_unit", [False, True])
def test_rules_of_a_place_begin_once_on_a_day(fresh_db, owner, table, of_unit):
    venue = make_venue()
    model = {"policy": Policy, "tariff": Tariff}[table]
    rule = {"palace": venue.palace, "venue": venue, "unit": venue.units.first() if of_unit else None}
    model.objects.create(**rule, first_day=tomorrow())
    later = model.objects.create(**rule, first_day=tomorrow() + timedelta(days=1))
    statement = f"UPDATE venues_{table} SET first_day = %s WHERE id = %s"
    assert refused(owner, statement, [tomorrow(), later.pk]) == f"{table}_once_from_a_day"


@pytest.mark.parametrize(
    ("run", "name"),
    [
        ((0, 1), "allocation_run_sane"),
        ((1, 0), "allocation_run_sane"),
        ((1, 7), "allocation_run_in_space"),
        ((6, 2), "allocation_run_in_space"),
        ((2147483647, 2147483647), "allocation_run_in_space"),
    ],
)
def test_allocation_keeps_places_that_its_space_has(fresh_db, owner, run, name):
    venue = make_venue()
    term = {"starts_at": at(tomorrow(), 18), "ends_at": at(tomorrow(), 20)}
    space = venue.spaces.get()
    Allocation.objects.create(palace=venue.palace, space=space, place_count=6, kind="club", holder="羽协", **term)
    assert refused(owner, "UPDATE venues_allocation SET first_place = %s, place_count = %s", run) == name


def test_allocations_do_not_overlap(fresh_db, owner):
    venue = make_venue()
    space = venue.spaces.get()
    common = {"palace": venue.palace, "space": space, "kind": "club", "holder": "羽协", "ends_at": at(tomorrow(), 20)}
    Allocation.objects.create(starts_at=at(tomorrow(), 18), first_place=1, place_count=2, **common)
    insert = (
        "INSERT INTO venues_allocation (palace_id, space_id, first_place, place_count, starts_at, ends_at, kind, holder, holder_en, release_hours) "
        "SELECT palace_id, space_id, 2, 1, starts_at, ends_at, kind, holder, holder_en, release_hours FROM venues_allocation"
    )
    assert refused(owner, insert) == "allocation_places_free"
    owner.execute("ALTER TABLE venues_allocation DROP CONSTRAINT allocation_places_free")
    owner.execute(insert)  # negative control


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("venues_venue", "site_id"), ("venues_space", "venue_id"), ("venues_unit", "venue_id"), ("venues_unit", "space_id"),
        ("venues_policy", "venue_id"), ("venues_policy", "unit_id"), ("venues_tariff", "venue_id"), ("venues_tariff", "unit_id"),
        ("venues_openinghours", "venue_id"), ("venues_openinghours", "site_id"), ("venues_openingexception", "venue_id"),
        ("venues_openingexception", "site_id"), ("venues_closure", "venue_id"), ("venues_closure", "site_id"), ("venues_closure", "space_id"),
        ("venues_closure", "unit_id"), ("venues_allocation", "space_id"), ("venues_visit", "venue_id"), ("venues_occupancy", "space_id"),
    ],
)  # fmt: skip
def test_child_cannot_point_into_another_palace(fresh_db, owner, table, column):
    venue, other = make_venue(), make_venue()
    unit, space = venue.units.first(), venue.spaces.get()
    OpeningException.objects.create(palace=venue.palace, venue=venue, day=tomorrow(), closed=True, reason="停电")
    OpeningException.objects.create(palace=venue.palace, site=venue.site, day=tomorrow(), closed=True, reason="停电")
    OpeningHours.objects.create(
        palace=venue.palace, site=venue.site, day_type=0, opens_at="08:00", closes_at="20:00", first_day=tomorrow()
    )
    Tariff.objects.create(palace=venue.palace, venue=venue, unit=unit, first_day=tomorrow())
    owner.execute("UPDATE venues_policy SET unit_id = %s WHERE venue_id = %s", [unit.pk, venue.pk])
    term = {"starts_at": at(tomorrow(), 9), "ends_at": at(tomorrow(), 10)}
    for target in ("site", "venue", "space", "unit"):
        thing = {"site": venue.site, "venue": venue, "space": space, "unit": unit}[target]
        Closure.objects.create(palace=venue.palace, reason="检修", **{target: thing}, **term)
    Allocation.objects.create(palace=venue.palace, space=space, kind="club", holder="羽协", **term)
    Visit.objects.create(palace=venue.palace, venue=venue, source="walk_in")
    owner.execute(
        "INSERT INTO venues_occupancy (palace_id, space_id, first_place, place_count, starts_at, ends_at, kind, holder_id, holds) "
        "VALUES (%s, %s, 1, 1, %s, %s, 'session', 1, true)",
        [venue.palace_id, space.pk, term["starts_at"], term["ends_at"]],
    )
    statement = f"UPDATE {table} SET palace_id = %s WHERE palace_id = %s AND {column} IS NOT NULL"
    name = f"{table.removeprefix('venues_')}_{column.removesuffix('_id')}_in_palace"
    seen = set()
    while name not in seen:  # its own children may object first: take their objections away one by one
        seen.add(refused(owner, statement, [other.palace_id, venue.palace_id]))
        for each in seen - {name}:
            child = owner.execute(
                "SELECT conrelid::regclass::text FROM pg_constraint WHERE conname = %s", [each]
            ).fetchone()
            if child:
                owner.execute(f"ALTER TABLE {child[0]} DROP CONSTRAINT {each}")


def test_rules_version_rises_with_each_change_of_a_rule(fresh_db, owner):
    venue = make_venue()

    def version():
        return owner.execute(
            "SELECT version FROM venues_rulesversion WHERE palace_id = %s", [venue.palace_id]
        ).fetchone()[0]

    for statement in (
        "UPDATE venues_policy SET max_minutes = 180", "UPDATE venues_unit SET is_active = false WHERE position = 1",
        "DELETE FROM venues_tariff", "INSERT INTO venues_calendarday (day, counts_as, name, name_en, is_estimate) VALUES ('2027-10-01', 7, '国庆节', '', false)",
    ):  # fmt: skip
        before = version()
        owner.execute(statement)
        assert version() > before


TAKEN = [
    ("venues_occupancy", "occupancy_run_in_space"),
    ("venues_allocation", "allocation_run_in_space"),
]


@pytest.mark.parametrize(("table", "name"), TAKEN)
@pytest.mark.parametrize("is_over", [False, True])
def test_space_does_not_shrink_under_what_is_still_to_come(fresh_db, owner, table, name, is_over):
    space = make_venue().spaces.get()
    with psycopg.connect(fresh_db.app, autocommit=True) as app:
        app.execute(*call(claim(space, first=6, count=1)))
    day = tomorrow()
    Allocation.objects.create(
        palace_id=space.palace_id,
        space=space,
        first_place=6,
        starts_at=at(day, 20),
        ends_at=at(day, 21),
        kind="club",
        holder="羽协",
    )
    owner.execute("DELETE FROM venues_unit WHERE first_place = 6")
    other = {"venues_occupancy": "venues_allocation", "venues_allocation": "venues_occupancy"}[table]
    owner.execute(f"DELETE FROM {other}")
    if is_over:
        owner.execute(f"UPDATE {table} SET starts_at = now() - interval '2 days', ends_at = now() - interval '1 day'")
        owner.execute("UPDATE venues_space SET places = 5")
    else:
        assert refused(owner, "UPDATE venues_space SET places = 5") == name
