"""Bookings at the desk: the list, one booking, its check-in and its end."""

from datetime import timedelta

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from bookings import services
from bookings.desk_board import LATE_AFTER
from bookings.desk_board.marks import look
from bookings.desk_queues import late_minutes
from bookings.history import history, ledger_of, sums
from bookings.models import Booking, BookingStatus
from bookings.pricing_text import explain
from bookings.refusals import refuse
from bookings.slots import MIDNIGHT
from palace.accounts.views.answers import attempt
from palace.accounts.views.desk import member_here, phone_of
from palace.core.wording import masked_name, masked_number
from venues.models import Venue
from venues.rules import at

from .base import asked_day, back, booking_here, may, say_refusal, whole
from .book import start_of
from .forms import BookingFilterForm, MoneyForm, ReasonForm, RefundForm, cleaned_reason
from .today import rights

PER_PAGE = 50
HOUR = timedelta(hours=1)
REFUSED, CLASHED = 422, 409
CHIPS = {"pending": "wait", "confirmed": "", "cancelled": "off", "used": "ok", "no_show": "bad"}


@never_cache
def desk_bookings(request):
    """By day, venue and state; those on one space in the hour from ``start``; or all of one member."""
    member = member_here(request, whole(request.GET["member"]) or 0) if "member" in request.GET else None
    day = None if member else asked_day(request)
    venues = Venue.objects.filter(palace=request.palace)
    asked = {name: request.GET.get(name, "") for name in ("venue", "status", "money")}
    form = BookingFilterForm({"day": day} | asked, venues=venues)
    form.is_valid()
    start = None if member else start_of(request)
    rows = wanted(request, form.cleaned_data, member, day, start)
    shown = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    lines = [(booking, CHIPS[booking.status]) for booking in shown]
    context = {
        "form": form,
        "page": shown,
        "lines": lines,
        "count": shown.paginator.count,
        "day": day,
        "member": member,
        "start": start,
        "money": form.cleaned_data.get("money") if not member else "",
        "owed_back": 0 if form.cleaned_data.get("money") == "back" else owed_back(request),
        "book_query": request.GET.urlencode() if start and start > timezone.now() else "",
    }
    return render(request, "desk/bookings.html", context | {"may": rights(request)})


def owed_back(request) -> int:
    """How many wait for their money, for who may give it."""
    here = Booking.objects.in_palace(request.palace)
    return here.owed_back().count() if may(request, "bookings.refund") else 0


def wanted(request, chosen: dict, member, day, start):
    rows = Booking.objects.in_palace(request.palace).visible_to(request.user).with_people()
    if member:
        rows = rows.filter(member=member)
    elif chosen.get("money") == "back":
        rows = rows.owed_back()
    elif start:
        rows = rows.exclude(status=BookingStatus.CANCELLED).filter(starts_at__lt=start + HOUR, ends_at__gt=start)
        unit = whole(request.GET.get("unit"))
        rows = rows.filter(unit__space__units=unit) if unit else rows
    else:
        rows = rows.filter(starts_at__gte=at(day, MIDNIGHT), starts_at__lt=at(day + timedelta(days=1), MIDNIGHT))
    if chosen.get("venue"):
        rows = rows.filter(unit__venue=chosen["venue"])
    if chosen.get("status"):
        rows = rows.filter(status=chosen["status"])
    if chosen.get("money") == "due":
        rows = rows.owed()
    return rows.order_by("-starts_at" if member else "starts_at", "unit__venue__position", "unit__position", "pk")


@never_cache
def desk_booking(request, number):
    return booking_page(request, booking_here(request, number))


def booking_page(request, booking, status=200, **forms):
    """One booking with everything that may be done to it now. ``forms`` hold what was just refused."""
    now, may_do = timezone.now(), rights(request)
    ledger = ledger_of(booking)
    context = {"booking": booking, "now": now, "may": may_do, "events": history(booking, ledger), "ledger": ledger}
    context["sums"] = sums(ledger)
    state = state_of(booking, now)
    context |= state | steps(booking, now, may_do, forms, is_shut=state["shut_at"] is not None)
    say_unshown(request, context, forms)
    return render(request, "desk/booking.html", context, status=status)


def state_of(booking, now) -> dict:
    shut_at = services.shut_while_here(booking)
    state, word = look(booking, now, shut_at)
    gone = booking.status == BookingStatus.CONFIRMED and now >= booking.ends_at
    return {
        "word": word,
        "chip": "bad" if gone else CHIPS[booking.status],
        "missing": state == "due",
        "late": late_minutes(booking, now),
        "after_all": now >= booking.starts_at + LATE_AFTER,
        "phone": masked_number(phone_of(booking.member)),
        "shut_at": shut_at,
        "price_why": explain(booking.price_basis, booking.price_fen),
    }


