"""Registers of dated rules: opening, policies, prices, hours kept for somebody, closures."""

from copy import deepcopy
from itertools import groupby

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import connection
from django.forms.models import BaseInlineFormSet, ModelChoiceIterator
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextInputWidget

from palace.core.admin_base import PREVIEW, PalaceInline, PalaceModelAdmin
from palace.core.admin_columns import NAME, REASON, in_own_words, in_yuan
from palace.core.admin_filters import OfPalaceFilter
from palace.core.admin_forms import PreviewForm, first_of
from palace.core.wording import clock_text, local_text, money_text
from palace.core.yuan import YuanField

from .admin_hits import lines, lines_by_palace
from .models import (
    Allocation,
    CalendarDay,
    Closure,
    DayType,
    OpeningException,
    OpeningHours,
    Policy,
    Tariff,
    TariffDiscount,
    TariffLine,
)
from .previews import preview_calendar, preview_hours
from .price_examples import example
from .rules import PriceLine, overlapping
from .services import close, far_end, preview_closure

HOLDER = in_own_words("holder", _("for whom"))


class UnitsByVenue(ModelChoiceIterator):
    """Units under the names of their venues, as the desk offers them: every hall has a court 1."""

    def __iter__(self):
        yield "", self.field.empty_label
        units = self.queryset.select_related("venue").order_by("venue__position", "venue_id", "position", "pk")
        for venue, own in groupby(units, key=lambda unit: unit.venue):
            name = local_text(venue, "name")
            yield name, [(self.choice(unit)[0], f"{name} · {local_text(unit, 'name')}") for unit in own]


class UnitField(forms.ModelChoiceField):
    iterator = UnitsByVenue


class RuleAdmin(PalaceModelAdmin):
    see_right, edit_right, export_right = "venues.see", "venues.edit", "venues.export"

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        own = {"form_class": UnitField} if db_field.name == "unit" else {}
        return super().formfield_for_foreignkey(db_field, request, **own, **kwargs)


class HoursForm(PreviewForm):
    consequence = _(
        "These bookings would lie outside opening hours. They stay as they are: move them or call the people. "
        "Read the list, tick the box and save again."
    )

    def hits(self):
        return hours_lines(self.instance, lambda: deepcopy(self.instance).save(), self.request)


def hours_lines(row, change, request) -> list[str]:
    return lines(preview_hours(row.palace_id, change), request, row.palace_id)


def calendar_lines(row, change, request) -> list[str]:
    return lines_by_palace(preview_calendar(row.day, change), request)


class HoursDeletion(RuleAdmin):
    """The page that asks before a rule of opening is deleted lists whom that hits."""

    hit_lines = staticmethod(hours_lines)

    def get_deleted_objects(self, objs, request):
        gone, counts, perms, protected = super().get_deleted_objects(objs, request)
        hits = [line for row in objs for line in self.hit_lines(row, deepcopy(row).delete, request)]
        note = [_("These bookings would then lie outside opening hours:"), first_of(hits)] if hits else []
        return [*gone, *note], counts, perms, protected


class HoursAdmin(HoursDeletion):
    form = HoursForm
    list_select_related = ("site", "venue")

    @admin.display(description=_("holds for"))
    def scope(self, row):
        return row.venue or row.site or _("the whole palace")


@admin.register(OpeningHours)
class OpeningHoursAdmin(HoursAdmin):
    list_display = export_columns = ("day_type", "opens_at", "closes_at", "scope", "first_day", "last_day", "season")
    list_filter = ("day_type", ("site", OfPalaceFilter), ("venue", OfPalaceFilter))
    save_as = True
    fields = (
        *PREVIEW,
        ("site", "venue"),
        "day_type",
        ("opens_at", "closes_at"),
        ("first_day", "last_day"),
        "season",
    )


@admin.register(OpeningException)
class OpeningExceptionAdmin(HoursAdmin):
    list_display = export_columns = ("day", "closed", "opens_at", "closes_at", "scope", REASON)
    list_filter = ("closed", ("site", OfPalaceFilter), ("venue", OfPalaceFilter))
    date_hierarchy = "day"
    fields = (
        *PREVIEW,
        ("site", "venue"),
        "day",
        "closed",
        ("opens_at", "closes_at"),
        ("reason", "reason_en"),
    )


