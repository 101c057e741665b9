"""What all registers of the admin site share: one palace at a time, rights from the table, refusals in sentences.

An admin names its rights (``see_right``, ``edit_right``, ``export_right``) and the way from its model to the palace
(``palace_path``); everything else follows. A record of another palace does not exist: 404.
"""

from django.contrib import messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, models
from django.db.models import ProtectedError, RestrictedError
from django.http import Http404, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from unfold.admin import ModelAdmin, TabularInline
from unfold.widgets import UnfoldAdminImageFieldWidget, UnfoldAdminTextareaWidget

from . import timeline
from .admin_export import ExportMixin
from .admin_forms import PalaceForm, PictureField, PreviewForm, RowForm, SearchedSelect
from .constraints import refusal_of
from .navigation import address

REFUSALS = (ValidationError, IntegrityError, ProtectedError, RestrictedError)
MOST_LISTED = 20
MOST_ROWS = 300  # of a table inside a page
RECENT_EVENTS = 5
PREVIEW = ("understood", "seen")
MOST_EVENTS = 200


class Scoped:
    """Rights and scope, for registers and for the tables inside their pages."""

    see_right = ""
    edit_right = ""
    palace_path = "palace"  # lookup from the model; empty where all palaces share the records
    formfield_overrides = {
        models.ImageField: {"form_class": PictureField, "widget": UnfoldAdminImageFieldWidget},
        models.TextField: {"widget": UnfoldAdminTextareaWidget(attrs={"rows": 5})},
        models.URLField: {"assume_scheme": "https"},
    }

    def may(self, request, right: str) -> bool:
        return bool(right) and request.user.may(right, request.palace or None)

    def scoped(self, queryset, request):
        """``queryset`` cut down to what this person may see here."""
        if not self.palace_path:
            return queryset
        return queryset.filter(**{self.palace_path: request.palace.pk}) if request.palace else queryset.none()

    def get_queryset(self, request):
        return self.scoped(super().get_queryset(request), request)

    def has_view_permission(self, request, obj=None):
        return self.may(request, self.see_right) or self.has_change_permission(request, obj)

    def has_change_permission(self, request, obj=None):
        return self.may(request, self.edit_right)

    def has_add_permission(self, request, obj=None):
        return self.has_change_permission(request)

    def has_delete_permission(self, request, obj=None):
        return self.has_change_permission(request, obj)

    def has_module_permission(self, request):
        return self.has_view_permission(request)

    def get_exclude(self, request, obj=None):
        return [*(super().get_exclude(request, obj) or ()), "palace"]

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        related = self.admin_site._registry.get(db_field.remote_field.model)
        if "queryset" not in kwargs and isinstance(related, Scoped):
            kwargs["queryset"] = related.scoped(db_field.remote_field.model._default_manager.all(), request)
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", SearchedSelect(db_field, self.admin_site))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class PalaceModelAdmin(Scoped, ExportMixin, ModelAdmin):
    form = PalaceForm
    actions = None  # one record at a time, each with its own page of what follows
    list_per_page = 50
    list_max_show_all = 200
    change_form_outer_after_template = "admin/_timeline.html"
    parts: dict = {}  # {model: foreign key} of what belongs to a record, for its timeline

    def get_form(self, request, obj=None, change=False, **kwargs):
        if issubclass(self.form, PreviewForm) and not self.saves(request, obj):
            kwargs["form"] = PalaceForm  # who only looks has nothing to tick
        form = super().get_form(request, obj, change=change, **kwargs)
        return type(form.__name__, (form,), {"request": request})

    def get_fieldsets(self, request, obj=None):
        found = super().get_fieldsets(request, obj)
        if not issubclass(self.form, PreviewForm) or self.saves(request, obj):
            return found
        return [(title, options | {"fields": looked_at(options["fields"])}) for title, options in found]

    def saves(self, request, obj) -> bool:
        return self.has_change_permission(request, obj) if obj else self.has_add_permission(request)

    # --- refusals: what a service or the database says becomes an error of the form ------------------------------

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except REFUSALS as error:
            if request.method != "POST" or hasattr(request, "refusal"):
                raise
            request.refusal = refusal_of(error)
            return super().changeform_view(request, object_id, form_url, extra_context)

    def delete_view(self, request, object_id, extra_context=None):
        try:
            return super().delete_view(request, object_id, extra_context)
        except REFUSALS as error:
            messages.error(request, " ".join(refusal_of(error).messages))
            return HttpResponseRedirect(request.path.removesuffix("delete/") + "change/")

    def get_deleted_objects(self, objs, request):
        """Long lists are cut: a venue in use has thousands of bookings."""
        gone, counts, perms, protected = super().get_deleted_objects(objs, request)
        return gone[:MOST_LISTED], counts, set() if protected else perms, protected[:MOST_LISTED]

    def _get_obj_does_not_exist_redirect(self, request, opts, object_id):
        raise Http404

    def get_changelist_instance(self, request):
        """A number beyond all dates in the address is answered like every other slip in it."""
        try:
            return super().get_changelist_instance(request)
        except OverflowError as error:
            raise IncorrectLookupParameters from error

    # --- the audit instead of Django's own log -------------------------------------------------------------------

    def log_addition(self, request, obj, message):
        """The database's audit knows it already."""

    def log_change(self, request, obj, message):
        """The database's audit knows it already."""

    def log_deletions(self, request, queryset):
        """The database's audit knows it already."""

    def change_view(self, request, object_id, form_url="", extra_context=None):
        return super().change_view(request, object_id, form_url, self.page_context(request, object_id, extra_context))

    def page_context(self, request, object_id, extra_context=None) -> dict:
        obj = self.get_object(request, unquote(object_id)) if self.has_view_permission(request) else None
        if obj is None:
            return extra_context or {}
        request.record_name = self.name_of(obj)
        own = {"subtitle": request.record_name, "events": self.events(obj, RECENT_EVENTS)}
        return {**own, **self.elsewhere(request, obj), **(extra_context or {})}

    def name_of(self, obj) -> str:
        """What stands at the head of a record's page."""
        return str(obj)

    def elsewhere(self, request, obj) -> dict:
        """``{"elsewhere": (label, address)}`` where a record has its own page on the desk."""
        label, name, args = self.desk_page(obj)
        href = address(name, *args) if name else ""
        return {"elsewhere": (label, href)} if href else {}

    def desk_page(self, obj) -> tuple:
        return "", "", ()

    def events(self, obj, most: int) -> list[timeline.Event]:
        tables = {m._meta.db_table: m for m in (self.model, *self.parts)}
        return timeline.events(list(timeline.entries_of(obj, self.parts)[:most]), tables, parts=self.parts)

    def history_view(self, request, object_id, extra_context=None):
        if not self.has_view_permission(request):
            raise PermissionDenied
        obj = self.get_object(request, unquote(object_id))
        if obj is None:
            raise Http404
        request.current_app, request.record_name = self.admin_site.name, self.name_of(obj)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Who changed what"),
            "subtitle": request.record_name,
            "opts": self.opts,
            "original": obj,
            "events": self.events(obj, MOST_EVENTS),
            "most": MOST_EVENTS,
        }
        return TemplateResponse(request, "admin/object_history.html", context)


def looked_at(fields):
    """``fields`` without those that only serve a preview."""
    rows = ([f for f in row if f not in PREVIEW] if isinstance(row, tuple | list) else row for row in fields)
    return [row for row in rows if row and row not in PREVIEW]


class ReadOnly:
    """Registers that are only looked at."""

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class PalaceInline(Scoped, TabularInline):
    form = RowForm
    extra = 0
    show_change_link = False

    def get_formset(self, request, obj=None, **kwargs):
        form = type(self.form.__name__, (self.form,), {"request": request})
        # A count claimed from outside is no work to do.
        limits = {"max_num": MOST_ROWS, "absolute_max": MOST_ROWS}
        formset = super().get_formset(request, obj, **{"form": form} | limits | kwargs)
        for field in formset.form.base_fields.values():  # the heads of the columns are labels to the eye only
            field.widget.attrs.setdefault("aria-label", field.label)
        return formset
