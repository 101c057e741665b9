"""All rules of a palace as plain values, read in one query and kept per process until a rule changes.

The database counts changes in ``venues_rulesversion``. A reading carries the version it was made at; ``book_places``
refuses a booking that was judged by an older one, so a stale reading can cost a retry but never a wrong booking.
"""

from datetime import UTC, date, datetime, time, timedelta
from time import monotonic

from django.db import connection

from palace.core.rows import json_value

from .rules import (
    AllocationRules,
    DatedHours,
    Hours,
    PolicyRules,
    PriceLine,
    Rulebook,
    TariffRules,
    UnitRules,
    Validity,
    VenueRules,
)

KEEP_SECONDS = 3600  # rules of past days are dropped at the next reading

READ = """
SELECT json_build_object(
  'version', (SELECT version FROM venues_rulesversion WHERE palace_id = %(p)s),
  'venues', (SELECT json_agg(v) FROM (SELECT v.id, site_id, v.name, v.name_en, v.kind, is_active FROM venues_venue v
            JOIN venues_site s ON s.id = site_id WHERE v.palace_id = %(p)s ORDER BY s.position, v.position, v.id) v),
  'spaces', (SELECT json_agg(s) FROM (SELECT id, venue_id, places FROM venues_space WHERE palace_id = %(p)s) s),
  'units', (SELECT json_agg(u) FROM (SELECT id, venue_id, space_id, name, name_en, label, note, note_en, mode, first_place,
            place_count, capacity, position, is_active FROM venues_unit WHERE palace_id = %(p)s ORDER BY position, id) u),
  'hours', (SELECT json_agg(h) FROM (SELECT site_id, venue_id, day_type, opens_at, closes_at, first_day, last_day
            FROM venues_openinghours WHERE palace_id = %(p)s ORDER BY opens_at) h),
  'exceptions', (SELECT json_agg(e) FROM (SELECT site_id, venue_id, day, closed, opens_at, closes_at, reason, reason_en
            FROM venues_openingexception WHERE palace_id = %(p)s AND day >= current_date - 400 ORDER BY opens_at) e),
  'policies', (SELECT json_agg(x) FROM (SELECT * FROM venues_policy WHERE palace_id = %(p)s) x),
  'tariffs', (SELECT json_agg(t) FROM (SELECT tariff.*,
            (SELECT json_agg(l) FROM (SELECT * FROM venues_tariffline WHERE tariff_id = tariff.id ORDER BY from_time) l) AS lines,
            (SELECT json_object_agg(category, percent) FROM venues_tariffdiscount WHERE tariff_id = tariff.id) AS discounts
            FROM venues_tariff tariff WHERE palace_id = %(p)s) t),
  'allocations', (SELECT json_agg(a) FROM (SELECT id, space_id, first_place, place_count, starts_at, ends_at, kind, holder, holder_en,
            release_hours FROM venues_allocation WHERE palace_id = %(p)s AND ends_at > now() - interval '1 day') a),
  'calendar', (SELECT json_object_agg(day, counts_as) FROM venues_calendarday))
"""
READ_MANY = (
    f"SELECT json_object_agg(p.id, ({READ.replace('%(p)s', 'p.id')})) FROM unions_palace p WHERE p.id = ANY(%(many)s)"
)

_kept: dict[int, Rulebook] = {}


def kept(palace_id: int) -> Rulebook:
    """The reading of this process, however old its version; without a query where there is one."""
    book = _kept.get(palace_id)
    if book is None or monotonic() - book.read_at > KEEP_SECONDS:
        book = _kept[palace_id] = read(palace_id)
    return book


def known(palace_id: int) -> Rulebook | None:
    """The reading of this process if there is a young one; never a query."""
    book = _kept.get(palace_id)
    return book if book and monotonic() - book.read_at <= KEEP_SECONDS else None


def current(palace_id: int) -> Rulebook:
    """The rules as they are now: one short query, or one long one after a change."""
    return fresh(palace_id, version_of(palace_id))


def fresh(palace_id: int, version: int) -> Rulebook:
    """The kept reading if it has ``version``, else a new one."""
    book = kept(palace_id)
    if book.version != version:
        book = _kept[palace_id] = read(palace_id)
    return book


