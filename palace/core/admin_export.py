"""The button "Export to Excel" of a register: the list as filtered, with a purpose, for those who may."""

from collections.abc import Callable

from django import forms
from django.contrib.admin import ModelAdmin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import label_for_field, lookup_field
from django.core.exceptions import FieldDoesNotExist, ObjectDoesNotExist, PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import strip_tags
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminTextInputWidget

from .exports import export_list, refuse_too_many

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class PurposeForm(forms.Form):
    purpose = forms.CharField(
        label=gettext_lazy("What do you need the list for?"),
        help_text=gettext_lazy(
            "A few words, such as: figures for the quarter. They stand in the file and in the record."
        ),
        max_length=120,
        widget=UnfoldAdminTextInputWidget,
        error_messages={"required": gettext_lazy("Write in a few words what you need the list for.")},
    )


class ExportMixin(ModelAdmin):
    may: Callable[[HttpRequest, str], bool]
    export_right = ""
    export_columns: tuple[str, ...] = ()  # fields and methods, as in ``list_display``

    def has_export_permission(self, request) -> bool:
        return bool(self.export_columns) and self.may(request, self.export_right)

    def get_urls(self):
        name = f"{self.opts.app_label}_{self.opts.model_name}_export"
        return [path("export/", self.admin_site.admin_view(self.export_view), name=name), *super().get_urls()]

    def changelist_view(self, request, extra_context=None):
        extra = {"export_href": self.export_href(request)} if self.has_export_permission(request) else {}
        return super().changelist_view(request, {**extra, **(extra_context or {})})

    def export_href(self, request) -> str:
        query = request.GET.urlencode()
        href = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_export")
        return f"{href}?{query}" if query else href

    def export_view(self, request):
        if not self.has_export_permission(request):
            raise PermissionDenied
        self.request = request
        try:
            chosen = self.get_changelist_instance(request).get_queryset(request)
        except IncorrectLookupParameters:
            return HttpResponseRedirect(request.path)
        form = PurposeForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            try:
                return self.export_file(request, chosen, form.cleaned_data["purpose"])
            except ValidationError as error:
                form.add_error(None, error.messages)
        return self.export_page(request, form, chosen.count())

    def export_page(self, request, form, count: int):
        request.current_app = self.admin_site.name
        context = {
            **self.admin_site.each_context(request),
            "title": _("Export to Excel"),
            "subtitle": capfirst(str(self.opts.verbose_name_plural)),
            "opts": self.opts,
            "form": form,
            "count": count,
            "columns": [self.column_label(name) for name in self.export_columns],
        }
        return TemplateResponse(request, "admin/export.html", context)

    def export_file(self, request, chosen, purpose: str):
        refuse_too_many(chosen.count())
        content = export_list(
            what=self.opts.label,
            title=capfirst(str(self.opts.verbose_name_plural)),
            headers=[self.column_label(name) for name in self.export_columns],
            rows=[[self.column_value(name, obj) for name in self.export_columns] for obj in chosen],
            by=request.user,
            palace=request.palace,
            purpose=purpose,
            filters=request.GET.urlencode(),
        )
        response = HttpResponse(content, content_type=XLSX)
        name = f"{self.opts.model_name}-{timezone.localdate():%Y-%m-%d}.xlsx"
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return response

    def column_label(self, name: str) -> str:
        return capfirst(str(label_for_field(name, self.model, self)))

    def column_value(self, name: str, obj):
        """The value as the list shows it, without markup; numbers as numbers."""
        try:
            field, _attr, value = lookup_field(name, obj, self)
        except (FieldDoesNotExist, ObjectDoesNotExist):
            return ""
        if field is not None and field.choices:
            return str(dict(field.flatchoices).get(value, value))
        if field is not None and field.remote_field and value is not None:
            return str(getattr(obj, field.name))
        return strip_tags(value) if hasattr(value, "__html__") else value
