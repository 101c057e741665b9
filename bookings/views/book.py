"""Checking and confirming one booking. Nothing is held before the answer; a clash offers the nearest free times."""

from datetime import datetime, timedelta

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from bookings.confirm_page import confirm_page, refused_page, twin_page
from bookings.forms import KEY_LENGTH, BookingForm, new_key
from bookings.models import Booking
from bookings.offers import Offer, minutes_of, offer_of
from bookings.refusals import refuse
from bookings.services import booking_made_with, place_booking
from bookings.slots import busy, day_bounds
from palace.accounts.models import Member
from palace.core.constraints import YEARS
from palace.core.wording import local_day
from venues.models import Unit
from venues.rules import SHANGHAI

from .base import rules_of, viewer

CLASHES = frozenset({"taken", "allocated", "busy", "key_reused"})


@require_http_methods(["GET", "HEAD", "POST"])
def booking_confirm(request, unit_id):
    unit = get_object_or_404(Unit.objects.bookable().select_related("venue__site", "venue__palace"), pk=unit_id)
    book = rules_of(request, unit.venue.palace)
    request.section = "venue"
    people, now = people_of(request.user), timezone.now()
    caller = viewer(request.user, people[0] if people else None)
    asked = parsed_start(request.GET.get("start"))
    start = asked or now
    held = busy({u.space_id for u in book.units_of(unit.venue_id)}, *days_around(start))
    desk = Desk(request, unit, book, people, caller, held, now)
    if asked is None:
        return desk.refused(refuse("bad_start"), start)
    if not people:
        return desk.refused(refuse("no_member"), start)
    if request.method == "POST":
        return desk.book(start)
    return desk.check(start)


class Desk:
    """One request to book: who asks for what, and the answer as a page."""

    def __init__(self, request, unit, book, people, caller, held, now):
        self.request, self.unit, self.rules, self.people = request, unit, book, people
        self.caller, self.held, self.now = caller, held, now

    def offer(self, start: datetime) -> Offer:
        return offer_of(self.rules, self.unit.pk, start, self.held[self.unit.space_id], self.caller, self.now)

    def twin(self, start: datetime):
        """The page about the booking of this very slot that he has already, unless he asks for one more."""
        own = Booking.objects.own(self.request.user).active().filter(unit=self.unit, starts_at=start)
        found = None if "again" in self.request.GET else own.first()
        if found is None:
            return None
        context = twin_page(self.unit, found, self.request.get_full_path())
        return render(self.request, "bookings/booking_twin.html", context)

    def check(self, start: datetime):
        try:
            offer = self.offer(start)
        except ValidationError as error:
            return self.refused(error, start)
        if offer.refusal:
            return self.twin(start) or self.refused(offer.refusal, start)
        return self.twin(start) or self.page(
            offer, BookingForm(offer=offer, people=self.people, initial=self.first_values(offer))
        )

    def first_values(self, offer: Offer) -> dict:
        plan = offer.plan_of(whole(self.request.GET.get("minutes")))
        return {
            "key": new_key(),
            "minutes": minutes_of(plan),
            "party_size": offer.smallest,
            "member": self.people[0].pk,
        }

    def book(self, start: datetime):
        """A form that was sent before is answered by its key, even when its place is taken by now: by itself."""
        before = self.made_before()
        if before:
            messages.info(
                self.request, _("This page booked this one already. To change it, give it back and book again.")
            )
            return redirect("booking_detail", before.number)
        twin = self.twin(start)
        if twin:
            return twin
        try:
            offer = self.offer(start)
        except ValidationError as error:
            return self.refused(error, start)
        if offer.refusal:
            return self.refused(offer.refusal, start)
        form = BookingForm(self.request.POST, offer=offer, people=self.people)
        if not form.is_valid():
            return self.page(offer, form, status=400)
        return self.placed(start, form)

    def made_before(self) -> Booking | None:
        key = self.request.POST.get("key", "")
        fits = 0 < len(key) <= KEY_LENGTH and "\x00" not in key
        return booking_made_with(by=self.request.user, key=key) if fits else None

    def placed(self, start: datetime, form: BookingForm):
        try:
            placed = place_booking(
                palace_id=self.unit.palace_id,
                unit_id=self.unit.pk,
                member=form.member(),
                starts_at=start,
                ends_at=start + timedelta(minutes=form.minutes()),
                by=self.request.user,
                party_size=form.party_size(),
                source="web",
                key=form.cleaned_data["key"],
            )
        except ValidationError as error:
            return self.refused(error, start)
        number = placed.number or Booking.objects.values_list("number", flat=True).get(pk=placed.id)
        return redirect(f"{reverse('booking_detail', args=[number])}?new=1")

    def page(self, offer: Offer, form: BookingForm, status: int = 200):
        minutes = whole(form["minutes"].value()) if "minutes" in form.fields else None
        context = confirm_page(self.unit, self.people, offer, minutes, self.now)
        return render(self.request, "bookings/booking_confirm.html", context | {"form": form}, status=status)

    def refused(self, error: ValidationError, start: datetime):
        code = error.code or ""
        context = refused_page(self.rules, self.unit, error, start, self.held, self.caller, self.now)
        context["being_checked"] = code == "audience" and bool(self.people) and self.people[0].is_being_checked
        return render(self.request, "bookings/booking_refused.html", context, status=409 if code in CLASHES else 400)


def people_of(user) -> list[Member]:
    """Who may be booked for: oneself first, then dependants. One query."""
    people = Member.objects.with_hardship().family_of(user)
    return sorted(people, key=lambda person: (person.user_id != user.pk, person.pk))


def days_around(start: datetime) -> tuple[datetime, datetime]:
    """From the day before, whose opening may reach over midnight, to the day after, for the nearest free times."""
    return day_bounds(local_day(start) - timedelta(days=1), 3)


def parsed_start(text: str | None) -> datetime | None:
    """A local time or one with its offset, to the minute; None for anything else."""
    try:
        start = datetime.fromisoformat((text or "").replace(" ", "+"))
    except ValueError:
        return None
    if start.year not in YEARS or start.second or start.microsecond:
        return None
    return start if start.tzinfo else start.replace(tzinfo=SHANGHAI)


def whole(text) -> int | None:
    text = str(text or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else None
