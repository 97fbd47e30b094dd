"""A trip is measured against its departure, as `standing.put` draws it from now on."""

from django.db import migrations

# In the rulebooks that know trips.
DEPARTURES = ("id-travel-departure", "cn-outbound-departure")


def _has_left(case):
    entries = list(case.entries.values_list("number", "kind", "step", "key"))
    annulled = {key for _number, kind, _step, key in entries if kind == "annulled"}
    return any(
        step in DEPARTURES
        and (kind in ("done", "skipped") or (kind == "overridden" and not key))
        and str(number) not in annulled
        for number, kind, step, key in entries
    )


def forwards(apps, schema_editor):
    for case in apps.get_model("cases", "Case").objects.filter(sub="travel").iterator():
        departure = case.stands.get("moments", {}).get("departure")
        case.target = None if _has_left(case) else departure
        case.save(update_fields=["target"])


def backwards(apps, schema_editor):
    for case in apps.get_model("cases", "Case").objects.filter(sub="travel").iterator():
        case.target = case.stands.get("moments", {}).get("target")
        case.save(update_fields=["target"])


class Migration(migrations.Migration):
    dependencies = [("cases", "0005_came_back_waits")]

    operations = [migrations.RunPython(forwards, backwards)]
