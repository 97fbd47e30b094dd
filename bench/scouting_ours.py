"""Our side of bench/scouting.py: one task a process, one line of JSON.

python bench/scouting_ours.py TASK ALTERNATIVES DRAWS REPEATS
"""

from __future__ import annotations

import json
import resource
import statistics
import sys
import time
from collections.abc import Callable
from fractions import Fraction

import numpy as np
from scouting_peer import CRITERIA, table

from kembar.engines.scouting import compiled
from kembar.engines.scouting.methods import Linear, Shape, promethee, scores_once, topsis_of_mean
from kembar.engines.scouting.pairwise import winning
from kembar.engines.scouting.smaa import smaa
from kembar.engines.scouting.weights import free


def ranked(scorer: object, draws: int, ranks: int | None = None) -> object:
    return smaa(scorer, free(CRITERIA), draws=draws, rng=np.random.default_rng(1), ranks=ranks)


def weighted_sum(count: int, draws: int) -> Callable[[], object]:
    """SMAA-2 with all ranks, and what goes with it: expected ranks, quantiles, central weights."""
    values = table(count)
    return lambda: ranked(Linear(values), draws)


def first_ranks(count: int, draws: int) -> Callable[[], object]:
    values = table(count)
    return lambda: ranked(Linear(values), draws, ranks=20)


def topsis(count: int, draws: int) -> Callable[[], object]:
    values = table(count)
    return lambda: ranked(topsis_of_mean(values), draws)


SHAPES = [Shape("linear", indifference=0.0, preference=0.3)] * CRITERIA


def smaa_promethee(count: int, draws: int) -> Callable[[], object]:
    values = table(count)
    return lambda: ranked(promethee(values, SHAPES), draws)


def promethee_once(count: int, _draws: int) -> Callable[[], object]:
    values, weights = table(count), np.full(CRITERIA, 1 / CRITERIA)
    return lambda: scores_once(promethee(values, SHAPES), weights)


def pairs(count: int, _draws: int) -> Callable[[], object]:
    values = table(count)

    def run() -> object:
        found = winning(Linear(values), free(CRITERIA), draws=0, rng=np.random.default_rng(0))
        return found.chance, found.expected_rank

    return run


def gemm(_count: int, _draws: int) -> Callable[[], object]:
    """The machine's own limit: a square product in float32, all threads."""
    dice = np.random.default_rng(0)
    one = dice.random((3000, 3000), dtype=np.float32)
    out = np.empty_like(one)
    return lambda: np.dot(one, one, out=out)


def gemm_narrow(count: int, _draws: int) -> Callable[[], object]:
    """The same with an inner dimension of twenty: one block of scores."""
    dice = np.random.default_rng(0)
    weights = dice.random((256, CRITERIA), dtype=np.float32)
    values = dice.random((CRITERIA, count), dtype=np.float32)
    out = np.empty((256, count), dtype=np.float32)
    return lambda: np.dot(weights, values, out=out)


def exactly(gaps: list[Fraction]) -> Fraction:
    """The chance that the sum of weight times gap is above 0, in fractions: another formula.

    The divided difference of max(x, 0)^(n-1) at the gaps, which must differ.
    """
    count = len(gaps)
    total = Fraction(0)
    for place, gap in enumerate(gaps):
        if gap > 0:
            below = Fraction(1)
            for other, rival in enumerate(gaps):
                if other != place:
                    below *= gap - rival
            total += gap ** (count - 1) / below
    return total


def pairs_error(chance: np.ndarray, values: np.ndarray) -> float:
    """The largest error of some hundred pairs against fractions."""
    dice = np.random.default_rng(3)
    worst = 0.0
    for one, other in dice.integers(len(values), size=(200, 2)):
        if one != other:
            gaps = [
                Fraction(a) - Fraction(b)
                for a, b in zip(values[one].tolist(), values[other].tolist(), strict=True)
            ]
            worst = max(worst, abs(float(exactly(gaps)) - chance[one, other]))
    return worst


TASKS = {"weighted_sum": weighted_sum, "first_ranks": first_ranks, "topsis": topsis,
         "smaa_promethee": smaa_promethee, "promethee_once": promethee_once, "pairs": pairs,
         "gemm": gemm, "gemm_narrow": gemm_narrow}  # fmt: skip


def main() -> None:
    task = sys.argv[1]
    count, draws, repeats = (int(each) for each in sys.argv[2:5])
    if count > 300:
        compiled.library()  # compiled once for a machine, not at each start
    run = TASKS[task](count, draws)
    times, work, answer = [], [], None
    for _repeat in range(repeats):
        started, worked = time.perf_counter(), time.process_time()
        answer = run()
        times.append(time.perf_counter() - started)
        work.append(time.process_time() - worked)
    told = {
        "seconds": statistics.median(times),
        "work": statistics.median(work),
        "best": min(times),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "compiled": compiled.library() is not None if count > 300 else None,
    }
    if task == "pairs":
        told["error"] = pairs_error(answer[0], table(count))
    if task == "promethee_once":
        told["answer"] = answer.tolist()
    print(json.dumps(told))


if __name__ == "__main__":
    main()
