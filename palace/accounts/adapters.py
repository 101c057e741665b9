"""What django-allauth asks us about the second factor."""

from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.exceptions import InvalidTag
from django.utils.translation import gettext as _

from .phones import shown
from .vault import KeyMissing, decrypt, encrypt, key_id, secrets

BELONGS_TO = "second factor"


def key_of(text: str) -> str:
    """The id of the key under which ``text`` lies; empty for what was written before keys had ids."""
    return text.partition(":")[0] if ":" in text else ""


class SecondFactorAdapter(DefaultMFAAdapter):
    """Keys of authenticator apps lie encrypted in the database."""

    def encrypt(self, text):
        return f"{key_id()}:{encrypt(text, BELONGS_TO).hex()}"

    def decrypt(self, encrypted_text):
        """Raises ``KeyMissing``."""
        data = bytes.fromhex(encrypted_text.rpartition(":")[2])
        for key in [key_of(encrypted_text)] if key_of(encrypted_text) else secrets():
            try:
                return decrypt(data, BELONGS_TO, key)
            except InvalidTag:
                continue
        raise KeyMissing(key_of(encrypted_text) or "?")

    def get_totp_label(self, user):
        return shown(user.phone) or user.name

    def get_totp_issuer(self):
        return _("Workers' cultural palace")
