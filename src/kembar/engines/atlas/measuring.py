"""Measure a boundary that somebody hands in as GeoJSON, after a hard look at it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from kembar.engines.atlas import catalog
from kembar.engines.atlas.model import Profile
from kembar.engines.atlas.raster import Polygon, Ring, area_km2, cells_inside, ring_area_km2
from kembar.engines.atlas.survey import survey
from kembar.engines.errors import KembarError

MOST_POINTS: Final = 500_000
SMALLEST_KM2: Final = 0.01
# Names of the one system that GeoJSON has: longitude and latitude on WGS 84. The degrees of
# CGCS2000, in which China draws its official boundaries, differ from them by centimetres.
_WGS84: Final = (
    *("CRS84", "EPSG::4326", "EPSG:4326", "EPSG:4979"),
    *("EPSG::4490", "EPSG:4490"),
)
_WITHOUT_AREA: Final = ("Point", "MultiPoint", "LineString", "MultiLineString")
_OVERLAP_ALLOWED: Final = 0.01
# Beyond, a search for crossings would hold up others; no coast comes near.
_MOST_SQUARES: Final = 20_000_000
_MOST_PAIRS: Final = 100_000_000


def measure(geojson: Mapping[str, Any]) -> Profile:
    """Return what the grids say of a boundary, as for a region of the atlas.

    Parameters
    ----------
    geojson
        A Polygon, a MultiPolygon, or a Feature, FeatureCollection or GeometryCollection of
        them, in longitude and latitude (RFC 7946). Polygons are taken together.

    Raises
    ------
    KembarError
        `boundary.*`: no polygon, an open or crossing ring, a hole that lies outside, a line across
        the 180th meridian, another coordinate system, latitude and longitude exchanged, polygons
        that overlap, or no land of the grids inside.
    """
    polygons = read_polygons(geojson)
    found = survey(polygons, catalog.grids(), basis="imported")
    if found is None:
        exchanged = [tuple(ring[:, ::-1] for ring in polygon) for polygon in polygons]
        if all((np.abs(ring[:, 1]) <= 90).all() for polygon in exchanged for ring in polygon) and (
            survey(exchanged, catalog.grids(), basis="imported") is not None
        ):
            raise KembarError("boundary.exchanged", **_corner(polygons[0][0]))
        raise KembarError("boundary.at_sea", **_corner(polygons[0][0]))
    return found


def read_polygons(geojson: Mapping[str, Any]) -> list[Polygon]:
    """Return the polygons of a GeoJSON object, checked.

    Raises
    ------
    KembarError
        As `measure`, but for `boundary.at_sea`.
    """
    if not isinstance(geojson, Mapping):
        raise KembarError("boundary.not_geojson")
    _check_system(geojson)
    polygons = [_polygon(rings) for rings in _coordinates(geojson)]
    if not polygons:
        raise KembarError("boundary.empty")
    points = sum(len(ring) for polygon in polygons for ring in polygon)
    if points > MOST_POINTS:
        raise KembarError("boundary.points", points=points, limit=MOST_POINTS)
    for polygon in polygons:
        _check_range(polygon)
    for polygon in polygons:
        _check_meridian(polygon)
        if crossing := first_crossing(polygon):
            raise KembarError("boundary.crossing", lon=crossing[0], lat=crossing[1])
        if ring_area_km2(polygon[0]) < SMALLEST_KM2:
            raise KembarError("boundary.tiny", **_corner(polygon[0]))
        _check_holes(polygon)
    _check_overlap(polygons)
    return polygons


def _check_system(geojson: Mapping[str, Any]) -> None:
    """Refuse what an old GeoJSON (2008) says of another coordinate system."""
    system = geojson.get("crs")
    if not isinstance(system, Mapping):
        return
    properties = system.get("properties")
    name = str(properties.get("name", "")) if isinstance(properties, Mapping) else ""
    if name and not name.endswith(_WGS84):
        raise KembarError("boundary.system", system=name)


def _coordinates(geojson: Mapping[str, Any]) -> Iterator[Any]:
    """Yield the coordinates of each polygon."""
    kind = geojson.get("type")
    if kind == "FeatureCollection" and isinstance(geojson.get("features"), Sequence):
        parts = geojson["features"]
    elif kind == "GeometryCollection" and isinstance(geojson.get("geometries"), Sequence):
        parts = geojson["geometries"]
    elif kind == "Feature":
        parts = [geojson["geometry"]] if geojson.get("geometry") else []
    elif kind == "Polygon":
        yield geojson.get("coordinates")
        return
    elif kind == "MultiPolygon" and isinstance(geojson.get("coordinates"), Sequence):
        yield from geojson["coordinates"]
        return
    elif kind in _WITHOUT_AREA:
        raise KembarError("boundary.kind", kind=kind)
    else:
        raise KembarError("boundary.not_geojson")
    for part in parts:
        if not isinstance(part, Mapping):
            raise KembarError("boundary.not_geojson")
        yield from _coordinates(part)


def _polygon(rings: Any) -> Polygon:
    if not isinstance(rings, Sequence) or isinstance(rings, str) or not rings:
        raise KembarError("boundary.empty")
    return tuple(_ring(ring) for ring in rings)


def _ring(points: Any) -> Ring:
    try:
        given = np.array([point[:2] for point in points])
    except (TypeError, ValueError, KeyError, IndexError, OverflowError) as error:
        raise KembarError("boundary.numbers") from error
    # Texts, and whole numbers of hundreds of digits, are another kind of array.
    if given.dtype.kind not in "iuf" or given.shape[1:] != (2,) or not np.isfinite(given).all():
        raise KembarError("boundary.numbers")
    ring = given.astype(np.float64)
    if len(ring) < 4:
        raise KembarError("boundary.short", points=len(ring))
    if (ring[0] != ring[-1]).any():
        raise KembarError("boundary.open", **_corner(ring))
    # The same point twice in a row is a side without length.
    keep = np.r_[True, (np.diff(ring, axis=0) != 0).any(axis=1)]
    if keep.sum() < 4:
        raise KembarError("boundary.short", points=int(keep.sum()))
    return ring[keep]


def _corner(ring: Ring) -> dict[str, float]:
    return {"lon": round(float(ring[0, 0]), 4), "lat": round(float(ring[0, 1]), 4)}


def _check_range(polygon: Polygon) -> None:
    lon, lat = np.abs(np.vstack(polygon)).max(axis=0).tolist()
    if lon <= 180 and lat <= 90:
        return
    if lon <= 90 and lat <= 180:
        raise KembarError("boundary.exchanged", **_corner(polygon[0]))
    if lon <= 360 and lat <= 90:
        raise KembarError("boundary.east", lon=round(lon, 4))
    raise KembarError("boundary.metres", **_corner(polygon[0]))


def _check_meridian(polygon: Polygon) -> None:
    """Refuse a line that would run round the whole globe: it was meant to cross the meridian."""
    for ring in polygon:
        far = np.flatnonzero(np.abs(np.diff(ring[:, 0])) > 180)
        if len(far):
            raise KembarError("boundary.meridian", **_corner(ring[far[0] :]))


def _check_holes(polygon: Polygon) -> None:
    outer, *holes = polygon
    for hole in holes:
        if not _inside(hole[:-1], outer).any():
            raise KembarError("boundary.hole", **_corner(hole))


def _inside(points: NDArray[np.float64], ring: Ring) -> NDArray[np.bool_]:
    """Return which points lie inside a ring: those from which a ray crosses it an odd number."""
    (x, y), (x1, y1), (x2, y2) = points.T[:, :, None], ring[:-1].T, ring[1:].T
    spans = (y1 > y) != (y2 > y)
    with np.errstate(divide="ignore", invalid="ignore"):
        crosses = x < (x2 - x1) * (y - y1) / (y2 - y1) + x1
    return np.asarray((spans & crosses).sum(axis=1) % 2 == 1)


def _check_overlap(polygons: Sequence[Polygon]) -> None:
    """Refuse polygons that cover each other: land would count twice, or not at all."""
    if len(polygons) == 1:
        return
    step = max(0.002, min(0.05, float(np.sqrt(area_km2(polygons)) / 111 / 100)))
    counted = [cells_inside([polygon], step) for polygon in polygons]
    lat, lon = (np.concatenate([getattr(c, name) for c in counted]) for name in ("lat", "lon"))
    cells = np.round(np.stack([lat, lon]) / step * 2).astype(np.int64)
    twice = len(lat) - np.unique(cells, axis=1).shape[1]
    if twice > _OVERLAP_ALLOWED * len(lat):
        raise KembarError("boundary.overlap", share=round(100 * twice / len(lat)))


def first_crossing(polygon: Polygon) -> tuple[float, float] | None:
    """Return where two sides of a polygon cross, longitude first, or None if none do.

    Sides that only touch do not cross. Sides are sorted into the squares of a grid, and only
    those that share a square are compared.

    Raises
    ------
    KembarError
        "boundary.tangled" if too many sides share their squares.
    """
    sides = np.vstack([np.hstack([ring[:-1], ring[1:]]) for ring in polygon])
    low = np.minimum(sides[:, :2], sides[:, 2:])
    high = np.maximum(sides[:, :2], sides[:, 2:])
    start, size = low.min(axis=0), np.ptp(np.vstack([low, high]), axis=0) + 1e-12
    many = max(1, int(np.sqrt(len(sides))))
    first = ((low - start) / size * many).astype(np.int64)
    last = ((high - start) / size * many).astype(np.int64)
    wide = last - first + 1
    times = wide.prod(axis=1)
    if times.sum() > _MOST_SQUARES:
        raise KembarError("boundary.tangled", lines=len(sides))
    side = np.repeat(np.arange(len(sides)), times)
    step = np.arange(len(side)) - np.repeat(np.cumsum(times) - times, times)
    col = first[side, 0] + step % wide[side, 0]
    row = first[side, 1] + step // wide[side, 0]
    square = row * (many + 1) + col
    order = np.argsort(square, kind="stable")
    side, square = side[order], square[order]
    shared = np.bincount(square)
    if (shared * (shared - 1) // 2).sum() > _MOST_PAIRS:
        raise KembarError("boundary.tangled", lines=len(sides))
    # Compare each with the one that follows it in its square, then the one after that …
    for apart in range(1, len(side)):
        same = np.flatnonzero(square[apart:] == square[:-apart])
        if not len(same):
            return None
        a, b = sides[side[same]], sides[side[same + apart]]
        crossed = np.flatnonzero(_cross(a, b))
        if len(crossed):
            return _meeting(a[crossed[0]], b[crossed[0]])
    return None


def _turn(
    p: NDArray[np.float64], q: NDArray[np.float64], r: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return on which side of p–q the point r lies: its sign."""
    return np.asarray(
        (q[:, 0] - p[:, 0]) * (r[:, 1] - p[:, 1]) - (q[:, 1] - p[:, 1]) * (r[:, 0] - p[:, 0])
    )


def _cross(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.bool_]:
    p, q, r, s = a[:, :2], a[:, 2:], b[:, :2], b[:, 2:]
    return np.asarray((_turn(p, q, r) * _turn(p, q, s) < 0) & (_turn(r, s, p) * _turn(r, s, q) < 0))


def _meeting(a: NDArray[np.float64], b: NDArray[np.float64]) -> tuple[float, float]:
    run, other = a[2:] - a[:2], b[2:] - b[:2]
    across = run[0] * other[1] - run[1] * other[0]
    along = ((b[0] - a[0]) * other[1] - (b[1] - a[1]) * other[0]) / across
    point = a[:2] + along * run
    return round(float(point[0]), 4), round(float(point[1]), 4)
