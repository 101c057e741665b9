"""Who may do what with bookings (docs/roles.md)."""

from palace.accounts.roles import Role, grant

DESK, MANAGER, DIRECTOR, FINANCE = Role.DESK, Role.VENUE_MANAGER, Role.DIRECTOR, Role.FINANCE


def declare():
    grant("bookings.see", DESK, MANAGER, DIRECTOR, FINANCE)
    grant("bookings.book_for", DESK, MANAGER)
    grant("bookings.cancel", DESK, MANAGER)
    grant("bookings.check_in", DESK, MANAGER)
    grant("bookings.approve", MANAGER, DIRECTOR)
    grant("bookings.take_payment", DESK, FINANCE)
    grant("bookings.refund", FINANCE, MANAGER)
    grant("bookings.export", MANAGER, DIRECTOR)
    grant("desk.view", DESK, MANAGER, DIRECTOR)
