"""Long jobs that staff started: how far they are, what came of them, and again."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from palace.core import watchdog
from palace.core.jobs import retry_job
from palace.core.models import Job, JobState, OutboxMessage
from palace.core.navigation import address

PER_PAGE = 20
CHIPS: dict[str, str] = {
    JobState.WAITING: "wait",
    JobState.RUNNING: "wait",
    JobState.DONE: "ok",
    JobState.FAILED: "bad",
}


def chip_of(job: Job) -> str:
    """What is done but for some lines is not green."""
    return "wait" if job.state == JobState.DONE and job.result.get("problems") else CHIPS[job.state]


@never_cache
@require_safe
def job_list(request):
    mine = Job.objects.visible_to(request.user).order_by("-pk")
    page = Paginator(mine, PER_PAGE).get_page(request.GET.get("page"))
    running = mine.filter(state__in=[JobState.WAITING, JobState.RUNNING]).count()
    rows = [(job, chip_of(job)) for job in page]
    dead, unsent = OutboxMessage.objects.filter(dead=True).count(), watchdog.oldest_unsent()
    context = {"page": page, "rows": rows, "running": running, "dead": dead, "unsent": unsent}
    return render(request, "notices/job_list.html", context | {"dead_href": dead_href(request)})


def dead_href(request) -> str:
    """The register of what was given up, for whoever keeps the system running."""
    register = address("admin:core_outboxmessage_changelist")
    return f"{register}?dead=True" if request.user.may("core.see_system", request.palace or None) else ""


@never_cache
@require_safe
def job_detail(request, pk):
    """The whole page, or the part that changes for the page that asks every two seconds."""
    job = get_object_or_404(Job.objects.visible_to(request.user), pk=pk)
    template = "notices/_job.html" if request.htmx else "notices/job_detail.html"
    return render(request, template, shown(job, request.user))


def shown(job: Job, user) -> dict:
    return {
        "job": job,
        "chip": chip_of(job),
        "moving": job.state in (JobState.WAITING, JobState.RUNNING),
        "failed": job.state == JobState.FAILED,
        "may_retry": job.state == JobState.FAILED and job.created_by_id == user.pk,
    }


@require_POST
def job_retry(request, pk):
    job = get_object_or_404(Job.objects.visible_to(request.user), pk=pk)
    try:
        retry_job(job=job, by=request.user)
        messages.success(request, _("Started again."))
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    return redirect("job_detail", pk)
