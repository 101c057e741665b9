from django.core.management.base import BaseCommand

from palace.notices.texts import sms_kinds, sms_text


class Command(BaseCommand):
    help = "Print the SMS templates, to be handed to the provider for approval; their codes go into SMS_TEMPLATES."
    requires_system_checks = []

    def handle(self, **options):
        for kind in sms_kinds():
            self.stdout.write(f"{kind}\t{sms_text(kind, 'zh-hans')}")
            self.stdout.write(f"{kind}.en\t{sms_text(kind, 'en')}")
