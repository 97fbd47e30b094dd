"""Two ways round the triggers of 0002: REPLACE on SQLite, TRUNCATE on PostgreSQL.

On SQLite a later migration that makes the table anew (most changes to a column do) loses its
triggers: let it run both `forbid` again at its end. A test sees whether they are there.
"""

from django.db import migrations

SQLITE = """CREATE TRIGGER IF NOT EXISTS audit_entry_no_replace BEFORE INSERT ON audit_entry
    WHEN EXISTS (SELECT 1 FROM audit_entry WHERE id = NEW.id)
    BEGIN SELECT RAISE(ABORT, 'History cannot be changed.'); END"""
POSTGRES = """CREATE TRIGGER audit_entry_no_truncate BEFORE TRUNCATE ON audit_entry
    FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_refuse()"""


def forbid(apps, schema_editor):
    on_postgres = schema_editor.connection.vendor == "postgresql"
    schema_editor.execute(POSTGRES if on_postgres else SQLITE)


def permit(apps, schema_editor):
    on_postgres = schema_editor.connection.vendor == "postgresql"
    table = " ON audit_entry" if on_postgres else ""
    name = "audit_entry_no_truncate" if on_postgres else "audit_entry_no_replace"
    schema_editor.execute(f"DROP TRIGGER {name}{table}")


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_append_only")]

    operations = [migrations.RunPython(forbid, permit)]
