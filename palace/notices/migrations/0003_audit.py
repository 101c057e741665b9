"""Announcements are audited: who hung up what, and changed it."""

from django.db import migrations

from palace.core.sql import audited


class Migration(migrations.Migration):
    dependencies = [("notices", "0002_message_until"), ("core", "0002_audit_and_ledger")]

    operations = [audited("notices_announcement")]
