"""One's own messages."""

from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from palace.notices import services
from palace.notices.models import Message

PER_PAGE = 20


@never_cache
@require_safe
def message_list(request):
    mine = Message.objects.in_app_of(request.user)
    page = Paginator(mine, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "notices/message_list.html", {"page": page, "unread": mine.unread().count()})


@require_POST
def message_open(request, pk):
    """Read it, and go to what it is about."""
    message = get_object_or_404(Message.objects.in_app_of(request.user), pk=pk)
    services.mark_read(by=request.user, message_id=message.pk)
    return redirect(message.link or "message_list")


@require_POST
def message_read_all(request):
    services.mark_read(by=request.user)
    return redirect("message_list")
