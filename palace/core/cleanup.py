"""What nobody needs any more leaves the tables of the ground at night, in small portions."""

from datetime import timedelta

from django.db.models import QuerySet
from django.db.models.functions import Now

from .models import IdempotencyRecord, OutboxMessage, PeriodicRun

PORTION = 5000
KEYS_LIVE = timedelta(hours=48)
DONE_LIVES = timedelta(days=30)


def old_rows() -> list[QuerySet]:
    return [
        IdempotencyRecord.objects.filter(created_at__lt=Now() - KEYS_LIVE),
        OutboxMessage.objects.filter(done_at__lt=Now() - DONE_LIVES),
        PeriodicRun.objects.filter(at__lt=Now() - DONE_LIVES),
    ]


def clean_up() -> int:
    """Delete what is too old; the number of rows."""
    return sum(delete_all(rows) for rows in old_rows())


def delete_all(rows: QuerySet) -> int:
    """In portions that stay far below the time limit of a statement."""
    total = 0
    while portion := list(rows.values_list("pk", flat=True)[:PORTION]):
        total += rows.model.objects.filter(pk__in=portion).delete()[0]
    return total
