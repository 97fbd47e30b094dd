"""Files of statistics: every form gives the same observations, and none can do harm.

The XML and CSV files were written by sdmx1 2.28.0 (`sdmx.to_xml`, `sdmx.to_csv`), which reads
`data-draft.json` too; its reader does not know versions 1.0 and 2.0 of SDMX-JSON, which were
written by hand after the field guides of the standard. The populations in them are invented.
"""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kembar.engines import sdmx
from kembar.engines.errors import KembarError

SAMPLES = Path(__file__).parent / "sdmx"
FILES = [
    *("generic.xml", "generic-series.xml", "specific.xml", "specific-series.xml"),
    *("data.json", "data-2.0.json", "data-draft.json"),
]
SAID = {
    ("ID-NT", "2023"): 5569.0,
    ("ID-NT", "2024"): 5656.0,
    ("CN-JX", "2024"): 45020.0,
}


@pytest.mark.parametrize("name", FILES)
def test_every_form_says_the_same(name: str) -> None:
    found = sdmx.read((SAMPLES / name).read_bytes(), name=name)

    said = {(row["REF_AREA"], row["TIME_PERIOD"]): float(row["OBS_VALUE"]) for row in found.rows}
    assert said == SAID
    assert {row["INDICATOR"] for row in found.rows} == {"population"}
    assert {(row["UNIT_MEASURE"], row["UNIT_MULT"]) for row in found.rows} == {("PS", "3")}


@pytest.mark.parametrize("encoding", ["GBK", "gb2312", "GB18030"])
@pytest.mark.parametrize("mark", ['"', "'"])
def test_the_letters_of_chinese_offices_are_read(encoding: str, mark: str) -> None:
    text = (
        f"<?xml version={mark}1.0{mark} encoding={mark}{encoding}{mark}?>"
        '<DataSet><Obs REF_AREA="江西省" TIME_PERIOD="2024" OBS_VALUE="45020"/></DataSet>'
    )

    found = sdmx.read(text.encode(encoding), name="f.xml")

    assert [(row["REF_AREA"], row["OBS_VALUE"]) for row in found.rows] == [("江西省", "45020")]


@pytest.mark.parametrize("name", [*FILES[:2], *FILES[4:]])
def test_dimensions_are_told_where_the_form_tells_them(name: str) -> None:
    found = sdmx.read((SAMPLES / name).read_bytes(), name=name)

    assert {"REF_AREA", "INDICATOR", "TIME_PERIOD"} <= found.dimensions
    assert "UNIT_MEASURE" not in found.dimensions


BOMB = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>
<DataSet><Obs OBS_VALUE="&b;"/></DataSet>"""
OUTSIDE = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>
<DataSet><Obs OBS_VALUE="&a;"/></DataSet>"""
DEEP = b"<DataSet>" + b"<a>" * 100 + b"</a>" * 100 + b"</DataSet>"
MANY = b"<DataSet>" + b'<Obs OBS_VALUE="1"/>' * 20_001 + b"</DataSet>"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (BOMB, "sdmx.doctype"),
        (OUTSIDE, "sdmx.doctype"),
        (DEEP, "sdmx.many"),
        (MANY, "sdmx.many"),
        (b"<DataSet><Obs", "sdmx.broken"),
        (b'<?xml version="1.0" encoding="GBK"?><DataSet>\xff\xff</DataSet>', "sdmx.broken"),
        (b'<?xml version="1.0" encoding="gbk"?><!DOCTYPE d []><DataSet/>', "sdmx.doctype"),
        (b'<?xml version="1.0" encoding="none"?><DataSet/>', "sdmx.broken"),
        (
            b'{"structures": [{"dimensions": {}}], "dataSets": [{"structure": 1e999}]}',
            "sdmx.not_sdmx",
        ),
        (b"<html><body/></html>", "sdmx.not_sdmx"),
        (b"<DataSet></DataSet>", "sdmx.empty"),
        (b"{", "sdmx.broken"),
        (b'{"a":' * 3000 + b"1" + b"}" * 3000, "sdmx.broken"),
        (b'{"data": {}}', "sdmx.not_sdmx"),
        (b'{"type": "FeatureCollection", "features": []}', "sdmx.not_sdmx"),
        (b"region,value", "sdmx.not_sdmx"),
    ],
    ids=range(16),
)
def test_what_is_no_data_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(KembarError) as refused:
        sdmx.read(data, name="x")

    assert refused.value.code == code
    assert "%(" not in str(refused.value)


def test_numbers_that_point_nowhere_are_refused() -> None:
    message = json.loads((SAMPLES / "data.json").read_text())
    series = message["data"]["dataSets"][0]["series"]
    series["7:0"] = series.pop("0:0")

    with pytest.raises(KembarError) as refused:
        sdmx.read(json.dumps(message).encode(), name="x")

    assert refused.value.code == "sdmx.not_sdmx"


@given(st.binary(max_size=300))
def test_no_bytes_break_the_reader(data: bytes) -> None:
    for start in (b"", b"{", b"<DataSet>"):
        with suppress(KembarError):
            sdmx.read(start + data, name="x")


KEYS = st.sampled_from(
    [
        *("data", "dataSets", "structure", "structures", "dimensions", "series"),
        *("observations", "values", "id", "0"),
    ]
)
ANYTHING = st.recursive(
    st.none() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=20,
)


@given(ANYTHING)
def test_no_json_breaks_the_reader(content: object) -> None:
    with suppress(KembarError):
        sdmx.read(json.dumps({"data": content}).encode(), name="x")
