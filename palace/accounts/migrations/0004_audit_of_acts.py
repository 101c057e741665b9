"""Acts of staff and consents are kept as they were written; a person's erasure takes them along."""

from django.db import migrations

from palace.core.sql import audited, revoked


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_codes_and_acts")]

    operations = [
        audited("accounts_staffact", "reason"),
        audited("accounts_consent"),
        revoked("UPDATE, TRUNCATE", "accounts_staffact", "accounts_consent"),
    ]
