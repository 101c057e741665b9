"""The sign-ins of the demonstration, for the terminal and for whoever tries it: accounts.json and newcomer.json."""

import json
import os
from pathlib import Path

from django.conf import settings

from palace.accounts.models import Member, RoleAssignment, RosterEntry
from palace.accounts.phones import shown
from palace.demo.catalogue import MAIN

from .people import PASSWORD

LISTED = 100


def write(folder: Path | None = None) -> Path:
    """All roles first, then members of the main palace. Only the owner of the folder may read it."""
    folder = Path(folder or settings.DATA_DIR)
    folder.mkdir(parents=True, exist_ok=True)
    write_private(folder / "newcomer.json", newcomer())
    return write_private(folder / "accounts.json", [*staff(), *members()])


def staff() -> list[dict]:
    rows = RoleAssignment.objects.in_force().select_related("user", "palace").order_by("pk")
    return [entry(a.role, a.user, a.palace.slug if a.palace else "") for a in rows]


def members() -> list[dict]:
    """Verified members of the main palace without a role, those with children among them."""
    rows = Member.objects.verified().filter(registered_palace__slug=MAIN.slug, guardian=None, user__roles=None)
    return [entry("member", m.user, MAIN.slug) for m in rows.select_related("user").order_by("pk")[:LISTED]]


def entry(role: str, user, palace: str) -> dict:
    return {"role": role, "phone": shown(user.phone), "password": PASSWORD, "name": user.name, "palace": palace}


def newcomer() -> dict:
    """Somebody on a roster who has no account: registering with this verifies at once."""
    free = RosterEntry.objects.filter(member=None, name__regex="^[\u4e00-\u9fff]{3}$")
    line = (
        free.exclude(card_number__in=Member.objects.exclude(card_number=None).values("card_number"))
        .order_by("pk")
        .first()
    )
    if line is None:
        return {}
    return {
        "name": line.name,
        "phone": shown(line.phone),
        "card_number": line.card_number,
        "employer": line.employer,
    }


def write_private(file: Path, value) -> Path:
    fresh = file.with_name(f"{file.name}.new")
    fresh.unlink(missing_ok=True)
    with open(os.open(fresh, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
        json.dump(value, out, ensure_ascii=False, indent=1)
    fresh.replace(file)
    return file
