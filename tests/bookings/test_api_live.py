"""The API where it hurts: twins in parallel, a body of 10 MB, a database that goes away."""

import json
import os
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from django.db import connection
from django.test import Client

from bookings.models import Booking
from palace.core.models import IdempotencyRecord
from venues.models import Occupancy

from ..factories import make_member, make_venue
from .test_api import BOOKINGS, body, forget, head_of, post, refused  # noqa: F401 (fixture)

TWINS = 20


def in_parallel(calls) -> list:
    """Answers of ``calls``, each in a thread of its own, started together."""
    answers, gate = [None] * len(calls), threading.Barrier(len(calls))

    def run(n):
        gate.wait()
        answers[n] = calls[n]()
        connection.close()

    threads = [threading.Thread(target=run, args=(n,)) for n in range(len(calls))]
    [t.start() for t in threads]
    [t.join() for t in threads]
    return answers


def test_book_parallel_twins_make_one_booking_and_get_one_answer(fresh_db):
    unit, headers = make_venue().units.first(), head_of(make_member(), "twin")
    answers = in_parallel([lambda: post(Client(), body(unit), headers)] * TWINS)
    assert {a.status_code for a in answers} == {201}
    assert len({a.content for a in answers}) == 1
    assert (Booking.objects.count(), Occupancy.objects.count(), IdempotencyRecord.objects.count()) == (1, 1, 1)


def test_book_parallel_rivals_one_wins_and_the_others_are_told(fresh_db):
    unit = make_venue().units.first()
    heads = [head_of(make_member(), "k") for _n in range(TWINS)]
    answers = in_parallel([lambda h=h: post(Client(), body(unit), h) for h in heads])
    assert sorted(a.status_code for a in answers) == [201] + [409] * (TWINS - 1)
    assert {a.json()["code"] for a in answers if a.status_code == 409} == {"taken"}
    assert Booking.objects.count() == 1


def test_cancel_parallel_twins_cancel_once(fresh_db):
    unit, headers = make_venue().units.first(), head_of(make_member())
    made = post(Client(), body(unit), headers | {"Idempotency-Key": "k"}).json()
    answers = in_parallel([lambda: post(Client(), {"reason": "x"}, headers, f"{BOOKINGS}{made['id']}/cancel/")] * 8)
    assert sorted(a.status_code for a in answers) == [200] + [409] * 7
    assert Occupancy.objects.holding().count() == 0


# --- the database -------------------------------------------------------------------------------------------------


@pytest.fixture
def gone(fresh_db):
    """The address of the database leads nowhere for a while."""
    settings = connection.settings_dict
    before = {name: settings[name] for name in ("HOST", "PORT")}
    connection.close()

    @contextmanager
    def away():
        settings.update(HOST="127.0.0.1", PORT="1")
        try:
            yield
        finally:
            connection.close()
            settings.update(before)

    return away


def test_calls_without_a_database_are_told_to_come_back(gone):
    unit, headers = make_venue().units.first(), head_of(make_member(), "k")
    connection.close()
    calls = {
        "book": lambda: post(Client(), body(unit), headers),
        "slots": lambda: Client().get(f"/api/v1/units/{unit.pk}/slots/"),
        "list": lambda: Client().get(BOOKINGS, headers=headers),
        "palaces": lambda: Client().get("/api/v1/palaces/"),
        "tokens": lambda: post(Client(), {"phone": "13900000001", "password": "x"}, {}, "/api/v1/tokens/"),
    }
    with gone():
        answers = {name: call() for name, call in calls.items()}
    assert {name: (refused(a), a["Retry-After"]) for name, a in answers.items()} == dict.fromkeys(
        calls, ((503, "unavailable"), "2")
    )
    assert post(Client(), body(unit), headers).status_code == 201


