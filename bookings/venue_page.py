"""What the list of venues and the page about one say. Figures from the rules and the holding rows."""

from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from palace.core.wording import (
    clock_text,
    day_text,
    hours_text,
    local_day,
    local_text,
    money_text,
    tongues,
    weekday_text,
)
from venues.models import Venue, Visit
from venues.rules import Caller, PolicyRules, PriceLine, Rulebook, at, interval

from .board import rows_of
from .fullness import (
    CLOSED,
    CLOSURE,
    FULL,
    LATER,
    OPEN,
    OVER,
    SESSION,
    Fullness,
    basic_units,
    count_free,
    fullness,
    worth_going,
)
from .own_terms import own_terms, terms_sentence
from .planning import whole_minutes
from .slots import MIDNIGHT, busy, day_bounds, unit_slots
from .words import free_now_words, length_text, marked, moment_inside, number_word, units_words

DAY = timedelta(days=1)


def board_link(venue_id: int, day: date, **more) -> str:
    return f"{reverse('venue_board', args=[venue_id])}?{urlencode({'day': day.isoformat()} | more)}"


def last_day(book: Rulebook, units, today: date, asked: date) -> date:
    """The last day that can be booked today, by the policies in force on the day ``asked``."""
    policies = [policy for unit in units if (policy := book.policy(unit, asked))]
    return today + max((policy.horizon_days for policy in policies), default=0) * DAY


def listed(book: Rulebook, venues: list[Venue], day: date, caller: Caller, now: datetime) -> list[dict]:
    """Rows of the list: how each venue is now, and what it has on ``day``.

    Two queries; three where ``day`` is not today.
    """
    today = local_day(now)
    venues = [venue for venue in venues if book.units_of(venue.pk)]
    spaces = {unit.space_id for venue in venues for unit in book.units_of(venue.pk)}
    held = busy(spaces, *day_bounds(today - DAY, 2))
    that_day = held if day == today else busy(spaces, *day_bounds(day))
    guests = Visit.objects.guests(book.palace_id, now)
    seen = {venue.pk: fullness(book, venue.pk, held, now, guests.get(venue.pk, 0)) for venue in venues}
    venues.sort(key=lambda venue: worth_going(seen[venue.pk]))
    return [row(book, venue, seen[venue.pk], that_day, day, caller, now) for venue in venues]


def opening_text(rows: list[dict]) -> str:
    """When the first of them takes bookings for the day that was asked for, where none does yet."""
    moments = [each["opens_at"] for each in rows if each["opens_at"]]
    return moment_inside(min(moments)) if moments else ""


def row(book: Rulebook, venue: Venue, seen: Fullness, held, day: date, caller: Caller, now: datetime) -> dict:
    """``held`` are the rows of ``day``. A whole hall is left out: nobody who looks for a court asks for its price."""
    units = basic_units(book.units_of(venue.pk))
    slots = [s for u in units for s in unit_slots(book, u, [day], rows_of(u, day, held), caller, now)]
    priced = slots or next_slots(book, units, day, caller, now)
    count = count_free(book, venue.pk, slots)
    return {
        "name": marked(venue),
        "href": reverse("venue_board", args=[venue.pk]) if day == local_day(now) else board_link(venue.pk, day),
        "where": where(venue),
        "size": size_text(venue, units),
        "now": now_text(venue.kind, seen, now),
        "is_free_now": seen.state == OPEN,
        "room": room_text(count, slots, day),
        "room_kind": "ok" if count else "full" if any(slot.reason != "past" for slot in slots) else "off",
        "has_room": bool(count),
        "opens_at": min((slot.opens_at for slot in slots if slot.opens_at), default=None),
        "price": price_text(priced, units[0].shared),
        "is_gratis": all(slot.price_fen == 0 for slot in priced),
        "summary": marked(venue, "summary"),
    }


def next_slots(book, units, day, caller, now):
    """Those of the day after, for the price, where ``day`` has none."""
    return unit_slots(book, units[0], [day + DAY], [], caller, now)


def where(venue: Venue) -> str:
    """主宫 3 层; Main building, Floor 3."""
    site, floor = local_text(venue.site, "name"), local_text(venue, "floor")
    return _("%(site)s, %(floor)s") % {"site": site, "floor": floor} if floor else site


def size_text(venue: Venue, units) -> str:
    basic = basic_units(units)
    shared = sum(u.place_count for u in basic if u.shared)
    if shared:
        return ngettext("%(n)s place", "%(n)s places", shared) % {"n": shared}
    return units_words(venue.kind, len(basic))


