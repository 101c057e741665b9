"""What has ended leaves at night: codes, wrong tries, sessions, keys."""

from datetime import timedelta

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db.models.functions import Now

from palace.core.cleanup import delete_all

from .models import ApiToken, FailedAttempt, PhoneCode

COUNTED = timedelta(days=2)  # limits look back one day


def clean_up(slot=None) -> int:
    """Delete what has ended; the number of rows."""
    ended = (
        PhoneCode.objects.filter(created_at__lt=Now() - COUNTED),
        FailedAttempt.objects.filter(at__lt=Now() - COUNTED),
        ApiToken.objects.filter(expires_at__lt=Now()),
        Session.objects.filter(expire_date__lt=Now()),
        UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")),
    )
    return sum(delete_all(rows) for rows in ended)
