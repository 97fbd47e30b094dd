"""World grids in tiles: only the tiles that a question touches are read.

A grid is a .npz file (a zip of .npy arrays, packed with LZMA). Each member is one tile of
10° × 10°, named by its row from the north and its column from 180° W: `r09c30`. A tile that is
not there holds nothing but the fill value. Values are whole numbers, kept as differences to
their western neighbour, because those pack well.
"""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

TILE_DEGREES: Final = 10
_HEAD: Final = "grid.json"
# A fixed date, so that the same numbers make the same file.
_LONG_AGO: Final = (1980, 1, 1, 0, 0, 0)


@dataclass
class Grid:
    """A world grid of whole numbers, read tile by tile.

    Parameters
    ----------
    path
        The .npz file.
    """

    path: Path
    _archive: zipfile.ZipFile | None = field(default=None, repr=False)
    _head: dict[str, int] = field(default_factory=dict, repr=False)
    _tiles: dict[tuple[int, int], NDArray[np.int16] | None] = field(
        default_factory=dict, repr=False
    )

    def head(self) -> dict[str, int]:
        """Return `cells` a degree, `layers`, `fill`, and `centred`: 1 if values sit on corners."""
        if not self._head:
            self._head = json.loads(self._open().read(_HEAD))
        return self._head

    def _open(self) -> zipfile.ZipFile:
        if self._archive is None:
            self._archive = zipfile.ZipFile(self.path)
        return self._archive

    def at(self, lat: NDArray[np.float64], lon: NDArray[np.float64]) -> NDArray[np.int16]:
        """Return the value of the cell that each point lies in.

        Parameters
        ----------
        lat, lon : arrays of shape (n,), degrees north and east

        Returns
        -------
        array of shape (layers, n), in the unit of the grid's sidecar
        """
        head = self.head()
        cells, side = head["cells"], head["cells"] * TILE_DEGREES
        half = 0.5 if head["centred"] else 0.0
        row = np.floor((90.0 - lat) * cells + half).astype(np.int64)
        col = np.floor((lon + 180.0) * cells + half).astype(np.int64) % (360 * cells)
        row = np.clip(row, 0, 180 * cells - 1)
        found = np.full((head["layers"], len(lat)), head["fill"], np.int16)
        tile_of = row // side * 1000 + col // side
        for key in np.unique(tile_of):
            tile = self._tile(int(key) // 1000, int(key) % 1000)
            if tile is not None:
                inside = np.flatnonzero(tile_of == key)
                found[:, inside] = tile[:, row[inside] % side, col[inside] % side]
        return found

    def _tile(self, row: int, col: int) -> NDArray[np.int16] | None:
        if (row, col) not in self._tiles:
            self._tiles[row, col] = self._read(f"r{row:02}c{col:02}.npy")
        return self._tiles[row, col]

    def _read(self, name: str) -> NDArray[np.int16] | None:
        try:
            packed = np.lib.format.read_array(io.BytesIO(self._open().read(name)))
        except KeyError:
            return None
        return np.cumsum(packed, axis=2, dtype=np.int16)


def write_grid(
    path: Path, values: NDArray[np.int16], *, cells: int, fill: int, centred: bool
) -> None:
    """Write a world grid; the rows run from 90° N southward, the columns from 180° W eastward.

    Parameters
    ----------
    values : array of shape (layers, 180 × cells, 360 × cells)
    cells
        Cells a degree.
    fill
        What a tile that is not written holds.
    centred
        Whether the first value sits on 90° N, 180° W; otherwise it is the mean of the first cell.
    """
    side = cells * TILE_DEGREES
    members: dict[str, Any] = {}
    for row in range(180 // TILE_DEGREES):
        for col in range(360 // TILE_DEGREES):
            tile = values[:, row * side : (row + 1) * side, col * side : (col + 1) * side]
            if (tile != fill).any():
                members[f"r{row:02}c{col:02}"] = np.diff(
                    tile, axis=2, prepend=np.zeros_like(tile[:, :, :1])
                )
    head = {"cells": cells, "layers": len(values), "fill": fill, "centred": int(centred)}
    write_arrays(path, members, text={_HEAD: json.dumps(head)})


def write_arrays(
    path: Path, arrays: dict[str, Any], *, text: dict[str, str] | None = None, fast: bool = False
) -> None:
    """Write arrays as an .npz that is the same, byte by byte, whenever the numbers are.

    Parameters
    ----------
    fast
        Pack less closely what is read often.
    """
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in (text or {}).items():
            archive.writestr(zipfile.ZipInfo(name, _LONG_AGO), content)
        for name, array in arrays.items():
            buffer = io.BytesIO()
            np.lib.format.write_array(buffer, np.ascontiguousarray(array), allow_pickle=False)
            entry = zipfile.ZipInfo(f"{name}.npy", _LONG_AGO)
            entry.compress_type = zipfile.ZIP_DEFLATED if fast else zipfile.ZIP_LZMA
            archive.writestr(entry, buffer.getvalue())
