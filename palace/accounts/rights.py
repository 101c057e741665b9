"""Who may do what with people (docs/roles.md). Hardship files: docs/decisions/hardship-files.md."""

from .roles import Role, grant

DESK, MANAGER, DIRECTOR = Role.DESK, Role.VENUE_MANAGER, Role.DIRECTOR


def declare() -> None:
    grant("accounts.find_member", DESK, MANAGER, DIRECTOR)
    grant("accounts.verify_member", DESK, MANAGER)
    grant("accounts.edit_member", DESK, MANAGER)
    grant("accounts.reset_access", DESK, MANAGER)
    grant("accounts.see_hardship", DIRECTOR)
    grant("accounts.edit_hardship", DIRECTOR)
    grant("accounts.edit_roster", MANAGER)
    grant("accounts.export", MANAGER)
    grant("accounts.manage_roles", Role.ADMIN)
    grant("accounts.decide_role", Role.ADMIN, DIRECTOR)
