"""Money: each movement sums to zero, a receipt counts once, and nothing of it changes."""

import psycopg
import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction

from palace.core.models import LedgerEntry, LedgerTransaction

from ..factories import make_palace, make_user

pytestmark = pytest.mark.invariant


def movement(amounts, *, palace=None, number="R1"):
    palace, user = palace or make_palace(), make_user()
    with transaction.atomic():
        entry = LedgerTransaction.objects.create(
            palace_id=palace.pk, subject="booking", subject_id=1, kind="payment", receipt_number=number, by=user
        )
        for amount in amounts:
            LedgerEntry.objects.create(transaction=entry, account="cash", amount_fen=amount)
        connection.check_constraints()
    return entry


@pytest.mark.django_db
def test_ledger_transaction_that_balances_is_kept():
    assert [e.amount_fen for e in movement([500, -500]).entries.order_by("id")] == [500, -500]


@pytest.mark.django_db
@pytest.mark.parametrize("amounts", [[500], [500, -499], [0, 0]])
def test_ledger_transaction_that_does_not_balance_is_refused(amounts):
    with pytest.raises(DatabaseError):
        movement(amounts)


@pytest.mark.django_db
def test_ledger_receipt_number_counts_once_a_palace():
    palace = make_palace()
    movement([1, -1], palace=palace)
    twin = LedgerTransaction(
        palace_id=palace.pk, subject="booking", subject_id=2, kind="payment", receipt_number="R1", by=make_user()
    )
    with pytest.raises(ValidationError) as refused:
        twin.full_clean()
    assert refused.value.error_dict["__all__"][0].code == "receipt_used"
    with pytest.raises(DatabaseError), transaction.atomic():
        movement([1, -1], palace=palace)
    assert movement([1, -1]).receipt_number == "R1"


def test_ledger_transaction_takes_no_entry_after_its_commit(fresh_db):
    done = movement([500, -500])
    later = "INSERT INTO core_ledgerentry (transaction_id, account, amount_fen) VALUES (%s, 'cash', 100), (%s, 'cash', -100)"
    with psycopg.connect(fresh_db.app, autocommit=True) as app:
        with pytest.raises(psycopg.errors.CheckViolation) as refused:
            app.execute(later, [done.pk, done.pk])
        assert refused.value.diag.constraint_name == "ledger_complete"
        with psycopg.connect(fresh_db.owner, autocommit=True) as owner:
            owner.execute("ALTER TABLE core_ledgerentry DISABLE TRIGGER ledger_balanced")
        app.execute(later, [done.pk, done.pk])  # negative control


@pytest.mark.parametrize("table", ["core_ledgerentry", "core_ledgertransaction"])
@pytest.mark.parametrize("verb", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_ledger_refuses_change_to_application_and_owner(fresh_db, table, verb):
    movement([500, -500])
    with psycopg.connect(fresh_db.app, autocommit=True) as app, pytest.raises(psycopg.errors.InsufficientPrivilege):
        app.execute(verb.format(table))
    with psycopg.connect(fresh_db.owner, autocommit=True) as owner, pytest.raises(psycopg.errors.CheckViolation):
        owner.execute(verb.format(table))
