"""The life of a booking: made, approved, cancelled, moved, checked in, paid."""

from .life import (
    approve_booking,
    cancel_booking,
    check_in,
    leave_unsaid,
    mark_no_show,
    move_booking,
    refuse_booking,
    release_for_closure,
    shut_while_here,
    undo_check_in,
)
from .money import refund, take_payment
from .placing import Placed, book_slot, booking_made_with, caller_of, place_booking

__all__ = [
    "Placed",
    "approve_booking",
    "book_slot",
    "booking_made_with",
    "caller_of",
    "cancel_booking",
    "check_in",
    "leave_unsaid",
    "mark_no_show",
    "move_booking",
    "place_booking",
    "refund",
    "refuse_booking",
    "release_for_closure",
    "shut_while_here",
    "take_payment",
    "undo_check_in",
]
