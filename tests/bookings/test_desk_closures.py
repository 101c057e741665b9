"""Shutting something: whom it hits, the deed, opening again. And the sheet of a day on paper."""

from datetime import time, timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError

from bookings import day_sheet
from bookings.desk_board import Viewer, sheet
from bookings.models import Booking
from bookings.services import cancel_booking, check_in, undo_check_in
from bookings.stranded import stranded
from palace.core.models import OutboxMessage
from venues.models import Closure, Occupancy, OpeningException, Site, Venue, Visit
from venues.services import close, preview_closure

from ..factories import at, make_member, make_venue
from .house import DAY, NOW, OPEN, House, said, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def house():
    with time_machine.travel(NOW, tick=False):
        yield House()


def form(house, target=None, **change):
    fields = {
        "target": target or f"unit-{house.court.pk}",
        "starts_at": "2035-03-14T13:00",
        "ends_at": "2035-03-14T17:00",
        "reason": "灯具检修",
    }
    return fields | {"reason_en": ""} | change


def look(house, **change):
    return house.client().post("/desk/closures/new/", form(house, **change))


def confirm(house, seen, **change):
    return house.client().post("/desk/closures/new/", form(house, **change) | {"confirm": "1", "seen": seen})


def test_preview_names_whom_it_hits_and_changes_nothing(house):
    hit, _missed = house.book(14), house.book(12)
    response = look(house)
    assert (
        [h.holder_id for h in response.context["released"]],
        response.context["stay"],
        response.context["seen"],
    ) == ([hit.pk], [], f"booking-{hit.pk}")
    assert "周*明" in text(response)
    assert (Closure.objects.count(), Booking.objects.filter(status="confirmed").count()) == (0, 2)


def test_confirmed_closure_cancels_and_tells(house):
    hit, missed = house.book(14), house.book(12)
    response = confirm(house, f"booking-{hit.pk}")
    closure = Closure.objects.get()
    assert (response["Location"], said(response)) == ("/desk/closures/", ["停用了，取消并通知了 1 单。"])
    assert (closure.created_by, closure.reason, closure.starts_at, closure.ends_at) == (
        house.clerk,
        "灯具检修",
        at(DAY, 13),
        at(DAY, 17),
    )
    assert list(Booking.objects.order_by("pk").values_list("pk", "status", "reason")) == [
        (hit.pk, "cancelled", "灯具检修"),
        (missed.pk, "confirmed", ""),
    ]


def test_closure_that_hits_more_than_was_seen_is_shown_again(house):
    first = house.book(14)
    house.book(15, member=make_member())
    response = confirm(house, f"booking-{first.pk}")
    assert (
        response.status_code,
        response.context["changed"],
        len(response.context["released"]),
        Closure.objects.count(),
    ) == (200, True, 2, 0)


@pytest.mark.parametrize("kind", ["site", "venue", "unit"])
def test_everything_can_be_shut(house, kind):
    pk = {"site": house.hall.site_id, "venue": house.hall.pk, "unit": house.court.pk}[kind]
    confirm(house, "", target=f"{kind}-{pk}")
    places = sum(Occupancy.objects.holding().values_list("place_count", flat=True))
    assert places == {"site": 46, "venue": 6, "unit": 1}[kind]


def test_a_space_of_several_can_be_shut(house):
    second = house.hall.spaces.create(palace=house.palace, name="副馆", places=2)
    confirm(house, "", target=f"space-{second.pk}")
    assert Closure.objects.get().space == second


@pytest.mark.parametrize(
    "change",
    [
        {"target": ""},
        {"target": "unit-x"},
        {"target": "unit-999999"},
        {"target": "moon-1"},
        {"starts_at": ""},
        {"starts_at": "x"},
        {"starts_at": "0001-01-01T00:00"},
        {"ends_at": "9999-12-31T23:59"},
        {"ends_at": "2035-03-14T13:00"},
        {"ends_at": "2035-03-14T12:00"},
        {"reason": ""},
        {"reason": "x" * 61},
        {"reason_en": "x" * 81},
    ],
)
def test_form_that_is_wrong_is_asked_again(house, change):
    fields = form(house) | change
    response = house.client().post("/desk/closures/new/", fields | {"confirm": "1", "seen": ""})
    assert (response.status_code, bool(response.context["form"].errors), Closure.objects.count()) == (422, True, 0)


