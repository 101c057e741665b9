"""The rules of a palace as plain values, and what follows from them: opening, policy, price. No query here.

``venues.rulebook`` reads them.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from itertools import combinations, pairwise
from time import monotonic
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
HOLIDAY, SUNDAY, SATURDAY = 7, 6, 5


@dataclass(frozen=True, slots=True)
class UnitRules:
    id: int
    venue_id: int
    space_id: int
    name: str
    name_en: str
    label: str
    note: str
    note_en: str
    mode: str
    first_place: int
    place_count: int
    capacity: int
    position: int
    is_active: bool

    @property
    def shared(self) -> bool:
        return self.mode == "shared"

    @property
    def mask(self) -> int:
        """Its places as bits: place 1 is bit 0."""
        return ((1 << self.place_count) - 1) << (self.first_place - 1)


@dataclass(frozen=True, slots=True)
class VenueRules:
    id: int
    site_id: int
    name: str
    name_en: str
    kind: str
    is_active: bool


@dataclass(frozen=True, slots=True)
class Validity:
    first_day: date
    last_day: date | None

    def covers(self, day: date) -> bool:
        return self.first_day <= day and (self.last_day is None or day <= self.last_day)


@dataclass(frozen=True, slots=True)
class Hours:
    site_id: int | None
    venue_id: int | None
    day_type: int
    opens_at: time
    closes_at: time
    valid: Validity


@dataclass(frozen=True, slots=True)
class DatedHours:
    site_id: int | None
    venue_id: int | None
    day: date
    closed: bool
    opens_at: time | None
    closes_at: time | None
    reason: str
    reason_en: str


@dataclass(frozen=True, slots=True)
class PolicyRules:
    id: int
    venue_id: int
    unit_id: int | None
    valid: Validity
    grid: timedelta
    shortest: timedelta
    longest: timedelta
    horizon_days: int
    opens_at: time
    notice: timedelta
    audience: str
    needs_approval: bool
    party_min: int
    party_max: int | None
    buffer: timedelta
    early: timedelta

    def opens_for(self, day: date) -> datetime:
        """When slots of ``day`` can first be booked."""
        return at(day - timedelta(days=self.horizon_days), self.opens_at)


@dataclass(frozen=True, slots=True)
class PriceLine:
    audience: str
    days: str
    since: time
    until: time
    fen: int
    label: str
    label_en: str


@dataclass(frozen=True, slots=True)
class TariffRules:
    id: int
    venue_id: int
    unit_id: int | None
    valid: Validity
    market_fen: int
    lines: tuple[PriceLine, ...]
    discounts: dict[str, int]


@dataclass(frozen=True, slots=True)
class AllocationRules:
    id: int
    space_id: int
    mask: int
    starts_at: datetime
    ends_at: datetime
    kind: str
    holder: str
    holder_en: str
    free_from: datetime


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: what audience and price depend on. ``staff`` book for others whatever the audience is."""

    signed_in: bool = False
    verified: bool = False
    category: str = "employee"
    hardship: bool = False


@dataclass(frozen=True, slots=True)
class Price:
    """``fen`` for the whole booking; ``basis`` explains it and is kept with the booking."""

    fen: int
    basis: dict


