"""What ``manage.py doctor`` looks at: small checks, each answering what is wrong and what to do.

A check returns ``Finding``s; an upper app adds its own with ``register`` in ``AppConfig.ready()``. What the demonstration
leaves out on purpose is a note there and a failure everywhere else.
"""

import ctypes.util
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from . import health, heartbeat, watchdog
from .models import OutboxMessage

GOOD, NOTE, WARNING, MISSING = "good", "note", "warning", "missing"
LONGEST_WAIT = timedelta(minutes=10)
LONGEST_OFFSET = timedelta(seconds=30)


class Finding(NamedTuple):
    level: str
    what: str
    what_to_do: str = ""


Check = Callable[[], Finding | Iterable[Finding]]
CHECKS: dict[Check, str | Promise] = {}


def register(name: str | Promise) -> Callable[[Check], Check]:
    """Add a check under the ``name`` that people read; the order of registering is the order of the report."""

    def add(check: Check) -> Check:
        CHECKS.setdefault(check, name)
        return check

    return add


def examine() -> list[Finding]:
    """All findings. A check that breaks is a finding itself: the others still run."""
    return [finding for check, name in CHECKS.items() for finding in findings_of(check, name)]


def findings_of(check: Check, name: str | Promise = "") -> list[Finding]:
    cannot = _("Could not check: %(name)s") % {"name": name}
    try:
        found = check()
        return [found] if isinstance(found, Finding) else list(found)
    except DatabaseError:
        return [Finding(MISSING, cannot, _("The database must answer first."))]
    except Exception as error:  # a broken check must not hide the others
        reason = f"{type(error).__name__}: {error}"
        return [
            Finding(
                MISSING, cannot, _("Report this to whoever looks after the portal: %(reason)s") % {"reason": reason}
            )
        ]


def finding(fine: bool, good: str, bad: str, what_to_do: str, level: str = MISSING) -> Finding:
    return Finding(GOOD, good) if fine else Finding(level, bad, what_to_do)


def needed_for_real(fine: bool, good: str, bad: str, what_to_do: str) -> Finding:
    """Missing, but in the demonstration, which does without, a note."""
    if settings.DEMO:
        what_to_do = _("The demonstration does without. For real: %(what_to_do)s") % {"what_to_do": what_to_do}
    return finding(fine, good, bad, what_to_do, NOTE if settings.DEMO else MISSING)


# --- database -------------------------------------------------------------------------------------


@register(pgettext_lazy("check", "database"))
def database() -> Finding:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SHOW server_version")
            version = cursor.fetchone()[0].split()[0]  # Debian adds its own
    except DatabaseError as error:
        reason = str(error).strip().splitlines()[0]
        what = _("The database does not answer: %(reason)s") % {"reason": reason}
        return Finding(MISSING, what, _("Check DATABASE_URL, and that PostgreSQL runs."))
    return Finding(GOOD, _("The database answers (PostgreSQL %(version)s).") % {"version": version})


