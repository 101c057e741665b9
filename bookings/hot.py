"""The two hot calls of the API as plain views: free slots from memory, a booking in one round trip after its key.

Both leave before the middleware (``palace.core.middleware.HotPath``). docs/scaling.md says what they cost.
"""

import hashlib
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from palace.accounts.models import Member, User
from palace.accounts.tokens import KeyHolder, holder_of, kept_holder, token_invalid
from palace.core.actor import address_of
from palace.core.api import number_within
from palace.core.constraints import YEARS
from palace.core.hot import JSON, Refusal, as_response, hot, json_body, refuse_too_many, refuse_unknown
from venues import rulebook
from venues.rules import Caller, UnitRules
from venues.services import CLAIM_REFUSALS
from venues.whereabouts import palace_of_unit

from .answers import as_made, just_made
from .refusals import SENTENCES, refuse
from .services import Placed, caller_of, place_booking
from .slots import busy, day_bounds, unchanged_until, unit_slots

DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
MOMENT = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d(:\d\d(\.\d{1,6})?)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
KEY = re.compile(r"[\x20-\x7e]{1,200}")
MOST_DAYS = 14
LARGEST_ID = 2**63 - 1
LARGEST_PARTY = 32767

# --- who calls ----------------------------------------------------------------------------------------------------

# A key that is revoked shows other people's prices no longer than this.
LOOKING_SECONDS = 4
# A booking is compared with the present by ``book_places`` itself, so what it is judged by may be older.
BOOKING_SECONDS = 60


def now_holding(header: str) -> KeyHolder:
    holder = holder_of(header)
    if holder is None:
        raise Refusal(401, "token_invalid", token_invalid(), headers={"WWW-Authenticate": "Token"})
    return holder


def caller_behind(header: str) -> Caller:
    """Whose prices to show. Reading them is no secret, so a key is looked up once in some seconds."""
    if not header:
        return Caller()
    holder = kept_holder(header, LOOKING_SECONDS) or now_holding(header)
    return caller_of(getattr(holder.user, "member", None))


# --- free slots ---------------------------------------------------------------------------------------------------

STAMPS = """
SELECT s.stamp, v.version, clock_timestamp() FROM venues_spacestamp s, venues_rulesversion v
WHERE s.space_id = %s AND v.palace_id = %s
"""
MOST_BODIES = 1000


@dataclass(frozen=True, slots=True)
class Body:
    """An answer, and what it rests on: claims of the space, rules of the palace, and the clock until ``until``."""

    stamp: int
    version: int
    until: datetime
    content: bytes
    etag: str


_bodies: dict[tuple, Body] = {}


@hot
def slots(request, pk: str) -> HttpResponse:
    """Slots of a unit: one query where nothing changed since the last answer, three else."""
    refuse_too_many("address", address_of(request))
    day, days = asked_days(request.GET)
    caller = caller_behind(request.META.get("HTTP_AUTHORIZATION", ""))
    palace_id, unit = unit_of(int(pk))
    body = body_of(palace_id, unit, day, days, caller)
    headers = {"ETag": body.etag, "Cache-Control": "private, no-cache"}
    if body.etag in request.META.get("HTTP_IF_NONE_MATCH", ""):
        return HttpResponse(status=304, headers=headers)
    return HttpResponse(body.content, content_type=JSON, headers=headers)


def asked_days(params) -> tuple[date, int]:
    refuse_unknown(params, ("date", "days"))
    day = one_day(params.get("date")) if "date" in params else timezone.localdate()
    days = number_within(params.get("days", "1"), MOST_DAYS)
    if days is None:
        raise invalid(days=_("Write a number from 1 to 14."))
    return day, days


def one_day(text: str) -> date:
    if not DAY.fullmatch(text):
        raise invalid(date=_("Write a day like 2027-03-10."))
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day.year not in YEARS:
        raise invalid(date=no_such_time())
    return day


