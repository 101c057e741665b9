"""The vault of ID numbers: stored to tell one person from another, never shown.

Two keys are derived from ``VAULT_KEY`` (else from ``SECRET_KEY``): one encrypts (AES-256-GCM), one makes the fingerprint
by which a second use of the same number is refused. A dump of the database without the key gives neither.

Every ciphertext says by its key's id under which key it lies. ``VAULT_OLD_KEYS`` still open what they closed, until
``manage.py rotate_vault_key`` has moved everything under the present one.
"""

import hashlib
import hmac
import os
import re
from datetime import date

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from stdnum.cn import ric
from stdnum.exceptions import ValidationError as NumberError

from .models import IdentityNumber, Member
from .words import tidy_card

NONCE_BYTES = 12
OLDEST = date(1900, 1, 1)


class KeyMissing(LookupError):
    """A ciphertext lies under a key that is neither ``VAULT_KEY`` nor one of ``VAULT_OLD_KEYS``."""


def present() -> str:
    return settings.VAULT_KEY or settings.SECRET_KEY


def derived(purpose: str, secret: str = "") -> bytes:
    """The key for ``purpose`` that comes from ``secret``, by default from the present one."""
    info = f"palace vault {purpose}".encode()
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive((secret or present()).encode())


def key_id(secret: str = "") -> str:
    return hashlib.sha256(derived("name", secret)).hexdigest()[:12]


def secrets() -> dict[str, str]:
    """Secrets by the id of their key, the present one first."""
    return {key_id(secret): secret for secret in (present(), *settings.VAULT_OLD_KEYS)}


def secret_of(key: str) -> str:
    """Raises ``KeyMissing``."""
    found = secrets()
    if key not in found:
        raise KeyMissing(key)
    return found[key]


def encrypt(text: str, belongs_to: str) -> bytes:
    """Ciphertext under the present key that opens only with the same ``belongs_to``: it cannot be moved to another row."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(derived("encryption")).encrypt(nonce, text.encode(), belongs_to.encode())


def decrypt(data: bytes, belongs_to: str, key: str = "") -> str:
    """The text of a ciphertext under the key with the id ``key``, by default the present one. Raises ``KeyMissing``."""
    data, secret = bytes(data), secret_of(key) if key else present()
    cipher = AESGCM(derived("encryption", secret))
    return cipher.decrypt(data[:NONCE_BYTES], data[NONCE_BYTES:], belongs_to.encode()).decode()


def fingerprint(number: str, secret: str = "") -> str:
    return hmac.new(derived("fingerprint", secret), number.encode(), hashlib.sha256).hexdigest()


def clean_number(value: str) -> str:
    """A valid ID number of 18 places. Raises ``id_number_invalid`` with what is wrong."""
    number = tidy_card(value)
    if len(number) != 18:
        raise ValidationError(
            _("An ID number has 18 places; here are %(n)d.") % {"n": len(number)}, code="id_number_invalid"
        )
    if not re.fullmatch(r"[0-9]{17}[0-9X]", number):
        raise not_right()
    try:
        born = ric.get_birth_date(ric.validate(number))
    except NumberError as error:
        raise not_right() from error
    if not OLDEST <= born <= timezone.localdate():
        raise not_right()
    return number


def not_right() -> ValidationError:
    return ValidationError(
        _("This ID number is not right. Compare it with your card, figure by figure."), code="id_number_invalid"
    )


def keep_number(*, member: Member, number: str) -> None:
    """Lock the ID number of ``member`` away. Raises ``id_number_invalid`` or ``id_number_taken``."""
    number = clean_number(number)
    if elsewhere(number).exclude(member=member).exists():
        raise taken()
    try:
        with transaction.atomic():
            IdentityNumber.objects.update_or_create(member=member, defaults=closed(member.pk, number))
    except IntegrityError as error:
        raise taken() from error


def elsewhere(number: str):
    """Rows with ``number``, also those that a rotation has not come to yet: the constraint sees one key only."""
    return IdentityNumber.objects.filter(fingerprint__in=[fingerprint(number, s) for s in secrets().values()])


def closed(member_id: int, number: str) -> dict:
    """The fields of a row under the present key."""
    return {
        "ciphertext": encrypt(number, str(member_id)),
        "key_id": key_id(),
        "fingerprint": fingerprint(number),
    }


def taken() -> ValidationError:
    text = _("This ID number belongs to another account. If it is yours, come to the desk with your card.")
    return ValidationError(text, code="id_number_taken")


def holds(member: Member) -> bool:
    return IdentityNumber.objects.filter(member=member).exists()
