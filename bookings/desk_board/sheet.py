"""From a day's facts to a table: queries, rows, columns."""

import itertools
from datetime import date, datetime, time, timedelta

from django.db.models import Q
from django.utils.translation import gettext as _

from bookings.fullness import basic_units
from bookings.models import Booking
from bookings.slots import Held, busy
from palace.core.wording import day_text
from venues import rulebook
from venues.holders import HOLDERS
from venues.models import Closure, Venue
from venues.rules import SHANGHAI, Rulebook, at

from . import marks
from .parts import Cell, Facts, Group, Place, Row, Sheet, Stretch, Viewer
from .rows import stretches_of

MOST_ROWS = 6  # more equal courts or tables than these share one row, with their count
HOUR = timedelta(hours=1)
NOTHING = Q()
STEPS = [timedelta(minutes=minutes) for minutes in (30, 15, 10)]
FINEST = timedelta(minutes=5)
GIVES_WAY, TAKEN = {"past": 1, "free": 2}, 3  # the states that yield to all others; room yields to every mark


def sheet(*, palace, day: date, now: datetime, viewer: Viewer) -> Sheet:
    return draw(read(palace=palace, day=day, now=now, viewer=viewer))


def read(*, palace, day: date, now: datetime, viewer: Viewer, whole: bool = False, also: Q = NOTHING) -> Facts:
    """The facts of ``day``: at most six queries, however many places the house has.

    ``whole`` shows all 24 hours. Bookings that ``also`` picks come along, whenever they are.
    """
    book = rulebook.current(palace.pk)
    venues = list(Venue.objects.filter(palace=palace, is_active=True).select_related("site"))
    first, last = whole_day(book, venues, day)
    since, until = (first, last) if whole else reach(book, venues, day)
    held = busy({unit.space_id for unit in book.units.values() if unit.is_active}, first, last)
    ids = holders_of(held)
    bookings = bookings_of(palace, ids.get("booking", set()), also)
    closures = Closure.objects.filter(palace=palace).overlapping(first, last).with_targets().in_bulk()
    sessions = texts_of("session", ids["session"]) if ids.keys() & HOLDERS.keys() >= {"session"} else {}
    return Facts(book, venues, day, now, viewer, since, until, held, bookings, closures, sessions)


def draw(facts: Facts) -> Sheet:
    since, until = facts.since, facts.until
    step = step_of(facts, since, until)
    places = [place for venue in facts.venues for place in places_of(facts.book, venue)]
    cells = [cells_of(stretches_of(facts, place, since, until), since, step, facts.now) for place in places]
    shown = [booking.ends_at > since and booking.starts_at < until for booking in facts.of_the_day()]
    return Sheet(
        caption=_("%(day)s: who has which place when") % {"day": day_text(facts.day)},
        hours=hours_of(since, until, step),
        groups=grouped(places, cells),
        columns=(until - since) // step + 1,
        now_at=position(facts.now, since, until),
        bookings=len(shown),
        outside=shown.count(False),
        also_open=marks.names(venue for venue in facts.venues if is_longer(facts, venue)),
    )


def reach(book: Rulebook, venues: list[Venue], day: date) -> tuple[datetime, datetime]:
    """Whole hours from the earliest opening to the latest closing; nine to nine where nothing opens."""
    first, last = book.reach(day, [venue.pk for venue in venues]) or (at(day, time(9)), at(day, time(21)))
    return first.replace(minute=0), last.replace(minute=0) + HOUR * bool(last.minute)


def whole_day(book: Rulebook, venues: list[Venue], day: date) -> tuple[datetime, datetime]:
    """From midnight to midnight, or to the end of an evening that goes on after it."""
    ends = [closes for venue in venues for _opens, closes in book.opening(venue.pk, day)]
    last = max([at(day + timedelta(days=1), time()), *ends])
    return at(day, time()), last.replace(minute=0) + HOUR * bool(last.minute)


def is_longer(facts: Facts, venue: Venue) -> bool:
    """Whether the venue is open beyond the hours shown."""
    opened = facts.book.opening(venue.pk, facts.day)
    return any(opens < facts.since or closes > facts.until for opens, closes in opened)


