"""Registers of people. Members are masked here: the desk finds and opens them, and each look is noted for the person."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import BLANK_CHOICE_DASH, Case, Q, When
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from unfold.widgets import UnfoldAdminTextInputWidget

from palace.core.admin_base import PalaceModelAdmin, ReadOnly
from palace.core.admin_forms import PalaceForm
from palace.core.wording import masked_name, masked_number
from palace.unions.models import Union

from .models import FactorReset, HardshipFile, Member, RoleAssignment, RoleState, RosterEntry, User
from .phones import normalise, shown
from .roles import OFFICIALS, Role
from .second_factor import has_device
from .services.access import (
    approve_role,
    end_role,
    open_account,
    refuse_role,
    request_role,
    reset_second_factor,
    set_active,
    user_of_phone,
)
from .services.reads import log_reads
from .views.answers import attempt
from .words import read_employer, read_name, tidy_card


class AccountForm(PalaceForm):
    phone = forms.CharField(label=_("mobile"), max_length=20, widget=UnfoldAdminTextInputWidget, required=False)

    def clean_name(self):
        return read_name(self.cleaned_data["name"])

    def clean_phone(self):
        return normalise(self.cleaned_data["phone"])


@admin.register(User)
class UserAdmin(PalaceModelAdmin):
    """Accounts that work for the palace, and fresh ones without a role. Members' accounts are not shown here."""

    see_right = edit_right = "accounts.manage_roles"
    palace_path = ""
    form = AccountForm
    list_display = ("name", "number", "role_names", "is_active", "last_login")
    list_filter = ("is_active",)
    search_fields = ("name",)
    ordering = ("name", "pk")
    parts = {FactorReset: "user"}
    change_form_outer_before_template = "admin/_account_access.html"

    def get_urls(self):
        page = self.admin_site.admin_view(self.second_factor_view)
        own = path("<int:pk>/second-factor/", page, name="accounts_user_second_factor")
        return [own, *super().get_urls()]

    def page_context(self, request, object_id, extra_context=None):
        href = reverse("admin:accounts_user_second_factor", args=[object_id]) if object_id.isdigit() else ""
        return {"factor_href": href} | super().page_context(request, object_id, extra_context)

    def second_factor_view(self, request, pk):
        """Somebody lost phone and recovery codes: an administrator who has seen him takes the second factor away."""
        user = get_object_or_404(self.get_queryset(request), pk=pk)
        if not self.has_change_permission(request, user):
            raise PermissionDenied
        form = ReasonForm(request.POST if request.method == "POST" else None)
        if attempt(form, lambda data: reset_second_factor(user=user, by=request.user, reason=data["reason"])):
            messages.success(request, _("Reset. The account is signed out everywhere and connects a new app."))
            return redirect("admin:accounts_user_change", pk)
        request.current_app, request.record_name = self.admin_site.name, str(user)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Reset the second factor"),
            "subtitle": str(user),
            "opts": self.opts,
            "original": user,
            "form": form,
            "has_device": has_device(user),
        }
        return TemplateResponse(request, "admin/second_factor.html", context, status=422 if form.errors else 200)

    def scoped(self, queryset, request):
        """Who has a role here, and accounts of nobody yet. A role that is only asked for brings no member into view."""
        given = RoleAssignment.objects.filter(state=RoleState.APPROVED)
        fresh = Q(member=None) & ~Q(pk__in=given.values("user"))
        if request.user.is_superuser:
            return queryset.filter(fresh | Q(pk__in=given.values("user")))
        here = Q(pk__in=given.filter(palace=request.palace.pk).values("user")) if request.palace else Q(pk=None)
        return queryset.filter(here | fresh, is_superuser=False)

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("roles")

    def get_fields(self, request, obj=None):
        return ("name", "number", "role_names", "is_active", "last_login", "date_joined") if obj else ("name", "phone")

    def get_readonly_fields(self, request, obj=None):
        return ("name", "number", "role_names", "last_login", "date_joined") if obj else ()

    def get_form(self, request, obj=None, change=False, **kwargs):
        if obj:
            kwargs["form"] = PalaceForm
        return super().get_form(request, obj, change=change, **kwargs)

    def has_delete_permission(self, request, obj=None):
        return False

    @admin.display(description=_("mobile"))
    def number(self, user):
        return masked_number(user.phone or "")

    @admin.display(description=_("roles"))
    def role_names(self, user):
        given = [role for role in user.roles.all() if role.state == RoleState.APPROVED]
        return " · ".join(sorted({str(role.get_role_display()) for role in given})) or "–"

    def save_model(self, request, obj, form, change):
        if change:
            set_active(user=obj, active=obj.is_active, by=request.user)
        else:
            obj.pk = open_account(phone=obj.phone, name=obj.name).pk


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        widget=UnfoldAdminTextInputWidget,
        error_messages={"required": _("Write the reason in a few words; the person will read it.")},
    )


