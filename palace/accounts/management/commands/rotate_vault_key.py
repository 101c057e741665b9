"""manage.py rotate_vault_key: put the vault under a new VAULT_KEY (docs/operations.md, "Keys")."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from palace.accounts.rotation import rotate
from palace.core.actor import acting


class Command(BaseCommand):
    help = "Encrypt what lies under VAULT_OLD_KEYS with VAULT_KEY. May be broken off, and run again."

    def handle(self, *args, **options):
        if not settings.VAULT_KEY:
            raise CommandError("Set VAULT_KEY to the new key first, and VAULT_OLD_KEYS to the old one.")
        with acting(source="command:rotate_vault_key"):
            outcome = rotate(lambda moved: self.stdout.write(f"{moved} moved"))
        for key, rows in outcome.missing.items():
            self.stderr.write(
                f"{rows} rows lie under the key {key}, which is not in VAULT_OLD_KEYS: they stay as they are."
            )
        for member in outcome.twice:
            self.stderr.write(f"Member {member} holds the ID number of another member: decide at the desk whose it is.")
        for member in outcome.broken:
            self.stderr.write(
                f"The ID number of member {member} does not open: somebody changed the row. Take it anew."
            )
        if not outcome.complete:
            raise CommandError("Not finished. Mend the above and run it again; keep the old key.")
        self.stdout.write("Done. Nothing lies under an old key any more: VAULT_OLD_KEYS may be emptied.")
