"""What members are told about their bookings. The topics are written with the changes themselves."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext, pgettext, pgettext_lazy

from palace.core import outbox
from palace.core.navigation import address
from palace.core.wording import clock_text, date_text, hours_text, local_day, local_text, money_text, weekday_text
from palace.notices.services import notify

from .models import Booking, BookingSource, BookingStatus


def declare() -> None:
    for topic, (function, name) in TOPICS.items():
        outbox.register(topic, function, name)


# --- facts, in the language that is active --------------------------------------------------------


def facts_of(booking: Booking, now) -> dict:
    return {
        "number": booking.number,
        "when": when_text(booking),
        "where": where_text(booking),
        "price": price_text(booking),
        "rule": rule_text(booking, now),
    }


def when_text(booking: Booking) -> str:
    """With its date, never "tomorrow": a message is also read later."""
    return f"{plain_day(booking.starts_at)} {hours_text(booking.starts_at, booking.ends_at)}"


def plain_day(moment) -> str:
    day = local_day(moment)
    return pgettext("date", "%(weekday)s %(date)s") % {"weekday": weekday_text(day), "date": date_text(day)}


def where_text(booking: Booking) -> str:
    """The unit alone where it is named like its venue."""
    names = [local_text(booking.unit.venue, "name"), local_text(booking.unit, "name")]
    return " ".join(dict.fromkeys(names))


def price_text(booking: Booking) -> str:
    price = money_text(booking.price_fen)
    if not booking.price_fen:
        return price
    sentence = gettext("%(price)s, paid") if booking.is_paid else gettext("%(price)s, to be paid on site")
    return sentence % {"price": price}


def rule_text(booking: Booking, now) -> str:
    if booking.cancel_before <= now:
        return gettext("It can no longer be cancelled")
    same_day = local_day(booking.cancel_before) == local_day(booking.starts_at)
    day = "" if same_day else f"{plain_day(booking.cancel_before)} "
    return gettext("Cancel before %(time)s") % {"time": f"{day}{clock_text(booking.cancel_before)}"}


def reason_text(booking: Booking) -> str:
    """Without its full stop: the sentence around it has one."""
    return booking.reason.rstrip(" 。.") or gettext("No reason was noted")


# --- topics ---------------------------------------------------------------------------------------


def booking_of(row) -> Booking:
    return Booking.objects.with_people().get(pk=row.payload["booking"])


def tell(kind: str, booking: Booking, *, more=dict, **options) -> None:
    """``more()`` adds facts, in the reader's language."""
    now = timezone.now()
    place: dict[str, Any] = {
        "palace_id": booking.palace_id,
        "subject_id": booking.pk,
        "link": address("booking_detail", booking.number),
    }
    notify(kind=kind, member=booking.member, facts=lambda: facts_of(booking, now) | more(), **place, **options)


def is_news(booking: Booking, status: str) -> bool:
    """Whether it still is as the message says, still to come, and nobody stood at the desk for it."""
    at_the_desk = booking.source == BookingSource.WALK_IN
    return booking.status == status and booking.ends_at > timezone.now() and not at_the_desk


def say_confirmed(row) -> None:
    booking = booking_of(row)
    if is_news(booking, BookingStatus.CONFIRMED):
        tell("booking_confirmed", booking, outbox=row)


def say_pending(row) -> None:
    booking = booking_of(row)
    if is_news(booking, BookingStatus.PENDING):
        tell("booking_pending", booking, outbox=row)


def say_approved(row) -> None:
    booking = booking_of(row)
    if is_news(booking, BookingStatus.CONFIRMED):
        tell("booking_approved", booking, outbox=row)


def say_moved(row) -> None:
    booking = booking_of(row)
    if is_news(booking, BookingStatus.CONFIRMED):
        tell("booking_moved", booking, outbox=row)
    elif is_news(booking, BookingStatus.PENDING):
        tell("booking_pending", booking, outbox=row)


def say_cancelled(row) -> None:
    """By the member himself, or by the house: then with the reason, and where the money is."""
    booking = booking_of(row)
    tell(
        cancelled_kind(row.payload),
        booking,
        outbox=row,
        more=lambda: {"reason": reason_text(booking), "more": refund_text(booking)},
    )


def cancelled_kind(payload: dict) -> str:
    if not payload.get("by_staff"):
        return "booking_cancelled"
    return "booking_refused" if payload.get("pending") else "booking_cancelled_by_house"


def refund_text(booking: Booking) -> str:
    return gettext("What you paid is given back at the desk.") if booking.paid_fen else ""


TOPICS = {
    "booking_confirmed": (say_confirmed, pgettext_lazy("topic", "Booking confirmed")),
    "booking_pending": (say_pending, pgettext_lazy("topic", "Booking waits for approval")),
    "booking_approved": (say_approved, pgettext_lazy("topic", "Booking approved")),
    "booking_moved": (say_moved, pgettext_lazy("topic", "Booking moved")),
    "booking_cancelled": (say_cancelled, pgettext_lazy("topic", "Booking cancelled")),
}
