"""django-import-export's round trip, in its own environment: run by bench/commitments.py."""

from __future__ import annotations

import json
import sys
import tempfile
import time

import django
from django.conf import settings

ROWS = int(sys.argv[1])
settings.configure(
    INSTALLED_APPS=["import_export"],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": f"{tempfile.mkdtemp(prefix='import-export-')}/db.sqlite3",
        }
    },
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    USE_TZ=True,
    # As its manual advises for many rows.
    IMPORT_EXPORT_USE_TRANSACTIONS=True,
)
django.setup()

from django.db import connection, models  # noqa: E402
from import_export import resources  # noqa: E402
from tablib import Dataset  # noqa: E402


class Commitment(models.Model):
    tie = models.IntegerField()
    number = models.IntegerField()
    what = models.TextField()
    made_by = models.CharField(max_length=10)
    firmness = models.CharField(max_length=10)
    way = models.CharField(max_length=10)
    due = models.CharField(max_length=11)
    state = models.CharField(max_length=12, default="open")

    class Meta:
        app_label = "import_export"


class Rows(resources.ModelResource):
    class Meta:
        model = Commitment
        skip_unchanged = True
        report_skipped = False
        use_bulk = True
        batch_size = 1000


with connection.schema_editor() as editor:
    editor.create_model(Commitment)
Commitment.objects.bulk_create(
    Commitment(
        tie=n // 20, number=n % 20 + 1, what=f"Send team {n}", made_by="partner",
        firmness="promise", way="visit", due="2027",
    )
    for n in range(ROWS)
)  # fmt: skip

started = time.perf_counter()
exported = Rows().export().export("xlsx")
out = time.perf_counter() - started
dataset = Dataset().load(exported, format="xlsx")
due = dataset.headers.index("due")
changed = Dataset(headers=dataset.headers)
for at, row in enumerate(dataset):
    cells = list(row)
    if at % 2 == 0:
        cells[due] = "2028-06"
    changed.append(cells)
data = changed.export("xlsx")
Commitment.objects.filter(pk__in=range(1, ROWS, 20)).update(due="2030")

started = time.perf_counter()
read = Dataset().load(data, format="xlsx")
dry = Rows().import_data(read, dry_run=True)
looked = time.perf_counter()
done = Rows().import_data(read, dry_run=False)
finished = time.perf_counter()
assert not done.has_errors()
print(
    json.dumps(
        {
            "who": "django-import-export, SQLite, XLSX, eight columns",
            "rows": ROWS,
            "export_seconds": round(out, 2),
            "seconds": round(finished - started, 2),
            "look_seconds": round(looked - started, 2),
            "conflicts_found": 0,
            "overwritten_unseen": Commitment.objects.filter(
                pk__in=range(1, ROWS, 20), due="2028-06"
            ).count(),
        }
    )
)
