"""How often an account or an address may call: counted in windows of a minute or an hour.

Each process counts for itself and tells the shared cache only now and then, so that a call seldom waits for the cache.
A limit is exact to a tenth per process; without Redis each process keeps its own count and nobody is refused by mistake.
"""

import time
from functools import lru_cache
from threading import Lock

from django.conf import settings
from django.core.cache import cache
from rest_framework.throttling import BaseThrottle

from .actor import address_of

PERIODS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_lock = Lock()
_counts: dict[tuple, list[int]] = {}
_windows: dict[str, int] = {}


def pause_of(scope: str, who: str) -> int:
    """Count one call of ``who``; the seconds to wait where that is more than ``scope`` allows, else 0."""
    limit, period = rate_of(settings.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"][scope])  # type: ignore[index]
    now = time.time()
    window = int(now // period)
    if counted(scope, who, window, max(1, limit // 10), period) <= limit:
        return 0
    return max(1, int((window + 1) * period - now) + 1)


@lru_cache
def rate_of(text: str) -> tuple[int, int]:
    """ "120/min" as (120, 60)."""
    number, _of, period = text.partition("/")
    return int(number), PERIODS[period[0]]


def counted(scope: str, who: str, window: int, step: int, period: int) -> int:
    """Calls of ``who`` in this window: here exactly, elsewhere to ``step``."""
    with _lock:
        if _windows.get(scope) != window:
            start_window(scope, window)
        count = _counts.setdefault((scope, who), [0, 0])
        count[0] += 1
        here = count[0]
    if here % step == 0:
        count[1] = max(0, shared(f"throttle:{scope}:{who}:{window}", step, period) - here)
    return here + count[1]


def start_window(scope: str, window: int) -> None:
    _windows[scope] = window
    for key in [key for key in _counts if key[0] == scope]:
        del _counts[key]


def shared(key: str, step: int, period: int) -> int:
    cache.add(key, 0, timeout=2 * period)
    try:
        return cache.incr(key, step)
    except ValueError:  # dropped between the two calls
        return step


class AddressThrottle(BaseThrottle):
    scope = "address"
    pause = 0

    def allow_request(self, request, view):
        who = self.who(request)
        self.pause = pause_of(self.scope, who) if who else 0
        return not self.pause

    def wait(self):
        return self.pause

    def who(self, request) -> str:
        return address_of(request)


class AccountThrottle(AddressThrottle):
    scope = "account"

    def who(self, request):
        return str(request.user.pk) if request.user and request.user.is_authenticated else ""


class TokenThrottle(AddressThrottle):
    """For trying passwords: far fewer than other calls."""

    scope = "token"
