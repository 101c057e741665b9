"""What django-axes asks us: whose attempts it counts, and what a locked-out visitor reads."""

from axes.helpers import get_cool_off
from axes.models import AccessAttempt
from django.core.exceptions import ValidationError
from django.http import JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from .limits import keyed, spoken
from .phones import normalise
from .sessions import address_of

TOO_MANY = 429


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


def wait_of(request, phone: str):
    name, pause = name_of(request, {"phone": phone}), get_cool_off(request)
    attempts = AccessAttempt.objects.filter(username=name, ip_address=address_of(request) or None)
    since = attempts.order_by("-attempt_time").values_list("attempt_time", flat=True).first()
    return since + pause - timezone.now() if since else pause


def answer(request, response=None, credentials=None):
    """Pages have said it in their form already; only the status becomes 429. Programs get the sentence here."""
    if getattr(request, "palace_says_lockout", False) and response is not None:
        response.status_code = TOO_MANY
        return response
    phone = (credentials or {}).get("phone") or (credentials or {}).get("username") or ""
    body = {"code": "locked_out", "message": locked_out(request, phone).messages[0], "fields": {}}
    return JsonResponse(body, status=TOO_MANY)
