"""What the house knows of bookings when it closes something (``venues.holders``)."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext, pgettext

from palace.core.navigation import address
from palace.core.wording import day_text, hours_text, masked_name, money_text
from venues.holders import Holder, Line

from .models import Booking, BookingStatus
from .services import release_for_closure
from .words import place_text, spaced


def describe(ids: list[int]) -> dict[int, Line]:
    """One line a booking, the name masked."""
    rows = Booking.objects.filter(pk__in=ids).select_related("member", "unit__venue")
    return {b.pk: line_of(b) for b in rows}


def line_of(b: Booking) -> Line:
    """Who is ``here`` is told in person: his booking is used, and no message reaches him in time."""
    text = _("%(number)s · %(when)s · %(place)s · %(name)s, %(persons)s") % {
        "number": spaced(b.number),
        "when": f"{day_text(b.starts_at)} {hours_text(b.starts_at, b.ends_at)}",
        "place": place_text(b.unit, b.unit.venue),
        "name": masked_name(b.member.name),
        "persons": ngettext("%(n)s person", "%(n)s persons", b.party_size) % {"n": b.party_size},
    }
    if b.paid_fen:
        text += pgettext("between clauses", ", ") + _("paid %(amount)s") % {"amount": money_text(b.paid_fen)}
    here = b.status == BookingStatus.USED
    return Line(text, address("desk_booking", b.number), address("desk_member", b.member_id), here, b.party_size)


BOOKINGS = Holder(label=gettext_noop("booking"), may_be_released=True, describe=describe, release=release_for_closure)
