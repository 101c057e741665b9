"""The desk in the navigation: its pages, and the way there from everywhere else."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from bookings.models import Booking
from bookings.words import spaced
from palace.core.navigation import SUBJECTS, address, offer_desk_page, offer_face


def declare() -> None:
    SUBJECTS["booking"] = told_in_ledger
    offer_face("desk_today", _("Desk"), lambda user: bool(user.palaces_with("desk.view")))
    offer_face("desk_bookings", _("Desk"), only_money)
    offer_desk_page("desk_today", _("Today"), "desk.view", 10, ["desk_find", "desk_day_sheet", "desk_walk_in"])
    offer_desk_page(
        "desk_bookings",
        pgettext_lazy("navigation", "Bookings"),
        "bookings.see",
        15,
        ["desk_booking", "desk_book", "desk_slip"],
    )
    offer_desk_page("desk_approvals", _("Approvals"), "bookings.approve", 20)
    offer_desk_page("desk_closures", _("Closures"), "venues.close", 25, ["desk_closure_new", "desk_closure_end"])


def only_money(user) -> bool:
    """Finance sees bookings for their money, and not the house's day."""
    return bool(user.palaces_with("bookings.see")) and not user.palaces_with("desk.view")


def told_in_ledger(request, palace_id: int, pk: int) -> tuple[str, str]:
    """The number of the booking that was paid, and its page for who may open it in the palace in use."""
    number = Booking.objects.values_list("number", flat=True).get(pk=pk)
    here = bool(request.palace) and request.palace.pk == palace_id
    is_open = here and request.user.may("bookings.see", palace_id)
    return spaced(number), address("desk_booking", number) if is_open else ""