class RoleForm(PalaceForm):
    reason = forms.CharField(
        label=_("reason"),
        max_length=200,
        help_text=_("A few words for the second person who decides. They stay with the request."),
        widget=UnfoldAdminTextInputWidget,
        error_messages={"required": _("Write the reason in a few words; it stays with the request.")},
    )
    phone = forms.CharField(
        label=_("mobile of the account"),
        help_text=_("The full number. Open the account first if there is none."),
        widget=UnfoldAdminTextInputWidget,
    )

    def clean_phone(self):
        phone = normalise(self.cleaned_data["phone"])
        user = user_of_phone(phone)
        if user is None:
            raise ValidationError(_("No account signs in with this number. Open one first, under Accounts."))
        self.instance.user = user
        return phone


@admin.register(RoleAssignment)
class RoleAssignmentAdmin(PalaceModelAdmin):
    """Asked for, decided by a second person, taken back; never changed: each step is a line of its own in the audit."""

    see_right, edit_right = "accounts.decide_role", "accounts.manage_roles"
    form = RoleForm
    list_display = ("user", "role", "where", "state", "first_day", "last_day", "requested_by", "decided_by")
    list_filter = ("state", "role")
    list_select_related = ("user", "palace", "union", "requested_by", "decided_by")
    ordering = (Case(When(state=RoleState.PENDING, then=0), default=1), "user__name", "pk")
    autocomplete_fields = ("union",)
    change_form_outer_before_template = "admin/_role_request.html"

    def get_urls(self):
        page = self.admin_site.admin_view(require_POST(self.decide_view))
        return [path("<int:pk>/decide/", page, name="accounts_roleassignment_decide"), *super().get_urls()]

    def page_context(self, request, object_id, extra_context=None):
        context = super().page_context(request, object_id, extra_context)
        href = reverse("admin:accounts_roleassignment_decide", args=[object_id]) if object_id.isdigit() else ""
        return {"decide_href": href} | context

    def decide_view(self, request, pk):
        """Yes, or no with a reason; the service refuses whoever asked and whom it is for."""
        assignment = get_object_or_404(self.get_queryset(request), pk=pk)
        if not self.may(request, self.see_right):
            raise PermissionDenied
        try:
            if "approve" in request.POST:
                approve_role(assignment=assignment, by=request.user)
                messages.success(request, _("Approved. The role counts from the next sign-in on."))
            else:
                refuse_role(assignment=assignment, by=request.user, reason=request.POST.get("reason", "")[:200])
                messages.success(request, _("Refused. The role is not given."))
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        return redirect("admin:accounts_roleassignment_change", pk)

    def scoped(self, queryset, request):
        return queryset if request.user.is_superuser else super().scoped(queryset, request)

    def get_fields(self, request, obj=None):
        if obj:
            rest = ("first_day", "last_day", "requested_by", "reason", "decided_by", "answer")
            return ("user", "role", "where", "state", *(rest if obj.answer else rest[:-1]))
        where = ("union",) if request.user.is_superuser else ()
        return ("phone", "role", *where, "last_day", "reason")

    def get_readonly_fields(self, request, obj=None):
        return ("user", "where") if obj else ()

    def get_form(self, request, obj=None, change=False, **kwargs):
        if obj:
            kwargs["form"] = PalaceForm
        return super().get_form(request, obj, change=change, **kwargs)

    def formfield_for_choice_field(self, db_field, request, **kwargs):
        if db_field.name == "role" and not request.user.is_superuser:
            kwargs["choices"] = [BLANK_CHOICE_DASH[0], *(c for c in Role.choices if c[0] not in OFFICIALS)]
        return super().formfield_for_choice_field(db_field, request, **kwargs)

    def has_change_permission(self, request, obj=None):
        return False

    def has_add_permission(self, request, obj=None):
        return self.may(request, self.edit_right)

    def has_delete_permission(self, request, obj=None):
        settled = obj is not None and obj.state == RoleState.REFUSED
        return self.may(request, self.edit_right) and not settled

    @admin.display(description=_("for"))
    def where(self, assignment):
        return str(assignment.palace or assignment.union)

    def save_model(self, request, obj, form, change):
        palace = None if obj.union else obj.palace
        where = {"palace": palace, "union": obj.union, "last_day": obj.last_day}
        obj.pk = request_role(user=obj.user, role=obj.role, by=request.user, reason=obj.reason, **where).pk

    def response_add(self, request, obj, post_url_continue=None):
        messages.success(request, _("Asked for. Another administrator or the director approves it."))
        return redirect("admin:accounts_roleassignment_change", obj.pk)

    def delete_model(self, request, obj):
        end_role(assignment=obj, by=request.user)


