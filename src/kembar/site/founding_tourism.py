"""Tourism of the founding example, read from a file that people can read too."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path

from kembar.apps.kit.text import Text
from kembar.apps.ledger.models import Claim, Source
from kembar.apps.regions.models import Region
from kembar.apps.ties.models import Event, Tie
from kembar.apps.tourism import actions
from kembar.apps.tourism.models import Site

FILE = Path(__file__).parent / "data" / "founding-tourism.toml"
ORIGIN = "example"


def load(
    _ties: Mapping[str, Tie],
    _events: Mapping[str, Event],
    _claims: Mapping[str, Claim],
    sources: Mapping[str, Source],
) -> bool:
    """Load the sites that the sources of the example name, unless they are here already.

    What people have changed since is theirs: a second run changes nothing.
    """
    if Site.objects.filter(origin=ORIGIN).exists():
        return False
    with FILE.open("rb") as file:
        rows = tomllib.load(file)["site"]
    for row in rows:
        site = Site(
            region=Region.objects.get(code=row["region"]),
            owner_code=row["region"],
            name=Text(row["name"]),
            about=Text(row["about"]),
            source=sources[row["source"]],
            audience="published",
            origin=ORIGIN,
        )
        actions.add_site(site, by=None)
    return True