def no_such_time() -> str:
    return _("There is no such day or time in the years 2000 to 2100.")


def invalid(**fields: str) -> Refusal:
    return Refusal(400, "invalid", next(iter(fields.values())), fields={k: [v] for k, v in fields.items()})


def unit_of(unit_id: int) -> tuple[int, UnitRules]:
    """The palace and the unit as the process knows it; 404 for one that is unknown or cannot be booked."""
    palace_id = palace_of_unit(unit_id) if unit_id <= LARGEST_ID else None
    if palace_id is None:
        raise no_such_unit()
    book = rulebook.kept(palace_id)
    if not bookable(book, unit_id) and not bookable(book := rulebook.current(palace_id), unit_id):
        raise no_such_unit()
    return palace_id, book.units[unit_id]


def bookable(book, unit_id: int) -> bool:
    unit = book.units.get(unit_id)
    return bool(unit and unit.is_active and book.venues[unit.venue_id].is_active)


def no_such_unit() -> Refusal:
    return Refusal(404, "not_found", _("There is no such place to book."))


def body_of(palace_id: int, unit: UnitRules, day: date, days: int, caller: Caller) -> Body:
    """The kept answer if it still holds, else a new one."""
    with connection.cursor() as cursor:
        cursor.execute(STAMPS, [unit.space_id, palace_id])
        stamp, version, now = cursor.fetchone()
    asked = (unit.id, unit.space_id, day, days, caller)
    body = _bodies.get(asked)
    if body is None or (body.stamp, body.version) != (stamp, version) or now >= body.until:
        body = new_body(rulebook.fresh(palace_id, version), asked, stamp, version, now)
    return body


def new_body(book, asked, stamp: int, version: int, now: datetime) -> Body:
    unit_id, space_id, day, days, caller = asked
    if not bookable(book, unit_id):
        raise no_such_unit()
    unit = book.units[unit_id]
    held = busy([unit.space_id], *day_bounds(day, days))[unit.space_id]
    found = unit_slots(book, unit, (day + timedelta(days=n) for n in range(days)), held, caller, now)
    content = as_response([shown(slot) for slot in found]).content
    body = Body(stamp, version, unchanged_until(book, unit, found, now), content, etag_of(content))
    if unit.space_id == space_id:
        keep_body(asked, body)
    return body


def keep_body(asked: tuple, body: Body) -> None:
    if len(_bodies) >= MOST_BODIES:
        _bodies.clear()
    _bodies[asked] = body


def etag_of(content: bytes) -> str:
    return f'"{hashlib.blake2b(content, digest_size=12).hexdigest()}"'


def shown(slot) -> dict:
    return {
        "starts_at": slot.starts_at.isoformat(),
        "ends_at": slot.ends_at.isoformat(),
        "places": slot.places,
        "free": slot.free,
        "price_fen": slot.price_fen,
        "bookable": slot.bookable,
        "reason": slot.reason,
    }


# --- a booking ----------------------------------------------------------------------------------------------------

FIELDS = ("unit", "starts_at", "ends_at", "party_size", "member")


@hot
def book(request) -> HttpResponse:
    """Book for the caller or his dependant. The same key and body get the same answer, whatever happened since."""
    address = address_of(request)
    refuse_too_many("address", address)
    header = request.META.get("HTTP_AUTHORIZATION", "")
    kept = kept_holder(header, BOOKING_SECONDS)
    holder = kept or now_holding(header)
    refuse_too_many("account", str(holder.user.pk))
    key = key_of(request.META.get("HTTP_IDEMPOTENCY_KEY"))
    asked = checked(json_body(request)) | {
        "key": key,
        "request_id": uuid.uuid4().hex,
        "address": address,
    }
    try:
        placed = placed_for(holder.user, asked, kept)
    except ValidationError as refused:
        # A claim is refused after the database knew the holder; everything else is final only under the present one.
        if kept is None or refused.code in CLAIM_REFUSALS:
            raise
        holder = now_holding(header)
        if holder.facts == kept.facts:
            raise
        placed = placed_for(holder.user, asked)
    else:
        if kept and placed.plan is None:  # what the key made before may be told without a look at who holds it
            now_holding(header)
    answer = just_made(placed, asked["member"] or holder.user.member.pk) if placed.plan else as_made(placed.id)
    return as_response(answer, 201, {"Location": f"/api/v1/bookings/{placed.id}/"})


