"""Codes of six digits that prove a phone: sent, tried, used once.

The text message itself is the business of the app of messages, which sets ``sender`` when it starts.
"""

import logging
import secrets
from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .limits import database_now, keyed, refuse_too_many_codes
from .models import DemoCode, PhoneCode
from .phones import normalise

LIFE = timedelta(minutes=10)
DESK_LIFE = timedelta(hours=24)
TRIES = 5
DEMO_KEPT = 50

logger = logging.getLogger(__name__)
# f(phone, code): sends at once, raises where it cannot.
sender: Callable[[str, str], None] | None = None


def send_code(*, phone: str, purpose: str, address: str = "") -> PhoneCode:
    """Send a new code to ``phone``, whether or not it has an account: both look the same from outside.

    Raises ``ValidationError``: ``phone_invalid``, ``too_soon``, ``too_many_codes``, ``code_not_sent``.
    """
    phone = normalise(phone)
    refuse_too_many_codes(phone, address)
    code, digits = new_code(phone, purpose, address, LIFE)
    try:
        hand_over(phone, digits)
    except ValidationError:
        code.delete()
        raise
    return code


def desk_code(*, phone: str, purpose: str) -> str:
    """A code that staff hand to a person in front of them; it works a day instead of minutes."""
    return new_code(phone, purpose, "desk", DESK_LIFE)[1]


def new_code(phone: str, purpose: str, address: str, life: timedelta) -> tuple[PhoneCode, str]:
    digits = f"{secrets.randbelow(10**6):06}"
    fields = {"phone": phone, "purpose": purpose, "address": address, "expires_at": database_now() + life}
    return PhoneCode.objects.create(**fields, digest=keyed(phone, purpose, digits)), digits


def hand_over(phone: str, digits: str) -> None:
    if settings.DEMO:
        remember(phone, digits)
    try:
        if sender is None:
            raise RuntimeError("no sender of text messages is set")
        sender(phone, digits)
    except Exception as error:
        logger.warning("a code could not be sent: %s", error)
        raise ValidationError(
            _("The text message did not get out. Wait a minute and try again, or come to the desk."),
            code="code_not_sent",
        ) from error


def remember(phone: str, digits: str) -> None:
    DemoCode.objects.create(phone=phone, code=digits)
    kept = DemoCode.objects.order_by("-pk").values("pk")[:DEMO_KEPT]
    DemoCode.objects.exclude(pk__in=kept).delete()


def use_code(*, phone: str, purpose: str, digits: str) -> None:
    """Accept ``digits`` once. Raises ``code_wrong`` with the tries that are left, or ``code_over``.

    A wrong try is counted although the answer is an error: the count is committed before it is raised.
    """
    with transaction.atomic():
        fault = try_code(phone, purpose, digits)
    if fault:
        raise fault


def try_code(phone: str, purpose: str, digits: str) -> ValidationError | None:
    codes = PhoneCode.objects.filter(phone=phone, purpose=purpose, used_at=None, tries__lt=TRIES, expires_at__gt=Now())
    tried = list(codes.select_for_update().order_by("pk"))
    mine = PhoneCode.objects.filter(pk__in=[code.pk for code in tried])
    if keyed(phone, purpose, digits) in {code.digest for code in tried}:
        mine.update(used_at=Now())
        return None
    mine.update(tries=F("tries") + 1)
    left = max((TRIES - 1 - code.tries for code in tried), default=0)
    return wrong(left) if left else over()


def wrong(left: int) -> ValidationError:
    text = ngettext(
        "This code is not right. You can try %(n)d more time.",
        "This code is not right. You can try %(n)d more times.",
        left,
    )
    return ValidationError(text % {"n": left}, code="code_wrong")


def over() -> ValidationError:
    return ValidationError(_("This code works no longer. Ask for a new one."), code="code_over")
