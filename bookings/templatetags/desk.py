"""Words of the desk's pages: ``{% load desk %}``."""

from django import template
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _

from bookings.desk_queues import late_minutes
from bookings.words import ahead_text, moment_inside, place_html, place_text, same_name, spaced
from palace.core.models import LedgerAccount
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

register = template.Library()
register.filter("spaced", spaced)
register.filter("inside", moment_inside)


@register.simple_tag
def place(unit):
    """The venue and the unit of a booking, in the reader's language."""
    return place_html(unit, unit.venue)


@register.filter
def place_plain(unit):
    return place_text(unit, unit.venue)


@register.simple_tag
def hours(booking):
    """When: the hours alone where it is today."""
    today = local_day(booking.starts_at) == timezone.localdate()
    day = "" if today else f"{day_text(booking.starts_at)} "
    return format_html('<span class="nb">{}{}</span>', day, hours_text(booking.starts_at, booking.ends_at))


@register.filter
def since(moment):
    """A clock; with its day where that is not today."""
    today = local_day(moment) == timezone.localdate()
    return clock_text(moment) if today else f"{day_text(moment)} {clock_text(moment)}"


@register.simple_tag
def due(booking):
    """What is to be paid on arrival, else what became of the money."""
    if not booking.price_fen:
        return money_text(0)
    if booking.due_fen:
        return _("collect %(amount)s") % {"amount": money_text(booking.due_fen)}
    if booking.return_fen:
        return _("give back %(amount)s") % {"amount": money_text(booking.return_fen)}
    return _("paid") if booking.paid_fen else _("nothing to pay")


@register.filter
def ahead(booking, now):
    """How long until it begins."""
    return ahead_text(booking.starts_at, now)


@register.filter
def late(booking, now):
    """Minutes since the start."""
    return late_minutes(booking, now)


@register.filter
def clauses(text):
    """A line of facts between dots, so that it breaks after a dot and not before one."""
    *most, last = text.split(" · ")
    pieces = [format_html("{} ·", tongues(piece)) for piece in most] + [tongues(last)]
    return format_html_join(" ", "<span>{}</span>", ((piece,) for piece in pieces))


@register.filter
def weekday(value):
    return weekday_text(local_day(value))


@register.simple_tag
def target(closure):
    """What a closure shuts: a part with the venue that it belongs to."""
    part = closure.unit or closure.space
    if part is None:
        return local_text(closure.venue or closure.site, "name")
    return local_text(part.venue, "name") if same_name(part, part.venue) else place_text(part, part.venue)


@register.filter
def money_side(transaction):
    """The entry that says how the money came or went; the other one is its income."""
    return next(entry for entry in transaction.entries.all() if entry.account != LedgerAccount.INCOME_BOOKING)
