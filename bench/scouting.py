"""Scouting beside pysensmcda, pymcdm and the machine's own limit, in one run: gates S1 to S6.

Each task runs in a process of its own, ours and the peer's in turn, so that a busy minute hits
both; ratios are of the medians. `work` is what the processors worked in all: on a busy machine it
says more than the seconds, for ours work side by side and the peer alone. The variables that pin
OpenBLAS to a slower kernel are taken out for all of them. Peers are installed into environments
of their own. The numbers that the tests keep of the peers are computed again and compared. Ends
with 1 if a bar is missed.

    .venv/bin/python bench/scouting.py [--quick]
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from common import ROOT, console, keep
from rich.table import Table
from scouting_peer import table

ENVIRONMENTS = ROOT / "bench" / ".envs"
PACKAGES = {
    "pysensmcda": ["pysensmcda==2.0.0", "pymcdm==1.4.0"],
    "scikit-criteria": ["scikit-criteria==0.9"],
}
FIXTURE = ROOT / "tests" / "engines" / "scouting" / "peers.json"
# The gates of engines.md 1.6.
BARS = {
    "S1 times as fast": 30.0, "S1 share of the memory": 1 / 8, "S2 times as fast": 100.0,
    "S3 times as fast": 500.0, "S3 error": 1e-6, "S4 times the GEMM": 5.0,
    "S4 growth of memory": 1.1, "S5 TOPSIS times as fast": 40.0,
    "S5 PROMETHEE times as fast": 300.0, "S5 PROMETHEE difference": 1e-12,
    "S5 TOPSIS times the weighted sum": 2.5, "S5 PROMETHEE times the weighted sum": 2.5,
    "S6 seconds from cold": 0.5, "S6 times as fast": 5.0,
}  # fmt: skip
AT_LEAST = {name for name in BARS if name.endswith("as fast")}


def fair() -> dict[str, str]:
    pinned = {"OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"}
    return {name: value for name, value in os.environ.items() if name not in pinned}


def python_of(name: str) -> str:
    """Return the interpreter of a peer's environment, made if it is not there."""
    folder = ENVIRONMENTS / name
    mark = folder / "made"
    if not mark.exists() or mark.read_text() != " ".join(PACKAGES[name]):
        console.print(f"[dim]installing {name} …[/]")
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        pip = [folder / "bin" / "pip", "install", "--quiet", *PACKAGES[name]]
        subprocess.run(pip, check=True, stderr=subprocess.DEVNULL)
        mark.write_text(" ".join(PACKAGES[name]))
    return str(folder / "bin" / "python")


def run(python: str, script: str, *arguments: object) -> dict[str, Any]:
    command = [python, str(ROOT / "bench" / script), *map(str, arguments)]
    done = subprocess.run(command, check=True, env=fair(), capture_output=True, text=True)
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def ours(*arguments: object) -> dict[str, Any]:
    return run(sys.executable, "scouting_ours.py", *arguments)


def theirs(*arguments: object) -> dict[str, Any]:
    return run(python_of("pysensmcda"), "scouting_peer.py", *arguments)


