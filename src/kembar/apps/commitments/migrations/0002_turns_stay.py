"""The database itself refuses to change or delete what became of a commitment, whoever asks.

On SQLite a later migration that makes the table anew loses its triggers: let it run `forbid`
again at its end. A test sees whether they are there.
"""

from django.db import migrations

TABLE = "commitments_turn"
SQLITE = (
    f"""CREATE TRIGGER {TABLE}_no_update BEFORE UPDATE ON {TABLE}
       BEGIN SELECT RAISE(ABORT, 'What became of a commitment cannot be changed.'); END""",
    f"""CREATE TRIGGER {TABLE}_no_delete BEFORE DELETE ON {TABLE}
       BEGIN SELECT RAISE(ABORT, 'What became of a commitment cannot be deleted.'); END""",
    f"""CREATE TRIGGER {TABLE}_no_replace BEFORE INSERT ON {TABLE}
       WHEN EXISTS (SELECT 1 FROM {TABLE} WHERE id = NEW.id)
       BEGIN SELECT RAISE(ABORT, 'What became of a commitment cannot be changed.'); END""",
)
POSTGRES = (
    f"""CREATE FUNCTION {TABLE}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN RAISE EXCEPTION 'What became of a commitment cannot be changed or deleted.'; END $$""",
    f"""CREATE TRIGGER {TABLE}_stays BEFORE UPDATE OR DELETE ON {TABLE}
       FOR EACH ROW EXECUTE FUNCTION {TABLE}_refuse()""",
    f"""CREATE TRIGGER {TABLE}_no_truncate BEFORE TRUNCATE ON {TABLE}
       FOR EACH STATEMENT EXECUTE FUNCTION {TABLE}_refuse()""",
)


def forbid(apps, schema_editor):
    on_postgres = schema_editor.connection.vendor == "postgresql"
    for statement in POSTGRES if on_postgres else SQLITE:
        schema_editor.execute(statement)


def permit(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for name in ("no_truncate", "stays"):
            schema_editor.execute(f"DROP TRIGGER {TABLE}_{name} ON {TABLE}")
        schema_editor.execute(f"DROP FUNCTION {TABLE}_refuse()")
        return
    for name in ("no_replace", "no_delete", "no_update"):
        schema_editor.execute(f"DROP TRIGGER {TABLE}_{name}")


class Migration(migrations.Migration):
    dependencies = [("commitments", "0001_first")]

    operations = [migrations.RunPython(forbid, permit)]
