"""A slip of the finger in a year is refused by the database and by the forms: one such row would stop every page that reads it."""

import psycopg
import pytest

from palace.accounts.models import HardshipFile, RoleAssignment
from palace.notices.models import Announcement
from venues.models import Allocation, CalendarDay, Closure, OpeningException

from ..factories import at, make_member, make_user, make_venue, tomorrow
from .admin_house import enter, url

EARLY, LATE = ["0001-01-01", "1999-12-31"], ["2101-01-02", "9999-12-31"]
NEVER = EARLY + LATE
EVER = ["2000-01-02", "2100-12-31"]
COLUMNS = [
    ("venues_openingexception", "day", "exception_years_sane"),
    ("venues_calendarday", "day", "calendar_years_sane"),
    ("venues_allocation", "starts_at", "allocation_years_sane"),
    ("venues_allocation", "ends_at", "allocation_years_sane"),
    ("venues_closure", "starts_at", "closure_years_sane"),
    ("venues_closure", "ends_at", "closure_years_sane"),
    ("notices_announcement", "shown_from", "announcement_years_sane"),
    ("notices_announcement", "shown_until", "announcement_years_sane"),
    ("accounts_hardshipfile", "first_day", "hardship_years_sane"),
    ("accounts_roleassignment", "last_day", "role_years_sane"),
]


def one_of_each() -> None:
    venue, director = make_venue(), make_user()
    palace, day, span = venue.palace, tomorrow(), {"starts_at": at(tomorrow(), 8), "ends_at": at(tomorrow(), 9)}
    OpeningException.objects.create(palace=palace, day=day, closed=True, reason="检修")
    CalendarDay.objects.create(day=day, counts_as=7, name="节")
    Allocation.objects.create(palace=palace, space=venue.spaces.get(), kind="club", holder="羽协", **span)
    Closure.objects.create(palace=palace, venue=venue, reason="检修", **span)
    Announcement.objects.create(palace=palace, title="通知", body="通知", shown_from=span["starts_at"])
    HardshipFile.objects.create(member=make_member(), first_day=day, last_day=day)
    RoleAssignment.objects.create(user=director, role="desk", palace=palace, state="approved", first_day=day)


@pytest.mark.invariant
@pytest.mark.parametrize(("table", "column", "name"), COLUMNS)
def test_years_that_nobody_means_are_refused(fresh_db, owner, table, column, name):
    one_of_each()
    far = LATE if column.startswith(("ends", "last", "shown_until")) else EARLY
    for day in far:
        with pytest.raises(psycopg.errors.IntegrityError) as error:
            owner.execute(f"UPDATE {table} SET {column} = %s", [day])
        assert error.value.diag.constraint_name == name
    owner.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")  # negative control
    owner.execute(f"UPDATE {table} SET {column} = %s", [far[0]])


@pytest.mark.django_db
def test_special_day_of_a_year_that_nobody_means_is_refused_in_a_sentence(client):
    palace = make_venue().palace
    enter(client, palace, "admin")
    fields = {"day": "9999-12-31", "name": "节", "name_en": "", "counts_as": "7"}
    answer = client.post(url("venues.calendarday", "add"), fields)
    assert ("看一下年份" in answer.content.decode(), CalendarDay.objects.count()) == (True, 0)


@pytest.mark.django_db
def test_kept_hours_of_a_year_that_nobody_means_are_refused_in_a_sentence(client):
    venue = make_venue()
    enter(client, venue.palace, "venue_manager")
    answer = client.post(url("venues.allocation", "add"), {
        "space": venue.spaces.get().pk, "first_place": 1, "place_count": 1, "kind": "club", "holder": "羽协", "release_hours": 24,
        "starts_at_0": "0001-01-01", "starts_at_1": "00:00", "ends_at_0": "2035-12-20", "ends_at_1": "09:00",
    })  # fmt: skip
    assert ("看一下年份" in answer.content.decode(), Allocation.objects.count()) == (True, 0)


@pytest.mark.django_db
@pytest.mark.parametrize(("day", "is_refused"), [*((day, True) for day in NEVER), *((day, False) for day in EVER)])
def test_announcement_of_a_year_that_nobody_means_is_refused_in_a_sentence(client, day, is_refused):
    venue = make_venue()
    client.force_login(make_user(role="director", palace=venue.palace))
    fields = {"title": "通知", "body": "通知", "audience": "public", "shown_from": f"{day}T09:00"}
    answer = client.post("/desk/announcements/new/", fields)
    assert ("看一下年份" in answer.content.decode(), Announcement.objects.count()) == (is_refused, int(not is_refused))
