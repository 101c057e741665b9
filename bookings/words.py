"""How places, lengths and counts are called on pages, in both languages."""

import re
from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext, ngettext, npgettext, pgettext

from palace.core.wording import clock_text, day_text, in_english, is_foreign, local_day, local_text, money_text, tongues


def plain_price(fen: int) -> str:
    """As short as a cell of the board needs it: 15元, 12.5元, ¥15; 免费, Free."""
    return re.sub(r"(\.\d)0元$", r"\1元", money_text(fen).replace(" ", ""))


def length_text(minutes: int) -> str:
    """45 minutes, 1 hour, 1.5 hours."""
    hours, rest = divmod(minutes, 60)
    if not hours or rest % 30:
        return ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes}
    if rest:
        return gettext("%(n)s hours") % {"n": f"{hours}.5"}
    return ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": hours}


def ahead_text(when: datetime, now: datetime) -> str:
    """3 days, 5 hours, 40 minutes until ``when``, which is to come. From a day on nights are counted, as people do."""
    hours, minutes = divmod((when - now) // timedelta(minutes=1), 60)
    if hours >= 24:
        days = (local_day(when) - local_day(now)).days
        return ngettext("%(n)s day", "%(n)s days", days) % {"n": days}
    return length_text(hours * 60 or max(minutes, 1))


def moment_text(when: datetime, beside: datetime | None = None) -> str:
    """A clock; with its day unless that is the day of ``beside``, which stands near it."""
    if beside and local_day(when) == local_day(beside):
        return clock_text(when)
    return f"{day_text(when)} {clock_text(when)}"


def day_inside(day: date) -> str:
    """As ``day_text``, in the middle of a sentence: English writes today and tomorrow small there."""
    today = timezone.localdate()
    if day == today:
        return pgettext("in a sentence", "today")
    return pgettext("in a sentence", "tomorrow") if day == today + timedelta(days=1) else day_text(day)


def moment_inside(when: datetime, beside: datetime | None = None) -> str:
    """As ``moment_text``, in the middle of a sentence."""
    if beside and local_day(when) == local_day(beside):
        return clock_text(when)
    return f"{day_inside(local_day(when))} {clock_text(when)}"


def marked(thing, field: str = "name"):
    """The name in the reader's language; Chinese on an English page says that it is Chinese."""
    return tongues(local_text(thing, field))


def same_name(unit, venue) -> bool:
    """A gym is one unit that is called like its venue."""
    return unit.name == venue.name


def plate_of(unit) -> str:
    """The number or Latin letter in the unit's name; nothing where the name has none: 阅览座位, 整馆."""
    is_number = unit.label.isascii() and unit.label.isalnum()
    return unit.label if is_number and unit.label in local_text(unit, "name") else ""


def plated(unit):
    """The unit's name with its number on a plate: [3] 号场, Court [3]. Without one where the name has no number."""
    label = plate_of(unit)
    if not label:
        return marked(unit)
    before, label, after = local_text(unit, "name").partition(label)
    pieces = (escape(before.strip()), f'<span class="plate">{escape(label)}</span>', escape(after.strip()))
    html = mark_safe(" ".join(piece for piece in pieces if piece))
    foreign = is_foreign(local_text(unit, "name"))
    return format_html('<span lang="{}">{}</span>', foreign, html) if foreign else html


def place_text(unit, venue) -> str:
    names = [local_text(venue, "name"), local_text(unit, "name")]
    return names[0] if same_name(unit, venue) else " ".join(names)


def place_html(unit, venue):
    return marked(venue) if same_name(unit, venue) else format_html("{} {}", marked(venue), plated(unit))


# What a free place of each kind is counted as.
def free_now_words(kind: str, shared: bool, count: int) -> tuple[str, str]:
    """What stands before and after the number of free places."""
    if shared and kind != "reading":
        return pgettext("before a number", "room for"), npgettext("after a number", "person", "persons", count)
    counters = {
        "badminton": npgettext("after a number", "court free", "courts free", count),
        "basketball": npgettext("after a number", "basketball court free", "basketball courts free", count),
        "table_tennis": npgettext("after a number", "table free", "tables free", count),
        "billiards": npgettext("after a number", "table free", "tables free", count),
        "reading": npgettext("after a number", "seat free", "seats free", count),
    }
    return "", counters.get(kind) or npgettext("after a number", "room free", "rooms free", count)


def units_words(kind: str, count: int) -> str:
    """6 courts, 12 tables, 4 rooms."""
    counters = {
        "badminton": ngettext("%(n)s court", "%(n)s courts", count),
        "basketball": ngettext("%(n)s basketball court", "%(n)s basketball courts", count),
        "table_tennis": ngettext("%(n)s table", "%(n)s tables", count),
        "billiards": ngettext("%(n)s table", "%(n)s tables", count),
    }
    return (counters.get(kind) or ngettext("%(n)s room", "%(n)s rooms", count)) % {"n": count}


def free_words(count: int) -> str:
    """In the ribbon and beside an hour: 空 17."""
    return pgettext("count", "%(n)s free") % {"n": count} if count else pgettext("count", "full")


HAN = "零一两三四五六七八九十"


def number_word(count: int) -> str:
    """In a Chinese title numbers up to ten are written out: 七处, 两处."""
    if in_english():
        return str(count)
    return HAN[count] if 0 <= count <= 10 else f"{count} "


WHOLE = re.compile(r"((?:周. )?(?:\d+年)?\d+月\d+日|\d+:\d+ 见)")
TITLE_PIECE = 9  # letters that fit on a line of the narrowest phone


def title_html(*pieces: str):
    """Pieces of a Chinese title stand together and do not break, where they are short enough; English breaks anywhere.

    A bar in a translation parts a sentence into pieces.
    """
    pieces = tuple(piece for text in pieces for piece in text.split("|") if piece)
    if in_english():
        return tongues(" ".join(pieces))
    return format_html_join("", "{}", ((unbroken(p) if len(p) <= TITLE_PIECE else whole_dates(p),) for p in pieces))


def unbroken(text: str):
    return format_html('<span class="nb">{}</span>', text)


def whole_dates(text: str):
    """A long piece breaks anywhere but inside 周日 11月22日 or 9:00 见."""
    parts = enumerate(WHOLE.split(text))
    return format_html_join("", "{}", ((unbroken(part) if n % 2 else part,) for n, part in parts))


def cancel_rule(booking, now: datetime | None = None) -> str:
    """One sentence: until when it can be given back. Takes a booking, or a plan of one."""
    now, is_asked = now or timezone.now(), booking.status == "pending"
    if booking.cancel_before <= now:
        if is_asked:
            return gettext("Until the venue agrees you can take it back; after that, call the desk.")
        return gettext("It is too late to give it back here; if you cannot come, call the desk.")
    when = {"time": moment_inside(booking.cancel_before, beside=booking.starts_at)}
    if is_asked:
        return gettext("Until the venue agrees you can take it back; after that, before %(time)s.") % when
    return gettext("Cannot come? Give it back before %(time)s.") % when


def entrance(starts_at: datetime, early: timedelta) -> str:
    return gettext("You can come in from %(time)s.") % {"time": clock_text(starts_at - early)}


def spaced(number: str) -> str:
    """4826 1903: as people read it out."""
    return f"{number[:4]} {number[4:]}"
