"""Databases for tests. ``db`` rolls back; ``fresh_db`` is a copy of its own, for races, commits and other processes."""

import fcntl
import os
import tempfile
import uuid
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connections

from palace.core import database

from .browser import browser_type_launch_args, site  # noqa: F401 (fixtures)
from .early import template_name

SUPERUSER = os.environ["TEST_SUPERUSER_URL"]


def make_template() -> None:
    """Migrate once for all processes and runs with the same migrations."""
    with open(Path(tempfile.gettempdir()) / f"{template_name()}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if database.exists(SUPERUSER, template_name()):
            return
        building = f"{template_name()}_new"
        database.drop(SUPERUSER, building)
        database.prepare(SUPERUSER, building)
        with using(building):
            call_command("migrate", database="owner", verbosity=0)
        rename(building, template_name())


def rename(old: str, new: str) -> None:
    import psycopg

    with psycopg.connect(SUPERUSER, autocommit=True) as connection:
        connection.execute(f'ALTER DATABASE "{old}" RENAME TO "{new}"')


@contextmanager
def using(name: str):
    """Point Django at database ``name``."""
    before = {alias: connections[alias].settings_dict["NAME"] for alias in connections}
    point_at(dict.fromkeys(before, name))
    try:
        yield
    finally:
        point_at(before)


def point_at(names: dict[str, str]) -> None:
    for alias, name in names.items():
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = name


@contextmanager
def copy_of_template():
    name = f"palace_test_{uuid.uuid4().hex[:12]}"
    database.clone(SUPERUSER, template_name(), name)
    try:
        with using(name):
            yield name
    finally:
        database.drop(SUPERUSER, name)


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker):
    with django_db_blocker.unblock():
        make_template()
        with copy_of_template():
            yield


@pytest.fixture
def fresh_db(django_db_setup, django_db_blocker):
    """A database of this test alone: commits are real, other threads and processes may use it. Gives its two addresses."""
    forget_all()
    with django_db_blocker.unblock(), copy_of_template() as name:
        yield database.urls(SUPERUSER, name)
    forget_all()


def forget_all() -> None:
    """What a process keeps belongs to one database: another has the same ids and versions for other palaces."""
    from bookings import hot
    from palace.accounts import tokens
    from palace.core import throttles
    from venues import rulebook, whereabouts

    for kept in (hot._bodies, tokens._kept, whereabouts._palaces, rulebook._kept, throttles._counts):
        kept.clear()


@pytest.fixture
def owner(fresh_db):
    """A connection of the owner to the test's database, in autocommit: to write past the services, or take a constraint away."""
    import psycopg

    with psycopg.connect(fresh_db.owner, autocommit=True) as connection:
        yield connection
