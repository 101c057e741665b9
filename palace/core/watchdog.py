"""How long the oldest message waits to get out. More than two minutes is shown to staff.

An upper app adds what it sends itself with ``watch``; one query asks for all.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db.models import F, QuerySet
from django.utils import timezone

from .models import OutboxMessage

LATE_AFTER = timedelta(minutes=2)

Source = Callable[[], QuerySet]
SOURCES: list[Source] = []


def watch(source: Source) -> Source:
    """``source()`` is a queryset of rows that wait, annotated with ``waits_since``."""
    if source not in SOURCES:
        SOURCES.append(source)
    return source


@watch
def outbox_rows() -> QuerySet:
    return OutboxMessage.objects.due().annotate(waits_since=F("due_at"))


def oldest_unsent() -> datetime | None:
    """Since when the oldest message waits; None where nothing waits."""
    first, *others = [oldest_of(source()) for source in SOURCES]
    moments = first.union(*others, all=True) if others else first
    return min(moments, default=None)


def oldest_of(rows: QuerySet) -> QuerySet:
    return rows.order_by("waits_since").values_list("waits_since", flat=True)[:1]


def oldest_unsent_seconds() -> int:
    since = oldest_unsent()
    return max(0, round((timezone.now() - since).total_seconds())) if since else 0


def late_minutes() -> int:
    """Whole minutes that the oldest message waits if staff should know, else 0."""
    seconds = oldest_unsent_seconds()
    return seconds // 60 if seconds > LATE_AFTER.total_seconds() else 0
