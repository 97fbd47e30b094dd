"""kembar seed: an invented nation, to try and to measure."""

from __future__ import annotations

import json
from typing import Annotated

import typer
from rich.progress import Progress, TaskID

from kembar.cli.house import open_house
from kembar.cli.speech import refuse, say


def seed(
    national: Annotated[bool, typer.Option("--national", help="500 regions, 5,000 ties …")] = False,
    scale: Annotated[float, typer.Option(min=0.001, max=10, help="Part of that size.")] = 1.0,
    as_json: Annotated[bool, typer.Option("--json", help="Print the counts as JSON.")] = False,
) -> None:
    """Fill an empty installation with an invented nation, the same every time.

    Example: kembar seed --national --scale 0.01
    """
    if not national:
        refuse("Say what to seed: kembar seed --national")
    open_house()
    from kembar.site.seed import SeedRefusedError, seed_national

    tasks: dict[str, TaskID] = {}
    with Progress(console=say) as progress:

        def tell(step: str, done: int, total: int) -> None:
            if step not in tasks:
                tasks[step] = progress.add_task(step, total=total)
            progress.update(tasks[step], completed=done, total=total)

        try:
            counts = seed_national(scale, progress=tell)
        except SeedRefusedError as error:
            refuse(str(error))
    if as_json:
        typer.echo(json.dumps(vars(counts), default=str))
    else:
        say.print(f"An invented nation is in place: {counts}")
