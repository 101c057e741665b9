from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from palace.core.admin_base import PalaceModelAdmin, ReadOnly
from palace.core.admin_columns import in_yuan
from palace.core.admin_filters import OfPalaceFilter
from palace.core.wording import hours_text, masked_name, money_text

from .models import Booking
from .pricing_text import explain


@admin.register(Booking)
class BookingAdmin(ReadOnly, PalaceModelAdmin):
    """Looked up and counted here; the desk is where a booking is worked on."""

    see_right, export_right = "bookings.see", "bookings.export"
    list_display = ("number", "starts_at", "hours", "venue", "unit", "who", "party_size", "status", "price", "paid")
    export_columns = (
        "number",
        "starts_at",
        "ends_at",
        "venue",
        "unit",
        "who",
        "party_size",
        "status",
        in_yuan("price_fen", _("price in yuan")),
        in_yuan("paid_fen", _("paid in yuan")),
        "source",
        "created_at",
        "checked_in_at",
        "cancelled_at",
    )
    list_filter = (("unit__venue", OfPalaceFilter), "status", "source")
    list_select_related = ("member", "unit__venue", "booked_by", "cancelled_by")
    search_fields = ("=number",)
    search_help_text = _("Booking number; people are found at the desk.")
    date_hierarchy = "starts_at"
    fields = (
        ("number", "status"),
        ("venue", "unit"),
        ("starts_at", "ends_at"),
        ("who", "party_size"),
        ("price", "paid"),
        "why",
        ("source", "created_at"),
        ("checked_in_at", "cancel_before"),
        ("cancelled_at", "reason"),
    )

    @admin.display(description=_("member"))
    def who(self, booking):
        return masked_name(booking.member.name)

    @admin.display(description=_("venue"))
    def venue(self, booking):
        return str(booking.unit.venue)

    @admin.display(description=_("time"))
    def hours(self, booking):
        return hours_text(booking.starts_at, booking.ends_at)

    @admin.display(description=_("price"), ordering="price_fen")
    def price(self, booking):
        return money_text(booking.price_fen)

    @admin.display(description=_("paid"), ordering="paid_fen")
    def paid(self, booking):
        return money_text(booking.paid_fen) if booking.paid_fen else "–"

    @admin.display(description=_("why this price"))
    def why(self, booking):
        return explain(booking.price_basis, booking.price_fen) or "–"

    def desk_page(self, obj):
        return _("Open on the desk"), "desk_booking", (obj.number,)
