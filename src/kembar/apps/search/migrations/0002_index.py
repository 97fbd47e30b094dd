from django.db import migrations

from kembar.apps.search import schema


class Migration(migrations.Migration):
    dependencies = [("search", "0001_initial")]

    operations = [migrations.RunPython(schema.create, schema.drop)]
