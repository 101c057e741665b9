import os

from django.core.management.base import BaseCommand, CommandError

from palace.core import translations
from palace.core.actor import acting
from palace.demo.data import load


class Command(BaseCommand):
    help = "Load demonstration data: --fortnight first, then --history. Both may be run again; nothing is doubled."
    requires_system_checks = []  # a start must be quick; the web process runs them

    def add_arguments(self, parser):
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--fortnight", action="store_true", help="palaces, people, today and the coming days")
        what.add_argument("--history", action="store_true", help="the past sixty days, with progress")
        parser.add_argument("--scale", type=float, default=1.0, help="share of people and bookings, for tests")
        parser.add_argument("--days", type=int, default=load.DAYS_PAST, help="days of history")

    def handle(self, *, fortnight, scale, days, **options):
        try:
            with acting(source="command:load_demo"):
                if fortnight:
                    load.fortnight(scale=scale, say=self.say)
                else:
                    load.history(scale=scale, days=days, say=self.say)
        except load.TooFull as full:
            raise CommandError(str(full)) from full

    def say(self, text: str, **values) -> None:
        """A whole line at once, in the language of the terminal or of the launcher."""
        word = translations.speaker(os.environ.get("DEMO_LANG") or translations.language_of_terminal())
        self.stdout.write(word(text) % values)
        self.stdout.flush()
