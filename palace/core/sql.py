"""Pieces of SQL that migrations of several apps need."""

from django.conf import settings
from django.db import migrations


def audited(table: str, *masked: str) -> migrations.RunSQL:
    """Write every change of ``table`` to the audit. ``masked`` columns are named but their values are left out; "*" masks all."""
    arguments = ", ".join(f"'{column}'" for column in masked)
    return migrations.RunSQL(
        f"CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION core_audit_row({arguments})",
        f"DROP TRIGGER audit ON {table}",
    )


def append_only(table: str) -> migrations.RunSQL:
    """Refuse UPDATE, DELETE and TRUNCATE of ``table`` to everybody."""
    return migrations.RunSQL(
        f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION core_refuse_change();"
        f"CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();",
        f"DROP TRIGGER append_only ON {table}; DROP TRIGGER append_only_truncate ON {table};",
    )


def revoked(privileges: str, *tables: str) -> migrations.RunPython:
    """Take ``privileges`` on ``tables`` from the application's role, where it is not the owner itself."""

    def each(verb: str):
        def run(apps, schema_editor):
            role = settings.DATABASES["default"]["USER"]
            with schema_editor.connection.cursor() as cursor:
                cursor.execute("SELECT count(*) FROM pg_roles WHERE rolname = %s AND rolname <> current_user", [role])
                if cursor.fetchone()[0]:
                    preposition = "FROM" if verb == "REVOKE" else "TO"
                    cursor.execute(f'{verb} {privileges} ON {", ".join(tables)} {preposition} "{role}"')

        return run

    return migrations.RunPython(each("REVOKE"), each("GRANT"))


def composite_key(table: str, columns: str, target: str, target_columns: str, name: str) -> migrations.RunSQL:
    """A foreign key over several columns, so that a child cannot point into another palace."""
    return migrations.RunSQL(
        f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY ({columns}) REFERENCES {target} ({target_columns}) "
        "DEFERRABLE INITIALLY IMMEDIATE",
        f"ALTER TABLE {table} DROP CONSTRAINT {name}",
    )