@pytest.mark.parametrize(("ends", "status", "count"), [("2035-03-14T10:20", 422, 0), ("2035-03-14T10:21", 200, 1)])
def test_closure_that_is_over_already_is_refused_with_its_preview(house, ends, status, count):
    assert look(house, starts_at="2035-03-14T09:00", ends_at=ends).status_code == status
    confirm(house, "", starts_at="2035-03-14T09:00", ends_at=ends)
    assert Closure.objects.count() == count


def test_closure_since_before_leaves_what_is_over(house):
    with time_machine.travel(NOW - timedelta(hours=2), tick=False):
        over, running = house.book(9), house.book(10)
    since = {"starts_at": "2035-03-13T09:00", "ends_at": "2035-03-14T12:00"}
    assert look(house, **since).context["seen"] == f"booking-{running.pk}"
    confirm(house, f"booking-{running.pk}", **since)
    assert dict(Booking.objects.values_list("pk", "status")) == {over.pk: "confirmed", running.pk: "cancelled"}
    assert Occupancy.objects.holding().filter(kind="booking").get().holder_id == over.pk


YEAR = at(DAY, 10, 20) + timedelta(days=366)
FAR = {"ends_at": f"{YEAR + timedelta(minutes=1):%Y-%m-%dT%H:%M}"}


def test_closure_of_a_year_is_not_asked_about(house):
    assert look(house, ends_at=f"{YEAR:%Y-%m-%dT%H:%M}").status_code == 200


def test_closure_that_ends_later_wants_a_tick(house):
    asked = look(house, **FAR)
    assert (asked.status_code, "要一直停用到 2036年3月14日，离现在一年多" in text(asked)) == (422, True)
    assert 'type="checkbox" name="is_sure"' in text(asked)
    shown = look(house, **FAR, is_sure="on")
    assert (shown.status_code, 'name="is_sure" value="on"' in text(shown)) == (200, True)
    confirm(house, "", **FAR)
    assert Closure.objects.count() == 0
    confirm(house, "", **FAR, is_sure="on")
    assert Closure.objects.get().ends_at == YEAR + timedelta(minutes=1)


def test_service_asks_whoever_calls_it(house):
    closure = Closure(
        palace=house.palace, unit=house.court, starts_at=NOW, ends_at=at(DAY.replace(year=2099), 9), reason="检修"
    )
    for call in (lambda: close(closure=closure, by=house.clerk), lambda: preview_closure(closure)):
        with pytest.raises(ValidationError) as refused:
            call()
        assert refused.value.code == "far_end"
    close(closure=closure, by=house.clerk, is_sure=True)


# --- who is in the house ------------------------------------------------------------------------------------------


@pytest.fixture
def party(house):
    """Playing since 10:00, until 12:00; it is 10:20."""
    with time_machine.travel(NOW - timedelta(minutes=30), tick=False):
        booking = house.book(10, minutes=120)
    return check_in(booking=booking, by=house.clerk, now=NOW)


def test_party_in_the_house_is_named_apart_and_not_called_told(house, party):
    later = house.book(14)
    response = look(house, starts_at="2035-03-14T11:00")
    assert (
        [h.holder_id for h in response.context["here"]],
        [h.holder_id for h in response.context["released"]],
        response.context["seen"],
    ) == ([party.pk], [later.pk], f"booking-{party.pk}-here,booking-{later.pk}")
    assert text(response).count("当面说一声") == 1
    response = confirm(house, response.context["seen"], starts_at="2035-03-14T11:00")
    assert said(response) == ["停用了，取消并通知了 1 单。有 1 组人在馆里，当面说一声。"]


