"""What waits for a yes or a no."""

from django.core.paginator import Paginator
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache

from bookings.desk_queues import to_approve
from bookings.permissions import asked_for

PER_PAGE = 20


@never_cache
def desk_approvals(request):
    shown = Paginator(to_approve(request.palace, timezone.now()), PER_PAGE).get_page(request.GET.get("page"))
    rows = [(booking, asked_for(request.user, booking)) for booking in shown]
    context = {"rows": rows, "page": shown, "count": shown.paginator.count, "now": timezone.now()}
    return render(request, "desk/approvals.html", context)
