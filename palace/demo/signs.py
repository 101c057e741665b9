"""What the launcher sees of the running portal from outside."""

import json
import urllib.error
import urllib.request

import psycopg

SIGN_IN = "  {role:<18} {phone:<14} {password}  {name}"


def answers(address) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:
            return answer.status == 200
    except (urllib.error.URLError, OSError):
        return False


def silent_for(url) -> dict[str, float]:
    """Seconds since the last sign of life of each process, by the database's clock; {} if it is away."""
    query = "SELECT name, extract(epoch FROM now() - at)::float FROM core_heartbeat"
    try:
        with psycopg.connect(url, connect_timeout=5) as connection:
            return dict(connection.execute(query).fetchall())
    except psycopg.Error:
        return {}


def newcomer(file) -> str:
    """Name, phone, card and employer in one line; empty where there is nobody."""
    person = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    return f"  {'  '.join(person.values())}" if person else ""


def sign_ins(file) -> list[str]:
    """One line for each role, the members' first: role, phone, password, name."""
    if not file.exists():
        return []
    people: dict[str, dict] = {}
    for person in json.loads(file.read_text(encoding="utf-8")):
        people.setdefault(person["role"], person)
    first = sorted(people.values(), key=lambda person: person["role"] != "member")
    return [SIGN_IN.format(**person) for person in first]
