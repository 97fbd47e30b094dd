"""kembar sweep: files that were handed in with a form that was then refused."""

from __future__ import annotations

import time
from typing import Annotated

import typer

from kembar.cli.house import open_house
from kembar.cli.speech import say

# A form that was refused brings its files again for as long as a session lasts, half a day.
DAY_SECONDS = 24 * 60 * 60


def sweep(
    apply: Annotated[bool, typer.Option("--apply", help="Delete them, not only look.")] = False,
) -> None:
    """Find files that no record names and that are older than a day.

    Example: kembar sweep --apply
    """
    open_house()
    from django.template.defaultfilters import filesizeformat

    from kembar.apps.kit.files import kept_files
    from kembar.apps.ledger.models import StoredFile

    files, size = 0, 0
    before = time.time() - DAY_SECONDS
    # The files first: one that is kept from now on is younger than a day.
    found = [path for path in kept_files() if path.stat().st_mtime < before]
    named = set(StoredFile.objects.values_list("sha256", flat=True))
    for path in found:
        if path.name in named:
            continue
        files, size = files + 1, size + path.stat().st_size
        if apply:
            path.unlink()
    done = "They are deleted." if apply else "Delete them with kembar sweep --apply."
    say.print(f"Files that no record names: {files} ({filesizeformat(size)}). {done}")
