"""Who would like to be where when: wishes of a day, from the seed alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from bookings.slots import periods
from palace.demo.catalogue.shapes import VenueSpec
from venues.rules import SHANGHAI, PolicyRules, Rulebook, UnitRules, at

from .house import House
from .parts import rng

# Share of the places that people want in each hour of a working day and of a day off, for a popular place.
WORKDAY = {
    9: 0.10,
    10: 0.14,
    11: 0.14,
    12: 0.18,
    13: 0.12,
    14: 0.16,
    15: 0.20,
    16: 0.25,
    17: 0.40,
    18: 0.68,
    19: 0.76,
    20: 0.62,
    21: 0.4,
}
DAY_OFF = {
    9: 0.35,
    10: 0.50,
    11: 0.45,
    12: 0.25,
    13: 0.35,
    14: 0.50,
    15: 0.55,
    16: 0.50,
    17: 0.45,
    18: 0.58,
    19: 0.65,
    20: 0.50,
    21: 0.3,
}
NIGHT = 0.25

# When a wish becomes a booking: weeks before, in the week before, at the last moment. (name, share, days before at most)
WAVES = (("early", 0.25, 13), ("week", 0.45, 6), ("last", 0.30, 1))


@dataclass(frozen=True, slots=True)
class Wish:
    """A party that would like ``unit`` from when to when; ``wave`` says when it makes up its mind."""

    unit: UnitRules
    policy: PolicyRules
    starts_at: datetime
    ends_at: datetime
    party_size: int
    wave: str


def share(book: Rulebook, when: datetime) -> float:
    local = when.astimezone(SHANGHAI)
    curve = DAY_OFF if book.is_weekend(local.date()) else WORKDAY
    return curve.get(local.hour, NIGHT)


def wishes(house: House, unit: UnitRules, spec: VenueSpec, day: date) -> list[Wish]:
    """All wishes for ``unit`` on ``day``. A whole hall is never wished for by chance: it would take every court."""
    book = house.book
    policy = book.policy(unit, day)
    if policy is None or unit.label == "全":
        return []
    chance = rng("wishes", house.spec.slug, spec.name[0], unit.label, day)
    if unit.shared:
        return list(of_heads(book, unit, policy, spec, day, chance))
    return list(of_parties(book, unit, policy, spec, day, chance))


def of_parties(book, unit, policy, spec, day, chance: Random) -> Iterator[Wish]:
    """One party after the other, as the unit comes free."""
    free_from = at(day, time())
    for since, until in periods(book, unit, day):
        if since < free_from or chance.random() >= share(book, since) * spec.busy:
            continue
        until = longer(book, unit, policy, until, chance)
        free_from = until + policy.buffer
        yield wish(unit, policy, spec, since, until, chance)


def of_heads(book, unit, policy, spec, day, chance: Random) -> Iterator[Wish]:
    """Several parties an hour, until as many heads are there as the hour wants."""
    for since, until in periods(book, unit, day):
        wanted = unit.capacity * share(book, since) * spec.busy * chance.uniform(0.6, 1.3)
        while wanted > chance.random():
            one = wish(unit, policy, spec, since, longer(book, unit, policy, until, chance), chance)
            wanted -= one.party_size
            yield one


def longer(book: Rulebook, unit: UnitRules, policy: PolicyRules, until: datetime, chance: Random) -> datetime:
    """A third stays another hour where policy and opening hours let it."""
    more = until + max(policy.grid, timedelta(hours=1))
    since = until - policy.shortest
    fits = any(opens <= since and more <= closes for opens, closes in openings(book, unit, since))
    return more if fits and more - since <= policy.longest and chance.random() < 0.35 else until


def openings(book: Rulebook, unit: UnitRules, when: datetime):
    return book.opening(unit.venue_id, when.astimezone(SHANGHAI).date())


def wish(unit, policy, spec: VenueSpec, since, until, chance: Random) -> Wish:
    most = min(unit.capacity, policy.party_max or unit.capacity)
    size = max(policy.party_min, min(chance.choice(spec.party), most))
    wave = chance.choices([name for name, _share, _days in WAVES], [share for _name, share, _days in WAVES])[0]
    return Wish(unit, policy, since, until, size, wave)


def waves_of(lead_days: int) -> list[str]:
    """Waves that have come ``lead_days`` before a day; all of them for days of the past."""
    return [name for name, _share, days in WAVES if lead_days <= days]
