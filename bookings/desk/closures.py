"""Shutting something: first whom it hits, then the deed; and opening again before time."""

from datetime import timedelta

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache

from bookings.models import Booking
from bookings.stranded import stranded
from palace.accounts.views.answers import page
from palace.core.wording import local_text
from venues.models import Closure, OccupancyKind
from venues.services import Hit, close, end_closure, hits_of, preview_closure

from .base import say_refusal
from .forms import ClosureForm
from .today import rights

PER_PAGE = 20
REMEMBERED = timedelta(days=30)


@never_cache
def desk_closures(request):
    """Bookings that the rules left behind; closures in force and coming, then those of the last days that are over."""
    now = timezone.now()
    rows = Closure.objects.filter(palace=request.palace, ends_at__gt=now - REMEMBERED).with_targets()
    rows = rows.annotate(over=Q(ends_at__lte=now) | Q(ended_at__isnull=False)).order_by("over", "starts_at", "pk")
    shown = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    running = Closure.objects.filter(palace=request.palace, ended_at=None, starts_at__lte=now, ends_at__gt=now).count()
    coming = Closure.objects.filter(palace=request.palace, ended_at=None, starts_at__gt=now).count()
    context = {"page": shown, "rows": [(c, state_of(c, now)) for c in shown], "running": running, "coming": coming}
    lost = hits_of(OccupancyKind.BOOKING, stranded(request.palace, now))
    context |= {"stranded": lost, "may": rights(request)}
    return page(request, "desk/closures.html", None, **context)


def state_of(closure: Closure, now) -> str:
    if closure.ended_at:
        return "ended"
    if closure.ends_at <= now:
        return "over"
    return "running" if closure.starts_at <= now else "coming"


@never_cache
def desk_closure_new(request):
    """Filled in, looked at, done. What the preview showed comes along: if it changed since, it is shown again."""
    form = ClosureForm(request.POST or None, palace=request.palace, initial=asked_target(request))
    if request.method != "POST" or not form.is_valid():
        return page(request, "desk/closure_new.html", form)
    closure = form.closure()
    try:
        return preview_or_close(request, form, closure)
    except ValidationError as error:
        form.refused(error)
        return page(request, "desk/closure_new.html", form)


def preview_or_close(request, form, closure: Closure):
    is_sure = form.cleaned_data["is_sure"]
    hits = preview_closure(closure, is_sure=is_sure)
    if "confirm" not in request.POST or request.POST.get("seen") != seen(hits):
        return preview(request, form, closure, hits)
    return closed(request, closure, close(closure=closure, by=request.user, is_sure=is_sure))


def asked_target(request) -> dict:
    """What the address names already, and the next full hour."""
    start = timezone.localtime().replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return {"target": request.GET.get("target", ""), "starts_at": start, "ends_at": start + timedelta(hours=2)}


def seen(hits: list[Hit]) -> str:
    """Who it was, and whether they were in the house: both decide what happens to them."""
    hits = sorted(hits, key=lambda hit: (hit.kind, hit.holder_id))
    return ",".join(f"{hit.kind}-{hit.holder_id}{'-here' if hit.line.here else ''}" for hit in hits)


def preview(request, form, closure: Closure, hits: list[Hit]):
    context = {
        "closure": closure,
        "released": [hit for hit in hits if hit.is_told],
        "here": [hit for hit in hits if hit.line.here],
        "stay": [hit for hit in hits if not hit.may_be_released],
        "may": rights(request),
        "seen": seen(hits),
        "changed": "confirm" in request.POST,
    }
    return page(request, "desk/closure_preview.html", form, **context)


def closed(request, closure: Closure, hits: list[Hit]):
    """The sentence says how many were told, whom to tell in person, and how many a person must still move."""
    told = sum(hit.is_told for hit in hits)
    text = ngettext(
        "Shut. %(n)s booking is cancelled and told.", "Shut. %(n)s bookings are cancelled and told.", told
    ) % {"n": told}
    here = sum(hit.line.here for hit in hits)
    if here:
        text += ngettext(
            " %(n)s party is in the house: tell them in person.",
            " %(n)s parties are in the house: tell them in person.",
            here,
        ) % {"n": here}
    paid = Booking.objects.filter(pk__in=[hit.holder_id for hit in hits if hit.is_told]).owed_back().count()
    if paid:
        text += ngettext(
            " %(n)s of them is paid: its money is to be given back.",
            " %(n)s of them are paid: their money is to be given back.",
            paid,
        ) % {"n": paid}
    left = len(hits) - told - here
    if left:
        text += ngettext(" %(n)s class must be moved by hand.", " %(n)s classes must be moved by hand.", left) % {
            "n": left
        }
    messages.success(request, text)
    return redirect("desk_closures")


def closure_here(request, pk: int) -> Closure:
    return get_object_or_404(Closure.objects.filter(palace=request.palace).with_targets(), pk=pk)


@never_cache
def desk_closure_end(request, pk):
    """Asks once more, then opens again."""
    closure = closure_here(request, pk)
    if request.method != "POST":
        return page(request, "desk/closure_end.html", None, closure=closure, state=state_of(closure, timezone.now()))
    try:
        end_closure(closure=closure, by=request.user)
        messages.success(request, _("%(place)s is open again.") % {"place": local_text(closure.target, "name")})
    except ValidationError as error:
        say_refusal(request, error)
    return redirect("desk_closures")
