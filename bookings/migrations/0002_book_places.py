"""Making a booking is one call: key, rules version, places, booking, message. Its life is a table of transitions."""

from django.db import migrations

from palace.core.sql import audited, composite_key, revoked

STATUS = """
CREATE FUNCTION bookings_booking_status() RETURNS trigger LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
BEGIN
    IF NEW.status <> OLD.status AND (OLD.status, NEW.status) NOT IN (
        ('pending', 'confirmed'), ('pending', 'cancelled'), ('confirmed', 'cancelled'),
        ('confirmed', 'used'), ('confirmed', 'no_show'), ('no_show', 'used'), ('used', 'confirmed')
    ) THEN
        RAISE EXCEPTION 'booking %: % cannot become %', OLD.number, OLD.status, NEW.status
            USING ERRCODE = 'check_violation', CONSTRAINT = 'booking_status_step';
    END IF;
    NEW.version := OLD.version + 1;
    NEW.updated_at := clock_timestamp();
    RETURN NEW;
END $$;
CREATE TRIGGER status_step BEFORE UPDATE ON bookings_booking FOR EACH ROW EXECUTE FUNCTION bookings_booking_status();
"""

# At commit: an awaited booking holds as many places as it needs for its whole time; a cancelled one holds none. Asked when the
# booking changes, and when places change hands.
HOLDS = """
CREATE FUNCTION bookings_booking_holds() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
DECLARE
    wrong record;
    one   bigint;
BEGIN
    IF TG_TABLE_NAME = 'venues_occupancy' THEN
        one := OLD.holder_id;
    ELSE
        one := NEW.id;
    END IF;
    SELECT * INTO wrong FROM (
        SELECT b.number, CASE WHEN b.status = 'cancelled' THEN 0 WHEN u.mode = 'shared' THEN b.party_size ELSE u.place_count END AS needed, (
            SELECT coalesce(sum(o.place_count), 0) FROM venues_occupancy o
            WHERE o.kind = 'booking' AND o.holder_id = b.id AND o.holds AND o.starts_at <= b.starts_at AND o.ends_at >= b.ends_at
        ) AS held FROM bookings_booking b JOIN venues_unit u ON u.id = b.unit_id
        WHERE b.id = one AND b.status IN ('pending', 'confirmed', 'cancelled')
    ) counted WHERE held <> needed;
    IF FOUND THEN
        RAISE EXCEPTION 'booking % holds % places, not %', wrong.number, wrong.held, wrong.needed
            USING ERRCODE = 'check_violation', CONSTRAINT = 'booking_holds_places';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER booking_holds_places AFTER INSERT OR UPDATE OF status, unit_id, starts_at, ends_at, party_size ON bookings_booking
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION bookings_booking_holds();
CREATE CONSTRAINT TRIGGER booking_holds_places AFTER UPDATE OR DELETE ON venues_occupancy
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.kind = 'booking') EXECUTE FUNCTION bookings_booking_holds();
"""

# Eight digits that look random and never repeat below 100 million: 48271719 has no factor in common with 10^8.
NUMBER = """
CREATE FUNCTION booking_number(id bigint) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN id < 100000000 THEN '' ELSE (id / 100000000)::text END || lpad(((id * 48271719) % 100000000)::text, 8, '0')
$$;
"""

