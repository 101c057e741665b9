from django.urls import path

from . import converters  # noqa: F401 (registers booking_number)
from .desk import approvals, book, bookings, closures, money, sheets, today, walk_in

urlpatterns = [
    path("", today.desk_today, name="desk_today"),
    path("find/", today.desk_find, name="desk_find"),
    path("bookings/", bookings.desk_bookings, name="desk_bookings"),
    path("bookings/<booking_number:number>/", bookings.desk_booking, name="desk_booking"),
    path("bookings/<booking_number:number>/check-in/", bookings.desk_check_in, name="desk_check_in"),
    path("bookings/<booking_number:number>/undo-check-in/", bookings.desk_undo_check_in, name="desk_undo_check_in"),
    path("bookings/<booking_number:number>/cancel/", bookings.desk_cancel, name="desk_cancel"),
    path("bookings/<booking_number:number>/approve/", bookings.desk_approve, name="desk_approve"),
    path("bookings/<booking_number:number>/decline/", bookings.desk_decline, name="desk_decline"),
    path("bookings/<booking_number:number>/pay/", money.desk_pay, name="desk_pay"),
    path("bookings/<booking_number:number>/refund/", money.desk_refund, name="desk_refund"),
    path("bookings/<booking_number:number>/slip/", sheets.desk_slip, name="desk_slip"),
    path("book/", book.desk_book, name="desk_book"),
    path("walk-in/", walk_in.desk_walk_in, name="desk_walk_in"),
    path("walk-in/<int:pk>/undo/", walk_in.desk_walk_in_undo, name="desk_walk_in_undo"),
    path("approvals/", approvals.desk_approvals, name="desk_approvals"),
    path("closures/", closures.desk_closures, name="desk_closures"),
    path("closures/new/", closures.desk_closure_new, name="desk_closure_new"),
    path("closures/<int:pk>/end/", closures.desk_closure_end, name="desk_closure_end"),
    path("day-sheet/", sheets.desk_day_sheet, name="desk_day_sheet"),
]
