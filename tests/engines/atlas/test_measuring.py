"""Measuring a boundary that somebody hands in."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kembar.engines import atlas
from kembar.engines.atlas.measuring import first_crossing
from kembar.engines.atlas.raster import area_km2, cells_inside
from kembar.engines.errors import KembarError

DRAWN = [
    code
    for code, basis, area in zip(
        atlas.table().codes, atlas.table().bases, atlas.table().area_km2, strict=True
    )
    if basis in ("own", "parts", "nearest_place") and area > 500
]


def a_box(west: float, south: float, east: float, north: float) -> list[list[list[float]]]:
    return [[[west, south], [east, south], [east, north], [west, north], [west, south]]]


def polygon(coordinates: Any) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": coordinates}


TIMOR = a_box(124.0, -9.9, 124.5, -9.4)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(DRAWN))
def test_the_drawn_shape_of_a_region_measures_as_the_region_does(code: str) -> None:
    shape, stored = atlas.shape(code), atlas.region(code).profile
    assert shape is not None

    measured = atlas.measure(shape.geojson())

    # Drawn shapes are simplified to 1 km; long thin islands lose most.
    assert measured.area_km2 == pytest.approx(stored.area_km2, rel=0.04, abs=30)
    assert measured.elevation_m == pytest.approx(stored.elevation_m, rel=0.05, abs=15, nan_ok=True)
    assert measured.sea_km == pytest.approx(stored.sea_km, abs=11)
    np.testing.assert_allclose(measured.temperature_c, stored.temperature_c, atol=0.15)
    assert measured.annual_rain_mm == pytest.approx(stored.annual_rain_mm, rel=0.02, abs=2)
    np.testing.assert_allclose(measured.koppen, stored.koppen, atol=0.03)


def test_the_home_province_measures_within_a_hair() -> None:
    shape, stored = atlas.shape("ID-NT"), atlas.region("ID-NT").profile
    assert shape is not None

    measured = atlas.measure(shape.geojson())

    assert measured.basis == "imported"
    assert measured.area_km2 == pytest.approx(stored.area_km2, rel=0.002)
    np.testing.assert_allclose(measured.koppen, stored.koppen, atol=0.003)
    np.testing.assert_allclose(measured.rain_mm, stored.rain_mm, rtol=0.01)


def test_the_area_of_a_square_degree_is_that_of_the_tables() -> None:
    """Snyder (1987) and any table of the ellipsoid: 12,308.8 km² at the equator, 0° to 1° N."""
    ring = np.array(a_box(0, 0, 1, 1)[0])

    assert area_km2([(ring,)]) == pytest.approx(12_308.8, rel=1e-4)


def test_the_globe_has_its_area() -> None:
    """510,065,622 km², WGS 84."""
    ring = np.array(a_box(-180, -90, 180, 90)[0])

    assert area_km2([(ring,)]) == pytest.approx(510_065_622, rel=1e-6)


def test_a_hole_is_not_part_of_the_region() -> None:
    (outer,) = TIMOR
    (hole,) = a_box(124.1, -9.8, 124.4, -9.5)

    whole, holed = atlas.measure(polygon([outer])), atlas.measure(polygon([outer, hole]))

    assert holed.area_km2 == pytest.approx(whole.area_km2 * (1 - 0.36), rel=0.01)


def test_cells_lie_inside_and_weigh_one() -> None:
    cells = cells_inside([(np.array(TIMOR[0]),)], 0.05)

    assert len(cells.lat) == 100
    assert cells.weight.sum() == pytest.approx(1)
    assert ((cells.lon > 124.0) & (cells.lon < 124.5)).all()
    assert ((cells.lat > -9.9) & (cells.lat < -9.4)).all()


def test_features_and_collections_do_too() -> None:
    alone = atlas.measure(polygon(TIMOR)).area_km2
    feature = {"type": "Feature", "properties": {}, "geometry": polygon(TIMOR)}

    for data in (
        feature,
        {"type": "FeatureCollection", "features": [feature]},
        {"type": "GeometryCollection", "geometries": [polygon(TIMOR)]},
        {"type": "MultiPolygon", "coordinates": [TIMOR]},
        json.loads(
            json.dumps(feature | {"crs": {"properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}})
        ),
    ):
        assert atlas.measure(data).area_km2 == alone


def test_a_small_island_is_measured_on_smaller_cells() -> None:
    """A square of 2 km inland on Timor holds no middle of a cell of 0.05°."""
    measured = atlas.measure(polygon(a_box(124.26, -9.66, 124.28, -9.64)))

    assert measured.area_km2 == pytest.approx(4.87, abs=0.1)
    assert not np.isnan(measured.temperature_c).any()


WRONG: dict[str, Any] = {
    "boundary.not_geojson": {"type": "Topology"},
    "boundary.kind": {"type": "LineString", "coordinates": [[124, -9], [125, -9]]},
    "boundary.empty": {"type": "FeatureCollection", "features": []},
    "boundary.numbers": polygon([[["a", "b"], [1, 2], [3, 4], ["a", "b"]]]),
    "boundary.short": polygon([[[124, -9], [125, -9], [124, -9]]]),
    "boundary.open": polygon([[[124, -9], [125, -9], [125, -8], [124, -8]]]),
    "boundary.system": polygon(TIMOR) | {"crs": {"properties": {"name": "EPSG:32751"}}},
    "boundary.metres": polygon(a_box(500_000, 8_900_000, 600_000, 8_950_000)),
    "boundary.exchanged": polygon([[[y, x] for x, y in TIMOR[0]]]),
    "boundary.east": polygon(a_box(200, -9, 210, -8)),
    "boundary.crossing": polygon(
        [[[124, -9.9], [124.5, -9.4], [124.5, -9.9], [124, -9.4], [124, -9.9]]]
    ),
    "boundary.overlap": {
        "type": "MultiPolygon",
        "coordinates": [TIMOR, a_box(124.1, -9.8, 124.6, -9.3)],
    },
    "boundary.tiny": polygon(a_box(124.0, -9.5, 124.0005, -9.4995)),
    "boundary.at_sea": polygon(a_box(-140, -45, -138, -44)),
}


@pytest.mark.parametrize("code", WRONG)
def test_a_boundary_that_cannot_be_right_is_refused_with_a_reason(code: str) -> None:
    with pytest.raises(KembarError) as refusal:
        atlas.measure(WRONG[code])

    assert refusal.value.code == code
    assert "%(" not in str(refusal.value)


def test_exchanged_coordinates_are_told_even_where_both_are_on_the_globe() -> None:
    """The Netherlands, latitude first, lie in the Indian Ocean off Somalia."""
    with pytest.raises(KembarError, match="exchanged"):
        atlas.measure(polygon(a_box(52.2, 5.0, 52.8, 6.0)))


@pytest.mark.parametrize("data", [None, 7, [], "Polygon", {"type": "Feature", "geometry": 5}])
def test_what_is_no_geojson_at_all_is_refused(data: Any) -> None:
    with pytest.raises(KembarError) as refusal:
        atlas.measure(data)

    assert refusal.value.code == "boundary.not_geojson"


def test_degrees_of_the_official_system_of_china_are_taken() -> None:
    drawn = polygon(a_box(115, 27, 116, 28))
    official = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4490"}}

    assert atlas.measure(drawn | {"crs": official}).area_km2 == atlas.measure(drawn).area_km2


@pytest.mark.parametrize("value", [float("nan"), float("inf"), None, "x", "124", 10**400])
def test_a_point_that_is_no_number_is_refused(value: Any) -> None:
    with pytest.raises(KembarError) as refusal:
        atlas.measure(polygon([[[value, -9], [125, -9], [125, -8], [value, -9]]]))

    assert refusal.value.code == "boundary.numbers"


def test_the_crossing_is_named_where_it_is() -> None:
    """By hand: the diagonals of a square of side 1 meet in its middle."""
    ring = np.array([[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]], float)

    assert first_crossing((ring,)) == (0.5, 0.5)


def test_a_hole_that_leaves_its_ring_crosses_it() -> None:
    outer, hole = np.array(a_box(0, 0, 1, 1)[0], float), np.array(a_box(0.5, 0.5, 1.5, 0.8)[0])

    assert first_crossing((outer, hole)) == (1.0, 0.5)


@pytest.mark.parametrize("lean", [0.0, 0.5])
def test_lines_too_many_to_compare_are_refused_and_not_waited_for(lean: float) -> None:
    tooth = np.repeat(np.linspace(120, 121, 20_000), 2)
    height = np.tile([0.0, 1.0, 1.0, 0.0], 10_000)
    ring = np.stack([tooth + lean * height, height - 9], axis=1)
    ring = np.vstack([ring, [[122, -10], [119, -10]], ring[:1]])

    with pytest.raises(KembarError) as refusal:
        first_crossing((ring,))

    assert refusal.value.code == "boundary.tangled"


@settings(deadline=None)
@given(st.lists(st.floats(0.2, 1), min_size=5, max_size=40), st.floats(-60, 60))
def test_a_star_crosses_nothing_and_its_cells_fill_its_area(radii: list[float], lat: float) -> None:
    angle = np.linspace(0, 2 * np.pi, len(radii), endpoint=False)
    ring = np.stack([np.cos(angle), np.sin(angle)], axis=1) * np.array(radii)[:, None] * 3
    ring = np.vstack([ring, ring[:1]]) + np.array([20, lat])

    cells = cells_inside([(ring,)], 0.02)
    side_km = 111.19 * 0.02
    filled = side_km**2 * np.cos(np.radians(cells.lat)).sum()

    assert first_crossing((ring,)) is None
    assert filled == pytest.approx(area_km2([(ring,)]), rel=0.03)
