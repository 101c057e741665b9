"""Paper: the sheet of a day, and the slip for somebody without a phone."""

from datetime import timedelta

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache

from bookings import day_sheet
from bookings.models import Booking, BookingStatus
from bookings.slots import MIDNIGHT
from bookings.words import cancel_rule, entrance, place_text, spaced
from venues.rules import at

from .base import asked_day, booking_here, day_tabs


@never_cache
def desk_day_sheet(request):
    """Everybody awaited on the day, whoever came already with a tick."""
    day = asked_day(request)
    venues: dict = {}
    for booking in of_day(request.palace, day):
        venues.setdefault(booking.unit.venue, []).append(day_sheet.line_of(booking))
    rows = [(venue, lines, sum(line["booking"].party_size for line in lines)) for venue, lines in venues.items()]
    count = sum(len(lines) for _venue, lines, _persons in rows)
    context = {"day": day, "venues": rows, "count": count, "made": day_sheet.made_text(timezone.now())}
    context["written_day"] = day_sheet.day_on_paper(day)
    return render(request, "desk/day_sheet.html", context | day_tabs(day, "desk_day_sheet"))


def of_day(palace, day):
    begin = at(day, MIDNIGHT)
    rows = (
        Booking.objects.in_palace(palace)
        .exclude(status=BookingStatus.CANCELLED)
        .on_day(begin, begin + timedelta(days=1))
    )
    return rows.select_related("member", "unit__venue").order_by(*day_sheet.ORDER)


@never_cache
def desk_slip(request, number):
    booking = booking_here(request, number)
    now = timezone.now()
    context = {"booking": booking, "number": spaced(booking.number), "made": day_sheet.made_text(now)}
    context |= {
        "cancelled": booking.status == BookingStatus.CANCELLED,
        "place": place_text(booking.unit, booking.unit.venue),
        "entrance": entrance(booking.starts_at, early(booking)),
    }
    return render(request, "desk/slip.html", context | {"rule": cancel_rule(booking, now)})


def early(booking):
    return timedelta(minutes=booking.policy.early_minutes)
