"""What the ground keeps, to be looked at: audit, ledger, exports, outgoing work, jobs. Rights: ``palace.pages.rights``."""

from decimal import Decimal

from django.apps import apps
from django.contrib import admin, messages
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy
from unfold.paginator import InfinitePaginator

from . import outbox, timeline
from .admin_base import PalaceInline, PalaceModelAdmin, ReadOnly, Scoped
from .admin_columns import Outgoing, moment, named
from .admin_filters import ActionFilter, FateFilter, HouseFilter, MovementFilter
from .models import AuditEntry, ExportRecord, Job, LedgerAccount, LedgerEntry, LedgerTransaction, OutboxMessage
from .navigation import subject_told
from .wording import local_text, money_text

BY = named("by", _("by"))


class UnionWide(Scoped):
    """The palace in use; for who holds the right for a union, all palaces below it."""

    def houses(self, request) -> list[int]:
        below = request.user.palaces_with(self.see_right, by_union=True)
        return below if request.palace and request.palace.pk in below else []

    def scoped(self, queryset, request):
        houses = self.houses(request) if self.palace_path else []
        return queryset.filter(**{f"{self.palace_path}__in": houses}) if houses else super().scoped(queryset, request)


class GroundAdmin(ReadOnly, UnionWide, PalaceModelAdmin):
    palace_path = "palace_id"
    paginator = InfinitePaginator
    show_full_result_count = False
    change_form_outer_after_template = None
    ordering = ("-pk",)


def tables() -> dict:
    return {model._meta.db_table: model for model in apps.get_models()}


@admin.register(AuditEntry)
class AuditAdmin(GroundAdmin):
    """A palace's audit for its director, a union's for its inspection; an administrator reads what he did himself.

    What concerns no palace is read by the inspection of the union that it belongs to; what belongs to none, as accounts
    do, by the inspection of a union at the root.
    """

    see_right, own_right = "core.see_audit", "accounts.manage_roles"
    list_display = ("when", "who", "did", "what", "record_number", "fields_changed", "origin")
    list_display_links = ("when",)
    list_filter = (ActionFilter, HouseFilter)
    date_hierarchy = "at"
    fields = ("when", ("who", "origin"), ("did", "what"), "record_number", "story", "network_address")

    def name_of(self, obj):
        """What was done to what, in words."""
        return f"{self.did(obj)} {self.what(obj)} {obj.row_id}"

    def get_list_display(self, request):
        several = len(self.houses(request)) > 1
        return ("when", "house", *self.list_display[1:]) if several else self.list_display

    def scoped(self, queryset, request):
        if not self.may(request, self.see_right):
            return queryset.filter(actor_id=request.user.pk)
        found, unions = super().scoped(queryset, request), request.user.unions_below(self.see_right)
        if not unions:
            return found
        return found | queryset.of_no_palace(unions, portal=request.user.holds_at_root(self.see_right))

    def has_view_permission(self, request, obj=None):
        return self.may(request, self.see_right) or self.may(request, self.own_right)

    @admin.display(description=_("palace"))
    def house(self, entry):
        return local_text(entry.house, "name") or "–"

    @admin.display(description=_("time"), ordering="id")
    def when(self, entry):
        return moment(entry.at)

    @admin.display(description=_("by"))
    def who(self, entry):
        return self.told(entry).who

    @admin.display(description=_("did"))
    def did(self, entry):
        return timeline.action_text(entry.action)

    @admin.display(description=_("what"))
    def what(self, entry):
        model = tables().get(entry.table_name)
        return capfirst(str(model._meta.verbose_name)) if model else entry.table_name

    @admin.display(description=_("fields"))
    def fields_changed(self, entry):
        return " · ".join(change.label for change in self.told(entry).changes[:6]) or "–"

    @admin.display(description=_("came by"))
    def origin(self, entry):
        return timeline.origin_text(entry.source)

    @admin.display(description=_("record number"))
    def record_number(self, entry):
        return entry.row_id

    @admin.display(description=_("network address"))
    def network_address(self, entry):
        return entry.address or "–"

    @admin.display(description=_("from what to what"))
    def story(self, entry):
        return "\n".join(f"{change.label}: {change.text}" for change in self.told(entry).changes) or "–"

    def told(self, entry) -> timeline.Event:
        if not hasattr(entry, "told"):
            entry.told = timeline.events([entry], tables())[0]
        return entry.told

    def get_changelist_instance(self, request):
        """The names of a page of entries are read together, not one by one."""
        changelist = super().get_changelist_instance(request)
        entries = list(changelist.result_list)
        for entry, told in zip(entries, timeline.events(entries, tables(), names=False), strict=True):
            entry.told, entry.house = told, request.user.palaces_below.get(entry.palace_id)
        changelist.result_list = entries
        return changelist


