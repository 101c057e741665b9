import sys

from django.core.management.base import BaseCommand

from palace.demo.launcher import main


class Command(BaseCommand):
    help = "Start the whole demonstration on this machine; see make demo."
    requires_system_checks = []

    def run_from_argv(self, argv):
        """The launcher reads its own options: it also runs where Django is not set up."""
        sys.exit(main(argv[2:]))