def placed_for(user: User, asked: dict, kept: KeyHolder | None = None) -> Placed:
    member = member_for(user, asked["member"])
    return place_booking(**asked | {"member": member}, by=user, source="api", holder=kept)


def key_of(text: str | None) -> str:
    if not text:
        raise Refusal(400, "key_required", str(SENTENCES["key_required"]))
    if not KEY.fullmatch(text):
        raise Refusal(400, "key_invalid", _("An Idempotency-Key has 1 to 200 letters, figures or signs of ASCII."))
    return text


def checked(body: dict) -> dict:
    """Arguments of ``place_booking`` from the body; every field that is wrong is named."""
    refuse_unknown(body, FIELDS)
    errors: dict[str, str] = {}
    values: dict[str, Any] = {name: read(body, name, errors) for name, read in READERS.items()}
    if errors:
        raise invalid(**errors)
    unit_id = values.pop("unit")
    palace_id = palace_of_unit(unit_id)
    if palace_id is None:
        raise Refusal(
            400,
            "unit_unknown",
            _("There is no such place to book."),
            fields={"unit": [_("There is no such place to book.")]},
        )
    return values | {"palace_id": palace_id, "unit_id": unit_id}


def whole_number(body: dict, name: str, errors: dict) -> Any:
    """Past 64 bits JSON is read as a float: too large is another sentence than no whole number above 0."""
    value: Any = body.get(name)
    if type(value) in (int, float) and value > LARGEST_ID:
        errors[name] = _("Write a whole number from 1 to %(most)s.") % {"most": LARGEST_ID}
    elif type(value) is not int or value < 1:  # a bool is an int to Python
        errors[name] = _("Write a whole number above 0.")
    return value


def party_size(body: dict, name: str, errors: dict) -> int | None:
    """However many: a party that no venue holds is refused in the venue's own words."""
    heads: Any = body.get(name)
    if type(heads) in (int, float) and heads > LARGEST_ID:
        return LARGEST_PARTY
    heads = whole_number(body, name, errors)
    return heads if name in errors else min(heads, LARGEST_PARTY)


def member_id(body: dict, name: str, errors: dict) -> int | None:
    return whole_number(body, name, errors) if body.get(name) is not None else None


def moment(body: dict, name: str, errors: dict) -> datetime | None:
    value: Any = body.get(name)
    if not isinstance(value, str) or not MOMENT.fullmatch(value):
        errors[name] = _("Write a time with its offset, like 2027-03-10T14:00:00+08:00.")
        return None
    try:
        when = datetime.fromisoformat(value.upper())
    except ValueError:
        when = None
    if when is None or when.year not in YEARS:
        errors[name] = no_such_time()
        return None
    return when.astimezone(UTC)


READERS: dict[str, Callable[[dict, str, dict], Any]] = {
    "unit": whole_number,
    "starts_at": moment,
    "ends_at": moment,
    "party_size": party_size,
    "member": member_id,
}


def member_for(user: User, wanted: int | None) -> Member:
    """The caller's own member or one of his dependants; anybody else is refused alike, known or not."""
    own = getattr(user, "member", None)
    if own is None:
        raise refuse("not_allowed")
    if wanted in (None, own.pk):
        return own
    member = own.dependants.with_hardship().filter(pk=wanted).first()
    if member is None:
        raise refuse("not_allowed")
    member.guardian = own
    return member
