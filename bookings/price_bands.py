"""Rows of a board that follow each other at the same price stand under its name. Pure but for the language."""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from palace.core.wording import local_text, money_text
from venues.rules import SHANGHAI, Caller, Rulebook, UnitRules

from .slots import Slot

Shown = list[tuple[UnitRules, dict[datetime, Slot]]]


def bands_of(book: Rulebook, caller: Caller, shown: Shown, starts: list[datetime]) -> list[tuple[str, list[datetime]]]:
    """``shown`` are the units of one table with their slots by start."""
    bands: list[tuple[str, list[datetime]]] = []
    for start in starts:
        label = band_label(book, caller, shown, start)
        if bands and bands[-1][0] == label:
            bands[-1][1].append(start)
        else:
            bands.append((label, [start]))
    return bands


def band_label(book: Rulebook, caller: Caller, shown: Shown, start: datetime) -> str:
    """A price only where all that is offered at ``start`` costs it; each cell says its own anyway."""
    running = [(unit, slot) for unit, slots in shown for slot in slots.values() if runs(slot, start)]
    prices = {slot_price(book, caller, unit, slot) for unit, slot in running}
    name = local_text(Named(first_band(book, *running[0], caller)), "label") or part_of_day(start)
    return f"{name} · {prices.pop()}" if len(prices) == 1 else name


def runs(slot: Slot, moment: datetime) -> bool:
    return slot.starts_at <= moment < slot.ends_at


def slot_price(book: Rulebook, caller: Caller, unit: UnitRules, slot: Slot) -> str:
    band, others = (first_band(book, unit, slot, each) for each in (caller, Caller()))
    return band_price(band["fen"], unit.shared, caller.verified and band["fen"] != others["fen"])


def first_band(book: Rulebook, unit: UnitRules, slot: Slot, caller: Caller) -> dict:
    """Name and price an hour at the start of the slot; nothing at all is free."""
    bands = book.price(unit, slot.starts_at, slot.ends_at, caller).basis["bands"]
    return bands[0] if bands else {"fen": 0, "label": "", "label_en": ""}


class Named:
    """A band of a price basis with its names as attributes."""

    def __init__(self, band: dict):
        self.label, self.label_en = band["label"], band["label_en"]


def part_of_day(start: datetime) -> str:
    hour = start.astimezone(SHANGHAI).hour
    if hour < 12:
        return pgettext("part of the day", "Morning")
    return pgettext("part of the day", "Afternoon") if hour < 18 else pgettext("part of the day", "Evening")


def band_price(fen: int, shared: bool, for_members: bool) -> str:
    """``for_members``: others pay another price."""
    if not fen:
        return _("free for members") if for_members else money_text(0)
    price = {"price": money_text(fen)}
    if shared:
        return (_("members %(price)s a person an hour") if for_members else _("%(price)s a person an hour")) % price
    return (_("members %(price)s an hour") if for_members else _("%(price)s an hour")) % price
