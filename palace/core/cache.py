"""The cache, with patience: where Redis is gone the portal is slower, never down."""

import time

from django.core.cache.backends.redis import RedisCache
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

# A Redis beside us answers within a millisecond; one that takes a call and stays silent must not hold up a member.
LONGEST_SECONDS = 0.5
REST_SECONDS = 10


class PatientRedisCache(RedisCache):
    """A read of a dead Redis misses; a write is dropped. Nothing that must be true lives here.

    After a failure nobody in this process asks for ten seconds: one request pays for a silent Redis, not all of them.
    """

    resting_until = 0.0  # of the monotonic clock

    def __init__(self, server, params):
        limits = {
            "socket_connect_timeout": LONGEST_SECONDS,
            "socket_timeout": LONGEST_SECONDS,
            "retry": Retry(NoBackoff(), 0),
        }
        super().__init__(server, params | {"OPTIONS": limits | params.get("OPTIONS", {})})

    def add(self, *args, **kwargs):
        return patiently(super().add, True, *args, **kwargs)

    def get(self, key, default=None, version=None):
        return patiently(super().get, default, key, default, version)

    def set(self, *args, **kwargs):
        return patiently(super().set, None, *args, **kwargs)

    def get_many(self, *args, **kwargs):
        return patiently(super().get_many, {}, *args, **kwargs)

    def set_many(self, *args, **kwargs):
        return patiently(super().set_many, [], *args, **kwargs)

    def incr(self, key, delta=1, version=None):
        return patiently(super().incr, delta, key, delta, version)

    def delete(self, *args, **kwargs):
        return patiently(super().delete, False, *args, **kwargs)


def patiently(call, instead, *args, **kwargs):
    if time.monotonic() < PatientRedisCache.resting_until:
        return instead
    try:
        return call(*args, **kwargs)
    except RedisError:
        PatientRedisCache.resting_until = time.monotonic() + REST_SECONDS
        return instead
