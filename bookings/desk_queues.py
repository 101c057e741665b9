"""What waits for the desk, by urgency."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Q
from django.utils import timezone

from palace.core.wording import local_day
from venues.models import Closure
from venues.rules import at

from .desk_board import LATE_AFTER
from .models import Booking, BookingStatus
from .stranded import LONGEST

SOON = timedelta(hours=1)
SHOWN = 6


@dataclass(frozen=True, slots=True)
class Arrivals:
    """``expected`` begin within the hour or run already; ``missing`` should have been here a quarter of an hour ago."""

    expected: list[Booking]
    missing: list[Booking]
    persons_soon: int


def waiting(now: datetime) -> Q:
    """What the queues of today speak of: parties of now and the next hour, and whatever is to be approved."""
    due = Q(status=BookingStatus.CONFIRMED, starts_at__lte=now + SOON) | Q(status=BookingStatus.PENDING)
    return due & Q(starts_at__gt=now - LONGEST, ends_at__gt=now)


def arrivals(bookings: Iterable[Booking], now: datetime) -> Arrivals:
    """Those of ``bookings`` that are confirmed and of now or the next hour."""
    due = [b for b in bookings if b.status == BookingStatus.CONFIRMED and b.starts_at <= now + SOON and b.ends_at > now]
    due.sort(key=lambda b: (b.starts_at, b.unit.venue.position, b.unit.position, b.pk))
    missing = [b for b in due if now >= b.starts_at + LATE_AFTER]
    expected = [b for b in due if now < b.starts_at + LATE_AFTER]
    return Arrivals(expected, missing, sum(b.party_size for b in expected if b.starts_at > now))


def undecided(bookings: Iterable[Booking], now: datetime) -> list[Booking]:
    """As ``to_approve``, from what is read already."""
    rows = [b for b in bookings if b.status == BookingStatus.PENDING and b.ends_at > now]
    return sorted(rows, key=lambda b: (b.starts_at, b.pk))


def to_approve(palace, now: datetime):
    """Pending bookings that are still to come, the soonest first."""
    rows = Booking.objects.in_palace(palace).filter(status=BookingStatus.PENDING, ends_at__gt=now)
    return rows.select_related("member__guardian", "unit__venue").order_by("starts_at", "pk")


def closures_on(closures: Iterable[Closure], day: date) -> list[Closure]:
    """Those of ``closures`` that touch ``day``."""
    since, until = at(day, time()), at(day + timedelta(days=1), time())
    return [closure for closure in closures if closure.starts_at < until and closure.ends_at > since]


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
    rows = Booking.objects.in_palace(palace).filter(member__in=members).coming(timezone.now())
    return rows.with_people().select_related("policy")
