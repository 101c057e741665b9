from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from palace.notices.standin import StandIn


class Command(BaseCommand):
    help = "Stand in for the SMS provider on 127.0.0.1: nothing leaves this machine."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("--port", type=int, required=True)
        parser.add_argument("--data", type=Path, help="file that keeps the messages across a restart")
        parser.add_argument("--per-minute", type=int, default=0, help="most messages for a number, 0 for no limit")

    def handle(self, *, port, data, per_minute, **options):
        keys = {"key_id": settings.SMS_ACCESS_KEY_ID, "secret": settings.SMS_ACCESS_KEY_SECRET}
        try:
            server = StandIn(port, per_minute=per_minute, file=data, **keys)
        except OSError as error:
            raise CommandError(f"Port {port} cannot be used: {error.strerror}.") from error
        self.stdout.write(f"{server.address}messages")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            server.server_close()
