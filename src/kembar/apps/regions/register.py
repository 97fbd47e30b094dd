"""The register of regions, from pycountry (ISO 3166-2) and our own lists of names and places.

Part 2 brings the atlas; until then this is all that is known of a region: code, level, names.
"""

from __future__ import annotations

import csv
import gettext
from functools import lru_cache
from pathlib import Path

import pycountry
from django.db import transaction

from kembar.apps.kit.text import Text
from kembar.apps.regions.lookup import folded
from kembar.apps.regions.models import Region

DATA = Path(__file__).parent / "data"
# pycountry's own translations of ISO names; a name that they lack stays as ISO writes it.
LOCALES = {"id": "id", "zh": "zh_CN"}
# Keputusan Presiden 12/2014: the state is Republik Rakyat Tiongkok, no longer Tjina or Cina.
OUR_COUNTRIES = {("CN", "id"): "Tiongkok"}


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@lru_cache
def _translation(domain: str, key: str) -> gettext.NullTranslations:
    return gettext.translation(domain, pycountry.LOCALES_DIR, [LOCALES[key]], fallback=True)


@lru_cache(maxsize=1024)
def country_name(code: str, key: str) -> str:
    """Return a country's name in id, zh or en: ID is Indonesia, 印度尼西亚, Indonesia."""
    if (code, key) in OUR_COUNTRIES:
        return OUR_COUNTRIES[code, key]
    country = pycountry.countries.get(alpha_2=code)
    if country is None:
        return code
    name = getattr(country, "common_name", country.name)
    return name if key == "en" else _translation("iso3166-1", key).gettext(name)


@lru_cache
def country_codes() -> dict[str, str]:
    """Return the code of each country by its codes and its folded name in id, zh and en."""
    codes: dict[str, str] = {}
    for country in pycountry.countries:
        names = {country.name, getattr(country, "common_name", country.name), country.alpha_3}
        names |= {country_name(country.alpha_2, key) for key in LOCALES} | {country.alpha_2}
        codes |= {folded(name): country.alpha_2 for name in names}
    return codes


def first_level() -> list[Region]:
    """Return the first-level regions of ISO 3166-2, with our names where we have better ones."""
    ours = {row["code"]: row for row in _rows("names.csv")}
    regions = []
    for item in pycountry.subdivisions:
        if item.parent_code and item.code not in ours:
            continue
        names = {"en": item.name}
        for key in LOCALES:
            translated = _translation("iso3166-2", key).gettext(item.name)
            if translated != item.name:
                names[key] = translated
        aliases = ""
        if row := ours.get(item.code):
            aliases = "\n".join(filter(None, [item.name, *row["aliases"].split("|")]))
            names = {key: row[f"name_{key}"] for key in ("id", "zh", "en")}
        regions.append(
            Region(
                code=item.code,
                country=item.country_code,
                level=Region.Level.FIRST,
                name=Text(names),
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
        for row in _rows("places.csv")
    ]


@transaction.atomic
def load() -> set[str]:
    """Add the regions and other names that are missing; return the codes of these regions.

    What people changed stays.
    """
    known = Region.objects.only("code", "aliases").in_bulk()
    missing, renamed = [], []
    for region in [*first_level(), *places()]:
        there = known.get(region.code)
        if there is None:
            missing.append(region)
            continue
        names = there.aliases.splitlines()
        if new := [name for name in region.aliases.splitlines() if name not in names]:
            there.aliases = "\n".join([*names, *new])
            renamed.append(there)
    Region.objects.bulk_create(missing, batch_size=500)
    Region.objects.bulk_update(renamed, ["aliases"], batch_size=500)
    return {region.code for region in [*missing, *renamed]}
