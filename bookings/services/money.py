"""Payment and refund at the desk, in the ledger."""

from datetime import datetime

from django.db import IntegrityError, transaction

from palace.core.models import LedgerAccount, LedgerEntry, LedgerTransaction
from palace.core.wording import money_text

from ..models import Booking, BookingStatus
from ..refusals import refuse


@transaction.atomic
def take_payment(
    *, booking: Booking, by, amount_fen: int, account: str, receipt_number: str, now: datetime | None = None
) -> LedgerTransaction:
    """Money came in at the desk. Raises ``wrong_amount``, ``receipt_required``, ``not_active``; a used receipt number is refused by the ledger."""
    booking = Booking.objects.select_for_update().get(pk=booking.pk)
    if booking.status == BookingStatus.CANCELLED:
        raise refuse("not_active")
    if not booking.due_fen:
        raise refuse("not_payable")
    if not 0 < amount_fen <= booking.due_fen:
        raise refuse("wrong_amount", most=money_text(booking.due_fen))
    return book_money(booking, "payment", amount_fen, account, receipt_number, by, "", now)


@transaction.atomic
def refund(
    *, booking: Booking, by, amount_fen: int, account: str, receipt_number: str, reason: str, owed_again: bool = False
) -> LedgerTransaction:
    """Money goes back, never more than came in, and the member does not owe it again.

    ``owed_again``: it was taken by mistake, so the price is open as before.
    """
    booking = Booking.objects.select_for_update().get(pk=booking.pk)
    if not reason.strip():
        raise refuse("reason_required")
    if not booking.paid_fen:
        raise refuse("nothing_paid")
    if not 0 < amount_fen <= booking.paid_fen:
        raise refuse("wrong_refund", most=money_text(booking.paid_fen))
    if not owed_again and booking.status != BookingStatus.CANCELLED:
        booking.waived_fen += amount_fen
    return book_money(booking, "refund", -amount_fen, account, receipt_number, by, reason.strip())


def book_money(
    booking: Booking,
    kind: str,
    amount_fen: int,
    account: str,
    receipt_number: str,
    by,
    memo: str,
    now: datetime | None = None,
) -> LedgerTransaction:
    """Two entries that sum to zero, and the booking's paid amount with them. ``amount_fen`` is negative for a refund."""
    if not receipt_number.strip():
        raise refuse("receipt_required")
    entry = LedgerTransaction(
        palace_id=booking.palace_id,
        subject="booking",
        subject_id=booking.pk,
        kind=kind,
        receipt_number=receipt_number.strip(),
        memo=memo,
        by=by,
        **({"at": now} if now else {}),
    )
    entry.full_clean()
    save_once(entry)
    LedgerEntry.objects.bulk_create(
        [
            LedgerEntry(transaction=entry, account=account, amount_fen=amount_fen),
            LedgerEntry(transaction=entry, account=LedgerAccount.INCOME_BOOKING, amount_fen=-amount_fen),
        ]
    )
    booking.paid_fen += amount_fen
    booking.save(update_fields=["paid_fen", "waived_fen"])
    return entry


def save_once(entry: LedgerTransaction) -> None:
    """A receipt number written by a colleague between the check and now is refused in the same words."""
    try:
        with transaction.atomic():
            entry.save()
    except IntegrityError:
        entry.full_clean()
        raise
