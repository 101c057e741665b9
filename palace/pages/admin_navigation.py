"""The order of the registers: what stands together in the sidebar and on the first page."""

from django.contrib import admin
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

# (title, [(model, symbol)])
GROUPS = (
    (_("Sites and venues"), (
        ("venues.site", "apartment"), ("venues.venue", "sports_tennis"), ("venues.space", "grid_view"), ("venues.unit", "tag"),
    )),
    (_("Opening"), (
        ("venues.openinghours", "schedule"), ("venues.openingexception", "event_busy"),
        ("venues.calendarday", "calendar_month"), ("venues.closure", "block"),
    )),
    (_("Rules and prices"), (
        ("venues.policy", "rule"), ("venues.tariff", "sell"), ("venues.allocation", "bookmark"),
    )),
    (_("Bookings and money"), (("bookings.booking", "confirmation_number"), ("core.ledgertransaction", "receipt_long"))),
    (_("People"), (
        ("accounts.member", "badge"), ("accounts.hardshipfile", "volunteer_activism"), ("accounts.rosterentry", "list_alt"),
    )),
    (_("Announcements and messages"), (("notices.announcement", "campaign"), ("notices.message", "mail"))),
    (_("Palace and unions"), (("unions.palace", "account_balance"), ("unions.union", "account_tree"))),
    (_("Accounts and system"), (
        ("accounts.user", "person"), ("accounts.roleassignment", "key"), ("core.auditentry", "history"),
        ("core.exportrecord", "download"), ("core.job", "hourglass_top"), ("core.outboxmessage", "outbox"),
    )),
)  # fmt: skip


def registers(request) -> dict:
    """The registers open to this person: ``{"venues.site": admin}``."""
    open_ones = ((m, a) for m, a in admin.site._registry.items() if a.has_view_permission(request))
    return {model._meta.label_lower: model_admin for model, model_admin in open_ones}


def navigation(request) -> list[dict]:
    """Groups with their registers; a group of which nothing is open is left out."""
    found = registers(request)
    groups = [{"title": title, "items": items(lines, found)} for title, lines in GROUPS]
    return [group for group in groups if group["items"]]


def items(lines, found: dict) -> list[dict]:
    return [item(found[label], symbol) for label, symbol in lines if label in found]


def item(model_admin, symbol: str) -> dict:
    opts = model_admin.opts
    link = reverse(f"admin:{opts.app_label}_{opts.model_name}_changelist")
    return {"title": capfirst(str(opts.verbose_name_plural)), "icon": symbol, "link": link}
