"""Dates, amounts and names as people here read them, in both languages. Times are those of Asia/Shanghai."""

import re
import unicodedata
from datetime import date, datetime, time, timedelta

from django.utils import timezone
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext, pgettext


def in_english() -> bool:
    return (get_language() or "").startswith("en")


def has_english(thing, field: str) -> bool:
    return bool(getattr(thing, f"{field}_en", ""))


def local_text(thing, field: str) -> str:
    """``thing.name`` in the reader's language; English falls back to Chinese."""
    if in_english() and has_english(thing, field):
        return getattr(thing, f"{field}_en")
    return getattr(thing, field, "") or ""


HAN = "\u3400-\u9fff"
CHINESE = re.compile(rf"(?:(?<![\d:.])\d+ )?[{HAN}](?:[^A-Za-z\n]*[{HAN}\u3001-\u3011\uff01-\uff60])*")
ENGLISH = re.compile("[A-Za-z]{3}")
COUNTED = re.compile(rf"(?<=\d) (?=[{HAN}])|(?<=×) (?=\d)")  # the room between a number and what it counts


def is_foreign(text: str) -> str:
    """The language of ``text`` where a page in the reader's language has to say it: "zh-Hans", "en", or nothing."""
    if in_english():
        return "zh-Hans" if CHINESE.search(text) and not ENGLISH.search(text) else ""
    return "en" if ENGLISH.search(text) and not CHINESE.search(text) else ""


def tongues(text) -> SafeString:
    """``text`` as HTML that says which parts of it are in the other language: names, reasons, what staff wrote."""
    if isinstance(text, SafeString):
        return text
    return mark_safe("\n".join(marked_line(line) for line in str(text or "").split("\n")))


def marked_line(line: str) -> str:
    if in_english():
        return CHINESE.sub(lambda found: f'<span lang="zh-Hans">{found[0]}</span>', escape(line))
    return format_html('<span lang="en">{}</span>', line) if is_foreign(line) else escape(line)


def local_day(value: date | datetime) -> date:
    if isinstance(value, datetime):
        return timezone.localtime(value).date() if timezone.is_aware(value) else value.date()
    return value


def local_time(value: time | datetime) -> time:
    if isinstance(value, datetime):
        return timezone.localtime(value).time() if timezone.is_aware(value) else value.time()
    return value


def clock_text(value: time | datetime) -> str:
    """9:00, 13:30."""
    at = local_time(value)
    return f"{at.hour}:{at.minute:02}"


def weekday_text(day: date) -> str:
    return [
        pgettext("weekday", "Mon"),
        pgettext("weekday", "Tue"),
        pgettext("weekday", "Wed"),
        pgettext("weekday", "Thu"),
        pgettext("weekday", "Fri"),
        pgettext("weekday", "Sat"),
        pgettext("weekday", "Sun"),
    ][day.weekday()]


def month_text(day: date) -> str:
    return [
        pgettext("month", "Jan"),
        pgettext("month", "Feb"),
        pgettext("month", "Mar"),
        pgettext("month", "Apr"),
        pgettext("month", "May"),
        pgettext("month", "Jun"),
        pgettext("month", "Jul"),
        pgettext("month", "Aug"),
        pgettext("month", "Sep"),
        pgettext("month", "Oct"),
        pgettext("month", "Nov"),
        pgettext("month", "Dec"),
    ][day.month - 1]


def date_text(day: date, today: date | None = None) -> str:
    """21 Nov, 11月21日; with the year unless it is this one."""
    parts = {"day": day.day, "month": month_text(day), "year": day.year}
    if day.year == (today or timezone.localdate()).year:
        return pgettext("date", "%(day)s %(month)s") % parts
    return pgettext("date", "%(day)s %(month)s %(year)s") % parts


def day_text(value: date | datetime, today: date | None = None) -> str:
    """Today, tomorrow, else weekday and date."""
    day, today = local_day(value), today or timezone.localdate()
    if day == today:
        return gettext("Today")
    if day == today + timedelta(days=1):
        return gettext("Tomorrow")
    parts = {"weekday": weekday_text(day), "date": date_text(day, today)}
    return pgettext("date", "%(weekday)s %(date)s") % parts


def end_text(starts_at: datetime, ends_at: datetime) -> str:
    """The end of a slot as a clock: midnight is 24:00, and what ends later says so."""
    nights = (local_day(ends_at) - local_day(starts_at)).days
    if nights <= 0:
        return clock_text(ends_at)
    if nights == 1 and local_time(ends_at) == time(0):
        return "24:00"
    if nights == 1:
        return gettext("%(time)s next day") % {"time": clock_text(ends_at)}
    return f"{day_text(ends_at)} {clock_text(ends_at)}"


def hours_text(starts_at: datetime, ends_at: datetime) -> str:
    return f"{clock_text(starts_at)}–{end_text(starts_at, ends_at)}"


def number_text(number: int) -> str:
    """26000, 26,000: thousands are parted in English only."""
    return f"{number:,}" if in_english() else str(number)


def money_text(fen: int) -> str:
    """1500 is 15 元 or ¥15, 1550 is 15.50 元 or ¥15.50, 0 is free."""
    return amount_text(fen) if fen else gettext("Free")


def amount_text(fen: int) -> str:
    """As ``money_text``, where nothing is an amount like any other: 0 元, ¥0."""
    sign, (yuan, rest) = "-" if fen < 0 else "", divmod(abs(fen), 100)
    amount = f"{number_text(yuan)}.{rest:02}" if rest else number_text(yuan)
    return f"{sign}¥{amount}" if in_english() else f"{sign}{amount} 元"


def letters(name: str) -> list[str]:
    """The letters of a name; a variation selector or an accent stays with the letter before it."""
    found: list[str] = []
    for char in name.strip():
        if found and unicodedata.category(char).startswith("M"):
            found[-1] += char
        else:
            found.append(char)
    return found


def masked_name(name: str) -> str:
    """周*明, 钱*; one letter alone shows nothing."""
    parts = letters(name or "")
    if len(parts) < 2:
        return "*" * len(parts)
    return f"{parts[0]}*{parts[-1] if len(parts) > 2 else ''}"


def masked_number(phone: str) -> str:
    """138****5678, with or without the country's code; what is too short to hide shows nothing."""
    digits = re.sub(r"\D", "", re.sub(r"^(\+|00)86", "", (phone or "").strip()))
    if len(digits) < 8:
        return "****" if digits else ""
    return f"{digits[:3]}****{digits[-4:]}"
