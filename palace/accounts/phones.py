"""Phone numbers: stored as +86…, typed and shown without it."""

import phonenumbers
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _


def normalise(value: str) -> str:
    """``value`` in international form. Full-width digits, spaces and a missing +86 are accepted.

    Raises ``ValidationError`` (``phone_invalid``) with what to do.
    """
    try:
        number = phonenumbers.parse(value or "", "CN")
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_possible_number(number):
        raise ValidationError(_("A mobile number has 11 digits. Check it and type it again."), code="phone_invalid")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def shown(value: str | None) -> str:
    """``value`` as people write it."""
    return (value or "").removeprefix("+86")
