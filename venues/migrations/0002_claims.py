"""The heart: nobody shares a place at a time, and one function is the only door to the places."""

from django.db import migrations

from palace.core.sql import audited, composite_key, revoked

# Every place of the house on one line of numbers: two ranges in the constraint are a third faster than three (docs/scaling.md).
# A space has at most 2^20 places, so its stretch of the line is its own.
CONSTRAINTS = """
CREATE FUNCTION venues_places(space bigint, first_no int, places int) RETURNS int8range LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN int8range((space << 20) + first_no, (space << 20) + first_no + places);
ALTER TABLE venues_occupancy ADD CONSTRAINT occupancy_places_free EXCLUDE USING gist (
    venues_places(space_id, first_place, place_count) WITH &&,
    tstzrange(starts_at, ends_at, '[)') WITH &&
) WHERE (holds);
ALTER TABLE venues_allocation ADD CONSTRAINT allocation_places_free EXCLUDE USING gist (
    venues_places(space_id, first_place, place_count) WITH &&,
    tstzrange(starts_at, ends_at, '[)') WITH &&
);
"""

# Units, allocations and what is taken are runs of places that their space has. The lock of the space keeps it from shrinking meanwhile;
# claims hold it already. As bigint: two large numbers are a refusal, not an overflow.
RUN = """
CREATE FUNCTION venues_run_in_space() RETURNS trigger LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
BEGIN
    IF TG_TABLE_NAME <> 'venues_occupancy' THEN
        PERFORM lock_spaces(ARRAY[NEW.space_id]);
    END IF;
    IF NEW.first_place::bigint + NEW.place_count - 1 > (SELECT places FROM venues_space WHERE id = NEW.space_id) THEN
        RAISE EXCEPTION '% places from % on are more than space % has', NEW.place_count, NEW.first_place, NEW.space_id
            USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER unit_run_in_space BEFORE INSERT OR UPDATE ON venues_unit FOR EACH ROW EXECUTE FUNCTION venues_run_in_space();
CREATE TRIGGER allocation_run_in_space BEFORE INSERT OR UPDATE ON venues_allocation FOR EACH ROW EXECUTE FUNCTION venues_run_in_space();
CREATE TRIGGER occupancy_run_in_space BEFORE INSERT ON venues_occupancy FOR EACH ROW EXECUTE FUNCTION venues_run_in_space();
CREATE FUNCTION venues_space_holds_units() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM lock_spaces(ARRAY[NEW.id]);
    IF EXISTS (SELECT 1 FROM venues_unit WHERE space_id = NEW.id AND first_place + place_count - 1 > NEW.places) THEN
        RAISE EXCEPTION 'a unit of space % ends behind place %', NEW.name, NEW.places
            USING ERRCODE = 'check_violation', CONSTRAINT = 'unit_run_in_space';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER space_holds_units BEFORE UPDATE OF places ON venues_space FOR EACH ROW EXECUTE FUNCTION venues_space_holds_units();
"""

# Each claim or release raises the stamp of its spaces, under their locks: a cached answer carries the stamp it was made at.
STAMPS = """
CREATE TABLE venues_spacestamp (space_id bigint PRIMARY KEY REFERENCES venues_space ON DELETE CASCADE, stamp bigint NOT NULL DEFAULT 1)
    WITH (fillfactor = 50);
CREATE FUNCTION venues_new_space() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO venues_spacestamp (space_id) VALUES (NEW.id);
    RETURN NULL;
END $$;
CREATE TRIGGER new_space AFTER INSERT ON venues_space FOR EACH ROW EXECUTE FUNCTION venues_new_space();
"""

