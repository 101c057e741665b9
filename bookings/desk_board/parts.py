"""What the sheet is made of."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from bookings.models import Booking
from bookings.slots import Held
from venues.models import Closure, Venue
from venues.rules import SHANGHAI, AllocationRules, Rulebook, UnitRules, at

HALF_HOUR = timedelta(minutes=30)
LATE_AFTER = timedelta(minutes=15)  # after the start, whoever is not here is missing


@dataclass(frozen=True, slots=True)
class Viewer:
    """What the reader may press, so that no cell leads to a closed door."""

    book: bool = False
    let_in: bool = False
    bookings: bool = False
    closures: bool = False


@dataclass(frozen=True, slots=True)
class Stretch:
    """A time of a row that looks alike. ``state`` is a class of ``.slot``; ``spoken`` is read out and not shown.

    ``room`` is what is left between marks: where columns are too coarse, it gives way to them, unless it runs now.
    """

    since: datetime
    until: datetime
    state: str
    label: str = ""
    spoken: str = ""
    href: str = ""
    room: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """What a row stands for: one unit, or several equal ones of a venue."""

    venue: Venue
    units: tuple[UnitRules, ...]

    @property
    def unit(self) -> UnitRules:
        return self.units[0]

    @property
    def counted(self) -> bool:
        return len(self.units) > 1 or self.unit.shared

    @property
    def places(self) -> int:
        return self.unit.place_count if self.unit.shared else len(self.units)


@dataclass(frozen=True, slots=True)
class Facts:
    """All that a day's sheet is drawn from, read for the whole day; ``since`` and ``until`` bound what is shown."""

    book: Rulebook
    venues: list[Venue]
    day: date
    now: datetime
    viewer: Viewer
    since: datetime
    until: datetime
    held: dict[int, list[Held]]
    bookings: dict[int, Booking]
    closures: dict[int, Closure]
    sessions: dict[int, str]

    @property
    def is_today(self) -> bool:
        return self.day == timezone.localdate(self.now)

    @property
    def now_edge(self) -> datetime:
        """The beginning of the half hour that is running: what lies before it is over."""
        local = self.now.astimezone(SHANGHAI)
        return local.replace(minute=local.minute // 30 * 30, second=0, microsecond=0)

    def of_the_day(self) -> list[Booking]:
        """Bookings that hold a place on the day, once each; those of yesterday of which only the buffer is left are over."""
        held = {row.holder_id for rows in self.held.values() for row in rows if row.kind == "booking"}
        return [self.bookings[pk] for pk in held if self.bookings[pk].ends_at > at(self.day, time())]

    def rows_of(self, unit: UnitRules, since: datetime, until: datetime) -> list[Held]:
        """Holding rows on the unit's places."""
        rows = self.held.get(unit.space_id, ())
        return [row for row in rows if row.mask & unit.mask and row.starts_at < until and self.end_of(row) > since]

    def kept(self, unit: UnitRules, since: datetime, until: datetime) -> list[AllocationRules]:
        """Allocations on the unit that still keep their hours."""
        mine = [a for a in self.book.allocations if a.space_id == unit.space_id and a.mask & unit.mask]
        return [a for a in mine if a.starts_at < until and a.ends_at > since and self.now < a.free_from]

    def end_of(self, row: Held) -> datetime:
        """The end for people: without the buffer of a booking."""
        booking = self.bookings.get(row.holder_id) if row.kind == "booking" else None
        return booking.ends_at if booking else row.ends_at

    def whole_day(self) -> tuple[datetime, datetime]:
        return at(self.day, time()), at(self.day + timedelta(days=2), time())


@dataclass(slots=True)
class Usage:
    """Places of a counted row during a stretch; ``inside`` are those of parties that came in."""

    booked: int = 0
    inside: int = 0
    session: int = 0
    closed: int = 0
    kept: int = 0
    closure: int | None = None

    @property
    def taken(self) -> int:
        return self.booked + self.session + self.closed + self.kept


@dataclass(frozen=True, slots=True)
class Cell:
    """A stretch as ``span`` columns."""

    span: int
    state: str
    label: str
    spoken: str
    href: str


@dataclass(frozen=True, slots=True)
class Row:
    name: str
    cells: list[Cell]


@dataclass(slots=True)
class Group:
    label: str
    rows: list[Row] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Sheet:
    """``columns`` counts the first one too; ``now_at`` is per cent of the width of the rest.

    ``bookings`` are those of the day, ``outside`` those of them beyond the hours shown, when ``also_open`` are open too.
    """

    caption: str
    hours: list[tuple[str, int]]
    groups: list[Group]
    columns: int
    now_at: str
    bookings: int
    outside: int
    also_open: str
