import os

from django.core.management.base import BaseCommand, CommandError
from django.db import InterfaceError, OperationalError

from palace.core import translations
from palace.core.actor import acting
from palace.demo.data import load

STOPPED = "Stopped. The next start goes on where this one ended."
DATABASE_GONE = "The database went away: %(reason)s. The next start goes on where this one ended."
INTERRUPTED = 130  # as shells say it


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
        except KeyboardInterrupt:
            raise CommandError(self.word(STOPPED), returncode=INTERRUPTED) from None
        except (OperationalError, InterfaceError) as error:  # Ctrl-C reaches a database of the same terminal too
            reason = {"reason": str(error).strip().partition("\n")[0]}
            raise CommandError(self.word(DATABASE_GONE) % reason) from error

    def say(self, text: str, **values) -> None:
        """A whole line at once."""
        self.stdout.write(self.word(text) % values)
        self.stdout.flush()

    def word(self, text: str) -> str:
        """In the language of the terminal or of the launcher."""
        return translations.speaker(os.environ.get("DEMO_LANG") or translations.language_of_terminal())(text)