# Places of a run that nobody holds and no allocation keeps back, in ascending order.
FREE_PLACES = """
CREATE FUNCTION free_places(space bigint, first_no int, places int, since timestamptz, until timestamptz,
                            releases bigint[], mine bigint, at timestamptz) RETURNS int[] LANGUAGE sql STABLE AS $$
    SELECT coalesce(array_agg(p ORDER BY p), '{}') FROM generate_series(first_no, first_no + places - 1) p
    WHERE NOT EXISTS (
        SELECT 1 FROM venues_occupancy o WHERE o.holds AND o.id <> ALL (releases)
        AND venues_places(o.space_id, o.first_place, o.place_count) && venues_places(space, p, 1)
        AND tstzrange(o.starts_at, o.ends_at, '[)') && tstzrange(since, until, '[)')
    ) AND NOT EXISTS (
        SELECT 1 FROM venues_allocation a WHERE a.id IS DISTINCT FROM mine AND at < a.starts_at - make_interval(hours => a.release_hours)
        AND venues_places(a.space_id, a.first_place, a.place_count) && venues_places(space, p, 1)
        AND tstzrange(a.starts_at, a.ends_at, '[)') && tstzrange(since, until, '[)')
    )
$$;
"""

# Why a claim cannot be met: 'allocated', 'taken', or NULL. Reads only.
OBSTACLE = """
CREATE FUNCTION claim_obstacle(c jsonb, releases bigint[], at timestamptz) RETURNS text LANGUAGE plpgsql STABLE
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
DECLARE
    heads    int := (c ->> 'heads')::int;
    run      int8range := venues_places((c ->> 'space')::bigint, (c ->> 'first')::int, (c ->> 'count')::int);
    term     tstzrange := tstzrange((c ->> 'since')::timestamptz, (c ->> 'until')::timestamptz, '[)');
    obstacle text;
BEGIN
    IF heads IS NOT NULL THEN
        IF cardinality(free_places((c ->> 'space')::bigint, (c ->> 'first')::int, (c ->> 'count')::int, lower(term), upper(term),
                                   releases, (c ->> 'allocation')::bigint, at)) < heads THEN
            RETURN 'taken';
        END IF;
        RETURN NULL;
    END IF;
    SELECT CASE WHEN EXISTS (
        SELECT 1 FROM venues_occupancy o WHERE o.holds AND o.id <> ALL (releases)
        AND venues_places(o.space_id, o.first_place, o.place_count) && run AND tstzrange(o.starts_at, o.ends_at, '[)') && term
    ) THEN 'taken' WHEN EXISTS (
        SELECT 1 FROM venues_allocation a
        WHERE a.id IS DISTINCT FROM (c ->> 'allocation')::bigint AND at < a.starts_at - make_interval(hours => a.release_hours)
        AND venues_places(a.space_id, a.first_place, a.place_count) && run AND tstzrange(a.starts_at, a.ends_at, '[)') && term
    ) THEN 'allocated' END INTO obstacle;
    RETURN obstacle;
END $$;
"""

LOCK_SPACES = """
CREATE FUNCTION lock_spaces(spaces bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(20201, space::int) FROM (SELECT DISTINCT s AS space FROM unnest(spaces) s ORDER BY s) ascending;
END $$;
"""

