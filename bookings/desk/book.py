"""Booking for somebody at the desk: who, when, how many; each answer stands in the address until the last press."""

import uuid
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from bookings.models import Booking, BookingSource, BookingStatus
from bookings.offers import Offer, offer_of
from bookings.permissions import confirms_for
from bookings.planning import Plan
from bookings.services import booking_made_with, caller_of, place_booking
from bookings.slots import Slot, busy, day_bounds, nearest_free, unit_slots
from bookings.words import length_text, moment_text
from palace.accounts import search
from palace.accounts.models import Member
from palace.accounts.views.answers import attempt, page
from palace.accounts.views.desk import member_here, phone_of, remember_found
from palace.core.actor import address_of
from palace.core.wording import clock_text, local_text, masked_name, masked_number, money_text
from venues import rulebook
from venues.models import Unit, Venue
from venues.rules import SHANGHAI, Rulebook

from .base import asked_day, day_tabs, whole
from .forms import FindForm, PartyForm

DESK_MAY = frozenset({"", "too_early", "sign_in", "audience"})  # what keeps members out, and not the desk
CLASHED = 409


@dataclass(frozen=True, slots=True)
class Wish:
    """What is chosen so far. ``since`` is the hour that was pressed in a row of several units: which one is still asked."""

    member: Member | None
    venue: Venue | None
    unit: Unit | None
    day: date
    starts_at: datetime | None
    since: datetime | None = None

    def link(self, **change) -> str:
        """This page with some answers changed; None takes one back."""
        given = {
            "member": self.member,
            "venue": self.venue,
            "unit": self.unit,
            "day": self.day,
            "start": self.starts_at or self.since,
        } | change
        parts = [f"{name}={written(value)}" for name, value in given.items() if value]
        return f"{reverse('desk_book')}?{'&'.join(parts)}"

    @property
    def step(self) -> int:
        if self.starts_at is None:
            return 2 if self.member else 1
        return 3 if self.member else 1


def written(value) -> str:
    if isinstance(value, datetime):
        return f"{value.astimezone(SHANGHAI):%Y-%m-%dT%H:%M}"
    return value.isoformat() if isinstance(value, date) else str(getattr(value, "pk", value))


@never_cache
def desk_book(request):
    wish = wish_of(request)
    if "text" in request.POST:
        return found_page(request, wish)
    if wish.starts_at and wish.member:
        return confirm_page(request, wish)
    return choose_page(request, wish)


def wish_of(request) -> Wish:
    """Read from the address. A member, venue or unit of elsewhere is 404; a time that is none is asked for again."""
    member = member_here(request, whole(request.GET["member"]) or 0) if request.GET.get("member") else None
    unit = unit_here(request) if request.GET.get("unit") else None
    venue = unit.venue if unit else venue_here(request) if request.GET.get("venue") else None
    start = start_of(request) if venue else None
    day = start.astimezone(SHANGHAI).date() if start else asked_day(request)
    return Wish(member, venue, unit, day, start if unit else None, None if unit else start)


def unit_here(request) -> Unit:
    units = Unit.objects.filter(palace=request.palace, is_active=True).select_related("venue__site")
    return get_object_or_404(units, pk=whole(request.GET["unit"]) or 0)


def venue_here(request) -> Venue:
    return get_object_or_404(
        Venue.objects.filter(palace=request.palace, is_active=True), pk=whole(request.GET["venue"]) or 0
    )


def start_of(request) -> datetime | None:
    text = request.GET.get("start", "")
    try:
        start = parse_datetime(text)
    except ValueError:
        start = None
    if start is None or not abs(start.date() - timezone.localdate()).days <= 366:
        if text:
            messages.warning(request, _("That is no time of ours. Choose one of those shown."))
        return None
    return start if timezone.is_aware(start) else timezone.make_aware(start)


# --- who ----------------------------------------------------------------------------------------------------------


