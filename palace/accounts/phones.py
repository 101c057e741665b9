"""Phone numbers: stored as +86…, typed and shown without it."""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

MOBILE = re.compile(r"(?:\+?86|0086)?(1[3-9]\d{9})", re.ASCII)


def normalise(value: str) -> str:
    """``value``, a mobile number of the mainland, in international form. Full-width digits, spaces, hyphens and a missing
    +86 are accepted. Nothing else gets a code: a foreign or made-up number would cost money and never work.

    Raises ``ValidationError`` (``phone_invalid``) with what to do.
    """
    text = re.sub(r"[\s()\-\u2010-\u2015]", "", unicodedata.normalize("NFKC", value or ""))
    found = MOBILE.fullmatch(text)
    if not found:
        raise ValidationError(
            _("A mobile number has 11 digits and begins with 13 to 19. Check it and type it again."),
            code="phone_invalid",
        )
    return f"+86{found[1]}"


def shown(value: str | None) -> str:
    """``value`` as people write it."""
    return (value or "").removeprefix("+86")