def room_text(count: int, slots, day: date) -> str:
    """How much is free on ``day``. Who asks for another day than today is not shown what has nothing then."""
    if count:
        words = {"day": day_text(day), "n": count}
        return ngettext("%(day)s: %(n)s slot free", "%(day)s: %(n)s slots free", count) % words
    if slots and all(slot.reason == "past" for slot in slots):
        return _("Too late to book today")
    return _("Nothing free today") if slots else _("Closed today")


def price_text(slots, shared: bool) -> str:
    """Free, 15 元, or from 15 元: what a slot costs the reader."""
    prices = sorted({slot.price_fen for slot in slots})
    if not prices:
        return ""
    if prices == [0]:
        return money_text(0)
    price = {"price": money_text(prices[0])}
    if not prices[0]:
        return _("free to %(price)s a slot") % {"price": money_text(prices[-1])}
    text = _("%(price)s a slot") if len(prices) == 1 else _("from %(price)s a slot")
    if shared:
        text = _("%(price)s a person and slot") if len(prices) == 1 else _("from %(price)s a person and slot")
    return text % price


def fits(row: dict, wanted: dict) -> bool:
    """Whether a row is what was asked for, as far as that needs the rules: free now, free on the day, free of charge."""
    free = wanted.get("free")
    return (
        (free != "now" or row["is_free_now"])
        and (free in (None, "now") or row["has_room"])
        and (not wanted.get("gratis") or row["is_gratis"])
    )


def now_text(kind: str, seen: Fullness, now: datetime) -> str:
    """How it is at this moment, in one phrase."""
    if seen.state == OPEN:
        before, after = free_now_words(kind, seen.shared, seen.free)
        words = {"before": before, "n": seen.free, "after": after}
        return (_("Now %(before)s %(n)s %(after)s") if before else _("Now %(n)s %(after)s")) % words
    return state_text(seen, now)


def state_text(seen: Fullness, now: datetime) -> str:
    if seen.state in (LATER, OVER, CLOSED):
        return shut_text(seen, now)
    return {FULL: _("Full now"), SESSION: _("A class is on"), CLOSURE: _("Closed now")}[seen.state]


def shut_text(seen: Fullness, now: datetime) -> str:
    if seen.opens_at is None:
        return _("Closed")
    day, time = local_day(seen.opens_at), {"time": clock_text(seen.opens_at)}
    if day == local_day(now):
        return _("Opens at %(time)s") % time
    if day == local_day(now) + DAY:
        return _("Opens tomorrow at %(time)s") % time
    return _("Opens %(weekday)s at %(time)s") % (time | {"weekday": weekday_text(day)})


def list_title(palace, venues: list[dict], wanted: dict, *, knows_day: bool = True) -> tuple[str, str]:
    """The sentence over the list, in its two halves. Without ``knows_day`` a day was asked for that cannot be booked."""
    count = len(venues)
    if not knows_day:
        return _("That day cannot be booked now;"), _("here is today")
    if palace is None or not (count or wanted):
        return _("No venue can be booked here yet"), ""
    if wanted:
        found = ngettext("One venue fits", "%(n)s venues fit", count) if count else _("No venue fits")
        return found % {"n": number_word(count)}, ""
    free = sum(venue["has_room"] for venue in venues)
    house = ngettext("One venue,", "%(n)s venues,", count) % {"n": number_word(count)}
    if not free:
        return house, _("nothing is free today any more")
    return house, ngettext("one has room today", "%(n)s have room today", free) % {"n": number_word(free)}


# --- about one ----------------------------------------------------------------------------------------------------


def about(venue: Venue, book: Rulebook, today: date) -> dict:
    units = book.units_of(venue.pk)
    return {
        "venue": venue,
        "where": where(venue),
        "size": size_text(venue, units) if units else "",
        "week": week(book, venue.pk, today),
        "rules": rules_of_venue(book, venue.pk, today),
        "prices": prices(book, units[0], today) if units else [],
        "own_prices": own_prices(book, units, today),
        "photos": list(venue.photos.all()),
        "house_rules": paragraphs(venue, "rules"),
        "accessibility": paragraphs(venue, "accessibility") or paragraphs(venue.site, "accessibility"),
        "board": reverse("venue_board", args=[venue.pk]),
    }


def paragraphs(thing, field: str):
    """Text that staff wrote, a paragraph a line."""
    lines = [line.strip() for line in local_text(thing, field).splitlines() if line.strip()]
    return format_html_join("", "<p>{}</p>", ((tongues(line),) for line in lines))


def week(book: Rulebook, venue_id: int, today: date) -> list[dict]:
    """The hours of the next seven days, with the reason where a day is shut for one."""
    return [day_hours(book, venue_id, today + n * DAY) for n in range(7)]


