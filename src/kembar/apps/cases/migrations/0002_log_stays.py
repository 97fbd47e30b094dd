"""The database itself refuses to change or delete the log of a case, whoever asks.

On SQLite a later migration that makes one of the tables anew loses its triggers: let it run
`forbid` again at its end. A test sees whether they are there.
"""

from django.db import migrations

TABLES = ("cases_entry", "cases_casepaper")
SQLITE = (
    """CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table}
       BEGIN SELECT RAISE(ABORT, 'The log of a case cannot be changed.'); END""",
    """CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table}
       BEGIN SELECT RAISE(ABORT, 'The log of a case cannot be deleted.'); END""",
    """CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table}
       WHEN EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id)
       BEGIN SELECT RAISE(ABORT, 'The log of a case cannot be changed.'); END""",
)
# REPLACE may also strike a row by its number in the case.
SQLITE_NUMBER = """CREATE TRIGGER cases_entry_no_replace_of_number BEFORE INSERT ON cases_entry
       WHEN EXISTS (SELECT 1 FROM cases_entry
                    WHERE case_id = NEW.case_id AND number = NEW.number)
       BEGIN SELECT RAISE(ABORT, 'UNIQUE: this number of the case is taken.'); END"""
POSTGRES = (
    """CREATE TRIGGER {table}_stays BEFORE UPDATE OR DELETE ON {table}
       FOR EACH ROW EXECUTE FUNCTION cases_log_refuse()""",
    """CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
       FOR EACH STATEMENT EXECUTE FUNCTION cases_log_refuse()""",
)
POSTGRES_FUNCTION = """CREATE FUNCTION cases_log_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN RAISE EXCEPTION 'The log of a case cannot be changed or deleted.'; END $$"""


def forbid(apps, schema_editor):
    on_postgres = schema_editor.connection.vendor == "postgresql"
    if on_postgres:
        schema_editor.execute(POSTGRES_FUNCTION)
    for table in TABLES:
        for statement in POSTGRES if on_postgres else SQLITE:
            schema_editor.execute(statement.format(table=table))
    if not on_postgres:
        schema_editor.execute(SQLITE_NUMBER)


def permit(apps, schema_editor):
    on_postgres = schema_editor.connection.vendor == "postgresql"
    for table in TABLES:
        if on_postgres:
            for name in ("no_truncate", "stays"):
                schema_editor.execute(f"DROP TRIGGER {table}_{name} ON {table}")
        else:
            for name in ("no_replace", "no_delete", "no_update"):
                schema_editor.execute(f"DROP TRIGGER {table}_{name}")
    if on_postgres:
        schema_editor.execute("DROP FUNCTION cases_log_refuse()")
    else:
        schema_editor.execute("DROP TRIGGER cases_entry_no_replace_of_number")


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial")]

    operations = [migrations.RunPython(forbid, permit)]
