"""Long work that a person starts and watches: an import, an export, a report.

``start_job`` writes the job and its outbox row; the worker runs the function of its kind outside of a transaction, so
that ``progress`` is seen at once. A function may be run again after its worker was killed: it must be safe to repeat.
It returns what the page shows: ``{"text": …, "href": …, "action": …, "problems": […]}``, all optional.
"""

import logging
from collections.abc import Callable
from datetime import timedelta

from celery.exceptions import SoftTimeLimitExceeded
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import translation
from django.utils.translation import gettext as _

from . import outbox
from .actor import acting
from .models import Job, JobState, OutboxMessage

LOST_AFTER = timedelta(minutes=6)  # above the longest task: no worker is at it any more
TOPIC = "job"

Kind = Callable[[Job], dict | None]
KINDS: dict[str, Kind] = {}
logger = logging.getLogger(__name__)


def register(kind: str, function: Kind) -> None:
    if KINDS.setdefault(kind, function) is not function:
        raise ValueError(f"two functions for jobs of kind {kind}")


@transaction.atomic
def start_job(*, kind: str, title: str, params: dict, by, palace=None) -> Job:
    """Begin ``kind`` soon. ``title`` is for people, in the language of ``by``; ``params`` is plain data."""
    if kind not in KINDS:
        raise LookupError(f"no function for jobs of kind {kind}")
    palace_id = getattr(palace, "pk", palace)
    fields = {"kind": kind, "title": str(title)[:200], "params": params, "palace_id": palace_id}
    job = Job.objects.create(created_by=by, **fields)
    outbox.put(TOPIC, {"job": job.pk}, palace=palace)
    return job


@transaction.atomic
def retry_job(*, job: Job, by) -> Job:
    """Run a failed job again. Raises ``ValidationError`` (``not_failed``, ``not_yours``)."""
    job = Job.objects.select_for_update().get(pk=job.pk)
    if job.created_by_id != by.pk:
        raise ValidationError(_("Only the person who started this can start it again."), "not_yours")
    if job.state != JobState.FAILED:
        raise ValidationError(_("This did not fail. Look at its state before starting it again."), "not_failed")
    Job.objects.filter(pk=job.pk).update(state=JobState.WAITING, error="", done=0, total=0, updated_at=Now())
    outbox.put(TOPIC, {"job": job.pk}, palace=job.palace_id)
    job.refresh_from_db()
    return job


def progress(job: Job, done: int, total: int) -> None:
    """Tell the watching person how far it is; also the sign of life that keeps others from starting it again."""
    Job.objects.filter(pk=job.pk).update(done=done, total=total, updated_at=Now())


def runnable():
    """Jobs that no worker is at: waiting, or left behind by a worker that died."""
    lost = Q(state=JobState.RUNNING, updated_at__lt=Now() - LOST_AFTER)
    return Job.objects.filter(Q(state=JobState.WAITING) | lost)


def run(pk: int) -> bool:
    """Run the job unless somebody else does. Whether it was run here."""
    claimed = runnable().filter(pk=pk).update(state=JobState.RUNNING, updated_at=Now())
    if not claimed:
        return False
    job = Job.objects.select_related("created_by").get(pk=pk)
    source = f"task:job:{job.kind}"
    with acting(user_id=job.created_by_id, source=source), translation.override(language_of(job)):
        finish(job, **outcome(job))
    return True


def language_of(job: Job) -> str | None:
    return job.created_by.language if job.created_by else None


def outcome(job: Job) -> dict:
    """The last state of ``job``: its result, or a sentence on what went wrong."""
    try:
        return {"state": JobState.DONE, "result": KINDS[job.kind](job) or {}}
    except ValidationError as refusal:
        return failed(" ".join(refusal.messages))
    except SoftTimeLimitExceeded:
        return failed(_("This took longer than four minutes and was stopped. Try it with less at a time."))
    except Exception:  # the person gets a sentence, the log gets the cause
        logger.exception("Job %s of kind %s failed.", job.pk, job.kind)
        return failed(_("Something broke on our side. It is noted in the log; try again."))


def failed(sentence: str) -> dict:
    return {"state": JobState.FAILED, "error": sentence}


def finish(job: Job, **fields) -> None:
    Job.objects.filter(pk=job.pk, state=JobState.RUNNING).update(updated_at=Now(), **fields)


def forgotten() -> list[int]:
    """Jobs whose hand-over was lost: they wait, or their worker died, and no outbox row asks for them."""
    asked = OutboxMessage.objects.open().filter(topic=TOPIC).values_list("payload__job", flat=True)
    late = runnable().filter(updated_at__lt=Now() - outbox.HAND_AGAIN_AFTER)
    return list(late.exclude(pk__in=list(asked)).values_list("pk", flat=True))


def ask_again(_slot) -> None:
    for pk in forgotten():
        outbox.put(TOPIC, {"job": pk})
