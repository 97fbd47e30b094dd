"""What lies inside a polygon: its area, and the cells of a grid whose middle it holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

# WGS 84 (NIMA TR8350.2): half the great axis and the first eccentricity.
_AXIS_KM: Final = 6378.137
_ECCENTRICITY: Final = 0.0818191908426215

Ring = NDArray[np.float64]
"""A closed line: array of shape (n, 2), degrees, longitude first, the last point the first."""
Polygon = tuple[Ring, ...]
"""An outer ring and its holes."""


@dataclass(frozen=True)
class Cells:
    """The middles of cells inside a polygon.

    Attributes
    ----------
    lat, lon : arrays of shape (n,), degrees
    weight : array of shape (n,)
        Area of the cell as a share of all; sums to 1.
    """

    lat: NDArray[np.float64]
    lon: NDArray[np.float64]
    weight: NDArray[np.float64]


def _zone_area(lat: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the area between the equator and a latitude, km² for a radian of longitude.

    References
    ----------
    Snyder (1987), Map Projections: A Working Manual, equation 3-12 (authalic latitude).
    """
    s, e = np.sin(np.radians(lat)), _ECCENTRICITY
    q = s / (1 - (e * s) ** 2) - np.log((1 - e * s) / (1 + e * s)) / (2 * e)
    return np.asarray(_AXIS_KM**2 * (1 - e**2) * q / 2)


def ring_area_km2(ring: Ring) -> float:
    """Return the area inside a ring on the ellipsoid, km², never negative.

    Sides are straight on a map of latitude and longitude, as GeoJSON (RFC 7946, 3.1.1) has them.
    The area is the integral of the zone over longitude, with Simpson's rule on each side.
    """
    lon, lat = np.radians(ring[:, 0]), ring[:, 1]
    middle = (lat[1:] + lat[:-1]) / 2
    mean = (_zone_area(lat[1:]) + 4 * _zone_area(middle) + _zone_area(lat[:-1])) / 6
    return abs(float(np.sum((lon[1:] - lon[:-1]) * mean)))


def area_km2(polygons: Sequence[Polygon]) -> float:
    """Return the area of polygons that do not overlap, without their holes, km²."""
    return sum(
        ring_area_km2(outer) - sum(ring_area_km2(hole) for hole in holes)
        for outer, *holes in polygons
    )


def cells_inside(polygons: Sequence[Polygon], step: float) -> Cells:
    """Return the cells whose middle lies inside, by the even-odd rule.

    Parameters
    ----------
    polygons
        Outer rings and holes.
    step : degrees
        Side of a cell; the grid hangs on 0° N, 0° E, so that neighbours share no cell.
    """
    edges = [np.hstack([ring[:-1], ring[1:]]) for polygon in polygons for ring in polygon]
    x1, y1, x2, y2 = (np.vstack(edges) / step - 0.5).T
    low, high = np.minimum(y1, y2), np.maximum(y1, y2)
    # A side crosses the middle of row r where low < r <= high: each corner counts once.
    first, last = np.floor(low).astype(np.int64) + 1, np.floor(high).astype(np.int64)
    times = np.maximum(last - first + 1, 0)
    side = np.repeat(np.arange(len(x1)), times)
    if not len(side):
        return _weighed(np.empty(0), np.empty(0))
    rows = first[side] + np.arange(len(side)) - np.repeat(np.cumsum(times) - times, times)
    slope = (x2[side] - x1[side]) / (y2[side] - y1[side])
    cross = x1[side] + (rows - y1[side]) * slope
    order = np.lexsort((cross, rows))
    rows, cross = rows[order], cross[order]
    # Sorted, crossings of a row come in pairs: in, out, in, out.
    start = np.ceil(cross[0::2]).astype(np.int64)
    count = np.maximum(np.ceil(cross[1::2]).astype(np.int64) - start, 0)
    row = np.repeat(rows[0::2], count)
    col = np.repeat(start, count) + np.arange(len(row))
    col -= np.repeat(np.cumsum(count) - count, count)
    lat, lon = (np.asarray((each + 0.5) * step, np.float64) for each in (row, col))
    return _weighed(lat, lon)


def _weighed(lat: NDArray[np.float64], lon: NDArray[np.float64]) -> Cells:
    weight = np.cos(np.radians(lat))
    total = weight.sum()
    return Cells(lat, lon, np.asarray(weight / total if total else weight, np.float64))
