from typing import Any

import kembar.apps.kit.text
from django.db import migrations

MODELS = ("arrival", "seats", "limit")


def keep_names(apps: Any, _editor: Any) -> None:
    """Keep the names as they were written, in one line for readers of all languages."""
    for model in MODELS:
        rows = apps.get_model("tourism", model).objects
        for name in set(rows.order_by().values_list("by_name", flat=True).distinct()):
            rows.filter(by_name=name).update(by_names=dict.fromkeys(("id", "zh", "en"), name))


class Migration(migrations.Migration):

    dependencies = [
        ("tourism", "0001_first"),
    ]

    operations = [
        *(
            migrations.AddField(
                model_name=model,
                name="by_names",
                field=kembar.apps.kit.text.TranslatedField(blank=True, default=kembar.apps.kit.text.Text, editable=False),
            )
            for model in MODELS
        ),
        migrations.RunPython(keep_names, migrations.RunPython.noop),
        *(migrations.RemoveField(model_name=model, name="by_name") for model in MODELS),
        *(migrations.RenameField(model_name=model, old_name="by_names", new_name="by_name") for model in MODELS),
    ]
