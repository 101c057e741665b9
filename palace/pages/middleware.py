"""The palace in use, and who may come in where."""

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.utils.functional import SimpleLazyObject

from bookings.views.base import opening_text
from palace.accounts.access import ANY_STAFF, PUBLIC, SIGNED_IN, WIDE, who_may
from palace.core.navigation import desk_pages_of
from palace.unions.models import Palace
from venues import rulebook

COOKIE = "palace"
DESK = "desk_today"


class CurrentPalace:
    """Sets ``request.palace``: what staff or visitor chose, else the first palace that is open to them."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.palace = SimpleLazyObject(lambda: palace_of(request))
        request.opening_text = SimpleLazyObject(lambda: known_opening(request))
        return self.get_response(request)


def known_opening(request) -> str:
    """Today's hours, where this process has read the rules of the palace lately: no page pays a query for them."""
    book = rulebook.known(request.palace.pk) if request.palace else None
    return opening_text(book) if book else ""


def palace_of(request) -> Palace | None:
    """Staff work in one palace at a time and only in their own; others look at whichever they chose."""
    mine = staff_palaces(request.user)
    palaces = Palace.objects.filter(pk__in=mine) if mine else Palace.objects.open()
    chosen = request.COOKIES.get(COOKIE, "")
    ordered = list(palaces)
    return next((p for p in ordered if p.slug == chosen), ordered[0] if ordered else None)


def staff_palaces(user) -> list[int]:
    return sorted(user.palaces) if user.is_authenticated else []


class Access:
    """Enforces the table of ``palace.accounts.access``: deny unless a line lets the caller in."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        name = request.resolver_match.view_name
        who = who_may(name)
        if who == PUBLIC:
            return None
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if who is None or not admitted(request, who):
            return elsewhere_on_desk(request, name)
        return None


def elsewhere_on_desk(request, name: str):
    """Who types the desk's address and may not see the day begins on the first of its pages that is open to him.

    Raises ``PermissionDenied`` for every other page, and for him to whom none is open.
    """
    asks = name == DESK and request.method in ("GET", "HEAD")
    pages = desk_pages_of(request.user, request.palace) if asks else []
    if not pages:
        raise PermissionDenied
    return redirect(pages[0].name)


def admitted(request, who: str) -> bool:
    if who == SIGNED_IN:
        return True
    if who == ANY_STAFF:
        return request.user.is_staff
    if who in WIDE:
        return request.user.holds(who)
    return request.user.may(who, request.palace) if request.palace else False
