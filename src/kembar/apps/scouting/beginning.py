"""A sensible question to begin with."""

from __future__ import annotations

from kembar.apps.kit.text import Text
from kembar.apps.regions.models import Region
from kembar.apps.scouting.inputs import Inputs

# The other side of most ties on record of each country (docs/reference/sources.md), else world.
_AMONG = {"ID": ("CN",), "CN": ("ID",)}
# What NTT seeks by the sources of the founding example: farming on dry land, fisheries, tourism.
_SECTORS = ("agriculture", "fisheries", "tourism")


def inputs_for(home: Region) -> Inputs:
    """Return the question that a new study of a region proposes."""
    return Inputs(among=_AMONG.get(home.country, ("world",)), sectors=_SECTORS)


def title_for(home: Region) -> Text:
    """Return the title that a new study proposes, in every language that names the region."""
    named = {key: home.name.shown(key).text for key in ("id", "zh", "en")}
    return Text(
        id=f"Mitra untuk {named['id']}",
        zh=f"为{named['zh']}选择伙伴",
        en=f"A partner for {named['en']}",
    )


def purpose_for(home: Region) -> Text:
    """Return the purpose that a new study proposes; only for whom a source says it."""
    if home.code != "ID-NT":
        return Text()
    return Text(
        id="Pertanian lahan kering, perikanan, dan pariwisata.",
        zh="旱地农业、渔业和旅游。",
        en="Farming on dry land, fisheries, and tourism.",
    )