def current_of(palace_ids: list[int]) -> dict[int, Rulebook]:
    """As ``current`` for several palaces: one short query, and one long one for all that changed or were never read."""
    versions = dict.fromkeys(palace_ids, 0) | versions_of(palace_ids)
    stale = [pk for pk, version in versions.items() if (book := known(pk)) is None or book.version != version]
    if stale:
        _kept.update({int(pk): made(int(pk), data) for pk, data in json_value(READ_MANY, {"many": stale}).items()})
    return {pk: _kept[pk] for pk in palace_ids}


def versions_of(palace_ids: list[int]) -> dict[int, int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT palace_id, version FROM venues_rulesversion WHERE palace_id = ANY(%s)", [list(palace_ids)]
        )
        return dict(cursor.fetchall())


def version_of(palace_id: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT version FROM venues_rulesversion WHERE palace_id = %s", [palace_id])
        row = cursor.fetchone()
    return row[0] if row else 0


def read(palace_id: int) -> Rulebook:
    return made(palace_id, json_value(READ, {"p": palace_id}))


def made(palace_id: int, data: dict) -> Rulebook:
    rows = {name: value or [] for name, value in data.items()}
    return Rulebook(
        palace_id=palace_id,
        version=data["version"] or 0,
        venues={v["id"]: VenueRules(**v) for v in rows["venues"]},
        places={s["id"]: s["places"] for s in rows["spaces"]},
        units={u["id"]: UnitRules(**u) for u in rows["units"]},
        hours=tuple(
            Hours(h["site_id"], h["venue_id"], h["day_type"], clock(h["opens_at"]), clock(h["closes_at"]), validity(h))
            for h in rows["hours"]
        ),
        exceptions=tuple(
            DatedHours(
                e["site_id"],
                e["venue_id"],
                date.fromisoformat(e["day"]),
                e["closed"],
                clock_or_none(e["opens_at"]),
                clock_or_none(e["closes_at"]),
                e["reason"],
                e["reason_en"],
            )
            for e in rows["exceptions"]
        ),
        policies=tuple(policy_rules(p) for p in rows["policies"]),
        tariffs=tuple(tariff_rules(t) for t in rows["tariffs"]),
        allocations=tuple(allocation_rules(a) for a in rows["allocations"]),
        calendar={date.fromisoformat(day): kind for day, kind in (data["calendar"] or {}).items()},
    )


def clock(text: str) -> time:
    return time.fromisoformat(text)


def clock_or_none(text: str | None) -> time | None:
    return clock(text) if text else None


def validity(row: dict) -> Validity:
    return Validity(
        date.fromisoformat(row["first_day"]), date.fromisoformat(row["last_day"]) if row["last_day"] else None
    )


def minutes(number: int) -> timedelta:
    return timedelta(minutes=number)


def policy_rules(row: dict) -> PolicyRules:
    return PolicyRules(
        id=row["id"],
        venue_id=row["venue_id"],
        unit_id=row["unit_id"],
        valid=validity(row),
        grid=minutes(row["grid_minutes"]),
        shortest=minutes(row["min_minutes"]),
        longest=minutes(row["max_minutes"]),
        horizon_days=row["horizon_days"],
        opens_at=clock(row["opens_at"]),
        notice=minutes(row["cancel_notice_minutes"]),
        audience=row["audience"],
        needs_approval=row["needs_approval"],
        party_min=row["party_min"],
        party_max=row["party_max"],
        buffer=minutes(row["buffer_minutes"]),
        early=minutes(row["early_minutes"]),
    )


def tariff_rules(row: dict) -> TariffRules:
    lines = tuple(
        PriceLine(
            x["audience"],
            x["days"],
            clock(x["from_time"]),
            clock(x["to_time"]),
            x["price_fen"],
            x["label"],
            x["label_en"],
        )
        for x in row["lines"] or []
    )
    return TariffRules(
        row["id"], row["venue_id"], row["unit_id"], validity(row), row["market_fen"], lines, row["discounts"] or {}
    )


def allocation_rules(row: dict) -> AllocationRules:
    starts_at = datetime.fromisoformat(row["starts_at"]).astimezone(UTC)
    mask = ((1 << row["place_count"]) - 1) << (row["first_place"] - 1)
    return AllocationRules(
        row["id"],
        row["space_id"],
        mask,
        starts_at,
        datetime.fromisoformat(row["ends_at"]).astimezone(UTC),
        row["kind"],
        row["holder"],
        row["holder_en"],
        starts_at - timedelta(hours=row["release_hours"]),
    )