class CalendarForm(HoursForm):
    def hits(self):
        return calendar_lines(self.instance, lambda: deepcopy(self.instance).save(), self.request)


@admin.register(CalendarDay)
class CalendarDayAdmin(HoursDeletion):
    """One calendar for all palaces of the installation, so its administrator keeps it."""

    form, hit_lines = CalendarForm, staticmethod(calendar_lines)
    edit_right, palace_path = "system.set_calendar", ""
    list_display = export_columns = ("day", NAME, "counts_as", "is_estimate")
    list_filter = ("counts_as", "is_estimate")
    date_hierarchy = "day"
    fields = (*PREVIEW, "day", ("name", "name_en"), "counts_as", "is_estimate")

    def get_readonly_fields(self, request, obj=None):
        """The day is the record's key: another day is another record."""
        return ("day",) if obj else ()

    def get_changeform_initial_data(self, request):
        """A new day is a holiday unless somebody says otherwise: nobody means Monday by leaving the first of the list."""
        return {"counts_as": DayType.HOLIDAY} | super().get_changeform_initial_data(request)


@admin.register(Policy)
class PolicyAdmin(RuleAdmin):
    list_display = (
        "venue",
        "unit",
        "first_day",
        "last_day",
        "grid_minutes",
        "horizon_days",
        "audience",
        "needs_approval",
    )
    export_columns = (
        *list_display,
        "min_minutes",
        "max_minutes",
        "opens_at",
        "cancel_notice_minutes",
        "party_min",
        "party_max",
        "buffer_minutes",
        "early_minutes",
    )
    list_filter = (("venue", OfPalaceFilter), "audience", "needs_approval")
    list_select_related = ("venue", "unit")
    save_as = True
    fieldsets = (
        (None, {"fields": (("venue", "unit"), ("first_day", "last_day"))}),
        (
            _("Length"),
            {"fields": ("grid_minutes", ("min_minutes", "max_minutes"), ("buffer_minutes", "early_minutes"))},
        ),
        (_("When"), {"fields": (("horizon_days", "opens_at"), "cancel_notice_minutes")}),
        (_("Who"), {"fields": (("audience", "needs_approval"), ("party_min", "party_max"))}),
    )


YUAN = {"price_fen": _("price an hour, in yuan"), "market_fen": _("market price an hour, in yuan")}


def yuan_field(db_field) -> YuanField | None:
    """Prices are typed in yuan, as on the desk; None for what is no price."""
    label = YUAN.get(db_field.name)
    if label is None:
        return None
    widget = UnfoldAdminTextInputWidget
    return YuanField(label=capfirst(label), help_text=db_field.help_text, min_value=0, widget=widget)


class PriceInline(PalaceInline):
    see_right, edit_right, palace_path = "venues.see", "venues.set_prices", "tariff__palace"


class LinesFormSet(BaseInlineFormSet):
    def clean(self):
        """Raises ``lines_overlap``."""
        super().clean()
        if any(self.errors):
            return
        kept = [form for form in self.forms if form not in self.deleted_forms and form.cleaned_data]
        twice = overlapping(price_line(form.instance) for form in kept)
        if twice:
            text = _(
                "These two lines are for the same people on the same days and overlap: %(one)s and %(other)s. "
                "Let one end where the other begins."
            )
            words = {"one": band_text(twice[0]), "other": band_text(twice[1])}
            raise ValidationError(text, "lines_overlap", words)


def price_line(line: TariffLine) -> PriceLine:
    return PriceLine(line.audience, line.days, line.from_time, line.to_time, line.price_fen, line.label, line.label_en)


def band_text(line: PriceLine) -> str:
    """8:00–13:00 Free."""
    return f"{clock_text(line.since)}–{clock_text(line.until)} {money_text(line.fen)}"


class LineInline(PriceInline):
    model, formset = TariffLine, LinesFormSet
    ordering = ("days", "audience", "from_time", "pk")

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        return yuan_field(db_field) or super().formfield_for_dbfield(db_field, request, **kwargs)

    fields = ("audience", "days", "from_time", "to_time", "price_fen", "label", "label_en")


class DiscountInline(PriceInline):
    model = TariffDiscount