def say_unshown(request, context: dict, forms: dict) -> None:
    """What was refused and cannot be tried again stands above the page: its form is gone."""
    for name, form in forms.items():
        if context[f"{name}_form"] is None:
            messages.error(request, next(error for errors in form.errors.values() for error in errors))


def steps(booking, now, may_do, forms, *, is_shut: bool) -> dict:
    """Forms of what is possible; None where it is not."""
    can_pay = booking.due_fen and may_do["take_payment"]
    can_refund = booking.paid_fen and may_do["refund"]
    awaited = may_do["check_in"] and booking.status in (BookingStatus.CONFIRMED, BookingStatus.NO_SHOW)
    return {
        "can_check_in": awaited and now >= booking.enters_from,
        "is_early": awaited and now < booking.enters_from,
        "can_undo": may_do["check_in"]
        and booking.status == BookingStatus.USED
        and now < booking.ends_at
        and not is_shut,
        "cancel_form": (forms.get("cancel") or ReasonForm()) if may_do["cancel"] and booking.is_active else None,
        "pay_form": (forms.get("pay") or MoneyForm(open_fen=booking.due_fen, prefix="pay")) if can_pay else None,
        "refund_form": (forms.get("refund") or refund_form(booking)) if can_refund else None,
        "opened": next(iter(forms), ""),
    }


def refund_form(booking, data=None) -> RefundForm:
    is_cancelled = booking.status == BookingStatus.CANCELLED
    return RefundForm(data, open_fen=booking.paid_fen, prefix="refund", is_cancelled=is_cancelled)


# --- here, not here -----------------------------------------------------------------------------------------------


@require_POST
def desk_check_in(request, number):
    """One press. The row that was pressed is swapped; without scripts the page comes back with a sentence."""
    booking = booking_here(request, number)
    try:
        services.check_in(booking=booking, by=request.user, persons=persons_who_came(request, booking))
    except ValidationError as error:
        return arrival_answer(request, booking, error)
    return arrival_answer(request, booking)


def persons_who_came(request, booking) -> int | None:
    """None where nothing was typed: then all have come."""
    text = request.POST.get("persons", "").strip()
    if not text:
        return None
    persons, most = whole(text), booking.unit.capacity
    if persons is None or not 1 <= persons <= most:
        raise refuse("persons_out_of_range", most=most)
    return persons


@require_POST
def desk_undo_check_in(request, number):
    booking = booking_here(request, number)
    try:
        services.undo_check_in(booking=booking, by=request.user)
    except ValidationError as error:
        return arrival_answer(request, booking, error)
    return arrival_answer(request, booking)


def arrival_answer(request, booking, error=None):
    booking.refresh_from_db(fields=["status", "checked_in_at"])
    if request.htmx:
        problem = error.messages[0] if error else ""
        context = {"booking": booking, "problem": problem, "now": timezone.now(), "may": rights(request)}
        return render(request, "desk/_arrival.html", context, status=CLASHED if error else 200)
    if error:
        say_refusal(request, error)
    else:
        messages.success(request, arrival_text(booking))
    return back(request, "desk_today")


def arrival_text(booking) -> str:
    names = {"name": masked_name(booking.member.name)}
    if booking.status == BookingStatus.USED:
        return _("%(name)s is checked in.") % names
    return _("The check-in of %(name)s is taken back.") % names


@require_POST
def desk_cancel(request, number):
    booking = booking_here(request, number)
    form = ReasonForm(request.POST)
    if attempt(form, lambda data: services.cancel_booking(booking=booking, by=request.user, by_staff=True, **data)):
        messages.success(request, cancelled_text(request, booking))
        return redirect("desk_booking", number)
    return booking_page(request, booking, REFUSED, cancel=form)


def cancelled_text(request, booking) -> str:
    text = _("Cancelled. The member is told with your reason.")
    if not booking.paid_fen:
        return text
    if may(request, "bookings.refund"):
        return f"{text} {_('Give back what was paid.')}"
    return f"{text} {_('Finance or the venue manager gives back what was paid: it stands in their list.')}"


# --- approvals ----------------------------------------------------------------------------------------------------


@require_POST
def desk_approve(request, number):
    booking = booking_here(request, number)
    return decided(
        request, lambda: services.approve_booking(booking=booking, by=request.user), _("Approved. The member is told.")
    )


@require_POST
def desk_decline(request, number):
    booking, text = booking_here(request, number), request.POST.get("reason", "")
    return decided(
        request,
        lambda: services.refuse_booking(booking=booking, by=request.user, reason=cleaned_reason(text)),
        _("Not approved. The member reads your reason."),
    )


def decided(request, act, said: str):
    try:
        act()
        messages.success(request, said)
    except ValidationError as error:
        say_refusal(request, error)
    return back(request, "desk_approvals")