# ``b``: palace, rules_version, unit, claim (as in claim_places, without holder), member, by, starts_at, ends_at, party_size, status,
# price_fen, price_basis, policy, cancel_before, source, opens_at, late (a walk-in may begin in the past), endpoint, key, hash, at, request,
# address; token and holder: the key of the API and what the process remembers of who holds it (token_holder), null for a page.
# Returns {"booking": id, "number": …}, {"replayed": id} for a key seen with this body, or {"refused": code}.
# A twin that finds its key written meanwhile fails with SQLSTATE PA001 and is simply called again.
BOOK_PLACES = """
CREATE FUNCTION book_places(b jsonb) RETURNS jsonb LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
DECLARE
    at     timestamptz := coalesce((b ->> 'at')::timestamptz, clock_timestamp());
    claim  jsonb := b -> 'claim';
    seen   record;
    made   jsonb;
    new_id bigint;
BEGIN
    -- All that refuses is read at one moment, before any lock: most answers of a crowd end here, and a twin who takes the
    -- place is seen as a twin.
    SELECT v.version, k.request_hash, k.answer_id, claim_obstacle(claim, '{}', at) AS obstacle,
           b ->> 'token' IS NULL OR token_holder(b ->> 'token') IS NOT DISTINCT FROM b -> 'holder' AS known
        INTO seen FROM venues_rulesversion v LEFT JOIN core_idempotencyrecord k
        ON k.principal = (b ->> 'by')::bigint AND k.endpoint = b ->> 'endpoint' AND k.key = b ->> 'key'
        WHERE v.palace_id = (b ->> 'palace')::bigint;
    IF NOT seen.known THEN
        RETURN '{"refused": "stale_holder"}';
    END IF;
    IF seen.answer_id IS NOT NULL THEN
        RETURN CASE WHEN seen.request_hash = b ->> 'hash' THEN jsonb_build_object('replayed', seen.answer_id)
            ELSE jsonb_build_object('refused', 'key_reused') END;
    END IF;
    IF seen.version <> (b ->> 'rules_version')::bigint THEN
        RETURN '{"refused": "stale_rules"}';
    END IF;
    IF (b ->> 'starts_at')::timestamptz <= at AND NOT coalesce((b ->> 'late')::boolean, false) THEN
        RETURN '{"refused": "past"}';
    END IF;
    IF at < (b ->> 'opens_at')::timestamptz THEN
        RETURN '{"refused": "too_early"}';
    END IF;
    IF seen.obstacle IS NOT NULL THEN
        RETURN jsonb_build_object('refused', seen.obstacle);
    END IF;
    PERFORM set_config('app.actor', b ->> 'by', true), set_config('app.source', b ->> 'source', true),
            set_config('app.request', coalesce(b ->> 'request', ''), true), set_config('app.address', coalesce(b ->> 'address', ''), true);
    new_id := nextval('bookings_booking_id_seq');
    claim := claim || jsonb_build_object('kind', 'booking', 'holder', new_id, 'looked', claim ->> 'heads' IS NULL);
    made := claim_places(jsonb_build_array(claim), '{}', (b ->> 'by')::bigint, b ->> 'source', at);
    IF made ? 'refused' THEN
        IF EXISTS (SELECT 1 FROM core_idempotencyrecord
                   WHERE principal = (b ->> 'by')::bigint AND endpoint = b ->> 'endpoint' AND key = b ->> 'key') THEN
            RAISE EXCEPTION 'key written by a twin' USING ERRCODE = 'PA001';
        END IF;
        RETURN jsonb_build_object('refused', made -> 'refused');
    END IF;
    WITH booked AS (
        INSERT INTO bookings_booking (id, palace_id, unit_id, number, member_id, booked_by_id, starts_at, ends_at, party_size, status,
                                      price_fen, price_basis, policy_id, cancel_before, source, created_at, updated_at)
        VALUES (new_id, (b ->> 'palace')::bigint, (b ->> 'unit')::bigint, booking_number(new_id), (b ->> 'member')::bigint,
                (b ->> 'by')::bigint, (b ->> 'starts_at')::timestamptz, (b ->> 'ends_at')::timestamptz, (b ->> 'party_size')::int,
                b ->> 'status', (b ->> 'price_fen')::int, b -> 'price_basis', (b ->> 'policy')::bigint,
                (b ->> 'cancel_before')::timestamptz, b ->> 'source', at, at)
    ), told AS (
        INSERT INTO core_outboxmessage (topic, payload, palace_id, created_at, due_at)
        VALUES ('booking_' || (b ->> 'status'), jsonb_build_object('booking', new_id), (b ->> 'palace')::bigint, at, at)
    ), known AS (
        INSERT INTO accounts_knownmember (palace_id, member_id, since)
        VALUES ((b ->> 'palace')::bigint, (b ->> 'member')::bigint, at) ON CONFLICT DO NOTHING
    )
    INSERT INTO core_idempotencyrecord (principal, endpoint, key, request_hash, answer_id)
    SELECT (b ->> 'by')::bigint, b ->> 'endpoint', b ->> 'key', b ->> 'hash', new_id WHERE b ->> 'key' IS NOT NULL ON CONFLICT DO NOTHING;
    IF NOT FOUND AND b ->> 'key' IS NOT NULL THEN
        RAISE EXCEPTION 'key written by a twin' USING ERRCODE = 'PA001';
    END IF;
    RETURN jsonb_build_object('booking', new_id, 'number', booking_number(new_id));
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_token_holder"), ("bookings", "0001_initial"), ("venues", "0003_rules_version")]

    operations = [
        migrations.RunSQL(STATUS, "DROP TRIGGER status_step ON bookings_booking; DROP FUNCTION bookings_booking_status()"),
        migrations.RunSQL(HOLDS, "DROP TRIGGER booking_holds_places ON venues_occupancy; DROP TRIGGER booking_holds_places ON bookings_booking; DROP FUNCTION bookings_booking_holds()"),
        migrations.RunSQL(NUMBER, "DROP FUNCTION booking_number(bigint)"),
        migrations.RunSQL(BOOK_PLACES, "DROP FUNCTION book_places(jsonb)"),
        composite_key("bookings_booking", "palace_id, unit_id", "venues_unit", "palace_id, id", "booking_unit_in_palace"),
        audited("bookings_booking", "reason"),
        revoked("INSERT, DELETE, TRUNCATE", "bookings_booking"),
    ]
