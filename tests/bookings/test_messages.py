"""What members are told about their bookings, in both languages; what is no news is not told."""

from datetime import date, timedelta

import pytest
import time_machine
from django.utils.translation import override

from bookings.models import Booking
from bookings.services import approve_booking, book_slot, cancel_booking, move_booking, take_payment
from palace.core import outbox
from palace.core.models import OutboxMessage
from palace.core.wording import local_text
from palace.notices.models import Message
from tests.factories import at, make_member, make_user, make_venue

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 28)  # a Saturday


@pytest.fixture(autouse=True)
def clock():
    """The database keeps its own clock; what is due there is due at once."""
    with time_machine.travel(at(DAY, 9), tick=False) as clock:
        yield clock


def house(**options):
    return make_venue(**{"prices": [(12, 22, 1500)]} | options)


def book(venue, member, hour=14, now=None, **options):
    unit, by = venue.units.first(), options.pop("by", member.user)
    since = at(DAY, hour)
    return book_slot(
        unit=unit,
        member=member,
        by=by,
        starts_at=since,
        ends_at=since + timedelta(hours=1),
        now=now or at(DAY, 9),
        **options,
    )


def reader(language="zh-hans"):
    return make_member(user=make_user(language=language))


def manager(venue):
    return make_user(role="venue_manager", palace=venue.palace)


def deliver(language="zh-hans"):
    """Run every row that waits; kinds, titles and texts that were written for the portal, as a page in ``language`` shows them."""
    OutboxMessage.objects.update(due_at=at(date(2020, 1, 1), 0))
    before = set(Message.objects.values_list("pk", flat=True))
    for row in OutboxMessage.objects.open().order_by("pk"):
        assert outbox.deliver(row.pk), OutboxMessage.objects.get(pk=row.pk).error
    fresh = Message.objects.exclude(pk__in=before).filter(channel="in_app").order_by("pk")
    with override(language):
        return [(m.kind, local_text(m, "title"), local_text(m, "body")) for m in fresh]


@pytest.mark.parametrize(
    ("language", "title", "body"),
    [
        (
            "zh-hans",
            "订好了：羽毛球馆 1 号场",
            "周六 11月28日 14:00–15:00，羽毛球馆 1 号场 订好了，预约号 {n}，15 元，到馆付。来不了，13:30 前退场不记爽约。",
        ),
        (
            "en",
            "Booked: Badminton hall Court 1",
            "Sat 28 Nov 14:00–15:00, Badminton hall Court 1 is booked, number {n}, ¥15, to be paid on site. Cancel before 13:30.",
        ),
    ],
)
def test_booking_confirmed_is_told(language, title, body):
    booking = book(house(), reader(language))
    assert deliver(language) == [("booking_confirmed", title, body.format(n=booking.number))]


def test_booking_confirmed_goes_out_by_sms_with_its_values():
    booking = book(house(), reader())
    deliver()
    sms = Message.objects.get(channel="sms")
    assert sms.params["values"] == {
        "when": "周六 11月28日 14:00–15:00",
        "where": "羽毛球馆 1 号场",
        "number": booking.number,
        "price": "15 元，到馆付",
        "rule": "来不了，13:30 前退场不记爽约",
    }
    assert (sms.subject_id, sms.palace_id) == (booking.pk, booking.palace_id)


def test_booking_confirmed_without_price_is_free():
    booking = book(house(prices=[]), reader())
    body = f"周六 11月28日 14:00–15:00，羽毛球馆 1 号场 订好了，预约号 {booking.number}，免费。来不了，13:30 前退场不记爽约。"
    assert deliver() == [("booking_confirmed", "订好了：羽毛球馆 1 号场", body)]


def test_booking_confirmed_says_the_day_of_a_notice_that_ends_earlier():
    book(house(policy={"cancel_notice_minutes": 24 * 60}), reader(), now=at(DAY, -24))
    with time_machine.travel(at(DAY, -24)):
        assert "来不了，周五 11月27日 14:00 前退场不记爽约" in deliver()[0][2]


def test_booking_confirmed_inside_the_notice_says_so():
    """Booked at 13:35 for 14:00, while cancelling ends at 13:30."""
    with time_machine.travel(at(DAY, 13, 35)):
        book(house(), reader(), now=at(DAY, 13, 35))
        assert deliver()[0][2].endswith("，15 元，到馆付。快开场了，不能再退。")


