"""How a stretch of a row looks and where it leads: state, words, address."""

from dataclasses import replace
from datetime import datetime
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import npgettext_lazy, pgettext

from bookings.models import Booking, BookingStatus
from bookings.words import marked
from palace.core.wording import hours_text, local_text, masked_name
from venues.rules import SHANGHAI, AllocationRules

from .parts import LATE_AFTER, Facts, Held, Place, Stretch, Usage

TABLES = frozenset({"table_tennis", "billiards"})
ROOMS = frozenset({"piano", "meeting", "classroom", "dance"})
COUNTS = {
    ("persons", "inside"): npgettext_lazy("desk persons", "%(n)s in", "%(n)s in", "n"),
    ("persons", "booked"): npgettext_lazy("desk persons", "%(n)s booked", "%(n)s booked", "n"),
    ("persons", "free"): npgettext_lazy("desk persons", "%(n)s free", "%(n)s free", "n"),
    ("persons", "all"): npgettext_lazy("desk persons", "%(n)s in all", "%(n)s in all", "n"),
    ("tables", "inside"): npgettext_lazy("desk tables", "%(n)s in use", "%(n)s in use", "n"),
    ("tables", "booked"): npgettext_lazy("desk tables", "%(n)s booked", "%(n)s booked", "n"),
    ("tables", "free"): npgettext_lazy("desk tables", "%(n)s free", "%(n)s free", "n"),
    ("tables", "all"): npgettext_lazy("desk tables", "%(n)s in all", "%(n)s in all", "n"),
    ("rooms", "inside"): npgettext_lazy("desk rooms", "%(n)s in use", "%(n)s in use", "n"),
    ("rooms", "booked"): npgettext_lazy("desk rooms", "%(n)s booked", "%(n)s booked", "n"),
    ("rooms", "free"): npgettext_lazy("desk rooms", "%(n)s free", "%(n)s free", "n"),
    ("rooms", "all"): npgettext_lazy("desk rooms", "%(n)s in all", "%(n)s in all", "n"),
    ("courts", "inside"): npgettext_lazy("desk courts", "%(n)s in use", "%(n)s in use", "n"),
    ("courts", "booked"): npgettext_lazy("desk courts", "%(n)s booked", "%(n)s booked", "n"),
    ("courts", "free"): npgettext_lazy("desk courts", "%(n)s free", "%(n)s free", "n"),
    ("courts", "all"): npgettext_lazy("desk courts", "%(n)s in all", "%(n)s in all", "n"),
}


# --- one unit -----------------------------------------------------------------------------------------------------


def of_row(facts: Facts, row: Held) -> list[Stretch]:
    """The mark of one holding row; a booking's buffer is a mark of its own."""
    if row.kind == "closure":
        return [of_closure(facts, row)]
    if row.kind == "session":
        return [of_session(facts, row)]
    booking = facts.bookings[row.holder_id]
    tidying = Stretch(booking.ends_at, row.ends_at, "past", _("Tidying"), _("after the booking before"))
    return [of_booking(facts, booking, row.ends_at)] + ([tidying] if row.ends_at > booking.ends_at else [])


def of_booking(facts: Facts, booking: Booking, held_until: datetime) -> Stretch:
    """It ends before its time where the place was shut over a party that was in the house."""
    until = min(booking.ends_at, held_until)
    state, word = look(booking, facts.now, until)
    name, hours = masked_name(booking.member.name), hours_text(booking.starts_at, until)
    over = word == pgettext("desk", "Over")
    label = word if over and facts.is_today else f"{name} {word}"
    href = reverse("desk_booking", args=[booking.number]) if facts.viewer.bookings else ""
    return Stretch(booking.starts_at, until, state, label, f"{hours} {name}" if label == word else hours, href)


