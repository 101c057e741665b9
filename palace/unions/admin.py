from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from palace.core.admin_base import PalaceModelAdmin
from palace.core.admin_columns import NAME

from .models import Palace, Union

IDENTITY = ("union", "slug", "region_code", "institution", "palace_class", "position", "is_active")


@admin.register(Union)
class UnionAdmin(PalaceModelAdmin):
    """The tree is public; an administrator changes it below the union of his palace, the installer everywhere."""

    see_right, edit_right, palace_path = "unions.see", "unions.manage", ""
    list_display = (NAME, "level", "parent", "region_code")
    list_filter = ("level",)
    list_select_related = ("parent",)
    search_fields = ("name", "name_en", "region_code")
    autocomplete_fields = ("parent",)
    fields = ("parent", "level", ("name", "name_en"), "region_code")

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and (obj is None or self.below(request, obj))

    def has_delete_permission(self, request, obj=None):
        return self.has_change_permission(request, obj)

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        obj.refresh_from_db(fields=["path"])  # kept by the database

    def below(self, request, union: Union) -> bool:
        top = request.palace.union if request.palace else None
        return request.user.is_superuser or bool(top and union.path.startswith(top.path))  # type: ignore[union-attr]

    def get_readonly_fields(self, request, obj=None):
        own = obj and request.palace and obj.pk == request.palace.union_id
        return ("parent",) if own and not request.user.is_superuser else ()

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name != "parent" or request.user.is_superuser:
            return super().formfield_for_foreignkey(db_field, request, **kwargs)
        kwargs["queryset"] = Union.objects.within(request.palace.union) if request.palace else Union.objects.none()
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        field.required = True
        return field


@admin.register(Palace)
class PalaceAdmin(PalaceModelAdmin):
    see_right, edit_right, palace_path = "unions.see", "unions.edit_palace", "pk"
    manage_right = "unions.manage"
    list_display = (NAME, "union", "palace_class", "floor_area_m2", "is_active")
    list_select_related = ("union",)
    autocomplete_fields = ("union",)
    fieldsets = (
        (None, {"fields": (("name", "name_en"), ("motto", "motto_en"), ("address", "address_en"), "phone")}),
        (
            _("What the palace must publish"),
            {
                "fields": (
                    ("services", "services_en"),
                    ("discounts", "discounts_en"),
                    ("hours", "hours_en"),
                    ("procedures", "procedures_en"),
                )
            },
        ),
        (_("Floor area"), {"fields": (("floor_area_m2", "leased_area_m2"), "land_area_mu")}),
        (
            _("Notices of the authorities and the house"),
            {"fields": (("icp_number", "police_number"), "day_sheet_email")},
        ),
        (_("Set up by the administrator"), {"fields": IDENTITY}),
    )

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) or self.may(request, self.manage_right)

    def has_add_permission(self, request, obj=None):
        return request.user.is_superuser

    def has_delete_permission(self, request, obj=None):
        return False

    def get_readonly_fields(self, request, obj=None):
        return () if self.may(request, self.manage_right) else IDENTITY
