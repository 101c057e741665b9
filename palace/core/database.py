"""Makes a database with its two roles: one owns and migrates, the other serves and owns nothing.

The serving role gets what it needs from the owner's default privileges, so a table that a migration
makes is usable at once, and a migration that takes a right away (of the audit, say) is not undone
by the next ``prepare``.
"""

import os
from contextlib import contextmanager
from typing import NamedTuple
from urllib.parse import quote, urlencode

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

OWNER = "palace_owner"
APP = "palace_app"
# Any number, the same for everybody: two preparations of one cluster wait for each other.
PREPARE_LOCK = 7_011_949
NOT_IN_QUERY = {"user", "password", "dbname", "host", "port"}


class Urls(NamedTuple):
    """How the two roles reach one database."""

    app: str
    owner: str


def prepare(superuser_url, name, owner=OWNER, app=APP, owner_password=None, app_password=None) -> Urls:
    """Make roles and database ``name``, or bring what is there to the same state; safe to repeat.

    ``superuser_url`` may also belong to a role with CREATEROLE and CREATEDB. Tables that somebody
    else than ``owner`` made are not touched: the serving role sees only what ``owner`` makes.
    """
    with server(superuser_url) as connection:
        make_role(connection, owner, owner_password)
        make_role(connection, app, app_password)
        make_database(connection, name, owner, "template0")
        admit(connection, name, owner, app)
    with server(url_of(superuser_url, name)) as connection:
        grant(connection, owner, app)
    return urls(superuser_url, name, owner, app, owner_password, app_password)


def clone(superuser_url, template, name, owner=OWNER, app=APP) -> Urls:
    """Copy ``template`` to the new ``name``; nobody may be connected to ``template`` meanwhile."""
    with server(superuser_url) as connection:
        make_database(connection, name, owner, template)
        admit(connection, name, owner, app)
    return urls(superuser_url, name, owner, app)


def drop(superuser_url, name) -> None:
    """Remove the database ``name`` if it is there, and whoever is connected to it."""
    with server(superuser_url) as connection:
        run(connection, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)


def exists(superuser_url, name) -> bool:
    with server(superuser_url) as connection:
        return has(connection, "SELECT 1 FROM pg_database WHERE datname = %s", name)


def urls(superuser_url, name, owner=OWNER, app=APP, owner_password=None, app_password=None) -> Urls:
    """Addresses of the two roles; without a password the server's own rules decide."""
    return Urls(
        app=url_of(superuser_url, name, app, app_password or ""),
        owner=url_of(superuser_url, name, owner, owner_password or ""),
    )


def url_of(url, name, user=None, password=None) -> str:
    """``url`` with another database, and another user if given.

    A socket's folder goes into the query, where libpq and Django's settings both read it.
    """
    parts = conninfo_to_dict(url)
    if user is None:
        user, password = parts.get("user"), parts.get("password")
    query = {key: value for key, value in parts.items() if key not in NOT_IN_QUERY}
    host = str(parts.get("host") or "")
    place = "" if host.startswith("/") else f"{host}:{parts.get('port', 5432)}" if host else ""
    if not place:
        query |= {key: parts[key] for key in ("host", "port") if key in parts}
    tail = f"?{urlencode(query, quote_via=quote)}" if query else ""
    return f"postgresql://{login(user, password)}{place}/{quote(name, safe='')}{tail}"


def login(user, password) -> str:
    secret = f":{quote(password, safe='')}" if password else ""
    return f"{quote(user, safe='')}{secret}@" if user else ""


@contextmanager
def server(url):
    """A connection outside any transaction; preparations of one cluster take turns."""
    with psycopg.connect(url, autocommit=True, connect_timeout=10) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [PREPARE_LOCK])
        yield connection


def make_role(connection, role, password) -> None:
    """A role that may sign in and nothing more; an existing one loses every special right."""
    if not has(connection, "SELECT 1 FROM pg_roles WHERE rolname = %s", role):
        run(connection, "CREATE ROLE {}", role)
    rights = "LOGIN NOCREATEDB NOCREATEROLE"
    if is_superuser(connection):
        rights += " NOSUPERUSER NOBYPASSRLS NOREPLICATION"
    run(connection, "ALTER ROLE {} " + rights, role)
    if password:
        statement = sql.SQL("ALTER ROLE {} PASSWORD {}")
        connection.execute(statement.format(sql.Identifier(role), sql.Literal(password)))


def make_database(connection, name, owner, template) -> None:
    if has(connection, "SELECT 1 FROM pg_database WHERE datname = %s", name):
        return
    if not is_superuser(connection):
        run(connection, "GRANT {} TO CURRENT_USER", owner)
    fresh = template == "template0"
    manner = " ENCODING 'UTF8'" + locale(connection) if fresh else " STRATEGY file_copy"
    run(connection, "CREATE DATABASE {} OWNER {} TEMPLATE {}" + manner, name, owner, template)


def locale(connection) -> str:
    """Code-point order where the server has it, so that rows sort alike on every machine."""
    query = "SELECT 1 FROM pg_collation WHERE lower(collname) = ANY(%s)"
    return " LOCALE 'C.UTF-8'" if has(connection, query, ["c.utf8", "c.utf-8"]) else ""


def admit(connection, name, owner, app) -> None:
    """Only the two roles may connect to ``name``; a copy does not inherit this."""
    run(connection, "REVOKE ALL ON DATABASE {} FROM PUBLIC", name)
    run(connection, "GRANT CONNECT ON DATABASE {} TO {}", name, app)
    run(connection, "GRANT CONNECT, TEMPORARY ON DATABASE {} TO {}", name, owner)


def grant(connection, owner, app) -> None:
    """What the serving role may do with the owner's things: no TRUNCATE, no TRIGGER."""
    run(connection, "REVOKE ALL ON SCHEMA public FROM PUBLIC")
    run(connection, "GRANT USAGE, CREATE ON SCHEMA public TO {}", owner)
    run(connection, "GRANT USAGE ON SCHEMA public TO {}", app)
    for rights in (
        "SELECT, INSERT, UPDATE, DELETE ON TABLES",
        "USAGE, SELECT ON SEQUENCES",
        "EXECUTE ON FUNCTIONS",
    ):
        grants = f"ALTER DEFAULT PRIVILEGES FOR ROLE {{}} GRANT {rights} TO {{}}"
        run(connection, grants, owner, app)


def run(connection, statement, *names) -> None:
    connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def has(connection, query, value) -> bool:
    return connection.execute(query, [value]).fetchone() is not None


def is_superuser(connection) -> bool:
    query = "SELECT rolsuper FROM pg_roles WHERE rolname = current_user"
    return connection.execute(query).fetchone()[0]


def main(environ) -> None:
    """``python -m palace.core.database``: prepare what the three addresses in the environment name."""
    app, owner = (conninfo_to_dict(environ[name]) for name in ("DATABASE_URL", "OWNER_DATABASE_URL"))
    prepare(
        environ["SUPERUSER_URL"],
        app["dbname"],
        owner["user"],
        app["user"],
        owner.get("password"),
        app.get("password"),
    )


if __name__ == "__main__":
    main(os.environ)
