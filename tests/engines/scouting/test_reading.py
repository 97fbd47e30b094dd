"""Tables and criteria files, and how they are refused."""

from __future__ import annotations

import numpy as np
import pytest

from kembar.engines.errors import SENTENCES, KembarError
from kembar.engines.scouting.criteria import Criterion, Law, Table, anchored
from kembar.engines.scouting.reading import Reading, read_brief, read_table

CSV = "province,coast_km,gdp,note\nJiangxi,0,450,inland\nFujian,3700,800,coast\nHainan,1900,100,\n"
TOML = """
[[criteria]]
code = "coast"
column = "coast_km"
worst = 0
best = 4000
[[criteria]]
code = "gdp"
group = "economy"
worst = 0
best = 1000
"""


def read(text: str, brief: str = "") -> Reading:
    wanted = read_brief(brief.encode(), name="criteria.toml") if brief else None
    return read_table(text.encode(), name="provinces.csv", brief=wanted)


def refusal(text: str, brief: str = "") -> KembarError:
    with pytest.raises(KembarError) as refused:
        read(text, brief)
    sentence = str(refused.value)
    assert refused.value.code in SENTENCES
    assert "%(" not in sentence
    assert not sentence.startswith(refused.value.code)
    return refused.value


def test_a_table_is_read_by_its_brief() -> None:
    found = read(CSV, TOML).table

    assert found.codes == ("Jiangxi", "Fujian", "Hainan")
    assert [each.code for each in found.criteria] == ["coast", "gdp"]
    assert found.first.tolist() == [[0, 450], [3700, 800], [1900, 100]]
    assert found.groups == ("coast", "economy")


@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_commas_semicolons_and_tabs_part_cells(sign: str) -> None:
    assert read("a,b\nx,1\ny,2\n".replace(",", sign)).table.first.tolist() == [[1], [2]]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("1.5", (1.5, 0.0, Law.EXACT)),
        ("−3", (-3.0, 0.0, Law.EXACT)),
        ("1e3", (1000.0, 0.0, Law.EXACT)),
        ("10..15", (10.0, 15.0, Law.BETWEEN)),
        ("12 ± 2", (12.0, 2.0, Law.NORMAL)),
        ("12+/-2", (12.0, 2.0, Law.NORMAL)),
        ("", (None, 0.0, Law.MISSING)),
        ("n/a", (None, 0.0, Law.MISSING)),
    ],
)
def test_a_cell_may_be_in_doubt(cell: str, expected: tuple[float | None, float, Law]) -> None:
    table = read(f"a,b\nx,{cell}\ny,2\nz,7\n").table

    first = None if np.isnan(table.first[0, 0]) else table.first[0, 0]
    assert (first, table.second[0, 0], table.law[0, 0]) == expected


@pytest.mark.parametrize("cell", ["much", "1,5", "1_000", "1 000", "-", "12%", "1..", "0x10", "١٢"])
def test_text_in_a_column_of_numbers_is_named_with_its_row(cell: str) -> None:
    error = refusal(f'a;b\nx;1\n\ny;"{cell}"\n')

    assert error.code == "scout.not_number"
    assert (error.facts["row"], error.facts["column"]) == (4, "b")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "table.empty"),
        ("a,b\n", "scout.empty"),
        ("a\nx\n", "scout.no_criteria"),
        ("a,b,b\nx,1,2\n", "scout.header_twice"),
        ("a,,b\nx,1,2\n", "scout.header_empty"),
        ("a,b\nx,1,2,3\ny,2\n", "scout.cells_many"),
        ("a,b\n,1\ny,2\n", "scout.name_missing"),
        ("a,b\nx,1\nx,2\n", "scout.alternative_twice"),
        ("a,b\nx,1\ny,1\n", "scout.constant"),
        ("a,b\nx,\ny,\n", "scout.all_missing"),
        ("a,b\nx,5..1\ny,1\n", "scout.spread_negative"),
        ('a,b\n"x,1\n', "scout.quote"),
        ("a,b\n" + "x" * 200_000 + ",1\n", "table.cell_size"),
        ("PK\x03\x04a,b\nx,1\n", "scout.workbook"),
        ("a,b\nx,1e308\ny,-1e308\n", "scout.too_far"),
    ],
)
def test_a_table_that_cannot_be_ranked_is_refused(text: str, code: str) -> None:
    assert refusal(text).code == code


@pytest.mark.parametrize(
    "data",
    [
        "name;b\nx;1\ny;2\n".encode("utf-16"),
        b"\n\nname;b\nx;1\ny;2\n",
        b'"name, of it";b\nx;1\ny;2\n',
    ],
)
def test_a_table_may_come_as_spreadsheets_write_it(data: bytes) -> None:
    table = read_table(data, name="t.csv").table

    assert table.codes == ("x", "y")
    assert table.first.tolist() == [[1.0], [2.0]]


@pytest.mark.parametrize("sign", [",", ";"])
@pytest.mark.parametrize("cell", ["1.234", "−25.914", "1.234±0", "1.234..2.345"])
def test_points_that_may_stand_between_thousands_are_refused(sign: str, cell: str) -> None:
    text = f"a{sign}b\nw{sign}3\nx{sign}{cell}\ny{sign}2\n"

    error = refusal(text)

    assert error.code == "scout.either"
    assert error.facts["row"] == 3 and error.facts["column"] == "b"
    assert read_table(text.encode(), name="t.csv", decimal_point=True).table.codes[1] == "x"


