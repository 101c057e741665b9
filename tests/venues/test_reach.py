"""The hours of the house as a whole."""

from datetime import date

import pytest

from venues import rulebook

from ..factories import at, make_palace, make_venue

pytestmark = pytest.mark.django_db
DAY = date(2027, 3, 10)


def reach(palace, *venues):
    return rulebook.read(palace.pk).reach(DAY, [venue.pk for venue in venues])


def test_reach_is_from_the_first_opening_to_the_last_closing():
    palace = make_palace()
    early, late = make_venue(palace, hours=(8, 20)), make_venue(palace, hours=(10, 22))
    assert reach(palace, early, late) == (at(DAY, 8), at(DAY, 22))
    assert reach(palace) is None


def test_reach_leaves_out_what_never_closes_unless_it_is_alone():
    palace = make_palace()
    station, hall = make_venue(palace, hours=(0, 24)), make_venue(palace, hours=(9, 21))
    night = make_venue(palace, hours=(1, 24))
    assert reach(palace, station, hall) == (at(DAY, 9), at(DAY, 21))
    assert reach(palace, station) == (at(DAY, 0), at(DAY, 24))
    assert reach(palace, night, hall) == (at(DAY, 1), at(DAY, 24))
