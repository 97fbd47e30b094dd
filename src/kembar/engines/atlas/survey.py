"""Measure a shape on the world grids: climate, height, distance to the sea."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kembar.engines.atlas.grids import Grid
from kembar.engines.atlas.model import KOPPEN, Basis, Profile
from kembar.engines.atlas.raster import Cells, Polygon, area_km2, cells_inside

CELL_DEGREES: Final = 0.05
"""Side of the cells that a shape is measured on, about 5.5 km; smaller for small shapes."""
FEWEST_CELLS: Final = 200
FINEST_DEGREES: Final = CELL_DEGREES / 32

# What the grids hold; their sidecars say the same to people.
TEMPERATURE_STEP_C: Final = 0.1
RAIN_STEP_MM: Final = 0.5
SEA_STEP_KM: Final = 0.2
ALTITUDE_STEP_M: Final = 28.0
ALTITUDE_LOWEST_M: Final = -450.0
NO_CLASS: Final = 0
NO_ALTITUDE: Final = 255


@dataclass(frozen=True)
class Grids:
    """The four world grids.

    Attributes
    ----------
    climate
        12 temperatures, 12 rains, and whether the cell is near enough to land to be kept.
    koppen
        Number of the class in `KOPPEN`, from 1; 0 at sea.
    sea
        Distance to the sea on land, 0 at sea.
    altitude
        Height, in steps of 28 m from −450 m.
    """

    climate: Grid
    koppen: Grid
    sea: Grid
    altitude: Grid

    @classmethod
    def in_folder(cls, folder: Path) -> Grids:
        return cls(*(Grid(folder / f"{n}.npz") for n in ("climate", "koppen", "sea", "altitude")))


def survey(polygons: Sequence[Polygon], grids: Grids, *, basis: Basis) -> Profile | None:
    """Return what the grids say of a shape, or None if no land of the grids lies in it.

    Parameters
    ----------
    polygons
        Outer rings and holes, degrees, not overlapping.
    grids
        The world grids.
    basis
        What the shape is.
    """
    points = np.vstack([ring for polygon in polygons for ring in polygon])
    lon = points[:, 0]
    west, east = float(lon.min()), float(lon.max())
    if east - west > 180:  # Fiji, Chukotka: both sides of the 180th meridian
        west, east = float(lon[lon > 0].min()), float(lon[lon < 0].max())
    south, north = float(points[:, 1].min()), float(points[:, 1].max())
    return survey_cells(
        _fine_enough(polygons),
        grids,
        basis=basis,
        area=area_km2(polygons),
        box=(south, north, west, east),
    )


def _fine_enough(polygons: Sequence[Polygon]) -> Cells:
    step = CELL_DEGREES
    cells = cells_inside(polygons, step)
    while len(cells.lat) < FEWEST_CELLS and step > FINEST_DEGREES:
        step /= 2
        cells = cells_inside(polygons, step)
    if len(cells.lat):
        return cells
    corners = np.vstack([polygon[0][:-1] for polygon in polygons])
    return Cells(corners[:, 1], corners[:, 0], np.full(len(corners), 1 / len(corners)))


def survey_cells(
    cells: Cells,
    grids: Grids,
    *,
    basis: Basis,
    area: float,
    box: tuple[float, float, float, float],
) -> Profile | None:
    """Return what the grids say of cells, or None if no climate is known at any of them.

    Parameters
    ----------
    cells
        Where to look.
    area : km²
    box : south, north, west, east in degrees
    """
    climate = grids.climate.at(cells.lat, cells.lon)
    known = climate[24] > 0
    if not known.any():
        return None
    weight = np.where(known, cells.weight, 0.0)
    weight /= weight.sum()
    distance = grids.sea.at(cells.lat, cells.lon)[0] * SEA_STEP_KM
    return Profile(
        basis=basis,
        area_km2=area,
        south=box[0],
        north=box[1],
        west=box[2],
        east=box[3],
        elevation_m=_mean_height(cells, distance, grids.altitude),
        sea_km=float(distance[known].min()),
        land_within_50km=float(weight[distance <= 50].sum()),
        land_within_100km=float(weight[distance <= 100].sum()),
        koppen=_koppen_shares(cells, grids.koppen),
        temperature_c=np.asarray(climate[:12] @ weight * TEMPERATURE_STEP_C, np.float64),
        rain_mm=np.asarray(climate[12:24] @ weight * RAIN_STEP_MM, np.float64),
    )


def _mean_height(cells: Cells, sea_km: NDArray[np.float64], altitude: Grid) -> float:
    steps = altitude.at(cells.lat, cells.lon)[0]
    height = steps * ALTITUDE_STEP_M + ALTITUDE_LOWEST_M
    # On the coast the map of heights goes on to the sea floor; its lowest step is nothing else.
    is_sea = (steps == 0) | ((sea_km == 0) & (height < 0))
    height = np.where(is_sea, 0.0, height)
    weight = np.where(steps == NO_ALTITUDE, 0.0, cells.weight)
    total = weight.sum()
    return float(height @ weight / total) if total else float("nan")


def _koppen_shares(cells: Cells, koppen: Grid) -> NDArray[np.float64]:
    """Return the share of each class; cells that the map calls sea do not count."""
    classes = koppen.at(cells.lat, cells.lon)[0]
    weight = cells.weight
    if (classes == NO_CLASS).all():
        classes, weight = _nearest_classes(cells, koppen)
    shares = np.bincount(classes, weight, minlength=len(KOPPEN) + 1)[1:]
    total = shares.sum()
    return shares / total if total else np.full(len(KOPPEN), np.nan)


def _nearest_classes(cells: Cells, koppen: Grid) -> tuple[NDArray[np.int16], NDArray[np.float64]]:
    """Return the classes nearest to the middle of a shape, for islands that the map lacks."""
    lat, lon = float(cells.lat @ cells.weight), float(cells.lon @ cells.weight)
    step = 1 / koppen.head()["cells"]
    reach = np.arange(-20, 21) * step
    up, right = (each.ravel() for each in np.meshgrid(reach, reach, indexing="ij"))
    around = koppen.at(lat + up, (lon + right + 180) % 360 - 180)[0]
    far = np.hypot(up, right * np.cos(np.radians(lat)))
    order = np.argsort(np.where(around == NO_CLASS, np.inf, far), kind="stable")
    return around[order[:1]], np.ones(1)
