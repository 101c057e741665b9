"""People are audited without their personal data: the changed fields are named, their values left out."""

from django.db import migrations

from palace.core.sql import audited, revoked

USER = ("phone", "email", "name", "password", "last_login")
MEMBER = ("name", "pinyin", "contact_phone", "card_number", "employer", "refusal")
ROSTER = ("name", "phone", "card_number", "employer")


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial"), ("core", "0002_audit_and_ledger")]

    operations = [
        audited("accounts_user", *USER),
        audited("accounts_member", *MEMBER),
        audited("accounts_rosterentry", *ROSTER),
        audited("accounts_hardshipfile", "*"),
        audited("accounts_identitynumber", "*"),
        audited("accounts_roleassignment"),
        # Deleting stays possible: the erasure of a person takes his access log along.
        revoked("UPDATE, TRUNCATE", "accounts_personalread"),
    ]
