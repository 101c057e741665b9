"""A crowd: 1,000 members on 1,000 open connections, all at once, each up to three tries. One process, no thread."""

import json
import random
import selectors
import socket
import time
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from . import options

SHANGHAI = ZoneInfo("Asia/Shanghai")


@dataclass
class Try:
    """One request and its answer."""

    unit: int
    since: datetime
    until: datetime
    sent: float = 0.0
    took: float = 0.0
    status: int = 0
    code: str = ""


@dataclass
class Person:
    """A member on his own connection, with the times he would like, in order."""

    key: str
    wishes: list[Try]
    line: socket.socket | None = None
    buffer: bytes = b""
    done: list[Try] = field(default_factory=list)


def wishes_for(kind: str, chance: random.Random, units: list[int], day: date) -> list[Try]:
    return [wish(kind, chance, units, day) for _n in range(options.TRIES)]


def wish(kind: str, chance: random.Random, units: list[int], day: date) -> Try:
    """A slot of the evening; for the free kind any length from 30 to 120 minutes on a grid of 30."""
    opening = datetime(day.year, day.month, day.day, options.EVENING.start, tzinfo=SHANGHAI)
    if kind == "fixed":
        since = opening + timedelta(hours=chance.randrange(len(options.EVENING)))
        return Try(chance.choice(units), since, since + timedelta(hours=1))
    length = chance.choice((1, 2, 3, 4))
    since = opening + timedelta(minutes=30 * chance.randrange(2 * len(options.EVENING) - length + 1))
    return Try(chance.choice(units), since, since + timedelta(minutes=30 * length))


def request_of(person: Person, wanted: Try, number: int) -> bytes:
    body = json.dumps(
        {
            "unit": wanted.unit,
            "starts_at": wanted.since.isoformat(),
            "ends_at": wanted.until.isoformat(),
            "party_size": 2,
        }
    )
    head = (
        f"POST /api/v1/bookings/ HTTP/1.1\r\nHost: bench\r\nAuthorization: Token {person.key}\r\n"
        f"Idempotency-Key: crowd-{wanted.since:%Y%m%d}-{wanted.unit}-{number}\r\nContent-Type: application/json\r\n"
    )
    return f"{head}Content-Length: {len(body)}\r\n\r\n{body}".encode()


def run(port: int, keys: list[str], kind: str, units: list[int], day: date, seed: int) -> tuple[float, list[Try]]:
    """Seconds until the last answer, and every try."""
    chance = random.Random(seed)
    people = [Person(key, wishes_for(kind, chance, units, day)) for key in keys]
    for person in people:
        person.line = socket.create_connection(("127.0.0.1", port))
        person.line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        return ask_all(people)
    finally:
        for person in people:
            person.line.close()


def ask_all(people: list[Person]) -> tuple[float, list[Try]]:
    with selectors.DefaultSelector() as waiting:
        begun = time.perf_counter()
        for person in people:
            send(person, 0)
            waiting.register(person.line, selectors.EVENT_READ, person)
        while waiting.get_map():
            for key, _events in waiting.select(30):
                hear(key.data, waiting)
        return time.perf_counter() - begun, [t for p in people for t in p.done]


def send(person: Person, number: int) -> None:
    wanted = person.wishes[number]
    wanted.sent = time.perf_counter()
    person.line.sendall(request_of(person, wanted, number))


def hear(person: Person, waiting) -> None:
    """Take an answer in; the next wish goes out where this one was taken."""
    person.buffer += person.line.recv(65536)
    head, gap, body = person.buffer.partition(b"\r\n\r\n")
    if not gap or len(body) < length_of(head):
        return
    answered = person.wishes[len(person.done)]
    answered.took = time.perf_counter() - answered.sent
    answered.status, answered.code = int(head[9:12]), json.loads(body).get("code", "")
    person.done.append(answered)
    person.buffer = b""
    if answered.status == 409 and len(person.done) < len(person.wishes):
        send(person, len(person.done))
    else:
        waiting.unregister(person.line)


def length_of(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _colon, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    raise ValueError("an answer without its length")
