"""Nobody came: marked from the start on, taken back by a late check-in; what was made up is not told to anybody."""

from datetime import date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError

from bookings.models import BookingStatus
from bookings.services import book_slot, cancel_booking, check_in, leave_unsaid, mark_no_show, take_payment
from palace.core.models import LedgerTransaction, OutboxMessage

from ..factories import at, make_member, make_user, make_venue

pytestmark = pytest.mark.django_db
DAY = date(2027, 3, 10)


def booked(**options):
    venue, member = make_venue(**options), make_member()
    times = {"starts_at": at(DAY, 10), "ends_at": at(DAY, 11), "now": at(DAY, 9)}
    return book_slot(unit=venue.units.first(), member=member, by=member.user, **times)


def refused(booking, now: datetime) -> str:
    with pytest.raises(ValidationError) as error:
        mark_no_show(booking=booking, now=now)
    return error.value.code


def test_mark_no_show_from_the_start_on():
    booking = booked()
    assert refused(booking, at(DAY, 10) - timedelta(seconds=1)) == "not_begun"
    assert mark_no_show(booking=booking, by=make_user(), now=at(DAY, 10)).status == BookingStatus.NO_SHOW
    assert refused(booking, at(DAY, 10)) == "not_active"


def test_mark_no_show_refuses_who_came_or_cancelled():
    came, gone = booked(), booked()
    check_in(booking=came, by=make_user(), now=at(DAY, 10))
    cancel_booking(booking=gone, by=gone.member.user, now=at(DAY, 9))
    assert [refused(each, at(DAY, 11)) for each in (came, gone)] == ["not_active", "not_active"]


def test_check_in_after_a_no_show_counts():
    booking = booked()
    mark_no_show(booking=booking, now=at(DAY, 10, 20))
    assert check_in(booking=booking, by=make_user(), now=at(DAY, 10, 25)).status == BookingStatus.USED


def test_take_payment_keeps_the_time_it_is_told():
    booking = booked(prices=[(8, 22, 1500)])
    paid = {"amount_fen": 1500, "account": "cash", "receipt_number": "R1", "now": at(DAY, 10, 5)}
    take_payment(booking=booking, by=make_user(), **paid)
    assert LedgerTransaction.objects.get().at == at(DAY, 10, 5)


def test_leave_unsaid_silences_its_bookings_only():
    before = booked()
    after = OutboxMessage.objects.latest("pk").pk
    quiet, loud = booked(), booked()
    leave_unsaid([quiet.pk, before.pk], after=after)
    waiting = OutboxMessage.objects.open().order_by("pk").values_list("payload__booking", flat=True)
    assert list(waiting) == [before.pk, loud.pk]
