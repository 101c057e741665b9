"""Bookings at the desk: the list, one booking, check-in and its way back, cancelling, deciding."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bookings.history import history
from bookings.models import Booking
from bookings.refusals import SENTENCES
from bookings.services import cancel_booking, check_in, undo_check_in
from palace.core.models import OutboxMessage
from venues.models import Occupancy, Policy, Visit

from ..factories import at, make_member
from .house import DAY, NOW, House, address, said, text

pytestmark = pytest.mark.django_db
HX = {"HTTP_HX_REQUEST": "true"}


def over() -> str:
    return str(SENTENCES["not_active"])


@pytest.fixture
def house():
    with time_machine.travel(NOW, tick=False):
        yield House()


def listed(house, **query):
    return [booking for booking, _chip in house.client().get("/desk/bookings/", query).context["lines"]]


# --- list ---------------------------------------------------------------------------------------------------------


def test_list_is_of_the_day_by_time(house):
    late, early = house.book(14), house.book(12)
    other_day = house.book(12, day=DAY + timedelta(days=1))
    assert (listed(house), listed(house, day="2035-03-15")) == ([early, late], [other_day])


def test_list_takes_venue_and_state(house):
    court, gym = house.book(12), house.book(12, unit=house.gym.units.get())
    check_in(booking=gym, by=house.clerk, now=at(DAY, 12))
    assert (
        listed(house, venue=house.gym.pk),
        listed(house, status="confirmed"),
        listed(house, venue=house.gym.pk, status="confirmed"),
    ) == ([gym], [court], [])


def test_list_of_a_time_names_who_is_on_the_space_then_and_books_for_one_more(house):
    gym = house.gym.units.get()
    there = house.book(11, unit=gym, minutes=120)
    house.book(14, unit=gym), house.book(12)
    gone = house.book(12, unit=gym, member=make_member())
    cancel_booking(booking=gone, by=house.clerk, by_staff=True, reason="灯坏了")
    query = {"venue": house.gym.pk, "unit": gym.pk, "start": "2035-03-14T12:00"}
    assert (listed(house, **query), listed(house, start="nachmittags", venue=house.gym.pk)[:1]) == ([there], [there])
    page = text(house.client().get("/desk/bookings/", query))
    assert ("12:00</span>" in page, f"/desk/book/?venue={house.gym.pk}&amp;unit={gym.pk}&amp;start=" in page) == (
        True,
        True,
    )
    over = text(house.client().get("/desk/bookings/", query | {"start": "2035-03-14T10:00"}))
    assert ("/desk/book/?venue=" in over, listed(house, **query | {"start": "2035-03-14T13:00"})) == (False, [])


def test_list_of_a_member_reaches_over_days(house):
    today, later = house.book(12), house.book(12, day=DAY + timedelta(days=3))
    house.book(14, member=make_member())
    assert listed(house, member=house.member.pk) == [later, today]


@pytest.mark.parametrize("member", ["", "0", "abc", "-1", "99999999999999999999", "\x00", "７"])
def test_list_of_a_member_who_is_none_is_not_found(house, member):
    assert house.client().get("/desk/bookings/", {"member": member}).status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        {"venue": "x"},
        {"venue": "999999"},
        {"status": "lost"},
        {"page": "0"},
        {"page": "x"},
        {"day": "x"},
        {"venue": "\x00"},
    ],
)
def test_list_with_a_wrong_filter_is_the_whole_day(house, query):
    booking = house.book(12)
    assert listed(house, **query) == [booking]


def test_list_takes_the_same_queries_for_one_and_three_rows(house):
    client, counts = house.client(), []
    for hours in ([12], [13, 14]):
        for hour in hours:
            house.book(hour, member=make_member())
        client.get("/desk/bookings/")
        with CaptureQueriesContext(connection) as found:
            client.get("/desk/bookings/")
        counts.append(len(found))
    assert counts[0] == counts[1]


# --- one booking --------------------------------------------------------------------------------------------------


def test_booking_shows_masked_names_and_what_happened(house):
    booking = house.book(12)
    page = text(house.client().get(address("desk_booking", booking)))
    phone = house.member.user.phone.removeprefix("+86")
    assert ("周*明" in page, "周小明" in page, phone in page, "订下：" in page, "收 15 元" in page) == (
        True,
        False,
        False,
        True,
        True,
    )


@pytest.mark.parametrize("number", ["00000000", "123456789012"])
def test_unknown_number_is_not_found(house, number):
    assert house.client().get(f"/desk/bookings/{number}/").status_code == 404


def test_history_tells_the_life_in_words(house):
    Policy.objects.filter(venue=house.hall).update(needs_approval=True)
    booking = house.book(12, by=house.member.user, source="web")
    house.of("venue_manager").post(address("desk_approve", booking))
    house.client().post(address("desk_check_in", booking))  # too early: nothing to tell
    with time_machine.travel(at(DAY, 12), tick=False):
        client = house.client()
        client.post(address("desk_check_in", booking))
        client.post(address("desk_undo_check_in", booking))
        client.post(address("desk_cancel", booking), {"reason": "灯坏了"})
    booking.refresh_from_db()
    assert [(event.what, event.who) for event in history(booking)] == [
        ("取消", "王*霞"),
        ("撤销签到", "王*霞"),
        ("签到", "王*霞"),
        ("同意", "王*霞"),
        ("申请：网页", "会员本人"),
    ]


# --- check-in -----------------------------------------------------------------------------------------------------


def state(booking):
    booking.refresh_from_db()
    return booking.status, Visit.objects.filter(source="booking", source_id=booking.pk).values_list(
        "persons", flat=True
    ).first()


def test_check_in_is_one_press_and_makes_a_visit(house):
    booking = house.book(10, party_size=3)
    response = house.client().post(address("desk_check_in", booking))
    assert (response["Location"], state(booking), said(response)) == ("/desk/", ("used", 3), ["周*明签到了。"])
    visit = Visit.objects.get()
    assert (visit.venue, visit.member, visit.entered_at, visit.leaves_at, visit.recorded_by) == (
        house.hall,
        house.member,
        NOW,
        at(DAY, 11),
        house.clerk,
    )


def test_check_in_twice_counts_once(house):
    booking = house.book(10)
    client = house.client()
    client.post(address("desk_check_in", booking))
    client.post(address("desk_check_in", booking))
    assert (state(booking), Visit.objects.count()) == (("used", 1), 1)


def test_check_in_of_fewer_counts_who_came(house):
    booking = house.book(10, party_size=4)
    house.client().post(address("desk_check_in", booking), {"persons": "2"})
    assert state(booking) == ("used", 2)


@pytest.mark.parametrize(
    ("persons", "expected"),
    [("0", "confirmed"), ("7", "confirmed"), ("6", "used"), ("x", "confirmed"), ("-1", "confirmed"), (" ", "used")],
)
def test_check_in_of_persons_that_cannot_be_is_refused(house, persons, expected):
    booking = house.book(10)
    house.client().post(address("desk_check_in", booking), {"persons": persons})
    assert state(booking)[0] == expected


@pytest.mark.parametrize(("second", "expected"), [(-1, "confirmed"), (0, "used")])
def test_check_in_opens_ten_minutes_before(house, second, expected):
    booking = house.book(12)
    with time_machine.travel(at(DAY, 11, 50) + timedelta(seconds=second), tick=False):
        response = house.client().post(address("desk_check_in", booking))
    assert state(booking)[0] == expected
    assert len(said(response)) == 1


def test_check_in_swaps_its_row(house):
    booking = house.book(10)
    response = house.client().post(address("desk_check_in", booking), **HX)
    page = text(response)
    assert (
        response.status_code,
        f'id="arrival-{booking.number}"' in page,
        "undo-check-in" in page,
        "<html" in page,
    ) == (200, True, True, False)


def test_check_in_refused_keeps_its_row_with_the_reason(house):
    booking = house.book(12)
    response = house.client().post(address("desk_check_in", booking), **HX)
    page = text(response)
    assert (
        response.status_code,
        str(SENTENCES["too_early_to_check_in"]) % {"minutes": 10} in page,
        "11:50 起可签到" in page,
    ) == (409, True, True)


def test_check_in_comes_back_to_where_it_was_pressed(house):
    booking, page = house.book(10), "/desk/bookings/?status=confirmed"
    client = house.client()
    assert client.post(address("desk_check_in", booking), {"next": page})["Location"] == page
    assert (
        client.post(address("desk_check_in", booking), {"next": "https://elsewhere.example/"})["Location"] == "/desk/"
    )


def test_undo_takes_the_visit_back(house):
    booking = house.book(10)
    client = house.client()
    client.post(address("desk_check_in", booking))
    response = client.post(address("desk_undo_check_in", booking), **HX)
    assert (state(booking), "check-in/" in text(response)) == (("confirmed", None), True)


@pytest.mark.parametrize(("second", "status"), [(-1, "confirmed"), (0, "used")])
def test_undo_ends_with_the_booking(house, second, status):
    booking = house.book(10)
    check_in(booking=booking, by=house.clerk, now=NOW)
    with time_machine.travel(at(DAY, 11) + timedelta(seconds=second), tick=False):
        house.client().post(address("desk_undo_check_in", booking))
    assert state(booking)[0] == status


def test_undo_of_what_was_not_checked_in_is_refused(house):
    response = house.client().post(address("desk_undo_check_in", house.book(10)))
    assert said(response) == [over()]


def test_late_party_can_still_come(house):
    booking = house.book(10)
    with time_machine.travel(at(DAY, 10, 40), tick=False):
        assert "迟到 40 分" in text(house.client().get("/desk/"))
        house.client().post(address("desk_check_in", booking))
    assert state(booking) == ("used", 1)


# --- cancelling ---------------------------------------------------------------------------------------------------


def test_cancel_gives_the_place_back_and_tells_the_reason(house):
    booking = house.book(12)
    OutboxMessage.objects.update(done_at=NOW)
    response = house.client().post(address("desk_cancel", booking), {"reason": "灯坏了"})
    booking.refresh_from_db()
    assert (response.status_code, booking.status, booking.reason, booking.cancelled_by) == (
        302,
        "cancelled",
        "灯坏了",
        house.clerk,
    )
    assert (Occupancy.objects.holding().count(), OutboxMessage.objects.get(done_at=None).payload["by_staff"]) == (
        0,
        True,
    )


@pytest.mark.parametrize("reason", ["", "   ", "x" * 201])
def test_cancel_without_a_reason_is_refused(house, reason):
    booking = house.book(12)
    response = house.client().post(address("desk_cancel", booking), {"reason": reason})
    booking.refresh_from_db()
    assert (response.status_code, booking.status, bool(response.context["cancel_form"].errors)) == (
        422,
        "confirmed",
        True,
    )


def test_cancel_of_what_is_cancelled_says_so(house):
    booking = house.book(12)
    client = house.client()
    client.post(address("desk_cancel", booking), {"reason": "灯坏了"})
    response = client.post(address("desk_cancel", booking), {"reason": "再来一次"})
    assert (response.status_code, over() in text(response)) == (422, True)


# --- deciding -----------------------------------------------------------------------------------------------------


@pytest.fixture
def asked(house):
    Policy.objects.filter(venue=house.hall).update(needs_approval=True)
    return house.book(12, by=house.member.user, source="web")


def test_approvals_are_listed_soonest_first(house, asked):
    sooner = house.book(11, by=house.member.user, source="web")
    response = house.of("venue_manager").get("/desk/approvals/")
    assert ([booking for booking, _own in response.context["rows"]], response.context["count"]) == ([sooner, asked], 2)


def test_request_says_how_soon_it_begins_as_people_do(house, asked):
    house.book(14, day=DAY + timedelta(days=3), by=house.member.user, source="web")
    client = house.of("venue_manager")
    assert re.findall("[^>]+后开始", text(client.get("/desk/approvals/"))) == ["1 小时后开始", "3 天后开始"]
    client.cookies["django_language"] = "en"
    assert re.findall("begins in [^<]+", text(client.get("/desk/approvals/"))) == [
        "begins in 1 hour",
        "begins in 3 days",
    ]


def test_approve(house, asked):
    response = house.of("director").post(address("desk_approve", asked))
    asked.refresh_from_db()
    assert (response["Location"], asked.status, OutboxMessage.objects.last().topic) == (
        "/desk/approvals/",
        "confirmed",
        "booking_approved",
    )


def test_refusal_needs_a_reason_that_the_member_reads(house, asked):
    client = house.of("venue_manager")
    statuses = []
    for reason in ("", "  ", "a\x00", "字" * 201, "场地留给厂队联赛"):
        client.post(address("desk_decline", asked), {"reason": reason})
        asked.refresh_from_db()
        statuses.append((asked.status, asked.reason))
    assert statuses == [("pending", "")] * 4 + [("cancelled", "场地留给厂队联赛")]
    assert OutboxMessage.objects.last().payload == {"booking": asked.pk, "by_staff": True, "pending": True}


@pytest.mark.parametrize("name", ["desk_approve", "desk_decline"])
def test_nobody_decides_on_his_own_request(house, name):
    Policy.objects.filter(venue=house.hall).update(needs_approval=True)
    manager = house.staff("venue_manager")
    own = make_member(user=manager)
    child = make_member(user=None, guardian=own, name="吕小乐")
    rows = [
        house.book(hour, member=member, by=manager, source="web")
        for hour, member in ((12, own), (13, child), (14, house.member))
    ]
    client = house.client(manager)
    for booking in rows:
        response = house.client(manager).post(address(name, booking), {"reason": "试试"})
        assert said(response) == [str(SENTENCES["own_request"])]
    assert set(Booking.objects.values_list("status", flat=True)) == {"pending"}
    assert [own for _booking, own in client.get("/desk/approvals/").context["rows"]] == [True, True, True]


@pytest.mark.parametrize("name", ["desk_approve", "desk_decline"])
def test_what_is_decided_is_decided(house, asked, name):
    client = house.of("venue_manager")
    client.post(address("desk_approve", asked))
    response = client.post(address(name, asked), {"reason": "试试"})
    assert said(response)[-1] == over()


def test_undo_of_a_check_in_keeps_the_places(house):
    booking = house.book(10)
    check_in(booking=booking, by=house.clerk, now=NOW)
    undo_check_in(booking=booking, by=house.clerk, now=NOW)
    assert Occupancy.objects.holding().of("booking", booking.pk).count() == 1
