"""A prospectus as a file: both languages, nothing silently lost, the same twice."""

from __future__ import annotations

from io import BytesIO

import pypdf
import pytest

from kembar.engines.prospectus import Both, Fact, Printed, as_pdf
from kembar.engines.report import typesetting
from tests.engines.prospectus.made import NOT_KNOWN, a_sheet


def text_of(printed: Printed) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(printed.pdf)).pages)


@pytest.fixture
def no_system_letters(monkeypatch: pytest.MonkeyPatch) -> None:
    """Be a computer on which no fonts are installed but ours."""
    ours = typesetting._letters(with_system=False)
    monkeypatch.setattr(typesetting, "_letters", lambda with_system: ours)


def test_it_says_everything_in_chinese_and_english() -> None:
    printed = as_pdf(a_sheet())
    text = text_of(printed)

    expected = [
        *("东海岸盐田", "Salt ponds of the east coast", "216 ha", "两句话。", "Two sentences."),
        *("位置图", "Map", "尚未归档", "Not on file", "Koran NTT, 23 November 2025"),
        *("Page 1 of 1", "https://example.org/salt", "自拟清单。"),
    ]
    assert [said for said in expected if said not in text] == []
    assert printed.missing == ()


def test_what_is_not_known_is_said_in_both_languages() -> None:
    text = text_of(as_pdf(a_sheet(figures=[Fact(Both("收益", "Return"), NOT_KNOWN, False)])))

    assert text.count("不详") == text.count("Not known") == 3


def test_the_same_sheet_gives_the_same_bytes() -> None:
    assert as_pdf(a_sheet()).pdf == as_pdf(a_sheet()).pdf


def test_it_is_tagged_and_names_its_title_in_both_languages() -> None:
    reader = pypdf.PdfReader(BytesIO(as_pdf(a_sheet()).pdf))

    assert reader.metadata is not None
    assert reader.metadata.title == "Salt ponds of the east coast · 东海岸盐田"
    assert "/StructTreeRoot" in reader.trailer["/Root"]


@pytest.mark.usefixtures("no_system_letters")
def test_a_letter_that_no_font_has_is_named_and_not_dropped() -> None:
    # 龦 is in Unicode since 2005, and not in GB 2312.
    printed = as_pdf(a_sheet(title=Both("龦家盐田", "Ponds"), lead=Both("属龦氏所有。", "Theirs.")))
    text = text_of(printed)

    assert printed.missing == ("龦",)
    assert "〔U+9FA6〕家盐田" in text
    assert "属〔U+9FA6〕氏所有。" in text
    assert "以编号代替：〔U+9FA6〕。" in text
    assert "Their numbers stand for them: 〔U+9FA6〕." in text


@pytest.mark.usefixtures("no_system_letters")
def test_letters_outside_the_basic_plane_and_private_ones_are_named_too() -> None:
    printed = as_pdf(a_sheet(lead=Both("𠮷\ue000", "Mixed 𠮷.")))

    assert printed.missing == ("\ue000", "𠮷")
    assert "〔U+20BB7〕〔U+E000〕" in text_of(printed)


def test_signs_that_no_file_may_hold_are_replaced() -> None:
    assert "Ponds \ufffd here" in text_of(as_pdf(a_sheet(title=Both("盐田", "Ponds \x07 here"))))


def test_typst_marks_in_a_text_are_text() -> None:
    said = '#panic("x") *bold* @ref $x$ \\ _it_'

    assert said.replace(" ", "") in text_of(as_pdf(a_sheet(lead=Both("说明", said)))).replace(
        " ", ""
    ).replace("\n", "")


def test_a_sheet_with_nothing_optional_is_a_sheet() -> None:
    printed = as_pdf(a_sheet(lead=Both(), figures=[], parts=[], papers=[], references=[]))

    assert "东海岸盐田" in text_of(printed)
