"""The desk in the navigation: its pages, and the way there from everywhere else."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from palace.core.navigation import offer_desk_page, offer_face


def declare() -> None:
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
