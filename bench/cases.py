"""Steps of a case recorded and saved a second, beside viewflow and SpiffWorkflow, in one run.

The same process of twelve steps, four of them side by side: `cases_peer.py` says how the peers are
asked, `cases_ours.py` how we are. All on SQLite with a write-ahead log; rounds in turns, so that a
busy minute hits all; of each the best round. A step alone is compared with a step alone, and with
what is read anew before it with the same. Ours keeps who did it, as viewflow does of a person's
task; beside it stands a step that a program reports, of which it does not. SpiffWorkflow keeps
neither; beside it stands our engine alone, with its state in one row as well.

Bars, on the step alone: five times viewflow, the engine as fast as SpiffWorkflow, six statements at
most; the page of a case of sixty steps within 30 ms.
Ends with 1 if one is missed.

    .venv/bin/python bench/cases.py [--quick]
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from common import ROOT, console, keep
from rich.table import Table

ENVIRONMENT = ROOT / "bench" / ".envs" / "cases"
PACKAGES = ["django-viewflow==2.4.0", "SpiffWorkflow==3.2.0"]
ROUNDS = 5
CASES = 100
TIMES_VIEWFLOW, TIMES_SPIFF, STATEMENTS, PAGE_MS = 5.0, 1.0, 6, 30


def install() -> Path:
    """Install the peers, if that is not done; return their Python."""
    python = ENVIRONMENT / "bin" / "python"
    if not (ENVIRONMENT / "done").exists():
        console.print("[dim]installing viewflow and SpiffWorkflow …[/]")
        subprocess.run([sys.executable, "-m", "venv", ENVIRONMENT], check=True)
        pip = [python, "-m", "pip", "install", "--quiet", *PACKAGES]
        subprocess.run(pip, check=True, stderr=subprocess.DEVNULL)
        (ENVIRONMENT / "done").touch()
    return python


def run(who: str, cases: int) -> dict[str, Any]:
    """Run the process in one of the three, in a new database; return what it tells."""
    peers = install()
    with tempfile.TemporaryDirectory() as home:
        is_ours = who.startswith("Kembar")
        script = ROOT / "bench" / ("cases_ours.py" if is_ours else "cases_peer.py")
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("KEMBAR_", "DATABASE_"))}
        if is_ours:
            command = [sys.executable, script, str(cases), *who.split()[1:]]
            kept["KEMBAR_HOME"] = home
        else:
            command = [peers, script, who, str(Path(home) / "peer.sqlite"), str(cases)]
        answer = subprocess.run(command, check=True, env=kept, stdout=subprocess.PIPE)
    told: dict[str, Any] = json.loads(answer.stdout.splitlines()[-1])
    return told


def main() -> int:
    quick = "--quick" in sys.argv
    best: dict[str, dict[str, Any]] = {}
    ours_of: list[dict[str, Any]] = []
    for _round in range(2 if quick else ROUNDS):
        for who in ("viewflow", "handle", "spiff", "Kembar", "Kembar engine"):
            told = run(who, 30 if quick else CASES)
            for name in ("seconds", "seconds_read_anew"):
                told[name] = told["steps"] / told[name]
            if who == "Kembar":
                ours_of.append(told)
            former = best.setdefault(who, told)
            for name in ("seconds", "seconds_read_anew"):
                former[name] = max(former[name], told[name])
    table = Table("", "steps a second", "read anew each time", "statements")
    for who, told in best.items():
        speeds = (f"{told[name]:,.0f}" for name in ("seconds", "seconds_read_anew"))
        table.add_row(who, *speeds, str(told.get("statements", "")))
    console.print(table)
    pages = min((told["page_of_sixty_ms"] for told in ours_of), key=lambda told: told["p50"])
    statements = best["Kembar"]["statements"]
    missed = statements > STATEMENTS or pages["p50"] > PAGE_MS
    console.print(f"page of a case of 60 steps, ms: {pages}, bar {PAGE_MS}")
    for who, peer, bar in (
        ("Kembar", "viewflow", TIMES_VIEWFLOW),
        ("Kembar", "handle", 0),
        ("Kembar engine", "spiff", TIMES_SPIFF),
    ):
        alone, anew = (best[who][n] / best[peer][n] for n in ("seconds", "seconds_read_anew"))
        wrong = alone < bar
        missed |= wrong
        console.print(
            f"{who}: {alone:.2f} times {peer} (read anew {anew:.2f})"
            f"{f', bar {bar:g}' if bar else ''}{', missed' if wrong else ''}"
        )
    keep("cases", {"best": best})
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
