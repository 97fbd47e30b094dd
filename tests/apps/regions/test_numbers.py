"""Numbers of regions as each language writes them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.utils import translation

from kembar.apps.regions.pictures import percent
from kembar.apps.regions.units import amount


def test_numbers_are_rounded_and_not_cut_off(english: None) -> None:
    assert amount(1.3673, digits=2) == "1.37"
    assert amount(Decimal("46450.7"), "km2", digits=0) == "46,451 km²"
    assert percent(0.6878) == "69 %"
    assert percent(0.0216) == "2.2 %"


def test_nearly_all_is_not_all(english: None) -> None:
    assert [percent(share) for share in (0.9961, 1.0, 0.0)] == ["99.6 %", "100 %", "0 %"]


@pytest.mark.parametrize(
    ("language", "written"), [("id", "1.000.000"), ("zh-hans", "1,000,000"), ("en", "1,000,000")]
)
def test_long_numbers_are_grouped_in_every_language(language: str, written: str) -> None:
    with translation.override(language):
        assert amount(1_000_000) == written
