"""The desk's pages about announcements: of the palace in use only."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from palace.core.wording import clock_text, date_text, local_day
from palace.notices import services
from palace.notices.forms import AnnouncementForm
from palace.notices.models import Announcement

PER_PAGE = 20
REFUSED = 422


def announcements_here(request):
    return Announcement.objects.filter(palace=request.palace)


@never_cache
@require_safe
def desk_announcements(request):
    here = announcements_here(request)
    page = Paginator(here, PER_PAGE).get_page(request.GET.get("page"))
    now = timezone.now()
    rows = [(announcement, *announcement.chip_at(now)) for announcement in page]
    return render(
        request, "notices/desk_announcements.html", {"page": page, "rows": rows, "current": here.current().count()}
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def desk_announcement_new(request):
    fresh = Announcement(palace=request.palace, shown_from=timezone.now().replace(second=0, microsecond=0))
    return edit(request, fresh)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def desk_announcement(request, pk):
    return edit(request, get_object_or_404(announcements_here(request), pk=pk))


def edit(request, announcement: Announcement):
    form = AnnouncementForm(request.POST or None, instance=announcement)
    if form.is_bound and form.is_valid():
        services.save_announcement(announcement=form.instance, by=request.user)
        say_saved(request, form.instance)
        return redirect("desk_announcements")
    status = REFUSED if form.is_bound else 200
    return render(
        request, "notices/desk_announcement.html", {"form": form, "announcement": announcement}, status=status
    )


def say_saved(request, announcement: Announcement) -> None:
    state = announcement.state_at(timezone.now())
    if state == "over":
        messages.warning(request, _("It is saved. Its days are over, so it does not hang on the wall."))
    elif state == "coming":
        when = {"day": date_text(local_day(announcement.shown_from)), "time": clock_text(announcement.shown_from)}
        messages.info(request, _("It is saved. It goes up by itself on %(day)s at %(time)s.") % when)
    else:
        messages.success(request, _("It hangs on the wall."))


@require_POST
def desk_announcement_end(request, pk):
    announcement = get_object_or_404(announcements_here(request), pk=pk)
    services.end_announcement(announcement=announcement, by=request.user)
    messages.success(request, _("It was taken down."))
    return redirect("desk_announcements")
