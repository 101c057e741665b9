"""The page of a venue's board: its title, ribbon, tables, list, and the slot that was chosen."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from palace.core.wording import date_text, local_day, local_text, weekday_text
from venues.models import Venue
from venues.rules import SHANGHAI

from .board import Choice, Day, Grid, boards, confirm_link, grid_of, lanes, legend
from .fullness import basic_units, count_free, is_free
from .slots import Slot, nearest_free
from .venue_page import board_link, last_day, rules_of_venue, size_text, where
from .words import day_inside, free_words, length_text, moment_inside, moment_text, place_html, plain_price, title_html

DAY = timedelta(days=1)
DAYS = 7


def board_page(venue: Venue, seen: Day, first: date, *, asked: str, as_list: bool, unfold: bool = False) -> dict:
    """``first`` is the first day of the ribbon; ``asked`` names a slot, as ``Choice`` writes it.

    ``unfold`` shows the hours of today that are over, in the tables only.
    """
    grid = grid_of(seen)
    chosen = find_choice(grid, asked)
    free = chosen if chosen is not None and is_free(chosen) else None
    seen = replace(seen, chosen=Choice(free.unit_id, free.starts_at) if free else None)
    whole = replace(seen, unfolded=True)
    whole_grid = grid_of(whole) if seen.day == local_day(seen.now) and not as_list else grid
    tables = [] if as_list else boards(whole, whole_grid) if unfold else boards(seen, grid)
    return {
        "venue": venue,
        "where": where(venue),
        "size": size_text(venue, seen.units) if seen.units else "",
        "title": title_html(f"{local_text(venue, 'name')}{pgettext('in a title', ', ').rstrip()}", answer(seen, grid)),
        "ribbon": ribbon(venue, seen, first),
        "weeks": weeks(venue, seen, first),
        "tabs": tabs(venue, seen.day, as_list),
        "as_list": as_list,
        "boards": tables,
        "fold": fold(venue, seen.day, unfold) if whole_grid.starts != grid.starts else None,
        "legend": legend(tables),
        "lanes": lanes(seen, grid),
        "opens_at": opens_at(grid),
        "opens_in_part": any_free(grid),
        "shut": shut_reason(seen, grid),
        "next_day": next_day(venue, seen) if not any_free(grid) else None,
        "chosen": ticket(venue, seen, free) if free else None,
        "gone": gone(venue, seen, grid, chosen, asked) if asked and not free else None,
        "not_for_me": any(s.reason == "audience" for slots in grid.slots.values() for s in slots.values()),
        "rules": rules_of_venue(seen.book, venue.pk, seen.day),
        "about": reverse("venue_about", args=[venue.pk]),
        "same_kind": f"{reverse('venue_list')}?{urlencode({'kind': venue.kind, 'free': 'today'})}",
    }


# --- the title ----------------------------------------------------------------------------------------------------


def answer(seen: Day, grid: Grid) -> str:
    """What the day has, after the venue's name."""
    day = {"day": day_in_sentence(seen)}
    slots = all_slots(grid)
    count = count_free(seen.book, seen.venue_id, slots)
    if count:
        return ngettext("%(n)s slot free %(day)s", "%(n)s slots free %(day)s", count) % (day | {"n": count})
    if any_free(grid):
        return _("only as a whole %(day)s") % day
    if not seen.book.opening(seen.venue_id, seen.day):
        return _("closed %(day)s") % day
    if not slots:
        return _("over for %(day)s") % day
    if any(slot.reason == "too_early" for slot in slots):
        return _("cannot be booked yet %(day)s") % day
    return _("nothing free %(day)s") % day


def day_in_sentence(seen: Day) -> str:
    if seen.day <= local_day(seen.now) + DAY:
        return day_inside(seen.day)
    parts = {"weekday": weekday_text(seen.day), "date": date_text(seen.day)}
    return pgettext("in a sentence", "on %(weekday)s %(date)s") % parts


def all_slots(grid: Grid) -> list[Slot]:
    return [slot for slots in grid.slots.values() for slot in slots.values()]


def any_free(grid: Grid) -> bool:
    return any(is_free(slot) for slot in all_slots(grid))


def opens_at(grid: Grid) -> str:
    """When the day can first be booked, where that is still to come: its courts, not the hall that they make up."""
    slots = [slot for unit in basic_units(grid.units) for slot in grid.slots[unit.id].values()]
    moments = [slot.opens_at for slot in slots if slot.opens_at]
    return moment_inside(min(moments)) if moments else ""


def shut_reason(seen: Day, grid: Grid) -> str:
    reason = seen.book.closed_reason(seen.venue_id, seen.day)
    return local_text(reason, "reason") if reason and not grid.starts else ""


