"""manage.py print_roles: who may do what, as docs/roles.md shows it."""

from django.core.management.base import BaseCommand

from palace.accounts.role_table import document


class Command(BaseCommand):
    help = "Print the table of roles, rights and pages."
    requires_system_checks = ()

    def handle(self, *args, **options):
        self.stdout.write(document(), ending="")
