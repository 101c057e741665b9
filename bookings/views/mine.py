"""My bookings: what is coming, what was, one of them, giving it back, and its calendar file."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from bookings.forms import CancelForm
from bookings.ics import calendar_file
from bookings.mine_page import booking_page, cancel_page, list_title, listed
from bookings.models import Booking
from bookings.services import cancel_booking
from bookings.words import title_html

PAGE = 20
MOST_COMING = 100


def own_bookings(user):
    people = ("member__guardian", "policy", "unit__venue__site", "palace")
    return Booking.objects.own(user).select_related(*people)


@require_safe
def booking_list(request):
    now = timezone.now()
    coming = list(own_bookings(request.user).coming(now)[:MOST_COMING])
    page = Paginator(own_bookings(request.user).over(now), PAGE).get_page(request.GET.get("page"))
    context = {
        "title": title_html(*list_title(coming)),
        "coming": listed(coming, now, request.palace),
        "past": listed(page.object_list, now, request.palace),
        "page": page,
    }
    return render(request, "bookings/booking_list.html", context)


def booking_of(request, number) -> Booking:
    booking = get_object_or_404(own_bookings(request.user), number=number)
    request.palace = booking.palace
    return booking


@require_safe
def booking_detail(request, number):
    booking = booking_of(request, number)
    context = booking_page(booking, timezone.now(), is_new="new" in request.GET)
    return render(request, "bookings/booking_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def booking_cancel(request, number):
    booking = booking_of(request, number)
    form = CancelForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        return cancelled(request, booking, form)
    status = 400 if form.is_bound else 200
    return render(
        request, "bookings/booking_cancel.html", cancel_page(booking, timezone.now()) | {"form": form}, status=status
    )


def cancelled(request, booking, form):
    try:
        cancel_booking(booking=booking, by=request.user, reason=form.text())
    except ValidationError as error:
        booking.refresh_from_db()
        context = cancel_page(booking, timezone.now()) | {"form": form, "refusal": error.messages[0]}
        return render(request, "bookings/booking_cancel.html", context, status=409)
    messages.success(request, _("Given back. The place is open to others at once."))
    return redirect("booking_detail", booking.number)


@require_safe
def booking_ics(request, number):
    booking = booking_of(request, number)
    answer = HttpResponse(
        calendar_file(booking, request.build_absolute_uri("/")), content_type="text/calendar; charset=utf-8"
    )
    answer["Content-Disposition"] = f'attachment; filename="{booking.number}.ics"'
    return answer
