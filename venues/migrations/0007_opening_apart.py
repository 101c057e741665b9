"""Hours of one scope and day do not share a time, and a closed day stands alone: each slot would be offered twice."""

from django.core.management.base import CommandError
from django.db import migrations

# What a row takes of its day, in seconds from midnight. A closed row has no hours: NULL bounds take all of the day and the
# night after it. The form asks the same function (``venues.querysets``).
SECONDS = """
CREATE FUNCTION venues_open_seconds(opens time, closes time) RETURNS numrange LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN numrange(extract(epoch FROM opens), extract(epoch FROM closes) + CASE WHEN closes > opens THEN 0 ELSE 86400 END);
"""


def same(column: str) -> str:
    """Equality as a range, which needs no extension; no site or venue is one value too."""
    return f"int8range(coalesce({column}, 0), coalesce({column}, 0), '[]')"


SCOPE = [same("palace_id"), same("site_id"), same("venue_id")]
TAKEN = "venues_open_seconds(opens_at, closes_at)"
APART = {
    "opening_hours_apart": (
        "venues_openinghours",
        [*SCOPE, same("day_type"), "daterange(first_day, first_day, '[]')", TAKEN],
    ),
    "exception_hours_apart": ("venues_openingexception", [*SCOPE, "daterange(day, day, '[]')", TAKEN]),
}


def refuse_overlaps(apps, schema_editor):
    """Which of two rows is meant is for the palace to say: name them, and change nothing."""
    found = [pair for table, keys in APART.values() for pair in overlaps(schema_editor.connection, table, keys)]
    if found:
        raise CommandError(
            "These opening hours overlap. Nothing was changed: in the administration delete one row of each pair, or let one "
            "end where the other begins, then migrate again.\n" + "\n".join(found)
        )


def overlaps(connection, table: str, keys: list[str]) -> list[str]:
    columns = ", ".join(f"{key} AS k{n}" for n, key in enumerate(keys))
    clash = " AND ".join(f"one.k{n} && other.k{n}" for n in range(len(keys)))
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH found AS (SELECT id, opens_at, closes_at, {columns} FROM {table}) "
            "SELECT one.id, one.opens_at, one.closes_at, other.id, other.opens_at, other.closes_at "
            f"FROM found one JOIN found other ON one.id < other.id AND {clash} ORDER BY one.id, other.id"
        )
        page = f"/admin/{table.replace('_', '/')}"
        return [f"{named(page, *row[:3])} and {named(page, *row[3:])}" for row in cursor.fetchall()]


def named(page: str, pk: int, opens_at, closes_at) -> str:
    hours = f"{opens_at:%H:%M}–{closes_at:%H:%M}" if opens_at else "closed"
    return f"{page}/{pk}/change/ ({hours})"


def apart(name: str) -> migrations.RunSQL:
    table, keys = APART[name]
    return migrations.RunSQL(
        f"ALTER TABLE {table} ADD CONSTRAINT {name} EXCLUDE USING gist ({', '.join(f'{key} WITH &&' for key in keys)})",
        f"ALTER TABLE {table} DROP CONSTRAINT {name}",
    )


class Migration(migrations.Migration):
    dependencies = [("venues", "0006_years_sane")]

    operations = [
        migrations.RunSQL(SECONDS, "DROP FUNCTION venues_open_seconds(time, time)"),
        migrations.RunPython(refuse_overlaps, migrations.RunPython.noop),
        *[apart(name) for name in APART],
    ]