def found_page(request, wish: Wish):
    """Whom the search found, each a link to the next answer. The only one found is taken at once."""
    form, rows, more = find(request)
    if len(rows) == 1:
        return redirect(wish.link(member=rows[0][0]))
    links = [(member, phone, wish.link(member=member)) for member, phone in rows]
    return choose_page(request, wish, form=form, links=links, searched=form.is_valid(), more=more)


def find(request) -> tuple[FindForm, list[tuple[Member, str]], bool]:
    """The form, members with their masked numbers, and whether there are more."""
    form, found = FindForm(request.POST), []
    attempt(
        form, lambda data: found.extend(search.find_members(text=data["text"], palace=request.palace, by=request.user))
    )
    shown = found[: search.MOST]
    remember_found(request, shown)
    return form, [(member, masked_number(phone_of(member))) for member in shown], len(found) > search.MOST


# --- when ---------------------------------------------------------------------------------------------------------


def choose_page(request, wish: Wish, form=None, refusal=None, nearest=(), status=None, **more):
    book = rulebook.current(request.palace.pk)
    venues = (
        []
        if wish.starts_at
        else list(Venue.objects.filter(palace=request.palace, is_active=True).select_related("site"))
    )
    context = {
        "wish": wish,
        "steps": [_("Who"), _("When"), _("How many")],
        "venues": [(v, wish.link(venue=v, unit=None)) for v in venues],
    }
    context |= {
        "lanes": lanes(book, wish) if wish.venue and not wish.starts_at else [],
        "refusal": refusal,
        "nearest": nearest,
    }
    context |= {
        "form_find": form or FindForm(),
        "tabs": tabs_of(wish),
        "anonymous": wish.link(member=None),
        "again": wish.link(start=None),
    }
    answer = page(request, "desk/book.html", form, **context | more)
    answer.status_code = status or answer.status_code
    return answer


def tabs_of(wish: Wish) -> list:
    days = day_tabs(wish.day, "desk_book")["tabs"]
    today = timezone.localdate()
    return [
        (label, wish.link(day=today.fromordinal(today.toordinal() + n), start=None), current)
        for n, (label, _href, current) in enumerate(days[1:])
    ]


def lanes(book: Rulebook, wish: Wish) -> list[dict]:
    """Free slots by start, as ``_components/lanes.html`` takes them."""
    units = [u for u in book.units_of(wish.venue.pk) if not wish.unit or u.id == wish.unit.pk]
    by_start: dict[datetime, list] = {}
    for slot in open_slots(book, units, wish):
        if wish.since and slot.ends_at <= wish.since:
            continue
        by_start.setdefault(slot.starts_at, []).append(button(book, slot, wish))
    return [lane(start, slots) for start, slots in sorted(by_start.items())]


def open_slots(book: Rulebook, units, wish: Wish) -> list[Slot]:
    """What the desk may book on the day: one query."""
    held = busy({unit.space_id for unit in units}, *day_bounds(wish.day))
    caller, now = caller_of(wish.member), timezone.now()
    slots = [slot for unit in units for slot in unit_slots(book, unit, [wish.day], held[unit.space_id], caller, now)]
    return [slot for slot in slots if slot.reason in DESK_MAY]


def lane(start: datetime, slots: list[dict]) -> dict:
    return {
        "time": clock_text(start),
        "datetime": f"{start.astimezone(SHANGHAI):%Y-%m-%dT%H:%M}",
        "note": _("%(n)s to choose from") % {"n": len(slots)},
        "slots": slots,
    }


def button(book: Rulebook, slot: Slot, wish: Wish) -> dict:
    unit = book.units[slot.unit_id]
    note = money_text(slot.price_fen)
    if unit.shared:
        note = _("%(free)s free · %(price)s") % {"free": slot.free, "price": note}
    return {"label": local_text(unit, "name"), "note": note, "href": wish.link(unit=unit.id, start=slot.starts_at)}


# --- how many, and done -------------------------------------------------------------------------------------------


