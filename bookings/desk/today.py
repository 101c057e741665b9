"""The whole house on one sheet, and what waits for the desk; finding whoever stands there."""

import re

from django.db.models import Q
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache

from bookings.desk_board import Viewer, draw, read
from bookings.desk_queues import SHOWN, arrivals, awaited_today, closures_on, coming_of, undecided, waiting
from bookings.models import Booking
from bookings.permissions import asked_for
from bookings.querysets import OWED_BACK
from bookings.stranded import stranded
from palace.accounts import search
from palace.accounts.views.answers import attempt, page
from palace.accounts.views.desk import phone_of, remember_found
from palace.core.wording import masked_number
from venues.models import Visit

from .base import asked_day, day_tabs, may
from .forms import FindForm

NUMBER = re.compile(r"(?:.*/bookings/)?([0-9]{8}|[1-9][0-9]{8,11})/?")


@never_cache
def desk_today(request):
    now, day, whole = timezone.now(), asked_day(request), request.GET.get("hours") == "all"
    viewer = viewer_of(request)
    is_today = day == timezone.localdate(now)
    also = waits_for(request, now) if is_today else Q()
    facts = read(palace=request.palace, day=day, now=now, viewer=viewer, whole=whole, also=also)
    context = {
        "now": now,
        "day": day,
        "is_today": is_today,
        "form": FindForm(),
        "may": rights(request),
        "whole": whole,
        "sheet": draw(facts),
    }
    context |= {"closures": closures_on(facts.closures.values(), day)} | day_tabs(day, "desk_today")
    return render(request, "desk/today.html", context | (queues(request, facts) if is_today else {}))


def waits_for(request, now) -> Q:
    """What the queues speak of beside the bookings of the day, for who can do something about it."""
    return waiting(now) | OWED_BACK if may(request, "bookings.refund") else waiting(now)


def rights(request) -> dict[str, bool]:
    """What this reader may do, by the last word of the right."""
    names = (
        "bookings.book_for",
        "bookings.cancel",
        "bookings.check_in",
        "bookings.approve",
        "bookings.take_payment",
        "bookings.refund",
    )
    found = {name.partition(".")[2]: may(request, name) for name in names}
    return found | {"close": may(request, "venues.close"), "find": may(request, "accounts.find_member")}


def viewer_of(request) -> Viewer:
    may_do = rights(request)
    return Viewer(
        book=may_do["book_for"],
        let_in=may_do["check_in"],
        bookings=may(request, "bookings.see"),
        closures=may_do["close"],
    )


def queues(request, facts) -> dict:
    """What waits now, from the facts of the sheet; two queries more. The page of another day has none of it."""
    now, bookings = facts.now, facts.bookings.values()
    coming = arrivals(bookings, now)
    pending = undecided(bookings, now) if may(request, "bookings.approve") else []
    owed = sum(bool(b.return_fen) for b in bookings) if may(request, "bookings.refund") else 0
    lost = len(stranded(request.palace, now, facts.book)) if may(request, "venues.close") else 0
    return {
        "inside": Visit.objects.filter(palace=request.palace).inside(now).persons(),
        "expected": coming.expected[:SHOWN],
        "expected_count": len(coming.expected),
        "missing": coming.missing[:SHOWN],
        "missing_count": len(coming.missing),
        "persons_soon": coming.persons_soon,
        "pending": [(booking, asked_for(request.user, booking)) for booking in pending[:SHOWN]],
        "pending_count": len(pending),
        "stranded_count": lost,
        "owed_back": owed,
        "tasks": len(coming.missing) + len(pending) + lost + owed,
    }


# --- finding ------------------------------------------------------------------------------------------------------


@never_cache
def desk_find(request):
    """By number straight to the booking; by person to the one booking awaited today, else to a choice. Posted: a phone number has no place in addresses."""
    form, found = FindForm(request.POST or None), []
    number = booking_number(request) if form.is_valid() else None
    if number:
        return redirect("desk_booking", number)
    done = attempt(
        form, lambda data: found.extend(search.find_members(text=data["text"], palace=request.palace, by=request.user))
    )
    shown = found[: search.MOST]
    remember_found(request, shown)
    only = only_awaited(request, shown)
    if only:
        return redirect("desk_booking", only.number)
    more = len(found) > search.MOST
    context = {"rows": rows_of(request, shown), "searched": done, "more": more}
    return page(request, "desk/find.html", form, **context, may=rights(request), now=timezone.now())


def booking_number(request) -> str | None:
    """The number typed or scanned, if this palace has such a booking."""
    match = NUMBER.fullmatch(re.sub(r"[\s-]", "", request.POST.get("text", "")))
    here = Booking.objects.in_palace(request.palace)
    return here.filter(number=match[1]).values_list("number", flat=True).first() if match else None


def only_awaited(request, members) -> Booking | None:
    rows = list(awaited_today(request.palace, timezone.now()).filter(member__in=members)[:2]) if members else []
    return rows[0] if len(rows) == 1 else None


def rows_of(request, members) -> list[tuple]:
    """Each member with his masked number and what he has booked here."""
    coming: dict[int, list[Booking]] = {}
    for booking in coming_of(members, request.palace):
        coming.setdefault(booking.member_id, []).append(booking)
    return [(member, masked_number(phone_of(member)), coming.get(member.pk, [])) for member in members]
