"""manage.py reset_second_factor PHONE: for staff who lost the phone and the recovery codes."""

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from palace.accounts.models import User
from palace.accounts.phones import normalise
from palace.accounts.services.access import reset_second_factor
from palace.core.actor import acting


class Command(BaseCommand):
    help = "Disconnect the authenticator app of an account; it connects a new one at its next sign-in."

    def add_arguments(self, parser):
        parser.add_argument("phone")
        parser.add_argument("--reason", default="manage.py", help="why; the owner of the account reads it")

    def handle(self, *args, phone, reason, **options):
        try:
            user = User.objects.get(phone=normalise(phone))
        except (ValidationError, User.DoesNotExist) as error:
            raise CommandError("No account has this number.") from error
        with acting(source="command:reset_second_factor"):
            reset_second_factor(user=user, by=None, reason=reason)
        self.stdout.write("Done. At the next sign-in the account connects a new app.")
