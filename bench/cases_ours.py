"""The same twelve-step process in Kembar, run by `cases.py` in an installation of its own.

    python cases_ours.py CASES [engine]

Each step is what a desk officer's form does: the rulebook's rules are asked, the step is written
into the log, where the case stands is drawn anew, and the deed goes into the chained history in
three languages. `engine` leaves the last out, as SpiffWorkflow does.

The case is read anew before each step, as a server does for a request, once
counted with the step and once not. The last line is JSON.
"""

from __future__ import annotations

import json
import os
import sqlite3
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import astuple
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kembar.site.settings")
django.setup()

from cases_peer import FIRST, LAST, PRAGMAS, STEPS, TOGETHER  # noqa: E402
from common import figures  # noqa: E402
from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from kembar.apps.accounts.models import Holding, Office, Post, User  # noqa: E402
from kembar.apps.accounts.rights import Role  # noqa: E402
from kembar.apps.cases import actions  # noqa: E402
from kembar.apps.cases.models import Case, Entry  # noqa: E402
from kembar.apps.cases.standing import came_back, pending, summary  # noqa: E402
from kembar.apps.kit.text import Text  # noqa: E402
from kembar.apps.regions import register  # noqa: E402
from kembar.apps.regions.models import Region  # noqa: E402
from kembar.apps.ties.models import Tie  # noqa: E402
from kembar.engines.procedure.deciding import may  # noqa: E402
from kembar.engines.procedure.joining import join  # noqa: E402
from kembar.engines.procedure.model import Record  # noqa: E402
from kembar.engines.procedure.reading import read_rulebook  # noqa: E402
from kembar.engines.procedure.standing import stand  # noqa: E402

DAY = date(2026, 11, 2)
# Not the begin and the end of the transaction.
DOING = ("SELECT", "INSERT", "UPDATE")


def words(name: str) -> str:
    return f'{{ en = "{name}", id = "{name}", zh = "{name}" }}'


def twelve() -> dict[str, tuple[str, ...]]:
    """Return what each step of the process comes after: four of them are side by side."""
    before: dict[str, tuple[str, ...]] = {STEPS[0]: ()}
    before |= {step: (previous,) for previous, step in pairwise(FIRST)}
    before |= dict.fromkeys(TOGETHER, (FIRST[-1],)) | {LAST[0]: TOGETHER}
    before |= {step: (previous,) for previous, step in pairwise(LAST)}
    return before


def sixty() -> dict[str, tuple[str, ...]]:
    """Return sixty steps in four strands that meet at the end."""
    names = [f"step-{number}" for number in range(59)]
    before = {name: (names[number - 4],) if number > 3 else () for number, name in enumerate(names)}
    return {**before, "signing": tuple(names[-4:])}


def rulebook(name: str, before: Mapping[str, Sequence[str]]) -> str:
    """Return a process as a rulebook of one office."""
    parts = [
        f'code = "{name}"\nversion = "1"\ncountry = "ID"\nlanguage = "id"',
        'kinds = ["sister_province"]\nas_of = 2026-11-02',
        f"name = {words('Twelve steps')}\nabout = {words('For a bench')}",
        '[[provisions]]\ncode = "none"\ninstrument = "None"\nseen = "unverified"',
        f'[[papers]]\ncode = "note"\nname = {words("Note")}',
        f'[[actors]]\ncode = "desk"\nkind = "bureau"\nname = {words("Desk")}',
    ]
    for step, earlier in before.items():
        after = ", ".join(f'"{each}"' for each in earlier)
        parts.append(
            f'[[steps]]\ncode = "{step}"\nname = {words(step)}\nactor = "desk"\n'
            f'after = [{after}]\nneeds = ["note"]\nbasis = ["none"]\nwhat = {words("What it is")}'
        )
    return "\n\n".join(parts) + "\n"


def an_officer() -> User:
    office = Office.objects.create(name=Text(en="Desk"), kind="region", region_code="ID-NT")
    post = Post.objects.create(title=Text(en="Officer"), office=office, role=Role.DESK)
    person = User.objects.create_user("desk@bench.example", None, name="Desk officer")
    Holding.objects.create(post=post, person=person)
    return person


def cases(count: int) -> list[int]:
    book = actions.pin(rulebook("twelve", twelve()), "twelve", "1")
    register.load()
    home, partner = Region.objects.get(code="ID-NT"), Region.objects.get(code="CN-JX")
    made = []
    for number in range(count):
        tie = Tie.objects.create(home=home, partner=partner, cycle=number + 1)
        case = Case(tie=tie, home_book=book, opened_on=DAY)
        actions.open_case(case, by=None)
        made.append(case.pk)
    return made