def bookings_of(palace, held: set[int], also: Q) -> dict[int, Booking]:
    """Those that hold places and those that ``also`` picks: one query."""
    rows = Booking.objects.in_palace(palace).filter(Q(pk__in=held) | also)
    return rows.select_related("member__guardian", "unit__venue", "policy").in_bulk() if held or also else {}


def texts_of(kind: str, ids: set[int]) -> dict[int, str]:
    return {pk: line.text for pk, line in HOLDERS[kind].describe(sorted(ids)).items()}


def holders_of(held: dict[int, list[Held]]) -> dict[str, set[int]]:
    """Ids of what holds places, by kind."""
    found: dict[str, set[int]] = {}
    for rows in held.values():
        for row in rows:
            found.setdefault(row.kind, set()).add(row.holder_id)
    return found


def places_of(book: Rulebook, venue: Venue) -> list[Place]:
    """Rows of a venue. A unit that others divide is seen in their rows; many equal ones share a row."""
    shown = basic_units(book.units_of(venue.pk))
    whole = [unit for unit in shown if not unit.shared]
    if len(whole) <= MOST_ROWS:
        return [Place(venue, (unit,)) for unit in shown]
    return [Place(venue, tuple(whole)), *(Place(venue, (unit,)) for unit in shown if unit.shared)]


# --- columns ------------------------------------------------------------------------------------------------------


def step_of(facts: Facts, since: datetime, until: datetime) -> timedelta:
    """Half an hour, or the finer step that bookings and openings need. Walk-ins and closures are rounded."""
    edges = {edge for b in facts.bookings.values() if b.source != "walk_in" for edge in (b.starts_at, b.ends_at)}
    edges |= {edge for venue in facts.book.venues for opened in facts.book.opening(venue, facts.day) for edge in opened}
    offsets = [edge - since for edge in edges if since <= edge <= until]
    return next((step for step in STEPS if not any(offset % step for offset in offsets)), FINEST)


def cells_of(stretches: list[Stretch], since: datetime, step: timedelta, now: datetime) -> list[Cell]:
    """Stretches without a gap as spans of columns: whichever touches a column with the best claim has all of it."""
    columns: dict[int, Stretch] = {}
    for each in stretches:
        for n in range((each.since - since) // step, -((since - each.until) // step)):
            begins = since + n * step
            columns[n] = stronger(columns.get(n, each), each, begins, begins + step, now)
    return [
        Cell(len(list(same)), each.state, each.label, each.spoken, each.href)
        for each, same in itertools.groupby(columns.values())
    ]


def stronger(earlier: Stretch, later: Stretch, begins: datetime, ends: datetime, now: datetime) -> Stretch:
    return earlier if claim(earlier, begins, ends, now) > claim(later, begins, ends, now) else later


def claim(stretch: Stretch, begins: datetime, ends: datetime, now: datetime) -> tuple[bool, int, bool]:
    """First what runs, where the line of now stands; then what is taken; then what has no other column."""
    runs = begins <= now < ends and stretch.since <= now < stretch.until
    weight = 0 if stretch.room else GIVES_WAY.get(stretch.state, TAKEN)
    return runs, weight, begins <= stretch.since and stretch.until <= ends


def hours_of(since: datetime, until: datetime, step: timedelta) -> list[tuple[str, int]]:
    """Each hour and its columns."""
    return [(str((since + HOUR * n).astimezone(SHANGHAI).hour), HOUR // step) for n in range((until - since) // HOUR)]


def position(now: datetime, since: datetime, until: datetime) -> str:
    """Where now stands, in per cent of the width; empty outside."""
    return f"{(now - since) / (until - since) * 100:.2f}%" if since <= now <= until else ""


def grouped(places: list[Place], cells: list[list[Cell]]) -> list[Group]:
    """Rows under site and floor; a venue of several rows has a group of its own."""
    of_venue = [place.venue.pk for place in places]
    groups: list[Group] = []
    for place, row in zip(places, cells, strict=True):
        alone = of_venue.count(place.venue.pk) > 1
        label = marks.group_name(place, alone)
        if not groups or groups[-1].label != label:
            groups.append(Group(label))
        groups[-1].rows.append(Row(marks.row_name(place, alone), row))
    return groups
