"""What the desk's views share: the day and numbers that an address asks for, the booking, the way back."""

from datetime import date, timedelta

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from bookings.models import Booking
from palace.accounts.targets import asked_target

FARTHEST = timedelta(days=366)  # rules of older days are not kept at hand
LARGEST_ID = 2**63 - 1


def whole(text: str | None) -> int | None:
    """A number of a record, or None for anything else that stood in the address."""
    text = text or ""
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 20 else None
    return number if number is not None and number <= LARGEST_ID else None


def asked_day(request) -> date:
    """The day in the address; today, with a sentence, where it is no day or too far away."""
    today, text = timezone.localdate(), request.GET.get("day", "")
    if not text:
        return today
    day = day_of(text)
    if day is None:
        messages.warning(request, _("That is no day. Here is today."))
        return today
    if abs(day - today) > FARTHEST:
        messages.warning(request, _("The desk looks one year back and one year ahead. Here is today."))
        return today
    return day


def day_of(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None


def booking_here(request, number: str) -> Booking:
    """A booking of the palace in use; those of others do not exist here."""
    here = Booking.objects.in_palace(request.palace).visible_to(request.user).with_people()
    return get_object_or_404(here.select_related("policy", "cancelled_by"), number=number)


def may(request, right: str) -> bool:
    return request.user.may(right, request.palace)


def back(request, name: str, *args):
    """Where the press came from, else the page ``name``."""
    return redirect(asked_target(request) or redirect(name, *args).url)


def say_refusal(request, error: ValidationError) -> None:
    messages.error(request, error.messages[0])


def day_tabs(day: date, name: str) -> dict:
    """Yesterday, today and tomorrow as tabs of the page ``name``; any other day has a field beside them."""
    today = timezone.localdate()
    near = [
        (_("Yesterday"), today - timedelta(days=1)),
        (_("Today"), today),
        (_("Tomorrow"), today + timedelta(days=1)),
    ]
    tabs = [(label, f"{reverse(name)}?day={each.isoformat()}", each == day) for label, each in near]
    return {"tabs": tabs, "tabs_label": _("Choose a day")}
