"""Shares and values as the reader writes them."""

from __future__ import annotations

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from kembar.apps.scouting.figures import per_cent, plain, signed, with_unit


@pytest.mark.parametrize(
    ("share", "written"),
    [(0, "0 %"), (0.004, "below 1 %"), (0.005, "below 1 %"), (0.46, "46 %"), (1, "100 %"),
     (0.996, "above 99 %"), (None, "–")],
)  # fmt: skip
def test_only_nothing_reads_as_nothing_and_only_all_as_all(
    share: float | None, written: str, english: None
) -> None:
    assert per_cent(share) == written


@given(st.floats(0, 1))
def test_a_share_between_never_reads_as_an_end(share: float) -> None:
    with translation.override("en"):
        assert (per_cent(share) == "0 %") == (share == 0)
        assert (per_cent(share) == "100 %") == (share == 1)


@pytest.mark.parametrize(
    ("value", "unit", "written"),
    [(144.4, "km", "144 km"), (0.001352, "share", "0.1 %"), (1, "share", "100 %"),
     (3.0, "airports", "3 airports"), (1.37, "distance", "1.37"), (0.0, "documented", "contradicted"),
     (1.0, "documented", "corroborated"), (None, "km", "not known")],
)  # fmt: skip
def test_a_value_carries_its_unit(
    value: float | None, unit: str, written: str, english: None
) -> None:
    assert with_unit(value, unit) == written


def test_numbers_are_written_as_the_reader_writes_them() -> None:
    with translation.override("id"):
        assert (plain(12345.6), plain(0.44), signed(3.86)) == ("12.346", "0,44", "+3,9")
    with translation.override("en"):
        assert (plain(-1464.0), signed(-0.04)) == ("−1,464", "0.0")
