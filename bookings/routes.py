"""Who comes in to the pages of bookings (see ``palace.accounts.access``)."""

from palace.accounts.access import PUBLIC, SIGNED_IN, open_routes


def declare() -> None:
    open_routes(dict.fromkeys(HOUSE, PUBLIC) | dict.fromkeys(OWN, SIGNED_IN) | DESK)


HOUSE = ("venue_list", "venue_board", "venue_about")
OWN = ("booking_confirm", "booking_list", "booking_detail", "booking_cancel", "booking_ics")
DESK = {
    "desk_today": "desk.view",
    "desk_day_sheet": "desk.view",
    "desk_find": "accounts.find_member",
    "desk_bookings": "bookings.see",
    "desk_booking": "bookings.see",
    "desk_slip": "bookings.see",
    "desk_book": "bookings.book_for",
    "desk_walk_in": "bookings.check_in",
    "desk_walk_in_undo": "bookings.check_in",
    "desk_check_in": "bookings.check_in",
    "desk_undo_check_in": "bookings.check_in",
    "desk_cancel": "bookings.cancel",
    "desk_approvals": "bookings.approve",
    "desk_approve": "bookings.approve",
    "desk_decline": "bookings.approve",
    "desk_pay": "bookings.take_payment",
    "desk_refund": "bookings.refund",
    "desk_closures": "venues.close",
    "desk_closure_new": "venues.close",
    "desk_closure_end": "venues.close",
}
