"""Who may do what, as one table.

A *right* is a short text such as ``bookings.check_in``. Each app declares its rights with the roles that hold them in
its ``rights.py`` and registers them in ``AppConfig.ready()``; ``docs/roles.md`` is printed from the same table. A role
is held for one palace, or for a union and thereby for its whole subtree (officials); the right reaches as far.
"""

from django.db import models
from django.utils.translation import pgettext_lazy


class Role(models.TextChoices):
    DESK = "desk", pgettext_lazy("role", "front desk")
    VENUE_MANAGER = "venue_manager", pgettext_lazy("role", "venue manager")
    COORDINATOR = "coordinator", pgettext_lazy("role", "course coordinator")
    LECTURER = "lecturer", pgettext_lazy("role", "lecturer")
    PARTNER = "partner", pgettext_lazy("role", "partner contact")
    EVALUATOR = "evaluator", pgettext_lazy("role", "evaluator")
    FINANCE = "finance", pgettext_lazy("role", "finance")
    DIRECTOR = "director", pgettext_lazy("role", "director")
    ASSET_OFFICER = "asset_officer", pgettext_lazy("role", "asset officer")
    OFFICIAL_COUNTY = "official_county", pgettext_lazy("role", "county union official")
    OFFICIAL_CITY = "official_city", pgettext_lazy("role", "city union official")
    OFFICIAL_PROVINCE = "official_province", pgettext_lazy("role", "province union official")
    AUDITOR = "auditor", pgettext_lazy("role", "discipline inspection")
    CLUB_OFFICER = "club_officer", pgettext_lazy("role", "club officer")
    ADMIN = "admin", pgettext_lazy("role", "system administrator")


# Roles that work for one palace and sign in with a second factor; the others of the list see unions or one task.
STAFF = frozenset({Role.DESK, Role.VENUE_MANAGER, Role.COORDINATOR, Role.FINANCE, Role.DIRECTOR})
OFFICIALS = frozenset({Role.OFFICIAL_COUNTY, Role.OFFICIAL_CITY, Role.OFFICIAL_PROVINCE})
# They hold a role in the house without belonging to its staff.
GUESTS = frozenset({Role.PARTNER, Role.LECTURER, Role.CLUB_OFFICER, Role.EVALUATOR})
MEMBER = "member"  # everybody who signed in; not stored, so nobody can lose it

RIGHTS: dict[str, frozenset[str]] = {}


def grant(right: str, *roles: str) -> None:
    """Declare ``right`` and the roles that hold it. A right is declared once."""
    if right in RIGHTS and RIGHTS[right] != frozenset(roles):
        raise ValueError(f"{right} is declared twice")
    RIGHTS[right] = frozenset(roles)


def roles_with(right: str) -> frozenset[str]:
    """Roles that hold ``right``; an unknown right is a programming error, never a silent yes or no."""
    return RIGHTS[right]
