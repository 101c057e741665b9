"""What takes a row, and what is left between: stretches without a gap from the first hour to the last."""

import itertools
from datetime import datetime

from venues.rules import UnitRules

from . import marks
from .parts import Facts, Held, Place, Stretch, Usage


def stretches_of(facts: Facts, place: Place, since: datetime, until: datetime) -> list[Stretch]:
    opening = facts.book.opening(place.venue.pk, facts.day)
    # A station that never closes is shown as far as the sheet goes; what was booked is shown also where it shuts earlier now.
    spans = joined(opening + uses(facts, place, since, until))
    opened = [(max(opens, since), min(closes, until)) for opens, closes in spans if opens < until and closes > since]
    if not opened:
        return marks.shut(since, until) if opening else [marks.shut_all_day(facts, place, since, until)]
    found = counted(facts, place, opened) if place.counted else single(facts, place.unit, opened)
    return filled(facts, place, found, opened, since, until)


def uses(facts: Facts, place: Place, since: datetime, until: datetime) -> list[tuple[datetime, datetime]]:
    """When people are on the place, up to where a closure sends them out."""
    rows = [row for unit in place.units for row in facts.rows_of(unit, since, until) if row.kind != "closure"]
    return [(row.starts_at, min(row.ends_at, facts.end_of(row))) for row in rows]


def joined(spans) -> list[tuple[datetime, datetime]]:
    """The same time in intervals that do not touch."""
    found: list[tuple[datetime, datetime]] = []
    for since, until in sorted(spans):
        if found and since <= found[-1][1]:
            since, until = found[-1][0], max(until, found.pop()[1])
        found.append((since, until))
    return found


def single(facts: Facts, unit: UnitRules, opened) -> list[Stretch]:
    """What takes one unit: bookings, classes, closures, hours kept for somebody."""
    since, until = opened[0][0], opened[-1][1]
    taken = [mark for row in facts.rows_of(unit, since, until) for mark in marks.of_row(facts, row)]
    kept = [marks.of_allocation(a) for a in facts.kept(unit, since, until)]
    return sorted(taken + kept, key=lambda mark: (mark.since, mark.until))


def counted(facts: Facts, place: Place, opened) -> list[Stretch]:
    """What takes several equal places: their count, for every stretch in which it stays the same."""
    first, last = opened[0][0], opened[-1][1]
    edges = sorted({first, last, *(edge for edge in edges_of(facts, place) if first < edge < last)})
    found: list[Stretch] = []
    for since, until in itertools.pairwise(edges):
        mark = marks.of_count(facts, place, since, until, usage(facts, place, since, until))
        if found and marks.same(found[-1], mark):
            mark = marks.joined(found.pop(), mark)
        found.append(mark)
    return found


def edges_of(facts: Facts, place: Place) -> set[datetime]:
    """Where a count may change."""
    found = {facts.now_edge} if facts.is_today else set()
    for unit in place.units:
        for row in facts.rows_of(unit, *facts.whole_day()):
            found |= {row.starts_at, facts.end_of(row)}
        for kept in facts.kept(unit, *facts.whole_day()):
            found |= {kept.starts_at, kept.ends_at}
    return found


def usage(facts: Facts, place: Place, since: datetime, until: datetime) -> Usage:
    use = Usage()
    for unit in place.units:
        add_unit(facts, use, unit, since, until)
    return use


def add_unit(facts: Facts, use: Usage, unit: UnitRules, since: datetime, until: datetime) -> None:
    taken = 0
    for row in facts.rows_of(unit, since, until):
        mask = row.mask & unit.mask & ~taken
        if mask and (unit.shared or not taken):
            add_row(facts, use, row, mask.bit_count() if unit.shared else 1)
            taken |= mask
    for kept in facts.kept(unit, since, until):
        mask = kept.mask & unit.mask & ~taken
        if mask and (unit.shared or not taken):
            use.kept += mask.bit_count() if unit.shared else 1
            taken |= mask


def add_row(facts: Facts, use: Usage, row: Held, places: int) -> None:
    if row.kind == "closure":
        use.closed += places
        use.closure = row.holder_id
    elif row.kind == "session":
        use.session += places
    else:
        booking = facts.bookings.get(row.holder_id)
        use.booked += places
        use.inside += places if booking and booking.status == "used" else 0


def filled(facts: Facts, place: Place, found: list[Stretch], opened, since: datetime, until: datetime) -> list[Stretch]:
    """The marks, and between them what is free or shut."""
    row: list[Stretch] = []
    cursor = since
    for opens, closes in opened:
        row += marks.shut(cursor, opens)
        cursor = max(cursor, opens)
        for mark in found:
            start, end = max(mark.since, cursor), min(mark.until, closes)
            if start < end:
                row += [*marks.room(facts, place, cursor, start), marks.cut(mark, start, end)]
                cursor = end
        row += marks.room(facts, place, cursor, closes)
        cursor = max(cursor, closes)
    return row + marks.shut(cursor, until)
