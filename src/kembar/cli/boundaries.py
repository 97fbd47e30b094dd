"""kembar boundaries: official boundaries of regions from GeoJSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from kembar.cli.house import load_register, open_house
from kembar.cli.importing import print_outcome, refusals
from kembar.cli.speech import bytes_of, refuse, say


def import_boundaries(
    file: Annotated[Path, typer.Argument(help="GeoJSON in longitude and latitude (EPSG:4326).")],
    publisher: Annotated[
        str, typer.Option(help="Whose boundaries they are, such as Badan Informasi Geospasial.")
    ] = "",
    apply: Annotated[bool, typer.Option("--apply", help="Do it, not only look.")] = False,
    region: Annotated[
        str, typer.Option(help="The region that the whole file is of; else each feature says.")
    ] = "",
    address: Annotated[str, typer.Option(help="Web address where they were published.")] = "",
    published: Annotated[str, typer.Option(help="When: 2025 or 2025-03.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print the outcome as JSON.")] = False,
) -> None:
    """Import official boundaries: first look, then --apply. They win over those of the atlas.

    Exit code 0: all are fine. 1: the file cannot be read. 3: some are refused.

    Example: kembar boundaries ntt.geojson --publisher "Badan Informasi Geospasial" --apply
    """
    if not publisher.strip():
        refuse("Say whose boundaries they are: --publisher NAME.")
    data = bytes_of(file)
    open_house()
    from django.core.exceptions import ValidationError

    from kembar.apps.kit.wishes import Fate
    from kembar.apps.ledger.actions import stored
    from kembar.apps.ledger.handing_in import keep_data
    from kembar.apps.regions import boundaries
    from kembar.apps.regions.lookup import RegionField
    from kembar.apps.regions.models import BoundaryImport
    from kembar.engines.errors import KembarError

    load_register()
    handed_in = BoundaryImport(
        name=file.name, publisher=publisher, address=address, published=published or None
    )
    try:
        handed_in.clean_fields(exclude=["file", "by", "region", "plan", "applied_at"])
        whole = RegionField(required=False).clean(region)
        content = boundaries.read_geojson(data, name=file.name)
        with say.status("Measuring …"):
            plan = boundaries.plan(content, by=None, region=whole, name=file.name)
        if apply:
            handed_in.file = stored(keep_data(data, file.name))
            boundaries.load(plan, handed_in, by=None)
    except KembarError as error:
        refuse(str(error))
    except ValidationError as error:
        if hasattr(error, "error_dict"):
            refuse(" ".join(f"--{name}: {' '.join(t)}" for name, t in error.message_dict.items()))
        refuse(" ".join(error.messages))
    wrong = plan.of(Fate.REFUSED)
    if as_json:
        outcome = {"applied": apply, **plan.counts(), "refused_rows": refusals(wrong)}
        typer.echo(json.dumps(outcome, ensure_ascii=False))
    else:
        print_outcome(plan.counts(), wrong, apply=apply)
    raise typer.Exit(3 if wrong else 0)
