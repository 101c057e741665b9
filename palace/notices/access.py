"""What the owner of an account is told about his access. The topics are written by ``palace.accounts.services``."""

from datetime import datetime, timedelta

from palace.accounts.limits import spoken
from palace.accounts.models import FactorReset, RoleAssignment, RoleState, User
from palace.accounts.permissions import deciders
from palace.core.navigation import address
from palace.core.wording import clock_text, date_text, local_day, local_text, masked_number

from .services import notify_account

KINDS = {"password": "locked_out", "second_factor": "factor_locked_out"}


def say_locked_out(outbox) -> None:
    """Nothing where the number that was tried has no account."""
    user, wait = User.objects.filter(pk=outbox.payload["user"]).first(), timedelta(seconds=outbox.payload["seconds"])
    if user:
        kind = KINDS[outbox.payload["kind"]]
        told = {"kind": kind, "user": user, "outbox": outbox, "link": address("me_password")}
        notify_account(facts=lambda: {"when": when(outbox.created_at), "wait": spoken(wait)}, **told)


def say_phone_changed(outbox) -> None:
    """By SMS to the number that was; in the portal too."""
    user = User.objects.filter(pk=outbox.payload["user"]).first()
    if user:
        told = {"kind": "phone_changed", "user": user, "outbox": outbox, "link": address("me_sessions")}
        facts = {"phone": masked_number(user.phone or "")}
        notify_account(facts=lambda: facts | {"when": when(outbox.created_at)}, phone=outbox.payload["phone"], **told)


def say_factor_reset(outbox) -> None:
    reset = FactorReset.objects.select_related("user").get(pk=outbox.payload["reset"])
    told = {"kind": "factor_reset", "user": reset.user, "outbox": outbox, "link": address("me_sessions")}
    notify_account(facts=lambda: {"when": when(reset.at), "reason": reset.reason}, **told)


def say_role_requested(outbox) -> None:
    """To everybody who may decide; nothing where somebody has decided already."""
    rows = RoleAssignment.objects.select_related("user", "requested_by", "palace__union", "union")
    asked = rows.filter(pk=outbox.payload["role"], state=RoleState.PENDING).first()
    if asked is None:
        return
    link = address("admin:accounts_roleassignment_change", asked.pk)
    for user in deciders(asked):
        notify_account(kind="role_requested", user=user, facts=lambda: role_facts(asked), outbox=outbox, link=link)


def role_facts(asked: RoleAssignment) -> dict:
    where = local_text(asked.palace or asked.union, "name")
    people = {"by": asked.requested_by.name, "name": asked.user.name}  # type: ignore[union-attr]
    return {**people, "role": asked.get_role_display(), "where": where, "reason": asked.reason}


def when(at: datetime) -> str:
    return f"{date_text(local_day(at))} {clock_text(at)}"
