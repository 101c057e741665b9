"""The table of roles and its document."""

from pathlib import Path

import pytest
from django.core.management import call_command

from palace.accounts.access import ROUTES, open_routes
from palace.accounts.roles import RIGHTS, Role, grant, roles_with

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "roles.md"


def test_document_is_current(capsys):
    call_command("print_roles")
    assert capsys.readouterr().out == DOCUMENT.read_text(), "run: manage.py print_roles > docs/roles.md"


def test_right_is_declared_once():
    with pytest.raises(ValueError, match="declared twice"):
        grant("accounts.find_member", Role.ADMIN)


def test_route_has_one_line():
    with pytest.raises(ValueError, match="two lines"):
        open_routes({"me": "public"})


def test_unknown_right_is_an_error():
    with pytest.raises(KeyError):
        roles_with("accounts.nothing")


def test_every_route_names_a_right_that_exists():
    assert {who for who in ROUTES.values() if who not in {"public", "signed_in", "any_staff"}} - set(RIGHTS) == set()


def test_administrator_of_the_system_sees_no_business_content():
    assert {
        right
        for right, roles in RIGHTS.items()
        if Role.ADMIN in roles and right.split(".")[0] in {"bookings", "venues", "desk"}
    } == set()
    assert {
        right
        for right in ("accounts.find_member", "accounts.see_hardship", "accounts.verify_member")
        if Role.ADMIN in roles_with(right)
    } == set()


def test_officials_see_no_persons():
    officials = {Role.OFFICIAL_COUNTY, Role.OFFICIAL_CITY, Role.OFFICIAL_PROVINCE}
    assert {right for right, roles in RIGHTS.items() if right.startswith("accounts.") and roles & officials} == set()
