"""A booking as a calendar file."""

from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from palace.core.wording import in_english, local_text

from .models import Booking, BookingStatus
from .words import cancel_rule, place_text, spaced

STATES: dict[str, str] = {BookingStatus.PENDING: "TENTATIVE", BookingStatus.CANCELLED: "CANCELLED"}


def calendar_file(booking: Booking, site: str) -> bytes:
    """``site`` is the portal's address with its slash; it makes the entry's name unique in the world."""
    calendar = Calendar()
    calendar.add("prodid", "-//palace//bookings//EN" if in_english() else "-//palace//bookings//ZH")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(event_of(booking, site))
    return calendar.to_ical()


def event_of(booking: Booking, site: str) -> Event:
    host = site.split("//")[-1].strip("/")
    event = Event()
    event.add("uid", f"{booking.number}@{host}")
    event.add("dtstamp", booking.updated_at)
    event.add("sequence", booking.version)
    event.add("dtstart", booking.starts_at)
    event.add("dtend", booking.ends_at)
    event.add("summary", place_text(booking.unit, booking.unit.venue))
    event.add("location", where_text(booking))
    event.add("description", description(booking))
    event.add("status", STATES.get(booking.status, "CONFIRMED"))
    return event


def where_text(booking: Booking) -> str:
    site = booking.unit.venue.site
    pieces = [local_text(booking.palace, "name"), local_text(site, "name"), local_text(site, "address")]
    return " ".join(filter(None, pieces))


def description(booking: Booking) -> str:
    number = _("Booking %(number)s.") % {"number": spaced(booking.number)}
    between = " " if in_english() else ""
    return f"{number}{between}{cancel_rule(booking)}" if booking.is_active else number
