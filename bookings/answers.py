"""A booking as the API shows it, in three ways that agree: just made, as it was made, as it is now."""

from datetime import datetime

from palace.core.models import AuditEntry
from venues.rules import SHANGHAI

from .models import Booking
from .services import Placed


def just_made(placed: Placed, member_id: int) -> dict:
    plan = placed.plan
    return answer(
        id=placed.id,
        number=placed.number,
        unit=plan.unit.id,
        member=member_id,
        starts_at=plan.starts_at,
        ends_at=plan.ends_at,
        party_size=plan.party_size,
        status=plan.status,
        price_fen=plan.price.fen,
        paid=not plan.price.fen,
        cancel_before=plan.cancel_before,
    )


def as_made(booking_id: int) -> dict:
    """The first answer again: the audit keeps the row as it was inserted, whatever became of it."""
    row = AuditEntry.objects.values_list("after", flat=True).get(
        table_name=Booking._meta.db_table, row_id=str(booking_id), action="insert"
    )
    times = {name: datetime.fromisoformat(row[name]) for name in ("starts_at", "ends_at", "cancel_before")}
    plain = {name: row[name] for name in ("id", "number", "party_size", "status", "price_fen")}
    return answer(**plain, **times, unit=row["unit_id"], member=row["member_id"], paid=not row["price_fen"])


def answer(*, starts_at, ends_at, cancel_before, **fields) -> dict:
    times = {"starts_at": starts_at, "ends_at": ends_at, "cancel_before": cancel_before}
    shown = fields | {name: when.astimezone(SHANGHAI).isoformat() for name, when in times.items()}
    return {name: shown[name] for name in ORDER}


ORDER = (
    "id",
    "number",
    "unit",
    "member",
    "starts_at",
    "ends_at",
    "party_size",
    "status",
    "price_fen",
    "paid",
    "cancel_before",
)
