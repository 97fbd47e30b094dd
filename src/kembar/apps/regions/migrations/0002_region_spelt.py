from django.db import migrations, models
from django.db.models import Value
from django.db.models.fields.json import KT
from django.db.models.functions import Coalesce, Concat

NAMES = [
    part
    for key in ("id", "zh", "en")
    for part in (Value("\n"), Coalesce(KT(f"name__{key}"), Value(""), output_field=models.TextField()))
]


class Migration(migrations.Migration):
    dependencies = [("regions", "0001_initial")]
    operations = [
        migrations.AddField(
            "region",
            "spelt",
            models.GeneratedField(
                expression=Concat(
                    "code", *NAMES, Value("\n"), "aliases", output_field=models.TextField()
                ),
                output_field=models.TextField(),
                db_persist=True,
            ),
        )
    ]
