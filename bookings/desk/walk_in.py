"""People without a booking: counted in, or put on a place that is free now."""

from datetime import timedelta

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from bookings.permissions import confirms_for
from bookings.refusals import refuse
from bookings.services import caller_of
from bookings.slots import busy
from bookings.walk_ins import FreeNow, all_free_now, counted_today, free_now, let_in, most_persons, open_now, walk_in
from palace.accounts.views.answers import attempt, page
from palace.accounts.views.desk import member_here, phone_of
from palace.core.wording import local_text, masked_name, masked_number
from venues import rulebook
from venues.models import Venue, Visit
from venues.rules import Caller

from .base import may, whole
from .book import find, unit_here
from .forms import FindForm, LetInForm, PartyForm

DAY = timedelta(days=1)
SHOWN = 6


@never_cache
def desk_walk_in(request):
    if request.GET.get("unit"):
        return on_unit(request)
    book, now = rulebook.current(request.palace.pk), timezone.now()
    venues = Venue.objects.filter(palace=request.palace, pk__in=open_now(book, now))
    form = LetInForm(request.POST or None, venues=venues, initial={"venue": whole(request.GET.get("venue"))})
    if attempt(form, lambda data: let_in(by=request.user, **data)):
        messages.success(request, let_in_text(**form.cleaned_data))
        say_crowded(request, book, form.cleaned_data["venue"])
        return redirect("desk_walk_in")
    counted = list(counted_today(request.palace, now))
    free = all_free_now(book, Caller(signed_in=True, verified=True), now, approves=may(request, "bookings.approve"))
    return page(
        request,
        "desk/walk_in.html",
        form,
        free=by_venue(book, free),
        venues=len(venues),
        counted=counted if "all" in request.GET else counted[:SHOWN],
        counted_more=len(counted) if len(counted) > SHOWN and "all" not in request.GET else 0,
    )


@require_POST
def desk_walk_in_undo(request, pk):
    """Take back what was counted by mistake today; a party with a booking is taken back at its check-in."""
    if not Visit.objects.filter(pk=pk).exists():
        messages.info(request, _("This was taken back already."))
        return redirect("desk_walk_in")
    visit = get_object_or_404(counted_today(request.palace, timezone.now()), pk=pk)
    words = {"n": visit.persons, "venue": local_text(visit.venue, "name")}
    visit.delete()
    messages.success(request, _("Taken back: %(venue)s, %(n)s.") % words)
    return redirect("desk_walk_in")


def let_in_text(venue: Venue, persons: int) -> str:
    words = {"n": persons, "venue": local_text(venue, "name")}
    return ngettext("%(n)s person came in: %(venue)s.", "%(n)s persons came in: %(venue)s.", persons) % words


def say_crowded(request, book, venue: Venue) -> None:
    """The count is kept: they stand inside. Who counts is told where that is more than the venue holds."""
    inside, most = Visit.objects.filter(venue=venue).inside(timezone.now()).persons(), most_persons(book, venue.pk)
    if inside > most:
        text = _("About %(inside)s are in %(venue)s now, and it holds %(most)s.")
        words = {"inside": inside, "venue": local_text(venue, "name"), "most": most}
        messages.warning(request, text % words)


def by_venue(book, free: list[FreeNow]) -> list[tuple]:
    found: dict[int, list[FreeNow]] = {}
    for each in free:
        found.setdefault(each.unit.venue_id, []).append(each)
    return [(book.venues[venue_id], rows) for venue_id, rows in found.items()]


def on_unit(request):
    """Who uses it, then one press. Somebody unknown is registered first."""
    unit = unit_here(request)
    member = member_here(request, whole(request.GET["member"]) or 0) if request.GET.get("member") else None
    offer = offer_now(unit, member, request.user)
    if offer is None:
        messages.warning(request, _("%(unit)s is not free now. Here is what is.") % {"unit": local_text(unit, "name")})
        return redirect("desk_walk_in")
    if offer.is_asked:
        messages.warning(request, refuse("needs_approval").messages[0])
        return redirect("desk_walk_in")
    if member is None:
        return who_page(request, unit, offer)
    form = PartyForm(
        request.POST or None,
        initial={"party_size": smallest(unit, offer)},
        smallest=smallest(unit, offer),
        largest=largest(unit, offer),
    )
    made = []
    if attempt(
        form,
        lambda data: made.append(walk_in(unit=unit, member=member, party_size=data["party_size"], by=request.user)),
    ):
        messages.success(request, _("%(name)s is checked in.") % {"name": masked_name(member.name)})
        return redirect("desk_booking", made[0].number)
    return page(
        request,
        "desk/walk_in_confirm.html",
        form,
        unit=unit,
        member=member,
        offer=offer,
        phone=masked_number(phone_of(member)),
    )


def offer_now(unit, member, by) -> FreeNow | None:
    """For ``member``, or for whoever will be named next."""
    approves = confirms_for(by, member, unit.palace_id) if member else by.may("bookings.approve", unit.palace_id)
    now, book = timezone.now(), rulebook.current(unit.palace_id)
    rules = book.units.get(unit.pk)
    held = busy([unit.space_id], now, now + DAY)[unit.space_id]
    return free_now(book, rules, held, caller_of(member), now, approves=approves) if rules else None


def smallest(unit, offer: FreeNow) -> int:
    book = rulebook.kept(unit.palace_id)
    return book.policy(offer.unit, timezone.localdate()).party_min


def largest(unit, offer: FreeNow) -> int:
    policy = rulebook.kept(unit.palace_id).policy(offer.unit, timezone.localdate())
    most = min(unit.capacity, policy.party_max or unit.capacity)
    return min(most, offer.free) if offer.unit.shared else most


def who_page(request, unit, offer: FreeNow):
    form, rows, more = find(request) if request.method == "POST" else (FindForm(), [], False)
    links = [(member, phone, f"?unit={unit.pk}&member={member.pk}") for member, phone in rows]
    if len(links) == 1:
        return redirect(f"{request.path}{links[0][2]}")
    searched = form.is_bound and form.is_valid()
    return page(
        request, "desk/walk_in_who.html", form, unit=unit, offer=offer, links=links, searched=searched, more=more
    )