def long_page(officer: User) -> dict[str, float]:
    """Return the milliseconds of the page of a case of sixty steps, half of them done."""
    book = actions.pin(rulebook("sixty", sixty()), "sixty", "1")
    tie = Tie.objects.create(
        home_id="ID-NT", partner_id="CN-JX", kind="sister_province", cycle=10_000
    )
    case = Case(tie=tie, home_book=book, opened_on=DAY)
    actions.open_case(case, by=officer)
    for step in list(sixty())[:30]:
        case = Case.objects.named().get(pk=case.pk)
        told = actions.Told("done", DAY, step)
        actions.record(case, told, seen=case.version, today=DAY, by=officer)
    browser = Client(headers={"host": "localhost"})
    browser.force_login(officer)
    times = []
    for number in range(45):
        begun = time.perf_counter()
        answer = browser.get(case.get_absolute_url())
        assert answer.status_code == 200, answer.status_code
        if number >= 5:
            times.append((time.perf_counter() - begun) * 1000)
    return figures(times)


def measure(count: int) -> dict[str, Any]:
    call_command("migrate", verbosity=0)
    officer = an_officer()
    keys = cases(count)

    def read(key: int) -> Case:
        return Case.objects.named().get(pk=key)

    def advance(case: Case, step: str) -> None:
        told = actions.Told("done", DAY, step)
        actions.record(case, told, seen=case.version, today=DAY, by=officer)

    # Once a request: whose posts they are.
    advance(read(keys[0]), STEPS[0])
    case = read(keys[0])
    with CaptureQueriesContext(connection) as queries:
        advance(case, STEPS[1])
    # Counted at once: a request forgets them.
    statements = len([each for each in queries if each["sql"].split()[0] in DOING])
    steps, seconds, reading = 0, 0.0, 0.0
    for number, key in enumerate(keys):
        for step in STEPS[2 if number == 0 else 0 :]:
            begun = time.perf_counter()
            case = read(key)
            read_at = time.perf_counter()
            advance(case, step)
            seconds += time.perf_counter() - read_at
            reading += read_at - begun
            steps += 1
    written = Entry.objects.count()
    assert written == count * len(STEPS), f"{written} entries"
    assert not Case.objects.exclude(next_act="").exists(), "a case is not at its end"
    return {
        "steps": steps,
        "seconds": seconds,
        "seconds_read_anew": seconds + reading,
        "page_of_sixty_ms": long_page(officer),
        "statements": statements,
    }


def engine(count: int) -> dict[str, Any]:
    """Run the process as SpiffWorkflow is asked to: the engine alone, its state in one row a case.

    Each step is decided on by the rulebook, where the case stands is worked out anew, and the
    records with it are written as JSON. Nobody is told who did it, and no history is kept.
    """
    procedure = join(read_rulebook(rulebook("twelve", twelve()), "twelve.toml"), None, "establish")
    store = sqlite3.connect(Path(settings.HOME) / "engine.sqlite", isolation_level=None)
    store.executescript(PRAGMAS)
    store.execute("CREATE TABLE state (id INTEGER PRIMARY KEY, state TEXT NOT NULL)")

    def advance(number: int, records: list[Record], step: str) -> None:
        new = Record(len(records) + 1, DAY, "done", step)
        assert not any(problem.stops for problem in may(procedure, records, new, today=DAY))
        records.append(new)
        told = [[*astuple(each)[:1], each.on.isoformat(), *astuple(each)[2:]] for each in records]
        now = stand(procedure, records)
        state = {
            "records": told,
            "stands": summary(procedure, now),
            "pending": pending(now),
            "came_back": came_back(now),
        }
        store.execute("BEGIN IMMEDIATE")
        store.execute(
            "INSERT INTO state VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET state = excluded.state",
            (number, json.dumps(state)),
        )
        store.execute("COMMIT")

    begun = time.perf_counter()
    for number in range(count):
        records: list[Record] = []
        for step in STEPS:
            advance(number, records, step)
    seconds = time.perf_counter() - begun

    begun = time.perf_counter()
    for number in range(count, 2 * count):
        advance(number, [], STEPS[0])
        for step in STEPS[1:]:
            ((text,),) = store.execute("SELECT state FROM state WHERE id = ?", (number,))
            told = json.loads(text)["records"]
            read = [
                Record(order, date.fromisoformat(on), kind, code, tuple(papers), *rest)
                for order, on, kind, code, papers, *rest in told
            ]
            advance(number, read, step)
    read_anew = time.perf_counter() - begun
    assert len(json.loads(text)["records"]) == len(STEPS) - 1
    return {"steps": count * len(STEPS), "seconds": seconds, "seconds_read_anew": read_anew}


if __name__ == "__main__":
    way = engine if sys.argv[2:] == ["engine"] else measure
    print(json.dumps(way(int(sys.argv[1]))))