@admin.register(Tariff)
class TariffAdmin(RuleAdmin):
    edit_right = "venues.set_prices"
    parts = {TariffLine: "tariff", TariffDiscount: "tariff"}
    inlines = (LineInline, DiscountInline)
    list_display = ("venue", "unit", "first_day", "last_day", "prices", "market")
    export_columns = (
        "venue",
        "unit",
        "first_day",
        "last_day",
        "prices",
        in_yuan("market_fen", _("market price in yuan")),
    )
    list_filter = (("venue", OfPalaceFilter),)
    list_select_related = ("venue", "unit")
    readonly_fields = ("example",)
    save_as = True
    fieldsets = (
        (
            None,
            {
                "fields": (("venue", "unit"), ("first_day", "last_day"), "market_fen", "example"),
                "description": _(
                    "An hour without a line is free for everybody. Where several lines fit, the cheapest holds; "
                    "who fits none of an hour's lines pays the market price."
                ),
            },
        ),
    )

    def save_related(self, request, form, formsets, change):
        """Two people may enter the same price in two windows: the database says so while the page can still be shown."""
        super().save_related(request, form, formsets, change)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS tariff_prices_apart IMMEDIATE")

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("lines")

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        return yuan_field(db_field) or super().formfield_for_dbfield(db_field, request, **kwargs)

    @admin.display(description=_("prices an hour"))
    def prices(self, tariff):
        amounts = sorted({line.price_fen for line in tariff.lines.all()})
        return " – ".join(money_text(fen) for fen in dict.fromkeys([*amounts[:1], *amounts[-1:]])) or money_text(0)

    @admin.display(description=_("market price"))
    def market(self, tariff):
        return money_text(tariff.market_fen) if tariff.market_fen else "–"

    @admin.display(description=_("what it means"))
    def example(self, tariff):
        return example(tariff) if tariff.pk else _("Save first; then an example stands here.")


@admin.register(Allocation)
class AllocationAdmin(RuleAdmin):
    list_display = export_columns = ("space", "kind", HOLDER, "starts_at", "ends_at", "first_place", "place_count")
    list_filter = (("space", OfPalaceFilter), "kind")
    list_select_related = ("space",)
    date_hierarchy = "starts_at"
    save_as = True
    fields = (
        "space",
        ("first_place", "place_count"),
        "starts_at",
        "ends_at",
        "kind",
        ("holder", "holder_en"),
        "release_hours",
    )


class ClosureForm(PreviewForm):
    consequence = _(
        "The closure hits these. Bookings are released and the people told with your reason; who is in the house is told in "
        "person and keeps the used booking; class sessions stay until somebody moves them. Read the list, tick the box and "
        "save again."
    )

    def hits(self):
        hits = preview_closure(self.instance, is_sure=True)  # the box that is ticked for the hits says so
        far = far_end(self.instance, timezone.now())
        return ([far] if far else []) + lines(hits, self.request, self.instance.palace_id)


@admin.register(Closure)
class ClosureAdmin(RuleAdmin):
    """Made here through the preview and the service, never changed: ended early on the desk."""

    form, edit_right = ClosureForm, "venues.close"
    list_display = export_columns = ("shut", "starts_at", "ends_at", REASON, "ended_at", "created_by")
    list_filter = (("venue", OfPalaceFilter), ("site", OfPalaceFilter))
    list_select_related = ("site", "venue", "space", "unit", "created_by")
    date_hierarchy = "starts_at"
    fields = (
        *PREVIEW,
        ("site", "venue"),
        ("space", "unit"),
        "starts_at",
        "ends_at",
        ("reason", "reason_en"),
    )

    @admin.display(description=_("closed"))
    def shut(self, closure):
        return str(closure.target)

    def has_view_permission(self, request, obj=None):
        return self.may(request, self.see_right)

    def has_add_permission(self, request, obj=None):
        return self.may(request, self.edit_right)

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def get_fields(self, request, obj=None):
        return self.fields if obj is None else (*self.fields, "created_by", "ended_at")

    def save_model(self, request, obj, form, change):
        close(closure=obj, by=request.user, is_sure=form.cleaned_data["understood"])

    def desk_page(self, obj):
        return _("Open the closures of the desk"), "desk_closures", ()