def test_party_in_the_house_keeps_its_booking_its_visit_and_its_place_until_then(house, party):
    shut(house, at(DAY, 11), at(DAY, 17))
    party.refresh_from_db()
    visit = Visit.objects.get(source_id=party.pk)
    held = Occupancy.objects.holding().order_by("starts_at").values_list("kind", "starts_at", "ends_at")
    assert (party.status, party.reason, visit.persons, visit.leaves_at) == ("used", "", 1, at(DAY, 11))
    assert list(held) == [("booking", at(DAY, 10), at(DAY, 11)), ("closure", at(DAY, 11), at(DAY, 17))]
    assert not OutboxMessage.objects.filter(topic="booking_cancelled").exists()


def test_party_is_shut_out_from_now_on(house, party):
    shut(house, at(DAY, 9), at(DAY, 17))
    held = Occupancy.objects.holding().order_by("starts_at").values_list("kind", "starts_at", "ends_at")
    assert list(held)[1:] == [("booking", at(DAY, 10), NOW), ("closure", NOW, at(DAY, 17))]
    assert Visit.objects.get(source_id=party.pk).leaves_at == NOW


def test_party_in_the_gym_gives_up_all_its_places(house):
    with time_machine.travel(NOW - timedelta(minutes=30), tick=False):
        booking = house.book(10, unit=house.gym.units.get(), party_size=3)
    check_in(booking=booking, by=house.clerk, now=NOW)
    shut(house, at(DAY, 10, 30), at(DAY, 17), venue=house.gym)
    rows = Occupancy.objects.holding().filter(kind="booking")
    assert [(row.ends_at, row.place_count) for row in rows] == [(at(DAY, 10, 30), 3)]


def test_page_of_the_party_says_it_and_offers_no_way_back(house, party):
    shut(house, at(DAY, 11), at(DAY, 17))
    response = house.client().get(f"/desk/bookings/{party.number}/")
    assert (response.context["shut_at"], response.context["can_undo"]) == (at(DAY, 11), False)
    assert "当时人在馆里：预约和到访照算" in text(response)
    with pytest.raises(ValidationError) as refused:
        undo_check_in(booking=party, by=house.clerk, now=NOW)
    assert refused.value.code == "shut_meanwhile"


def test_board_shows_the_party_until_the_closure(house, party):
    shut(house, at(DAY, 11), at(DAY, 17))
    board = sheet(palace=house.palace, day=DAY, now=NOW, viewer=Viewer())
    row = next(r for group in board.groups for r in group.rows if any("周*明" in c.label for c in r.cells))
    marks = [(cell.span, cell.state) for cell in row.cells if cell.state in ("in", "closed")]
    assert marks == [(2, "in"), (12, "closed")]


# --- what the rules left behind -----------------------------------------------------------------------------------


def test_bookings_outside_the_hours_of_today_stay_in_sight(house):
    stays, lost = house.book(12), house.book(15)
    assert house.client().get("/desk/closures/").context["stranded"] == []
    OpeningException.objects.create(
        palace=house.palace, day=DAY, closed=False, opens_at=time(9), closes_at=time(15, 30), reason="盘点"
    )
    response = house.client().get("/desk/closures/")
    assert [hit.holder_id for hit in response.context["stranded"]] == [lost.pk]
    day = house.client().get("/desk/")
    assert (day.context["stranded_count"], day.context["tasks"], "有 1 单不在开放时间里" in text(day)) == (1, 1, True)
    assert (
        f"/desk/bookings/{lost.number}/" in text(response),
        f"/desk/members/{lost.member_id}/" in text(response),
    ) == (
        True,
        True,
    )
    house.court.is_active = False
    house.court.save()
    assert stranded(house.palace, NOW) == [stays.pk, lost.pk]
    cancel_booking(booking=lost, by=house.clerk, by_staff=True, reason="盘点")
    assert stranded(house.palace, NOW) == [stays.pk]


