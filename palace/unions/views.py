"""Public pages of the palaces, and the choice of the one in use."""

import re

from django.conf import settings
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from .models import Palace

COOKIE = "palace"
YEAR = 60 * 60 * 24 * 365
LONGEST = 1000
SHORT_NAME = re.compile(r"[-a-zA-Z0-9_]{1,50}")


@require_GET
def palace_list(request):
    palaces = Palace.objects.open_to(request.user).select_related("union")
    return render(request, "unions/palace_list.html", {"palaces": palaces})


@require_GET
def palace_detail(request, slug):
    palaces = Palace.objects.open().select_related("union").prefetch_related("sites")
    palace = get_object_or_404(palaces, slug=slug)
    return render(request, "unions/palace_detail.html", {"palace": palace, "may_choose": may_choose(request, palace)})


def may_choose(request, palace: Palace) -> bool:
    return request.palace != palace and Palace.objects.open_to(request.user).filter(pk=palace.pk).exists()


@require_POST
def choose_palace(request):
    """Remember the palace ``palace`` (its short name); a foreign or unknown one does not exist."""
    slug = request.POST.get("palace", "")
    if not SHORT_NAME.fullmatch(slug) or not Palace.objects.open_to(request.user).filter(slug=slug).exists():
        raise Http404
    response = redirect(next_page(request))
    response.set_cookie(
        COOKIE, slug, max_age=YEAR, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE, httponly=True
    )
    return response


def next_page(request) -> str:
    target, host = request.POST.get("next", ""), request.get_host()
    inside = target.startswith("/") and len(target) <= LONGEST
    return (
        target
        if inside and url_has_allowed_host_and_scheme(target, allowed_hosts={host}, require_https=request.is_secure())
        else "/"
    )
