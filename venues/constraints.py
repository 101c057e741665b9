"""Sentences for what only the database knows about the house."""

from django.utils.translation import gettext_lazy as _

from palace.core.constraints import explain


def declare() -> None:
    explain(
        {
            "allocation_run_in_space": _("The space has fewer places than that. Keep a shorter run."),
            "occupancy_run_in_space": _(
                "Bookings or closures still to come are on places behind that. Move or cancel them first, or keep these places."
            ),
            "unit_run_in_space": _(
                "The unit ends behind the last place of its space. Make the run shorter, or the space larger."
            ),
            "unit_space_in_venue": _("This space belongs to another venue. Choose a space of the unit's venue."),
            "allocation_places_free": _(
                "Some of these places are kept for somebody else at that time. Change the times or the places."
            ),
            "opening_hours_apart": _(
                "Somebody has just entered hours for this time. Look at the list, and change that row instead."
            ),
            "exception_hours_apart": _(
                "Somebody has just entered a row for this day and time. Look at the list, and change that one instead."
            ),
            "tariff_prices_apart": _(
                "Somebody has just entered a price for the same people at this time. Load the page again and look."
            ),
            "occupancy_places_free": _("Somebody has just taken this. Choose another time."),
            "discount_once": _("This category has a discount in this tariff already. Change that line."),
            "discount_at_most_all": _("Nobody pays more than the whole price: type a number from 0 to 100."),
        }
    )
