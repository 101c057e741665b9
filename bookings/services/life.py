"""What happens to a booking after it was made.

Spaces are locked before rows of bookings, everywhere. Every change is one transaction with its audit and its message.
"""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from palace.core.models import OutboxMessage
from palace.core.wording import money_text
from venues import rulebook
from venues.models import Occupancy, OccupancyKind, Visit, VisitSource
from venues.services import Claim, lock_spaces, occupy

from ..models import Booking, BookingStatus
from ..permissions import asked_for
from ..planning import Plan, given_back_until, plan_booking
from ..refusals import refuse
from .placing import caller_of


def locked(booking: Booking, *spaces: int) -> Booking:
    """The booking as it is now, its space (and ``spaces``) and its row locked, in this order."""
    lock_spaces([booking.unit.space_id, *spaces])
    return Booking.objects.select_for_update(of=["self"]).select_related("unit", "member__guardian").get(pk=booking.pk)


def tell(topic: str, booking: Booking, **more) -> None:
    """Put the message into the outbox, in the caller's transaction."""
    OutboxMessage.objects.create(topic=topic, payload={"booking": booking.pk} | more, palace_id=booking.palace_id)


def leave_unsaid(ids: list[int], *, after: int) -> None:
    """Mark what the outbox says of the bookings ``ids`` as done: nobody is told of what the demonstration made up.

    ``after`` is an outbox id from before the first of them, in the same transaction: the relay never sees the rows.
    """
    rows = OutboxMessage.objects.open().filter(pk__gt=after, topic__startswith="booking_", payload__booking__in=ids)
    rows.update(done_at=timezone.now())


def release(booking: Booking, *, by, now: datetime | None = None) -> None:
    """Let go of the places of ``booking``; its space is locked."""
    rows = Occupancy.objects.holding().of(OccupancyKind.BOOKING, booking.pk).values_list("pk", flat=True)
    occupy([], by=by, source="release", releases=list(rows), now=now)


@transaction.atomic
def cancel_booking(
    *, booking: Booking, by, reason: str = "", by_staff: bool = False, now: datetime | None = None
) -> Booking:
    """Give the places back.

    Raises ``ValidationError``: ``not_active``; ``too_late`` after ``given_back_until``, for members; ``reason_required``
    for staff, whose reason the member reads.
    """
    booking = locked(booking)
    now = now or timezone.now()
    if not booking.is_active:
        raise refuse("not_active")
    if by_staff and not reason.strip():
        raise refuse("reason_required")
    if not by_staff and now >= given_back_until(booking):
        raise refuse("too_late")
    pending = booking.status == BookingStatus.PENDING
    end(booking, by=by, reason=reason.strip(), now=now)
    release(booking, by=by, now=now)
    tell("booking_cancelled", booking, by_staff=by_staff, pending=pending)
    return booking


def end(booking: Booking, *, by, reason: str, now: datetime) -> None:
    booking.status, booking.cancelled_at, booking.cancelled_by, booking.reason = (
        BookingStatus.CANCELLED,
        now,
        by,
        reason[:200],
    )
    booking.save(update_fields=["status", "cancelled_at", "cancelled_by", "reason"])


def release_for_closure(ids: list[int], *, by, reason: str, since: datetime, now: datetime) -> None:
    """Cancel bookings that a closure hits; the caller holds the locks of the spaces and releases the places.

    Who is in the house already has used his booking: it stays so, and he is expected to leave at ``since``.
    """
    for booking in (
        Booking.objects.select_for_update().filter(pk__in=ids, status__in=["pending", "confirmed"]).order_by("pk")
    ):
        end(booking, by=by, reason=reason, now=now)
        tell("booking_cancelled", booking, by_staff=True, closure=True)
    Visit.objects.filter(source=VisitSource.BOOKING, source_id__in=ids, leaves_at__gt=since).update(leaves_at=since)


@transaction.atomic
def move_booking(
    *, booking: Booking, unit, starts_at: datetime, by, by_staff: bool = False, now: datetime | None = None
) -> Booking:
    """Another time or unit of the same venue; the first place is kept until the second is sure.

    The length stays. Raises the refusals of booking, and ``other_venue`` or ``paid_more``. The price becomes the new time's;
    a page asks before it turns free into priced.
    """
    booking = locked(booking, unit.space_id)
    if not booking.is_active:
        raise refuse("not_active")
    if unit.venue_id != booking.unit.venue_id:
        raise refuse("other_venue")
    now = now or timezone.now()
    book = rulebook.current(booking.palace_id)
    ends_at = starts_at + (booking.ends_at - booking.starts_at)
    caller = caller_of(booking.member)
    plan = plan_booking(book, unit.pk, caller, starts_at, ends_at, booking.party_size, now, by_staff=by_staff)
    if booking.paid_fen > plan.price.fen:
        raise refuse("paid_more", back=money_text(booking.paid_fen - plan.price.fen))
    rows = Occupancy.objects.holding().of(OccupancyKind.BOOKING, booking.pk).values_list("pk", flat=True)
    occupy([claim_of(booking, plan)], by=by, source="move", releases=list(rows), now=now)
    booking.unit_id, booking.starts_at, booking.ends_at = unit.pk, starts_at, ends_at
    booking.price_fen, booking.price_basis = plan.price.fen, plan.price.basis
    booking.policy_id, booking.cancel_before = plan.policy.id, plan.cancel_before
    booking.save()
    tell("booking_moved", booking)
    return booking


