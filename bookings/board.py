"""The timetable of a venue for a day, as ``_components/board.html`` and ``lanes.html`` take it. Pure but for the language."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from palace.core.wording import (
    clock_text,
    date_text,
    end_text,
    in_english,
    local_day,
    local_text,
    weekday_text,
)
from venues.rules import SHANGHAI, Caller, Rulebook, UnitRules, at

from .fullness import basic_units, is_free
from .own_terms import own_terms, terms_sentence
from .price_bands import bands_of
from .slots import MIDNIGHT, REASON_OF, Held, Slot, blocker, day_bounds, unit_slots
from .words import free_words, plain_price, plate_of

WIDEST = 6  # columns that a phone can hold
STATE_OF = {"taken": "taken", "session": "class", "closed": "closed", "allocated": "class"}


@dataclass(frozen=True, slots=True)
class Cell:
    """As ``_components/slot.html`` takes it."""

    state: str
    label: str
    note: str = ""
    href: str = ""
    spoken: str = ""
    rowspan: int = 0
    id: str = ""
    merges: tuple | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """A slot by its unit and start; in an address "12.202611211100"."""

    unit_id: int
    starts_at: datetime

    def __str__(self):
        return f"{self.unit_id}.{self.starts_at.astimezone(SHANGHAI):%Y%m%d%H%M}"


@dataclass(frozen=True)
class Day:
    """What is known of a venue's day: slots of its units, own bookings by id, reasons of closures by id."""

    book: Rulebook
    venue_id: int
    day: date
    caller: Caller
    now: datetime
    held: dict[int, list[Held]]
    mine: dict[int, str] = field(default_factory=dict)
    reasons: dict[int, str] = field(default_factory=dict)
    chosen: Choice | None = None
    unfolded: bool = False  # also what is over

    @property
    def units(self) -> list[UnitRules]:
        return self.book.units_of(self.venue_id)

    def slots(self, unit: UnitRules) -> dict[datetime, Slot]:
        """Slots of ``unit`` by start; those that are over only where the day is unfolded."""
        found = unit_slots(self.book, unit, [self.day], rows_of(unit, self.day, self.held), self.caller, self.now)
        return {slot.starts_at: slot for slot in found if self.unfolded or slot.ends_at > self.now}


def rows_of(unit: UnitRules, day: date, held: dict[int, list[Held]]) -> list[Held]:
    """Of a week's rows those that can matter to ``unit`` on ``day``: each slot looks at all it is given."""
    since, until = day_bounds(day)
    return [r for r in held[unit.space_id] if r.mask & unit.mask and r.starts_at < until and r.ends_at > since]


def confirm_link(unit_id: int, starts_at: datetime) -> str:
    start = starts_at.astimezone(SHANGHAI).strftime("%Y-%m-%dT%H:%M")
    return f"{reverse('booking_confirm', args=[unit_id])}?{urlencode({'start': start})}"


def choose_link(day: Day, slot: Slot) -> str:
    query = {"day": day.day.isoformat(), "sel": Choice(slot.unit_id, slot.starts_at)}
    return f"{reverse('venue_board', args=[day.venue_id])}?{urlencode(query)}#sel"


# --- the table ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Grid:
    """Slots by unit and start, and every start in order."""

    units: list[UnitRules]
    slots: dict[int, dict[datetime, Slot]]
    starts: list[datetime]


def grid_of(day: Day) -> Grid:
    slots = {unit.id: day.slots(unit) for unit in day.units}
    return Grid(day.units, slots, sorted({start for each in slots.values() for start in each}))


def boards(day: Day, grid: Grid) -> list[dict]:
    """One table, or several of the same width where there are more units than a phone can show."""
    if not grid.starts:
        return []
    return [table(day, only(grid, part)) for part in parts_of(day, grid)]


def only(grid: Grid, units: list[UnitRules]) -> Grid:
    """Some of its units, with the rows that these begin: a hall by two hours is not cut into its courts' hours."""
    slots = {unit.id: grid.slots[unit.id] for unit in units}
    return Grid(units, slots, sorted({start for each in slots.values() for start in each}))


def parts_of(day: Day, grid: Grid) -> list[list[UnitRules]]:
    """Units side by side in tables of the same width.

    What is made of others stands apart where it does not fit beside them, and only where there is something to press.
    """
    if len(grid.units) <= WIDEST:
        return [grid.units]
    basic = basic_units(grid.units)
    whole = [unit for unit in grid.units if unit not in basic and pressable(day, grid, unit)]
    return [*even(basic), *even(whole)]


def pressable(day: Day, grid: Grid, unit: UnitRules) -> bool:
    return any(is_free(slot) or own_number(day, unit, slot) for slot in grid.slots[unit.id].values())


