"""Places that are held for a booking belong to one that is there: nobody could ever let go of the others."""

from django.db import migrations

# At commit, since the places are taken before the booking is written. Its own trigger counts them (0002).
KNOWN = """
CREATE FUNCTION bookings_holder_known() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM bookings_booking WHERE id = NEW.holder_id) THEN
        RAISE EXCEPTION 'there is no booking % that could hold places', NEW.holder_id
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'places_of_a_booking';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER places_of_a_booking AFTER INSERT ON venues_occupancy
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.kind = 'booking') EXECUTE FUNCTION bookings_holder_known();
"""


class Migration(migrations.Migration):
    dependencies = [("bookings", "0005_owed_back"), ("venues", "0008_space_keeps_what_is_taken")]

    operations = [
        migrations.RunSQL(
            KNOWN, "DROP TRIGGER places_of_a_booking ON venues_occupancy; DROP FUNCTION bookings_holder_known()"
        ),
    ]
