"""Changes of the house in the admin site: previews, refusals in sentences, pictures, prices, the timeline."""

import io
import re
from datetime import date, time, timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.urls import reverse
from PIL import Image

from bookings.services import book_slot
from bookings.words import spaced
from palace.accounts.models import RoleAssignment
from palace.core.models import AuditEntry
from venues.models import (
    Allocation,
    CalendarDay,
    Closure,
    OpeningException,
    OpeningHours,
    Policy,
    Site,
    Space,
    Tariff,
    TariffDiscount,
    TariffLine,
    Unit,
    Venue,
    VenuePhoto,
)
from venues.querysets import HoursQuerySet
from venues.services import close

from ..factories import at, make_member, make_palace, make_venue, tomorrow
from .admin_house import enter, url

pytestmark = pytest.mark.django_db
REFUSALS = {
    "past": "这个结束时间已经过了，选一个将来的时间。",
    "target": "选一样来停用：场所、场馆、空间或场地。",
    "order": "结束要晚于开始。",
}


@pytest.fixture
def venue():
    return make_venue(places=3, prices=[(8, 22, 1500)])


@pytest.fixture
def manager(client, venue):
    return enter(client, venue.palace, "venue_manager", name="张建国")


def booked(unit: Unit, hour: int = 10, persons: int = 1):
    member = make_member(name="周小明")
    since, until = at(tomorrow(), hour), at(tomorrow(), hour + 1)
    return book_slot(unit=unit, member=member, starts_at=since, ends_at=until, by=member.user, party_size=persons)


def errors(response) -> list[str]:
    """What the head of the form says; the page answers 200 and nothing is saved."""
    assert response.status_code == 200
    return list(response.context["adminform"].form.non_field_errors())


def fields_of(thing, *names) -> dict:
    values = {name: getattr(thing, name) for name in names}
    return {name: value for name, value in values.items() if value not in (None, "", False)}


UNIT = (
    "venue_id",
    "space_id",
    "name",
    "label",
    "mode",
    "first_place",
    "place_count",
    "capacity",
    "position",
    "is_active",
)


def unit_fields(unit: Unit, **changes) -> dict:
    found = {name.removesuffix("_id"): value for name, value in fields_of(unit, *UNIT).items()} | {"position": 0}
    return {name: value for name, value in (found | changes).items() if value is not None}


# --- the palace is set by the server -------------------------------------------------------------------------------


def test_new_record_belongs_to_the_palace_in_use(client, venue, manager):
    other = make_palace()
    answer = client.post(
        url("venues.site", "add"), {"kind": "branch", "name": "东城分部", "position": 1, "palace": other.pk}
    )
    assert answer.status_code == 302
    site = Site.objects.get(name="东城分部")
    assert site.palace == venue.palace
    row = AuditEntry.objects.get(table_name="venues_site", row_id=str(site.pk))
    assert (row.action, row.actor_id, row.source, row.palace_id) == ("insert", manager.pk, "web", venue.palace_id)


def test_foreign_choice_is_refused(client, venue, manager):
    theirs = make_venue(name="别人的馆")
    answer = client.post(url("venues.space", "add"), {"venue": theirs.pk, "name": "偷来的", "places": 3,
                         "units-TOTAL_FORMS": 0, "units-INITIAL_FORMS": 0})  # fmt: skip
    assert (answer.status_code, list(answer.context["adminform"].form.errors)) == (200, ["venue"])
    assert Space.objects.filter(name="偷来的").count() == 0


def test_venue_gets_its_pinyin(client, venue, manager):
    empty = {f"{p}-{n}_FORMS": 0 for p in ("photos", "spaces") for n in ("TOTAL", "INITIAL")}
    fields = {
        "site": venue.site_id,
        "kind": "dance",
        "name": "舞蹈房",
        "centre": "sports",
        "operating_mode": "self_run",
        "position": 0,
    }
    assert client.post(url("venues.venue", "add"), fields | empty).status_code == 302
    assert Venue.objects.get(name="舞蹈房").pinyin == "wudaofang wdf"


def test_space_in_the_page_of_its_venue_belongs_to_the_palace(client, venue, manager):
    space = venue.spaces.get()
    fields = {"site": venue.site_id, "kind": "badminton", "name": venue.name, "centre": "sports", "operating_mode": "self_run",
              "position": 0, "is_active": "on", "photos-TOTAL_FORMS": 0, "photos-INITIAL_FORMS": 0,
              "spaces-TOTAL_FORMS": 2, "spaces-INITIAL_FORMS": 1, "spaces-0-id": space.pk, "spaces-0-venue": venue.pk,
              "spaces-0-name": space.name, "spaces-0-places": 3, "spaces-1-id": "", "spaces-1-venue": venue.pk,
              "spaces-1-name": "看台", "spaces-1-places": 40}  # fmt: skip
    assert client.post(url("venues.venue", "change", venue.pk), fields).status_code == 302
    assert Space.objects.get(name="看台").palace == venue.palace


# --- what the database refuses ------------------------------------------------------------------------------------


def test_unit_behind_its_space_is_a_sentence(client, venue, manager):
    unit = Unit.objects.filter(venue=venue).last()
    answer = client.post(url("venues.unit", "change", unit.pk), unit_fields(unit, place_count=2))
    assert errors(answer) == ["场地超出了空间的最后一个场位。把场地改短，或者把空间改大。"]
    assert answer.context["adminform"].form["place_count"].value() == "2"
    assert Unit.objects.get(pk=unit.pk).place_count == 1
    last = unit_fields(unit, first_place=2, place_count=2)
    assert client.post(url("venues.unit", "change", unit.pk), last).status_code == 302


