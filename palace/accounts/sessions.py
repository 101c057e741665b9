"""Sessions: begun with a new key, listed for their owner, ended one by one or all together."""

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import login, logout
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone

from palace.core.actor import address_of

from .models import ApiToken, User
from .second_factor import PASSED

BACKEND = "palace.accounts.backends.PhoneBackend"
SEEN = "seen_at"
SEEN_EVERY_SECONDS = 60
NOWHERE = "0.0.0.0"


def place_of(request) -> str:
    """Where sessions and wrong passwords are counted: those from nowhere, as behind a Unix socket, count together."""
    return address_of(request) or NOWHERE


def begin(request, user: User) -> None:
    """Sign ``user`` in. What the visitor had in hand before is dropped; staff sessions end when idle."""
    request.session.flush()
    login(request, user, backend=BACKEND)
    if user.needs_second_factor:
        request.session.set_expiry(settings.STAFF_IDLE_SECONDS)
        request.session[SEEN] = seconds_now()
    track(request)


def pass_second_factor(request) -> None:
    """The session earns its full rights, under a new key."""
    old = request.session.session_key
    request.session.cycle_key()
    request.session.set_expiry(settings.STAFF_IDLE_SECONDS)
    request.session.update({PASSED: request.user.pk, SEEN: seconds_now()})
    forget(UserSession.objects.filter(session_key=old))
    track(request)


def track(request) -> None:
    request.session.save()
    agent = request.META.get("HTTP_USER_AGENT", "")[: UserSession._meta.get_field("user_agent").max_length]
    UserSession.objects.create(
        user=request.user, session_key=request.session.session_key, ip=place_of(request), user_agent=agent
    )


def keep_alive(request) -> None:
    """Push the idle limit of a staff session on, at most once a minute."""
    seen = request.session.get(SEEN)
    if seen is not None and seconds_now() - seen >= SEEN_EVERY_SECONDS:
        request.session[SEEN] = seconds_now()
        UserSession.objects.filter(session_key=request.session.session_key).update(last_seen_at=timezone.now())


def seconds_now() -> int:
    return int(timezone.now().timestamp())


def end(request) -> None:
    forget(UserSession.objects.filter(session_key=request.session.session_key))
    logout(request)


def sessions_of(user: User) -> list[UserSession]:
    """Open sessions, newest first; rows of sessions that ended by themselves are dropped."""
    rows = list(UserSession.objects.filter(user=user).order_by("-last_seen_at"))
    alive = set(live_keys([row.session_key for row in rows]))
    forget(UserSession.objects.filter(user=user).exclude(session_key__in=alive))
    return [row for row in rows if row.session_key in alive]


def tokens_of(user: User) -> list[ApiToken]:
    """Keys of the API that still work, newest first."""
    return list(ApiToken.objects.filter(user=user, expires_at__gt=timezone.now()).order_by("-created_at"))


def live_keys(keys: list[str]) -> list[str]:
    stored = SessionStore.get_model_class().objects
    return list(
        stored.filter(session_key__in=keys, expire_date__gt=timezone.now()).values_list("session_key", flat=True)
    )


def end_sessions(*, user: User, keep: str | None = None) -> None:
    """End all sessions of ``user`` but the one with the key ``keep``, and revoke the keys of the API."""
    forget(UserSession.objects.filter(user=user).exclude(session_key=keep or ""))
    ApiToken.objects.filter(user=user).delete()


def end_one(*, user: User, pk: int) -> None:
    forget(UserSession.objects.filter(user=user, pk=pk))


def revoke_token(*, user: User, pk: int) -> None:
    ApiToken.objects.filter(user=user, pk=pk).delete()


def forget(rows) -> None:
    keys = list(rows.values_list("session_key", flat=True))
    SessionStore.get_model_class().objects.filter(session_key__in=keys).delete()
    rows.delete()
