"""The register of regions: the atlas, and our own lists of better names and of places below.

What people changed stays: loading again adds what is missing and never replaces a name.
"""

from __future__ import annotations

import csv
from functools import lru_cache
from pathlib import Path

from django.db import transaction

from kembar.apps.kit.concurrency import one_at_a_time
from kembar.apps.kit.text import Text
from kembar.apps.regions.lookup import folded
from kembar.apps.regions.models import Indicator, Region
from kembar.engines import atlas

DATA = Path(__file__).parent / "data"


def rows_of_data(name: str) -> list[dict[str, str]]:
    """Return the rows of one of our own lists."""
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def country_name(code: str, key: str) -> str:
    """Return a country's name in id, zh or en: ID is Indonesia, 印度尼西亚, Indonesia."""
    names: dict[str, str] = dict(atlas.countries().get(code, {}))  # type: ignore[arg-type]
    return names.get(key, code)


@lru_cache
def country_codes() -> dict[str, str]:
    """Return the code of each country by its codes and its folded name in id, zh and en."""
    longer = {row["code"]: row["alpha3"] for row in rows_of_data("alpha3.csv")}
    return {
        folded(name): code
        for code, names in atlas.countries().items()
        for name in (code, longer.get(code, code), *names.values())
    }


def first_level() -> list[Region]:
    """Return the first-level regions of the world, with our names where we have better ones.

    A name that the atlas had to borrow from another language is lacking here: whoever reads
    that language then sees that it is not his.
    """
    ours = {row["code"]: row for row in rows_of_data("names.csv")}
    regions = []
    for unit in atlas.regions():
        names = Text({key: name for key, name in unit.names.items() if key not in unit.borrowed})
        aliases = ""
        if row := ours.get(unit.code):
            aliases = row["aliases"].replace("|", "\n")
            names = Text({key: row[f"name_{key}"] for key in ("id", "zh", "en")})
        regions.append(
            Region(
                code=unit.code,
                country=unit.country,
                level=Region.Level.FIRST,
                name=names,
                aliases=aliases,
            )
        )
    return regions


def places() -> list[Region]:
    """Return the cities and regencies that our register of ties names."""
    return [
        Region(
            code=row["code"],
            parent_id=row["parent"],
            country=row["parent"][:2],
            level=row["level"],
            name=Text({key: row[f"name_{key}"] for key in ("id", "zh", "en")}),
            aliases=row["aliases"].replace("|", "\n"),
        )
        for row in rows_of_data("places.csv")
    ]


def is_of_register(region: Region) -> bool:
    """Return whether a region comes with Kembar, which would add it again."""
    ours = {row["code"] for row in rows_of_data("places.csv")}
    return region.level in (Region.Level.FIRST, Region.Level.GROUP) or region.code in ours


def indicators() -> list[Indicator]:
    """Return the indicators that come along."""
    return [
        Indicator(
            code=row["code"],
            unit=row["unit"],
            measures=row["measures"],
            name=Text({key: row[f"name_{key}"] for key in ("id", "zh", "en")}),
            about=Text({key: row[f"about_{key}"] for key in ("id", "zh", "en")}),
        )
        for row in rows_of_data("indicators.csv")
    ]


@transaction.atomic
def load() -> set[str]:
    """Add the regions, names and indicators that are missing; return the codes of these regions.

    What people changed stays.
    """
    one_at_a_time("regions.register")
    known = Region.objects.only("code", "aliases", "name", "level").in_bulk()
    missing, renamed = [], []
    for region in [*first_level(), *places()]:
        there = known.get(region.code)
        if there is None:
            missing.append(region)
        elif _complete(there, region):
            renamed.append(there)
    Region.objects.bulk_create(missing, batch_size=500)
    Region.objects.bulk_update(renamed, ["aliases", "name"], batch_size=500)
    _tell_groups(known)
    Indicator.objects.bulk_create(indicators(), ignore_conflicts=True)
    return {region.code for region in [*missing, *renamed]}


def _complete(there: Region, region: Region) -> bool:
    """Give a region of the database the names that it lacks; return whether it lacked any."""
    names = Text({**region.name, **there.name})
    other = [name for key, name in region.name.items() if there.name.get(key, name) != name]
    known = {*there.aliases.splitlines(), *names.values()}
    new = [
        name for name in dict.fromkeys([*other, *region.aliases.splitlines()]) if name not in known
    ]
    if not new and names == there.name:
        return False
    there.name = names
    there.aliases = "\n".join([*there.aliases.splitlines(), *new])
    return True


def _tell_groups(known: dict[str, Region]) -> None:
    """Tell regions of an older register that the atlas knows as groups of regions: ID-NU."""
    groups = {unit.parent for unit in atlas.regions()} - set(atlas.codes())
    first = {code for code in groups & set(known) if known[code].level == Region.Level.FIRST}
    Region.objects.filter(code__in=first).update(level=Region.Level.GROUP)