def test_unit_in_the_space_of_another_venue_is_a_sentence(client, venue, manager):
    other = make_venue(venue.palace)
    answer = client.post(
        url("venues.unit", "add"), unit_fields(Unit.objects.filter(venue=venue).first(), space=other.spaces.get().pk)
    )
    assert errors(answer) == ["这个空间是别的场馆的。选这个场馆的空间。"]


def test_policy_for_a_unit_of_another_venue_is_refused(client, venue, manager):
    unit = Unit.objects.filter(venue=make_venue(venue.palace)).first()
    policy = Policy.objects.get(venue=venue)
    names = (
        "grid_minutes",
        "min_minutes",
        "max_minutes",
        "horizon_days",
        "cancel_notice_minutes",
        "audience",
        "party_min",
        "early_minutes",
    )
    fields = fields_of(policy, *names) | {
        "venue": venue.pk,
        "unit": unit.pk,
        "first_day": "2027-01-01",
        "opens_at": "08:00",
        "buffer_minutes": 0,
    }
    answer = client.post(url("venues.policy", "add"), fields)
    assert (answer.status_code, list(answer.context["adminform"].form.errors)) == (200, ["unit"])
    assert client.post(url("venues.policy", "add"), fields | {"unit": ""}).status_code == 302
    assert Policy.objects.filter(venue=venue).count() == 2


def test_overlapping_allocation_is_a_sentence(client, venue, manager):
    day = tomorrow().isoformat()
    fields = {"space": venue.spaces.get().pk, "first_place": 1, "place_count": 1, "starts_at_0": day, "starts_at_1": "20:00",
              "ends_at_0": day, "ends_at_1": "21:00", "kind": "club", "holder": "羽协", "release_hours": 24}  # fmt: skip
    assert client.post(url("venues.allocation", "add"), fields).status_code == 302
    answer = client.post(url("venues.allocation", "add"), fields)
    assert errors(answer) == ["这些场位里有的那段时间已经留给别人了。换个时间，或者换些场位。"]


@pytest.mark.parametrize("run", [(0, 1), (1, 0), (3, 9), (2147483647, 2147483647)])
def test_allocation_of_places_that_are_not_there_is_a_sentence(client, venue, manager, run):
    day = tomorrow().isoformat()
    fields = {"space": venue.spaces.get().pk, "starts_at_0": day, "starts_at_1": "20:00", "ends_at_0": day,
              "ends_at_1": "21:00", "kind": "club", "holder": "羽协", "release_hours": 24}  # fmt: skip
    answer = client.post(url("venues.allocation", "add"), fields | {"first_place": run[0], "place_count": run[1]})
    assert (answer.status_code, len(errors(answer)), Allocation.objects.count()) == (200, 1, 0)


@pytest.mark.parametrize("change", [{"first_day": "2020-01-01"}, {"min_minutes": 90}, {"buffer_minutes": 481}])
def test_policy_that_nobody_can_mean_is_a_sentence(client, venue, manager, change):
    policy = Policy.objects.get(venue=venue)
    names = (
        "grid_minutes",
        "min_minutes",
        "max_minutes",
        "horizon_days",
        "cancel_notice_minutes",
        "audience",
        "party_min",
    )
    fields = fields_of(policy, *names, "early_minutes") | {
        "venue": venue.pk,
        "first_day": "2027-01-01",
        "opens_at": "08:00",
    }
    answer = client.post(url("venues.policy", "add"), fields | {"buffer_minutes": 0} | change)
    assert (answer.status_code, len(errors(answer)), Policy.objects.filter(venue=venue).count()) == (200, 1, 1)


def test_delete_of_what_is_in_use_says_so_and_deletes_nothing(client, venue, manager):
    page = client.get(url("venues.venue", "delete", venue.pk))
    assert page.context["protected"]
    assert client.post(url("venues.venue", "delete", venue.pk), {"post": "yes"}).status_code == 200
    assert Venue.objects.filter(pk=venue.pk).exists()


def test_delete_of_an_empty_site_works(client, venue, manager):
    site = Site.objects.create(palace=venue.palace, name="空站点")
    assert client.post(url("venues.site", "delete", site.pk), {"post": "yes"}).status_code == 302
    assert not Site.objects.filter(pk=site.pk).exists()


# --- previews -----------------------------------------------------------------------------------------------------


def test_unit_with_bookings_is_switched_off_only_after_the_preview(client, venue, manager):
    unit = Unit.objects.filter(venue=venue).first()
    booking = booked(unit)
    page, off = url("venues.unit", "change", unit.pk), unit_fields(unit, is_active=None)
    found = errors(client.post(page, off))
    assert len(found) == 2
    assert "周*明" in found[1]
    assert Unit.objects.get(pk=unit.pk).is_active
    # A tick without having seen this list is worth nothing.
    assert errors(client.post(page, off | {"understood": "on", "seen": "x"})) == found
    seen = client.post(page, off).context["adminform"].form.data["seen"]
    assert client.post(page, off | {"understood": "on", "seen": seen}).status_code == 302
    booking.refresh_from_db()
    assert (Unit.objects.get(pk=unit.pk).is_active, booking.status) == (False, "confirmed")


def test_venue_with_bookings_is_hidden_only_after_the_preview(client, venue, manager):
    booking = booked(Unit.objects.filter(venue=venue).first())
    fields = fields_of(venue, "kind", "name", "centre", "operating_mode", "position") | {"site": venue.site_id}
    empty = {f"{p}-{n}_FORMS": 0 for p in ("photos", "spaces") for n in ("TOTAL", "INITIAL")}
    page, off = url("venues.venue", "change", venue.pk), fields | empty | {"position": 0}
    answer = client.post(page, off)
    assert (len(errors(answer)), "周*明" in errors(answer)[1]) == (2, True)
    seen = answer.context["adminform"].form.data["seen"]
    assert client.post(page, off | {"understood": "on", "seen": seen}).status_code == 302
    booking.refresh_from_db()
    assert (Venue.objects.get(pk=venue.pk).is_active, booking.status) == (False, "confirmed")
    assert client.post(page, off | {"name": "旧馆"}).status_code == 302


