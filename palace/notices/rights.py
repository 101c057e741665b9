"""Who may do what with announcements and long jobs (docs/roles.md)."""

from palace.accounts.roles import STAFF, Role, grant


def declare() -> None:
    grant("notices.edit_announcement", Role.VENUE_MANAGER, Role.COORDINATOR, Role.DIRECTOR)
    grant("notices.see_messages", Role.DESK, Role.VENUE_MANAGER, Role.DIRECTOR)
    grant("notices.see_jobs", *STAFF, Role.ADMIN)
