"""Who comes in to the pages that mix apps, and where the other faces begin."""

from django.utils.translation import gettext_lazy as _

from palace.accounts.access import ANY_STAFF, PUBLIC, open_routes
from palace.accounts.roles import OFFICIALS, STAFF, Role, grant
from palace.core.navigation import offer_desk_page, offer_face


def declare() -> None:
    open_routes({"home": PUBLIC, "styleguide": PUBLIC, "set_preferences": PUBLIC})
    open_routes({"healthz_live": PUBLIC, "healthz_ready": PUBLIC, "media": PUBLIC})
    open_routes({"admin:*": ANY_STAFF, "admin:login": PUBLIC, "admin:logout": PUBLIC})
    grant("unions.see", *STAFF, Role.ADMIN)
    grant("unions.edit_palace", Role.VENUE_MANAGER, Role.DIRECTOR)
    grant("unions.manage", Role.ADMIN)
    grant("core.see_audit", Role.DIRECTOR, Role.AUDITOR)
    grant("core.see_ledger", Role.FINANCE, Role.DIRECTOR, Role.AUDITOR)
    grant("core.export_ledger", Role.FINANCE)
    grant("core.see_system", Role.ADMIN)
    grant("core.try_again", Role.ADMIN)
    grant("overview.see", *OFFICIALS, Role.AUDITOR)
    open_routes({"overview": "overview.see"})
    offer_face("admin:core_auditentry_changelist", _("Audit"), audits_a_union)
    offer_face("overview", _("Palaces below"), lambda user: user.holds("overview.see"))
    offer_face("desk_announcements", _("Desk"), only_announces)
    offer_face("admin:index", _("Registers"), keeps_registers)
    offer_desk_page("admin:index", _("Registers"), "unions.see", position=90)


def keeps_registers(user) -> bool:
    return user.is_superuser or bool(user.palaces_with("unions.see") or user.palaces_with("core.see_audit"))


def audits_a_union(user) -> bool:
    return bool(user.palaces_with("core.see_audit", by_union=True))


def only_announces(user) -> bool:
    """Who sees neither the day nor the bookings begins on the wall of announcements."""
    return bool(user.palaces_with("notices.edit_announcement")) and not user.palaces_with("bookings.see")
