"""What becomes of bookings: people come and pay, stay away, give back; staff say yes. Through the desk's services."""

from datetime import date, datetime, timedelta
from random import Random

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from bookings.fullness import opening_at
from bookings.models import Booking, BookingStatus
from bookings.planning import Plan
from bookings.services import (
    approve_booking,
    cancel_booking,
    check_in,
    leave_unsaid,
    mark_no_show,
    take_payment,
)
from palace.core.models import LedgerAccount, OutboxMessage
from palace.demo.catalogue.shapes import VenueSpec
from palace.demo.models import Event, EventKind
from venues.models import Visit, VisitSource
from venues.rules import SHANGHAI
from venues.services import lock_spaces

from .demand import share
from .house import House, houses
from .parts import rng

CANCELLED, ABSENT, UNPAID = 0.07, 0.04, 0.03
ACCOUNTS = [(LedgerAccount.WALLET, 60), (LedgerAccount.CASH, 25), (LedgerAccount.CARD, 15)]
REASONS = ("临时加班", "孩子发烧了", "改天再来", "同伴来不了", "")
BATCH = 40


# --- what is to happen ----------------------------------------------------------------------------------------


def events_of(
    house: House, booking_id: int, plan: Plan, made_at: datetime, now: datetime, chance: Random
) -> list[Event]:
    """The life of a booking just made. Only what lies before ``now`` is given back: what is booked stays booked."""
    common = {"palace_id": house.palace.pk, "booking_id": booking_id}
    events: list[Event] = []
    if plan.status == BookingStatus.PENDING:
        approved = made_at + timedelta(hours=chance.uniform(2, 30))
        if approved >= plan.starts_at:
            return [Event(kind=EventKind.GIVE_UP, at=plan.starts_at - timedelta(minutes=1), **common)]
        events.append(Event(kind=EventKind.APPROVE, at=approved, **common))
        made_at = approved
    given_back = made_at + (plan.cancel_before - made_at) * chance.uniform(0.1, 0.9)
    fate = chance.random()
    if fate < CANCELLED and made_at < plan.cancel_before and given_back <= now:
        return [*events, Event(kind=EventKind.CANCEL, at=given_back, **common)]
    if CANCELLED <= fate < CANCELLED + ABSENT:
        return [*events, Event(kind=EventKind.ABSENT, at=plan.ends_at, **common)]
    return [*events, arrival(plan, common, chance)]


