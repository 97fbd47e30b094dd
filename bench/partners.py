"""Partners of a region: the command from a cold process, and a slider that is dragged.

Bars: `kembar scout ID-NT --among CN` within 1.5 s and 400 MB, among all regions of the world within
4 s, a new ranking of 31 candidates with 10,000 draws within 50 ms; beside them, what an empty
Python, `import numpy` and a product as large as the scores cost on this machine in the same run.
Ends with 1 if a bar is missed.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

RUNS = 7
KEMBAR = str(Path(sys.executable).parent / "kembar")
SCOUT = [KEMBAR, "scout", "ID-NT", "--format", "json", "--among"]
PYTHON = [sys.executable, "-c"]
COMMANDS: list[tuple[str, list[str], float | None]] = [
    ("python, empty", [*PYTHON, "pass"], None),
    ("import numpy", [*PYTHON, "import numpy"], None),
    ("import typer, rich", [*PYTHON, "import typer, rich.table"], None),
    ("scout among CN", [*SCOUT, "CN"], 1.5),
    ("scout among world", [*SCOUT, "world"], 4.0),
]
SLIDER_S = 0.05
PEAK_MB = 400


def seconds(task: Callable[[], object]) -> tuple[float, float]:
    """Return the median and the best of several runs."""
    task()  # bytecode and the disk's cache
    times = []
    for _run in range(RUNS):
        started = time.perf_counter()
        task()
        times.append(time.perf_counter() - started)
    return statistics.median(times), min(times)


def show(name: str, median: float, best: float, bar: float | None) -> bool:
    """Print a line, and return whether the bar is missed."""
    wrong = bar is not None and median > bar
    said = f"bar {bar:.2f} s{', missed' if wrong else ''}" if bar else ""
    print(f"{name:34} {median:7.3f} s  (best {best:.3f})  {said}")
    return wrong


def main() -> int:
    print(f"load of the machine: {os.getloadavg()[0]:.1f}")
    missed = False
    for name, command, bar in COMMANDS:

        def run(command: list[str] = command) -> None:
            subprocess.run(
                command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )

        missed |= show(name, *seconds(run), bar)
    peak_mb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    wrong = peak_mb > PEAK_MB
    missed |= wrong
    print(
        f"{'largest process':34} {peak_mb:7.0f} MB  bar {PEAK_MB} MB{', missed' if wrong else ''}"
    )
    return int(sliders() or missed)


def sliders() -> bool:
    """Measure new rankings of the same candidates, as when somebody drags; a question is kept."""
    from kembar.engines.scouting.decision import region_record
    from kembar.engines.scouting.partners import prepare, ranking_of
    from kembar.engines.scouting.question import Question

    candidates = prepare(Question("ID-NT", ("CN",)))
    groups = dict.fromkeys(candidates.table.groups, 40.0)
    place = 0

    def drag(reasons: bool) -> None:
        nonlocal place
        place += 1
        question = replace(candidates.question, points={**groups, "coast": float(place % 100)})
        ranking, _notices = ranking_of(candidates, question, reasons=reasons)
        region_record(candidates, ranking, question=question)

    weights = np.random.default_rng(0).random((10_000, len(candidates.definitions)))
    worth = np.random.default_rng(1).random((31, len(candidates.definitions)))
    show("a product as large as the scores", *seconds(lambda: weights @ worth.T), None)
    missed = show("31 candidates, while dragging", *seconds(lambda: drag(False)), SLIDER_S)
    show("31 candidates, with all reasons", *seconds(lambda: drag(True)), None)
    show("the question prepared", *seconds(lambda: prepare(candidates.question)), None)
    return missed


if __name__ == "__main__":
    sys.exit(main())