def test_things_of_another_house_cannot_be_shut(house):
    other = House()
    response = confirm(house, "", target=f"venue-{other.hall.pk}")
    assert (response.status_code, Closure.objects.count()) == (422, 0)


def shut(house, since, until, **target):
    closure = Closure(
        palace=house.palace, starts_at=since, ends_at=until, reason="检修", **target or {"unit": house.court}
    )
    close(closure=closure, by=house.clerk)
    return closure


def test_list_counts_and_names_the_states(house):
    running = shut(house, at(DAY, 10), at(DAY, 12))
    coming = shut(house, at(DAY, 15), at(DAY, 16))
    ended = shut(house, at(DAY, 17), at(DAY, 18))
    house.client().post(f"/desk/closures/{ended.pk}/end/")
    response = house.client().get("/desk/closures/")
    assert (response.context["running"], response.context["coming"]) == (1, 1)
    assert response.context["rows"] == [(running, "running"), (coming, "coming"), (ended, "ended")]


def test_end_early_opens_again(house):
    closure = shut(house, at(DAY, 10), at(DAY, 12))
    client = house.client()
    assert "重新开放" in text(client.get(f"/desk/closures/{closure.pk}/end/"))
    response = client.post(f"/desk/closures/{closure.pk}/end/")
    closure.refresh_from_db()
    assert (closure.ended_at, Occupancy.objects.holding().count(), said(response)) == (NOW, 0, ["1 号场重新开放了。"])


def test_what_is_over_is_not_ended_again(house):
    closure = shut(house, at(DAY, 10), at(DAY, 12))
    client = house.client()
    client.post(f"/desk/closures/{closure.pk}/end/")
    response = client.post(f"/desk/closures/{closure.pk}/end/")
    assert said(response)[-1] == "这次停用已经结束了。"


# --- the day on paper ---------------------------------------------------------------------------------------------


def test_day_sheet_has_everybody_of_the_day_by_venue(house):
    gym = house.gym.units.get()
    court, seat, here = (
        house.book(12),
        house.book(11, unit=gym, party_size=3),
        house.book(10, unit=gym, member=make_member()),
    )
    check_in(booking=here, by=house.clerk, now=NOW)
    gone = house.book(15)
    cancel_booking(booking=gone, by=house.clerk, by_staff=True, reason="检修")
    house.book(12, day=DAY + timedelta(days=1))
    response = house.client().get("/desk/day-sheet/")
    rows = [
        (venue, [line["booking"] for line in lines], persons) for venue, lines, persons in response.context["venues"]
    ]
    assert rows == [(house.hall, [court], 1), (house.gym, [here, seat], 4)]
    assert ("周小明" in text(response), "周*明" in text(response), "15 元" in text(response)) == (False, True, True)


def test_day_sheet_goes_from_site_to_site_as_the_board_does(house):
    branch = Site.objects.create(palace=house.palace, name="分部", position=1)
    away = make_venue(house.palace, name="分部球馆", position=0, hours=(9, 21), policy=OPEN)
    Venue.objects.filter(pk=away.pk).update(site=branch)
    Venue.objects.filter(pk=house.hall.pk).update(position=2)
    Venue.objects.filter(pk=house.gym.pk).update(position=1)
    for unit in (away.units.first(), house.court, house.gym.units.get()):
        house.book(12, unit=unit, member=make_member())
    printed = [venue for venue, _lines, _persons in house.client().get("/desk/day-sheet/").context["venues"]]
    assert printed == list(Venue.objects.all()) == [house.gym, house.hall, away]
    assert [venue for venue, _lines in day_sheet.sheet(house.palace, DAY)["venues"]] == printed


def test_day_sheet_of_an_empty_or_impossible_day(house):
    assert [house.client().get("/desk/day-sheet/", {"day": day}).context["count"] for day in ("2035-04-01", "x")] == [
        0,
        0,
    ]