def test_calls_go_on_after_the_database_dropped_the_connection(fresh_db, owner):
    unit, headers = make_venue().units.first(), head_of(make_member())
    drop = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    assert post(Client(), body(unit), headers | {"Idempotency-Key": "a"}).status_code == 201
    with psycopg.connect(os.environ["TEST_SUPERUSER_URL"], dbname=owner.info.dbname, autocommit=True) as superuser:
        pid = owner.info.backend_pid
        superuser.execute(f"{drop} AND pid <> {pid}")
        assert post(Client(), body(unit, 16), headers | {"Idempotency-Key": "b"}).status_code == 201
        superuser.execute(f"{drop} AND pid <> {pid}")
        assert Client().get(f"/api/v1/units/{unit.pk}/slots/").status_code == 200
    assert Booking.objects.count() == 2


def test_book_behind_a_lock_that_does_not_end_is_told_to_come_back(fresh_db, owner):
    unit, headers = make_venue().units.first(), head_of(make_member(), "k")
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '200ms'")
    with owner.transaction():
        owner.execute("SELECT lock_spaces(%s)", [[unit.space_id]])
        answer = post(Client(), body(unit), headers)
    assert (refused(answer), answer["Retry-After"]) == ((503, "busy"), "2")
    assert post(Client(), body(unit), headers).status_code == 201


# --- a real socket ------------------------------------------------------------------------------------------------


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def serving_web(urls, **settings):
    """The web server as it runs in production, on the test's database; gives its port."""
    port = free_port()
    environment = os.environ | {"DATABASE_URL": urls.app, "OWNER_DATABASE_URL": urls.owner} | settings
    flags = ["--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--http", "1", "--workers", "1"]
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "granian", *flags, "--log-level", "warning", "palace.wsgi:application"],
        cwd=Path(__file__).resolve().parent.parent.parent,
        env=environment,
    )
    try:
        wait_for(port)
        yield port
    finally:
        process.terminate()
        process.wait(20)


@pytest.fixture
def server(fresh_db):
    with serving_web(fresh_db) as port:
        yield port


def wait_for(port: int) -> None:
    for _n in range(300):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError("the server does not start")


def exchange(port: int, *parts: bytes) -> tuple[int, dict]:
    """Send all of ``parts``, as most clients do before they listen; the status and the JSON of the first answer."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as line:
        for part in parts:
            line.sendall(part)
        head, _gap, rest = received(line).partition(b"\r\n\r\n")
    return int(head.split()[1]), json.loads(rest)


def received(line) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data or not data.endswith(b"}"):
        piece = line.recv(65536)
        if not piece:
            break
        data += piece
    return data


@pytest.mark.parametrize("path", ["bookings", "tokens"])
def test_ten_megabytes_hear_their_refusal(server, path):
    size = 10 * 1024 * 1024
    head = f"POST /api/v1/{path}/ HTTP/1.1", "Host: x", "Content-Type: application/json", f"Content-Length: {size}"
    headers = [f"{name}: {value}" for name, value in head_of(make_member(), "big").items()]
    status, answer = exchange(server, "\r\n".join([*head, *headers, "", ""]).encode(), b" " * size)
    assert (status, answer["code"]) == (413, "too_large")


def test_book_needs_the_length_of_what_it_reads(server):
    unit, headers = make_venue().units.first(), head_of(make_member(), "big")
    lines = [f"{name}: {value}" for name, value in headers.items()]
    head = ["POST /api/v1/bookings/ HTTP/1.1", "Host: x", "Content-Type: application/json", *lines]
    chunked = "\r\n".join([*head, "Transfer-Encoding: chunked", "", ""]).encode()
    status, answer = exchange(server, chunked, b"2\r\n{}\r\n0\r\n\r\n")
    assert (status, answer["code"]) == (411, "length_required")
    text = json.dumps(body(unit)).encode()
    fine = "\r\n".join([*head, f"Content-Length: {len(text)}", "", ""]).encode()
    assert exchange(server, fine, text)[0] == 201
