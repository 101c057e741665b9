"""The log of who read whose data: shown to the person, and to nobody who could change it."""

from palace.accounts.models import Member, PersonalRead, User


def log_reads(*, user: User, palace, members: list[Member], what: str) -> None:
    """One row for every person found; a search without result leaves one row with 0 persons."""
    rows = [PersonalRead(user=user, palace=palace, member=member, what=what) for member in members]
    PersonalRead.objects.bulk_create(rows or [PersonalRead(user=user, palace=palace, what=what, rows=0)])
