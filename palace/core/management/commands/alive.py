import sys

from django.core.management.base import BaseCommand

from palace.core import heartbeat


class Command(BaseCommand):
    help = "Exit code 0 if the worker or beat showed a sign of life in the last minute, else 1."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("name", choices=["worker", "beat"])

    def handle(self, *args, name, **options):
        if not heartbeat.is_alive(name):
            sys.exit(1)
