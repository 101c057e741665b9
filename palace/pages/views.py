"""Pages that mix apps."""

from datetime import timedelta

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from bookings.fullness import venue_ids
from bookings.mine_page import next_ticket
from bookings.models import Booking
from bookings.slots import busy
from bookings.views.base import rules_of
from palace.notices.models import Announcement
from venues.models import Closure, Visit

from .home import home_page

AHEAD = timedelta(hours=4)  # the next three hours from the next full one


@require_safe
def home(request):
    palace, now = request.palace or None, timezone.now()
    announcements = Announcement.objects.visible_to(request.user).current(now).filter(palace=palace)
    booking = next_booking(request.user, now)
    context = {"ticket": next_ticket(booking, now, palace) if booking else None, "announcements": announcements[:3]}
    if palace is None:
        return render(request, "pages/home.html", context | home_page(None, {}, {}, {}, now))
    book = rules_of(request, palace)
    spaces = {unit.space_id for venue_id in venue_ids(book) for unit in book.units_of(venue_id)}
    held = busy(spaces, now, now + AHEAD)
    guests = Visit.objects.guests(palace.pk, now)
    reasons = Closure.objects.reasons(palace.pk, now, now + AHEAD)
    return render(request, "pages/home.html", context | home_page(book, held, guests, reasons, now))


def next_booking(user, now) -> Booking | None:
    if not user.is_authenticated:
        return None
    return Booking.objects.own(user).coming(now).select_related("policy", "unit__venue", "palace").first()