def confirm_page(request, wish: Wish):
    before = made_before(request)
    if before:
        messages.info(request, _("This page booked this one already."))
        return redirect("desk_booking", before.number)
    offer, refusal = offered(wish, request.user)
    if refusal or not offer.plans:
        return clash(request, wish, refusal or offer.refusal)
    form = party_form(request, offer)
    if request.method == "POST" and form.is_valid():
        return book(request, wish, offer, form)
    context = {
        "wish": wish,
        "form": form,
        "offer": offer,
        "plan": offer.plans[0],
        "steps": [_("Who"), _("When"), _("How many")],
    }
    context |= {
        "other_time": wish.link(start=None),
        "other_member": wish.link(member=None),
        "phone": masked_number(phone_of(wish.member)),
    }
    return page(request, "desk/book_confirm.html", **context)


def made_before(request) -> Booking | None:
    """What a second press of the same button booked the first time: its place is taken by now, by itself."""
    key = request.POST.get("key", "")
    return booking_made_with(by=request.user, key=f"desk-{key}") if key and "\x00" not in key else None


def offered(wish: Wish, by) -> tuple[Offer | None, ValidationError | None]:
    rules, now = rulebook.current(wish.unit.palace_id), timezone.now()
    held = busy([wish.unit.space_id], *day_bounds(wish.day))[wish.unit.space_id]
    asked = {"by_staff": True, "approves": confirms_for(by, wish.member, wish.unit.palace_id)}
    try:
        return offer_of(rules, wish.unit.pk, wish.starts_at, held, caller_of(wish.member), now, **asked), None
    except ValidationError as error:
        return None, error


def party_form(request, offer: Offer) -> PartyForm:
    each = _("%(price)s a person") if offer.unit.shared else "%(price)s"
    lengths = [
        (m, f"{length_text(m)} · {each % {'price': money_text(plan.price.fen)}}")
        for m, plan in zip(offer.minutes, offer.plans, strict=True)
    ]
    options = {"smallest": offer.smallest, "largest": offer.largest, "lengths": lengths}
    initial = {"party_size": offer.smallest, "key": uuid.uuid4().hex, "minutes": offer.minutes[0]}
    return PartyForm(request.POST or None, initial=initial, **options)


def book(request, wish: Wish, offer: Offer, form: PartyForm):
    """Made once for a key, however often the button is pressed."""
    data, plan = form.cleaned_data, offer.plan_of(form.cleaned_data.get("minutes"))
    try:
        placed = place_booking(
            palace_id=wish.unit.palace_id,
            unit_id=wish.unit.pk,
            member=wish.member,
            starts_at=plan.starts_at,
            ends_at=plan.ends_at,
            by=request.user,
            party_size=data["party_size"],
            source=BookingSource.DESK,
            key=f"desk-{data['key']}" if data["key"] else None,
            request_id=request.id,
            address=address_of(request),
        )
    except ValidationError as error:
        return clash(request, wish, error)
    return done(request, wish, plan, placed.id)


def done(request, wish: Wish, plan: Plan, pk: int):
    booking = Booking.objects.get(pk=pk)
    words = {"name": masked_name(wish.member.name), "when": moment_text(plan.starts_at)}
    if booking.status == BookingStatus.PENDING:
        text = _("Asked for %(name)s: %(when)s. The venue manager or the director decides.")
    else:
        text = _("Booked for %(name)s: %(when)s.")
    messages.success(request, text % words)
    return redirect("desk_booking", booking.number)


def clash(request, wish: Wish, error: ValidationError):
    """Why not, and the nearest times that are free in this venue."""
    rules = rulebook.current(request.palace.pk)
    slots = open_slots(rules, rules.units_of(wish.venue.pk), wish)
    near = nearest_free([replace(slot, bookable=True) for slot in slots], wish.starts_at)
    links = [(near_text(rules, slot), wish.link(unit=slot.unit_id, start=slot.starts_at)) for slot in near]
    open_wish = replace(wish, starts_at=None, unit=None)
    return choose_page(request, open_wish, refusal=error.messages[0], nearest=links, status=CLASHED)


def near_text(rules: Rulebook, slot: Slot) -> str:
    return f"{clock_text(slot.starts_at)} {local_text(rules.units[slot.unit_id], 'name')}"