# The only door. ``claims`` is a JSON array of {palace, space, first, count, heads, since, until, kind, holder, allocation, fill}:
# heads null = the whole run for one party; heads n = any n free places of the run; fill = whatever of the run nobody else holds;
# looked = the caller has just read it as free, so that the constraint alone decides.
# ``releases`` are ids of occupancies to let go in the same breath. All or nothing.
# Returns {"rows": [[claim, id, first, count], …]} or {"refused": "taken" | "allocated", "claim": n}.
# VOLATILE on purpose: each statement after the lock sees what the last holder of the lock committed.
CLAIM_PLACES = """
CREATE FUNCTION claim_places(claims jsonb, releases bigint[], actor bigint, origin text, at timestamptz DEFAULT clock_timestamp())
RETURNS jsonb LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
DECLARE
    spaces   bigint[];
    c        jsonb;
    n        int;
    obstacle text;
    rows     jsonb := '[]';
    made     jsonb;
    missing  boolean;
    new_id   bigint;
BEGIN
    IF current_setting('app.source', true) IS NULL OR current_setting('app.source', true) = '' THEN
        PERFORM set_config('app.actor', coalesce(actor::text, ''), true), set_config('app.source', origin, true);
    END IF;
    IF jsonb_array_length(claims) = 1 AND cardinality(releases) = 0 THEN
        spaces := ARRAY[(claims -> 0 ->> 'space')::bigint];
    ELSE
        SELECT array_agg(s) INTO spaces FROM (
            SELECT (x ->> 'space')::bigint AS s FROM jsonb_array_elements(claims) x
            UNION SELECT space_id FROM venues_occupancy WHERE id = ANY (releases)
        ) touched;
    END IF;
    PERFORM lock_spaces(spaces);
    FOR n IN 0 .. jsonb_array_length(claims) - 1 LOOP
        c := claims -> n;
        CONTINUE WHEN (c ->> 'fill')::boolean OR (c ->> 'looked')::boolean;
        obstacle := claim_obstacle(c, releases, at);
        IF obstacle IS NOT NULL THEN
            RETURN jsonb_build_object('refused', obstacle, 'claim', n);
        END IF;
    END LOOP;
    IF cardinality(releases) > 0 THEN
        UPDATE venues_occupancy SET holds = false, released_at = at WHERE id = ANY (releases) AND holds;
    END IF;
    FOR n IN 0 .. jsonb_array_length(claims) - 1 LOOP
        c := claims -> n;
        IF c ->> 'heads' IS NULL AND NOT coalesce((c ->> 'fill')::boolean, false) THEN
            -- the whole run for one party: nearly every claim
            INSERT INTO venues_occupancy (palace_id, space_id, first_place, place_count, starts_at, ends_at, kind, holder_id, holds)
            VALUES ((c ->> 'palace')::bigint, (c ->> 'space')::bigint, (c ->> 'first')::int, (c ->> 'count')::int,
                    (c ->> 'since')::timestamptz, (c ->> 'until')::timestamptz, c ->> 'kind', (c ->> 'holder')::bigint, true)
            ON CONFLICT DO NOTHING RETURNING id INTO new_id;
            IF new_id IS NULL AND (c ->> 'looked')::boolean AND jsonb_array_length(claims) = 1 THEN
                RETURN '{"refused": "taken", "claim": 0}';
            END IF;
            missing := new_id IS NULL;
            made := jsonb_build_array(jsonb_build_array(n, new_id, (c ->> 'first')::int, (c ->> 'count')::int));
        ELSE
            WITH piece AS (
                -- the lowest free places, as runs
                SELECT min(p) AS first, count(*)::int AS size, (c ->> 'since')::timestamptz AS since, (c ->> 'until')::timestamptz AS until FROM (
                    SELECT p, p - row_number() OVER (ORDER BY p) AS island
                    FROM unnest((free_places((c ->> 'space')::bigint, (c ->> 'first')::int, (c ->> 'count')::int,
                        (c ->> 'since')::timestamptz, (c ->> 'until')::timestamptz, '{}', (c ->> 'allocation')::bigint, at))
                        [1:(c ->> 'heads')::int]) p
                    WHERE c ->> 'heads' IS NOT NULL
                ) lowest GROUP BY island
                UNION ALL
                -- what nobody holds of each place, equal pieces side by side joined
                SELECT min(p), count(*)::int, lower(term), upper(term) FROM (
                    SELECT p, term, p - row_number() OVER (PARTITION BY term ORDER BY p) AS island
                    FROM generate_series((c ->> 'first')::int, (c ->> 'first')::int + (c ->> 'count')::int - 1) p,
                    LATERAL unnest(
                        tstzmultirange(tstzrange((c ->> 'since')::timestamptz, (c ->> 'until')::timestamptz, '[)')) - coalesce((
                            SELECT range_agg(tstzrange(o.starts_at, o.ends_at, '[)')) FROM venues_occupancy o WHERE o.holds
                            AND venues_places(o.space_id, o.first_place, o.place_count) && venues_places((c ->> 'space')::bigint, p, 1)
                            AND tstzrange(o.starts_at, o.ends_at, '[)') && tstzrange((c ->> 'since')::timestamptz, (c ->> 'until')::timestamptz, '[)')
                        ), '{}'::tstzmultirange)
                    ) term
                    WHERE (c ->> 'fill')::boolean
                ) open_pieces GROUP BY term, island
            ), written AS (
                INSERT INTO venues_occupancy (palace_id, space_id, first_place, place_count, starts_at, ends_at, kind, holder_id, holds)
                SELECT (c ->> 'palace')::bigint, (c ->> 'space')::bigint, first, size, since, until, c ->> 'kind', (c ->> 'holder')::bigint, true
                FROM piece ON CONFLICT DO NOTHING RETURNING id, first_place, place_count
            )
            SELECT jsonb_agg(jsonb_build_array(n, id, first_place, place_count) ORDER BY first_place), coalesce(sum(place_count), 0)
                <> (c ->> 'heads')::int INTO made, missing FROM written;
        END IF;
        -- Under the lock all was free, so this is a claim that overlaps another of the same call.
        IF missing THEN
            RAISE EXCEPTION 'claim % overlaps another claim', n USING ERRCODE = 'exclusion_violation', CONSTRAINT = 'occupancy_places_free';
        END IF;
        rows := rows || coalesce(made, '[]');
    END LOOP;
    UPDATE venues_spacestamp SET stamp = stamp + 1 WHERE space_id = ANY (spaces);
    RETURN jsonb_build_object('rows', rows);
END $$;
"""

