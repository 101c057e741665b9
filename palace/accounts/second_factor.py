"""The second factor of staff: a code of an authenticator app, or one of ten recovery codes. Storage by django-allauth."""

from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from .limits import forget_failures, refuse_after_failures
from .models import User
from .services.lockouts import note_wrong_factor
from .words import tidy_card

PASSED = "second_factor"  # the session's mark
new_secret = generate_totp_secret


def required(user: User) -> bool:
    return settings.SECOND_FACTOR and user.needs_second_factor


def missing(request) -> bool:
    """Whether this session still owes a second factor."""
    return required(request.user) and request.session.get(PASSED) != request.user.pk


def has_device(user: User) -> bool:
    return Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists()


def address_of(user: User, secret: str) -> str:
    """What an authenticator app reads from the QR code."""
    return get_adapter().build_totp_url(user, secret)


@transaction.atomic
def set_up(*, user: User, secret: str, code: str) -> list[str]:
    """Connect an app that shows ``code`` now; returns the recovery codes, to be shown once. Raises ``code_wrong``."""
    step = step_of(secret, tidy_card(code))
    if step is None:
        raise ValidationError(_("This is not the code that the app shows now. Type the newest one."), code="code_wrong")
    disconnect(user)
    device = TOTP.activate(user, secret).instance
    remember_step(device, step)
    return RecoveryCodes.activate(user).generate_codes()


def disconnect(user: User) -> None:
    """Forget app and recovery codes."""
    Authenticator.objects.filter(user=user).delete()


def pass_factor(*, user: User, code: str) -> None:
    """Accept a code of the app, or a recovery code; each once. Raises ``code_wrong`` or ``too_many_tries``."""
    refuse_after_failures("second_factor", str(user.pk))
    code = tidy_card(code)
    if not (passes_app(user, code) or passes_recovery(user, code)):
        note_wrong_factor(user=user)
        raise ValidationError(
            _("This code is not right. Wait for the next one, or use a recovery code."), code="code_wrong"
        )
    forget_failures("second_factor", str(user.pk))


@transaction.atomic
def passes_app(user: User, code: str) -> bool:
    """A code works once, also where two requests bring it at the same moment: the time step only moves forward."""
    device = Authenticator.objects.select_for_update().filter(user=user, type=Authenticator.Type.TOTP).first()
    step = step_of(get_adapter().decrypt(device.data["secret"]), code) if device else None
    if step is None or step <= device.data.get("step", 0):
        return False
    remember_step(device, step)
    return True


def passes_recovery(user: User, code: str) -> bool:
    codes = Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).first()
    return bool(codes) and codes.wrap().validate_code(code)


def step_of(secret: str, code: str) -> int | None:
    """The time step, now or one beside it, to which ``code`` belongs."""
    steps = yield_hotp_counters_from_time()
    return next(
        (n for n in steps if compare_user_code(actual=code, expected=format_hotp_value(hotp_value(secret, n)))), None
    )


def remember_step(device: Authenticator, step: int) -> None:
    device.data["step"] = step
    device.save(update_fields=["data"])
    device.record_usage()
