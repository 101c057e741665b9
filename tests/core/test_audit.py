"""The audit: every change has its actor, no personal values, and nobody rewrites it."""

import psycopg
import pytest

from palace.core.actor import acting
from palace.core.models import AuditEntry

from ..factories import make_member, make_palace, make_user

pytestmark = pytest.mark.invariant


@pytest.mark.django_db
def test_audit_names_actor_of_orm_write():
    user = make_user()
    with acting(user_id=user.pk, source="web", request_id="r1", address="10.0.0.7"):
        palace = make_palace()
    entry = AuditEntry.objects.get(table_name="unions_palace", row_id=str(palace.pk))
    assert (entry.actor_id, entry.source, entry.request_id, entry.address, entry.action) == (
        user.pk,
        "web",
        "r1",
        "10.0.0.7",
        "insert",
    )


@pytest.mark.django_db
def test_audit_keeps_before_and_after_of_bulk_update():
    palace = make_palace(name="旧名")
    with acting(source="command:rename"):
        type(palace).objects.filter(pk=palace.pk).update(name="新名")
    entry = AuditEntry.objects.filter(table_name="unions_palace", action="update").get()
    assert (entry.changed, entry.before, entry.after, entry.source) == (
        ["name"],
        {"name": "旧名"},
        {"name": "新名"},
        "command:rename",
    )


@pytest.mark.django_db
def test_audit_leaves_personal_values_out():
    member = make_member(name="赵小兰")
    type(member).objects.filter(pk=member.pk).update(name="赵小兰兰", employer="别处")
    entry = AuditEntry.objects.filter(table_name="accounts_member", action="update").get()
    assert (entry.changed, entry.before, entry.after) == (["employer", "name"], {}, {})


@pytest.mark.parametrize(
    "statement", ["UPDATE core_auditentry SET source = ''", "DELETE FROM core_auditentry", "TRUNCATE core_auditentry"]
)
def test_audit_refuses_change_to_application_and_owner(fresh_db, statement):
    make_palace()
    with psycopg.connect(fresh_db.app, autocommit=True) as app, pytest.raises(psycopg.errors.InsufficientPrivilege):
        app.execute(statement)
    with psycopg.connect(fresh_db.owner, autocommit=True) as owner, pytest.raises(psycopg.errors.CheckViolation):
        owner.execute(statement)