def test_preview_shows_again_what_came_since(client, venue, manager):
    unit = Unit.objects.filter(venue=venue).first()
    booked(unit)
    page, off = url("venues.unit", "change", unit.pk), unit_fields(unit, is_active=None)
    seen = client.post(page, off).context["adminform"].form.data["seen"]
    booked(unit, hour=12)
    assert len(errors(client.post(page, off | {"understood": "on", "seen": seen}))) == 3
    assert Unit.objects.get(pk=unit.pk).is_active


def test_unit_without_bookings_is_switched_off_at_once(client, venue, manager):
    first, second = Unit.objects.filter(venue=venue)[:2]
    booked(second)
    assert client.post(url("venues.unit", "change", first.pk), unit_fields(first, is_active=None)).status_code == 302
    assert Unit.objects.get(pk=first.pk).is_active is False


def test_capacity_below_a_booked_party_is_saved_only_after_the_preview(client, venue, manager):
    unit, other = Unit.objects.filter(venue=venue)[:2]
    four = booked(unit, persons=4)
    booked(unit, hour=12, persons=3), booked(other, persons=6)
    page, smaller = url("venues.unit", "change", unit.pk), unit_fields(unit, capacity=3)
    answer = client.post(page, smaller)
    assert errors(answer)[0] == (
        "下面这些预约的人数超过改后的上限。预约都还在，到时照样能来：要换场地，或者打电话商量。看一遍，勾上，再保存一次。"
    )
    assert [spaced(four.number) in line for line in errors(answer)[1:]] == [True]
    assert Unit.objects.get(pk=unit.pk).capacity == 6
    seen = answer.context["adminform"].form.data["seen"]
    assert client.post(page, smaller | {"understood": "on", "seen": seen}).status_code == 302
    four.refresh_from_db()
    assert (Unit.objects.get(pk=unit.pk).capacity, four.status) == (3, "confirmed")


def test_capacity_that_holds_every_party_or_is_raised_is_saved_at_once(client, venue, manager):
    unit = Unit.objects.filter(venue=venue).first()
    booked(unit, persons=4)
    page = url("venues.unit", "change", unit.pk)
    assert [client.post(page, unit_fields(unit, capacity=persons)).status_code for persons in (4, 5)] == [302, 302]
    assert Unit.objects.get(pk=unit.pk).capacity == 5


def test_unit_switched_off_and_made_smaller_shows_everybody_on_it(client, venue, manager):
    unit = Unit.objects.filter(venue=venue).first()
    booked(unit, persons=4), booked(unit, hour=12)
    found = errors(client.post(url("venues.unit", "change", unit.pk), unit_fields(unit, is_active=None, capacity=3)))
    assert (found[0][:12], len(found)) == ("下面这些预约用的正是要让", 3)


def hours_fields(row: OpeningHours, **changes) -> dict:
    return {
        "venue": row.venue_id,
        "day_type": row.day_type,
        "opens_at": "08:00",
        "closes_at": "22:00",
        "first_day": row.first_day,
    } | changes


def test_shorter_hours_show_whom_they_hit(client, venue, manager):
    booked(Unit.objects.filter(venue=venue).first(), hour=20)
    row = OpeningHours.objects.get(venue=venue, day_type=tomorrow().weekday())
    page = url("venues.openinghours", "change", row.pk)
    found = errors(client.post(page, hours_fields(row, closes_at="20:30")))
    assert len(found) == 2
    assert "周*明" in found[1]
    row.refresh_from_db()
    assert row.closes_at == time(22)
    assert client.post(page, hours_fields(row, closes_at="21:00")).status_code == 302


def test_new_season_that_shuts_earlier_shows_whom_it_hits_and_is_not_saved_twice(client, venue, manager):
    booked(Unit.objects.filter(venue=venue).first(), hour=20)
    row = OpeningHours.objects.get(venue=venue, day_type=tomorrow().weekday())
    fields = hours_fields(row, closes_at="18:00", first_day=tomorrow().isoformat(), season="冬令")
    answer = client.post(url("venues.openinghours", "add"), fields)
    assert len(errors(answer)) == 2
    fields |= {"understood": "on", "seen": answer.context["adminform"].form.data["seen"]}
    assert client.post(url("venues.openinghours", "add"), fields).status_code == 302
    assert list(OpeningHours.objects.filter(season="冬令").values_list("closes_at", "palace")) == [
        (time(18), venue.palace_id)
    ]


def test_dated_exception_shows_whom_it_hits(client, venue, manager):
    booked(Unit.objects.filter(venue=venue).first())
    fields = {"venue": venue.pk, "day": tomorrow().isoformat(), "closed": "on", "reason": "检修"}
    assert len(errors(client.post(url("venues.openingexception", "add"), fields))) == 2
    other_day = fields | {"day": (tomorrow() + timedelta(days=1)).isoformat()}
    assert client.post(url("venues.openingexception", "add"), other_day).status_code == 302
    assert OpeningException.objects.get().day == tomorrow() + timedelta(days=1)


