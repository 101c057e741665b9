"""Who acts: carried from the entry point to the audit rows that the database writes.

``with acting(user_id=…, source="web"):`` marks every change made inside, also bulk updates and raw SQL. A database
function that writes must be told the actor as an argument, since statements that begin with SELECT are left alone.
"""

import ipaddress
import re
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace

from django.conf import settings
from django.db import connection

WRITES = re.compile(r"\s*(INSERT|UPDATE|DELETE|MERGE|WITH)\b", re.IGNORECASE)
UNSAFE = re.compile(r"[^\w.:/-]")


@dataclass(frozen=True, slots=True)
class Actor:
    user_id: int | None = None
    source: str = ""
    request_id: str = ""
    address: str = ""


NOBODY = Actor()
current: ContextVar[Actor] = ContextVar("actor", default=NOBODY)


def clean_address(value: str | None) -> str:
    """``value`` if it is an IP address, else an empty text."""
    try:
        return str(ipaddress.ip_address(value or ""))
    except ValueError:
        return ""


def address_of(request) -> str:
    """The caller's address, as the last of our own proxies saw it; empty where nobody can tell."""
    proxies = settings.PROXY_COUNT
    seen = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")[-proxies:][0] if proxies else ""
    return clean_address(seen.strip()) or clean_address(request.META.get("REMOTE_ADDR"))


def settings_sql(actor: Actor) -> str:
    """A SELECT that tells the transaction who acts. All values are numbers or cleaned of quotes."""
    values = {
        "app.actor": str(int(actor.user_id)) if actor.user_id else "",
        "app.source": UNSAFE.sub("", actor.source),
        "app.request": UNSAFE.sub("", actor.request_id),
        "app.address": clean_address(actor.address),
    }
    return "SELECT " + ", ".join(f"set_config('{name}', '{value}', true)" for name, value in values.items())


def stamp(execute, sql, params, many, context):
    """Execute wrapper: a write carries the actor in the same round trip."""
    if not WRITES.match(sql):
        return execute(sql, params, many, context)
    prefix = settings_sql(current.get())
    if many:
        execute(prefix, None, False, context)
        return execute(sql, params, many, context)
    result = execute(f"{prefix}; {sql}", params, many, context)
    context["cursor"].nextset()
    return result


def acted_by(user_id: int) -> None:
    """The caller of the request in progress proved to be ``user_id``: a key of the API is read after the request began."""
    current.set(replace(current.get(), user_id=user_id))


@contextmanager
def acting(*, user_id: int | None = None, source: str, request_id: str = "", address: str = ""):
    token = current.set(Actor(user_id, source, request_id, address))
    try:
        with connection.execute_wrapper(stamp):
            yield
    finally:
        current.reset(token)
