"""After a lock-out the owner of the account hears of it; whoever tried learns nothing, not even that there is one."""

from datetime import timedelta

from django.db import transaction

from palace.accounts.limits import ATTEMPTS, is_first_notice, note_failure, wait_after_failures
from palace.accounts.models import User
from palace.core.outbox import put

PASSWORD, FACTOR = "password", "second_factor"


def note_wrong_password(*, phone: str, place: str = "", pause_here: tuple[timedelta, timedelta] | None = None) -> None:
    """Count a wrong password of ``phone``. ``pause_here``: since when the network address ``place`` is shut out, how long yet.

    A number without an account costs the same queries and writes the same rows.
    """
    note_failure(PASSWORD, phone)
    wait_today = wait_after_failures(PASSWORD, phone)
    if wait_today:
        tell_owner(PASSWORD, User.objects.filter(phone=phone).first(), phone, wait_today, ATTEMPTS[PASSWORD][1])
    elif pause_here:
        ago, wait = pause_here
        tell_owner(PASSWORD, User.objects.filter(phone=phone).first(), f"{phone} {place}", wait, ago)


def note_wrong_factor(*, user: User) -> None:
    """Count a wrong second factor: whoever typed it had the password."""
    subject = str(user.pk)
    note_failure(FACTOR, subject)
    wait = wait_after_failures(FACTOR, subject)
    if wait:
        tell_owner(FACTOR, user, subject, wait, ATTEMPTS[FACTOR][1])


@transaction.atomic
def tell_owner(kind: str, user: User | None, subject: str, wait: timedelta, ago: timedelta) -> None:
    """Once for each lock-out of ``subject``, which began ``ago`` at most."""
    if is_first_notice(f"{kind} {subject}", ago):
        seconds = round(wait.total_seconds())
        put("locked_out", {"user": user.pk if user else None, "kind": kind, "seconds": seconds})
