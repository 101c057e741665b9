"""Public holidays and make-up working days: announced ones from chinesecalendar, later ones estimated.

The State Council announces a year's days off in the November before it. Until then a year holds the days that the law
fixes (全国年节及纪念日放假办法, 2024), marked as an estimate: make-up days and bridges cannot be known.
"""

from datetime import date, timedelta

import chinese_calendar
from chinese_calendar import constants
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from palace.core.doctor import GOOD, MISSING, WARNING, Finding

from .models import CalendarDay, DayType

NAMES = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "Mid-autumn Festival": "中秋节",
    "National Day": "国庆节",
    "Anti-Fascist 70th Day": "抗战胜利纪念日",
}
# First day of the lunar year, fifth of the fifth and fifteenth of the eighth month.
LUNAR = {
    2027: ("02-06", "06-09", "09-15"),
    2028: ("01-26", "05-28", "10-03"),
    2029: ("02-13", "06-16", "09-22"),
    2030: ("02-03", "06-05", "09-12"),
    2031: ("01-23", "06-24", "10-01"),
    2032: ("02-11", "06-12", "09-19"),
    2033: ("01-31", "06-01", "09-08"),
    2034: ("02-19", "06-20", "09-27"),
    2035: ("02-08", "06-10", "09-16"),
}
Named = dict[date, tuple[DayType, str, bool]]


def is_announced(year: int) -> bool:
    """Whether the package knows the days off of ``year``."""
    return any(day.year == year for day in constants.holidays)


def days_of(year: int) -> Named:
    """{day: (what it counts as, English name, is an estimate)} of all days that are not what their weekday says."""
    if is_announced(year):
        return announced(year)
    return {day: (DayType.HOLIDAY, name, True) for day, name in by_law(year)}


def announced(year: int) -> Named:
    off = {day: (DayType.HOLIDAY, name, False) for day, name in constants.holidays.items() if day.year == year}
    made_up = {day: (worked_as(day), name, False) for day, name in constants.workdays.items() if day.year == year}
    return off | made_up


def worked_as(day: date) -> DayType:
    """A Saturday made up for counts as the Friday before it, a Sunday as the Monday after it."""
    return DayType.FRIDAY if day.weekday() == DayType.SATURDAY else DayType.MONDAY


def by_law(year: int) -> list[tuple[date, str]]:
    """Days that the law names for every year; the lunar ones as far as the table goes."""
    runs = [
        (date(year, 1, 1), 1, "New Year's Day"),
        (tomb_sweeping(year), 1, "Tomb-sweeping Day"),
        (date(year, 5, 1), 2, "Labour Day"),
        (date(year, 10, 1), 3, "National Day"),
        *lunar_runs(year),
    ]
    return [(first + timedelta(days=n), name) for first, length, name in runs for n in range(length)]


def tomb_sweeping(year: int) -> date:
    terms = chinese_calendar.get_solar_terms(date(year, 4, 1), date(year, 4, 10))
    return next(day for day, name in terms if name == "清明")


def lunar_runs(year: int) -> list[tuple[date, int, str]]:
    """Spring Festival from its eve on, four days; Dragon Boat and Mid-autumn one each."""
    if year not in LUNAR:
        return []
    spring, boat, moon = (date.fromisoformat(f"{year}-{day}") for day in LUNAR[year])
    eve = spring - timedelta(days=1)
    return [(eve, 4, "Spring Festival"), (boat, 1, "Dragon Boat Festival"), (moon, 1, "Mid-autumn Festival")]


@transaction.atomic
def load_year(year: int) -> int:
    """Write the special days of ``year``; the number of rows changed.

    An announcement replaces estimates. Rows that somebody entered by hand stay where the year is only estimated.
    """
    rows = {day: row(day, *values) for day, values in days_of(year).items()}
    kept = {day.day: day for day in CalendarDay.objects.filter(day__year=year)}
    changed = [day for day, new in rows.items() if differs(kept.get(day), new)]
    for day in changed:
        CalendarDay.objects.update_or_create(day=day, defaults=rows[day])
    gone = [day for day, old in kept.items() if old.is_estimate and day not in rows]
    CalendarDay.objects.filter(day__in=gone).delete()
    return len(changed) + len(gone)


def row(day: date, counts_as: DayType, name_en: str, is_estimate: bool) -> dict:
    made_up = counts_as != DayType.HOLIDAY
    name = NAMES.get(name_en, name_en)
    return {
        "counts_as": counts_as,
        "name": f"{name}调休上班" if made_up else name,
        "name_en": f"Working day made up for {name_en}" if made_up else name_en,
        "is_estimate": is_estimate,
    }


def differs(old: CalendarDay | None, new: dict) -> bool:
    """What a person entered for certain is not replaced by an estimate."""
    if old is None:
        return True
    if new["is_estimate"] and not old.is_estimate:
        return False
    return any(getattr(old, field) != value for field, value in new.items())


def calendar_check() -> Finding:
    """For ``manage.py doctor``: from November on the next year should be there, and not as an estimate."""
    today = timezone.localdate()
    year = today.year + (today.month >= 11)
    days = CalendarDay.objects.filter(day__year=year)
    if not days.exists():
        what = _("The calendar of %(year)s is missing: holidays would count as ordinary days.") % {"year": year}
        return Finding(MISSING, what, _("Run: python manage.py load_calendar"))
    if days.filter(is_estimate=True).exists():
        what = _("The calendar of %(year)s is only estimated.") % {"year": year}
        todo = _("When the days off are announced, update chinesecalendar and run: python manage.py load_calendar")
        return Finding(WARNING, what, todo)
    return Finding(GOOD, _("The calendar of %(year)s is loaded.") % {"year": year})
