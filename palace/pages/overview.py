"""What a union sees of the palaces below it: facts of the houses and counts of the week, never persons."""

from datetime import date, datetime, time, timedelta

from django.db.models import Count, Sum
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_safe

from bookings.models import Booking, BookingStatus
from bookings.views.base import opening_text
from bookings.words import marked, title_html
from palace.core.wording import date_text, local_text
from palace.unions.models import Palace
from venues import rulebook
from venues.models import Visit

SMALLEST = 5  # a smaller count could point to a person; the sum leaves it out, or it would give it away


@require_safe
def overview(request):
    palaces = Palace.objects.filter(pk__in=request.user.palaces_with("overview.see"))
    first = monday(timezone.localdate())
    context = lines_of(list(palaces), first) | {"columns": columns(), "smallest": SMALLEST}
    days = {"first": date_text(first), "last": date_text(first + timedelta(days=6))}
    return render(request, "pages/overview.html", context | {"days": days, "official_union": union_of(request.user)})


def union_of(user) -> str:
    """For which union this reader looks: it stands at the head and foot of the page instead of one palace."""
    return next((local_text(union, "name") for union in user.unions_with("overview.see")), "")


def monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def columns() -> list[tuple[str, str]]:
    return [
        (_("Palace"), ""),
        (_("Bookings this week"), "n"),
        (_("Visits this week"), "n"),
        (_("Opening hours"), ""),
        (pgettext("palace", "Class"), ""),
        (_("Kind of institution"), ""),
        (_("Floor area"), "n"),
        (_("Let out"), "n"),
        (pgettext("palace", "Land"), "n"),
    ]


def lines_of(palaces: list[Palace], first: date) -> dict:
    """The title, and one line for each palace, in four queries however many there are."""
    pks = [palace.pk for palace in palaces]
    books, booked, came = rulebook.current_of(pks), bookings_of(pks, first), persons_of(pks, first)
    lines = [line(p, books[p.pk], booked.get(p.pk, 0), came.get(p.pk, 0)) for p in palaces]
    text = title(len(palaces), came)
    return {"title": text.replace("|", ""), "heading": title_html(text), "lines": lines}


def title(palaces: int, came: dict[int, int]) -> str:
    """How many palaces, and how many came to those whose figure is shown."""
    visits = sum(count for count in came.values() if count >= SMALLEST)
    if not palaces:
        return _("No palace below your union yet")
    if not visits:
        text = ngettext("%(n)s palace below your union", "%(n)s palaces below your union", palaces)
        return text % {"n": palaces}
    text = ngettext("%(n)s palace, %(visits)s visits this week", "%(n)s palaces, %(visits)s visits this week", palaces)
    return text % {"n": palaces, "visits": f"{visits:,}"}


def week(first: date) -> tuple[datetime, datetime]:
    """Seven days from midnight of ``first``."""
    begin = datetime.combine(first, time(), timezone.get_default_timezone())
    return begin, begin + timedelta(days=7)


def bookings_of(pks: list[int], first: date) -> dict[int, int]:
    """Bookings that begin in the week and were not given back, by palace."""
    begin, end = week(first)
    rows = Booking.objects.filter(palace__in=pks, starts_at__gte=begin, starts_at__lt=end)
    rows = rows.exclude(status=BookingStatus.CANCELLED).order_by()
    return dict(rows.values_list("palace").annotate(n=Count("pk")))


def persons_of(pks: list[int], first: date) -> dict[int, int]:
    """Persons who came in during the week, each time counted, by palace."""
    begin, end = week(first)
    rows = Visit.objects.filter(palace__in=pks, entered_at__gte=begin, entered_at__lt=end).order_by()
    return dict(rows.values_list("palace").annotate(n=Sum("persons")))


def line(palace: Palace, book, booked: int, came: int) -> dict:
    """One line of ``_components/compare.html``."""
    cells = [
        (count_text(booked), "n"),
        (count_text(came), "n"),
        (opening_text(book), "nb"),
        (palace.get_palace_class_display(), "nb"),
        (palace.get_institution_display(), "nb"),
        (area(palace.floor_area_m2), "n"),
        (area(palace.leased_area_m2), "n"),
        (_("%(mu)s mu") % {"mu": f"{float(palace.land_area_mu):g}"} if palace.land_area_mu else "–", "n"),
    ]
    labels = [label for label, _kind in columns()[1:]]
    return {"head": head(palace), "cells": [(label, *cell) for label, cell in zip(labels, cells, strict=True)]}


def head(palace: Palace):
    """The name, which leads to the public page where there is one."""
    if not palace.is_active:
        return format_html("{} <span class='chip off'>{}</span>", marked(palace), _("not shown to the public"))
    return format_html('<a href="{}">{}</a>', reverse("palace_detail", args=[palace.slug]), marked(palace))


def count_text(count: int) -> str:
    return f"{count:,}" if count >= SMALLEST else _("under %(n)d") % {"n": SMALLEST}


def area(square_metres: int) -> str:
    return f"{square_metres:,} m²" if square_metres else "–"
