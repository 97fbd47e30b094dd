"""How alike two climates are."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from kembar.engines import atlas

TABLE = atlas.table()
KNOWN = [code for code, basis in zip(TABLE.codes, TABLE.bases, strict=True) if basis != "none"]
codes = st.sampled_from(
    [code for code in KNOWN if not np.isnan(TABLE.koppen[TABLE.codes.index(code)]).any()]
)
HOME = atlas.region("ID-NT").profile


@given(codes, codes)
def test_overlap_is_a_share_and_the_same_both_ways(a: str, b: str) -> None:
    one, two = atlas.region(a).profile, atlas.region(b).profile

    overlap = atlas.climate_overlap(one, two)

    assert 0 <= overlap <= 1 + 1e-12
    assert overlap == atlas.climate_overlap(two, one)


@given(codes)
def test_a_region_shares_all_its_climate_with_itself(code: str) -> None:
    profile = atlas.region(code).profile

    assert atlas.climate_overlap(profile, profile) == pytest.approx(1)
    assert atlas.profile_distance(profile, profile).value == 0


@given(codes, codes)
def test_distance_is_the_same_both_ways(a: str, b: str) -> None:
    one, two = atlas.region(a).profile, atlas.region(b).profile

    there, back = atlas.profile_distance(one, two), atlas.profile_distance(two, one)

    assert there.value >= 0
    assert there.value == pytest.approx(back.value)
    assert there.shift_months == back.shift_months


year = arrays.arrays(float, 12, elements=st.floats(-40, 40))
rain = arrays.arrays(float, 12, elements=st.floats(0, 900))


@given(year, rain, st.sampled_from([-30.0, 30.0]))
def test_the_same_year_in_the_other_hemisphere_is_no_distance(
    temperature: np.ndarray, rain_mm: np.ndarray, latitude: float
) -> None:
    one = replace(HOME, south=latitude, north=latitude, temperature_c=temperature, rain_mm=rain_mm)
    two = replace(
        one,
        south=-latitude,
        north=-latitude,
        temperature_c=np.roll(temperature, 6),
        rain_mm=np.roll(rain_mm, 6),
    )

    distance = atlas.profile_distance(one, two)

    assert distance.value == pytest.approx(0)
    assert distance.shift_months == 6


def test_ten_degrees_in_every_month_are_a_distance_of_one() -> None:
    """By hand: (10 / 10)² in each of twelve months, their mean 1, its root 1."""
    warmer = replace(HOME, temperature_c=HOME.temperature_c + 10)

    assert atlas.profile_distance(HOME, warmer).value == pytest.approx(1)


def test_rain_counts_by_its_square_root() -> None:
    """By hand: √100 − √23.04 = 10 − 4.8 = 5.2 in each month, which counts 1."""
    dry = replace(HOME, rain_mm=np.full(12, 23.04))
    wet = replace(HOME, rain_mm=np.full(12, 100.0))

    assert atlas.profile_distance(dry, wet).value == pytest.approx(1)


def test_near_the_equator_the_better_shift_is_taken() -> None:
    jiangxi = atlas.region("CN-JX").profile
    shifted, unshifted = (
        atlas.profile_distance(HOME, jiangxi, shift_months=shift).value for shift in (6, 0)
    )

    distance = atlas.profile_distance(HOME, jiangxi)

    assert distance.value == min(shifted, unshifted)


def test_in_one_hemisphere_nothing_is_shifted() -> None:
    jiangxi, bavaria = atlas.region("CN-JX").profile, atlas.region("DE-BY").profile

    assert atlas.profile_distance(jiangxi, bavaria).shift_months == 0


def test_many_at_once_are_the_same_as_one_by_one() -> None:
    at = [TABLE.codes.index(code) for code in KNOWN[::50]]
    years = np.stack([TABLE.temperature_c[at], TABLE.rain_mm[at]], axis=1)
    home = np.stack([HOME.temperature_c, HOME.rain_mm])

    overlaps = atlas.climate_overlaps(HOME.koppen, TABLE.koppen[at])
    distances, shifts = atlas.profile_distances(
        home, years, latitude=HOME.latitude, latitudes=TABLE.latitude[at]
    )

    for i, code in enumerate(KNOWN[::50]):
        other = atlas.region(code).profile
        one = atlas.profile_distance(HOME, other)
        assert overlaps[i] == pytest.approx(atlas.climate_overlap(HOME, other), nan_ok=True)
        assert distances[i] == pytest.approx(one.value)
        assert shifts[i] == one.shift_months


def test_what_is_not_known_is_not_a_likeness() -> None:
    (unknown, *_) = [each for each in atlas.regions() if each.profile.basis == "none"]

    assert np.isnan(atlas.climate_overlap(HOME, unknown.profile))
    assert np.isnan(atlas.profile_distance(HOME, unknown.profile).value)
