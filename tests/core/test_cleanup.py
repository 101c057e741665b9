"""What is too old leaves at night, and nothing else."""

from datetime import timedelta

import pytest
from django.utils import timezone

from palace.core import cleanup
from palace.core.models import IdempotencyRecord, OutboxMessage, PeriodicRun

SECONDS = timedelta(seconds=5)


def key(past):
    record = IdempotencyRecord.objects.create(principal=1, endpoint="e", key=str(past), request_hash="h", answer_id=1)
    IdempotencyRecord.objects.filter(pk=record.pk).update(created_at=timezone.now() - past)


def message(past, **fields):
    OutboxMessage.objects.create(topic=str(past), **fields)


@pytest.mark.django_db
def test_clean_up_deletes_old_rows_only(monkeypatch):
    monkeypatch.setattr(cleanup, "PORTION", 1)
    hours, days = timedelta(hours=48), timedelta(days=30)
    now = timezone.now()
    for past in (hours - SECONDS, hours + SECONDS, hours + 2 * SECONDS):
        key(past)
    for past in (days - SECONDS, days + SECONDS):
        message(past, done_at=now - past)
        run = PeriodicRun.objects.create(job="a", slot=now - past)
        PeriodicRun.objects.filter(pk=run.pk).update(at=now - past)
    message("given up", dead=True, due_at=now - 2 * days)
    message("open", due_at=now - 2 * days)
    assert cleanup.clean_up() == 4
    assert [record.key for record in IdempotencyRecord.objects.all()] == [str(hours - SECONDS)]
    assert [row.topic for row in OutboxMessage.objects.order_by("pk")] == [str(days - SECONDS), "given up", "open"]
    assert PeriodicRun.objects.count() == 1
