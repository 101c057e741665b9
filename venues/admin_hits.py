"""Whom a change hits, as the admin site says it: a sentence each, with the ways to the people for those who may."""

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from palace.core.wording import local_text
from palace.unions.models import Palace

from .services import Hit

LINK = '{} <a class="reg-hit" href="{}" target="_blank">{}</a>'


def lines(hits: list[Hit], request, palace) -> list[str]:
    """``palace``: object or id."""
    may_see, may_call = (request.user.may(right, palace) for right in ("bookings.see", "accounts.find_member"))
    return [line(hit, may_see, may_call) for hit in hits]


def line(hit: Hit, may_see: bool, may_call: bool) -> SafeString:
    text = format_html("{}", _("%(line)s (here now)") % {"line": hit.text} if hit.line.here else hit.text)
    if may_see and hit.line.page:
        text = format_html(LINK, text, hit.line.page, _("See"))
    if may_call and hit.line.call:
        text = format_html(LINK, text, hit.line.call, _("Call"))
    return text


def lines_by_palace(hits: dict[int, list[Hit]], request) -> list[str]:
    """Bookings one by one where this person may see them; else how many each palace has."""
    palaces = Palace.objects.in_bulk(hits)
    found: list[str] = []
    for pk, palace in palaces.items():
        own = request.user.may("bookings.see", palace)
        found += lines(hits[pk], request, palace) if own else [counted(palace, len(hits[pk]))]
    return found


def counted(palace: Palace, count: int) -> str:
    text = ngettext(
        "%(palace)s: %(n)s booking. Its desk finds it under Closures and calls the people.",
        "%(palace)s: %(n)s bookings. Its desk finds them under Closures and calls the people.",
        count,
    )
    return text % {"palace": local_text(palace, "name"), "n": count}
