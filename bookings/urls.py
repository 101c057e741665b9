"""The member's pages of venues and bookings."""

from django.urls import path

from . import converters  # noqa: F401 (registers booking_number)
from .views import book, mine, venues

urlpatterns = [
    path("venues/", venues.venue_list, name="venue_list"),
    path("venues/<int:pk>/", venues.venue_board, name="venue_board"),
    path("venues/<int:pk>/about/", venues.venue_about, name="venue_about"),
    path("book/<int:unit_id>/", book.booking_confirm, name="booking_confirm"),
    path("bookings/", mine.booking_list, name="booking_list"),
    path("bookings/<booking_number:number>/", mine.booking_detail, name="booking_detail"),
    path("bookings/<booking_number:number>/cancel/", mine.booking_cancel, name="booking_cancel"),
    path("bookings/<booking_number:number>/calendar.ics", mine.booking_ics, name="booking_ics"),
]
