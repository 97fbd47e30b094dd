"""A ranking without reasons is the ranking, only sooner."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kembar.engines.scouting.criteria import Law, Table
from kembar.engines.scouting.ranking import rank
from kembar.engines.scouting.weights import WeightSpace, complete_order, elicited, free
from tests.engines.scouting.made import tables

SPACES = {
    "free": free,
    "ordered": lambda size: complete_order(range(size)),
    "sliders": lambda size: elicited([1.0] * size, precision=10),
}


def with_a_gap(table: Table) -> Table:
    law = table.law.copy()
    law[0, 0] = Law.MISSING
    return Table(table.codes, table.criteria, table.first, table.second, law)


@pytest.mark.parametrize("said", SPACES)
@given(table=tables(), has_gap=st.booleans())
@settings(max_examples=15, deadline=None)
def test_without_reasons_order_and_shares_are_the_same_to_the_last_bit(
    said: str, table: Table, has_gap: bool
) -> None:
    table = with_a_gap(table) if has_gap else table
    space: WeightSpace = SPACES[said](len(table.criteria))

    whole, brief = (
        rank(table, space, draws=300, rng=np.random.default_rng(1), reasons=reasons)
        for reasons in (True, False)
    )

    assert np.array_equal(whole.order, brief.order)
    assert np.array_equal(whole.acceptability.counts, brief.acceptability.counts)
    assert np.array_equal(whole.expected_rank, brief.expected_rank)
    assert not brief.explanations and not brief.methods
