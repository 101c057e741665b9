"""What the page before a booking says, and the page that says why it cannot be."""

from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from palace.core.navigation import address
from palace.core.wording import (
    date_text,
    day_text,
    hours_text,
    in_english,
    local_day,
    masked_name,
    money_text,
    weekday_text,
)
from venues.rules import Rulebook

from .board_page import nearest_link
from .models import Booking
from .offers import Offer, minutes_of
from .pricing_text import explain
from .slots import nearest_free, unit_slots
from .venue_page import board_link, where
from .words import cancel_rule, length_text, place_html, title_html

DAY = timedelta(days=1)


def confirm_page(unit, people, offer: Offer, minutes: int | None, now: datetime) -> dict:
    plan = offer.plan_of(minutes)
    return {
        "unit": unit,
        "rows": rows(unit, people, offer, plan),
        "rule": cancel_rule(plan, now),
        "is_asked": offer.is_asked,
        "back": board_link(unit.venue_id, local_day(offer.starts_at)),
    }


def twin_page(unit, twin: Booking, address: str) -> dict:
    """``twin`` is the caller's booking of this very slot; a second one is asked for in so many words, where places are shared."""
    return {
        "twin": twin,
        "when": when_html(twin.starts_at, twin.ends_at),
        "place": place_html(unit, unit.venue),
        "once_more": f"{address}&again=1" if unit.mode == "shared" else "",
        "back": board_link(unit.venue_id, local_day(twin.starts_at)),
    }


def rows(unit, people, offer: Offer, plan) -> list[tuple]:
    found = [
        (_("Time"), when_html(plan.starts_at, plan.ends_at), length_text(minutes_of(plan))),
        (_("Place"), place_html(unit, unit.venue), where(unit.venue)),
        (_("Price"), price_text(offer, plan), explain(plan.price.basis, plan.price.fen, to_payer=True)),
    ]
    if len(people) == 1:
        found.append((_("For whom"), masked_name(people[0].name), ""))
    return found


def price_text(offer: Offer, plan) -> str:
    price = money_text(plan.price.fen)
    if not plan.price.fen:
        return price
    if offer.unit.shared and offer.largest > 1:
        return _("%(price)s a person, to be paid on site") % {"price": price}
    return _("%(price)s, to be paid on site") % {"price": price}


def when_html(starts_at: datetime, ends_at: datetime):
    """The day with its date, even today's, since this is what people check."""
    day = local_day(starts_at)
    name = day_text(day)
    dated = f"{weekday_text(day)} {date_text(day)}"
    brackets = "" if dated == name else pgettext("date", "(%(date)s)") % {"date": dated}
    pieces = format_html_join(gap(), '<span class="nb">{}</span>', ((text,) for text in (name, brackets) if text))
    return format_html('{} <span class="nb">{}</span>', pieces, hours_text(starts_at, ends_at))


def gap() -> str:
    """Before a bracket: Chinese ones bring their own room."""
    return " " if in_english() else ""


# --- refused ------------------------------------------------------------------------------------------------------


def refused_page(book: Rulebook, unit, error: ValidationError, start, held, caller, now) -> dict:
    """The sentence, the nearest free times of that day and the next, and a door in any case."""
    day = max(local_day(start), local_day(now))
    near = nearest(book, unit, start, held, caller, now) if error.code not in PERSONAL else []
    title = (_("Not this one,"), _("but these are free")) if near else (_("This one cannot be booked"),)
    return {
        "unit": unit,
        "title": title_html(*title),
        "code": error.code,
        "sentence": error.messages[0],
        "place": place_html(unit, unit.venue),
        "nearest": near,
        "day": day,
        "back": board_link(unit.venue_id, shown(day, now)),
        "others": f"{reverse('venue_list')}?kind={unit.venue.kind}&free=today",
        "me": address("me"),
    }


PERSONAL = frozenset({"audience", "no_member", "not_allowed", "sign_in"})  # another time would not help


def shown(day: date, now: datetime) -> date:
    """A day that the board can show."""
    return day if day <= local_day(now) + 365 * DAY else local_day(now)


def nearest(book: Rulebook, unit, start, held, caller, now) -> list[tuple[str, str]]:
    """Of units like this one, so that a clash over a court does not offer the whole hall."""
    like = [u for u in book.units_of(unit.venue_id) if (u.mode, u.place_count) == (unit.mode, unit.place_count)]
    days = [local_day(start), local_day(start) + DAY]
    slots = [s for u in like for s in unit_slots(book, u, days, held[u.space_id], caller, now)]
    return [nearest_link(book, slot) for slot in nearest_free(slots, start)]
