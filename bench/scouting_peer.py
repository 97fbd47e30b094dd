"""The peers of scouting, in an environment of their own: one task a process, one line of JSON.

    python bench/scouting_peer.py TASK [ALTERNATIVES] [DRAWS] [REPEATS]

`fixture` and `fixture_skcriteria` give the numbers that tests/engines/scouting/peers.json keeps;
the others are timed. Nothing of Kembar is imported here.
"""

from __future__ import annotations

import json
import resource
import statistics
import sys
import time
from importlib.metadata import version

import numpy as np

CRITERIA = 20
# Eight alternatives, five criteria; the third and fifth are better when small.
MATRIX = np.array(
    [
        [690, 3.1, 9, 7, 4.0],
        [590, 3.9, 7, 6, 10.0],
        [600, 3.6, 8, 8, 7.0],
        [620, 3.8, 7, 10, 6.0],
        [700, 2.8, 10, 4, 6.5],
        [650, 4.0, 6, 9, 8.0],
        [640, 3.3, 5, 5, 9.0],
        [610, 3.5, 11, 3, 5.0],
    ]
)
TYPES = np.array([1, 1, -1, 1, -1])
WEIGHTS = np.array([0.3, 0.2, 0.2, 0.15, 0.15])
BOUNDS = np.array([[550.0, 720], [2.5, 4.2], [4, 12], [2, 11], [3, 11]])


def table(count: int) -> np.ndarray:
    """Correlated made-up regions, scaled to 0..1: the same in every process."""
    dice = np.random.default_rng(1)
    common = dice.standard_normal((count, 4))
    loads = dice.standard_normal((4, CRITERIA))
    made = common @ loads + 1.2 * dice.standard_normal((count, CRITERIA))
    made -= made.min(axis=0)
    return made / made.max(axis=0)


def fixture() -> dict:
    from pymcdm.methods import PROMETHEE_II, SPOTIS, TOPSIS
    from pymcdm.normalizations import minmax_normalization, vector_normalization

    scaled = np.column_stack(
        [minmax_normalization(MATRIX[:, k], cost=TYPES[k] < 0) for k in range(5)]
    )
    found = {
        "versions": {"pymcdm": version("pymcdm"), "numpy": np.__version__},
        "matrix": MATRIX.tolist(), "types": TYPES.tolist(), "weights": WEIGHTS.tolist(),
        "bounds": BOUNDS.tolist(),
        "topsis_minmax": TOPSIS(minmax_normalization)(MATRIX, WEIGHTS, TYPES).tolist(),
        "topsis_vector": TOPSIS(vector_normalization)(MATRIX, WEIGHTS, TYPES).tolist(),
        "spotis": SPOTIS(BOUNDS)(MATRIX, WEIGHTS, TYPES).tolist(),
    }  # fmt: skip
    q, p = np.full(5, 0.1), np.full(5, 0.4)
    ones = np.ones(5)
    found["promethee"] = {
        "usual": PROMETHEE_II("usual")(scaled, WEIGHTS, ones).tolist(),
        "ushape": PROMETHEE_II("ushape", q=q)(scaled, WEIGHTS, ones).tolist(),
        "vshape": PROMETHEE_II("vshape", p=p)(scaled, WEIGHTS, ones).tolist(),
        "level": PROMETHEE_II("level", p=p, q=q)(scaled, WEIGHTS, ones).tolist(),
        "vshape_2": PROMETHEE_II("vshape_2", p=p, q=q)(scaled, WEIGHTS, ones).tolist(),
    }
    return found


def fixture_skcriteria() -> dict:
    import skcriteria as skc
    from skcriteria.agg.similarity import TOPSIS
    from skcriteria.agg.simple import WeightedSumModel
    from skcriteria.preprocessing.invert_objectives import NegateMinimize
    from skcriteria.preprocessing.scalers import MinMaxScaler

    matrix = skc.mkdm(MATRIX, TYPES.tolist(), weights=WEIGHTS)
    scaled = MinMaxScaler("matrix").transform(NegateMinimize().transform(matrix))
    return {
        "versions": {"scikit-criteria": version("scikit-criteria"), "numpy": np.__version__},
        "weighted_sum": WeightedSumModel().evaluate(scaled).e_.score.tolist(),
        "topsis": TOPSIS().evaluate(scaled).e_.similarity.tolist(),
    }


def weighted(matrix: np.ndarray, weights: np.ndarray, types: np.ndarray) -> np.ndarray:
    return matrix @ weights


def simulate(count: int, draws: int):
    """SMAA-2 with all ranks, the peer's own product of matrix and weights."""
    from pysensmcda.smaa import simulate as run

    values, types = table(count), np.ones(CRITERIA)
    return lambda: run(weighted, values, types, num_samples=draws, store="accumulate", seed=0)


def simulate_topsis(count: int, draws: int):
    from pymcdm.methods import TOPSIS
    from pysensmcda.smaa import simulate as run

    values, types = table(count) + 0.01, np.ones(CRITERIA)
    return lambda: run(TOPSIS(), values, types, num_samples=draws, store="accumulate", seed=0)


def pairs(count: int, draws: int):
    """Pairwise winning indices from rankings that are there already."""
    from pysensmcda.robustness import pairwise_winning_indices
    from pysensmcda.smaa import simulate as run

    values, types = table(count), np.ones(CRITERIA)
    made = run(weighted, values, types, num_samples=draws, store="full", seed=0)
    return lambda: pairwise_winning_indices(made.rankings)


def promethee(count: int, _draws: int):
    from pymcdm.methods import PROMETHEE_II

    values, weights = table(count), np.full(CRITERIA, 1 / CRITERIA)

    def run() -> np.ndarray:
        # A new object each time: the second call on one object raises AxisError.
        method = PROMETHEE_II("vshape", p=np.full(CRITERIA, 0.3))
        return method(values, weights, np.ones(CRITERIA))

    return run


def main() -> None:
    task = sys.argv[1]
    if task.startswith("fixture"):
        print(json.dumps({"fixture": fixture, "fixture_skcriteria": fixture_skcriteria}[task]()))
        return
    count, draws, repeats = (int(each) for each in sys.argv[2:5])
    run = {"simulate": simulate, "simulate_topsis": simulate_topsis, "pairs": pairs,
           "promethee": promethee}[task](count, draws)  # fmt: skip
    times, work = [], []
    answer = None
    for _repeat in range(repeats):
        started, worked = time.perf_counter(), time.process_time()
        answer = run()
        times.append(time.perf_counter() - started)
        work.append(time.process_time() - worked)
    kept = answer.tolist() if task == "promethee" and answer is not None else None
    print(
        json.dumps(
            {
                "seconds": statistics.median(times),
                "work": statistics.median(work),
                "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
                "answered": answer is not None,
                "answer": kept,
            }
        )
    )


if __name__ == "__main__":
    main()
