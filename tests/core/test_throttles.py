"""Counting calls: exact for one process, shared through the cache, and never in the way where Redis is gone."""

import pytest
from django.core.cache import cache

from palace.core import throttles
from palace.core.cache import PatientRedisCache
from palace.core.throttles import pause_of, rate_of


@pytest.fixture(autouse=True)
def forget(settings, monkeypatch):
    throttles._counts.clear()
    throttles._windows.clear()
    cache.clear()
    monkeypatch.setattr(throttles.time, "time", lambda: 1_800_000_010.0)
    rates = {"account": "3/min", "address": "40/min"}
    settings.REST_FRAMEWORK = settings.REST_FRAMEWORK | {"DEFAULT_THROTTLE_RATES": rates}


def another_process() -> None:
    throttles._counts.clear()


def test_pause_of_after_the_limit_until_the_window_ends(monkeypatch):
    assert [pause_of("account", "7") for _n in range(4)] == [0, 0, 0, 51]
    assert pause_of("account", "8") == 0
    monkeypatch.setattr(throttles.time, "time", lambda: 1_800_000_060.0)
    assert pause_of("account", "7") == 0


def test_pause_of_counts_over_processes():
    assert [pause_of("account", "7") for _n in range(2)] == [0, 0]
    another_process()
    assert [pause_of("account", "7") for _n in range(2)] == [0, 51]


def test_pause_of_is_exact_to_a_tenth_for_each_process():
    assert [pause_of("address", "a") for _n in range(39)] == [0] * 39  # told: 36
    another_process()
    assert [pause_of("address", "a") > 0 for _n in range(5)] == [False, False, False, False, True]


def test_pause_of_without_redis_counts_here(monkeypatch):
    monkeypatch.setattr(throttles, "cache", PatientRedisCache("redis://127.0.0.1:1/0", {}))
    assert [pause_of("account", "7") for _n in range(4)] == [0, 0, 0, 51]
    another_process()
    assert pause_of("account", "7") == 0


def test_rate_of():
    assert [rate_of(text) for text in ("120/min", "3/s", "600/hour", "1/day")] == [
        (120, 60),
        (3, 1),
        (600, 3600),
        (1, 86400),
    ]
