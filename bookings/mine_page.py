"""What a member reads about his own bookings."""

from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from palace.core.wording import day_text, hours_text, local_day, masked_name, money_text

from .confirm_page import gap, when_html
from .history import was_refused
from .models import Booking, BookingStatus
from .planning import given_back_until
from .pricing_text import explain
from .venue_page import board_link, where
from .words import cancel_rule, entrance, marked, moment_inside, place_html, spaced, title_html

CHIPS: dict[str, str] = {
    BookingStatus.PENDING: "wait",
    BookingStatus.CONFIRMED: "ok",
    BookingStatus.CANCELLED: "off",
    BookingStatus.USED: "",
    BookingStatus.NO_SHOW: "bad",
}


def price_text(booking: Booking) -> str:
    """What it costs and what of it is open."""
    price = {"price": money_text(booking.price_fen), "due": money_text(booking.due_fen)}
    if not booking.price_fen:
        return price["price"]
    if booking.waived_fen:
        price |= {"back": money_text(booking.waived_fen)}
        back = _("%(price)s, %(back)s of it given back") % price
        return _("%(line)s, %(due)s still to pay on site") % (price | {"line": back}) if booking.due_fen else back
    if booking.is_paid:
        return _("%(price)s, paid") % price
    if booking.status == BookingStatus.CANCELLED:
        return price["price"]
    if booking.paid_fen:
        return _("%(price)s, %(due)s of it still to pay on site") % price
    if booking.status == BookingStatus.USED:
        return _("%(price)s, not paid yet") % price
    return _("%(price)s, to be paid on site") % price


def chip(booking: Booking, now: datetime) -> tuple[str, str]:
    """State and kind of chip. What nobody checked in is over, not "booked"."""
    if booking.status == BookingStatus.CONFIRMED and booking.ends_at <= now:
        return capfirst(pgettext("booking", "over")), ""
    return capfirst(booking.get_status_display()), CHIPS[booking.status]


def listed(bookings, now: datetime, here) -> list[dict]:
    return [row(booking, now, here) for booking in bookings]


def row(booking: Booking, now: datetime, here) -> dict:
    text, kind = chip(booking, now)
    unit = booking.unit
    return {
        "day": day_text(booking.starts_at),
        "starts_at": booking.starts_at,
        "hours": hours_text(booking.starts_at, booking.ends_at),
        "place": place_html(unit, unit.venue),
        "price": price_text(booking),
        "for_whom": for_whom(booking),
        "palace": elsewhere(booking, here),
        "chip": text,
        "chip_kind": kind,
        "href": reverse("booking_detail", args=[booking.number]),
        "again": reverse("venue_board", args=[unit.venue_id]),
    }


def for_whom(booking: Booking) -> str:
    """The name of a dependant; nothing for oneself."""
    return masked_name(booking.member.name) if booking.member.guardian_id else ""


def elsewhere(booking: Booking, here) -> str:
    """The palace it is in, unless that is the palace one looks at: two of them have a gym."""
    return "" if here and booking.palace_id == here.pk else marked(booking.palace)


def list_title(coming: list[Booking]) -> tuple[str, str]:
    if not coming:
        return _("No booking ahead,"), _("choose a free place")
    first = moment_inside(coming[0].starts_at)
    count = ngettext("One booking ahead,", "%(n)s bookings ahead,", len(coming)) % {"n": len(coming)}
    return count, _("the next one: %(when)s") % {"when": first}


# --- one of them --------------------------------------------------------------------------------------------------


def booking_page(booking: Booking, now: datetime, *, is_new: bool) -> dict:
    text, kind = chip(booking, now)
    ahead = booking.is_active and booking.ends_at > now
    return {
        "booking": booking,
        "title": title_html(*title(booking, now, is_new)),
        "is_new": is_new and ahead,
        "is_ahead": ahead,
        "rows": rows(booking, now),
        "chip": text,
        "chip_kind": kind,
        "rule": cancel_rule(booking, now) if ahead else "",
        "can_cancel": ahead and now < given_back_until(booking),
        "give_back": give_back_text(booking),
        "card": card(booking, text) if ahead and booking.status == BookingStatus.CONFIRMED else None,
        "board": board_link(booking.unit.venue_id, local_day(max(booking.starts_at, now))),
    }


