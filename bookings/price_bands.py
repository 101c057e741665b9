"""Rows of a board that follow each other at the same price stand under its name. Pure but for the language."""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from palace.core.wording import local_text, money_text
from venues.rules import SHANGHAI, Caller, Rulebook, UnitRules

from .slots import Slot

Shown = list[tuple[UnitRules, dict[datetime, Slot]]]


def bands_of(book: Rulebook, caller: Caller, shown: Shown, starts: list[datetime]) -> list[tuple[str, list[datetime]]]:
    """``shown`` are the units of one table with their slots by start.

    The names carry prices only where each slot of the table costs what its name would say: two hours over an edge do not.
    """
    named = [(start, *name_and_price(book, caller, shown, start)) for start in starts]
    priced = all(price for _start, _name, price in named)
    bands: list[tuple[str, list[datetime]]] = []
    for start, name, price in named:
        label = f"{name} · {price}" if priced else name
        if bands and bands[-1][0] == label:
            bands[-1][1].append(start)
        else:
            bands.append((label, [start]))
    return bands


def name_and_price(book: Rulebook, caller: Caller, shown: Shown, start: datetime) -> tuple[str, str]:
    """Of the slots that begin at ``start``; no price where they have several."""
    beginning = [(unit, slots[start]) for unit, slots in shown if start in slots]
    name = local_text(Named(first_band(book, *beginning[0], caller)), "label") or part_of_day(start)
    prices = {price for unit, slot in beginning for price in prices_of(book, caller, unit, slot)}
    return name, prices.pop() if len(prices) == 1 else ""


def prices_of(book: Rulebook, caller: Caller, unit: UnitRules, slot: Slot) -> set[str]:
    """What an hour of the slot costs, from its beginning to its end."""
    own = bands_within(book, unit, slot, caller)
    cheaper = caller.verified and own[0]["fen"] != first_band(book, unit, slot, Caller())["fen"]
    return {band_price(each["fen"], unit.shared, cheaper) for each in own}


def bands_within(book: Rulebook, unit: UnitRules, slot: Slot, caller: Caller) -> list[dict]:
    """Name and price an hour of each part of the slot; nothing at all is free."""
    bands = book.price(unit, slot.starts_at, slot.ends_at, caller).basis["bands"]
    return bands or [{"fen": 0, "label": "", "label_en": ""}]


def first_band(book: Rulebook, unit: UnitRules, slot: Slot, caller: Caller) -> dict:
    return bands_within(book, unit, slot, caller)[0]


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
