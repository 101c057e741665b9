"""Slots and planning agree: what a page offers can be booked, what it refuses is refused with the same code."""

from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given, settings
from hypothesis import strategies as st

from bookings.planning import plan_booking
from bookings.slots import Held, blocker, nearest_free, periods, unit_slots
from venues.rules import (
    AllocationRules,
    Caller,
    DatedHours,
    Hours,
    PolicyRules,
    PriceLine,
    Rulebook,
    TariffRules,
    UnitRules,
    Validity,
    VenueRules,
    at,
)

EVER = Validity(date(2020, 1, 1), None)
MEMBER = Caller(signed_in=True, verified=True)
DAY = date(2027, 3, 10)


def minutes(number: int) -> timedelta:
    return timedelta(minutes=number)


def make_policy(**fields) -> PolicyRules:
    values = {
        "id": 1, "venue_id": 1, "unit_id": None, "valid": EVER, "grid": minutes(60), "shortest": minutes(60), "longest": minutes(120),
        "horizon_days": 7, "opens_at": time(8), "notice": minutes(30), "audience": "members", "needs_approval": False, "party_min": 1,
        "party_max": None, "buffer": minutes(0), "early": minutes(10),
    }  # fmt: skip
    return PolicyRules(**values | fields)


def make_book(
    *, opens=time(9), closes=time(21), policies=None, shared=False, places=6, lines=(), discounts=None, **fields
) -> Rulebook:
    unit = UnitRules(
        1,
        1,
        1,
        "1 号场",
        "Court 1",
        "1",
        "",
        "",
        "shared" if shared else "exclusive",
        1,
        places if shared else 1,
        places if shared else 4,
        1,
        True,
    )
    values = {
        "palace_id": 1, "version": 1, "venues": {1: VenueRules(1, 1, "羽毛球馆", "Badminton hall", "badminton", True)}, "places": {1: places},
        "units": {1: unit}, "hours": tuple(Hours(None, 1, d, opens, closes, EVER) for d in range(8)), "exceptions": (),
        "policies": tuple(policies or [make_policy()]), "tariffs": (TariffRules(1, 1, None, EVER, 4000, tuple(lines), discounts or {}),),
        "allocations": (), "calendar": {},
    }  # fmt: skip
    return Rulebook(**values | fields)


clocks = st.builds(time, st.integers(0, 23), st.sampled_from([0, 30]))
policies = st.builds(
    make_policy,
    grid=st.sampled_from([15, 30, 45, 60, 90]).map(minutes),
    shortest=st.sampled_from([30, 45, 60, 90]).map(minutes),
    longest=st.sampled_from([90, 180, 240]).map(minutes),
    horizon_days=st.integers(0, 9),
    opens_at=clocks,
    buffer=st.sampled_from([0, 10, 30]).map(minutes),
    audience=st.sampled_from(["members", "registered"]),
).filter(lambda p: not p.shortest % p.grid)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(
    policy=policies, later=policies, opens=clocks, closes=clocks, now=st.datetimes(at(date(2027, 3, 1), time()).replace(tzinfo=None), at(date(2027, 3, 12), time()).replace(tzinfo=None)),
    verified=st.booleans(),
)  # fmt: skip
def test_unit_slots_say_what_planning_does(policy, later, opens, closes, now, verified):
    change = make_policy(
        **{
            f: getattr(later, f)
            for f in ("grid", "shortest", "longest", "horizon_days", "opens_at", "buffer", "audience")
        },
        id=2,
        valid=Validity(DAY + timedelta(days=1), None),
    )
    book = make_book(opens=opens, closes=closes, policies=[policy, change])
    unit, caller, now = book.units[1], Caller(signed_in=True, verified=verified), at(now.date(), now.time())
    for slot in unit_slots(book, unit, [DAY, DAY + timedelta(days=1)], [], caller, now):
        try:
            plan_booking(book, 1, caller, slot.starts_at, slot.ends_at, 1, now)
            code = ""
        except ValidationError as error:
            code = error.code
        assert (code, slot.bookable) == (slot.reason, not code)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(
    held=st.lists(st.tuples(st.integers(1, 6), st.integers(1, 6), st.integers(8, 20), st.integers(1, 4)), max_size=12)
)
def test_shared_free_places_equal_a_count_place_by_place(held):
    book = make_book(shared=True)
    rows = [
        Held(
            ((1 << min(n, 7 - first)) - 1) << (first - 1),
            at(DAY, time(h)),
            at(DAY, time(h)) + timedelta(hours=k),
            "booking",
            1,
        )
        for first, n, h, k in held
    ]
    for slot in unit_slots(book, book.units[1], [DAY], rows, MEMBER, at(DAY, time(0))):
        touching = [r for r in rows if r.starts_at < slot.ends_at and r.ends_at > slot.starts_at]
        free = sum(not any(r.mask >> (p - 1) & 1 for r in touching) for p in range(1, 7))
        assert (slot.free, slot.places) == (free, 6)


