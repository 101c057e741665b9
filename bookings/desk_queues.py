"""What waits for the desk, by urgency."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from palace.core.wording import local_day
from venues.models import Closure
from venues.rules import at

from .desk_board import LATE_AFTER
from .models import Booking, BookingStatus

SOON = timedelta(hours=1)
SHOWN = 6


@dataclass(frozen=True, slots=True)
class Arrivals:
    """``expected`` begin within the hour or run already; ``missing`` should have been here a quarter of an hour ago."""

    expected: list[Booking]
    missing: list[Booking]
    persons_soon: int


def arrivals(palace, now: datetime) -> Arrivals:
    """Confirmed bookings of now and the next hour: one query."""
    rows = Booking.objects.in_palace(palace).filter(
        status=BookingStatus.CONFIRMED, ends_at__gt=now, starts_at__lte=now + SOON
    )
    rows = rows.select_related("member", "unit__venue", "policy").order_by(
        "starts_at", "unit__venue__position", "unit__position", "pk"
    )
    expected: list[Booking] = []
    missing: list[Booking] = []
    for booking in rows:
        (missing if now >= booking.starts_at + LATE_AFTER else expected).append(booking)
    return Arrivals(expected, missing, sum(b.party_size for b in expected if b.starts_at > now))


def to_approve(palace, now: datetime):
    """Pending bookings that are still to come, the soonest first."""
    rows = Booking.objects.in_palace(palace).filter(status=BookingStatus.PENDING, ends_at__gt=now)
    return rows.select_related("member__guardian", "unit__venue").order_by("starts_at", "pk")


def closures_on(palace, day: date) -> list[Closure]:
    """Closures that touch ``day`` and were not ended."""
    since, until = at(day, time()), at(day + timedelta(days=1), time())
    return list(with_targets(Closure.objects.filter(palace=palace).overlapping(since, until)))


def with_targets(closures):
    return closures.select_related("site", "venue", "space__venue", "unit__venue").order_by("starts_at", "pk")


def late_minutes(booking: Booking, now: datetime) -> int:
    return int((now - booking.starts_at).total_seconds() // 60)


def awaited_today(palace, now: datetime):
    """Bookings of today that nobody has come for yet: what a search goes straight to."""
    since = at(local_day(now), time())
    rows = (
        Booking.objects.in_palace(palace).active().filter(starts_at__gte=since - timedelta(hours=12), ends_at__gt=now)
    )
    return rows.filter(starts_at__lt=since + timedelta(days=1)).with_people().order_by("starts_at", "pk")


def coming_of(members, palace):
    """What these members have booked here from now on."""
    return Booking.objects.in_palace(palace).filter(member__in=members).coming(timezone.now()).with_people()
