"""Who may change the house (docs/roles.md)."""

from palace.accounts.roles import Role, grant

DESK, MANAGER, DIRECTOR = Role.DESK, Role.VENUE_MANAGER, Role.DIRECTOR


def declare():
    grant("venues.see", DESK, MANAGER, DIRECTOR, Role.COORDINATOR, Role.FINANCE)
    grant("venues.edit", MANAGER)
    grant("venues.set_prices", MANAGER, DIRECTOR)
    grant("venues.close", MANAGER, DESK)
    grant("venues.export", MANAGER, DIRECTOR)
    grant("system.set_calendar", Role.ADMIN)
