"""Regions, figures and files of them for tests."""

from __future__ import annotations

import json
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from kembar.apps.kit import tables
from kembar.apps.kit.text import Text
from kembar.apps.regions import register
from kembar.apps.regions.models import Indicator, Region
from tests.apps.ties.things import a_region

NAMES = {
    "ID-NT": Text(id="Nusa Tenggara Timur", zh="东努沙登加拉省", en="East Nusa Tenggara"),
    "CN-JX": Text(id="Jiangxi", zh="江西省", en="Jiangxi"),
    "CN-YN": Text(id="Yunnan", zh="云南省", en="Yunnan"),
    "CN-HI": Text(id="Hainan", zh="海南省", en="Hainan"),
    "ID-BA": Text(id="Bali", zh="巴厘省", en="Bali"),
    "ID-BT": Text(id="Banten", zh="万丹省", en="Banten"),
    "ID-PA": Text(id="Papua", zh="巴布亚省", en="Papua"),
    "ID-PT": Text(id="Papua Tengah", zh="中巴布亚省", en="Central Papua"),
}
ROW = {
    "region": "ID-NT",
    "indicator": "poverty_rate",
    "year": "2025-03",
    "value": "18.6",
    "unit": "%",
    "publisher": "BPS Provinsi NTT",
    "address": "https://ntt.bps.go.id/1",
}


def some_regions() -> None:
    """Put eight provinces, a city and the indicators into the register."""
    for code, name in NAMES.items():
        a_region(code, name=name)
    kupang = Text(id="Kota Kupang", zh="古邦市", en="Kupang")
    parent = Region.objects.get(code="ID-NT")
    a_region("ID-NT.kota-kupang", name=kupang, parent=parent)
    Indicator.objects.bulk_create(register.indicators())


def a_table(*rows: dict[str, str]) -> bytes:
    header = list(dict.fromkeys(column for row in rows for column in row))
    return tables.write_csv(header, [[row.get(column, "") for column in header] for row in rows])


def hand_in(client: Client, data: bytes, name: str = "figures.csv", **beside: str) -> Any:
    """Hand a file of figures in, and return the page of what it would do."""
    file = SimpleUploadedFile(name, data)
    return client.post("/regions/figures/import/", {"file": file, **beside}, follow=True)


def load(client: Client, *rows: dict[str, str], **beside: str) -> Any:
    page = hand_in(client, a_table(*rows), **beside)
    return client.post(page.request["PATH_INFO"], follow=True)


def counts(page: Any) -> list[int]:
    """Return how many to add, to bring up to date, as they are, refused."""
    return list(page.context["counts"].values())


def reasons(page: Any) -> dict[str, str]:
    """Return why rows were refused, by column."""
    return {
        problem.column: problem.reason
        for wish in page.context["refused"]
        for problem in wish.problems
    }


def a_square(west: float, south: float, size: float = 0.5, **properties: str) -> dict[str, Any]:
    """Return a square as a feature of GeoJSON."""
    east, north = west + size, south + size
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    geometry = {"type": "Polygon", "coordinates": [ring]}
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def collected(*features: dict[str, Any]) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def hand_in_boundary(client: Client, data: bytes, **beside: str) -> Any:
    """Hand a file of boundaries in, and return the page of what it would do."""
    file = SimpleUploadedFile("boundary.geojson", data)
    given = {"file": file, "publisher": "Badan Informasi Geospasial", **beside}
    return client.post("/regions/boundaries/import/", given, follow=True)
