"""The path of a union is kept by the database; unions and palaces are audited."""

from django.db import migrations

from palace.core.sql import audited

PATH = """
CREATE FUNCTION unions_union_path() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.path := coalesce((SELECT path FROM unions_union WHERE id = NEW.parent_id), '/') || NEW.id || '/';
    IF NEW.parent_id IS NOT NULL AND NEW.path LIKE '%/' || NEW.id || '/%/' || NEW.id || '/' THEN
        RAISE EXCEPTION 'a union cannot stand below itself' USING ERRCODE = 'check_violation', CONSTRAINT = 'union_not_below_itself';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER path BEFORE INSERT OR UPDATE OF parent_id, path ON unions_union
    FOR EACH ROW EXECUTE FUNCTION unions_union_path();
CREATE FUNCTION unions_union_subtree() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE unions_union SET path = '' WHERE parent_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER subtree AFTER UPDATE OF parent_id, path ON unions_union
    FOR EACH ROW WHEN (OLD.path IS DISTINCT FROM NEW.path) EXECUTE FUNCTION unions_union_subtree();
ALTER TABLE unions_union ADD CONSTRAINT union_path_form CHECK (path ~ '^(/[0-9]+)+/$'), ALTER path SET NOT NULL;
"""


class Migration(migrations.Migration):
    dependencies = [("unions", "0001_initial"), ("core", "0002_audit_and_ledger")]

    operations = [
        migrations.RunSQL(
            PATH,
            "ALTER TABLE unions_union DROP CONSTRAINT union_path_form, ALTER path DROP NOT NULL; DROP TRIGGER subtree ON unions_union;"
            "DROP TRIGGER path ON unions_union; DROP FUNCTION unions_union_subtree(); DROP FUNCTION unions_union_path()",
        ),
        audited("unions_union"),
        audited("unions_palace"),
    ]
