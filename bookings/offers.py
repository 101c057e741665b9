"""What one start time of a unit offers a caller: the lengths that fit, their prices, or why there is none. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError

from venues.rules import SHANGHAI, Caller, Rulebook, UnitRules

from .fullness import free_places
from .planning import Plan, bookable_unit, plan_booking, whole_minutes
from .refusals import refuse
from .slots import Held


@dataclass(frozen=True, slots=True)
class Offer:
    """``plans`` by length, the shortest first; empty where ``refusal`` says why. ``largest`` is the biggest party that fits."""

    unit: UnitRules
    starts_at: datetime
    plans: tuple[Plan, ...]
    refusal: ValidationError | None
    smallest: int = 1
    largest: int = 1

    @property
    def minutes(self) -> list[int]:
        return [minutes_of(plan) for plan in self.plans]

    @property
    def is_asked(self) -> bool:
        """Whether what is offered waits for an approval."""
        return any(plan.status == "pending" for plan in self.plans)

    def plan_of(self, minutes: int | None) -> Plan:
        """The plan of that length, else the shortest."""
        return next((plan for plan in self.plans if minutes_of(plan) == minutes), self.plans[0])


def minutes_of(plan: Plan) -> int:
    return whole_minutes(plan.ends_at - plan.starts_at)


def offer_of(
    book: Rulebook,
    unit_id: int,
    starts_at: datetime,
    held: list[Held],
    caller: Caller,
    now: datetime,
    *,
    by_staff: bool = False,
    approves: bool = False,
) -> Offer:
    """``held`` are the rows of the unit's space; ``by_staff`` and ``approves`` are those of ``plan_booking``.

    Raises ``ValidationError`` ``not_bookable`` for a unit that is no more.
    """
    unit = bookable_unit(book, unit_id)
    if starts_at <= now:
        return Offer(unit, starts_at, (), refuse("past"))
    policy = book.policy(unit, starts_at.astimezone(SHANGHAI).date())
    if policy is None:
        return Offer(unit, starts_at, (), refuse("no_policy"))
    plans, refusal, asked = [], None, {"by_staff": by_staff, "approves": approves}
    for length in lengths(policy):
        try:
            plans.append(
                checked(book, unit, starts_at, starts_at + length, policy.party_min, held, caller, now, **asked)
            )
        except ValidationError as error:
            refusal = error
            break
    if not plans:
        return Offer(unit, starts_at, (), refusal)
    return Offer(unit, starts_at, tuple(plans), None, policy.party_min, largest(book, plans[0], held, now))


def lengths(policy) -> list[timedelta]:
    """Multiples of the grid from the shortest to the longest booking."""
    first = -(-policy.shortest // policy.grid)
    return [policy.grid * n for n in range(first, policy.longest // policy.grid + 1)]


def checked(book, unit, starts_at, ends_at, party, held, caller, now, **asked) -> Plan:
    plan = plan_booking(book, unit.id, caller, starts_at, ends_at, party, now, **asked)
    if free_places(book, unit, held, starts_at, plan.until, now) < (party if unit.shared else 1):
        raise refuse("taken")
    return plan


def largest(book, plan: Plan, held, now) -> int:
    most = min(plan.unit.capacity, plan.policy.party_max or plan.unit.capacity)
    return min(most, free_places(book, plan.unit, held, plan.starts_at, plan.until, now)) if plan.unit.shared else most