# --- days ---------------------------------------------------------------------------------------------------------


def ribbon(venue: Venue, seen: Day, first: date) -> list[dict]:
    return [ribbon_day(venue, seen, first + n * DAY) for n in range(DAYS)]


def ribbon_day(venue: Venue, seen: Day, day: date) -> dict:
    count, slots = day_count(replace(seen, day=day))
    note = free_words(count)
    if not count and all(slot.reason == "past" for slot in slots):
        note = pgettext("day", "shut") if not seen.book.opening(seen.venue_id, day) else pgettext("day", "over")
    elif not count and any(slot.reason == "too_early" for slot in slots):
        note = pgettext("day", "not yet")
    return {
        "label": _("Today") if day == local_day(seen.now) else weekday_text(day),
        "number": day.day,
        "note": note,
        "free": bool(count),
        "href": board_link(venue.pk, day),
        "current": day == seen.day,
    }


def day_count(seen: Day) -> tuple[int, list[Slot]]:
    slots = all_slots(grid_of(seen))
    return count_free(seen.book, seen.venue_id, slots), slots


def weeks(venue: Venue, seen: Day, first: date) -> list[tuple[str, str]]:
    """Ways to the week before and after, as far as anything can be booked."""
    today = local_day(seen.now)
    last = last_day(seen.book, seen.units, today, seen.day)
    links = []
    if first > today:
        links.append((_("Seven days earlier"), board_link(venue.pk, max(today, first - DAYS * DAY))))
    if first + DAYS * DAY <= last:
        links.append((_("Seven days later"), board_link(venue.pk, first + DAYS * DAY)))
    return links


def next_day(venue: Venue, seen: Day) -> str:
    """The nearest day that can be booked, a later one before an earlier: the door out of a day without anything."""
    today = local_day(seen.now)
    days = [seen.day + n * DAY for n in (*range(1, 15), *range(-1, -367, -1))]
    return next((board_link(venue.pk, day) for day in days if day >= today and can_be_booked(seen, day)), "")


def can_be_booked(seen: Day, day: date) -> bool:
    """Whether the house is open then, and bookings for it have begun for some place that is not made of others."""
    policies = [policy for unit in basic_units(seen.units) if (policy := seen.book.policy(unit, day))]
    return bool(seen.book.opening(seen.venue_id, day)) and any(p.opens_for(day) <= seen.now for p in policies)


def tabs(venue: Venue, day: date, as_list: bool) -> list[tuple[str, str, bool]]:
    return [
        (_("Whole board"), board_link(venue.pk, day), not as_list),
        (_("Free slots only"), board_link(venue.pk, day, view="list"), as_list),
    ]


def fold(venue: Venue, day: date, unfolded: bool) -> tuple[str, str]:
    """The way to the hours that are over, and back."""
    if unfolded:
        return _("Hide what is over"), f"{board_link(venue.pk, day)}#board"
    return _("Show what is over"), f"{board_link(venue.pk, day, past=1)}#board"


# --- the slot that was chosen -------------------------------------------------------------------------------------


def find_choice(grid: Grid, asked: str) -> Slot | None:
    return next((s for s in all_slots(grid) if str(Choice(s.unit_id, s.starts_at)) == asked), None)


def ticket(venue: Venue, seen: Day, slot: Slot) -> dict:
    unit = seen.book.units[slot.unit_id]
    minutes = int((slot.ends_at - slot.starts_at).total_seconds() // 60)
    price = plain_price(slot.price_fen)
    return {
        "starts_at": slot.starts_at,
        "ends_at": slot.ends_at,
        "place": place_html(unit, venue),
        "price": _("%(price)s a person") % {"price": price} if unit.shared and slot.price_fen else price,
        "length": length_text(minutes),
        "href": confirm_link(slot.unit_id, slot.starts_at),
        "sign_in": slot.reason == "sign_in",
    }


def gone(venue: Venue, seen: Day, grid: Grid, slot: Slot | None, asked: str) -> list[tuple[str, str]]:
    """Links to the nearest free slots of the day, for a choice that is none (any more)."""
    start = slot.starts_at if slot else asked_start(asked) or seen.now
    free = [replace(each, bookable=True) for each in all_slots(grid) if is_free(each)]
    return [nearest_link(seen.book, each) for each in nearest_free(free, start)]


def nearest_link(book, slot: Slot) -> tuple[str, str]:
    name = local_text(book.units[slot.unit_id], "name")
    return f"{moment_text(slot.starts_at)} {name}", confirm_link(slot.unit_id, slot.starts_at)


def asked_start(asked: str) -> datetime | None:
    try:
        return datetime.strptime(asked.partition(".")[2], "%Y%m%d%H%M").replace(tzinfo=SHANGHAI)
    except ValueError:
        return None
