"""A station that never closes does not stretch the sheet: what lies beyond the hours shown is counted, one press away."""

from datetime import time, timedelta

import pytest
import time_machine

from bookings.desk_board import Viewer, draw, read, sheet
from venues.models import OpeningException

from ..factories import at, make_member, make_venue
from .house import DAY, NOW, OPEN, House, text

pytestmark = pytest.mark.django_db
ALL = Viewer(book=True, let_in=True, bookings=True, closures=True)


@pytest.fixture
def house():
    with time_machine.travel(NOW, tick=False):
        house = House()
        house.station = make_venue(
            house.palace, places=4, shared=True, hours=(0, 24), name="劳动者驿站", name_en="Rest stop", policy=OPEN
        )
        yield house


def at_the_station(house, hour, **options):
    return house.book(hour, unit=house.station.units.get(), member=make_member(), **options)


def row(found, name):
    cells = next(each.cells for group in found.groups for each in group.rows if each.name == name)
    return [(cell.span, cell.state, cell.label) for cell in cells]


def drawn(house, *, whole=False):
    return draw(read(palace=house.palace, day=DAY, now=NOW, viewer=ALL, whole=whole))


def test_sheet_cuts_a_station_to_the_hours_of_the_house_and_counts_what_it_leaves_out(house):
    at_the_station(house, 20, minutes=120)
    at_the_station(house, 21)
    at_the_station(house, 23)
    found = drawn(house)
    rows = {each.name: sum(cell.span for cell in each.cells) for group in found.groups for each in group.rows}
    assert (found.hours[0], found.hours[-1], found.columns) == (("9", 2), ("20", 2), 25)
    assert set(rows.values()) == {24}
    assert (found.also_open, found.outside, found.bookings) == ("劳动者驿站", 2, 3)
    assert row(found, "劳动者驿站 4 位")[-1] == (2, "free", "约 1 人")


def test_whole_day_shows_what_the_hours_of_the_house_leave_out(house):
    at_the_station(house, 23)
    found = drawn(house, whole=True)
    assert (found.hours[0], found.hours[-1], found.columns) == (("0", 2), ("23", 2), 49)
    assert (found.also_open, found.outside) == ("", 0)
    assert row(found, "劳动者驿站 4 位")[-1] == (2, "free", "约 1 人")
    assert row(found, "1 号场")[-1] == (6, "past", "")


def test_house_without_a_station_has_nothing_beyond_its_hours():
    with time_machine.travel(NOW, tick=False):
        house = House()
        house.book(20)
        found = drawn(house)
    assert (found.also_open, found.outside, found.bookings) == ("", 0, 1)


def test_night_that_goes_on_after_midnight_is_whole(house):
    make_venue(house.palace, places=1, kind="piano", name="琴房", hours=(18, 26), policy=OPEN)
    assert [drawn(house, whole=whole).hours[-1][0] for whole in (False, True)] == ["1", "1"]


def test_party_of_yesterday_evening_is_counted_until_it_leaves(house):
    rooms = make_venue(house.palace, places=1, kind="piano", name="琴房", hours=(18, 26), policy=OPEN)
    OpeningException.objects.create(palace=house.palace, venue=rooms, day=DAY, closed=True, reason="调音")
    yesterday = DAY - timedelta(days=1)
    house.book(23, unit=rooms.units.get(), minutes=120, day=yesterday, now=at(yesterday, 8))
    assert (drawn(house).outside, row(drawn(house, whole=True), "琴房")) == (
        1,
        [(2, "past", "周*明 没来"), (46, "past", "")],
    )


def test_page_says_what_is_beyond_and_leads_there_and_back(house):
    at_the_station(house, 23)
    client = house.client()
    page, whole = text(client.get("/desk/")), text(client.get("/desk/", {"hours": "all"}))
    assert "这些时间以外也开放：劳动者驿站。" in page
    assert "另有 1 单不在下面的时间里。" in page
    assert f"/desk/?day={DAY.isoformat()}&amp;hours=all#house" in page
    assert f"/desk/?day={DAY.isoformat()}#house" in whole
    assert ('hx-get="/desk/"' in page, 'hx-get="/desk/?hours=all"' in whole) == (True, True)  # it stays as wide
    assert "另有" not in whole


@pytest.mark.parametrize("closed", [True, False])
def test_booking_stays_in_sight_where_its_place_shuts_earlier_now(house, closed):
    house.book(15)
    hours = {} if closed else {"opens_at": time(9), "closes_at": time(15, 30)}
    OpeningException.objects.create(
        palace=house.palace, venue=house.hall, day=DAY, closed=closed, reason="盘点", **hours
    )
    found = sheet(palace=house.palace, day=DAY, now=NOW, viewer=ALL)
    assert [cell for cell in row(found, "1 号场") if cell[1] == "taken"] == [(2, "taken", "周*明 待到")]
    assert row(found, "1 号场")[-1] == (10, "past", "")
