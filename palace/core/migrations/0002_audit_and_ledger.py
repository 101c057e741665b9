"""The audit trigger, the tables that only grow, and the balance of the ledger."""

from django.db import migrations

from palace.core.sql import append_only, revoked

AUDIT_ROW = """
CREATE FUNCTION core_audit_row() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    old_row jsonb := CASE WHEN TG_OP = 'INSERT' THEN NULL ELSE to_jsonb(OLD) END;
    new_row jsonb := CASE WHEN TG_OP = 'DELETE' THEN NULL ELSE to_jsonb(NEW) END;
    any_row jsonb := coalesce(new_row, old_row);
    masked  text[] := coalesce(TG_ARGV::text[], '{}');
    changed text[];
BEGIN
    IF TG_OP = 'UPDATE' THEN
        SELECT array_agg(key ORDER BY key) INTO changed
        FROM jsonb_each(new_row) WHERE value IS DISTINCT FROM old_row -> key;
        IF changed IS NULL THEN
            RETURN NULL;
        END IF;
        SELECT jsonb_object_agg(k, old_row -> k), jsonb_object_agg(k, new_row -> k)
        INTO old_row, new_row FROM unnest(changed) k;
    END IF;
    IF '*' = ANY (masked) THEN  -- not "= ARRAY['*']": TG_ARGV counts from 0, so the two are never equal
        old_row := NULL;
        new_row := NULL;
    ELSE
        old_row := old_row - masked;
        new_row := new_row - masked;
    END IF;
    INSERT INTO core_auditentry (actor_id, source, request_id, address, palace_id, table_name, row_id, action, changed, before, after)
    VALUES (
        nullif(current_setting('app.actor', true), '')::bigint,
        coalesce(nullif(current_setting('app.source', true), ''), 'database:' || session_user),
        coalesce(current_setting('app.request', true), ''),
        nullif(current_setting('app.address', true), '')::inet,
        CASE WHEN TG_TABLE_NAME = 'unions_palace' THEN (any_row ->> 'id')::bigint ELSE (any_row ->> 'palace_id')::bigint END,
        TG_TABLE_NAME, coalesce(any_row ->> 'id', any_row ->> 'member_id', any_row ->> 'day', ''), lower(TG_OP),
        coalesce(to_jsonb(changed), '[]'), old_row, new_row
    );
    RETURN NULL;
END $$;
"""

REFUSE_CHANGE = """
CREATE FUNCTION core_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of % is refused: this table only grows', TG_OP, TG_TABLE_NAME USING ERRCODE = 'check_violation', CONSTRAINT = 'append_only';
END $$;
"""

# A movement of money is complete at its commit: entries that come later would change what its receipt says.
LEDGER_BALANCE = """
ALTER TABLE core_ledgertransaction ADD COLUMN made_in xid8 NOT NULL DEFAULT pg_current_xact_id();
CREATE FUNCTION core_ledger_balanced() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT sum(amount_fen) FROM core_ledgerentry WHERE transaction_id = NEW.transaction_id) <> 0 THEN
        RAISE EXCEPTION 'ledger transaction % does not sum to zero', NEW.transaction_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_balanced';
    END IF;
    IF (SELECT made_in FROM core_ledgertransaction WHERE id = NEW.transaction_id) <> pg_current_xact_id() THEN
        RAISE EXCEPTION 'ledger transaction % is complete', NEW.transaction_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_complete';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER ledger_balanced AFTER INSERT ON core_ledgerentry DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION core_ledger_balanced();
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]

    operations = [
        migrations.RunSQL(AUDIT_ROW, "DROP FUNCTION core_audit_row()"),
        migrations.RunSQL(REFUSE_CHANGE, "DROP FUNCTION core_refuse_change()"),
        migrations.RunSQL(LEDGER_BALANCE, "DROP TRIGGER ledger_balanced ON core_ledgerentry; DROP FUNCTION core_ledger_balanced(); ALTER TABLE core_ledgertransaction DROP COLUMN made_in"),
        append_only("core_auditentry"),
        append_only("core_ledgertransaction"),
        append_only("core_ledgerentry"),
        revoked("INSERT, UPDATE, DELETE, TRUNCATE", "core_auditentry"),
        revoked("UPDATE, DELETE, TRUNCATE", "core_ledgertransaction", "core_ledgerentry"),
    ]
