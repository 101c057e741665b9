"""Long work: claimed by one worker, watched, failed with a sentence, started again."""

from datetime import timedelta

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext

from palace.core import jobs, outbox
from palace.core.models import Job, OutboxMessage
from tests.core.test_outbox import in_parallel
from tests.factories import make_user

MINUTE = timedelta(minutes=1)


@pytest.fixture
def kind(monkeypatch):
    """Jobs of kind "count" count to three."""

    def count(job):
        for n in range(1, 4):
            jobs.progress(job, n, 3)
        return {"text": "Counted."}

    monkeypatch.setitem(jobs.KINDS, "count", count)
    return lambda function: monkeypatch.setitem(jobs.KINDS, "count", function)


def start(by=None):
    return jobs.start_job(kind="count", title="Count to three", params={}, by=by or make_user(), palace=None)


def state(job):
    job.refresh_from_db()
    return job.state, job.done, job.total, job.result, job.error


@pytest.mark.django_db
def test_start_job_writes_the_job_and_its_outbox_row(kind):
    job = start()
    row = OutboxMessage.objects.get()
    assert state(job) == ("waiting", 0, 0, {}, "")
    assert (row.topic, row.payload) == ("job", {"job": job.pk})


@pytest.mark.django_db
def test_start_job_refuses_an_unknown_kind():
    with pytest.raises(LookupError, match="no function for jobs of kind nothing"):
        jobs.start_job(kind="nothing", title="", params={}, by=make_user())


@pytest.mark.django_db
def test_run_keeps_progress_and_result(kind):
    job = start()
    assert [jobs.run(job.pk), jobs.run(job.pk)] == [True, False]
    assert state(job) == ("done", 3, 3, {"text": "Counted."}, "")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (ValidationError("Line 3 has no name."), "Line 3 has no name."),
        (SoftTimeLimitExceeded(), "This took longer than four minutes and was stopped. Try it with less at a time."),
        (RuntimeError("secret detail"), "Something broke on our side. It is noted in the log; try again."),
    ],
)
def test_run_ends_a_failure_with_a_sentence(kind, error, sentence):
    def fail(job):
        raise error

    kind(fail)
    job = start(by=make_user(language="en"))
    jobs.run(job.pk)
    assert state(job) == ("failed", 0, 0, {}, sentence)


@pytest.mark.django_db
@pytest.mark.parametrize(("language", "word"), [("zh-hans", "今天"), ("en", "Today")])
def test_run_speaks_the_language_of_who_started_it(kind, language, word):
    kind(lambda job: {"text": gettext("Today")})
    job = start(by=make_user(language=language))
    jobs.run(job.pk)
    assert state(job)[3] == {"text": word}


@pytest.mark.django_db
def test_run_takes_over_from_a_dead_worker_after_six_minutes(kind):
    job = start()
    for past, taken in [(6 * MINUTE - timedelta(seconds=5), False), (6 * MINUTE + timedelta(seconds=5), True)]:
        Job.objects.filter(pk=job.pk).update(state="running", updated_at=timezone.now() - past)
        assert jobs.run(job.pk) is taken


def test_run_by_four_workers_runs_once(fresh_db, kind):
    kind(lambda job: OutboxMessage.objects.create(topic="effect") and {})
    job = start()
    answers = in_parallel([lambda: jobs.run(job.pk)] * 4)
    assert sorted(answers) == [False, False, False, True]
    assert OutboxMessage.objects.filter(topic="effect").count() == 1


@pytest.mark.django_db
def test_retry_job_starts_a_failed_one_again(kind):
    job = start()
    Job.objects.filter(pk=job.pk).update(state="failed", error="x", done=2, total=3)
    jobs.retry_job(job=job, by=job.created_by)
    assert state(job) == ("waiting", 0, 0, {}, "")
    assert OutboxMessage.objects.filter(topic="job").count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize("other", ["waiting", "running", "done"])
def test_retry_job_refuses_what_did_not_fail(kind, other):
    job = start()
    Job.objects.filter(pk=job.pk).update(state=other)
    with pytest.raises(ValidationError) as refusal:
        jobs.retry_job(job=job, by=job.created_by)
    assert refusal.value.code == "not_failed"


@pytest.mark.django_db
def test_retry_job_refuses_another_person(kind):
    job = start()
    Job.objects.filter(pk=job.pk).update(state="failed")
    with pytest.raises(ValidationError) as refusal:
        jobs.retry_job(job=job, by=make_user())
    assert refusal.value.code == "not_yours"


@pytest.mark.django_db
def test_ask_again_finds_jobs_whose_handing_over_was_lost(kind):
    lost, asked, young = start(), start(), start()
    OutboxMessage.objects.exclude(payload={"job": asked.pk}).delete()
    Job.objects.exclude(pk=young.pk).update(updated_at=timezone.now() - 3 * MINUTE)
    jobs.ask_again(None)
    assert [row.payload for row in OutboxMessage.objects.order_by("pk")] == [{"job": asked.pk}, {"job": lost.pk}]


@pytest.mark.django_db
def test_hand_job_gives_it_to_a_task_of_its_own(kind, monkeypatch):
    sent = []
    monkeypatch.setattr("palace.core.tasks.send", lambda task, *arguments: sent.append((task.name, arguments)))
    job = start()
    assert outbox.deliver(OutboxMessage.objects.get().pk)
    assert sent == [("palace.core.tasks.run_job", (job.pk,))]
