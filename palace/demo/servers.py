"""Which PostgreSQL and which Redis a demonstration uses: those that it was given, else its own."""

import hashlib
from typing import NamedTuple

import psycopg
from psycopg.conninfo import conninfo_to_dict

from palace.core import database

from . import embedded

NAME = "palace_demo"
# Roles of our own on a server that was given: those of a real installation stay untouched.
OWNER, APP = "palace_demo_owner", "palace_demo_app"
NOT_FOR_US = {"", "postgres", "template0", "template1"}


class Refused(Exception):
    """A server that was given cannot be used; the text is one sentence that says what to do."""


class Role(NamedTuple):
    name: str
    makes_databases: bool
    owns_this_one: bool


def given_database(url, owner_url, secret, say, *, fresh=False) -> database.Urls:
    """Addresses for a server that was given: prepared as its superuser, or used as it is by its owner."""
    if owner_url:
        check(url, say)
        check(owner_url, say)
        return database.Urls(app=url, owner=owner_url)
    role = check(url, say)
    if role.makes_databases:
        return prepared(url, secret, say, fresh=fresh)
    if not role.owns_this_one:
        text = say(
            "The role %(role)s of DATABASE_URL may not make databases and does not own this one. "
            "Give the address of a superuser, or OWNER_DATABASE_URL beside it."
        )
        raise Refused(text % {"role": role.name})
    if fresh:
        raise Refused(say("--fresh needs the address of a superuser in DATABASE_URL."))
    return database.Urls(app=url, owner=url)


def check(url, say) -> Role:
    """Who ``url`` signs in as; refused with the server's own words when nobody answers."""
    query = (
        "SELECT current_user, rolsuper OR (rolcreatedb AND rolcreaterole), datdba = r.oid "
        "FROM pg_roles r, pg_database WHERE rolname = current_user AND datname = current_database()"
    )
    try:
        with psycopg.connect(url, connect_timeout=5) as connection:
            return Role._make(connection.execute(query).fetchone() or ("", False, False))
    except psycopg.Error as error:
        text = say("The database of DATABASE_URL does not answer: %(reason)s")
        raise Refused(text % {"reason": str(error).strip()}) from None


def prepared(url, secret, say, *, fresh) -> database.Urls:
    """A database of the demonstration's own on the server of ``url``, or the one that ``url`` names."""
    parts = conninfo_to_dict(url)
    name = parts.get("dbname", "")
    name = NAME if name in NOT_FOR_US else name
    if fresh and name != NAME:
        text = say("--fresh would empty the database %(name)s. Drop it yourself if you mean it.")
        raise Refused(text % {"name": name})
    owner_password, app_password = (password_of(role, parts.get("password") or secret) for role in (OWNER, APP))
    try:
        if fresh:
            database.drop(url, name)
        urls = database.prepare(url, name, OWNER, APP, owner_password, app_password)
        return checked(urls, say)
    except psycopg.Error as error:
        text = say("The database %(name)s cannot be made ready: %(reason)s")
        raise Refused(text % {"name": name, "reason": str(error).strip()}) from None


def checked(urls, say) -> database.Urls:
    """``urls`` if the server lets both roles in; its rules may ask for more than a password."""
    check(urls.owner, say)
    check(urls.app, say)
    return urls


def password_of(role, secret) -> str:
    """The same on every start, so that two demonstrations on one server agree."""
    return hashlib.sha256(f"{role}:{secret}".encode()).hexdigest()[:32]


def given_redis(url, say) -> str:
    if not embedded.redis_answers(url):
        raise Refused(say("The Redis of REDIS_URL does not answer. Check the address."))
    return url
