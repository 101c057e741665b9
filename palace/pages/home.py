"""The home page: is it worth going now? Figures from the rules and the holding rows of this moment."""

from datetime import datetime
from operator import attrgetter

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from bookings.fullness import CLOSURE, FULL, OPEN, SESSION, Fullness, fullness, venue_ids, worth_going
from bookings.venue_page import shut_text
from bookings.words import free_now_words, marked, number_word, title_html
from palace.core.navigation import address
from palace.core.wording import clock_text, date_text, local_day, weekday_text
from venues.rules import Rulebook

FEW = 6  # venues that fit a phone beside the ticket
MANY = 9  # more hide the shortcuts and the notices below them


def home_page(
    book: Rulebook | None, held: dict, guests: dict[int, int], reasons: dict[int, str], now: datetime
) -> dict:
    """``held`` are the rows of all spaces for the next four hours, ``guests`` who is inside without a booking, by venue,
    ``reasons`` those of closures by id."""
    venues = (fullness(book, pk, held, now, guests.get(pk, 0)) for pk in venue_ids(book)) if book else ()
    seen = sorted(venues, key=worth_going)
    rows = [row(book, each, reasons, now) for each in seen if book]
    shown = unfolded(seen)
    return {
        "title": title_html(*title(seen, now)),
        "date": pgettext("date", "%(weekday)s %(date)s")
        % {"weekday": weekday_text(local_day(now)), "date": date_text(local_day(now))},
        "clock": clock_text(now),
        "venues": rows[:shown],
        "more_venues": rows[shown:],
        "more_is_shut": not any(each.hours for each in seen[shown:]),
        "quick": quick(),
    }


def unfolded(seen: list[Fullness]) -> int:
    """How many venues are shown at once, those with room first: in the evening what is shut would hide what is open."""
    last = max((n for n, each in enumerate(seen, 1) if each.hours), default=0)
    shown = min(max(last, FEW), MANY)
    return shown if len(seen) > shown + 1 else len(seen)


def title(seen: list[Fullness], now: datetime) -> tuple[str, str]:
    """The answer in two halves; "open" counts what has room for somebody who comes at once."""
    running = [each for each in seen if each.hours]
    free = [each for each in running if each.state == OPEN]
    if not seen:
        return _("This house is being set up,"), _("there is nothing to book yet")
    if not running:
        return _("Nothing is open now."), next_text(seen, now)
    if not free:
        return _("Come later:"), _("every open venue is full now")
    numbers = {"n": number_word(len(seen)), "free": number_word(len(free))}
    if len(seen) == 1:
        return _("Come now: the venue has room"), ""
    text = ngettext(
        "Come now: %(free)s of %(n)s venues has room", "Come now: %(free)s of %(n)s venues have room", len(free)
    )
    return text % numbers, ""


def next_text(seen: list[Fullness], now: datetime) -> str:
    """When the first venue opens."""
    first = min((each for each in seen if each.opens_at), key=attrgetter("opens_at"), default=None)
    return shut_text(first, now) if first else _("Ask at the desk when it opens")


def row(book: Rulebook, seen: Fullness, reasons: dict[int, str], now: datetime) -> dict:
    """One line of ``_components/venue_row.html``."""
    venue = book.venues[seen.venue_id]
    line = {"name": marked(venue), "href": reverse("venue_board", args=[venue.id])}
    if not seen.hours:
        return line | {"state": shut_text(seen, now), "chip": pgettext("venue", "Closed"), "chip_kind": "off"}
    if seen.state in (SESSION, CLOSURE):
        return line | held_row(seen, reasons)
    before, after = free_now_words(venue.kind, seen.shared, seen.free)
    chip, kind = fullness_chip(seen)
    return line | {
        "before": before,
        "count": seen.free,
        "after": after,
        "chip": chip,
        "chip_kind": kind,
        "taken": seen.taken,
        "places": seen.places,
        "bar_kind": {"ok": "", "wait": "near"}.get(kind, kind),
        "next": next_hours(seen),
    }


def held_row(seen: Fullness, reasons: dict[int, str]) -> dict:
    if seen.state == SESSION:
        return {"state": _("A class is on"), "chip": _("In class"), "chip_kind": "off", "next": next_hours(seen)}
    reason = reasons.get(seen.closure_id or 0, "")
    return {
        "state": reason or _("Closed now"),
        "chip": pgettext("slot", "Closed"),
        "chip_kind": "off",
        "next": next_hours(seen),
    }


def fullness_chip(seen: Fullness) -> tuple[str, str]:
    if seen.state == FULL:
        return pgettext("venue", "Full"), "full"
    return (_("Nearly full"), "wait") if seen.is_near else (_("Plenty of room"), "ok")


def next_hours(seen: Fullness) -> list[tuple[str, str]]:
    """The hours to come; of those that are shut to the end only the first."""
    hours = list(seen.hours)
    while len(hours) > 1 and hours[-1][1] is None and hours[-2][1] is None:
        hours.pop()
    return [(hour_text(start), free_text(free)) for start, free in hours]


def hour_text(start: datetime) -> str:
    return pgettext("hour", "%(hour)s:00") % {"hour": clock_text(start).partition(":")[0]}


def free_text(free: int | None) -> str:
    if free is None:
        return pgettext("hour", "shut")
    return pgettext("count", "%(n)s free") % {"n": free} if free else pgettext("hour", "full")


def quick() -> list[tuple[str, str, str]]:
    """Shortcuts with one letter on a plate; only those that exist here."""
    links = [
        (pgettext("plate", "B"), _("Book a place"), address("venue_list")),
        (pgettext("plate", "M"), _("My bookings"), address("booking_list")),
        (pgettext("plate", "L"), _("Messages"), address("message_list")),
        (pgettext("plate", "P"), _("Other palaces"), address("palace_list")),
    ]
    return [link for link in links if link[2]]
