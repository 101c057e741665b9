"""How often somebody may try: wrong passwords and codes, and text messages that cost money.

Counts come from rows of the last hours, by the database's clock. What is attacked is kept as a keyed digest, so the
tables hold no list of numbers that somebody typed.
"""

import hashlib
import hmac
import math
from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .models import FailedAttempt, PhoneCode

DAY = timedelta(days=1)
# A second factor is guessed one in a million; a password may be tried this often in a day, whatever the address.
ATTEMPTS = {"password": (20, DAY), "second_factor": (5, timedelta(minutes=15))}


def keyed(*parts: str) -> str:
    text = "\0".join(parts).encode()
    return hmac.new(settings.SECRET_KEY.encode(), text, hashlib.sha256).hexdigest()


def database_now():
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]


def note_failure(kind: str, subject: str) -> None:
    FailedAttempt.objects.create(kind=kind, key=keyed(kind, subject))


def forget_failures(kind: str, subject: str) -> None:
    FailedAttempt.objects.filter(kind=kind, key=keyed(kind, subject)).delete()


def refuse_after_failures(kind: str, subject: str) -> None:
    """Raises ``too_many_tries`` with how long to wait, once the limit of ``ATTEMPTS`` is reached."""
    wait = wait_after_failures(kind, subject)
    if wait:
        raise ValidationError(too_many(wait), code="too_many_tries")


def wait_after_failures(kind: str, subject: str) -> timedelta | None:
    """How long ``subject`` is locked out from now on; None below the limit of ``ATTEMPTS``."""
    limit, window = ATTEMPTS[kind]
    now = database_now()
    recent = FailedAttempt.objects.filter(kind=kind, key=keyed(kind, subject), at__gt=now - window).order_by("-at")
    oldest = recent.values_list("at", flat=True)[limit - 1 : limit].first()
    return oldest + window - now if oldest else None


def is_first_notice(lock: str, ago: timedelta) -> bool:
    """Whether nobody was told of ``lock`` since ``ago``; notes that somebody is told now.

    Belongs into a transaction: of two requests that lock at the same moment one waits for the other.
    """
    key = keyed("told", lock)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])
    if FailedAttempt.objects.filter(kind="told", key=key, at__gt=database_now() - ago).exists():
        return False
    FailedAttempt.objects.create(kind="told", key=key)
    return True


def too_many(wait: timedelta) -> str:
    return _("Too many wrong tries. Try again in %(wait)s.") % {"wait": spoken(wait)}


def spoken(wait: timedelta) -> str:
    """A wait in seconds, minutes or hours, rounded up."""
    seconds = max(1, math.ceil(wait.total_seconds()))
    if seconds <= 90:
        return ngettext("%(n)d second", "%(n)d seconds", seconds) % {"n": seconds}
    minutes = math.ceil(seconds / 60)
    if minutes <= 90:
        return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}
    hours = math.ceil(minutes / 60)
    return ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours}


def refuse_too_many_codes(phone: str, address: str) -> None:
    """Raises ``too_soon`` or ``too_many_codes``. ``settings.CODE_LIMITS``: seconds between two, a number's and an address's most."""
    now, limits = database_now(), settings.CODE_LIMITS
    of_phone = PhoneCode.objects.filter(phone=phone).exclude(address="desk")
    refuse_too_soon(of_phone, now, timedelta(seconds=limits["seconds_between"]))
    refuse_more_than(of_phone, now, limits["phone_per_day"], DAY)
    if address:
        refuse_more_than(PhoneCode.objects.filter(address=address), now, limits["address_per_hour"], timedelta(hours=1))


def refuse_too_soon(sent, now, pause: timedelta) -> None:
    last = sent.aggregate(last=Max("created_at"))["last"]
    if last and last + pause > now:
        wait = {"wait": spoken(last + pause - now)}
        raise ValidationError(
            _("A code is on its way. If none comes, ask for another in %(wait)s.") % wait, code="too_soon"
        )


def refuse_more_than(sent, now, limit: int, window: timedelta) -> None:
    times = sent.filter(created_at__gt=now - window).order_by("-created_at").values_list("created_at", flat=True)
    oldest = times[limit - 1 : limit].first()
    if oldest:
        wait = {"wait": spoken(oldest + window - now)}
        raise ValidationError(_("That were many codes. Ask for another in %(wait)s.") % wait, code="too_many_codes")
