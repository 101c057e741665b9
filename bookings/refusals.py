"""Why a slot cannot be booked: one code, one sentence that says what to do next. Pages and API say the same."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from venues.services import CLAIM_REFUSALS

SENTENCES = {
    "past": _("This time is over. Choose a later one."),
    "off_grid": _("Bookings here begin every %(grid)s minutes, counted from opening. Choose one of the times shown."),
    "outside_hours": _("We are not open for all of this time. Choose a time within opening hours."),
    "too_short": _("The shortest booking here is %(minutes)s minutes."),
    "too_long": _("The longest booking here is %(minutes)s minutes."),
    "bad_length": _("A booking here lasts a multiple of %(grid)s minutes."),
    "too_early": _("This day can be booked from %(opens)s."),
    "no_policy": _("This place cannot be booked yet. Ask at the desk."),
    "not_bookable": _("This place cannot be booked. Choose another one."),
    "party_too_small": _("A party here has at least %(persons)s persons."),
    "party_too_large": _("A party here has at most %(persons)s persons."),
    "sign_in": _("Sign in to book."),
    "audience": _(
        "This place is for verified union members. Have your membership verified under “Me”, or at the desk."
    ),
    **CLAIM_REFUSALS,
    "key_reused": _("This key was used for another request. Use a new key for a new booking."),
    "key_required": _(
        "Send an Idempotency-Key of 1 to 200 ASCII letters, figures or signs with every booking, so that a repeated request "
        "cannot book twice."
    ),
    "too_late": _("It is too late to cancel this here. Call the desk, they can help."),
    "not_active": _("This booking is over or cancelled already."),
    "reason_required": _("Write a reason in a few words."),
    "too_early_to_check_in": _("Check-in opens %(minutes)s minutes before the start."),
    "shut_meanwhile": _("This place was shut while they were here, so the check-in stays as it is."),
    "not_begun": _("This booking has not begun yet: wait until its start."),
    "needs_approval": _(
        "This place is approved first, by the venue manager or the director. Ask one of them, or book it for later."
    ),
    "shut": _("This venue is not open now. Choose another one."),
    "persons_out_of_range": _("Count between 1 and %(most)s persons at a time."),
    "other_venue": _("A booking moves within its venue. Cancel it and book the other one."),
    "paid_more": _("The new time costs less than was paid. Give %(back)s back first."),
    "not_payable": _("There is nothing to pay for this booking."),
    "wrong_amount": _("Take between 0.01 yuan and what is still open, %(most)s."),
    "nothing_paid": _("Nothing was paid for this booking, so nothing can go back."),
    "wrong_refund": _("Give back between 0.01 yuan and what came in, %(most)s."),
    "receipt_required": _("Type the receipt number."),
    "not_allowed": _("You cannot book for this person. Ask at the desk."),
    "own_request": _("Nobody approves what he asked for himself. Leave it to a colleague."),
    "bad_start": _("This address names no time that can be booked. Choose one of the free ones."),
    "no_member": _("This account belongs to no member yet. The desk enters you as one, then you can book."),
    "busy": _("So many people are booking that yours had to wait too long. Nothing was booked; try again."),
}


def refuse(code: str, **params) -> ValidationError:
    """The refusal ``code`` as an error to raise."""
    return ValidationError(SENTENCES[code], code=code, params=params)