def look(booking: Booking, now: datetime, until: datetime | None = None) -> tuple[str, str]:
    """State and word of a booking at ``now``; a party leaves at ``until``, or at its end."""
    if booking.status == BookingStatus.CANCELLED:
        return "past", pgettext("desk", "Cancelled")
    if booking.status == BookingStatus.PENDING:
        return "draw", pgettext("desk", "To approve")
    if booking.status == BookingStatus.USED:
        here = now < (until or booking.ends_at)
        return ("in", pgettext("desk", "Here")) if here else ("past", pgettext("desk", "Over"))
    missing = booking.status == BookingStatus.NO_SHOW or now >= booking.starts_at + LATE_AFTER
    if now >= booking.ends_at:
        return "past", pgettext("desk", "Did not come")
    return ("due", pgettext("desk", "Missing")) if missing else ("taken", pgettext("desk", "Awaited"))


def of_closure(facts: Facts, row: Held) -> Stretch:
    reason = local_text(facts.closures.get(row.holder_id), "reason")
    return Stretch(
        row.starts_at,
        row.ends_at,
        "closed",
        closed_text(reason),
        hours_text(row.starts_at, row.ends_at),
        closures(facts),
    )


def closed_text(reason: str) -> str:
    return _("Shut · %(reason)s") % {"reason": reason} if reason else _("Shut")


def closures(facts: Facts) -> str:
    return reverse("desk_closures") if facts.viewer.closures else ""


def of_session(facts: Facts, row: Held) -> Stretch:
    label = facts.sessions.get(row.holder_id) or pgettext("slot", "Class")
    return Stretch(row.starts_at, row.ends_at, "class", label, hours_text(row.starts_at, row.ends_at))


def of_allocation(kept: AllocationRules) -> Stretch:
    hours = hours_text(kept.starts_at, kept.ends_at)
    if kept.kind == "draw":
        return Stretch(kept.starts_at, kept.ends_at, "draw", pgettext("slot", "Draw"), hours)
    label = _("Kept for %(holder)s") % {"holder": local_text(kept, "holder")}
    return Stretch(kept.starts_at, kept.ends_at, "class", label, hours)


# --- counted places -----------------------------------------------------------------------------------------------


def of_count(facts: Facts, place: Place, since: datetime, until: datetime, use: Usage) -> Stretch:
    """A count of places that are used, booked or free."""
    running = facts.is_today and since <= facts.now < until
    if use.closed == place.places:
        return Stretch(since, until, "closed", closed_text(reason_of(facts, use)), _("all places"), closures(facts))
    if until <= facts.now:
        return Stretch(
            since, until, "past", over_text(facts, place, use), over_spoken(use), list_link(facts, place, since, use)
        )
    state, label = count_look(place, use, running)
    link = list_link(facts, place, since, use) or room_link(facts, place, since, running)
    return Stretch(since, until, state, label, _("%(free)s free") % {"free": place.places - use.taken}, link)


def reason_of(facts: Facts, use: Usage) -> str:
    return local_text(facts.closures.get(use.closure or 0), "reason")


def over_text(facts: Facts, place: Place, use: Usage) -> str:
    if facts.is_today or not use.booked:
        return pgettext("desk", "Over") if use.booked else ""
    return booked_text(place, use.booked)


def over_spoken(use: Usage) -> str:
    return _("%(count)s came") % {"count": use.inside} if use.booked else ""


def count_look(place: Place, use: Usage, running: bool) -> tuple[str, str]:
    if running and use.inside:
        return "in", inside_text(place, use.inside)
    if use.booked:
        roomy = use.taken * 2 <= place.places
        return ("free" if roomy else "taken"), booked_text(place, use.booked)
    if use.session:
        return "class", pgettext("slot", "Class")
    if use.kept == place.places:
        return "class", pgettext("desk", "Kept")
    return "free", free_text(place, place.places - use.taken)


def inside_text(place: Place, count: int) -> str:
    return counted(place, "inside", count)


def booked_text(place: Place, count: int) -> str:
    return counted(place, "booked", count)


def free_text(place: Place, count: int) -> str:
    return counted(place, "free", count)