DROP_FUNCTIONS = """
DROP FUNCTION claim_places(jsonb, bigint[], bigint, text, timestamptz); DROP FUNCTION lock_spaces(bigint[]);
DROP FUNCTION claim_obstacle(jsonb, bigint[], timestamptz);
DROP FUNCTION free_places(bigint, int, int, timestamptz, timestamptz, bigint[], bigint, timestamptz);
"""

SCOPED = [("site", "venues_site"), ("venue", "venues_venue")]


def in_palace(table: str, field: str, target: str) -> migrations.RunSQL:
    name = f"{table.removeprefix('venues_')}_{field}_in_palace"
    return composite_key(table, f"palace_id, {field}_id", target, "palace_id, id", name)


class Migration(migrations.Migration):
    dependencies = [("venues", "0001_initial"), ("core", "0002_audit_and_ledger")]

    operations = [
        migrations.RunSQL(
            CONSTRAINTS,
            "ALTER TABLE venues_occupancy DROP CONSTRAINT occupancy_places_free; ALTER TABLE venues_allocation DROP CONSTRAINT allocation_places_free;"
            "DROP FUNCTION venues_places(bigint, int, int)",
        ),
        migrations.RunSQL(
            RUN,
            "DROP TRIGGER unit_run_in_space ON venues_unit; DROP TRIGGER allocation_run_in_space ON venues_allocation;"
            "DROP TRIGGER occupancy_run_in_space ON venues_occupancy; DROP TRIGGER space_holds_units ON venues_space;"
            "DROP FUNCTION venues_run_in_space(); DROP FUNCTION venues_space_holds_units()",
        ),
        migrations.RunSQL(STAMPS, "DROP TRIGGER new_space ON venues_space; DROP FUNCTION venues_new_space(); DROP TABLE venues_spacestamp"),
        migrations.RunSQL(FREE_PLACES + OBSTACLE + LOCK_SPACES + CLAIM_PLACES, DROP_FUNCTIONS),
        in_palace("venues_venue", "site", "venues_site"),
        in_palace("venues_space", "venue", "venues_venue"),
        in_palace("venues_unit", "venue", "venues_venue"),
        in_palace("venues_unit", "space", "venues_space"),
        composite_key("venues_unit", "venue_id, space_id", "venues_space", "venue_id, id", "unit_space_in_venue"),
        in_palace("venues_policy", "venue", "venues_venue"),
        in_palace("venues_policy", "unit", "venues_unit"),
        in_palace("venues_tariff", "venue", "venues_venue"),
        in_palace("venues_tariff", "unit", "venues_unit"),
        in_palace("venues_occupancy", "space", "venues_space"),
        in_palace("venues_allocation", "space", "venues_space"),
        in_palace("venues_visit", "venue", "venues_venue"),
        *[in_palace(table, field, target) for table in ("venues_openinghours", "venues_openingexception") for field, target in SCOPED],
        *[in_palace("venues_closure", field, f"venues_{field}") for field in ("site", "venue", "space", "unit")],
        *[
            audited(f"venues_{table}")
            for table in (
                "site venue venuephoto space unit openinghours openingexception calendarday policy tariff tariffline tariffdiscount "
                "occupancy allocation closure visit"
            ).split()
        ],
        revoked("INSERT, UPDATE, DELETE, TRUNCATE", "venues_occupancy"),
        revoked("INSERT, UPDATE, DELETE, TRUNCATE", "venues_spacestamp"),
    ]
