import os
import uuid

import psycopg
import pytest

from palace.core import database

SUPERUSER = os.environ["TEST_SUPERUSER_URL"]


@pytest.fixture
def name():
    name = f'palace "odd" {uuid.uuid4().hex[:8]}'
    yield name
    database.drop(SUPERUSER, name)


@pytest.fixture
def urls(name):
    urls = database.prepare(SUPERUSER, name)
    with psycopg.connect(urls.owner) as connection:
        connection.execute("CREATE TABLE thing (id bigserial PRIMARY KEY, word text)")
        connection.execute("CREATE FUNCTION nine() RETURNS int LANGUAGE sql AS 'SELECT 9'")
    return urls


def asked(url, statement):
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else cursor.rowcount


def test_prepare_lets_the_app_read_and_write_rows(urls):
    assert asked(urls.app, "INSERT INTO thing (word) VALUES ('a'), ('b')") == 2
    assert asked(urls.app, "UPDATE thing SET word = 'c' WHERE word = 'b'") == 1
    assert asked(urls.app, "DELETE FROM thing WHERE word = 'a'") == 1
    assert asked(urls.app, "SELECT word, nine() FROM thing") == [("c", 9)]


@pytest.mark.invariant
@pytest.mark.parametrize(
    "statement",
    [
        "TRUNCATE thing",
        "DROP TABLE thing",
        "ALTER TABLE thing DISABLE TRIGGER ALL",
        "CREATE TABLE other (id int)",
        "CREATE TRIGGER t BEFORE INSERT ON thing EXECUTE FUNCTION nine()",
        "CREATE TEMPORARY TABLE mine (id int)",
        "SET ROLE palace_owner",
    ],
)
def test_prepare_refuses_the_app_everything_else(urls, statement):
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        asked(urls.app, statement)


@pytest.mark.invariant
def test_prepare_gives_neither_role_special_rights(urls):
    rows = asked(
        SUPERUSER,
        "SELECT rolname, rolsuper, rolbypassrls, rolcreatedb, rolcreaterole, rolreplication "
        "FROM pg_roles WHERE rolname IN ('palace_app', 'palace_owner') ORDER BY 1",
    )
    assert rows == [("palace_app", *[False] * 5), ("palace_owner", *[False] * 5)]


def test_prepare_twice_changes_nothing(urls, name):
    asked(urls.app, "INSERT INTO thing (word) VALUES ('kept')")
    assert database.prepare(SUPERUSER, name) == urls
    assert asked(urls.app, "SELECT word FROM thing") == [("kept",)]


def test_prepare_does_not_give_back_what_a_migration_took(urls, name):
    asked(urls.owner, "REVOKE UPDATE, DELETE ON thing FROM palace_app")
    database.prepare(SUPERUSER, name)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        asked(urls.app, "DELETE FROM thing")


def test_prepare_uses_utf8_and_one_order_everywhere(urls):
    assert asked(urls.app, "SHOW server_encoding") == [("UTF8",)]
    words = "SELECT string_agg(w, '' ORDER BY w) FROM unnest(ARRAY['b', 'B', 'a', '文', ' ']) w"
    assert asked(urls.app, words) == [(" Bab文",)]


def test_prepare_sets_passwords_of_the_roles_it_is_given(name):
    role = f"palace_test_{uuid.uuid4().hex[:8]}"
    try:
        urls = database.prepare(SUPERUSER, name, app=role, owner_password="", app_password="p@ss/wörd'")
        assert urls.app.startswith(f"postgresql://{role}:p%40ss%2Fw%C3%B6rd%27@")
        query = f"SELECT rolpassword LIKE 'SCRAM-SHA-256%' FROM pg_authid WHERE rolname = '{role}'"
        assert asked(SUPERUSER, query) == [(True,)]
        assert asked(urls.app, "SELECT current_user") == [(role,)]
    finally:
        database.drop(SUPERUSER, name)
        asked(SUPERUSER, f"DROP ROLE {role}")


def test_clone_copies_rows_rights_and_owner(urls, name):
    asked(urls.app, "INSERT INTO thing (word) VALUES ('copied')")
    copy = f"{name} copy"
    try:
        copied = database.clone(SUPERUSER, name, copy)
        assert asked(copied.app, "SELECT word FROM thing") == [("copied",)]
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            asked(copied.app, "TRUNCATE thing")
        assert asked(copied.owner, "DROP TABLE thing") == -1
        assert asked(urls.app, "SELECT count(*) FROM thing") == [(1,)]
    finally:
        database.drop(SUPERUSER, copy)


def test_strangers_may_not_connect(urls, name):
    role = f"palace_test_{uuid.uuid4().hex[:8]}"
    asked(SUPERUSER, f"CREATE ROLE {role} LOGIN")
    try:
        with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
            asked(database.url_of(SUPERUSER, name, role), "SELECT 1")
    finally:
        asked(SUPERUSER, f"DROP ROLE {role}")


def test_drop_removes_a_database_in_use_and_one_that_is_not_there(urls, name):
    with psycopg.connect(urls.app):
        database.drop(SUPERUSER, name)
    database.drop(SUPERUSER, name)
    assert database.exists(SUPERUSER, name) is False


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("postgresql://p@127.0.0.1:5433/x", "postgresql://u:a%2Fb@127.0.0.1:5433/n%20m"),
        ("postgresql://p:old@host/x", "postgresql://u:a%2Fb@host:5432/n%20m"),
        (
            "postgresql://p@/x?host=/a%20b/run&port=7",
            "postgresql://u:a%2Fb@/n%20m?host=%2Fa%20b%2Frun&port=7",
        ),
        (
            "postgresql://p@host/x?sslmode=require",
            "postgresql://u:a%2Fb@host:5432/n%20m?sslmode=require",
        ),
    ],
)
def test_url_of_keeps_the_place_and_changes_who_and_what(url, expected):
    assert database.url_of(url, "n m", "u", "a/b") == expected


def test_url_of_keeps_user_and_password_unless_told():
    assert database.url_of("postgresql://p:q@h/x", "n") == "postgresql://p:q@h:5432/n"


def test_main_reads_roles_and_database_from_the_addresses(name):
    database.main(
        {
            "SUPERUSER_URL": SUPERUSER,
            "DATABASE_URL": database.url_of(SUPERUSER, name, "palace_app"),
            "OWNER_DATABASE_URL": database.url_of(SUPERUSER, name, "palace_owner"),
        }
    )
    query = "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database()"
    assert asked(database.urls(SUPERUSER, name).app, query) == [("palace_owner",)]


def test_prepare_works_for_a_role_that_may_make_roles_and_databases(name):
    mark = uuid.uuid4().hex[:8]
    maker, owner, app = (f"palace_test_{mark}_{part}" for part in ("maker", "owner", "app"))
    asked(SUPERUSER, f"CREATE ROLE {maker} LOGIN CREATEROLE CREATEDB")
    try:
        url = database.url_of(SUPERUSER, "postgres", maker)
        urls = database.prepare(url, name, owner, app)
        assert database.prepare(url, name, owner, app) == urls
        asked(urls.owner, "CREATE TABLE thing (id int)")
        assert asked(urls.app, "INSERT INTO thing VALUES (1)") == 1
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            asked(urls.app, "TRUNCATE thing")
    finally:
        database.drop(SUPERUSER, name)
        for role in (app, owner, maker):
            asked(SUPERUSER, f"DROP ROLE IF EXISTS {role}")
