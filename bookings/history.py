"""The life of a booking in words, read from the audit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from palace.accounts.models import User
from palace.core.models import AuditEntry, LedgerTransaction
from palace.core.timeline import entries_of
from palace.core.wording import clock_text, day_text, masked_name, money_text

from .models import Booking, BookingSource, BookingStatus

STEPS = {
    ("pending", "confirmed"): lambda: pgettext("history", "Approved"),
    ("confirmed", "used"): lambda: pgettext("history", "Checked in"),
    ("no_show", "used"): lambda: pgettext("history", "Checked in after all"),
    ("used", "confirmed"): lambda: pgettext("history", "Check-in taken back"),
    ("confirmed", "no_show"): lambda: pgettext("history", "Did not come"),
    ("confirmed", "cancelled"): lambda: pgettext("history", "Cancelled"),
    ("pending", "cancelled"): lambda: pgettext("history", "Cancelled before it was approved"),
}


@dataclass(frozen=True, slots=True)
class Event:
    at: datetime
    who: str
    what: str


def history(booking: Booking, ledger: Sequence[LedgerTransaction] = ()) -> list[Event]:
    """Who did what when, the newest first: two queries. What the booking or its ``ledger`` knows the moment of is told so."""
    rows = list(entries_of(booking))
    names = dict(User.objects.filter(pk__in={row.actor_id for row in rows if row.actor_id}).values_list("pk", "name"))
    paid = zip((row for row in rows if is_money(row)), reversed(ledger), strict=False)
    moments = {row.pk: transaction.at for row, transaction in paid}
    return [
        Event(moments.get(row.pk) or moment_of(row), who(booking, row, names), what)
        for row in rows
        for what in told(row)
    ]


def is_money(row: AuditEntry) -> bool:
    return row.action == "update" and "paid_fen" in (row.after or {})


def moment_of(row: AuditEntry) -> datetime:
    after = row.after or {}
    names = ("created_at",) if row.action == "insert" else ("checked_in_at", "cancelled_at")
    known = next((after[name] for name in names if after.get(name)), None)
    return datetime.fromisoformat(known) if known else row.at


def was_refused(booking: Booking) -> bool:
    """Whether a cancelled booking was still a request when it ended: one query."""
    ends = {"before__status": BookingStatus.PENDING, "after__status": BookingStatus.CANCELLED}
    return entries_of(booking).filter(**ends).exists()


def who(booking: Booking, row: AuditEntry, names: dict[int, str]) -> str:
    if row.actor_id is None:
        return _("by itself")
    if row.actor_id == booking.member.user_id:
        return _("the member")
    return masked_name(names.get(row.actor_id, ""))


def told(row: AuditEntry) -> list[str]:
    """What one audit row says; nothing where only counters moved."""
    before, after = row.before or {}, row.after or {}
    if row.action == "insert":
        text = _("Asked for: %(source)s") if after["status"] == BookingStatus.PENDING else _("Booked: %(source)s")
        return [text % {"source": BookingSource(after["source"]).label}]
    found = []
    if "status" in after:
        found.append(STEPS[(before["status"], after["status"])]())
    if "starts_at" in after or "unit_id" in after:
        found.append(moved(after))
    if "paid_fen" in after:
        found.append(money(after["paid_fen"] - before["paid_fen"]))
    return found


def moved(after: dict) -> str:
    if "starts_at" not in after:
        return _("Moved to another place")
    since = datetime.fromisoformat(after["starts_at"])
    return _("Moved to %(when)s") % {"when": f"{day_text(since)} {clock_text(since)}"}


def money(fen: int) -> str:
    amount = money_text(abs(fen))
    return _("Paid %(amount)s") % {"amount": amount} if fen > 0 else _("Given back %(amount)s") % {"amount": amount}


def ledger_of(booking: Booking) -> list[LedgerTransaction]:
    """Payments and refunds, the oldest first, with their entries: two queries."""
    rows = LedgerTransaction.objects.filter(subject="booking", subject_id=booking.pk, palace_id=booking.palace_id)
    return list(rows.select_related("by").prefetch_related("entries").order_by("at", "pk"))


def sums(ledger: list[LedgerTransaction]) -> dict[str, int]:
    """What came in and what went back, both in fen and positive."""
    found = {"payment": 0, "refund": 0}
    for row in ledger:
        found[row.kind] += sum(entry.amount_fen for entry in row.entries.all() if entry.amount_fen > 0)
    return found
