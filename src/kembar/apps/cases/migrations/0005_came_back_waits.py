"""What came back waits on whoever has to mend it, as `standing.put` draws it from now on.

All that is needed was drawn already: of each pending act its code, its state, the day since which
it lies there, and with whom.
"""

from django.db import migrations


def _save(case):
    longest = min(
        (each for each in case.pending if each[2]),
        key=lambda each: each[2],
        default=["", "", None, []],
    )
    _code, _state, case.waiting_since, on = longest
    case.waiting_on = on[0] if on else ""
    names = ["stands", "pending", "came_back", "waiting_on", "waiting_since"]
    case.save(update_fields=names)


def forwards(apps, schema_editor):
    for case in apps.get_model("cases", "Case").objects.exclude(stands={}).iterator():
        following, case.came_back = case.stands["next"], case.stands.pop("returns")
        back = [each for each in following if each[1] == "returned"]
        case.stands["next"] = [each for each in following if each not in back]
        case.pending = [*case.stands.pop("waiting"), *back]
        _save(case)


def backwards(apps, schema_editor):
    for case in apps.get_model("cases", "Case").objects.exclude(stands={}).iterator():
        back = [each for each in case.pending if each[1] == "returned"]
        case.pending = [each for each in case.pending if each not in back]
        case.stands["next"] = [*case.stands["next"], *back]
        case.stands |= {"waiting": case.pending, "returns": case.came_back}
        _save(case)


class Migration(migrations.Migration):
    dependencies = [("cases", "0004_pending")]

    operations = [migrations.RunPython(forwards, backwards)]
