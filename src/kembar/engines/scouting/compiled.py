"""kernels.c, compiled once for this machine and kept in a cache; None where that cannot be.

This is the one place in the engine that touches files: our own source beside it, and the cache.
Small tables never come here, so a cold start waits for no compiler.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import platform
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Scores = NDArray[np.float32]
Indices = NDArray[np.int32]
Ranks = NDArray[np.unsignedinteger[Any]]

SOURCE: Final = Path(__file__).with_name("kernels.c")
MOST: Final = 65_535
"""Ranks are kept in 16 bits."""

# Not -ffast-math: linked into a library, it changes how the whole process rounds tiny numbers.
OPTIONS: Final = (
    *("-O3", "-march=native", "-ffinite-math-only", "-fno-signed-zeros", "-fno-trapping-math"),
    *("-std=gnu11", "-shared", "-fPIC"),
)


def in_parallel(task: Callable[[int], None], parts: Sequence[int]) -> None:
    """Run a task for each part, as many at a time as there are processors."""
    # numpy's loops and ours let go of the interpreter's lock, so threads are enough.
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        for _done in pool.map(task, parts):
            pass


class Compiled:
    """The loops of `kernels.Numpy` in C; ctypes lets go of the interpreter's lock meanwhile."""

    draws_at_once = 480

    def __init__(self, path: Path) -> None:
        self._library = ctypes.CDLL(str(path))

    def best(self, table: Scores, weights: Scores, count: int, best: Indices) -> None:
        criteria, columns = table.shape
        keep = best.shape[1]
        self._call("best", table, columns, criteria, weights, len(weights), count, keep, best)

    def best_of(self, scores: Scores, count: int, best: Indices) -> None:
        self._call("best_of", scores, scores.shape[1], len(scores), count, best.shape[1], best)

    def ranks(self, table: Scores, weights: Scores, ranks: Ranks) -> None:
        criteria, columns = table.shape
        count = ranks.shape[1]
        self._call("ranks", table, columns, criteria, weights, len(weights), count, ranks)

    def ranks_of(self, scores: Scores, ranks: Ranks) -> None:
        self._call("ranks_of", scores, scores.shape[1], len(scores), ranks.shape[1], ranks)

    def tally(self, ranks: Ranks, counts: NDArray[np.uint32]) -> None:
        size = len(counts)
        rows = -(-size // (os.cpu_count() or 1) // 32) * 32 + 32

        def part(start: int) -> None:
            stop = min(start + rows, size)
            self._call("tally", ranks, len(ranks), size, start, stop, counts)

        in_parallel(part, range(0, size, rows))

    def pairs(self, values: Floats) -> Floats:
        values = np.ascontiguousarray(values)
        size, criteria = values.shape
        chance = np.empty((size, size))

        def part(start: int) -> None:
            stop = min(start + 64, size)
            self._call("pairs", values, size, criteria, start, stop, chance)

        in_parallel(part, range(0, size, 64))
        np.fill_diagonal(chance, 0.5)
        return chance

    def _call(self, name: str, /, *arguments: NDArray[np.generic] | int) -> None:
        """Call a function of kernels.c; it gets addresses of arrays, and long for all numbers."""
        given: list[object] = []
        for each in arguments:
            if isinstance(each, np.ndarray):
                if not each.flags.c_contiguous:
                    raise ValueError(f"{name}: an array is not contiguous")
                given.append(ctypes.c_void_p(each.ctypes.data))
            else:
                given.append(ctypes.c_long(each))
        if getattr(self._library, f"kembar_{name}")(*given):
            raise MemoryError(f"{name}: no memory for its scratch")


@cache
def library() -> Compiled | None:
    """Return the compiled loops, compiling them if need be; None where it does not work."""
    try:
        return Compiled(_library_file())
    except (OSError, subprocess.SubprocessError):
        # No compiler, no place to write, another kind of system: numpy does the same, slower.
        return None


def _library_file() -> Path:
    compiler = shutil.which("cc") or shutil.which("gcc")
    source = SOURCE.read_bytes()
    # `native` means this very processor, so a cache shared by machines keeps one for each.
    made_of = (source, " ".join(OPTIONS).encode(), _processor(), str(compiler).encode())
    name = hashlib.sha256(b"\0".join(made_of)).hexdigest()[:24]
    folder = _cache()
    path = folder / f"scouting-{name}.so"
    if path.exists():
        return path
    if compiler is None:
        raise FileNotFoundError("no C compiler")
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        built = Path(scratch) / path.name
        command = [compiler, *OPTIONS, str(SOURCE), "-o", str(built), "-lm"]
        subprocess.run(command, check=True, capture_output=True, timeout=120)  # noqa: S603
        # Moved in one step, so that two processes cannot meet half a file.
        built.replace(path)
    return path


def _cache() -> Path:
    """Return our folder for what can be made again; only its owner may write there."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    folder = Path(base) / "kembar"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if hasattr(os, "getuid"):
        owner = folder.stat()
        # What lies here is run, so nobody else may put it here.
        if owner.st_uid != os.getuid() or owner.st_mode & 0o022:
            raise PermissionError(f"{folder} can be written by others")
    return folder


def _processor() -> bytes:
    try:
        lines = Path("/proc/cpuinfo").read_bytes().splitlines()
    except OSError:
        return platform.processor().encode()
    names = (b"model name", b"flags", b"Features", b"CPU part")
    return b"\n".join(dict.fromkeys(line for line in lines if line.startswith(names)))