def middle(answers: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the first answer with the median of the seconds, and the largest memory."""
    seconds = median(each["seconds"] for each in answers)
    work = median(each["work"] for each in answers)
    return {
        **answers[0],
        "seconds": seconds,
        "work": work,
        "peak_mb": max(a["peak_mb"] for a in answers),
    }


def in_turn(*sides: tuple[Any, ...], rounds: int) -> list[dict[str, Any]]:
    found: list[list[dict[str, Any]]] = [[] for _side in sides]
    for _round in range(rounds):
        for number, (side, *arguments) in enumerate(sides):
            found[number].append(side(*arguments))
    return [middle(each) for each in found]


def cold(rounds: int) -> float:
    """Return seconds of the whole command for 31 alternatives of 20 criteria, 10,000 draws."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "provinces.csv"
        rows = [["code", *(f"c{k}" for k in range(20))]]
        rows += [[f"r{i}", *map(str, row)] for i, row in enumerate(table(31).tolist())]
        file.write_text("\n".join(",".join(row) for row in rows) + "\n")
        command = [str(Path(sys.executable).with_name("kembar")), "scout", "--table", str(file)]
        command += ["--format", "json", "--draws", "10000"]
        spent = []
        for _round in range(rounds):
            started = time.perf_counter()
            done = subprocess.run(command, check=True, env=fair(), capture_output=True)
            spent.append(time.perf_counter() - started)
            json.loads(done.stdout)
    return median(spent)


def gates(rounds: int, large_draws: int) -> tuple[dict[str, float], list[dict[str, Any]]]:
    """Measure everything; return the figures of the gates, and the rows of the table."""
    found: dict[str, float] = {}
    rows: list[dict[str, Any]] = []

    def told(what: str, mine: dict[str, Any], peer: dict[str, Any] | None, note: str = "") -> None:
        rows.append({"what": what, "ours_s": mine["seconds"], "ours_work_s": mine["work"],
                     "peer_work_s": peer and peer["work"], "ours_mb": mine["peak_mb"],
                     "peer_s": peer and peer["seconds"], "peer_mb": peer and peer["peak_mb"],
                     "note": note})  # fmt: skip

    mine, first, peer = in_turn(
        (ours, "weighted_sum", 3900, 10_000, 1),
        (ours, "first_ranks", 3900, 10_000, 1),
        (theirs, "simulate", 3900, 10_000, 1),
        rounds=rounds,
    )
    told("S1 all ranks, 3,900 x 10,000", mine, peer)
    told("S2 first 20 ranks and quantiles, the same", first, peer)
    found["S1 times as fast"] = peer["seconds"] / mine["seconds"]
    found["S1 share of the memory"] = mine["peak_mb"] / peer["peak_mb"]
    found["S2 times as fast"] = peer["seconds"] / first["seconds"]

    exact, sampled = in_turn(
        (ours, "pairs", 3900, 0, 1), (theirs, "pairs", 3900, 200, 1), rounds=rounds
    )
    told("S3 pairwise, 3,900: exact; peer from 200 draws", exact, sampled, "peer x 50 for 10,000")
    found["S3 times as fast"] = sampled["seconds"] * 50 / exact["seconds"]
    found["S3 error"] = exact["error"]

    small, large, square, narrow = in_turn(
        (ours, "first_ranks", 50_000, large_draws // 10, 1),
        (ours, "first_ranks", 50_000, large_draws, 1),
        (ours, "gemm", 3000, 0, 5),
        (ours, "gemm_narrow", 50_000, 0, 20),
        rounds=max(2, rounds - 1),
    )
    flops = 2.0 * 50_000 * 20 * large_draws
    limit = square["seconds"] * flops / (2.0 * 3000**3)
    narrow_s = narrow["seconds"] * flops / (2.0 * 50_000 * 20 * 256)
    gflops = 2 * 3.0**3 / square["seconds"]
    told(f"S4 first 20 ranks, 50,000 x {large_draws // 10:,}", small, None)
    note = f"GEMM of as many operations {limit:.2f} s ({gflops:.0f} GFLOP/s); "
    told(f"S4 first 20 ranks, 50,000 x {large_draws:,}", large, None,
         note + f"with inner dimension 20 {narrow_s:.2f} s")  # fmt: skip
    found["S4 times the GEMM"] = large["seconds"] / limit
    found["S4 growth of memory"] = large["peak_mb"] / small["peak_mb"]

    plain, near, flows, peer_near, peer_plain = in_turn(
        (ours, "weighted_sum", 31, 10_000, 9),
        (ours, "topsis", 31, 10_000, 9),
        (ours, "smaa_promethee", 31, 10_000, 9),
        (theirs, "simulate_topsis", 31, 10_000, 1),
        (theirs, "simulate", 31, 10_000, 5),
        rounds=rounds,
    )
    told("S5 SMAA-TOPSIS, 31 x 10,000", near, peer_near)
    told("S5 SMAA-PROMETHEE, 31 x 10,000", flows, None)
    told("S6 weighted sum, 31 x 10,000", plain, peer_plain)
    found["S5 TOPSIS times as fast"] = peer_near["seconds"] / near["seconds"]
    found["S5 TOPSIS times the weighted sum"] = near["seconds"] / plain["seconds"]
    found["S5 PROMETHEE times the weighted sum"] = flows["seconds"] / plain["seconds"]
    found["S6 times as fast"] = peer_plain["seconds"] / plain["seconds"]

    once, peer_once = in_turn(
        (ours, "promethee_once", 3900, 0, 5), (theirs, "promethee", 3900, 0, 1), rounds=1
    )
    told("S5 PROMETHEE II once, 3,900", once, peer_once)
    found["S5 PROMETHEE times as fast"] = peer_once["seconds"] / once["seconds"]
    gap = np.abs(np.array(once["answer"]) - np.array(peer_once["answer"]))
    found["S5 PROMETHEE difference"] = float(gap.max())

    found["S6 seconds from cold"] = cold(5)
    return found, rows


def verify_fixture() -> list[str]:
    """Compute the peers' numbers of the tests again; return what differs."""
    kept = json.loads(FIXTURE.read_text())
    fresh = run(python_of("pysensmcda"), "scouting_peer.py", "fixture")
    fresh["scikit_criteria"] = run(
        python_of("scikit-criteria"), "scouting_peer.py", "fixture_skcriteria"
    )
    pairs = {name: (kept[name], fresh[name]) for name in ("topsis_minmax", "topsis_vector")}
    pairs["spotis"] = (kept["spotis"], fresh["spotis"])
    for group in ("promethee", "scikit_criteria"):
        for name, values in kept[group].items():
            pairs[f"{group} {name}"] = (values, fresh[group][name])
    return [
        name
        for name, (one, other) in pairs.items()
        if not np.allclose(one, other, rtol=0, atol=1e-12)
    ]


def show(found: dict[str, float], rows: list[dict[str, Any]]) -> None:
    table_ = Table(title="Scouting, seconds and peak megabytes")
    for heading in ("what", "ours s", "work s", "MB", "peer s", "work s", "MB", "note"):
        table_.add_column(heading, justify="left" if heading in ("what", "note") else "right")
    for row in rows:
        sides = []
        for side in ("ours", "peer"):
            figures = [row[f"{side}_s"], row[f"{side}_work_s"], row[f"{side}_mb"]]
            sides += ["–" if each is None else f"{each:.3g}" for each in figures]
        table_.add_row(row["what"], *sides,
                       row["note"])  # fmt: skip
    console.print(table_)
    bars = Table(title="Gates")
    for heading in ("gate", "bar", "measured", ""):
        bars.add_column(heading)
    for name, bar in BARS.items():
        sign = "≥" if name in AT_LEAST else "≤"
        word = "held" if holds(name, found[name]) else "[red]missed[/]"
        bars.add_row(name, f"{sign} {bar:.3g}", f"{found[name]:.3g}", word)
    console.print(bars)


def holds(name: str, figure: float) -> bool:
    return figure >= BARS[name] if name in AT_LEAST else figure <= BARS[name]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    quick = parser.parse_args().quick
    ours("first_ranks", 400, 20_000, 1)  # compiles the loops, once for this machine
    found, rows = gates(1 if quick else 3, 20_000 if quick else 100_000)
    wrong = verify_fixture()
    show(found, rows)
    missed = [name for name in BARS if not holds(name, found[name])]
    missed += [f"the kept numbers of the peers differ: {name}" for name in wrong]
    for line in missed:
        console.print(f"[red]missed[/] {line}")
    keep("scouting", {"bars": BARS, "found": found, "missed": missed, "rows": rows,
                      "peers": PACKAGES})  # fmt: skip
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
