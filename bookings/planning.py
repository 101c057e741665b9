"""Judging one request by the rules, without a query: a plan to claim, or a refusal with its sentence."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from palace.core.wording import clock_text, date_text, local_day
from venues.rules import SHANGHAI, Caller, PolicyRules, Price, Rulebook, UnitRules

from .refusals import refuse


@dataclass(frozen=True, slots=True)
class Plan:
    """What ``book_places`` needs. ``until`` includes the buffer, ``ends_at`` does not."""

    unit: UnitRules
    policy: PolicyRules
    starts_at: datetime
    ends_at: datetime
    until: datetime
    party_size: int
    price: Price
    opens_at: datetime
    cancel_before: datetime
    status: str


def plan_booking(
    book: Rulebook,
    unit_id: int,
    caller: Caller,
    starts_at: datetime,
    ends_at: datetime,
    party_size: int,
    now: datetime,
    *,
    by_staff: bool = False,
    approves: bool = False,
    walk_in: bool = False,
) -> Plan:
    """Check every rule that needs no other booking. Raises ``ValidationError`` with a code of ``bookings.refusals``.

    Staff book for people whom the audience leaves out and inside the opening second; grid, hours and party stay. Who
    ``approves`` confirms at once what others ask for. A walk-in may begin in the past and off the grid, since he is already
    there; he cannot wait for an approval.
    """
    unit = bookable_unit(book, unit_id)
    policy = book.policy(unit, starts_at.astimezone(SHANGHAI).date())
    if policy is None:
        raise refuse("no_policy")
    check_time(book, unit, policy, starts_at, ends_at, now, walk_in)
    check_party(unit, policy, party_size)
    is_pending = is_asked(policy, approves)
    if is_pending and walk_in:
        raise refuse("needs_approval")
    opens_at = policy.opens_for(starts_at.astimezone(SHANGHAI).date())
    if not by_staff:
        check_opened(opens_at, now)
        check_caller(policy, caller)
    return Plan(
        unit=unit,
        policy=policy,
        starts_at=starts_at,
        ends_at=ends_at,
        until=ends_at if unit.shared else ends_at + policy.buffer,
        party_size=party_size,
        price=book.price(unit, starts_at, ends_at, caller, party_size),
        opens_at=min(opens_at, now) if by_staff else opens_at,
        cancel_before=starts_at - policy.notice,
        status="pending" if is_pending else "confirmed",
    )


def is_asked(policy: PolicyRules, approves: bool) -> bool:
    """Whether a booking under ``policy`` waits for somebody else to approve it."""
    return policy.needs_approval and not approves


def given_back_until(made) -> datetime:
    """Until when a member may give back ``made``, a booking or a plan of one: a request that nobody has agreed to, to its start."""
    return made.starts_at if made.status == "pending" else made.cancel_before


def bookable_unit(book: Rulebook, unit_id: int) -> UnitRules:
    unit = book.units.get(unit_id)
    if unit is None or not unit.is_active or not book.venues[unit.venue_id].is_active:
        raise refuse("not_bookable")
    return unit


def check_time(book, unit, policy, starts_at, ends_at, now, walk_in) -> None:
    if starts_at <= now and not walk_in:
        raise refuse("past")
    if ends_at <= now:
        raise refuse("past")
    check_length(policy, ends_at - starts_at, walk_in)
    opened = opening_around(book, unit.venue_id, starts_at, ends_at)
    if opened is None:
        raise refuse("outside_hours")
    if (starts_at - opened[0]) % policy.grid and not walk_in:
        raise refuse("off_grid", grid=whole_minutes(policy.grid))


def check_length(policy: PolicyRules, length: timedelta, walk_in: bool) -> None:
    if length > policy.longest:
        raise refuse("too_long", minutes=whole_minutes(policy.longest))
    if walk_in and length > timedelta():
        return
    if length < policy.shortest:
        raise refuse("too_short", minutes=whole_minutes(policy.shortest))
    if length % policy.grid:
        raise refuse("bad_length", grid=whole_minutes(policy.grid))


def whole_minutes(span: timedelta) -> int:
    return int(span.total_seconds() // 60)


def opening_around(book: Rulebook, venue_id: int, starts_at: datetime, ends_at: datetime):
    """The opening interval that contains the whole time; it may have begun the day before."""
    day = starts_at.astimezone(SHANGHAI).date()
    for each in (day, day - timedelta(days=1)):
        for opened in book.opening(venue_id, each):
            if opened[0] <= starts_at and ends_at <= opened[1]:
                return opened
    return None


def check_party(unit: UnitRules, policy: PolicyRules, party_size: int) -> None:
    largest = min(unit.capacity, policy.party_max or unit.capacity)
    if party_size < policy.party_min:
        raise refuse("party_too_small", persons=policy.party_min)
    if party_size > largest:
        raise refuse("party_too_large", persons=largest)


def check_caller(policy: PolicyRules, caller: Caller) -> None:
    if not caller.signed_in:
        raise refuse("sign_in")
    if policy.audience == "members" and not caller.verified:
        raise refuse("audience")


def check_opened(opens_at: datetime, now: datetime) -> None:
    if now < opens_at:
        raise refuse("too_early", opens=moment(opens_at))


def moment(when: datetime) -> str:
    """A day and time in words of the language in use; with the year unless it is this one."""
    return f"{date_text(local_day(when))} {clock_text(when)}"