class PersonAdmin(PalaceModelAdmin):
    read = "page"  # what the person's own log says about a look

    def person(self, obj) -> Member | None:
        return obj

    def change_view(self, request, object_id, form_url="", extra_context=None):
        response = super().change_view(request, object_id, form_url, extra_context)
        if request.method == "GET" and hasattr(response, "context_data"):
            person = self.person(response.context_data["original"])
            log_reads(user=request.user, palace=request.palace, members=[person] if person else [], what=self.read)
        return response


@admin.register(Member)
class MemberAdmin(ReadOnly, PersonAdmin):
    see_right, export_right = "accounts.find_member", "accounts.export"
    list_display = export_columns = ("who", "category", "state", "home_union", "registered_palace", "created_at")
    list_filter = ("state", "category")
    list_select_related = ("home_union", "registered_palace")
    list_display_links = ("who",)
    date_hierarchy = "created_at"
    ordering = ("pinyin", "pk")
    fields = (
        ("who", "phone"),
        ("category", "home_union"),
        "state",
        ("verified_at", "verified_by"),
        ("registered_palace", "created_at"),
    )

    def scoped(self, queryset, request):
        here = Member.objects.open_to_staff(request.palace.pk) if request.palace else Member.objects.none()
        return queryset.filter(pk__in=here.order_by().values("pk"))

    @admin.display(description=_("name"), ordering="pinyin")
    def who(self, member):
        return masked_name(member.name)

    @admin.display(description=_("contact phone"))
    def phone(self, member):
        return masked_number(member.contact_phone)

    def name_of(self, obj):
        return masked_name(obj.name)

    def desk_page(self, obj):
        return _("Open on the desk"), "desk_member", (obj.pk,)


@admin.register(HardshipFile)
class HardshipFileAdmin(ReadOnly, PersonAdmin):
    """Made and ended on the member's page of the desk, where the reason is asked for."""

    see_right, read = "accounts.see_hardship", "hardship"
    list_display = ("who", "first_day", "last_day")
    list_select_related = ("member",)
    date_hierarchy = "first_day"
    ordering = ("-last_day", "-pk")
    fields = ("who", ("first_day", "last_day"), "note")

    def scoped(self, queryset, request):
        here = Member.objects.open_to_staff(request.palace.pk) if request.palace else Member.objects.none()
        return queryset.filter(member__in=here.order_by().values("pk"))

    def person(self, obj):
        return obj.member

    @admin.display(description=_("member"))
    def who(self, file):
        return masked_name(file.member.name)

    def desk_page(self, obj):
        return _("Open on the desk"), "desk_member_hardship", (obj.member_id,)


class RosterForm(PalaceForm):
    def clean_name(self):
        return read_name(self.cleaned_data["name"])

    def clean_employer(self):
        return read_employer(self.cleaned_data["employer"])

    def clean_card_number(self):
        return tidy_card(self.cleaned_data["card_number"])

    def clean_phone(self):
        return normalise(self.cleaned_data["phone"]) if self.cleaned_data["phone"] else ""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["phone"] = shown(self.instance.phone)


@admin.register(RosterEntry)
class RosterEntryAdmin(PersonAdmin):
    """The rosters of the palace's union and of the unions below it."""

    see_right = edit_right = "accounts.edit_roster"
    read = "verification"
    form = RosterForm
    list_display = ("who", "union", "category", "is_used")
    list_filter = ("category",)
    list_select_related = ("union", "member")
    search_fields = ("=card_number", "=name")
    ordering = ("union__path", "pk")
    autocomplete_fields = ("union",)
    fields = ("union", ("name", "phone"), ("card_number", "category"), "employer")

    def changelist_view(self, request, extra_context=None):
        extra = {"import_href": reverse("desk_roster")} if self.has_add_permission(request) else {}
        return super().changelist_view(request, {**extra, **(extra_context or {})})

    def scoped(self, queryset, request):
        return queryset.filter(union__path__startswith=request.palace.union.path) if request.palace else queryset.none()

    def person(self, obj):
        return obj.member

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "union":
            kwargs["queryset"] = Union.objects.within(request.palace.union) if request.palace else Union.objects.none()
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    @admin.display(description=_("name"))
    def who(self, entry):
        return masked_name(entry.name)

    @admin.display(description=_("has an account"), boolean=True)
    def is_used(self, entry):
        return entry.member_id is not None