def test_booking_pending_and_approved_are_told():
    venue = house(policy={"needs_approval": True})
    booking = book(venue, reader())
    assert [kind for kind, *_rest in deliver()] == ["booking_pending"]
    approve_booking(booking=booking, by=manager(venue))
    title = "批准了：羽毛球馆 1 号场"
    body = f"周六 11月28日 14:00–15:00，羽毛球馆 1 号场 批准了，预约号 {booking.number}，15 元，到馆付。来不了，13:30 前退场不记爽约。"
    assert deliver() == [("booking_approved", title, body)]


def test_booking_cancelled_by_the_member_is_told():
    booking = book(house(), reader())
    deliver()
    cancel_booking(booking=booking, by=booking.member.user, now=at(DAY, 9))
    body = f"周六 11月28日 14:00–15:00，羽毛球馆 1 号场，预约号 {booking.number}。这一场你退了，场地已经放出来。"
    assert deliver() == [("booking_cancelled", "退场了：羽毛球馆 1 号场", body)]


@pytest.mark.parametrize(("paid", "more"), [(0, ""), (1500, " 付过的钱到前台退。")], ids=["not paid", "paid"])
def test_booking_cancelled_by_the_house_is_told_with_the_reason(paid, more):
    venue = house()
    booking = book(venue, reader())
    deliver()
    if paid:
        by = make_user(role="desk", palace=venue.palace)
        take_payment(booking=booking, by=by, amount_fen=paid, account="cash", receipt_number="A1")
    cancel_booking(booking=booking, by=manager(venue), by_staff=True, reason="地板进水。", now=at(DAY, 9))
    body = f"周六 11月28日 14:00–15:00，羽毛球馆 1 号场，预约号 {booking.number}，这一场用不了了。原因：地板进水。另挑一场，或者到前台问问。{more}"
    assert deliver() == [("booking_cancelled_by_house", "宫里取消了这一场：羽毛球馆 1 号场", body)]


def test_a_request_that_is_refused_is_told_with_the_reason():
    venue = house(policy={"needs_approval": True})
    booking = book(venue, reader("en"))
    deliver()
    cancel_booking(booking=booking, by=manager(venue), by_staff=True, reason="Concert", now=at(DAY, 9))
    body = (
        f"Sat 28 Nov 14:00–15:00, Badminton hall Court 1, number {booking.number} was not approved. Reason: Concert. "
        "Choose another time, or ask at the desk."
    )
    assert deliver("en") == [("booking_refused", "Not approved: Badminton hall Court 1", body)]


def test_booking_moved_is_told():
    venue = house()
    booking = book(venue, reader())
    deliver()
    move_booking(
        booking=booking, unit=venue.units.all()[1], starts_at=at(DAY, 16), by=booking.member.user, now=at(DAY, 9)
    )
    body = f"改到 周六 11月28日 16:00–17:00，羽毛球馆 2 号场，预约号 {booking.number}，15 元，到馆付。来不了，15:30 前退场不记爽约。"
    assert deliver() == [("booking_moved", "换好了：羽毛球馆 2 号场", body)]


def test_a_confirmation_that_was_overtaken_is_not_told():
    """Cancelled before the worker came to the first message: only the last one is true."""
    booking = book(house(), reader())
    cancel_booking(booking=booking, by=booking.member.user, now=at(DAY, 9))
    assert [kind for kind, *_rest in deliver()] == ["booking_cancelled"]


@pytest.mark.parametrize(("hour", "kinds"), [(14, ["booking_confirmed"]), (15, [])])
def test_a_confirmation_after_the_end_is_not_told(hour, kinds, clock):
    book(house(), reader())
    clock.move_to(at(DAY, hour, 0))
    assert [kind for kind, *_rest in deliver()] == kinds


def test_a_walk_in_stands_at_the_desk_already():
    venue = house()
    Booking.objects.filter(pk=book(venue, reader()).pk).update(source="walk_in")
    assert deliver() == []


def test_a_person_without_account_gets_the_slip_of_the_desk_only():
    venue, member = house(), make_member()
    type(member).objects.filter(pk=member.pk).update(user=None)
    member.refresh_from_db()
    book(venue, member, by=manager(venue), source="desk")
    assert deliver() == []


def test_a_dependants_booking_is_told_to_the_guardian():
    guardian = reader()
    child = type(guardian).objects.create(name="周小小", guardian=guardian, state="verified", verified_at=at(DAY, 8))
    book(house(), child, by=guardian.user)
    deliver()
    assert {m.member for m in Message.objects.all()} == {guardian}


def test_a_row_that_is_handed_over_twice_is_told_once():
    book(house(), reader())
    deliver()
    OutboxMessage.objects.update(done_at=None)
    assert deliver() == []