def test_periods_over_midnight_belong_to_the_evening():
    book = make_book(opens=time(22), closes=time(2))
    assert periods(book, book.units[1], DAY) == [
        (at(DAY, time(22)) + timedelta(hours=n), at(DAY, time(23)) + timedelta(hours=n)) for n in range(4)
    ]


def test_periods_of_a_closed_day_are_none():
    book = make_book(exceptions=(DatedHours(None, None, DAY, True, None, None, "闭馆", "Closed"),))
    assert periods(book, book.units[1], DAY) == []
    assert len(periods(book, book.units[1], DAY + timedelta(days=1))) == 12


def test_allocation_keeps_places_back_until_its_release():
    starts = at(DAY, time(18))
    kept = AllocationRules(
        1, 1, 0b1, starts, starts + timedelta(hours=2), "club", "羽协", "Badminton club", starts - timedelta(hours=24)
    )
    book = make_book(allocations=(kept,))
    before, after = starts - timedelta(hours=25), starts - timedelta(hours=24)
    reasons = [
        {s.starts_at.hour: s.reason for s in unit_slots(book, book.units[1], [DAY], [], MEMBER, now)}
        for now in (before, after)
    ]
    assert [(r[18], r[19], r[20]) for r in reasons] == [("allocated", "allocated", ""), ("", "", "")]


@pytest.mark.parametrize(
    ("since", "until", "fen"),
    [(time(9), time(10), 0), (time(11), time(13), 1500), (time(17), time(19), 4000), (time(20), time(21), 2500)],
)
def test_price_adds_up_over_bands(since, until, fen):
    lines = [
        PriceLine("members", "any", time(9), time(12), 0, "上午", ""),
        PriceLine("members", "any", time(12), time(18), 1500, "下午", ""),
    ]
    lines.append(PriceLine("members", "any", time(18), time(0), 2500, "晚上", ""))
    book = make_book(lines=lines)
    assert book.price(book.units[1], at(DAY, since), at(DAY, until), MEMBER).fen == fen


def test_nearest_free_prefers_the_nearest_then_the_earlier():
    book = make_book()
    taken = Held(1, at(DAY, time(12)), at(DAY, time(13)), "booking", 1)
    slots = unit_slots(book, book.units[1], [DAY], [taken], MEMBER, at(DAY, time(0)))
    assert [s.starts_at for s in nearest_free(slots, at(DAY, time(12)))] == [at(DAY, time(h)) for h in (11, 13, 10)]


BOOKED, TAUGHT, SHUT = (
    Held(mask, at(DAY, time(10)), at(DAY, time(11)), kind, n)
    for n, (mask, kind) in enumerate([(0b111000, "booking"), (0b000110, "session"), (0b000001, "closure")])
)


@pytest.mark.parametrize(
    ("shared", "rows", "kind"),
    [
        (True, [SHUT, TAUGHT, BOOKED], "booking"),
        (True, [BOOKED, TAUGHT], "booking"),
        (True, [SHUT, Held(0b111110, at(DAY, time(10)), at(DAY, time(11)), "session", 4)], "session"),
        (True, [BOOKED, Held(0b111111, at(DAY, time(10)), at(DAY, time(11)), "closure", 5)], "closure"),
        (False, [BOOKED, TAUGHT], "session"),
        (False, [BOOKED, TAUGHT, SHUT], "closure"),
        (False, [BOOKED], "booking"),
    ],
)
def test_blocker_of_a_shared_unit_is_what_takes_all_of_it(shared, rows, kind):
    unit = make_book(shared=True).units[1]
    hall = replace(unit, mode="shared" if shared else "exclusive")
    assert blocker(hall, rows).kind == kind
