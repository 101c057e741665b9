"""Two prices of one tariff for the same people on the same kind of day do not share a time: only the cheaper would ever be asked for."""

from django.core.management.base import CommandError
from django.db import migrations

# What a band takes of its day, in seconds: "to 0:00" is midnight, and a band may wrap around it (``venues.rules.spans``).
# The key is equality as a range, which needs no extension.
FUNCTIONS = """
CREATE FUNCTION venues_band_seconds(since time, until time) RETURNS nummultirange LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN since < until
        THEN nummultirange(numrange(extract(epoch FROM since), extract(epoch FROM until)))
        ELSE nummultirange(numrange(extract(epoch FROM since), 86400), numrange(0, extract(epoch FROM until))) END;
CREATE FUNCTION venues_price_key(audience text, days text) RETURNS int8range LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN int8range(
        ('x' || left(md5(audience || ' ' || days), 8))::bit(32)::bigint, ('x' || left(md5(audience || ' ' || days), 8))::bit(32)::bigint, '[]');
"""
DROP = "DROP FUNCTION venues_band_seconds(time, time); DROP FUNCTION venues_price_key(text, text);"
# Deferred: a border between two bands moves in two rows.
APART = """
ALTER TABLE venues_tariffline ADD CONSTRAINT tariff_prices_apart EXCLUDE USING gist (
    int8range(tariff_id, tariff_id, '[]') WITH &&, venues_price_key(audience, days) WITH &&,
    venues_band_seconds(from_time, to_time) WITH &&) DEFERRABLE INITIALLY DEFERRED;
"""
TWICE = """
SELECT DISTINCT one.tariff_id FROM venues_tariffline one JOIN venues_tariffline other ON one.tariff_id = other.tariff_id
    AND one.id < other.id AND one.audience = other.audience AND one.days = other.days
    AND venues_band_seconds(one.from_time, one.to_time) && venues_band_seconds(other.from_time, other.to_time)
ORDER BY one.tariff_id
"""


def refuse_overlaps(apps, schema_editor):
    """Which of two prices is meant is for the palace to say: name the tariffs, and change nothing."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(TWICE)
        pages = [f"/admin/venues/tariff/{pk}/change/" for (pk,) in cursor.fetchall()]
    if pages:
        raise CommandError(
            "These tariffs have two prices for the same people at the same time. Nothing was changed: in the administration "
            "delete one of each two, or let one end where the other begins, then migrate again.\n" + "\n".join(pages)
        )


class Migration(migrations.Migration):
    dependencies = [("venues", "0008_space_keeps_what_is_taken")]

    operations = [
        migrations.RunSQL(FUNCTIONS, DROP),
        migrations.RunPython(refuse_overlaps, migrations.RunPython.noop),
        migrations.RunSQL(APART, "ALTER TABLE venues_tariffline DROP CONSTRAINT tariff_prices_apart"),
    ]
