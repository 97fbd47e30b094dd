"""Tables for tests, made from a few numbers."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from kembar.engines.scouting.criteria import Criterion, Floats, Table


def a_table(
    values: object, *, groups: list[str] | None = None, less: tuple[int, ...] = ()
) -> Table:
    """A table of values between 0 and 1, with the anchors there."""
    array = np.array(values, dtype=np.float64)
    criteria = [
        Criterion(
            f"c{k}",
            worst=1.0 if k in less else 0.0,
            best=0.0 if k in less else 1.0,
            group=groups[k] if groups else "",
        )
        for k in range(array.shape[1])
    ]
    return Table.of([f"a{i}" for i in range(len(array))], criteria, array.tolist())


def some_values(count: int, criteria: int, seed: int = 0) -> Floats:
    return np.random.default_rng(seed).random((count, criteria))


def tables(most: int = 8) -> st.SearchStrategy[Table]:
    """Tables whose criteria tell somebody apart, on a grid on which sums are far from ties."""
    shapes = st.tuples(st.integers(2, most), st.integers(2, 5))
    seeds = st.integers(0, 2**32 - 1)
    return st.builds(lambda shape, seed: a_table(some_values(*shape, seed)), shapes, seeds)
