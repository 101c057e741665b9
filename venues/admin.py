"""Registers of the house: sites, venues, spaces, units and their pictures."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from palace.accounts.words import pinyin_of
from palace.core.admin_base import PREVIEW, PalaceInline, PalaceModelAdmin
from palace.core.admin_columns import NAME, in_own_words
from palace.core.admin_filters import OfPalaceFilter
from palace.core.admin_forms import PreviewForm

from . import admin_rules  # noqa: F401 (registers the dated rules)
from .admin_hits import lines
from .models import Site, Space, Unit, Venue, VenuePhoto
from .previews import preview_parties, preview_unit, preview_venue


class HouseAdmin(PalaceModelAdmin):
    see_right, edit_right, export_right = "venues.see", "venues.edit", "venues.export"


@admin.register(Site)
class SiteAdmin(HouseAdmin):
    list_display = export_columns = (NAME, "kind", in_own_words("address", _("address")), "position")
    list_filter = ("kind",)
    search_fields = ("name", "name_en", "address")
    fieldsets = (
        (None, {"fields": ("kind", ("name", "name_en"), ("address", "address_en"), "map_url", "plan", "position")}),
        (_("Accessibility"), {"fields": (("accessibility", "accessibility_en"),)}),
    )


class VenueForm(PreviewForm):
    consequence = _(
        "These bookings are for the venue that nobody sees any more. They stay as they are: move them or call the people. "
        "Read the list, tick the box and save again."
    )

    def hits(self):
        return lines(preview_venue(self.instance), self.request, self.instance.palace_id)

    def clean(self):
        cleaned = super().clean()
        if not cleaned.get("pinyin") and cleaned.get("name"):
            cleaned["pinyin"] = pinyin_of(cleaned["name"])
        return cleaned


class PhotoInline(PalaceInline):
    model = VenuePhoto
    see_right, edit_right, palace_path = "venues.see", "venues.edit", "venue__palace"


class SpaceInline(PalaceInline):
    model = Space
    see_right, edit_right = "venues.see", "venues.edit"
    show_change_link = True


@admin.register(Venue)
class VenueAdmin(HouseAdmin):
    form = VenueForm
    parts = {VenuePhoto: "venue", Space: "venue"}
    inlines = (PhotoInline, SpaceInline)
    list_display = export_columns = (
        NAME,
        "site",
        "kind",
        "centre",
        "operating_mode",
        in_own_words("floor", _("floor")),
        "is_active",
    )
    list_filter = (("site", OfPalaceFilter), "kind", "centre", "operating_mode", "is_active")
    list_select_related = ("site",)
    search_fields = ("name", "name_en", "pinyin")
    fieldsets = (
        (
            None,
            {
                "fields": (
                    *PREVIEW,
                    ("site", "kind"),
                    ("name", "name_en"),
                    ("centre", "operating_mode"),
                    ("floor", "floor_en"),
                    ("summary", "summary_en"),
                    ("position", "is_active"),
                    "pinyin",
                )
            },
        ),
        (_("House rules"), {"fields": (("rules", "rules_en"),)}),
        (_("Accessibility"), {"fields": (("accessibility", "accessibility_en"),)}),
    )


class UnitInline(PalaceInline):
    """Names and order; what moves places is changed on the unit's own page, with its preview."""

    model = Unit
    see_right, edit_right = "venues.see", "venues.edit"
    fields = ("label", "name", "name_en", "mode", "first_place", "place_count", "capacity", "position", "is_active")
    show_change_link = True

    def has_change_permission(self, request, obj=None):
        return False

    def has_add_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def has_view_permission(self, request, obj=None):
        return self.may(request, self.see_right)


@admin.register(Space)
class SpaceAdmin(HouseAdmin):
    inlines = (UnitInline,)
    list_display = export_columns = (NAME, "venue", "places")
    list_filter = (("venue", OfPalaceFilter),)
    list_select_related = ("venue",)
    search_fields = ("name", "name_en")
    fields = ("venue", ("name", "name_en"), "places")


class UnitForm(PreviewForm):
    given_up = _(
        "These bookings are for the places that the unit gives up. They stay as they are: move them or call the people. "
        "Read the list, tick the box and save again."
    )
    too_large = _(
        "These parties are larger than the unit then holds. They stay booked and may come: move them or call the people. "
        "Read the list, tick the box and save again."
    )

    def hits(self):
        found = preview_unit(self.instance)
        self.consequence = self.given_up if found else self.too_large
        return lines(found or preview_parties(self.instance), self.request, self.instance.palace_id)


@admin.register(Unit)
class UnitAdmin(HouseAdmin):
    form = UnitForm
    list_display = (NAME, "label", "venue", "mode", "run", "capacity", "is_active")
    export_columns = (NAME, "label", "venue", "space", "mode", "first_place", "place_count", "capacity", "is_active")
    list_filter = (("venue", OfPalaceFilter), "mode", "is_active")
    list_select_related = ("venue", "space")
    search_fields = ("name", "name_en", "label")
    fieldsets = (
        (None, {"fields": (*PREVIEW, ("venue", "space"), ("name", "name_en"), "label", ("note", "note_en"))}),
        (_("Places"), {"fields": (("mode", "capacity"), ("first_place", "place_count"))}),
        (None, {"fields": (("position", "is_active"),)}),
    )

    @admin.display(description=_("places"))
    def run(self, unit):
        return f"{unit.first_place}–{unit.last_place}" if unit.place_count > 1 else str(unit.first_place)