@dataclass(frozen=True)
class Rulebook:
    palace_id: int
    version: int
    venues: dict[int, VenueRules]
    places: dict[int, int]
    units: dict[int, UnitRules]
    hours: tuple[Hours, ...]
    exceptions: tuple[DatedHours, ...]
    policies: tuple[PolicyRules, ...]
    tariffs: tuple[TariffRules, ...]
    allocations: tuple[AllocationRules, ...]
    calendar: dict[date, int]
    read_at: float = field(default_factory=monotonic)

    def units_of(self, venue_id: int) -> list[UnitRules]:
        """Units of a venue that can be booked, in order."""
        return [u for u in self.units.values() if u.venue_id == venue_id and u.is_active]

    def day_type(self, day: date) -> int:
        return self.calendar.get(day, day.weekday())

    def is_weekend(self, day: date) -> bool:
        """Weekends and holidays; a make-up working day is none."""
        return self.day_type(day) >= SATURDAY

    def opening(self, venue_id: int, day: date) -> list[tuple[datetime, datetime]]:
        """Intervals that begin on ``day``, none over another; they may end after midnight. Empty on closed days."""
        dated = self._dated(venue_id, day)
        if any(e.closed for e in dated):
            return []
        return united(interval(day, row.opens_at, row.closes_at) for row in dated or self._weekly(venue_id, day))

    def open_part(self, venue_id: int, starts_at: datetime, ends_at: datetime) -> timedelta:
        """How much of the time lies within opening hours; the first opening may have begun the day before.

        Where an evening lasts into the next day's early hours, a moment counts once.
        """
        day, last = starts_at.astimezone(SHANGHAI).date() - timedelta(days=1), ends_at.astimezone(SHANGHAI).date()
        days = (day + timedelta(days=n) for n in range((last - day).days + 1))
        opened = united(each for d in days for each in self._opened(venue_id, d))
        within = ((max(since, starts_at), min(until, ends_at)) for since, until in opened)
        return sum((until - since for since, until in within if since < until), timedelta())

    def _opened(self, venue_id: int, day: date) -> list[tuple[datetime, datetime]]:
        """``opening``, worked out once: who asks for each of a thousand bookings asks for few days."""
        if (venue_id, day) not in self._openings:
            self._openings[venue_id, day] = self.opening(venue_id, day)
        return self._openings[venue_id, day]

    @cached_property
    def _openings(self) -> dict[tuple[int, date], list]:
        return {}

    def reach(self, day: date, venue_ids) -> tuple[datetime, datetime] | None:
        """From the first opening of ``venue_ids`` to the last closing; None where none opens.

        A station that never closes counts only where nothing else is open: it would make every day 24 hours long.
        """
        opened = [each for venue_id in venue_ids for each in self.opening(venue_id, day)]
        ends = [each for each in opened if each[1] - each[0] < timedelta(days=1)] or opened
        return (min(opens for opens, _c in ends), max(closes for _o, closes in ends)) if ends else None

    def closed_reason(self, venue_id: int, day: date) -> DatedHours | None:
        """The dated exception that shuts the venue on ``day``."""
        return next((e for e in self._dated(venue_id, day) if e.closed), None)

    def _dated(self, venue_id: int, day: date) -> list:
        return self._nearest([e for e in self.exceptions if e.day == day], venue_id)

    def _weekly(self, venue_id: int, day: date) -> list[Hours]:
        kind = self.day_type(day)
        # A palace without hours for holidays keeps Sunday's.
        for day_type in (HOLIDAY, SUNDAY) if kind == HOLIDAY else (kind,):
            rows = self._nearest([h for h in self.hours if h.day_type == day_type and h.valid.covers(day)], venue_id)
            if rows:
                latest = max(h.valid.first_day for h in rows)
                return [h for h in rows if h.valid.first_day == latest]
        return []

    def _nearest(self, rows, venue_id: int) -> list:
        """Rows of the narrowest scope that has any: the venue, its site, the palace."""
        site_id = self.venues[venue_id].site_id
        for fits in (
            lambda r: r.venue_id == venue_id,
            lambda r: r.venue_id is None and r.site_id == site_id,
            lambda r: r.venue_id is None and r.site_id is None,
        ):
            found = [r for r in rows if fits(r)]
            if found:
                return found
        return []

    def policy(self, unit: UnitRules, day: date) -> PolicyRules | None:
        return in_force(self._policies.get(unit.venue_id, ()), unit, day)

    def tariff(self, unit: UnitRules, day: date) -> TariffRules | None:
        return in_force(self._tariffs.get(unit.venue_id, ()), unit, day)

    @cached_property
    def _policies(self) -> dict[int, list]:
        return by_venue(self.policies)

    @cached_property
    def _tariffs(self) -> dict[int, list]:
        return by_venue(self.tariffs)

    def price(
        self, unit: UnitRules, starts_at: datetime, ends_at: datetime, caller: Caller, party_size: int = 1
    ) -> Price:
        """What ``caller`` pays. Cheapest fitting line per stretch, best discount, rounded half up once, in fen."""
        tariff = self.tariff(unit, starts_at.astimezone(SHANGHAI).date())
        if tariff is None:
            return Price(0, {"bands": []})
        bands = [self._band(tariff, since, until, caller) for since, until in stretches(tariff, starts_at, ends_at)]
        percent, why = discount(tariff, caller)
        heads = party_size if unit.shared else 1
        raw = sum(Decimal(b["minutes"]) * b["fen"] for b in bands) * percent * heads / Decimal(6000)
        basis = {
            "bands": merged(bands),
            "percent": percent,
            "why": why,
            "heads": heads,
            "market_fen": tariff.market_fen,
        }
        return Price(int(raw.quantize(Decimal(1), ROUND_HALF_UP)), basis)

    def _band(self, tariff: TariffRules, since: datetime, until: datetime, caller: Caller) -> dict:
        local = since.astimezone(SHANGHAI)
        days = {"any", "weekend" if self.is_weekend(local.date()) else "workday"}
        lines = [line for line in tariff.lines if line.days in days and spans(line, local.time())]
        fitting = [line for line in lines if line.audience == "anyone" or caller.verified]
        minutes = int((until - since).total_seconds() // 60)
        if not fitting:  # an hour without a line is free; one that only members have costs others the market price
            return {"minutes": minutes, "fen": tariff.market_fen if lines else 0, "label": "", "label_en": ""}
        line = min(fitting, key=lambda each: each.fen)
        return {"minutes": minutes, "fen": line.fen, "label": line.label, "label_en": line.label_en}


def at(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, SHANGHAI)


def interval(day: date, opens_at: time, closes_at: time) -> tuple[datetime, datetime]:
    """Opening on ``day``; closing at or before the opening time means the next day."""
    closing_day = day if closes_at > opens_at else day + timedelta(days=1)
    return at(day, opens_at), at(closing_day, closes_at)


def united(intervals: Iterable[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    """In order, those that share a time as one. Those that only touch stay two: no booking lies across."""
    found: list[tuple[datetime, datetime]] = []
    for since, until in sorted(intervals):
        if found and since < found[-1][1]:
            found[-1] = found[-1][0], max(until, found[-1][1])
        else:
            found.append((since, until))
    return found


def by_venue(rows) -> dict[int, list]:
    found: dict[int, list] = {}
    for row in rows:
        found.setdefault(row.venue_id, []).append(row)
    return found


def in_force(rows, unit: UnitRules, day: date):
    """The row for ``unit`` on ``day``: one for the unit before one for its venue, then the latest first day."""
    rows = [r for r in rows if r.venue_id == unit.venue_id and r.unit_id in (None, unit.id) and r.valid.covers(day)]
    return max(rows, key=lambda r: (r.unit_id is not None, r.valid.first_day, r.id), default=None)


def spans(line: PriceLine, clock: time) -> bool:
    """Whether ``clock`` lies in the band; "to 0:00" is midnight, and a band may wrap around it."""
    if line.since < line.until:
        return line.since <= clock < line.until
    return clock >= line.since or clock < line.until


def overlapping(lines: Iterable[PriceLine]) -> tuple[PriceLine, PriceLine] | None:
    """Two of ``lines`` for one audience and kind of day that share a time: the dearer one would never be asked for."""
    for one, other in combinations(lines, 2):
        if (one.audience, one.days) == (other.audience, other.days) and (
            spans(one, other.since) or spans(other, one.since)
        ):
            return one, other
    return None


def stretches(tariff: TariffRules, starts_at: datetime, ends_at: datetime) -> list[tuple[datetime, datetime]]:
    """The booking cut at every edge of a band and at midnight."""
    first, last = starts_at.astimezone(SHANGHAI).date(), ends_at.astimezone(SHANGHAI).date()
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    clocks = {time()} | {line.since for line in tariff.lines} | {line.until for line in tariff.lines}
    edges = {at(d, c) for d in days for c in clocks}
    cuts = [starts_at, *sorted(e for e in edges if starts_at < e < ends_at), ends_at]
    return list(pairwise(cuts))


def discount(tariff: TariffRules, caller: Caller) -> tuple[int, str]:
    """Per cent paid and the category that earns it; unverified people have none."""
    if not caller.verified:
        return 100, ""
    keys = [caller.category] + (["hardship"] if caller.hardship else [])
    return min(((tariff.discounts[k], k) for k in keys if k in tariff.discounts), default=(100, ""))


def merged(bands: list[dict]) -> list[dict]:
    """Neighbours of the same price as one."""
    joined: list[dict] = []
    for band in bands:
        if joined and (joined[-1]["fen"], joined[-1]["label"]) == (band["fen"], band["label"]):
            joined[-1] = joined[-1] | {"minutes": joined[-1]["minutes"] + band["minutes"]}
        else:
            joined.append(band)
    return joined
