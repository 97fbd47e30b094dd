"""The atlas from a cold process: one region, two, a boundary, all the world.

Bars: one region within 0.5 s, the table of the world within 1 s, importing within 0.3 s; beside
each, what an empty Python and `import numpy` cost on this machine in the same run. Ends with 1 if
a bar is missed.
"""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path

RUNS = 7
BIN = Path(sys.executable).parent
BOUNDARY = "atlas.measure(atlas.shape('CN-JX').geojson())"
PYTHON = [sys.executable, "-c"]
IMPORT = "from kembar.engines import atlas"
CASES: list[tuple[str, list[str], float | None]] = [
    ("python, empty", [*PYTHON, "pass"], None),
    ("import numpy", [*PYTHON, "import numpy"], None),
    ("import typer, rich", [*PYTHON, "import typer, rich.table"], None),
    ("import the atlas", [*PYTHON, IMPORT], 0.3),
    ("one region", [*PYTHON, f"{IMPORT}; atlas.region('ID-NT')"], 0.5),
    ("table of the world", [*PYTHON, f"{IMPORT}; atlas.table()"], 1.0),
    ("all regions of the world", [*PYTHON, f"{IMPORT}; atlas.regions()"], 1.0),
    ("a boundary measured", [*PYTHON, f"{IMPORT}; {BOUNDARY}"], None),
    ("kembar atlas show", [str(BIN / "kembar"), "atlas", "show", "ID-NT"], 0.5),
    ("kembar atlas compare", [str(BIN / "kembar"), "atlas", "compare", "ID-NT", "CN-JX"], 0.5),
    ("kembar atlas list", [str(BIN / "kembar"), "atlas", "list", "--json"], 1.0),
]


def seconds(command: list[str]) -> float:
    started = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - started


def main() -> int:
    missed = 0
    found = {}
    for _name, command, _bar in CASES:
        seconds(command)  # bytecode and the disk's cache
    for name, command, bar in CASES:
        times = sorted(seconds(command) for _run in range(RUNS))
        median = statistics.median(times)
        found[name] = round(median, 3)
        wrong = bar is not None and median > bar
        missed |= wrong
        said = f"bar {bar:.1f} s{', missed' if wrong else ''}" if bar else ""
        print(f"{name:26} {median:6.3f} s  (best {times[0]:.3f})  {said}")
    peak_mb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"{'largest process':26} {peak_mb:6.0f} MB")
    if "--json" in sys.argv:
        print(json.dumps(found))
    return int(missed)


if __name__ == "__main__":
    raise SystemExit(main())