def test_hours_entered_twice_are_a_sentence_that_names_the_other_row(client, venue, manager):
    booked(Unit.objects.filter(venue=venue).first())
    row = OpeningHours.objects.get(venue=venue, day_type=0)
    add = url("venues.openinghours", "add")
    twice = "周一已经有 8:00–22:00（起始日期相同）。改那一条，或者让一段在另一段开始时结束；换季的时间要另写起始日期。"
    assert errors(client.post(add, hours_fields(row))) == [twice]
    assert client.post(add, hours_fields(row, opens_at="22:00", closes_at="23:00")).status_code == 302
    page = url("venues.openinghours", "change", row.pk)
    assert client.post(page, hours_fields(row, opens_at="07:00")).status_code == 302  # itself is no other row
    as_new = hours_fields(row, opens_at="07:00", _saveasnew="1")
    assert errors(client.post(page, as_new)) == [twice.replace("8:00", "7:00")]
    hours = OpeningHours.objects.filter(venue=venue, day_type=0)
    assert list(hours.values_list("opens_at", "closes_at")) == [(time(7), time(22)), (time(22), time(23))]


def test_closed_day_that_has_hours_is_a_sentence(client, venue, manager):
    OpeningException.objects.create(
        palace=venue.palace, venue=venue, day=tomorrow(), opens_at=time(10), closes_at=time(12), reason="盘点"
    )
    add, fields = url("venues.openingexception", "add"), {"venue": venue.pk, "day": tomorrow().isoformat()}
    assert errors(client.post(add, fields | {"closed": "on", "reason": "检修"})) == [
        "这一天已经有一条：10:00–12:00（盘点）。闭馆的日子只能有一条：改那一条，或者先把它删掉。"
    ]
    assert errors(client.post(add, fields | {"opens_at": "11:00", "closes_at": "14:00", "reason": "检修"})) == [
        "同一天已经有 10:00–12:00（盘点）。改那一条，或者让一段在另一段开始时结束。"
    ]
    more = fields | {"opens_at": "12:00", "closes_at": "14:00", "reason": "检修"}
    assert (client.post(add, more).status_code, OpeningException.objects.count()) == (302, 2)


def test_hours_that_somebody_entered_meanwhile_are_a_sentence(client, venue, manager, monkeypatch):
    """The form finds nothing yet; the database does."""
    monkeypatch.setattr(HoursQuerySet, "clashing_with", lambda rows, row: rows.none())
    row = OpeningHours.objects.get(venue=venue, day_type=0)
    assert errors(client.post(url("venues.openinghours", "add"), hours_fields(row))) == [
        "刚有人填了这段时间的开放时间。看看列表，改那一条就好。"
    ]
    fields = {"venue": venue.pk, "day": tomorrow().isoformat(), "closed": "on", "reason": "检修"}
    assert client.post(url("venues.openingexception", "add"), fields).status_code == 302
    assert errors(client.post(url("venues.openingexception", "add"), fields)) == [
        "刚有人给这一天的这段时间填了一条。看看列表，改那一条就好。"
    ]


def test_deleting_hours_lists_whom_it_hits(client, venue, manager):
    booked(Unit.objects.filter(venue=venue).first())
    row = OpeningHours.objects.get(venue=venue, day_type=tomorrow().weekday())
    page = client.get(url("venues.openinghours", "delete", row.pk)).content.decode()
    assert ("删掉以后，这些预约会落在开放时间以外" in page, "周*明" in page) == (True, True)
    assert OpeningHours.objects.filter(pk=row.pk).exists()


def test_hit_names_number_time_place_and_the_way_to_the_people(client, venue, manager):
    booking = booked(Unit.objects.filter(venue=venue).first(), hour=20)
    row = OpeningHours.objects.get(venue=venue, day_type=tomorrow().weekday())
    found = errors(client.post(url("venues.openinghours", "change", row.pk), hours_fields(row, closes_at="20:30")))[1]
    links = [reverse("desk_booking", args=[booking.number]), reverse("desk_member", args=[booking.member_id])]
    parts = [
        spaced(booking.number),
        "明天 20:00–21:00",
        "羽毛球馆 1 号场",
        "周*明",
        "1 人",
        *(f'href="{to}"' for to in links),
    ]
    assert [part for part in parts if part not in found] == []


def test_use_with_a_buffer_past_closing_is_hit_too(client, venue, manager):
    Policy.objects.filter(venue=venue).update(buffer_minutes=15)
    booked(Unit.objects.filter(venue=venue).first(), hour=21)
    row = OpeningHours.objects.get(venue=venue, day_type=tomorrow().weekday())
    page = url("venues.openinghours", "change", row.pk)
    assert len(errors(client.post(page, hours_fields(row, closes_at="21:00")))) == 2


# --- the calendar -------------------------------------------------------------------------------------------------


@pytest.fixture
def shut_on_holidays(venue):
    """Open every day, but on holidays from 13 to 15 only."""
    OpeningHours.objects.create(
        palace=venue.palace, venue=venue, day_type=7, opens_at=time(13), closes_at=time(15), first_day=date(2026, 1, 1)
    )
    return venue


def calendar_fields(day: date, **changes) -> dict:
    return {"day": day.isoformat(), "name": "补假", "counts_as": 7} | changes


def test_new_holiday_is_saved_only_after_the_preview(client, shut_on_holidays):
    enter(client, shut_on_holidays.palace, "admin")
    venue, other = shut_on_holidays, make_venue(make_palace(name="别处"), prices=[(8, 22, 0)])
    unit = Unit.objects.filter(venue=venue).first()
    booked(unit), booked(unit, hour=13), booked(Unit.objects.filter(venue=other).first())
    page, fields = url("venues.calendarday", "add"), calendar_fields(tomorrow())
    answer = client.post(page, fields)
    # The administrator sees no business: how many, and which palace; not whose.
    assert errors(answer)[1:] == [f"{venue.palace.name}：1 单预约。那边的服务台在“停用”页能看到，会给人打电话。"]
    assert not CalendarDay.objects.filter(day=tomorrow()).exists()
    seen = answer.context["adminform"].form.data["seen"]
    assert client.post(page, fields | {"understood": "on", "seen": seen}).status_code == 302
    assert CalendarDay.objects.get(day=tomorrow()).counts_as == 7


