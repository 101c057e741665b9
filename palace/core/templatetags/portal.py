"""Tags and filters for pages: ``{% load portal %}``."""

import segno
from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe

from palace.core import wording
from palace.core.icons import MARK, STROKES
from palace.core.wording import (
    clock_text,
    date_text,
    day_text,
    hours_text,
    local_day,
    local_text,
    masked_name,
    masked_number,
    money_text,
    number_text,
)

register = template.Library()


@register.filter
def fen(value):
    """An amount of fen: 15 元; 免费 for 0; nothing for none."""
    return "" if value in (None, "") else money_text(int(value))


@register.filter
def number(value):
    """A count that may go into the thousands."""
    return "" if value in (None, "") else number_text(int(value))


@register.filter
def clock(value):
    """9:00"""
    return clock_text(value) if value else ""


@register.filter
def day(value):
    """今天, 明天, 周六 11月21日"""
    return day_text(value) if value else ""


@register.filter
def dated(value):
    """11月21日; with the year unless it is this one."""
    return date_text(local_day(value)) if value else ""


@register.simple_tag
def when(starts_at, ends_at=None):
    """今天 14:00–15:00, in pieces that do not break."""
    hours = hours_text(starts_at, ends_at) if ends_at else clock_text(starts_at)
    return nb(day_text(starts_at), hours)


def nb(*pieces):
    return format_html_join(" ", '<span class="nb">{}</span>', ((piece,) for piece in pieces))


@register.filter
def tied(text):
    """A Chinese number and its word stay on one line: 1 小时."""
    joined = wording.COUNTED.sub("\u00a0", text)
    return mark_safe(joined) if hasattr(text, "__html__") else joined


masked = register.filter("masked", masked_name)
masked_phone = register.filter("masked_phone", masked_number)


@register.simple_tag
def localname(thing, field="name"):
    """``thing.name`` in the reader's language. Chinese on an English page says that it is Chinese."""
    return wording.tongues(local_text(thing, field))


@register.filter
def tongues(text):
    """What people wrote, with a mark on what is not in the language of the page. Not for titles and attributes."""
    return wording.tongues(text)


@register.simple_tag
def lang_of(text):
    """The attribute of an element that holds ``text`` alone, where that is not in the language of the page."""
    found = wording.is_foreign(str(text))
    return format_html(' lang="{}"', found) if found else ""


@register.filter
def localtext(thing, field="name"):
    """As ``localname``, without markup: for titles and attributes."""
    return local_text(thing, field)


@register.simple_tag
def icon(name):
    """The mark of the house ("mark"), or a line drawing of ``palace.core.icons``."""
    if name == "mark":
        return mark_safe(
            '<svg viewBox="0 0 48 48" aria-hidden="true" fill="currentColor">'
            f'<path fill-rule="evenodd" d="{MARK}"/></svg>'
        )
    return mark_safe(
        '<svg viewBox="0 0 24 24" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="1.8">'
        f'<path d="{STROKES[name]}"/></svg>'
    )


@register.simple_tag
def qr(payload, label):
    """A QR code drawn on the page; ``label`` is what it is for."""
    rows = tuple(segno.make(str(payload), micro=False, boost_error=False).matrix)
    path = "".join(runs(rows))
    return format_html(
        '<svg viewBox="0 0 {0} {0}" role="img" aria-label="{1}" fill="currentColor" shape-rendering="crispEdges">'
        '<path d="{2}"/></svg>',
        len(rows),
        label,
        path,
    )


def runs(rows):
    """Path pieces, one for every run of dark modules of a row."""
    for y, row in enumerate(rows):
        x = 0
        while x < len(row):
            length = next((n for n, dark in enumerate(row[x:]) if not dark), len(row) - x)
            if length:
                yield f"M{x} {y}h{length}v1H{x}z"
            x += length or 1


@register.simple_tag
def marks(count):
    """Dividers of a bar of ``count`` equal places, as one SVG path."""
    return "".join(f"M{100 * n / count:.2f} 0V10" for n in range(1, int(count or 0)))


@register.simple_tag(takes_context=True)
def page_link(context, number):
    """The query of this address with another ``page``."""
    query = context["request"].GET.copy()
    query["page"] = number
    return f"?{query.urlencode()}"


@register.simple_tag
def pages_of(page):
    """Numbers of pages around the present one, with gaps."""
    return page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
