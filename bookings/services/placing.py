"""Making a booking: judged by the rules, then one call of ``book_places``."""

import hashlib
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from palace.accounts.models import HardshipFile, Member
from palace.accounts.tokens import KeyHolder
from palace.core.models import IdempotencyRecord
from palace.core.rows import as_json, json_call
from venues import rulebook
from venues.rules import Caller

from ..models import Booking
from ..permissions import books_as_staff, can_book_for, confirms_for
from ..planning import Plan, moment, plan_booking
from ..refusals import refuse

TWIN = "PA001"  # the same key was written meanwhile: ask again and get its answer
TRY_AGAIN = {TWIN, "40P01", "40001"}
TRIES = 4
ENDPOINT = "bookings"


@dataclass(frozen=True, slots=True)
class Placed:
    """A booking just made (``plan`` set), or the one that its key made before (``plan`` None)."""

    id: int
    number: str
    plan: Plan | None


def caller_of(member: Member | None) -> Caller:
    """What prices and audiences need to know of a person. A hardship flag loaded by ``with_hardship`` saves its query."""
    if member is None:
        return Caller()
    if not hasattr(member, "hardship"):
        today = timezone.localdate()
        member.hardship = HardshipFile.objects.filter(member=member, first_day__lte=today, last_day__gte=today).exists()
    return Caller(signed_in=True, verified=member.is_verified, category=member.category, hardship=member.hardship)


def book_slot(
    *,
    unit,
    member: Member,
    starts_at: datetime,
    ends_at: datetime,
    by,
    party_size: int = 1,
    source: str = "web",
    key: str | None = None,
    now: datetime | None = None,
    walk_in: bool = False,
) -> Booking:
    """Book ``unit`` for ``member``. Raises ``ValidationError`` with a code of ``bookings.refusals``, having changed nothing.

    ``by`` books for himself, a dependant, or as staff. With ``key`` a repeated call returns the booking it made before.
    """
    placed = place_booking(
        palace_id=unit.palace_id,
        unit_id=unit.pk,
        member=member,
        starts_at=starts_at,
        ends_at=ends_at,
        by=by,
        party_size=party_size,
        source=source,
        key=key,
        now=now,
        walk_in=walk_in,
    )
    return Booking.objects.get(pk=placed.id)


def place_booking(
    *,
    palace_id: int,
    unit_id: int,
    member: Member,
    starts_at: datetime,
    ends_at: datetime,
    by,
    party_size: int,
    source: str,
    key: str | None = None,
    now: datetime | None = None,
    walk_in: bool = False,
    request_id: str = "",
    address: str = "",
    holder: KeyHolder | None = None,
) -> Placed:
    """As ``book_slot``, in one round trip to the database where the rules of the palace are known to the process.

    ``holder`` is who the process thinks holds the key of the API; refused with ``busy`` where that is no longer so.
    """
    if not can_book_for(by, member, palace_id):
        raise refuse("not_allowed")
    request = {
        "key": key,
        "endpoint": ENDPOINT,
        "by": by.pk,
        "member": member.pk,
        "source": source,
        "request": request_id,
        "address": address,
        "at": now,
        "late": walk_in,
        "hash": body_hash(unit_id, member.pk, starts_at, ends_at, party_size),
        "token": holder and holder.digest,
        "holder": holder and holder.facts,
    }
    by_staff = source in ("desk", "walk_in") and books_as_staff(by, palace_id)
    judge = (
        palace_id,
        unit_id,
        caller_of(member),
        starts_at,
        ends_at,
        party_size,
        now,
        by_staff,
        by_staff and confirms_for(by, member, palace_id),
        walk_in,
    )
    for _attempt in range(TRIES):
        plan, book = judged(*judge, key=key, by=by, digest=request["hash"])
        if isinstance(plan, Placed):
            return plan
        answer = call_book_places(book_request(book, plan, request))
        if "refused" not in answer:
            return Placed(
                answer.get("booking") or answer["replayed"],
                answer.get("number", ""),
                plan if "booking" in answer else None,
            )
        if answer["refused"] == "stale_holder":
            break
        if answer["refused"] == "stale_rules":
            rulebook.current(palace_id)
        elif answer["refused"] != "twin":
            raise refusal_of(answer["refused"], plan)
    raise refuse("busy")


def judged(
    palace_id, unit_id, caller, starts_at, ends_at, party_size, now, by_staff, approves, walk_in, *, key, by, digest
):
    """(plan, rules). A refusal is only final under rules that are current; a key that was used answers before any rule."""
    arguments = (unit_id, caller, starts_at, ends_at, party_size, now or timezone.now())
    options = {"by_staff": by_staff, "approves": approves, "walk_in": walk_in}
    book = rulebook.kept(palace_id)
    try:
        return plan_booking(book, *arguments, **options), book
    except ValidationError:
        made_before = booking_of_key(by, key, digest)
        if made_before:
            return made_before, book
        newer = rulebook.current(palace_id)
        if newer is book:
            raise
        return plan_booking(newer, *arguments, **options), newer


def booking_of_key(by, key: str | None, digest: str) -> Placed | None:
    """What ``key`` made before, so that a repeated request is answered alike even when its time is over by now."""
    if not key:
        return None
    row = records_of_key(by, key).values_list("answer_id", "request_hash").first()
    if row is None:
        return None
    if row[1] != digest:
        raise refuse("key_reused")
    return Placed(row[0], "", None)


def booking_made_with(*, by, key: str) -> Booking | None:
    """The booking that ``key`` of a page made before: a form that is sent again leads to it."""
    return Booking.objects.filter(pk__in=records_of_key(by, key).values("answer_id")).first()


def records_of_key(by, key: str):
    return IdempotencyRecord.objects.filter(principal=by.pk, endpoint=ENDPOINT, key=key)


def body_hash(*values) -> str:
    return hashlib.sha256(as_json([str(v) for v in values]).encode()).hexdigest()


def book_request(book, plan: Plan, request: dict) -> dict:
    unit = plan.unit
    return request | {
        "palace": book.palace_id,
        "rules_version": book.version,
        "unit": unit.id,
        "claim": {
            "palace": book.palace_id,
            "space": unit.space_id,
            "first": unit.first_place,
            "count": unit.place_count,
            "heads": plan.party_size if unit.shared else None,
            "since": plan.starts_at,
            "until": plan.until,
        },
        "starts_at": plan.starts_at,
        "ends_at": plan.ends_at,
        "party_size": plan.party_size,
        "status": plan.status,
        "price_fen": plan.price.fen,
        "price_basis": plan.price.basis,
        "policy": plan.policy.id,
        "cancel_before": plan.cancel_before,
        "opens_at": plan.opens_at,
    }


def savepoint():
    """Inside a transaction a failed call must not take it down; outside one, the statement is its own transaction."""
    return transaction.atomic() if connection.in_atomic_block else nullcontext()


def call_book_places(request: dict) -> dict:
    """One statement. A deadlock or a twin's key is answered ``{"refused": "twin"}``: call again."""
    try:
        with savepoint():
            return json_call("book_places", as_json(request))
    except DatabaseError as error:
        state = getattr(error.__cause__, "sqlstate", None)
        if state in TRY_AGAIN:
            return {"refused": "twin"}
        if state == "55P03":  # waited for the lock longer than lock_timeout
            return {"refused": "busy"}
        raise


def refusal_of(code: str, plan: Plan):
    return refuse(code, opens=moment(plan.opens_at)) if code == "too_early" else refuse(code)