def test_holiday_names_bookings_to_who_may_see_them(client, shut_on_holidays):
    user = enter(client, shut_on_holidays.palace, "admin")
    RoleAssignment.objects.create(
        user=user,
        role="venue_manager",
        palace=shut_on_holidays.palace,
        first_day=date(2026, 1, 1),
        state="approved",
    )
    booking = booked(Unit.objects.filter(venue=shut_on_holidays).first())
    found = errors(client.post(url("venues.calendarday", "add"), calendar_fields(tomorrow())))
    assert (len(found), spaced(booking.number) in found[1], "周*明" in found[1]) == (2, True, True)


def test_changed_and_deleted_days_show_whom_they_hit_and_keep_their_day(client, shut_on_holidays):
    enter(client, shut_on_holidays.palace, "admin")
    day = CalendarDay.objects.create(day=tomorrow(), counts_as=7, name="补假")
    booked(Unit.objects.filter(venue=shut_on_holidays).first(), hour=14)
    # A working day instead, on which the house does not open at all.
    OpeningHours.objects.filter(venue=shut_on_holidays).exclude(day_type=7).delete()
    page, fields = url("venues.calendarday", "change", tomorrow().isoformat()), calendar_fields(tomorrow(), counts_as=0)
    assert len(errors(client.post(page, fields))) == 2
    deletion = client.get(url("venues.calendarday", "delete", tomorrow().isoformat())).content.decode()
    assert ("删掉以后，这些预约会落在开放时间以外" in deletion, "1 单预约" in deletion) == (True, True)
    renamed = calendar_fields(tomorrow() + timedelta(days=1), name="调休")
    assert client.post(page, renamed).status_code == 302
    day.refresh_from_db()
    assert (day.name, CalendarDay.objects.count()) == ("调休", 1)


def test_day_that_hits_nobody_is_saved_at_once(client, shut_on_holidays):
    enter(client, shut_on_holidays.palace, "admin")
    booked(Unit.objects.filter(venue=shut_on_holidays).first(), hour=13)
    assert client.post(url("venues.calendarday", "add"), calendar_fields(tomorrow())).status_code == 302


def closure_fields(**changes) -> dict:
    day = tomorrow().isoformat()
    return {
        "starts_at_0": day,
        "starts_at_1": "09:00",
        "ends_at_0": day,
        "ends_at_1": "12:00",
        "reason": "停电",
    } | changes


def test_closure_is_made_through_its_preview_and_the_service(client, venue, manager):
    booking = booked(Unit.objects.filter(venue=venue).first())
    fields = closure_fields(venue=venue.pk)
    answer = client.post(url("venues.closure", "add"), fields)
    assert len(errors(answer)) == 2
    booking.refresh_from_db()
    assert (Closure.objects.count(), booking.status) == (0, "confirmed")
    seen = answer.context["adminform"].form.data["seen"]
    assert client.post(url("venues.closure", "add"), fields | {"understood": "on", "seen": seen}).status_code == 302
    booking.refresh_from_db()
    closure = Closure.objects.get()
    assert (booking.status, booking.reason, closure.created_by, closure.palace) == (
        "cancelled",
        "停电",
        manager,
        venue.palace,
    )


def test_closure_that_ends_after_more_than_a_year_wants_the_tick(client, venue, manager):
    fields = closure_fields(venue=venue.pk, ends_at_0=(tomorrow() + timedelta(days=400)).isoformat())
    answer = client.post(url("venues.closure", "add"), fields)
    assert ("离现在一年多" in errors(answer)[-1], len(errors(answer)), Closure.objects.count()) == (True, 2, 0)
    seen = answer.context["adminform"].form.data["seen"]
    assert client.post(url("venues.closure", "add"), fields | {"understood": "on", "seen": seen}).status_code == 302
    assert Closure.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"ends_at_0": "2020-01-01", "starts_at_0": "2020-01-01"}, "past"),
        ({"venue": ""}, "target"),
        ({"ends_at_1": "08:00"}, "order"),
    ],
)
def test_closure_refusals_are_sentences(client, venue, manager, changes, expected):
    found = errors(client.post(url("venues.closure", "add"), closure_fields(venue=venue.pk) | changes))
    assert found == [REFUSALS[expected]]
    assert Closure.objects.count() == 0


def test_closure_cannot_be_changed_or_deleted(client, venue, manager):
    client.post(url("venues.closure", "add"), closure_fields(venue=venue.pk))
    closure = Closure.objects.get()
    assert client.get(url("venues.closure", "change", closure.pk)).status_code == 200
    assert client.post(url("venues.closure", "change", closure.pk), closure_fields()).status_code == 403
    assert client.post(url("venues.closure", "delete", closure.pk), {"post": "yes"}).status_code == 403


# --- prices -------------------------------------------------------------------------------------------------------


def tariff_fields(venue, lines=(), discounts=(), **changes) -> dict:
    found = {"venue": venue.pk, "first_day": "2027-01-01", "market_fen": "40", "lines-TOTAL_FORMS": len(lines), "lines-INITIAL_FORMS": 0,
             "discounts-TOTAL_FORMS": len(discounts), "discounts-INITIAL_FORMS": 0}  # fmt: skip
    for n, (audience, since, until, fen) in enumerate(lines):
        row = {"audience": audience, "days": "any", "from_time": since, "to_time": until, "price_fen": f"{fen / 100:g}"}
        found |= {f"lines-{n}-{name}": value for name, value in row.items()}
    for n, (category, percent) in enumerate(discounts):
        found |= {f"discounts-{n}-category": category, f"discounts-{n}-percent": percent}
    return found | changes