def arrival(plan: Plan, common: dict, chance: Random) -> Event:
    """Most come some minutes before, some late. What is due is paid then, but for a few."""
    early = min(int(plan.policy.early.total_seconds() // 60), 10)
    late = 25 if chance.random() < 0.12 else 4
    came = plan.starts_at + timedelta(minutes=chance.uniform(-early, late))
    amount = 0 if chance.random() < UNPAID else plan.price.fen
    return Event(kind=EventKind.ARRIVE, at=came, persons=plan.party_size, amount_fen=amount, **common)


def walk_ins(house: House, venue: int, spec: VenueSpec, day: date, chance: Random) -> list[Event]:
    """People who come without a booking, spread over the opening hours like everybody else."""
    hours = [
        opens + timedelta(hours=n)
        for opens, closes in house.book.opening(venue, day)
        for n in range(int((closes - opens) / timedelta(hours=1)))
    ]
    if not hours or not spec.walk_ins:
        return []
    weights = [share(house.book, hour) for hour in hours]
    moments = chance.choices(hours, weights, k=round(spec.walk_ins * chance.uniform(0.6, 0.9)))
    return [walk_in(house, venue, hour + timedelta(minutes=chance.uniform(0, 59)), chance) for hour in sorted(moments)]


def walk_in(house: House, venue: int, when: datetime, chance: Random) -> Event:
    member = chance.choice(house.regulars).pk if chance.random() < 0.7 else None
    return Event(
        kind=EventKind.WALK_IN,
        at=when,
        palace_id=house.palace.pk,
        venue_id=venue,
        member_id=member,
        persons=chance.choice((1, 1, 1, 2)),
    )


# --- making it happen -----------------------------------------------------------------------------------------


def live(until: datetime | None = None, *, most: int | None = None, **only) -> int:
    """Let happen what is due, oldest first, in small transactions; how much it was. ``only``: a filter of events."""
    until = until or timezone.now()
    by_palace = {house.palace.pk: house for house in houses()}
    done = 0
    while most is None or done < most:
        count = batch(by_palace, until, only)
        done += count
        if not count:
            return done
    return done


@transaction.atomic
def batch(by_palace: dict[int, House], until: datetime, only: dict) -> int:
    due = Event.objects.filter(at__lte=until, **only)
    rows = list(due.select_for_update(skip_locked=True).order_by("at", "pk")[:BATCH])
    before = OutboxMessage.objects.aggregate(last=Max("pk"))["last"] or 0
    lock_spaces_of(rows)
    for event in rows:
        try:
            HAPPEN[EventKind(event.kind)](by_palace[event.palace_id], event)
        except (ValidationError, Booking.DoesNotExist):
            pass  # somebody at the desk was faster, or had other plans
    leave_unsaid([e.booking_id for e in rows if e.booking_id], after=before)
    Event.objects.filter(pk__in=[e.pk for e in rows]).delete()
    return len(rows)


def lock_spaces_of(rows: list[Event]) -> None:
    """All spaces of the batch at once, ascending and before any row of a booking, as everywhere."""
    ids = [event.booking_id or 0 for event in rows if event.kind in AT_THE_DESK]
    if ids:
        lock_spaces(set(Booking.objects.filter(pk__in=ids).values_list("unit__space", flat=True)))


def booking_of(event: Event) -> Booking:
    return Booking.objects.select_related("unit", "booked_by").get(pk=event.booking_id or 0)


def approve(house: House, event: Event) -> None:
    approve_booking(booking=booking_of(event), by=house.manager)


def cancel(house: House, event: Event) -> None:
    booking = booking_of(event)
    reason = rng("reason", event.booking_id).choice(REASONS)
    cancel_booking(booking=booking, by=booking.booked_by, reason=reason, now=event.at)


def give_up(house: House, event: Event) -> None:
    booking = booking_of(event)
    if booking.status == BookingStatus.PENDING:
        reason = "到开始前还没有审批，场地放出来了"
        cancel_booking(booking=booking, by=house.manager, by_staff=True, reason=reason, now=event.at)


def arrive(house: House, event: Event) -> None:
    booking = check_in(booking=Booking(pk=event.booking_id), by=house.desk, persons=event.persons, now=event.at)
    due = min(event.amount_fen, booking.due_fen)
    if due:
        chance = rng("account", event.booking_id)
        account = chance.choices([a for a, _w in ACCOUNTS], [w for _a, w in ACCOUNTS])[0]
        receipt = f"{event.at.astimezone(SHANGHAI):%y%m%d}-{booking.number}"
        take_payment(
            booking=booking, by=house.desk, amount_fen=due, account=account, receipt_number=receipt, now=event.at
        )


def absent(house: House, event: Event) -> None:
    mark_no_show(booking=Booking(pk=event.booking_id), now=event.at)


def come_in(house: House, event: Event) -> None:
    leaves_at = event.at + timedelta(minutes=rng("stays", event.pk).randint(40, 130))
    opened = opening_at(house.book, event.venue_id or 0, event.at)
    Visit.objects.create(
        palace_id=event.palace_id,
        venue_id=event.venue_id or 0,
        member_id=event.member_id,
        source=VisitSource.WALK_IN,
        persons=event.persons,
        entered_at=event.at,
        leaves_at=min(leaves_at, opened[1]) if opened else leaves_at,
        recorded_by=house.desk,
    )


AT_THE_DESK = (EventKind.APPROVE, EventKind.CANCEL, EventKind.GIVE_UP)
HAPPEN = {
    EventKind.APPROVE: approve,
    EventKind.CANCEL: cancel,
    EventKind.GIVE_UP: give_up,
    EventKind.ARRIVE: arrive,
    EventKind.ABSENT: absent,
    EventKind.WALK_IN: come_in,
}