def claim_of(booking: Booking, plan: Plan) -> Claim:
    unit = plan.unit
    return Claim(
        palace=booking.palace_id,
        space=unit.space_id,
        first=unit.first_place,
        count=unit.place_count,
        since=plan.starts_at,
        until=plan.until,
        kind=OccupancyKind.BOOKING,
        holder=booking.pk,
        heads=plan.party_size if unit.shared else None,
    )


@transaction.atomic
def approve_booking(*, booking: Booking, by) -> Booking:
    """Say yes to a pending booking. Nobody approves his own."""
    booking = asked(booking, by)
    booking.status = BookingStatus.CONFIRMED
    booking.save(update_fields=["status"])
    tell("booking_approved", booking)
    return booking


@transaction.atomic
def refuse_booking(*, booking: Booking, by, reason: str, now: datetime | None = None) -> Booking:
    """Say no to a pending booking, with the reason that the member reads. Nobody decides on his own."""
    return cancel_booking(booking=asked(booking, by), by=by, reason=reason, by_staff=True, now=now)


def asked(booking: Booking, by) -> Booking:
    """The pending booking, locked, for somebody who may decide on it. Raises ``not_active`` or ``own_request``."""
    booking = locked(booking)
    if booking.status != BookingStatus.PENDING:
        raise refuse("not_active")
    if asked_for(by, booking):
        raise refuse("own_request")
    return booking


@transaction.atomic
def check_in(*, booking: Booking, by, persons: int | None = None, now: datetime | None = None) -> Booking:
    """He is here: the booking is used, and a visit is counted. Doing it twice counts once.

    Raises ``too_early_to_check_in`` before the policy's early minutes, ``not_active`` for a cancelled one.
    """
    now = now or timezone.now()
    booking = Booking.objects.select_for_update(of=["self"]).select_related("policy", "unit").get(pk=booking.pk)
    if booking.status == BookingStatus.USED:
        return booking
    if booking.status not in (BookingStatus.CONFIRMED, BookingStatus.NO_SHOW):
        raise refuse("not_active")
    if now < booking.enters_from:
        raise refuse("too_early_to_check_in", minutes=booking.policy.early_minutes)
    booking.status, booking.checked_in_at = BookingStatus.USED, now
    booking.save(update_fields=["status", "checked_in_at"])
    Visit.objects.create(
        palace_id=booking.palace_id,
        venue_id=booking.unit.venue_id,
        member_id=booking.member_id,
        source=VisitSource.BOOKING,
        source_id=booking.pk,
        persons=persons or booking.party_size,
        entered_at=now,
        leaves_at=booking.ends_at,
        recorded_by=by,
    )
    return booking


def shut_while_here(booking: Booking) -> datetime | None:
    """When a closure took the places of this used booking; None where it keeps them to its end."""
    if booking.status != BookingStatus.USED:
        return None
    held = Occupancy.objects.holding().of(OccupancyKind.BOOKING, booking.pk).order_by("-ends_at").first()
    if held is not None:
        return held.ends_at if held.ends_at < booking.ends_at else None
    return booking.starts_at


@transaction.atomic
def undo_check_in(*, booking: Booking, by, now: datetime | None = None) -> Booking:
    """Take back a check-in pressed by mistake, with its visit, while the booking lasts.

    Raises ``not_active``, or ``shut_meanwhile`` where a closure took its places: an awaited booking holds places.
    """
    booking = Booking.objects.select_for_update().get(pk=booking.pk)
    if booking.status != BookingStatus.USED or (now or timezone.now()) >= booking.ends_at:
        raise refuse("not_active")
    if shut_while_here(booking):
        raise refuse("shut_meanwhile")
    Visit.objects.filter(source=VisitSource.BOOKING, source_id=booking.pk).delete()
    booking.status, booking.checked_in_at = BookingStatus.CONFIRMED, None
    booking.save(update_fields=["status", "checked_in_at"])
    return booking


@transaction.atomic
def mark_no_show(*, booking: Booking, by=None, now: datetime | None = None) -> Booking:
    """Nobody came. ``by`` is None where the clock says so. A check-in afterwards still counts.

    Raises ``not_begun`` before the start, ``not_active`` for a booking that is not awaited.
    """
    now = now or timezone.now()
    booking = Booking.objects.select_for_update().get(pk=booking.pk)
    if booking.status != BookingStatus.CONFIRMED:
        raise refuse("not_active")
    if now < booking.starts_at:
        raise refuse("not_begun")
    booking.status = BookingStatus.NO_SHOW
    booking.save(update_fields=["status"])
    return booking