def test_tariff_explains_itself_with_an_example(client, venue, manager):
    lines = [("members", "08:00", "18:00", 0), ("members", "18:00", "22:00", 1500)]
    discounts = [("hardship", 0), ("model_worker", 50)]
    assert client.post(url("venues.tariff", "add"), tariff_fields(venue, lines, discounts)).status_code == 302
    tariff = Tariff.objects.get(first_day=date(2027, 1, 1))
    page = client.get(url("venues.tariff", "change", tariff.pk)).content.decode()
    assert "1 号场：会员 15 元，其他人 40 元，劳模 7.50 元，困难职工 免费。" in page


def test_prices_are_typed_and_shown_in_yuan(client, venue, manager):
    fields = tariff_fields(venue, [("members", "08:00", "18:00", 1250)])
    assert client.post(url("venues.tariff", "add"), fields).status_code == 302
    tariff = Tariff.objects.get(first_day=date(2027, 1, 1))
    assert (tariff.market_fen, tariff.lines.get().price_fen) == (4000, 1250)
    page = client.get(url("venues.tariff", "change", tariff.pk)).content.decode()
    assert ('name="market_fen" value="40"' in page, 'name="lines-0-price_fen" value="12.50"' in page) == (True, True)
    form = page.partition("reg-timeline")[0]
    assert ("每小时价格（元）" in form, "（分" in form) == (True, False)


@pytest.mark.parametrize("amount", ["-1", "1.234", "12,50", "", "10000.01"])
def test_price_that_is_none_is_refused(client, venue, manager, amount):
    fields = tariff_fields(venue, [("members", "08:00", "18:00", 0)]) | {"lines-0-price_fen": amount}
    answer = client.post(url("venues.tariff", "add"), fields)
    assert (answer.status_code, Tariff.objects.filter(venue=venue).count()) == (200, 1)


def test_tariff_with_two_discounts_of_one_category_is_refused(client, venue, manager):
    answer = client.post(url("venues.tariff", "add"), tariff_fields(venue, (), [("retired", 50), ("retired", 20)]))
    assert answer.status_code == 200
    assert (Tariff.objects.filter(venue=venue).count(), TariffDiscount.objects.count()) == (1, 0)


@pytest.mark.parametrize(
    ("second", "days", "status"),
    [
        (("members", "12:00", "18:00", 9000), "any", 200),
        (("members", "13:00", "18:00", 9000), "any", 302),
        (("members", "22:00", "08:00", 9000), "any", 302),  # round midnight, to the minute the other begins
        (("members", "22:00", "08:01", 9000), "any", 200),
        (("anyone", "12:00", "18:00", 9000), "any", 302),
        (("members", "12:00", "18:00", 9000), "weekend", 302),
    ],
)
def test_tariff_with_two_prices_for_one_time_is_refused(client, venue, manager, second, days, status):
    fields = tariff_fields(venue, [("members", "08:00", "13:00", 0), second]) | {"lines-1-days": days}
    answer = client.post(url("venues.tariff", "add"), fields)
    assert (answer.status_code, Tariff.objects.filter(venue=venue).count()) == (status, 2 if status == 302 else 1)
    if status == 200:
        lines = answer.context["inline_admin_formsets"][0].formset.non_form_errors()
        ends = {"12:00": "12:00–18:00 90 元", "22:00": "22:00–8:01 90 元"}[second[1]]
        assert [f"8:00–13:00 免费 和 {ends}" in line for line in lines] == [True]


def test_line_that_goes_makes_room_for_another(client, venue, manager):
    tariff = Tariff.objects.get(venue=venue)
    line = tariff.lines.get()
    fields = tariff_fields(venue, [("members", "08:00", "22:00", 0), ("members", "08:00", "13:00", 500)]) | {
        "first_day": "2020-01-01", "lines-INITIAL_FORMS": 1, "lines-0-id": line.pk, "lines-0-tariff": tariff.pk, "lines-0-DELETE": "on"
    }  # fmt: skip
    assert client.post(url("venues.tariff", "change", tariff.pk), fields).status_code == 302
    assert [each.price_fen for each in tariff.lines.all()] == [500]


def test_lines_stand_by_days_audience_and_time(client, venue, manager):
    tariff = Tariff.objects.get(venue=venue)
    tariff.lines.all().delete()
    rows = [("weekend", "anyone", 8), ("any", "members", 12), ("any", "anyone", 18), ("any", "members", 8)]
    for days, audience, hour in rows:
        TariffLine.objects.create(
            tariff=tariff, days=days, audience=audience, from_time=time(hour), to_time=time(hour + 1), price_fen=1
        )
    page = client.get(url("venues.tariff", "change", tariff.pk))
    shown = [form.instance for form in page.context["inline_admin_formsets"][0].formset.initial_forms]
    assert [(line.days, line.audience, line.from_time.hour) for line in shown] == sorted(
        rows, key=lambda row: (row[0], row[1], row[2])
    )


@pytest.mark.parametrize("register", ["venues.tariff", "venues.policy", "venues.closure"])
def test_units_are_offered_under_their_venue(client, venue, manager, register):
    make_venue(venue.palace, name="台球室", places=1)
    choices = list(client.get(url(register, "add")).context["adminform"].form.fields["unit"].choices)[1:]
    assert [(group, [label for _pk, label in units][:1]) for group, units in choices] == [
        (venue.name, [f"{venue.name} · 1 号场"]),
        ("台球室", ["台球室 · 1 号场"]),
    ]


