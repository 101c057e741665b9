import os
import uuid

import psycopg
import pytest
from psycopg import sql

from palace.core import database
from palace.demo import servers

SUPERUSER = os.environ["TEST_SUPERUSER_URL"]
NOBODY = "postgresql://x@127.0.0.1:1/x"


@pytest.fixture
def name():
    name = f"palace_demo_{uuid.uuid4().hex[:8]}"
    yield name
    database.drop(SUPERUSER, name)


def run(url, statement, *names):
    with psycopg.connect(url, autocommit=True) as connection:
        return connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def given(url, owner="", fresh=False):
    return servers.given_database(url, owner, "secret", str, fresh=fresh)


@pytest.fixture
def roles(name):
    """An ordinary role and a database; both go away with the test."""
    role = f"{name}_role"
    run(SUPERUSER, "CREATE ROLE {} LOGIN", role)
    run(SUPERUSER, "CREATE DATABASE {}", name)
    yield role
    database.drop(SUPERUSER, name)
    run(SUPERUSER, "DROP ROLE {}", role)


def test_superuser_gets_a_database_with_two_roles_of_our_own(name):
    urls = given(database.url_of(SUPERUSER, "postgres"))
    assert [servers.check(url, str).name for url in (urls.app, urls.owner)] == [servers.APP, servers.OWNER]
    assert servers.check(urls.owner, str).owns_this_one is True
    assert servers.check(urls.app, str)[1:] == (False, False)
    database.drop(SUPERUSER, servers.NAME)


def test_superuser_may_name_a_database(roles, name):
    urls = given(database.url_of(SUPERUSER, name))
    assert run(urls.app, "SELECT current_database()").fetchone() == (name,)


def test_owner_of_a_database_uses_it_alone(roles, name):
    run(SUPERUSER, "ALTER DATABASE {} OWNER TO {}", name, roles)
    url = database.url_of(SUPERUSER, name, roles)
    assert given(url) == database.Urls(app=url, owner=url)


def test_two_addresses_are_taken_as_they_are(roles, name):
    app, owner = database.url_of(SUPERUSER, name, roles), database.url_of(SUPERUSER, name)
    assert given(app, owner) == database.Urls(app=app, owner=owner)


def test_ordinary_role_is_refused_with_its_name(roles, name):
    with pytest.raises(servers.Refused, match=f"^The role {roles} of DATABASE_URL may not make databases"):
        given(database.url_of(SUPERUSER, name, roles))


@pytest.mark.parametrize(("url", "owner"), [(NOBODY, ""), (NOBODY, SUPERUSER), (SUPERUSER, NOBODY), ("nonsense", "")])
def test_server_that_does_not_answer_is_refused_with_its_reason(url, owner):
    with pytest.raises(servers.Refused, match=r"^The database of DATABASE_URL does not answer: \S"):
        given(url, owner)


def test_fresh_does_not_empty_a_database_with_a_name_of_its_own(roles, name):
    with pytest.raises(servers.Refused, match=f"^--fresh would empty the database {name}"):
        given(database.url_of(SUPERUSER, name), fresh=True)
    assert database.exists(SUPERUSER, name) is True


def test_fresh_empties_the_demonstrations_own():
    url = database.url_of(SUPERUSER, "postgres")
    run(given(url).owner, "CREATE TABLE kept (id int)")
    tables = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
    assert run(given(url).owner, tables).fetchone() == (1,)
    assert run(given(url, fresh=True).owner, tables).fetchone() == (0,)
    database.drop(SUPERUSER, servers.NAME)


def test_redis_that_does_not_answer_is_refused():
    with pytest.raises(servers.Refused, match=r"^The Redis of REDIS_URL does not answer\."):
        servers.given_redis("redis://127.0.0.1:1", str)
    with pytest.raises(servers.Refused):
        servers.given_redis("nonsense", str)