def even(units: list[UnitRules]) -> list[list[UnitRules]]:
    if not units:
        return []
    size = -(-len(units) // -(-len(units) // WIDEST))
    return [units[n : n + size] for n in range(0, len(units), size)]


def table(day: Day, grid: Grid) -> dict:
    shown = [(unit, grid.slots[unit.id]) for unit in grid.units]
    bands = bands_of(day.book, day.caller, shown, grid.starts)
    own = own_terms(day.book, day.venue_id, day.day)
    return {
        "caption": caption(day, grid.units),
        "terms": [terms_sentence(unit, own[unit.id]) for unit in grid.units if unit.id in own],
        "columns": [column(unit, day.book.venues[day.venue_id].name) for unit in grid.units],
        "bands": [{"label": label, "rows": rows(day, grid, starts)} for label, starts in bands],
    }


def caption(day: Day, units) -> str:
    names = [local_text(unit, "name") for unit in units]
    span = names[0] if len(names) == 1 else f"{names[0]}–{names[-1]}"
    return _("%(day)s, %(units)s: every slot and its state") % {
        "day": f"{weekday_text(day.day)} {date_text(day.day)}",
        "units": span,
    }


def column(unit: UnitRules, venue_name: str) -> dict:
    """A unit that is called like its venue has no number to put on a plate."""
    plate = plate_of(unit)
    if unit.name == venue_name or not plate:
        return {"note": local_text(unit, "name")}
    return {"plate": plate, "note": local_text(unit, "note"), "name": local_text(unit, "name")}


def rows(day: Day, grid: Grid, starts) -> list[dict]:
    columns = [column_cells(day, unit, grid.slots[unit.id], starts) for unit in grid.units]
    return [
        {"time": row_time(day, start), "now": is_now(day, grid, start), "cells": [cells[n] for cells in columns]}
        for n, start in enumerate(starts)
    ]


def row_time(day: Day, start: datetime) -> str:
    """After midnight the clock says that it is the next day."""
    return clock_text(start) if local_day(start) == day.day else end_text(at(day.day, MIDNIGHT), start)


def is_now(day: Day, grid: Grid, start: datetime) -> bool:
    ends = [slots[start].ends_at for slots in grid.slots.values() if start in slots]
    later = [other for other in grid.starts if other > start]
    return start <= day.now < min([*ends, *later[:1]])


def column_cells(day: Day, unit: UnitRules, slots: dict[datetime, Slot], starts: list[datetime]) -> list[Cell | None]:
    """One cell a row; None where the one above reaches down. Nothing reaches over the edge of a band."""
    cells: list[Cell] = [cell_at(day, unit, slots, start) for start in starts]
    found: list[Cell | None] = []
    above = 0
    for n, cell in enumerate(cells):
        if n and cell.merges is not None and cell.merges == cells[n - 1].merges:
            found.append(None)
            found[above] = replace(cells[above], rowspan=n - above + 1)
        else:
            found.append(cell)
            above = n
    return found


def cell_at(day: Day, unit: UnitRules, slots: dict[datetime, Slot], start: datetime) -> Cell:
    slot = slots.get(start) or next((s for s in slots.values() if s.starts_at < start < s.ends_at), None)
    if slot is None:
        over = start < day.now  # a longer slot of another unit may still run in this row
        label = pgettext("slot", "Past") if over else pgettext("slot", "Not open")
        return Cell("past", label, merges=("over" if over else "shut", unit.id))
    return cell(day, unit, slot)


def cell(day: Day, unit: UnitRules, slot: Slot) -> Cell:
    spoken = f"{clock_text(slot.starts_at)} {local_text(unit, 'name')}{pgettext('between clauses', ', ')}".rstrip()
    one = ("slot", unit.id, slot.starts_at)
    mine = own_number(day, unit, slot)
    if mine:
        href = reverse("booking_detail", args=[mine])
        note = left_word(slot) if unit.shared else pgettext("slot", "Taken")
        return Cell("mine", pgettext("slot", "Mine"), note, href, spoken, merges=one if unit.shared else ("mine", mine))
    if is_free(slot):
        return free_cell(day, unit, slot, spoken, one)
    return shut_cell(day, unit, slot, one)


def free_cell(day: Day, unit: UnitRules, slot: Slot, spoken: str, merges) -> Cell:
    price = plain_price(slot.price_fen)
    if day.chosen == Choice(slot.unit_id, slot.starts_at):
        href = confirm_link(slot.unit_id, slot.starts_at)
        return Cell("sel", pgettext("slot", "Pick"), price, href, spoken, id="sel", merges=merges)
    label = left_word(slot) if unit.shared else pgettext("slot", "Open")  # beside a price "Free" would be a lie
    return Cell("free", label, price, choose_link(day, slot), spoken, merges=merges)


def shut_cell(day: Day, unit: UnitRules, slot: Slot, one) -> Cell:
    reason, holder = begun(day, unit, slot) if slot.reason == "past" else (slot.reason, slot.holder_id)
    if reason == "closed":
        return Cell("closed", pgettext("slot", "Closed"), day.reasons.get(holder or 0, ""), merges=("closed", holder))
    if reason == "allocated":
        return Cell("class", pgettext("slot", "Kept"), "" if in_english() else cut(slot.label), merges=one)
    if reason == "past" and slot.ends_at > day.now:
        return Cell("past", pgettext("slot", "Begun"), left_word(slot) if unit.shared and slot.free else "", merges=one)
    if reason == "taken" and is_cut_short(day, unit, slot):
        return Cell("past", pgettext("slot", "Too short"), merges=one)
    words = {
        "taken": full_word(unit),
        "session": pgettext("slot", "Class"),
        "past": pgettext("slot", "Past"),
    }
    return Cell(STATE_OF.get(reason, "past"), words.get(reason, pgettext("slot", "Not yet")), merges=one)


def is_cut_short(day: Day, unit: UnitRules, slot: Slot) -> bool:
    """Whether nobody is there when the slot begins: only its length does not fit before what comes."""
    policy = day.book.policy(unit, local_day(slot.starts_at))
    step = min(policy.grid, slot.ends_at - slot.starts_at) if policy else slot.ends_at - slot.starts_at
    return all(row.starts_at >= slot.starts_at + step for row in holding(day, unit, slot))


def begun(day: Day, unit: UnitRules, slot: Slot) -> tuple[str, int | None]:
    """What took a slot that has begun, and who; "past" where it could be had: one visitor does not fill a gym."""
    rows = holding(day, unit, slot)
    if slot.free or not rows:
        return "past", None
    first = blocker(unit, rows)
    return REASON_OF.get(first.kind, "taken"), first.holder_id


def cut(text: str) -> str:
    """As much of a name as a cell of a phone holds in two lines."""
    return text if len(text) <= 6 else f"{text[:5]}…"


def left_word(slot: Slot) -> str:
    return pgettext("slot", "%(n)s left") % {"n": slot.free}


def full_word(unit: UnitRules) -> str:
    return pgettext("venue", "Full") if unit.shared else pgettext("slot", "Taken")


def holding(day: Day, unit: UnitRules, slot: Slot) -> list[Held]:
    return [
        r
        for r in day.held[unit.space_id]
        if r.starts_at < slot.ends_at and r.ends_at > slot.starts_at and r.mask & unit.mask
    ]


def own_number(day: Day, unit: UnitRules, slot: Slot) -> str:
    """The number of my booking that runs at the start of this slot. One court of mine does not make the hall mine."""
    rows = [r for r in holding(day, unit, slot) if r.kind == "booking" and r.starts_at <= slot.starts_at]
    mine = [r for r in rows if r.holder_id in day.mine and (unit.shared or not unit.mask & ~r.mask)]
    return day.mine[mine[0].holder_id] if mine else ""


# --- the same as a list -------------------------------------------------------------------------------------------


def lanes(day: Day, grid: Grid) -> list[dict]:
    """Hours with something to press: free slots lead to confirming, own ones to the booking."""
    found = []
    own = own_terms(day.book, day.venue_id, day.day)
    for start in grid.starts:
        slots = [(u, grid.slots[u.id][start]) for u in grid.units if start in grid.slots[u.id]]
        buttons = [lane_button(day, unit, slot, own.get(unit.id, "")) for unit, slot in slots]
        if any(buttons):
            found.append(lane(day, start, slots, [b for b in buttons if b]))
    return found


def lane(day: Day, start: datetime, slots, buttons) -> dict:
    basic = basic_units([unit for unit, _slot in slots])  # a hall that is free is no slot more than its courts
    alone = len(slots) == 1 and slots[0][0].shared
    free = slots[0][1].free if alone else sum(is_free(slot) for unit, slot in slots if unit in basic)
    local = start.astimezone(SHANGHAI)
    return {
        "time": row_time(day, start),
        "datetime": local.isoformat(timespec="minutes"),
        "note": free_words(free) if free or not any(is_free(slot) for _unit, slot in slots) else "",
        "slots": buttons,
    }


def lane_button(day: Day, unit: UnitRules, slot: Slot, terms: str) -> dict | None:
    """``terms`` are what is asked of this unit and not of the ordinary ones."""
    name = local_text(unit, "name")
    mine = own_number(day, unit, slot)
    if mine:
        href = reverse("booking_detail", args=[mine])
        return {"label": name, "note": pgettext("slot", "Mine"), "href": href, "kind": "plain"}
    if not is_free(slot):
        return None
    note = " · ".join(filter(None, [plain_price(slot.price_fen), terms]))
    return {"label": name, "note": note, "href": confirm_link(unit.id, slot.starts_at)}


def legend(boards: list[dict]) -> list[tuple[Cell, str]]:
    """What the patterns mean: only those that this board shows."""
    cells = [c for b in boards for band in b["bands"] for row in band["rows"] for c in row["cells"] if c]
    shown = {c.state for c in cells if c.state != "past" or c.label == pgettext("slot", "Past")}
    meanings = [
        (Cell("free", pgettext("slot", "Open")), _("can be booked")),
        (Cell("sel", pgettext("slot", "Pick")), _("your choice")),
        (Cell("mine", pgettext("slot", "Mine")), _("your booking")),
        (Cell("taken", pgettext("slot", "Taken")), _("somebody else's")),
        (Cell("class", pgettext("slot", "Class")), _("course or club")),
        (Cell("closed", pgettext("slot", "Closed")), _("repair or holiday")),
        (Cell("past", pgettext("slot", "Past")), _("its time is over")),
    ]
    return [(each, text) for each, text in meanings if each.state in shown]
