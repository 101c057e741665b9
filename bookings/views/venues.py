"""Venues: the list, the board of one, and what there is to know about it."""

from datetime import date, timedelta

from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from bookings import board
from bookings.board_page import board_page
from bookings.forms import VenueFilterForm
from bookings.fullness import venue_ids
from bookings.models import Booking
from bookings.slots import busy, day_bounds
from bookings.venue_page import about, fits, last_day, list_title, listed, opening_text
from bookings.words import title_html
from palace.core.navigation import address
from palace.core.wording import local_day
from venues.models import Closure, Site, Venue
from venues.rules import Rulebook
from venues.search import finds

from .base import member_of, rules_of, viewer

RIBBON_DAYS = 7


@require_safe
def venue_list(request):
    palace = request.palace or None
    if palace is None:
        return render(request, "venues/venue_list.html", {"title": title_html(*list_title(None, [], {})), "venues": []})
    book = rules_of(request, palace)
    caller, now = viewer(request.user, member_of(request.user)), timezone.now()
    form = filter_form(request.GET.dict(), palace, book, local_day(now))
    wanted = form.wanted()
    shown = Venue.objects.visible_to(request.user).filter(palace=palace).matching(**wanted).select_related("site")
    found = [venue for venue in shown if finds(venue, wanted.get("q", ""))]
    rows = listed(book, found, form.day(), caller, now)
    venues = [row for row in rows if fits(row, wanted)]
    context = {
        "form": form,
        "venues": venues,
        "opens_at": opening_text(rows),
        "wanted": wanted,
        "title": title_html(*list_title(palace, venues, wanted, knows_day="free" not in form.errors)),
    }
    return render(request, "venues/venue_list.html", context)


def filter_form(data, palace, book: Rulebook, today: date) -> VenueFilterForm:
    """What can be asked for in this house: its sites, its kinds, and the days that can be booked now."""
    ids = venue_ids(book)
    units = [unit for pk in ids for unit in book.units_of(pk)]
    return VenueFilterForm(
        data,
        sites=Site.objects.filter(palace=palace),
        kinds={book.venues[pk].kind for pk in ids},
        today=today,
        last_day=last_day(book, units, today, today),
    )


@require_safe
def venue_board(request, pk):
    venue = shown_venue(request, pk)
    book = rules_of(request, venue.palace)
    now, today = timezone.now(), timezone.localdate()
    day, known = asked_day(request.GET.get("day"), today)
    first = today + RIBBON_DAYS * timedelta(days=(day - today).days // RIBBON_DAYS)
    since, until = day_bounds(first - timedelta(days=1), RIBBON_DAYS + 1)
    units = book.units_of(venue.pk)
    member = member_of(request.user)
    seen = board.Day(
        book=book,
        venue_id=venue.pk,
        day=day,
        caller=viewer(request.user, member),
        now=now,
        held=busy({unit.space_id for unit in units}, since, until),
        mine=Booking.objects.numbers_of(request.user, venue, since, until),
        reasons=Closure.objects.reasons(venue.palace_id, since, until),
    )
    context = board_page(
        venue,
        seen,
        first,
        asked=request.GET.get("sel", ""),
        as_list=request.GET.get("view") == "list",
        unfold="past" in request.GET,
    )
    context |= {
        "being_checked": member is not None and member.is_being_checked,
        "unknown_day": not known,
        "sign_in": address("sign_in"),
        "me": address("me"),
    }
    return render(request, "venues/venue_board.html", context)


@require_safe
def venue_about(request, pk):
    venue = shown_venue(request, pk)
    book = rules_of(request, venue.palace)
    return render(request, "venues/venue_about.html", about(venue, book, timezone.localdate()))


def shown_venue(request, pk) -> Venue:
    venues = Venue.objects.visible_to(request.user).select_related("site", "palace")
    return get_object_or_404(venues, pk=pk)


def asked_day(text: str | None, today: date) -> tuple[date, bool]:
    """The day that was asked for, and whether there was one to understand. Days gone by and years ahead are none."""
    if not text:
        return today, True
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return today, False
    return (day, True) if today <= day <= today + timedelta(days=366) else (today, False)