def test_tariff_is_copied_for_a_new_season(client, venue, manager):
    old = Tariff.objects.get(venue=venue)
    line = old.lines.get()
    copy = {"_saveasnew": "1", "lines-TOTAL_FORMS": 1, "lines-INITIAL_FORMS": 1, "lines-0-id": line.pk, "lines-0-tariff": old.pk,
            "lines-0-audience": "members", "lines-0-days": "any", "lines-0-from_time": "08:00", "lines-0-to_time": "22:00",
            "lines-0-price_fen": "20"}  # fmt: skip
    assert client.post(url("venues.tariff", "change", old.pk), tariff_fields(venue, **copy)).status_code == 302
    assert sorted(TariffLine.objects.filter(tariff__venue=venue).values_list("tariff__first_day", "price_fen")) == [
        (date(2020, 1, 1), 1500),
        (date(2027, 1, 1), 2000),
    ]


def test_director_sets_prices_but_nothing_else(client, venue):
    enter(client, venue.palace, "director")
    assert client.post(url("venues.tariff", "add"), tariff_fields(venue)).status_code == 302
    assert client.post(url("venues.unit", "add"), {}).status_code == 403


# --- English --------------------------------------------------------------------------------------------------------


def test_registers_and_choices_bear_english_names_on_english_pages(client, venue, manager):
    Venue.objects.filter(pk=venue.pk).update(name_en="Badminton hall")
    Site.objects.filter(pk=venue.site_id).update(name_en="Main building")
    Space.objects.filter(venue=venue).update(name_en="Floor of six")
    Unit.objects.filter(venue=venue).update(name_en="Court")
    Allocation.objects.create(
        palace=venue.palace, space=venue.spaces.get(), starts_at=at(tomorrow(), 20), ends_at=at(tomorrow(), 22),
        kind="club", holder="羽协", holder_en="Badminton association",
    )  # fmt: skip
    client.cookies["django_language"] = "en"
    wanted = {
        ("venues.venue", "changelist"): ["Badminton hall", "Main building"],
        ("venues.unit", "changelist"): ["Court", "Badminton hall"],
        ("venues.allocation", "changelist"): ["Badminton association"],
        ("venues.closure", "add"): ["Main building", "Badminton hall", "Court"],
    }
    for (label, page), words in wanted.items():
        text = client.get(url(label, page)).content.decode()
        assert [word for word in words if word not in text] == [], label
        assert [word for word in (venue.name, venue.site.name, "羽协") if word in text] == [], label


def test_registers_write_times_in_one_way_on_english_pages(client, venue, manager):
    client.cookies["django_language"] = "en"
    text = client.get(url("venues.openinghours", "changelist")).content.decode()
    assert ("08:00" in text, "22:00" in text, "a.m." in text) == (True, True, False)
    closure = Closure(
        palace=venue.palace, venue=venue, starts_at=at(tomorrow(), 9), ends_at=at(tomorrow(), 20), reason="检修"
    )
    close(closure=closure, by=manager)
    text = client.get(url("venues.closure", "changelist")).content.decode()
    assert (", 09:00" in text, ", 20:00" in text, "p.m." in text) == (True, True, False)


# --- pictures -----------------------------------------------------------------------------------------------------


@pytest.fixture
def store(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)
    return tmp_path


def picture(size=(60, 40), **options) -> bytes:
    target = io.BytesIO()
    Image.new("RGB", size, "red").save(target, "JPEG", **options)
    return target.getvalue()


def with_photo(venue, content: bytes, name: str = "photo.jpg") -> dict:
    return {"site": venue.site_id, "kind": "badminton", "name": venue.name, "centre": "sports", "operating_mode": "self_run",
            "position": 0, "is_active": "on", "spaces-TOTAL_FORMS": 0, "spaces-INITIAL_FORMS": 0, "photos-TOTAL_FORMS": 1,
            "photos-INITIAL_FORMS": 0, "photos-0-venue": venue.pk, "photos-0-caption": "球场", "photos-0-position": 0,
            "photos-0-image": SimpleUploadedFile(name, content)}  # fmt: skip


def test_photo_is_kept_clean_and_served(client, venue, manager, store):
    exif = Image.Exif()
    exif[0x010E] = "where I live"
    answer = client.post(url("venues.venue", "change", venue.pk), with_photo(venue, picture((3200, 1800), exif=exif)))
    assert answer.status_code == 302
    photo = VenuePhoto.objects.get()
    client.logout()
    served = client.get(photo.image.url)
    image = Image.open(io.BytesIO(b"".join(served.streaming_content)))
    assert (served.status_code, served.headers["Content-Type"], served.headers["X-Content-Type-Options"]) == (
        200,
        "image/jpeg",
        "nosniff",
    )
    assert (image.size, dict(image.getexif())) == ((1600, 900), {})


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (
            b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
            "这不是能显示的图片。选一个 JPEG、PNG 或 WebP 文件。",
        ),
        (b"MZ" + b"\0" * 99, "这不是能显示的图片。选一个 JPEG、PNG 或 WebP 文件。"),
        (picture((400, 400))[:-300], "这张图片坏了。在电脑上打开另存一次，再传上来。"),
    ],
    ids=["svg", "program", "cut off"],
)
def test_hostile_upload_is_refused_with_a_sentence(client, venue, manager, store, content, expected):
    answer = client.post(url("venues.venue", "change", venue.pk), with_photo(venue, content))
    formset = answer.context["inline_admin_formsets"][0].formset
    assert (answer.status_code, formset.errors) == (200, [{"image": [expected]}])
    assert (VenuePhoto.objects.count(), list(store.rglob("*.*"))) == (0, [])


@pytest.mark.parametrize("path", ["venues/../../etc/passwd", "venues/x.svg", "other/0123456789abcdef0123456789abcdef.jpg",
                                  "venues/0123456789abcdef0123456789abcdef.jpg"])  # fmt: skip
