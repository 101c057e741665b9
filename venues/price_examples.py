"""What a tariff means: one sentence with the prices of an hour for those who pay differently."""

from dataclasses import replace
from datetime import date, time, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from palace.core.wording import day_text, hours_text, local_text, money_text

from . import rulebook
from .models import Tariff
from .rules import Caller, Price, Rulebook, TariffRules, UnitRules, at, spans

HOUR = timedelta(hours=1)
EVENING = time(19)


def callers(tariff: TariffRules) -> list[tuple[str, Caller]]:
    """Members, everybody else, and each group with a discount of its own."""
    verified = Caller(signed_in=True, verified=True)
    found = [(pgettext("who pays", "members"), verified), (pgettext("who pays", "others"), Caller(signed_in=True))]
    names = {"model_worker": pgettext("who pays", "model workers"), "retired": pgettext("who pays", "retired members")}
    names |= {
        "new_employment": pgettext("who pays", "new-employment workers"),
        "family": pgettext("who pays", "family"),
    }
    found += [(name, replace(verified, category=code)) for code, name in names.items() if code in tariff.discounts]
    if "hardship" in tariff.discounts:
        found.append((pgettext("who pays", "hardship members"), replace(verified, hardship=True)))
    return found


def example(tariff: Tariff) -> str:
    """The price of the first hour of the evening, or of the day's first band, next time the tariff is in force."""
    book = rulebook.current(tariff.palace_id)
    own = next((t for t in book.tariffs if t.id == tariff.pk), None)
    unit = next((u for u in book.units_of(tariff.venue_id) if tariff.unit_id in (None, u.id)), None)
    if own is None or unit is None:
        return _("This venue has no unit yet, so there is nothing to price.")
    return sentence(replace(book, tariffs=(own,)), own, unit, day_in_force(own))


def day_in_force(tariff: TariffRules) -> date:
    """Tomorrow, or the day nearest to it on which the tariff holds."""
    day = max(timezone.localdate() + timedelta(days=1), tariff.valid.first_day)
    return min(day, tariff.valid.last_day) if tariff.valid.last_day else day


def sentence(book: Rulebook, tariff: TariffRules, unit: UnitRules, day: date) -> str:
    starts_at = at(day, clock_of(tariff))
    prices = [(who, book.price(unit, starts_at, starts_at + HOUR, caller)) for who, caller in callers(tariff)]
    parts = {
        "when": f"{day_text(starts_at)} {hours_text(starts_at, starts_at + HOUR)}",
        "unit": local_text(unit, "name"),
        "prices": pgettext("between clauses", ", ").join(paid(who, price) for who, price in prices),
    }
    return _("For example %(when)s, %(unit)s: %(prices)s.") % parts


def clock_of(tariff: TariffRules) -> time:
    """The evening, where the tariff has a price for it."""
    if not tariff.lines or any(spans(line, EVENING) for line in tariff.lines):
        return EVENING
    return tariff.lines[0].since


def paid(who: str, price: Price) -> str:
    return _("%(who)s %(price)s") % {"who": who, "price": money_text(price.fen)}
