"""A Redis that takes the connection and never answers: one call pays for it, the portal goes on."""

import json
import socket
import threading
import time
import urllib.request

import pytest

from bookings.models import Booking
from palace.core import cache as patient
from palace.core.cache import REST_SECONDS, PatientRedisCache
from palace.core.models import OutboxMessage
from tests.bookings.test_api import BOOKINGS, body, head_of
from tests.bookings.test_api_live import exchange, serving_web
from tests.browser import session_of
from tests.factories import make_member, make_venue


class Silent:
    """Takes every connection, counts it, and says nothing."""

    def __init__(self):
        self.listener, self.lines = socket.create_server(("127.0.0.1", 0), backlog=128), []
        self.url = f"redis://127.0.0.1:{self.listener.getsockname()[1]}/0"
        threading.Thread(target=self.take, daemon=True).start()

    def take(self):
        while True:
            try:
                self.lines.append(self.listener.accept()[0])
            except OSError:
                return

    def close(self):
        self.listener.close()
        for line in self.lines:
            line.close()


@pytest.fixture
def silent():
    server = Silent()
    yield server
    server.close()


@pytest.fixture(autouse=True)
def rested(monkeypatch):
    monkeypatch.setattr(PatientRedisCache, "resting_until", 0.0)


def test_a_silent_redis_is_asked_once_and_then_left_alone(silent, monkeypatch):
    monkeypatch.setattr(patient, "LONGEST_SECONDS", 0.05)
    cache = PatientRedisCache(silent.url, {})
    assert [cache.get("a", "miss") for _n in range(20)] == ["miss"] * 20
    assert (cache.add("a", 1), cache.incr("a", 7), cache.set("a", 1), cache.delete("a")) == (True, 7, None, False)
    assert len(silent.lines) == 1


def test_a_silent_redis_is_asked_again_after_the_rest(silent, monkeypatch):
    monkeypatch.setattr(patient, "LONGEST_SECONDS", 0.05)
    monkeypatch.setattr(patient, "REST_SECONDS", 0)
    cache = PatientRedisCache(silent.url, {})
    assert [cache.get("a", "miss") for _n in range(3)] == ["miss"] * 3
    assert len(silent.lines) == 3


def test_members_read_and_book_while_redis_is_silent(fresh_db, silent):
    """Cache and broker both hang, and every call of the API asks the cache: it waits once, not each time.

    Waits are counted by the lines that Redis sees, so a slow machine does not matter.
    """
    member, unit = make_member(), make_venue().units.first()
    headers = {"Cookie": f"sessionid={session_of(member.user)}", "Host": "127.0.0.1"}
    settings = {"REDIS_URL": silent.url, "CELERY_BROKER_URL": silent.url, "THROTTLE_ACCOUNT": "10/min"}
    with serving_web(fresh_db, **settings) as port:
        since = time.monotonic()
        for path in ("/", "/me/", "/bookings/", "/api/v1/palaces/") * 2:
            request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers=headers)
            with urllib.request.urlopen(request, timeout=60) as answer:
                assert answer.status == 200
        for hour in range(9, 19, 2):
            text = body_of(unit, hour)
            assert exchange(port, request_of(head_of(member, f"k{hour}"), text), text)[0] == 201
        waits = 1 + int((time.monotonic() - since) // REST_SECONDS)
    assert 1 <= len(silent.lines) <= waits
    assert Booking.objects.count() == 5
    topics = OutboxMessage.objects.filter(done_at=None).values_list("topic", flat=True)
    assert list(topics) == ["booking_confirmed"] * 5


def body_of(unit, hour) -> bytes:
    return json.dumps(body(unit, hour)).encode()


def request_of(headers, text) -> bytes:
    lines = [f"{name}: {value}" for name, value in headers.items()]
    kind = ["Host: 127.0.0.1", "Content-Type: application/json", f"Content-Length: {len(text)}"]
    return "\r\n".join([f"POST {BOOKINGS} HTTP/1.1", *kind, *lines, "", ""]).encode()