@register(pgettext_lazy("check", "role of the database"))
def database_role() -> Finding:
    """The application must not own its tables: an owner could empty the audit."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_user, bool_or(rolsuper OR rolbypassrls), "
            "count(c.oid) FILTER (WHERE c.relowner = r.oid OR has_table_privilege(c.oid, 'TRUNCATE')) "
            "FROM pg_roles r LEFT JOIN pg_class c ON c.relkind IN ('r', 'p') "
            "AND c.relnamespace = 'public'::regnamespace "
            "WHERE rolname = current_user GROUP BY rolname"
        )
        role, above_rules, owned = cursor.fetchone()
    return finding(
        not above_rules and not owned,
        _("The role %(role)s may only read and write rows.") % {"role": role},
        _("The role %(role)s may empty or change tables.") % {"role": role},
        _("Let DATABASE_URL use a role that owns nothing, and OWNER_DATABASE_URL the owner."),
    )


@register(pgettext_lazy("check", "tables"))
def migrations() -> Finding:
    waiting = health.waiting_migrations()
    return finding(
        not waiting,
        _("All migrations are applied."),
        _("Migrations are missing: %(names)s") % {"names": ", ".join(waiting[:5])},
        _("Run: python manage.py migrate --database owner"),
    )


@register(pgettext_lazy("check", "clock"))
def clock() -> Finding:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        offset = abs(cursor.fetchone()[0] - datetime.now(UTC))
    seconds = {"seconds": round(offset.total_seconds())}
    return finding(
        offset < LONGEST_OFFSET,
        _("The clock agrees with the database."),
        _("The clock is %(seconds)s seconds away from the database's.") % seconds,
        _("Switch on time synchronisation (NTP) on both machines."),
    )


# --- helpers of the portal ------------------------------------------------------------------------


@register(pgettext_lazy("check", "Redis"))
def redis() -> Finding:
    if not settings.REDIS_URL:
        what = _("No Redis is set: each process keeps a cache of its own.")
        return Finding(WARNING, what, _("Set REDIS_URL."))
    try:
        fine = health.redis_answers()
    except Exception:  # whatever the client raises, it does not answer
        fine = False
    return finding(
        fine,
        _("Redis answers."),
        _("Redis does not answer."),
        _("Check REDIS_URL, and that Redis runs."),
    )


@register(pgettext_lazy("check", "cache"))
def cache_works() -> Finding:
    cache.set("doctor", "here", 30)
    return finding(
        cache.get("doctor") == "here",
        _("The cache keeps what it is given."),
        _("The cache loses what it is given."),
        _("Check the memory limit of Redis."),
        WARNING,
    )


@register(pgettext_lazy("check", "worker"))
def worker() -> Finding:
    return finding(
        heartbeat.is_alive("worker"),
        _("The worker is alive."),
        _("No worker has shown a sign of life for a minute."),
        _("Start: celery -A palace worker"),
    )


@register(pgettext_lazy("check", "beat"))
def beat() -> Finding:
    return finding(
        heartbeat.is_alive("beat"),
        _("Beat is alive."),
        _("Beat has shown no sign of life for a minute."),
        _("Start: celery -A palace beat"),
    )


@register(pgettext_lazy("check", "waiting messages"))
def outbox() -> Iterable[Finding]:
    oldest = watchdog.oldest_unsent()
    late = oldest is not None and timezone.now() - oldest > LONGEST_WAIT
    yield finding(
        not late,
        _("No message waits longer than ten minutes."),
        _("The oldest message has waited since %(time)s.")
        % {"time": oldest and timezone.localtime(oldest).strftime("%Y-%m-%d %H:%M")},
        _("Check worker, beat, and the SMS and mail settings."),
    )
    dead = OutboxMessage.objects.filter(dead=True).count()
    yield finding(
        not dead,
        _("No message was given up."),
        _("Messages given up: %(count)s") % {"count": dead},
        _("Look at them in the administration and send them again."),
        WARNING,
    )


# --- settings -------------------------------------------------------------------------------------


@register(pgettext_lazy("check", "secret key"))
def secret() -> Finding:
    key = settings.SECRET_KEY
    return finding(
        len(key) >= settings.SHORTEST_SECRET and not key.startswith("not-secret") and len(set(key)) > 10,
        _("The secret key is strong."),
        _("The secret key is weak or the one of the tests."),
        _('Set SECRET_KEY to the output of: python -c "import secrets; print(secrets.token_urlsafe(48))"'),
    )


@register(pgettext_lazy("check", "host names"))
def hosts() -> Finding:
    return needed_for_real(
        "*" not in settings.ALLOWED_HOSTS,
        _("The portal answers only to its own names."),
        _("The portal answers to any name."),
        _("Set ALLOWED_HOSTS to the names of the portal."),
    )


@register(pgettext_lazy("check", "HTTPS"))
def https() -> Finding:
    return needed_for_real(
        settings.HTTPS,
        _("Pages are served over HTTPS only."),
        _("Pages are served without HTTPS."),
        _("Put a proxy with a certificate in front, set BEHIND_PROXY=1 and HTTPS=1."),
    )


@register(pgettext_lazy("check", "second factor"))
def second_factor() -> Finding:
    return needed_for_real(
        settings.SECOND_FACTOR,
        _("Staff sign in with a second factor."),
        _("Staff sign in without a second factor."),
        _("Start without DEMO=1 and TEST=1."),
    )


@register(pgettext_lazy("check", "e-mail"))
def mail() -> Finding:
    return needed_for_real(
        settings.EMAIL_BACKEND.endswith("smtp.EmailBackend"),
        _("Mail goes out through %(host)s.") % {"host": settings.EMAIL_HOST},
        _("Mail does not leave this machine."),
        _("Set EMAIL_URL, for example smtp+tls://name:password@mail.example.org:587"),
    )


@register(pgettext_lazy("check", "SMS"))
def sms() -> Finding:
    given = (settings.SMS_ENDPOINT, settings.SMS_ACCESS_KEY_ID, settings.SMS_ACCESS_KEY_SECRET)
    return finding(
        all(given),
        _("The SMS provider is set."),
        _("The SMS provider is not set: nobody gets a code or a reminder by phone."),
        _("Set SMS_ENDPOINT, SMS_ACCESS_KEY_ID, SMS_ACCESS_KEY_SECRET and SMS_SIGN_NAME."),
    )


# --- machine --------------------------------------------------------------------------------------


@register(pgettext_lazy("check", "folder of uploads"))
def uploads() -> Finding:
    folder = Path(settings.MEDIA_ROOT)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            fine = True
    except OSError:
        fine = False
    return finding(
        fine,
        _("The folder of uploads can be written."),
        _("The folder of uploads cannot be written: %(folder)s") % {"folder": folder},
        _("Give the portal's user the right to write there, or set MEDIA_ROOT."),
    )


@register(pgettext_lazy("check", "fonts"))
def fonts() -> Finding:
    return finding(
        has_chinese_font(),
        _("There is a Chinese font for printed sheets."),
        _("There is no Chinese font: printed sheets would show empty boxes."),
        _("Install one, on Debian: apt-get install fonts-noto-cjk"),
    )


def has_chinese_font() -> bool:
    lister = shutil.which("fc-list")
    if not lister:
        return False
    result = subprocess.run([lister, ":lang=zh"], capture_output=True, text=True, check=False)
    return bool(result.stdout.strip())


@register(pgettext_lazy("check", "Pango"))
def pango() -> Finding:
    return finding(
        bool(ctypes.util.find_library("pango-1.0")),
        _("Pango is there for printed sheets."),
        _("Pango is missing: sheets cannot be printed."),
        _("Install it, on Debian: apt-get install libpango-1.0-0 libpangocairo-1.0-0"),
    )