def day_hours(book: Rulebook, venue_id: int, day: date) -> dict:
    opened = book.opening(venue_id, day)
    reason = book.closed_reason(venue_id, day)
    text = pgettext("between clauses", ", ").join(hours_text(*each) for each in opened)
    return {"day": day, "hours": text or _("Closed"), "reason": local_text(reason, "reason") if reason else ""}


def rules_of_venue(book: Rulebook, venue_id: int, day: date) -> list[str]:
    """Those of an ordinary unit, then what others ask beside."""
    units, own = book.units_of(venue_id), own_terms(book, venue_id, day)
    usual = [sentence for unit in basic_units(units)[:1] for sentence in policy_sentences(book.policy(unit, day))]
    return usual + [terms_sentence(unit, own[unit.id]) for unit in units if unit.id in own]


def policy_sentences(policy: PolicyRules | None) -> list[str]:
    """What a member has to know before he books."""
    if policy is None:
        return [_("This place cannot be booked yet. Ask at the desk.")]
    shortest, longest = whole_minutes(policy.shortest), whole_minutes(policy.longest)
    lengths = {"shortest": length_text(shortest), "longest": length_text(longest)}
    days = {"n": policy.horizon_days, "time": clock_text(policy.opens_at)}
    return [
        _("One booking lasts %(shortest)s.") % lengths
        if shortest == longest
        else _("One booking lasts %(shortest)s to %(longest)s.") % lengths,
        ngettext(
            "Each day can be booked from %(time)s on the day before.",
            "Each day can be booked from %(time)s, %(n)s days before.",
            policy.horizon_days,
        )
        % days,
        cancel_sentence(policy),
        *([_("A request is approved by the venue first.")] if policy.needs_approval else []),
        _("For verified union members.") if policy.audience == "members" else _("For everybody with an account."),
    ]


def cancel_sentence(policy: PolicyRules) -> str:
    minutes = whole_minutes(policy.notice)
    if not minutes:
        return _("You can give it back until it begins.")
    return _("You can give it back up to %(length)s before it begins.") % {"length": length_text(minutes)}


def own_prices(book: Rulebook, units, today: date) -> list[tuple]:
    """Names and lines of units that have a tariff of their own."""
    usual = book.tariff(units[0], today) if units else None
    return [(marked(unit), prices(book, unit, today)) for unit in units if book.tariff(unit, today) != usual]


def prices(book: Rulebook, unit, today: date) -> list[dict]:
    """Lines of the tariff in force: band, days, hours, for whom, price an hour. A line that never falls into them is left out."""
    tariff = book.tariff(unit, today)
    lines = [(line, open_hours(book, unit.venue_id, line, today)) for line in tariff.lines] if tariff else []
    return [price_line(line, hours, unit.shared) for line, hours in lines if hours]


def open_hours(book: Rulebook, venue_id: int, line: PriceLine, today: date) -> str:
    """The hours of ``line`` as far as the venue is open in them within a fortnight; all of them where it is shut throughout.

    Nobody pays the evening's price until 24:00 in a house that shuts at 21:00.
    """
    days = [today + n * DAY for n in range(14)]
    days = [day for day in days if line.days in ("any", "weekend" if book.is_weekend(day) else "workday")]
    opened = [(day, each) for day in days for each in book.opening(venue_id, day)]
    bands = [(day, interval(day, line.since, line.until)) for day in days]
    if not opened or (line.until <= line.since and line.until != MIDNIGHT):  # unknown, or a band through the night
        return hours_text(*interval(today, line.since, line.until))
    met = [
        (max(since, opens) - at(day, MIDNIGHT), min(until, closes) - at(day, MIDNIGHT))
        for day, (since, until) in bands
        for on, (opens, closes) in opened
        if abs((on - day).days) <= 1 and max(since, opens) < min(until, closes)
    ]
    if not met:
        return ""
    first, last = min(since for since, _until in met), max(until for _since, until in met)
    return hours_text(at(today, MIDNIGHT) + first, at(today, MIDNIGHT) + last)


def price_line(line: PriceLine, hours: str, shared: bool) -> dict:
    days = {
        "any": pgettext("days", "every day"),
        "workday": pgettext("days", "working days"),
        "weekend": pgettext("days", "weekends and holidays"),
    }
    people = {
        "anyone": pgettext("audience", "everybody"),
        "members": pgettext("audience", "verified union members"),
    }
    each = money_text(line.fen)
    return {
        "band": local_text(line, "label"),
        "days": days[line.days],
        "hours": hours,
        "who": people[line.audience],
        "price": _("%(price)s a person") % {"price": each} if shared and line.fen else each,
    }
