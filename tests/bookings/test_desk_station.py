"""A station that never closes is on the sheet as far as the house is open, and does not stretch the sheet."""

from datetime import timedelta

import pytest
import time_machine

from bookings.desk_board import Viewer, sheet
from bookings.services import book_slot

from ..factories import at, make_member, make_venue
from .house import DAY, NOW, House

pytestmark = pytest.mark.django_db


def test_sheet_cuts_a_station_to_the_hours_of_the_house():
    with time_machine.travel(NOW, tick=False):
        house = House()
        station = make_venue(house.palace, places=4, shared=True, hours=(0, 24), name="劳动者驿站")
        member = make_member()
        late = at(DAY, 20)
        times = {"starts_at": late, "ends_at": late + timedelta(hours=2), "now": NOW}
        book_slot(unit=station.units.get(), member=member, by=member.user, **times)
        found = sheet(
            palace=house.palace, day=DAY, now=NOW, viewer=Viewer(book=True, let_in=True, bookings=True, closures=True)
        )
    rows = {row.name: sum(cell.span for cell in row.cells) for group in found.groups for row in group.rows}
    assert (found.hours[0], found.hours[-1], found.columns) == (("9", 2), ("20", 2), 25)
    assert set(rows.values()) == {24}
    assert "劳动者驿站 4 位" in rows
