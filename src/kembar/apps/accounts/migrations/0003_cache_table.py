"""The table in which wrong passwords are counted; every process counts in the same one."""

from django.core.management import call_command
from django.db import migrations

TABLE = "cache"


def create(apps, schema_editor):
    # Django's own command knows the columns that its cache reads, and leaves a table that is there.
    alias = schema_editor.connection.alias
    call_command("createcachetable", TABLE, database=alias, verbosity=0)


def drop(apps, schema_editor):
    schema_editor.execute(f"DROP TABLE {schema_editor.quote_name(TABLE)}")


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_office_home_code")]

    operations = [migrations.RunPython(create, drop)]
