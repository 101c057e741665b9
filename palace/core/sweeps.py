"""Work that the clock asks for. Deadlines are rows in the database; a sweep looks for those that have come.

Beat wakes ``run_due`` every minute. A sweep has slots (every minute, or a time of day in Asia/Shanghai) and is run once
for its latest slot, however many beats there are; after an outage it is run once, late, and finds all that is due.
"""

import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db import connection, transaction
from django.utils import timezone

from .actor import acting
from .models import PeriodicRun

Function = Callable[[datetime], object]
SWEEPS: dict[str, "Sweep"] = {}
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Sweep:
    """``function(slot)`` runs in the transaction that claims the slot: what it writes and the claim stand or fall together."""

    name: str
    function: Function
    every: timedelta
    at: time | None = None
    late_by: timedelta = timedelta(hours=20)  # a slot older than this is no longer run

    def latest_slot(self, now: datetime) -> datetime:
        """The last moment up to ``now`` at which the sweep was to run."""
        if self.at is None:
            return now - (now - datetime.min.replace(tzinfo=now.tzinfo)) % self.every
        today = datetime.combine(timezone.localdate(now), self.at, timezone.get_default_timezone())
        return today if today <= now else today - timedelta(days=1)


def register(name: str, function: Function, *, every=timedelta(minutes=1), at=None, **options) -> None:
    """Run ``function(slot)`` for each slot: ``every`` so often, or daily ``at`` a time."""
    sweep = Sweep(name, function, timedelta(days=1) if at else every, at, **options)
    if SWEEPS.setdefault(name, sweep) != sweep:
        raise ValueError(f"two sweeps named {name}")


def run_due(now: datetime | None = None) -> list[str]:
    """Run every sweep whose latest slot is not yet taken; the names of those that were run."""
    now = now or timezone.now()
    return [sweep.name for sweep in SWEEPS.values() if run_once(sweep, now)]


def run_once(sweep: Sweep, now: datetime) -> bool:
    slot = sweep.latest_slot(now)
    if now - slot > sweep.late_by:
        return False
    try:
        with transaction.atomic(), acting(source=f"task:{sweep.name}"):
            return claim_and_run(sweep, slot)
    except Exception:  # one broken sweep must not keep the others waiting
        logger.exception("Sweep %s failed for %s.", sweep.name, slot)
        return False


def claim_and_run(sweep: Sweep, slot: datetime) -> bool:
    """Not run where another process is at it, or has been."""
    if not try_lock(sweep.name) or PeriodicRun.objects.filter(job=sweep.name, slot=slot).exists():
        return False
    PeriodicRun.objects.create(job=sweep.name, slot=slot)
    sweep.function(slot)
    return True


def try_lock(name: str) -> bool:
    """A lock until the end of the transaction; False at once where it is taken."""
    number = int.from_bytes(hashlib.sha256(f"sweep {name}".encode()).digest()[:8], signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [number])
        return cursor.fetchone()[0]
