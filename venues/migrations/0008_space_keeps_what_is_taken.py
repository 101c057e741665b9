"""A space does not shrink under what is taken or kept from now on; what is over does not hold it."""

from django.db import migrations

HOLDS = """
CREATE OR REPLACE FUNCTION venues_space_holds_units() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM lock_spaces(ARRAY[NEW.id]);
    IF EXISTS (SELECT 1 FROM venues_unit WHERE space_id = NEW.id AND first_place + place_count - 1 > NEW.places) THEN
        RAISE EXCEPTION 'a unit of space % ends behind place %', NEW.name, NEW.places
            USING ERRCODE = 'check_violation', CONSTRAINT = 'unit_run_in_space';
    END IF;
{more}    RETURN NEW;
END $$;
"""
TAKEN = """
    IF EXISTS (SELECT 1 FROM venues_occupancy WHERE space_id = NEW.id AND holds AND ends_at > clock_timestamp()
               AND first_place + place_count - 1 > NEW.places) THEN
        RAISE EXCEPTION 'places of space % behind place % are taken', NEW.name, NEW.places
            USING ERRCODE = 'check_violation', CONSTRAINT = 'occupancy_run_in_space';
    END IF;
    IF EXISTS (SELECT 1 FROM venues_allocation WHERE space_id = NEW.id AND ends_at > clock_timestamp()
               AND first_place + place_count - 1 > NEW.places) THEN
        RAISE EXCEPTION 'places of space % behind place % are kept', NEW.name, NEW.places
            USING ERRCODE = 'check_violation', CONSTRAINT = 'allocation_run_in_space';
    END IF;
"""


class Migration(migrations.Migration):
    dependencies = [("venues", "0007_opening_apart")]

    operations = [migrations.RunSQL(HOLDS.replace("{more}", TAKEN), HOLDS.replace("{more}", ""))]
