"""Calls of database functions: alike inside a transaction and straight through the client library."""

from types import SimpleNamespace

import psycopg
import pytest
from django.db import DatabaseError, OperationalError, connection, transaction
from psycopg.pq import ConnStatus, ExecStatus

from palace.core.rows import json_call, single_value

ECHO = """
CREATE FUNCTION echo(told text) RETURNS jsonb LANGUAGE plpgsql AS $$
BEGIN
    IF told = 'wrong' THEN
        RAISE EXCEPTION 'no' USING ERRCODE = 'PA001';
    END IF;
    RETURN to_jsonb(nullif(told, ''));
END $$
"""
TEXTS = ("𠮷田🏸 ' \" \\ %s $1", "")


@pytest.fixture
def echo(owner):
    owner.execute(ECHO)


def test_json_call_answers_alike_inside_and_outside_a_transaction(echo):
    straight = [json_call("echo", text) for text in TEXTS]
    with transaction.atomic():
        assert [json_call("echo", text) for text in TEXTS] == straight == [TEXTS[0], None]


def test_json_call_raises_the_errors_of_django_with_their_state(echo):
    with pytest.raises(DatabaseError) as error:
        json_call("echo", "wrong")
    assert error.value.__cause__.sqlstate == "PA001"
    assert json_call("echo", "on") == "on"  # the connection is well


def test_json_call_on_a_dead_line_is_an_operational_error(echo, fresh_db):
    json_call("echo", "on")
    with psycopg.connect(fresh_db.app, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [connection.connection.info.backend_pid])
    with pytest.raises(OperationalError) as error:
        json_call("echo", "on")
    assert isinstance(error.value.__cause__, psycopg.OperationalError)
    assert connection.connection.closed
    connection.close()
    assert json_call("echo", "on") == "on"


def test_json_call_of_a_new_request_replaces_a_dead_line(echo, fresh_db, monkeypatch):
    """As every query of Django does at the first use in a request; nobody reads that the service is away."""
    json_call("echo", "on")
    with psycopg.connect(fresh_db.app, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [connection.connection.info.backend_pid])
    monkeypatch.setattr(connection, "health_check_enabled", True)
    monkeypatch.setattr(connection, "health_check_done", False)
    assert json_call("echo", "on") == "on"


class Line:
    """A line whose server went while libpq still takes it for open."""

    status, finished = ConnStatus.OK, False

    def __init__(self, state):
        self.state = state

    def exec_params(self, *_arguments):
        return SimpleNamespace(status=ExecStatus.FATAL_ERROR, error_field=lambda _field: self.state)

    def get_error_message(self):
        return "gone"

    def finish(self):
        self.finished = True


@pytest.mark.parametrize("state", [None, b"57P01", b"57P02"])
def test_line_whose_server_went_is_given_up_at_once(state):
    line = Line(state)
    with pytest.raises(psycopg.OperationalError):
        single_value(line, "SELECT 1", "")
    assert line.finished
