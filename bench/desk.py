"""Server time of a slider on the scout desk: 31 provinces, 10,000 weightings, the whole answer.

Bar: p95 at most 50 ms, warm, one reader, from the request to the last letter of the ranking, at
the size of a nation's register. Ends with 1 if it is missed.

    .venv/bin/python bench/desk.py [--quick]
"""

from __future__ import annotations

import argparse
import sys

from common import Installation, console, figures, inside, keep, prepare

BAR_MS = 50.0
REQUESTS = 300


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a fifth of the requests, small")
    asked, _others = parser.parse_known_args()
    installation = Installation("sqlite", 0.01 if asked.quick else 1.0)
    prepare(installation)
    times = inside("slider", installation, REQUESTS // 5 if asked.quick else REQUESTS)
    found = figures(times["slider"])
    is_late = found["p95"] > BAR_MS
    console.print(f"a slider that moves, ms: {found}, bar {BAR_MS:.0f}")
    if is_late:
        console.print(f"[red]missed[/] p95 {found['p95']} ms")
    keep("desk-part" if asked.quick else "desk", {"bar_ms": BAR_MS, "slider": found})
    return int(is_late)


if __name__ == "__main__":
    sys.exit(main())