def counted(place: Place, what: str, count: int) -> str:
    return str(COUNTS[measure(place), what] % {"n": count})


def measure(place: Place) -> str:
    """Chinese counts tables, rooms, courts and persons with words of their own."""
    if place.unit.shared:
        return "persons"
    if place.venue.kind in TABLES:
        return "tables"
    return "rooms" if place.venue.kind in ROOMS else "courts"


def list_link(facts: Facts, place: Place, since: datetime, use: Usage) -> str:
    """Who is there at that time; from there it is one press to book for one more."""
    if not use.booked or not facts.viewer.bookings:
        return ""
    return f"{reverse('desk_bookings')}?{urlencode(time_and_place(facts, place, since))}"


def time_and_place(facts: Facts, place: Place, since: datetime) -> dict:
    unit = {} if len(place.units) > 1 else {"unit": place.unit.id}
    start = f"{since.astimezone(SHANGHAI):%Y-%m-%dT%H:%M}"
    return {"venue": place.venue.pk, "day": facts.day.isoformat()} | unit | {"start": start}


def same(one: Stretch, other: Stretch) -> bool:
    return (one.state, one.label, one.spoken) == (other.state, other.label, other.spoken)


def joined(one: Stretch, other: Stretch) -> Stretch:
    return replace(one, until=other.until)


def cut(mark: Stretch, since: datetime, until: datetime) -> Stretch:
    return replace(mark, since=since, until=until)


# --- room between -------------------------------------------------------------------------------------------------


def room(facts: Facts, place: Place, since: datetime, until: datetime) -> list[Stretch]:
    """What is left of an opening: over, or free from the running half hour on."""
    if since >= until:
        return []
    edge = facts.now_edge
    if until <= facts.now:
        return [Stretch(since, until, "past", room=True)]
    if since < edge:
        return [Stretch(since, edge, "past", room=True), *room(facts, place, edge, until)]
    running = since <= facts.now < until
    href = room_link(facts, place, since, running)
    return [
        Stretch(
            since, until, "free", pgettext("slot", "Free"), hours_text(since, until) if href else "", href, room=True
        )
    ]


def room_link(facts: Facts, place: Place, since: datetime, running: bool) -> str:
    """Book here; what has begun is for walk-ins."""
    if running:
        unit = {} if len(place.units) > 1 else {"unit": place.unit.id}
        return f"{reverse('desk_walk_in')}?{urlencode({'venue': place.venue.pk} | unit)}" if facts.viewer.let_in else ""
    if not facts.viewer.book:
        return ""
    return f"{reverse('desk_book')}?{urlencode(time_and_place(facts, place, since))}"


def shut(since: datetime, until: datetime) -> list[Stretch]:
    return [Stretch(since, until, "past", "", _("not open"), room=True)] if since < until else []


def shut_all_day(facts: Facts, place: Place, since: datetime, until: datetime) -> Stretch:
    dated = facts.book.closed_reason(place.venue.pk, facts.day)
    label = closed_text(local_text(dated, "reason")) if dated else _("Not open on this day")
    return Stretch(since, until, "closed", label, _("all day"))


# --- names --------------------------------------------------------------------------------------------------------


def row_name(place: Place, alone: bool) -> str:
    """A venue of one row is called by its name; ``alone`` rows stand under the name of their venue."""
    if place.counted:
        name = marked(place.unit) if place.unit.shared and not alone else marked(place.venue)
        return format_html(_("{name}, {count}"), name=name, count=counted(place, "all", place.places))
    return marked(place.unit) if alone else marked(place.venue)


def names(venues) -> str:
    return format_html_join(pgettext("between names", ", "), "{}", ((marked(venue),) for venue in venues))


def group_name(place: Place, alone: bool) -> str:
    venue = place.venue
    parts = [marked(venue.site), marked(venue, "floor"), marked(venue) if alone else ""]
    return format_html_join(" · ", "{}", ((part,) for part in parts if part))
