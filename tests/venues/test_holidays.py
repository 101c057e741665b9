"""The calendar: announced years as they were announced, later ones as the law fixes them."""

from datetime import date, time
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command

from bookings.services import book_slot
from palace.core.doctor import GOOD, MISSING, WARNING
from venues.holidays import calendar_check, days_of, load_year
from venues.models import CalendarDay, DayType, OpeningHours

from ..factories import at, make_member, make_venue

pytestmark = pytest.mark.django_db


def stored(year):
    return {d.day: (d.counts_as, d.is_estimate) for d in CalendarDay.objects.filter(day__year=year)}


def test_load_year_takes_announced_holidays_and_make_up_days():
    assert load_year(2026) == 39
    days = stored(2026)
    assert (days[date(2026, 10, 7)], days[date(2026, 10, 10)], days[date(2026, 9, 20)]) == (
        (DayType.HOLIDAY, False),
        (DayType.FRIDAY, False),
        (DayType.MONDAY, False),
    )
    assert date(2026, 10, 8) not in days
    made_up = CalendarDay.objects.get(day=date(2026, 10, 10))
    assert (made_up.name, made_up.name_en) == ("国庆节调休上班", "Working day made up for National Day")
    assert load_year(2026) == 0


def test_load_year_estimates_what_the_law_fixes():
    load_year(2027)
    assert stored(2027) == dict.fromkeys(
        [
            date(2027, 1, 1),
            *(date(2027, 2, d) for d in (5, 6, 7, 8)),
            date(2027, 4, 5),
            date(2027, 5, 1),
            date(2027, 5, 2),
            date(2027, 6, 9),
            date(2027, 9, 15),
            *(date(2027, 10, d) for d in (1, 2, 3)),
        ],
        (DayType.HOLIDAY, True),
    )


def test_days_of_a_year_behind_the_lunar_table_has_the_solar_days_only():
    assert sorted(days_of(2040)) == [
        date(2040, 1, 1),
        date(2040, 4, 4),
        date(2040, 5, 1),
        date(2040, 5, 2),
        *(date(2040, 10, d) for d in (1, 2, 3)),
    ]


def test_load_year_keeps_what_a_person_entered_and_drops_old_estimates():
    CalendarDay.objects.create(day=date(2027, 1, 1), counts_as=DayType.FRIDAY, name="照常", is_estimate=False)
    CalendarDay.objects.create(day=date(2027, 8, 1), counts_as=DayType.HOLIDAY, name="预估", is_estimate=True)
    load_year(2027)
    assert (stored(2027)[date(2027, 1, 1)], date(2027, 8, 1) in stored(2027)) == ((DayType.FRIDAY, False), False)


def test_load_calendar_command_loads_three_years():
    out = StringIO()
    with time_machine.travel("2026-11-20T12:00:00+08:00"):
        call_command("load_calendar", stdout=out)
    assert out.getvalue().splitlines() == [
        "2025: 33 days changed (announced)",
        "2026: 39 days changed (announced)",
        "2027: 13 days changed (estimated: not announced yet)",
    ]


def test_load_calendar_command_says_what_is_booked_on_the_new_holidays():
    venue, new_year = make_venue(policy={"horizon_days": 4000}), date(2027, 1, 1)
    OpeningHours.objects.create(
        palace=venue.palace, venue=venue, day_type=7, opens_at=time(13), closes_at=time(15), first_day=date(2026, 1, 1)
    )
    member, unit = make_member(), venue.units.first()
    for hour in (10, 13):
        start, now = at(new_year, hour), at(date(2026, 12, 1), 9)
        book_slot(unit=unit, member=member, starts_at=start, ends_at=at(new_year, hour + 1), by=member.user, now=now)
    said = []
    with time_machine.travel("2026-12-30T12:00:00+08:00"):
        for _again in range(2):
            out = StringIO()
            call_command("load_calendar", "2027", stdout=out)
            said.append(out.getvalue().splitlines()[1:])
    assert said == [[f"  {venue.palace.slug}: 1 bookings are now outside opening hours; see Closures on the desk"], []]


@pytest.mark.parametrize(
    ("today", "loaded", "level"),
    [
        ("2025-10-31", [2025], GOOD),
        ("2025-11-01", [2025], MISSING),
        ("2025-11-01", [2026], GOOD),
        ("2026-11-01", [2026, 2027], WARNING),
    ],
)
def test_calendar_check_looks_ahead_from_november_on(today, loaded, level):
    for year in loaded:
        load_year(year)
    with time_machine.travel(f"{today}T12:00:00+08:00"):
        assert calendar_check().level == level
