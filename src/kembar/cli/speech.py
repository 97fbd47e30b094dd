"""What a command says beside its data, and how it refuses. Needs no Django."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Never

import typer
from rich.console import Console

say = Console(stderr=True)


def tell(message: str) -> None:
    """Print what is wrong."""
    say.print(message, style="bold red", markup=False, highlight=False, soft_wrap=True)


def refuse(message: str) -> Never:
    """Print what is wrong and leave with exit code 1."""
    tell(message)
    raise typer.Exit(1)


def bytes_of(file: Path, most: int = -1) -> bytes:
    """Return what a file holds, at most so many bytes of it, or refuse with the reason."""
    try:
        with file.open("rb") as opened:
            return opened.read(most)
    except OSError as error:
        refuse(f"{file} cannot be read: {error.strerror}.")


def check_writable(file: Path) -> None:
    """Refuse a file that cannot be written, before any work is done for it."""
    if file.is_dir() or not os.access(file if file.exists() else file.parent, os.W_OK):
        refuse(f"{file} cannot be written; name a file in a folder that is there and is yours.")
