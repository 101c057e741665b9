"""Every change of a palace's rules raises its version: a booking made under an older reading is refused and tried again."""

from django.db import migrations

from palace.core.sql import revoked

OF_PALACE = "site venue space unit openinghours openingexception policy tariff allocation".split()

VERSION = """
CREATE FUNCTION venues_new_palace() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO venues_rulesversion (palace_id, version) VALUES (NEW.id, 1);
    RETURN NULL;
END $$;
CREATE TRIGGER new_palace AFTER INSERT ON unions_palace FOR EACH ROW EXECUTE FUNCTION venues_new_palace();
INSERT INTO venues_rulesversion (palace_id, version) SELECT id, 1 FROM unions_palace;
CREATE FUNCTION venues_rules_changed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    row jsonb := CASE WHEN TG_OP = 'DELETE' THEN to_jsonb(OLD) ELSE to_jsonb(NEW) END;
BEGIN
    UPDATE venues_rulesversion SET version = version + 1 WHERE palace_id = CASE
        WHEN TG_ARGV[0] = 'all' THEN palace_id
        WHEN TG_ARGV[0] = 'tariff' THEN (SELECT palace_id FROM venues_tariff WHERE id = (row ->> 'tariff_id')::bigint)
        ELSE (row ->> 'palace_id')::bigint END;
    RETURN NULL;
END $$;
"""


def watched(table: str, how: str = "palace") -> migrations.RunSQL:
    return migrations.RunSQL(
        f"CREATE TRIGGER rules_changed AFTER INSERT OR UPDATE OR DELETE ON venues_{table} "
        f"FOR EACH ROW EXECUTE FUNCTION venues_rules_changed('{how}')",
        f"DROP TRIGGER rules_changed ON venues_{table}",
    )


class Migration(migrations.Migration):
    dependencies = [("venues", "0002_claims")]

    operations = [
        migrations.RunSQL(
            VERSION,
            "DROP FUNCTION venues_rules_changed(); DROP TRIGGER new_palace ON unions_palace; DROP FUNCTION venues_new_palace()",
        ),
        *[watched(table) for table in OF_PALACE],
        watched("tariffline", "tariff"),
        watched("tariffdiscount", "tariff"),
        watched("calendarday", "all"),
        revoked("INSERT, UPDATE, DELETE, TRUNCATE", "venues_rulesversion"),
    ]