def title(booking: Booking, now: datetime, is_new: bool) -> tuple[str, str]:
    when = {"when": moment_inside(booking.starts_at)}
    if booking.status == BookingStatus.CANCELLED:
        return ended_text(booking), when["when"]
    if booking.status == BookingStatus.USED:
        return _("You were here:"), when["when"]
    if booking.status == BookingStatus.NO_SHOW:
        return _("Nobody came to this one:"), when["when"]
    if booking.ends_at <= now:
        return _("This one is over:"), when["when"]
    if booking.status == BookingStatus.PENDING:
        return _("Asked for,"), _("the venue answers before it begins")
    if is_new:
        return _("Booked,"), _("see you %(when)s") % when
    return _("Your place is waiting,"), _("see you %(when)s") % when


def ended_text(booking: Booking) -> str:
    """Who ended a cancelled booking; of a request, that nobody agreed to it."""
    if by_himself(booking):
        return _("This one is given back:")
    return _("The house could not agree to this one:") if was_refused(booking) else _("The house cancelled this one:")


def give_back_text(booking: Booking) -> str:
    return _("Take the request back") if booking.status == BookingStatus.PENDING else _("Give it back")


def by_himself(booking: Booking) -> bool:
    """Whether a cancelled booking was given back by its member or his guardian."""
    guardian = booking.member.guardian
    return booking.cancelled_by_id in {booking.member.user_id, guardian.user_id if guardian else None} - {None}


def rows(booking: Booking, now: datetime) -> list[tuple]:
    unit = booking.unit
    early = entrance(booking.starts_at, timedelta(minutes=booking.policy.early_minutes))
    ahead = booking.status == BookingStatus.CONFIRMED and now < booking.starts_at
    found = [
        (_("Number"), spaced(booking.number), ""),
        (_("Time"), when_html(booking.starts_at, booking.ends_at), early if ahead else ""),
        (_("Place"), place_html(unit, unit.venue), where(unit.venue)),
        (_("Price"), price_text(booking), explain(booking.price_basis, booking.price_fen)),
    ]
    if booking.party_size > 1:
        persons = ngettext("%(n)s person", "%(n)s persons", booking.party_size) % {"n": booking.party_size}
        found.append((_("Persons"), persons, ""))
    if booking.member.guardian_id:
        found.append((_("For whom"), masked_name(booking.member.name), ""))
    if booking.status == BookingStatus.CANCELLED and booking.reason:
        found.append((_("Reason"), booking.reason, ""))
    return found


def card(booking: Booking, state: str) -> dict:
    early = timedelta(minutes=booking.policy.early_minutes)
    return {
        "title": _("Code for the entrance"),
        "qr": booking.number,
        "qr_label": _("QR code for the entrance"),
        "code_label": _("It does not scan? Read out these digits"),
        "code": spaced(booking.number),
        "rule": entrance(booking.starts_at, early),
        "name": masked_name(booking.member.name),
        "chip": state,
    }


def next_ticket(booking: Booking, now: datetime, here) -> dict:
    """The booking as a ticket of the home page."""
    text, kind = chip(booking, now)
    confirmed = booking.status == BookingStatus.CONFIRMED
    early = timedelta(minutes=booking.policy.early_minutes)
    notes = [entrance(booking.starts_at, early)] if confirmed and now < booking.starts_at else []
    notes += [cancel_rule(booking, now)] if now < given_back_until(booking) else []
    return {
        "title": _("My next booking"),
        "chip": text,
        "chip_kind": kind,
        "when": short_when(booking),
        "palace": elsewhere(booking, here),
        "place": place_html(booking.unit, booking.unit.venue),
        "after": f"· {price_text(booking)}",
        "note": gap().join(notes),
        "qr": booking.number if confirmed else "",
        "qr_label": _("QR code for the entrance"),
        "code": spaced(booking.number),
        "code_label": _("Code for the entrance") if confirmed else _("Number"),
        "href": reverse("booking_detail", args=[booking.number]),
        "action": _("Show it large") if confirmed else _("Look at it"),
    }


def short_when(booking: Booking):
    """今天 14:00–15:00, in pieces that do not break."""
    hours = hours_text(booking.starts_at, booking.ends_at)
    return format_html('<span class="nb">{}</span> <span class="nb">{}</span>', day_text(booking.starts_at), hours)


def cancel_page(booking: Booking, now: datetime) -> dict:
    text, kind = chip(booking, now)
    return {
        "booking": booking,
        "is_asked": booking.status == BookingStatus.PENDING,
        "give_back": give_back_text(booking),
        "when": short_when(booking),
        "place": place_html(booking.unit, booking.unit.venue),
        "price": price_text(booking),
        "chip": text,
        "chip_kind": kind,
        "can_cancel": booking.is_active and now < given_back_until(booking),
        "too_late": booking.is_active and now >= given_back_until(booking),
        "detail": reverse("booking_detail", args=[booking.number]),
    }
