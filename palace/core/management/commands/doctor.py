import sys
from collections import Counter

from django.core.management.base import BaseCommand
from django.utils import translation
from django.utils.translation import gettext as _

from palace.core import doctor
from palace.core.translations import language_of_terminal

SIGNS = {doctor.GOOD: "✓", doctor.NOTE: "·", doctor.WARNING: "!", doctor.MISSING: "✗"}


class Command(BaseCommand):
    help = "Check this installation: what is missing, and what to do about it."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("--lang", choices=["zh", "en"], default=language_of_terminal())

    def handle(self, *args, lang, **options):
        """Ends with exit code 1 when something is missing; a note or a warning alone ends with 0."""
        with translation.override({"zh": "zh-hans", "en": "en"}[lang]):
            findings = doctor.examine()
            for found in findings:
                self.show(found)
            count = Counter(found.level for found in findings)
            self.stdout.write(verdict(count[doctor.MISSING], count[doctor.WARNING]))
        if count[doctor.MISSING]:
            sys.exit(1)

    def show(self, found):
        self.stdout.write(f"{SIGNS[found.level]} {found.what}")
        if found.what_to_do:
            self.stdout.write(f"  → {found.what_to_do}")


def verdict(missing: int, weak: int) -> str:
    if missing and weak:
        return _("Missing: %(missing)s. Weak: %(weak)s.") % {"missing": missing, "weak": weak}
    if missing:
        return _("Missing: %(count)s") % {"count": missing}
    if weak:
        return _("Nothing is missing. Weak: %(count)s, marked with !") % {"count": weak}
    return _("All is in place.")
