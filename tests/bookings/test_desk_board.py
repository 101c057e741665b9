"""The house on one sheet: every state of a cell, spans as lengths, counts, the line of now, one number of queries."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from bookings.desk_board import Viewer, sheet
from bookings.desk_board.parts import HALF_HOUR, Stretch
from bookings.desk_board.sheet import cells_of
from bookings.services import check_in, mark_no_show
from bookings.walk_ins import walk_in
from venues.models import Allocation, Closure, OpeningException, OpeningHours, Policy, Unit
from venues.services import close

from ..factories import at, make_member, make_venue
from .house import DAY, NOW, OPEN, House

pytestmark = pytest.mark.django_db
ALL = Viewer(book=True, let_in=True, bookings=True, closures=True)


@pytest.fixture
def house():
    with time_machine.travel(NOW, tick=False):
        yield House()


def drawn(house, day=DAY, now=NOW, viewer=ALL):
    return sheet(palace=house.palace, day=day, now=now, viewer=viewer)


def row(house, name, **options):
    found = [each for group in drawn(house, **options).groups for each in group.rows if each.name == name]
    return [(cell.span, cell.state, cell.label) for cell in found[0].cells]


def links(house, name, **options):
    found = [each for group in drawn(house, **options).groups for each in group.rows if each.name == name]
    return [cell.href for cell in found[0].cells]


def test_sheet_of_an_empty_house_is_over_until_the_half_hour_and_free_after(house):
    found = drawn(house)
    assert [(group.label, [each.name for each in group.rows]) for group in found.groups] == [
        ("主宫 · 羽毛球馆", [f"{n} 号场" for n in range(1, 7)]),
        ("主宫", ["健身房 40 位"]),
    ]
    assert (found.hours[0], found.hours[-1], found.columns, found.now_at) == (("9", 2), ("20", 2), 25, "11.11%")
    assert row(house, "1 号场") == [(2, "past", ""), (22, "free", "空")]
    assert row(house, "健身房 40 位") == [(2, "past", ""), (22, "free", "空 40 位")]


def test_cell_turns_missing_at_the_fifteenth_minute(house):
    house.book(11)
    just_before, exactly = at(DAY, 11, 15) - timedelta(seconds=1), at(DAY, 11, 15)
    assert [
        [c for c in row(house, "1 号场", now=now) if c[1] in ("taken", "due")] for now in (just_before, exactly)
    ] == [
        [(2, "taken", "周*明 待到")],
        [(2, "due", "周*明 未到")],
    ]


def test_cell_of_a_party_that_came_is_here_until_its_end_and_then_over(house):
    check_in(booking=house.book(10), by=house.clerk, now=at(DAY, 10))
    assert row(house, "1 号场")[:3] == [(2, "past", ""), (2, "in", "周*明 到馆"), (20, "free", "空")]
    assert row(house, "1 号场", now=at(DAY, 11))[1] == (2, "past", "已结束")


def test_cell_of_who_never_came_says_so(house):
    booking = house.book(9)
    assert row(house, "1 号场")[0] == (2, "past", "周*明 没来")
    mark_no_show(booking=booking, now=NOW)
    assert row(house, "1 号场")[0] == (2, "past", "周*明 没来")


def test_yesterday_shows_names(house):
    yesterday = DAY - timedelta(days=1)
    booking = house.book(9, day=yesterday, now=at(yesterday, 8))
    check_in(booking=booking, by=house.clerk, now=at(yesterday, 9))
    assert row(house, "1 号场", day=yesterday) == [(2, "past", "周*明 已结束"), (22, "past", "")]


def test_pending_booking_waits(house):
    Policy.objects.filter(venue=house.hall).update(needs_approval=True)
    house.book(12, by=house.member.user, source="web")
    assert (2, "draw", "周*明 待批") in row(house, "1 号场")


def test_closure_says_its_reason_and_is_rounded_to_columns(house):
    close(
        closure=Closure(
            palace=house.palace, unit=house.court, starts_at=at(DAY, 13, 10), ends_at=at(DAY, 17), reason="灯具检修"
        ),
        by=house.clerk,
    )
    assert row(house, "1 号场") == [
        (2, "past", ""),
        (6, "free", "空"),
        (8, "closed", "停用 · 灯具检修"),
        (8, "free", "空"),
    ]


def test_allocation_is_kept_until_it_goes_back_to_all(house):
    Allocation.objects.create(
        palace=house.palace,
        space=house.court.space,
        first_place=1,
        starts_at=at(DAY, 19),
        ends_at=at(DAY, 21),
        kind="club",
        holder="羽协",
        release_hours=8,
    )
    assert row(house, "1 号场")[-1] == (4, "class", "留给羽协")
    assert row(house, "1 号场", now=at(DAY, 11))[-1] == (20, "free", "空")


def test_hours_for_a_draw_are_dotted(house):
    Allocation.objects.create(
        palace=house.palace,
        space=house.court.space,
        first_place=1,
        starts_at=at(DAY, 19),
        ends_at=at(DAY, 21),
        kind="draw",
        holder="抽签",
        release_hours=1,
    )
    assert row(house, "1 号场")[-1] == (4, "draw", "待抽")


def test_day_without_opening_is_shut_with_its_reason(house):
    OpeningException.objects.create(palace=house.palace, venue=house.hall, day=DAY, closed=True, reason="清洗地胶")
    assert row(house, "1 号场") == [(24, "closed", "停用 · 清洗地胶")]


def test_house_that_opens_nowhere_shows_nine_to_nine(house):
    OpeningHours.objects.filter(palace=house.palace).delete()
    found = drawn(house)
    cells = [cell for group in found.groups for each in group.rows for cell in each.cells]
    assert (found.hours[0][0], found.hours[-1][0], {(c.span, c.state, c.label) for c in cells}) == (
        "9",
        "20",
        {(24, "closed", "这天不开放")},
    )


def test_whole_hall_is_seen_in_its_courts_and_has_no_row():
    with time_machine.travel(NOW, tick=False):
        house = House(whole=True)
        house.book(15, unit=house.hall.units.get(label="全"), party_size=30)
        names = [each.name for each in drawn(house).groups[0].rows]
        assert names == [f"{n} 号场" for n in range(1, 7)]
        assert all((2, "taken", "周*明 待到") in row(house, name) for name in names)


def test_shared_unit_counts_heads(house):
    gym = house.gym.units.get()
    house.book(11, unit=gym, party_size=12)
    house.book(11, unit=gym, party_size=18, member=make_member())
    house.book(14, unit=gym, party_size=5)
    assert row(house, "健身房 40 位") == [
        (2, "past", ""),
        (2, "free", "空 40 位"),
        (2, "taken", "约 30 人"),
        (4, "free", "空 40 位"),
        (2, "free", "约 5 人"),
        (12, "free", "空 40 位"),
    ]


def test_count_of_a_shared_unit_leads_to_that_space_and_time(house):
    gym = house.gym.units.get()
    house.book(14, unit=gym, party_size=5)
    booking = house.book(14, unit=gym, member=make_member())
    page = house.client().get("/desk/").content.decode()
    query = f"venue={house.gym.pk}&amp;day=2035-03-14&amp;unit={gym.pk}&amp;start=2035-03-14T14%3A00"
    assert f"/desk/bookings/?{query}" in page
    found = house.client().get(f"/desk/bookings/?{query}".replace("&amp;", "&")).context["lines"]
    assert [row for row, _chip in found][1:] == [booking]


def test_shared_unit_counts_who_is_inside(house):
    gym = house.gym.units.get()
    check_in(booking=house.book(10, unit=gym, party_size=12), by=house.clerk, now=at(DAY, 10))
    house.book(10, unit=gym, party_size=3, member=make_member())
    assert row(house, "健身房 40 位")[1] == (2, "in", "12 人在")


def test_walk_in_of_this_half_hour_shows_who_is_in_and_not_that_it_is_over(house):
    gym = house.gym.units.get()
    check_in(booking=house.book(10, unit=gym, party_size=2), by=house.clerk, now=at(DAY, 10))
    walk_in(unit=gym, member=make_member(), party_size=1, by=house.clerk, now=at(DAY, 10, 41))
    walk_in(unit=gym, member=make_member(), party_size=2, by=house.clerk, now=at(DAY, 10, 46))
    shown = [row(house, "健身房 40 位", now=at(DAY, 10, minute))[:3] for minute in (40, 48)]
    assert shown == [
        [(2, "past", ""), (1, "past", "已结束"), (1, "in", "2 人在")],
        [(2, "past", ""), (1, "past", "已结束"), (1, "in", "5 人在")],
    ]


def test_walk_in_on_a_court_has_the_half_hour_in_which_it_began(house):
    walk_in(unit=house.court, member=house.member, party_size=2, by=house.clerk, now=at(DAY, 10, 41))
    assert row(house, "1 号场", now=at(DAY, 10, 48))[:2] == [(3, "past", ""), (1, "in", "周*明 到馆")]


TEN = at(DAY, 10)


def piece(since, until, state, label, **options):
    return Stretch(TEN + timedelta(minutes=since), TEN + timedelta(minutes=until), state, label, **options)


@pytest.mark.parametrize(
    ("minute", "pieces", "cells"),
    [
        (48, [(0, 41, "past", "A"), (41, 46, "past", "B"), (46, 60, "in", "C")], [(1, "A"), (1, "C")]),
        (48, [(0, 40, "past", "A"), (41, 60, "in", "C")], [(1, "A"), (1, "C")]),
        (48, [(30, 46, "in", "A"), (46, 60, "free", "B")], [(1, "B")]),  # runs
        (45, [(30, 46, "in", "A"), (46, 60, "taken", "B")], [(1, "A")]),
        (46, [(30, 46, "past", "A"), (46, 60, "taken", "B")], [(1, "B")]),
        (0, [(30, 40, "free", "A"), (40, 50, "taken", "B"), (50, 60, "free", "C")], [(1, "B")]),
        (0, [(30, 40, "taken", "A"), (40, 60, "taken", "B")], [(1, "B")]),  # the later
        (0, [(0, 40, "taken", "A"), (40, 60, "taken", "B"), (60, 90, "taken", "C")], [(1, "A"), (1, "B"), (1, "C")]),
        (0, [(30, 60, "taken", "A"), (60, 65, "taken", "B"), (65, 120, "taken", "C")], [(1, "A"), (1, "B"), (1, "C")]),
    ],
)
def test_column_goes_to_what_runs_then_to_what_is_taken_then_to_what_has_no_other(minute, pieces, cells):
    row = [piece(*each) for each in pieces]
    now = TEN + timedelta(minutes=minute)
    found = cells_of(row, row[0].since, HALF_HOUR, now)
    assert [(cell.span, cell.label) for cell in found] == cells


def test_room_that_runs_now_has_a_column_and_other_room_gives_way():
    row = [piece(0, 40, "past", "A"), piece(40, 100, "free", "B", room=True), piece(100, 120, "taken", "C")]
    found = [cells_of(row, TEN, HALF_HOUR, TEN + timedelta(minutes=minute)) for minute in (48, 0)]
    assert [[(cell.span, cell.label) for cell in cells] for cells in found] == [
        [(1, "A"), (2, "B"), (1, "C")],
        [(2, "A"), (1, "B"), (1, "C")],
    ]


def test_more_than_six_equal_tables_share_a_row():
    with time_machine.travel(NOW, tick=False):
        house = House()
        tables = make_venue(house.palace, places=8, kind="table_tennis", name="乒乓球", hours=(9, 21), policy=OPEN)
        for unit in tables.units.all()[:5]:
            house.book(15, unit=unit, member=make_member())
        assert row(house, "乒乓球 8 台") == [
            (2, "past", ""),
            (10, "free", "空 8 台"),
            (2, "taken", "订 5 台"),
            (10, "free", "空 8 台"),
        ]


def test_grid_of_a_quarter_makes_finer_columns(house):
    Policy.objects.filter(venue=house.hall).update(grid_minutes=15, min_minutes=45, max_minutes=120)
    house.book(12, minutes=45)
    found = drawn(house)
    assert (found.columns, found.hours[0]) == (49, ("9", 4))
    assert row(house, "1 号场")[:3] == [(4, "past", ""), (8, "free", "空"), (3, "taken", "周*明 待到")]


def test_buffer_is_shown_as_tidying(house):
    Policy.objects.filter(venue=house.hall).update(buffer_minutes=30)
    house.book(12)
    assert row(house, "1 号场")[2:5] == [(2, "taken", "周*明 待到"), (1, "past", "整理"), (15, "free", "空")]


def test_hours_after_midnight_belong_to_the_evening(house):
    make_venue(house.palace, places=1, kind="piano", name="琴房", hours=(18, 26), policy=OPEN)
    found = drawn(house)
    assert [hour for hour, _span in found.hours][-3:] == ["23", "0", "1"]
    assert row(house, "琴房") == [(18, "past", ""), (16, "free", "空")]


@pytest.mark.parametrize(
    ("day", "line"), [(DAY - timedelta(days=1), ""), (DAY, "11.11%"), (DAY + timedelta(days=1), "")]
)
def test_line_of_now_is_drawn_on_today_only(house, day, line):
    assert drawn(house, day=day).now_at == line


def test_cells_lead_to_the_booking_to_booking_here_and_to_walk_ins(house):
    booking = house.book(12)
    assert links(house, "1 号场") == [
        "",
        f"/desk/walk-in/?venue={house.hall.pk}&unit={house.court.pk}",
        f"/desk/bookings/{booking.number}/",
        f"/desk/book/?venue={house.hall.pk}&day=2035-03-14&unit={house.court.pk}&start=2035-03-14T13%3A00",
    ]


def test_no_cell_leads_to_a_closed_door(house):
    house.book(12)
    close(
        closure=Closure(
            palace=house.palace, venue=house.gym, starts_at=at(DAY, 13), ends_at=at(DAY, 17), reason="检修"
        ),
        by=house.clerk,
    )
    found = drawn(house, viewer=Viewer())
    assert {cell.href for group in found.groups for each in group.rows for cell in each.cells} == {""}


def test_english_sheet(house):
    house.book(12)
    Unit.objects.filter(venue=house.gym).update(name_en="Gym")
    with translation.override("en"):
        assert row(house, "Court 1")[2] == (2, "taken", "周*明 Awaited")
        assert row(house, "Gym, 40 in all")[1] == (22, "free", "40 free")


def queries(house) -> int:
    drawn(house)
    with CaptureQueriesContext(connection) as found:
        drawn(house)
    return len(found)


def test_sheet_takes_the_same_queries_for_one_and_thirty_units():
    with time_machine.travel(NOW, tick=False):
        house = House()
        house.book(12)
        close(
            closure=Closure(
                palace=house.palace, unit=house.court, starts_at=at(DAY, 15), ends_at=at(DAY, 17), reason="检修"
            ),
            by=house.clerk,
        )
        few = queries(house)
        for n in range(6):
            venue = make_venue(house.palace, places=5, name=f"馆 {n}", hours=(9, 21), policy=OPEN)
            for unit in venue.units.all():
                house.book(12, unit=unit, member=make_member())
        assert (few, queries(house)) == (5, 5)


def test_day_is_the_house_s_own(house):
    other = House()
    other.book(12)
    assert [label for _span, _state, label in row(house, "1 号场")] == ["", "空"]