@pytest.mark.parametrize("other", ["2.5", "0.234", "1.2345", "1.234e2", ".5"])
def test_one_cell_shows_that_the_points_of_its_column_stand_before_decimals(other: str) -> None:
    found = read_table(f"a,b\nx,1.234\ny,{other}\n".encode(), name="t.csv")

    assert found.table.first[0, 0] == 1.234


def test_letters_of_another_encoding_are_refused() -> None:
    with pytest.raises(KembarError) as refused:
        read_table("a,b\nx,1\né,2\n".encode("latin-1"), name="t.csv")

    assert (refused.value.code, refused.value.facts["line"]) == ("scout.encoding", 3)


@pytest.mark.parametrize(
    ("brief", "code"),
    [
        ("[[criteria]\n", "scout.toml"),
        ("color = 1", "scout.key_unknown"),
        ("[[criteria]]\nworst = 0", "scout.key_missing"),
        ('[[criteria]]\ncode = "gdp"\nworst = "low"', "scout.key_not_number"),
        ('[[criteria]]\ncode = "gdp"\nworst = true', "scout.key_not_number"),
        ('[[criteria]]\ncode = "gdp"\nworst = inf', "scout.key_not_number"),
        (f'[[criteria]]\ncode = "gdp"\nworst = {"9" * 400}', "scout.key_not_number"),
        ("a = " + "[" * 5000 + "]" * 5000, "scout.toml"),
        ('[[criteria]]\ncode = "gdp"\nworst = 1\nbest = 1', "scout.anchors_equal"),
        ('[[criteria]]\ncode = "gdp"\nworst = 1\nbest = 2\ndirection = "less"', "scout.direction"),
        ('[[criteria]]\ncode = "gdp"\ndirection = "up"', "scout.key_not_direction"),
        ('[[criteria]]\ncode = "area"', "scout.column_unknown"),
        ('[[criteria]]\ncode = "gdp"\n[[criteria]]\ncode = "gdp"', "scout.criterion_twice"),
        ('criteria = ["gdp"]', "scout.not_table"),
        ('preferences = [1]', "scout.key_not_texts"),
        ('[intervals]\ngdp = [0.5]', "scout.key_not_pair"),
        ('[intervals]\ngdp = [0.5, 0.2]', "weights.interval"),
        ('[[filters]]\ncolumn = "gdp"\nleast = 5000\nreason = "small"\n'
         '[[criteria]]\ncode = "gdp"', "scout.all_filtered"),
    ],
)  # fmt: skip
def test_a_criteria_file_that_cannot_be_meant_is_refused(brief: str, code: str) -> None:
    assert refusal(CSV, brief).code == code


def test_whom_a_filter_takes_out_is_kept_with_the_reason() -> None:
    brief = TOML + (
        '[[filters]]\ncolumn = "gdp"\nleast = 150\nreason = "too small"\nbasis = "our rule"\n'
        '[[filters]]\ncolumn = "note"\nkeep = ["coast"]\nreason = "no coast"\n'
    )

    found = read(CSV, brief)

    assert found.table.codes == ("Fujian",)
    assert [(each.code, each.reason) for each in found.excluded] == [
        ("Hainan", "too small"),
        ("Jiangxi", "no coast"),
    ]
    assert found.excluded[0].basis == "our rule"


def test_nothing_known_is_no_reason_to_be_filtered_but_is_told() -> None:
    brief = TOML + '[[filters]]\ncolumn = "note"\ndrop = ["inland"]\nreason = "no coast"\n'

    found = read(CSV, brief)

    assert found.table.codes == ("Fujian", "Hainan")
    assert found.notices[0].code == "scout.filter_unknown"
    assert "Hainan" in str(found.notices[0])


def test_scales_taken_from_the_table_are_told() -> None:
    assert [each.code for each in read("a,b\nx,1\ny,\nz,3\n").notices] == [
        "scout.anchors_from_table",
        "scout.missing",
    ]


def test_values_beyond_the_anchors_are_told_and_count_on_unless_capped() -> None:
    beyond = read(CSV, TOML.replace("4000", "2000"))
    capped = read(CSV, TOML.replace("4000", "2000\ncapped = true"))

    assert [each.code for each in beyond.notices] == ["scout.beyond_anchors"]
    assert anchored(beyond.table).mean[1, 0] == pytest.approx(1.85)
    assert anchored(capped.table).mean[1, 0] == 1.0


def test_less_can_be_better() -> None:
    found = read("a,b\nx,1\ny,3\n", '[[criteria]]\ncode = "b"\ndirection = "less"')

    assert anchored(found.table).mean[:, 0].tolist() == [1.0, 0.0]


def test_capped_doubt_has_the_mean_of_what_is_left() -> None:
    # Between 0 and 2 on a scale that ends at 1: half of it counts 1, the rest 1/2 in the mean.
    criterion = Criterion("a", worst=0, best=1, capped=True)
    first, second = np.array([[0.0], [0.3]]), np.array([[2.0], [0.0]])
    law = np.array([[Law.BETWEEN], [Law.EXACT]], dtype=np.int8)

    values = anchored(Table(("x", "y"), (criterion,), first, second, law))

    assert values.mean[0, 0] == pytest.approx(0.75, abs=1e-3)
    drawn = values.sample(20_000, np.random.default_rng(0))[:, 0, 0]
    assert drawn.mean() == pytest.approx(0.75, abs=0.01)
    assert drawn.max() == 1.0


def test_nobody_is_left_when_everybody_is_filtered() -> None:
    table = read("a,b\nx,1\ny,3\n").table

    with pytest.raises(KembarError) as refused:
        table.only(np.array([False, False]))

    assert refused.value.code == "scout.all_filtered"
