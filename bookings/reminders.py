"""Reminders: at seven on the evening before, and two hours before. Due times are facts: a late sweep still finds them.

At night nobody is woken: reminders wait until morning; of what begins before that, one stands in the portal alone.
Whoever booked after a reminder's moment needs none. A booking is reminded once for its time; moved, once more.
"""

from collections.abc import Iterator
from datetime import datetime, time, timedelta

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from palace.core import sweeps
from palace.notices.models import Message
from palace.unions.models import Palace

from . import messages
from .models import Booking, BookingStatus
from .querysets import BookingQuerySet

EVENING = time(19)
SHORTLY = timedelta(hours=2)
DAYTIME = range(7, 22)  # hours in which SMS and e-mail go out
MOST_AT_ONCE = 300
DAY_BEFORE, HOURS_BEFORE = "booking_reminder_day", "booking_reminder_hours"


def declare() -> None:
    sweeps.register("booking_reminders", remind)


def remind(_slot, now: datetime | None = None) -> int:
    """Write the reminders that are due, at most 300 of each kind; how many."""
    now = now or timezone.now()
    if timezone.localtime(now).hour in DAYTIME:
        return send(DAY_BEFORE, day_before(now), outside=True) + send(HOURS_BEFORE, shortly_before(now), outside=True)
    return send(HOURS_BEFORE, shortly_before(now).filter(starts_at__lte=morning_after(now)), outside=False)


def morning_after(now: datetime) -> datetime:
    """When the night that ``now`` lies in ends."""
    local = timezone.localtime(now)
    day = local.date() + timedelta(days=local.hour >= DAYTIME.stop)
    return datetime.combine(day, time(DAYTIME.start), local.tzinfo)


def send(kind: str, bookings: BookingQuerySet, *, outside: bool) -> int:
    due = list(bookings.with_people().order_by("starts_at", "pk")[:MOST_AT_ONCE])
    for booking in due:
        messages.tell(kind, booking, until=booking.starts_at, outside=outside)
    return len(due)


def day_before(now: datetime) -> BookingQuerySet:
    """Today's and tomorrow's bookings whose evening has come, except those that begin within two hours."""
    found = Q(pk=None)
    for starts_at, ends_at, evening in days_reminded(now):
        found |= Q(starts_at__gte=starts_at, starts_at__lt=ends_at, created_at__lt=evening)
    return awaited(DAY_BEFORE).filter(found, starts_at__gt=now + SHORTLY)  # type: ignore[return-value]


def days_reminded(now: datetime) -> Iterator[tuple[datetime, datetime, datetime]]:
    """Begin, end and evening before of each day for which that evening has come."""
    zone, today = timezone.get_default_timezone(), timezone.localdate(now)
    for day in (today, today + timedelta(days=1)):
        begin = datetime.combine(day, time(), zone)
        evening = datetime.combine(day - timedelta(days=1), EVENING, zone)
        if evening <= now:
            yield begin, begin + timedelta(days=1), evening


def shortly_before(now: datetime) -> BookingQuerySet:
    soon = awaited(HOURS_BEFORE).filter(starts_at__gt=now, starts_at__lte=now + SHORTLY)
    return soon.filter(created_at__lt=F("starts_at") - SHORTLY)  # type: ignore[return-value]


def awaited(kind: str) -> QuerySet:
    """Confirmed bookings of people with an account that were not reminded of their time yet."""
    sent = Message.objects.filter(kind=kind, subject_id=OuterRef("pk"), until=OuterRef("starts_at"))
    readers = Q(member__user__is_active=True) | Q(member__guardian__user__is_active=True)
    palaces = Palace.objects.values_list("pk", flat=True)  # so that the index by palace and time serves
    confirmed = Booking.objects.filter(status=BookingStatus.CONFIRMED, palace_id__in=list(palaces))
    return confirmed.filter(readers).exclude(Exists(sent))
