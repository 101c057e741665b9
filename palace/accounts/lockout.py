"""What django-axes asks us: whose attempts it counts, how long it shuts them out, and what a locked-out visitor reads.

Five wrong passwords of one number from one address shut that pair out for a quarter of an hour, and each further one for
twice as long as the last, a day at most. The count ends with the right password, with a new one, or after a day without
a wrong one (``AXES_COOLOFF_TIME``).
"""

from datetime import timedelta

from axes.handlers.database import AxesDatabaseHandler
from axes.models import AccessAttempt
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Max, Sum
from django.http import JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from .limits import forget_failures, keyed, spoken
from .phones import normalise
from .sessions import place_of

TOO_MANY = 429
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=15), timedelta(days=1)


class GrowingPause(AxesDatabaseHandler):
    """Counts as axes does, but shuts out for as long as ``pause_after`` says."""

    def get_failures(self, request, credentials=None) -> int:
        """Wrong passwords, as long as their pause runs; none before the first pause and after each."""
        for attempts in self.get_user_attempts(request, credentials):
            count, _begun, wait = pause_of(attempts)
            if wait > timedelta():
                return count
        return 0


def pause_after(count: int) -> timedelta:
    """How long ``count`` wrong passwords shut out."""
    further = count - settings.AXES_FAILURE_LIMIT
    if further < 0:
        return timedelta()
    return min(FIRST_PAUSE * 2 ** min(further, 10), LONGEST_PAUSE)


def pause_of(attempts) -> tuple[int, timedelta, timedelta]:
    """Wrong passwords among ``attempts``; how long ago their pause began, how long it still runs (not above 0: it is over)."""
    found = attempts.aggregate(count=Sum("failures_since_start"), last=Max("attempt_time"))
    count = found["count"] or 0
    ago = timezone.now() - found["last"] if count else timedelta()
    return count, ago, pause_after(count) - ago


def name_of(request, credentials) -> str:
    """The number that is tried, in one spelling, as a keyed digest: the tables of attempts hold no numbers."""
    credentials = credentials or {}
    typed = credentials.get("phone") or credentials.get("username") or ""
    try:
        return keyed("sign_in", normalise(typed))
    except ValidationError:
        return keyed("sign_in", typed)


def locked_out(request, phone: str) -> ValidationError:
    """Raised to the form: how long to wait, and what works meanwhile."""
    text = _("Too many wrong tries. Wait %(wait)s, or sign in with a code by text message.")
    return ValidationError(text % {"wait": spoken(wait_of(request, phone))}, code="locked_out")


def wait_of(request, phone: str) -> timedelta:
    return pause_here(request, phone)[1]


def pause_here(request, phone: str) -> tuple[timedelta, timedelta]:
    """How long ago the address of ``request`` was shut out from ``phone``, and for how long it still is."""
    name = name_of(request, {"phone": phone})
    return pause_of(AccessAttempt.objects.filter(username=name, ip_address=place_of(request)))[1:]


def forget_wrong_passwords(phone: str) -> None:
    """A new password begins a new count, from whatever address the old one was guessed."""
    AccessAttempt.objects.filter(username=name_of(None, {"phone": phone})).delete()
    forget_failures("password", phone)


def answer(request, response=None, credentials=None):
    """Pages have said it in their form already; only the status becomes 429. Programs get the sentence here."""
    if getattr(request, "palace_says_lockout", False) and response is not None:
        response.status_code = TOO_MANY
        return response
    phone = (credentials or {}).get("phone") or (credentials or {}).get("username") or ""
    body = {"code": "locked_out", "message": locked_out(request, phone).messages[0], "fields": {}}
    return JsonResponse(body, status=TOO_MANY)
