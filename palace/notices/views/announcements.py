"""What hangs on the wall of the palace in use."""

from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from palace.notices.models import Announcement

PER_PAGE = 20


def on_the_wall(request):
    return Announcement.objects.current().visible_to(request.user)


@require_safe
def announcement_list(request):
    here = on_the_wall(request).filter(palace=request.palace)
    page = Paginator(here, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "notices/announcement_list.html", {"page": page})


@require_safe
def announcement_detail(request, pk):
    announcement = get_object_or_404(on_the_wall(request).select_related("palace"), pk=pk)
    return render(request, "notices/announcement_detail.html", {"announcement": announcement})
