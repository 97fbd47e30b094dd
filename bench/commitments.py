"""5,000 commitments out as a table, half of them changed, and in again, with conflicts found.

One in twenty was changed by somebody else in the cell that the table changes too: each of these
must be found and refused. Beside it django-import-export's round trip of as many rows of a table
of eight columns, dry run and import, in an environment of its own: it has no versions and finds
none of them.

Bar: reading, dry run and loading within 5 s, with every conflict found. Ends with 1 if it is
missed.

    .venv/bin/python bench/commitments.py [--alone]
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

BAR_SECONDS = 5.0
ROWS, A_TIE = 5_000, 20
EVERY_CONFLICT, EVERY_CHANGE = 20, 2
ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = ROOT / "bench" / ".envs" / "import-export"
PACKAGES = ["django>=5.2,<5.3", "django-import-export>=4.3", "tablib[xlsx]"]


def main() -> int:
    ours = _ours()
    print(json.dumps(ours))
    if "--alone" not in sys.argv:
        print(json.dumps(_peer()))
    found = ours["conflicts_found"] == ours["conflicts_made"]
    return int(ours["seconds"] > BAR_SECONDS or not found)


def _ours() -> dict[str, Any]:
    os.environ["KEMBAR_HOME"] = tempfile.mkdtemp(prefix="kembar-commitments-")
    os.environ["DATABASE_URL"] = ""
    os.environ["DJANGO_SETTINGS_MODULE"] = "kembar.site.settings"
    import django
    from django.core.management import call_command
    from django.urls import reverse

    django.setup()
    call_command("migrate", verbosity=0)
    from datetime import date

    from kembar.apps.commitments import imports
    from kembar.apps.commitments.models import Commitment
    from kembar.apps.commitments.rows import COLUMNS
    from kembar.apps.kit import tables
    from kembar.apps.kit.wishes import Fate

    reverse("commitments:commitments")  # a server that runs has its addresses read already
    today = date(2026, 11, 17)
    _fill(ROWS // A_TIE)
    stored = list(
        Commitment.objects.select_related("tie__home", "tie__partner", "owner", "source")
        .order_by("pk")
    )  # fmt: skip

    started = time.perf_counter()
    rows = list(imports.export_rows(stored, "en"))
    data = tables.write_xlsx(list(COLUMNS), rows, sheet="Promises", notes={})
    out = time.perf_counter() - started

    made = _meanwhile(stored)
    _change(rows, list(COLUMNS).index("due"))
    changed = tables.write_xlsx(list(COLUMNS), rows, sheet="Promises", notes={})
    times = []
    for _run in range(2):
        started = time.perf_counter()
        table = tables.read_table(changed, name="promises.xlsx")
        read = time.perf_counter()
        plan = imports.plan(table, by=None, language="en", today=today)
        looked = time.perf_counter()
        counts = plan.counts()
        found = len(plan.contested())
        imports.load(plan, by=None)
        done = time.perf_counter()
        times.append(done - started)
        print(
            f"out {out:.2f} s ({len(data) // 1024} kB), read {read - started:.2f} s,"
            f" look {looked - read:.2f} s, load {done - looked:.2f} s:"
            f" {counts}, {found} conflicts"
        )
        if _run == 0:
            first = found
    again = imports.plan(table, by=None, language="en", today=today)
    assert not again.of(Fate.UPDATE), "the same table again changes nothing"
    return {
        "who": "Kembar, SQLite, XLSX",
        "rows": ROWS,
        "export_seconds": round(out, 2),
        "seconds": round(max(times), 2),
        "conflicts_made": made,
        "conflicts_found": first,
    }


def _fill(ties: int) -> None:
    from kembar.apps.commitments.actions import line_of
    from kembar.apps.commitments.models import Commitment
    from kembar.apps.kit.bulk import insert
    from kembar.apps.kit.text import Text
    from kembar.apps.regions import register
    from kembar.apps.regions.models import Region
    from kembar.apps.search import index
    from kembar.apps.ties.models import Tie
    from kembar.engines.dates import PartialDate

    register.load()
    home = Region.objects.get(code="ID-NT")
    abroad = Region.objects.exclude(country="ID").filter(level="first").order_by("code")[:ties]
    rows = [Tie(home=home, partner=partner, kind="sister_province") for partner in abroad]
    insert(rows)
    commitments = []
    for tie in rows:
        for number in range(1, A_TIE + 1):
            commitment = Commitment(
                tie=tie, number=number, what=Text(en=f"Send team {number} to {tie.partner}"),
                made_by="partner", firmness="promise", way="visit", due=PartialDate(2027),
                made_by_words=Text(en="The governor"),
            )  # fmt: skip
            commitment.set_due()
            commitments.append(commitment)
    insert(commitments)
    index.put([line_of(commitment) for commitment in commitments])


def _meanwhile(stored: list[Any]) -> int:
    """Let somebody else change one in twenty, in the cell that the table will change too."""
    from kembar.apps.commitments.actions import change_commitment
    from kembar.engines.dates import PartialDate

    theirs = stored[:: EVERY_CONFLICT]  # fmt: skip
    for commitment in theirs:
        old = {"due": commitment.due}
        commitment.due = PartialDate(2030)
        change_commitment(commitment, seen=1, fields=["due"], old=old, by=None)
    return len(theirs)


def _change(rows: list[list[str]], due: int) -> None:
    """Change the date in every second row, and in each that somebody else changed."""
    for row in rows[::EVERY_CHANGE]:
        row[due] = "2028-06"


def _peer() -> dict[str, Any]:
    """django-import-export: the same number of rows out, half changed, dry run, import."""
    if not (ENVIRONMENT / "bin" / "python").exists():
        subprocess.run([sys.executable, "-m", "venv", ENVIRONMENT], check=True)
        pip = [ENVIRONMENT / "bin" / "pip", "install", "--quiet", *PACKAGES]
        subprocess.run(pip, check=True, stderr=subprocess.DEVNULL)
    script = ROOT / "bench" / "commitments_peer.py"
    command = [ENVIRONMENT / "bin" / "python", script, str(ROWS)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return dict(json.loads(done.stdout.splitlines()[-1]))


if __name__ == "__main__":
    sys.exit(main())