def test_media_serves_only_names_of_its_own(client, store, path):
    assert client.get(f"/media/{path}").status_code == 404
    assert not default_storage.exists("venues/0123456789abcdef0123456789abcdef.jpg")


def test_site_plan_is_a_picture_too(client, venue, manager, store):
    site = venue.site
    fields = {"kind": "main", "name": site.name, "position": 0, "map_url": "https://map.example/1"}
    answer = client.post(
        url("venues.site", "change", site.pk), fields | {"plan": SimpleUploadedFile("plan.png", picture())}
    )
    site.refresh_from_db()
    assert (answer.status_code, site.plan.name[:6], site.map_url) == (302, "plans/", "https://map.example/1")
    kept = site.plan.name
    assert client.post(url("venues.site", "change", site.pk), fields | {"floor": "x"}).status_code == 302
    site.refresh_from_db()
    assert site.plan.name == kept
    answer = client.post(url("venues.site", "change", site.pk), fields | {"map_url": "javascript:alert(1)"})
    assert list(answer.context["adminform"].form.errors) == ["map_url"]


def stored(store) -> list[str]:
    return sorted(str(path.relative_to(store)) for path in store.rglob("*.*"))


def test_replaced_and_deleted_photos_leave_the_disk(client, venue, manager, store, django_capture_on_commit_callbacks):
    page = url("venues.venue", "change", venue.pk)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(page, with_photo(venue, picture()))
    first = VenuePhoto.objects.get()
    assert stored(store) == [first.image.name]
    again = with_photo(venue, picture()) | {"photos-INITIAL_FORMS": 1, "photos-0-id": first.pk}
    with django_capture_on_commit_callbacks() as waiting:
        client.post(page, again)
        assert len(stored(store)) == 2  # as long as it may still be rolled back
    for callback in waiting:
        callback()
    second = VenuePhoto.objects.get()
    assert (second.pk, second.image.name != first.image.name, stored(store)) == (first.pk, True, [second.image.name])
    with django_capture_on_commit_callbacks(execute=True):
        second.caption = "一号场"
        second.save()
    assert stored(store) == [second.image.name]
    with django_capture_on_commit_callbacks(execute=True):
        client.post(page, again | {"photos-0-DELETE": "on"})
    assert (VenuePhoto.objects.count(), stored(store)) == (0, [])


def test_file_stays_where_another_row_names_it_or_the_deletion_is_rolled_back(
    venue, store, django_capture_on_commit_callbacks
):
    photo = VenuePhoto(venue=venue, caption="球场")
    photo.image.save("0123456789abcdef0123456789abcdef.jpg", ContentFile(picture()))
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        photo.delete()
        transaction.set_rollback(True)
    photo = VenuePhoto.objects.get()
    twin = VenuePhoto.objects.create(venue=venue, caption="同一张", image=photo.image.name)
    with django_capture_on_commit_callbacks(execute=True):
        photo.delete()
    assert stored(store) == [twin.image.name]


def test_venue_and_site_take_their_pictures_with_them(
    client, venue, manager, store, django_capture_on_commit_callbacks
):
    site = Site.objects.create(palace=venue.palace, name="空站点")
    site.plan.save("0123456789abcdef0123456789abcdef.jpg", ContentFile(picture()))
    empty = Venue.objects.create(palace=venue.palace, site=venue.site, kind="gym", name="空馆")
    for n in range(2):
        VenuePhoto(venue=empty, caption=str(n)).image.save(
            f"{n}123456789abcdef0123456789abcdef.jpg", ContentFile(picture())
        )
    assert len(stored(store)) == 3
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(url("venues.venue", "delete", empty.pk), {"post": "yes"}).status_code == 302
    assert stored(store) == [site.plan.name]
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(url("venues.site", "delete", site.pk), {"post": "yes"}).status_code == 302
    assert stored(store) == []


def test_new_special_day_is_a_holiday_unless_said_otherwise(client, venue):
    enter(client, venue.palace, "admin")
    page = client.get(url("venues.calendarday", "add")).content.decode()
    assert re.findall(r'<option value="(\d)" selected', page) == ["7"]


# --- timeline -----------------------------------------------------------------------------------------------------


def test_timeline_of_a_tariff_says_which_line_changed_in_yuan(client, venue, manager):
    fields = tariff_fields(venue, [("members", "08:00", "18:00", 1250), ("members", "18:00", "22:00", 0)])
    client.post(url("venues.tariff", "add"), fields)
    tariff = Tariff.objects.get(first_day=date(2027, 1, 1))
    tariff.lines.filter(price_fen=0).update(price_fen=900)
    event = client.get(url("venues.tariff", "change", tariff.pk)).context["events"][0]
    assert (event.what, [(str(c.label), c.text) for c in event.changes]) == (
        "价目行 每天 18:00–22:00 核实过的会员",
        [("每小时价格", "0 元 → 9 元")],
    )


def test_list_of_tariffs_says_what_is_free(client, venue, manager):
    Tariff.objects.all().delete()
    Tariff.objects.create(palace=venue.palace, venue=venue, first_day=date(2027, 1, 1))
    page = client.get(url("venues.tariff", "changelist")).content.decode()
    assert re.findall(r"field-prices[^>]*>\s*([^<\s]+)", page) == ["免费"]


def test_page_and_history_tell_who_changed_what(client, venue, manager):
    site = venue.site
    client.post(url("venues.site", "change", site.pk), {"kind": "branch", "name": site.name, "position": 0})
    for page in ("change", "history"):
        event = client.get(url("venues.site", page, site.pk)).context["events"][0]
        assert (event.who, [(str(c.label), c.text) for c in event.changes]) == ("张建国", [("种类", "主宫 → 分部")])
