"""The database itself refuses to change or delete a decision, whoever asks.

On SQLite a later migration that makes the table anew loses its triggers: let it run `forbid`
again at its end. A test sees whether they are there.
"""

from django.db import migrations

SQLITE = [
    """CREATE TRIGGER scouting_decision_no_update BEFORE UPDATE ON scouting_decision
       BEGIN SELECT RAISE(ABORT, 'A decision cannot be changed.'); END""",
    """CREATE TRIGGER scouting_decision_no_delete BEFORE DELETE ON scouting_decision
       BEGIN SELECT RAISE(ABORT, 'A decision cannot be deleted.'); END""",
    """CREATE TRIGGER scouting_decision_no_replace BEFORE INSERT ON scouting_decision
       WHEN EXISTS (SELECT 1 FROM scouting_decision WHERE id = NEW.id)
       BEGIN SELECT RAISE(ABORT, 'A decision cannot be changed.'); END""",
]
POSTGRES = [
    """CREATE FUNCTION scouting_decision_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN RAISE EXCEPTION 'A decision cannot be changed or deleted.'; END $$""",
    """CREATE TRIGGER scouting_decision_stays BEFORE UPDATE OR DELETE ON scouting_decision
       FOR EACH ROW EXECUTE FUNCTION scouting_decision_refuse()""",
    """CREATE TRIGGER scouting_decision_no_truncate BEFORE TRUNCATE ON scouting_decision
       FOR EACH STATEMENT EXECUTE FUNCTION scouting_decision_refuse()""",
]


def forbid(apps, schema_editor):
    statements = POSTGRES if schema_editor.connection.vendor == "postgresql" else SQLITE
    for statement in statements:
        schema_editor.execute(statement)


def permit(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP TRIGGER scouting_decision_no_truncate ON scouting_decision")
        schema_editor.execute("DROP TRIGGER scouting_decision_stays ON scouting_decision")
        schema_editor.execute("DROP FUNCTION scouting_decision_refuse()")
        return
    schema_editor.execute("DROP TRIGGER scouting_decision_no_update")
    schema_editor.execute("DROP TRIGGER scouting_decision_no_delete")
    schema_editor.execute("DROP TRIGGER scouting_decision_no_replace")


class Migration(migrations.Migration):
    dependencies = [("scouting", "0001_initial")]

    operations = [migrations.RunPython(forbid, permit)]
