"""The forms in which the demonstration's houses are written down."""

from dataclasses import dataclass, field

Text = tuple[str, str]  # Chinese, English


@dataclass(frozen=True)
class UnitSpec:
    name: Text
    label: str
    first: int = 1
    count: int = 1
    capacity: int = 4
    shared: bool = False
    note: Text = ("", "")
    policy: dict = field(default_factory=dict)  # where it differs from its venue's


@dataclass(frozen=True)
class VenueSpec:
    """``busy`` scales the ordinary demand of an hour; ``party`` are the usual sizes of a party, the likelier ones more often."""

    kind: str
    name: Text
    floor: Text
    summary: Text
    units: tuple[UnitSpec, ...]
    policy: dict = field(default_factory=dict)
    prices: tuple = ()  # (audience, days, from hour, to hour, fen an hour, label, English label)
    market_fen: int = 0
    centre: str = "sports"
    mode: str = "self_run"
    busy: float = 0.5
    party: tuple[int, ...] = (1, 2, 2)
    walk_ins: int = 0  # persons a day who come without a booking
    for_children: bool = False
    hours: tuple[int, int] | None = None  # where they differ from the palace's

    @property
    def places(self) -> int:
        return max(unit.first + unit.count - 1 for unit in self.units)


@dataclass(frozen=True)
class SiteSpec:
    kind: str
    name: Text
    address: Text
    accessibility: Text
    venues: tuple[VenueSpec, ...]
    spot: tuple[float, float]  # latitude and longitude of a public square or park, where a map has something to show


@dataclass(frozen=True)
class PalaceSpec:
    slug: str
    name: Text
    union: str
    region_code: str
    institution: str
    palace_class: str
    floor_area_m2: int
    land_area_mu: int
    address: Text
    phone: str
    services: Text
    discounts: Text
    hours: Text
    procedures: Text
    sites: tuple[SiteSpec, ...]
    open_hours: tuple[int, int] = (9, 21)
    holiday_hours: tuple[int, int] = (9, 17)
    motto: Text = ("职工的学校和乐园", "The workers' school and playground")


# --- units that come in rows -----------------------------------------------------------------------------------


def row(count: int, name: str, name_en: str, *, capacity: int, notes: tuple[Text, ...] = (), first: int = 1):
    """``count`` alike units side by side: 1 号场, 2 号场 …"""
    empty: Text = ("", "")
    return tuple(
        UnitSpec(
            (f"{n} {name}", f"{name_en} {n}"),
            str(n),
            first=first + n - 1,
            capacity=capacity,
            note=notes[n - 1] if notes else empty,
        )
        for n in range(1, count + 1)
    )


def whole(name: Text, count: int, capacity: int) -> UnitSpec:
    """The whole floor for one party: asked for, looked at by the manager, two weeks ahead."""
    asked = {"needs_approval": True, "horizon_days": 14, "min_minutes": 120, "max_minutes": 240, "party_min": 8}
    return UnitSpec(name, "全", count=count, capacity=capacity, policy=asked | {"cancel_notice_minutes": 1440})


def shared(name: Text, places: int) -> tuple[UnitSpec, ...]:
    """Each person takes a place."""
    return (UnitSpec(name, "位", count=places, capacity=places, shared=True),)


def room(name: Text, capacity: int, label: str = "1", **fields) -> tuple[UnitSpec, ...]:
    """One room for one party."""
    return (UnitSpec(name, label, capacity=capacity, **fields),)


# --- prices ----------------------------------------------------------------------------------------------------

MORNING, AFTERNOON, EVENING = ("上午", "morning"), ("下午", "afternoon"), ("晚上", "evening")


def by_day_part(morning: int, afternoon: int, evening: int, weekend_more: int = 0) -> tuple:
    """Prices for members in fen an hour; weekends and holidays cost ``weekend_more`` more where they cost anything."""
    parts = ((9, 12, morning, MORNING), (12, 18, afternoon, AFTERNOON), (18, 24, evening, EVENING))
    lines = []
    for days, more in (("workday", 0), ("weekend", weekend_more)):
        for since, until, fen, (label, label_en) in parts:
            lines.append(("members", days, since, until, fen + more if fen else 0, label, label_en))
    return tuple(lines)


def all_day(fen: int) -> tuple:
    return (("members", "any", 0, 24, fen, "全天", "all day"),)


MEMBERS = {"audience": "members"}
REGISTERED = {"audience": "registered"}
APPROVAL = {"needs_approval": True, "horizon_days": 30, "min_minutes": 120, "max_minutes": 480, "party_min": 20}
