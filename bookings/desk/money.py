"""Money at the desk: a payment and a refund, each with the number of its receipt."""

from django.contrib import messages
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from bookings import services
from palace.accounts.views.answers import attempt
from palace.core.wording import money_text

from .base import booking_here
from .bookings import REFUSED, booking_page, refund_form
from .forms import MoneyForm


@require_POST
def desk_pay(request, number):
    booking = booking_here(request, number)
    form = MoneyForm(request.POST, open_fen=booking.due_fen, prefix="pay")
    if attempt(form, lambda data: services.take_payment(booking=booking, by=request.user, **data)):
        return told(request, number, _("%(amount)s is in the ledger under receipt %(receipt)s."), form)
    return booking_page(request, booking, REFUSED, pay=form)


@require_POST
def desk_refund(request, number):
    booking = booking_here(request, number)
    form = refund_form(booking, request.POST)
    if attempt(form, lambda data: services.refund(booking=booking, by=request.user, **data)):
        return told(request, number, _("%(amount)s is given back under receipt %(receipt)s."), form)
    return booking_page(request, booking, REFUSED, refund=form)


def told(request, number: str, sentence: str, form):
    data = form.cleaned_data
    messages.success(request, sentence % {"amount": money_text(data["amount_fen"]), "receipt": data["receipt_number"]})
    return redirect("desk_booking", number)
