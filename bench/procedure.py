"""Cases of the law: where 5,000 of them stand, one of 60 acts in time, calendars from cold.

Bars: `stand` of 5,000 cases of Indonesia and China within 1 s (200 µs a case), a plan of a case of
60 acts within 20 ms, both calendars from cold within 0.5 s. Beside them what this machine takes to
touch every record once, and to make as many objects as the answer has: no way to answer in pure
Python is faster than that. Ends with 1 if a bar is missed.
"""

from __future__ import annotations

import os
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta

from kembar.engines.calendars import working_days
from kembar.engines.procedure import catalog
from kembar.engines.procedure.deciding import may
from kembar.engines.procedure.joining import Procedure, join
from kembar.engines.procedure.model import Limit, Record, Rulebook
from kembar.engines.procedure.plan import plan
from kembar.engines.procedure.rules import findings
from kembar.engines.procedure.standing import ActStand, stand

RUNS = 5
CASES = 5_000
OPENED = date(2026, 1, 5)
TODAY = date(2026, 11, 30)
STAND_S = 1.0
PLAN_S = 0.020
CALENDARS_S = 0.5


def seconds(task: Callable[[], object], runs: int = RUNS) -> tuple[float, float]:
    """Return the median and the best of several runs."""
    task()
    times = []
    for _run in range(runs):
        started = time.perf_counter()
        task()
        times.append(time.perf_counter() - started)
    return statistics.median(times), min(times)


def show(name: str, median: float, best: float, bar: float | None = None) -> bool:
    """Print a line, and return whether the bar is missed."""
    wrong = bar is not None and median > bar
    said = f"bar {bar * 1e3:.0f} ms{', missed' if wrong else ''}" if bar else ""
    print(f"{name:44} {median * 1e3:9.2f} ms  (best {best * 1e3:.2f})  {said}")
    return wrong


def a_case(procedure: Procedure, dice: random.Random) -> list[Record]:
    """Return the record of a case that got as far as chance has it, some of it returned once."""
    records: list[Record] = []
    day = OPENED
    far = dice.randrange(len(procedure.steps) + 1)

    def add(kind: str, code: str, **more: object) -> None:
        records.append(Record(len(records) + 1, day, kind, code, **more))  # type: ignore[arg-type]

    for rule in procedure.rules.values():
        if rule.check == "answer" and dice.random() < 0.5:
            add("answered", "", key=rule.ask, value=rule.want)
    for code, act in list(procedure.steps.items())[:far]:
        day += timedelta(days=dice.randrange(9))
        add("asked", code)
        if dice.random() < 0.1:
            add("returned", code, reason="incomplete")
            add("asked", code)
        add("done", code, papers=act.yields)
    return records


def a_long_book(book: Rulebook, acts: int) -> Rulebook:
    """Return a rulebook with more acts before the signing, in three strands, each with a limit."""
    steps = {
        code: replace(step, limit=Limit(5))
        for code, step in book.steps.items()
        if step.sub == "establish"
    }
    model = steps["id-workplan"]
    more = [f"more-{number}" for number in range(acts - len(steps))]
    for number, code in enumerate(more):
        after = more[number - 3] if number > 2 else "id-eligibility"
        steps[code] = replace(model, code=code, after=(after,), yields=())
    signing = steps["id-signing"]
    steps["id-signing"] = replace(signing, after=(*signing.after, *more[-3:]))
    return replace(book, steps=steps, gates={}, rules={})


def main() -> int:
    print(f"load of the machine: {os.getloadavg()[0]:.1f}")
    missed = calendars()
    home, partner = catalog.rulebook("id-ksdpl"), catalog.rulebook("cn-youhao")
    procedure = join(home, partner, "establish")
    dice = random.Random(4)
    cases = [a_case(procedure, dice) for _case in range(CASES)]
    missed |= nation(procedure, cases)
    known = {country: working_days(country) for country in ("ID", "CN")}

    one = max(cases, key=len)
    half = one[: len(one) // 2]
    next_one = replace(half[-1], number=len(half) + 1, kind="noted", papers=())
    done = replace(next_one, kind="done")
    show("may, half-way", *seconds(lambda: may(procedure, half, done, today=TODAY), 50))
    show("findings, half-way", *seconds(lambda: findings(procedure, stand(procedure, half)), 50))
    show("join", *seconds(lambda: join(home, partner, "establish"), 50))
    show(
        f"plan, {len(procedure.steps)} acts, half-way",
        *seconds(
            lambda: plan(procedure, half, today=TODAY, calendars=known, settings={}), 50
        ),
    )  # fmt: skip

    long = join(a_long_book(home, 60), None, "establish")
    few = a_case(long, random.Random(1))[:20]
    return int(
        show(
            f"plan, {len(long.steps)} acts, {len(few)} records",
            *seconds(lambda: plan(long, few, today=TODAY, calendars=known, settings={}), 20),
            PLAN_S,
        )
        or missed
    )


def nation(procedure: Procedure, cases: Sequence[Sequence[Record]]) -> bool:
    """Measure where all cases of a nation stand."""
    records = sum(map(len, cases))
    acts = len(procedure.steps)
    print(f"{CASES} cases of {acts} acts, {records / CASES:.0f} records each")

    def touch() -> None:
        for case in cases:
            for record in case:
                record.kind  # noqa: B018

    show("touch each record", *seconds(touch))
    show(
        "make an answer for each act",
        *seconds(lambda: [ActStand("open") for _case in cases for _act in range(acts)]),
    )
    return show(
        "stand of all", *seconds(lambda: [stand(procedure, case) for case in cases]), STAND_S
    )


def calendars() -> bool:
    """Measure both calendars in a process that has read nothing yet."""
    code = (
        "from kembar.engines.calendars import working_days;"
        "print(working_days('ID').after({0}, 9), working_days('CN').after({0}, 9))"
    ).format("__import__('datetime').date(2026, 2, 13)")

    def cold(text: str) -> Callable[[], object]:
        return lambda: subprocess.run(
            [sys.executable, "-c", text], check=True, stdout=subprocess.DEVNULL
        )

    show("python, empty", *seconds(cold("pass")))
    show("import holidays", *seconds(cold("import holidays")))
    missed = show("both calendars, cold process", *seconds(cold(code)), CALENDARS_S)
    indonesia = working_days("ID")
    days = [OPENED + timedelta(days=at % 365) for at in range(10_000)]
    median, best = seconds(lambda: [indonesia.after(day, 10) for day in days])
    show("a limit of 10 working days (of 10,000)", median / 10_000, best / 10_000)
    return missed


if __name__ == "__main__":
    sys.exit(main())