class EntryInline(ReadOnly, UnionWide, PalaceInline):
    model = LedgerEntry
    see_right, palace_path = "core.see_ledger", "transaction__palace_id"
    fields = ("where", "amount")
    readonly_fields = fields
    hide_title = True

    @admin.display(description=pgettext_lazy("ledger", "account"))
    def where(self, entry):
        return str(LedgerAccount(entry.account).label)

    @admin.display(description=_("amount"))
    def amount(self, entry):
        return money_text(entry.amount_fen)


@admin.register(LedgerTransaction)
class LedgerAdmin(GroundAdmin):
    see_right, export_right = "core.see_ledger", "core.export_ledger"
    ordering = ("-at", "-pk")
    inlines = (EntryInline,)
    list_display = ("receipt_number", "at", "movement", "amount", "memo", "by")
    export_columns = ("receipt_number", "at", "movement", "amount_yuan", "accounts", "memo", "by")
    list_filter = (MovementFilter,)
    list_select_related = ("by",)
    search_fields = ("=receipt_number",)
    date_hierarchy = "at"
    fields = (("receipt_number", "at"), ("movement", BY), ("amount", "about"), "memo")

    def get_object(self, request, object_id, from_field=None):
        found = super().get_object(request, object_id, from_field)
        if found is not None:
            found.told = subject_told(request, found.palace_id, found.subject, found.subject_id)
        return found

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("entries")

    @admin.display(description=_("for what"))
    def about(self, transaction):
        words, href = transaction.told
        return format_html('<a href="{}" class="text-link">{}</a>', href, words) if href else words

    @admin.display(description=_("movement"), ordering="kind")
    def movement(self, transaction):
        return _("payment") if transaction.kind == "payment" else _("refund")

    @admin.display(description=_("amount in yuan"))
    def amount_yuan(self, transaction):
        return Decimal(self.amount_fen(transaction)) / 100

    def amount_fen(self, transaction) -> int:
        """What came into the hands of the desk; negative where it went out."""
        return sum(e.amount_fen for e in transaction.entries.all() if not e.account.startswith("income"))

    @admin.display(description=_("amount"))
    def amount(self, transaction):
        return money_text(self.amount_fen(transaction))

    @admin.display(description=pgettext_lazy("ledger", "accounts"))
    def accounts(self, transaction):
        return " · ".join(str(LedgerAccount(e.account).label) for e in transaction.entries.all())


@admin.register(ExportRecord)
class ExportRecordAdmin(GroundAdmin):
    see_right = "core.see_audit"
    list_display = ("at", "by", "list_name", "rows", "purpose")
    list_select_related = ("by",)
    date_hierarchy = "at"
    fields = (("at", BY), ("list_name", "rows"), "purpose", "filters", "sha256")

    @admin.display(description=_("list"))
    def list_name(self, record):
        return capfirst(str(apps.get_model(record.what)._meta.verbose_name_plural))


@admin.register(Job)
class JobAdmin(GroundAdmin):
    """The state of long work for who keeps the system running: no content."""

    see_right, palace_path = "core.see_system", ""
    list_display = ("kind", "state", "done", "total", "created_at", "updated_at")
    list_filter = ("state",)
    fields = (("kind", "state"), ("done", "total"), ("created_at", "updated_at"), "error")

    def name_of(self, obj):
        return obj.kind


@admin.register(OutboxMessage)
class OutboxAdmin(Outgoing, GroundAdmin):
    """What waits for a worker. What was given up can be tried again, once its cause is gone."""

    see_right, revive_right, palace_path = "core.see_system", "core.try_again", ""
    actions = ("try_again",)
    change_form_outer_before_template = "admin/_try_again.html"
    list_display = ("subject", "how_far", "written", "due", "attempts")
    list_display_links = ("subject",)
    list_filter = (FateFilter,)
    fields = ("subject", ("how_far", "attempts"), ("written", "due"), "trouble")

    @admin.display(description=_("kind"))
    def subject(self, message):
        return outbox.name_of(message.topic)

    def name_of(self, obj):
        return outbox.name_of(obj.topic)

    @admin.display(description=_("state"))
    def how_far(self, message):
        if message.done_at:
            return _("done")
        return _("given up") if message.dead else _("waiting")

    @admin.display(description=_("due"))
    def due(self, message):
        return moment(message.due_at)

    def page_context(self, request, object_id, extra_context=None):
        return super().page_context(
            request, object_id, {"may_revive": self.has_revive_permission(request)} | (extra_context or {})
        )

    def has_revive_permission(self, request) -> bool:
        return self.may(request, self.revive_right)

    @admin.action(description=_("Try again what was given up"), permissions=["revive"])
    def try_again(self, request, queryset):
        revived = outbox.revive(queryset.values_list("pk", flat=True))
        if revived:
            text = ngettext("%(n)s is tried again now.", "%(n)s are tried again now.", revived)
            messages.success(request, text % {"n": revived})
        else:
            messages.warning(request, _("None of these was given up. Choose rows in that state."))
