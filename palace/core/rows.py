"""Calls of database functions that answer in JSON."""

from typing import Any

import orjson
import psycopg
from django.db import DEFAULT_DB_ALIAS, connection, connections
from psycopg.pq import ConnStatus, DiagnosticField, ExecStatus

SERVER_LEAVES = "57P"  # shut down, crashed beside us, or not yet up; an answer without any state is the library's own: nobody is there


def json_value(sql: str, params) -> Any:
    """The single JSON value that ``sql`` yields, decoded: one round trip."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        value = cursor.fetchone()[0]
    return orjson.loads(value) if isinstance(value, str | bytes) else value


def json_call(function: str, argument: str) -> Any:
    """What the database function ``function`` answers to ``argument``, decoded; None for null. One round trip.

    Outside a transaction it goes straight to the client library, which waits for the answer without Python's lock: under
    load the threads of a process spend more time on taking that lock from each other than on the call (docs/scaling.md).
    """
    line = connections[DEFAULT_DB_ALIAS]
    if line.in_atomic_block or line.queries_logged:
        return json_value(f"SELECT {function}(%s)", [argument])
    line.close_if_health_check_failed()  # as every cursor does; the hot calls have no need of it
    line.ensure_connection()
    with line.wrap_database_errors:
        value = single_value(line.connection.pgconn, f"SELECT {function}($1)", argument)
    return None if value is None else orjson.loads(value)


def single_value(pgconn, sql: str, argument: str) -> bytes | None:
    result = pgconn.exec_params(sql.encode(), [argument.encode()])
    if result.status == ExecStatus.TUPLES_OK:
        return result.get_value(0, 0)
    state = (result.error_field(DiagnosticField.SQLSTATE) or b"").decode()
    if pgconn.status == ConnStatus.BAD or not state or state.startswith(SERVER_LEAVES):
        text = pgconn.get_error_message()
        pgconn.finish()  # a line that only seems to be open would fail again for whoever comes next
        raise psycopg.OperationalError(text)
    raise psycopg.errors.error_from_result(result)


def as_json(value) -> str:
    """``value`` for a jsonb parameter; moments and dates as ISO 8601."""
    return orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS).decode()
