"""Countries are called as Indonesian and Chinese call them, not as lists of codes do."""

from __future__ import annotations

import re

import pytest

from kembar.engines import atlas

ENGLISH = re.compile(r"\b(and|of|the|islands?|territory|part)\b", re.IGNORECASE)


def test_no_country_has_an_english_word_in_indonesian() -> None:
    odd = {code: names["id"] for code, names in atlas.countries().items()}

    assert {code: name for code, name in odd.items() if ENGLISH.search(name)} == {}


def test_no_name_is_turned_round_a_comma() -> None:
    turned = [
        name
        for names in atlas.countries().values()
        for name in names.values()
        if re.fullmatch(r"[^,]+, [^,]+", name) and not re.search(" and | dan ", name)
    ]

    assert turned == []


def test_chinese_names_have_no_latin_signs() -> None:
    signs = {code: names["zh"] for code, names in atlas.countries().items()}

    assert {code: name for code, name in signs.items() if re.search(r"[ ()A-Za-z]", name)} == {}


# As the foreign ministries of Indonesia and China write them.
@pytest.mark.parametrize(
    ("code", "key", "name"),
    [
        ("PF", "id", "Polinesia Prancis"),
        ("ET", "id", "Etiopia"),
        ("CX", "id", "Pulau Natal"),
        ("RU", "id", "Rusia"),
        ("BO", "zh", "玻利维亚"),
        ("GT", "zh", "危地马拉"),
        ("MT", "zh", "马耳他"),
        ("BD", "zh", "孟加拉国"),
        ("CD", "en", "Democratic Republic of the Congo"),
    ],
)
def test_known_names(code: str, key: str, name: str) -> None:
    assert dict(atlas.countries()[code])[key] == name  # type: ignore[index]
