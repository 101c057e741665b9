"""What the documents promise is there, and what is there is documented."""

import re
import subprocess
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection

ROOT = Path(__file__).resolve().parent.parent
OURS = {"core", "unions", "accounts", "notices", "venues", "bookings"}


@pytest.mark.django_db
def test_every_constraint_is_in_the_invariants():
    text = (ROOT / "docs/invariants.md").read_text()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND (contype = 'x' OR array_length(conkey, 1) > 1 AND contype = 'f')"
        )
        names = {row[0] for row in cursor.fetchall()}
    for model in apps.get_models():
        if model._meta.app_label in OURS:
            names |= {c.name for c in model._meta.constraints}
    keys_for_composites = {"site_in_palace", "venue_in_palace", "space_in_palace", "space_in_venue", "unit_in_palace"}
    assert sorted(n for n in names - keys_for_composites if f"`{n}`" not in text) == []


def test_every_setting_from_the_environment_is_documented():
    text = (ROOT / "docs/operations.md").read_text()
    settings = (ROOT / "palace/settings.py").read_text()
    names = set(re.findall(r'(?:env\.\w+|required)\(\s*"([A-Z_]+)"', settings))
    assert sorted(n for n in names if f"`{n}`" not in text) == []


@pytest.mark.parametrize(
    "document", sorted(p.relative_to(ROOT).as_posix() for p in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
)
def test_links_in_documents_lead_somewhere(document):
    text = (ROOT / document).read_text()
    targets = [t for t in re.findall(r"\]\(([^)#\s]+)", text) if "://" not in t and not t.startswith("mailto:")]
    assert [t for t in targets if not ((ROOT / document).parent / t).exists()] == []
    mentioned = re.findall(r"`((?:tests|docs|palace|venues|bookings)/[\w/]+\.\w+)`", text)
    assert [m for m in mentioned if not (ROOT / m).exists()] == []


def test_uploads_come_back_as_they_were(tmp_path):
    """The two commands of "Back up and restore", with folders here in the place of the containers' own."""
    text = (ROOT / "docs/operations.md").read_text()
    save, restore = re.findall(r"web sh -c '([^']+)' [<>] media\.tar", text)
    old, new, tar = tmp_path / "old", tmp_path / "new", tmp_path / "media.tar"
    (old / "media/palaces").mkdir(parents=True)
    (old / "media/palaces/楼.jpg").write_bytes(b"picture")
    with tar.open("wb") as output:
        subprocess.run(["sh", "-c", save.replace("/data", str(old))], stdout=output, check=True)
    with tar.open("rb") as source:
        subprocess.run(["sh", "-c", restore.replace("/data", str(new))], stdin=source, check=True)
    assert {p.relative_to(new).as_posix() for p in new.rglob("*.*")} == {"media/palaces/楼.jpg"}
