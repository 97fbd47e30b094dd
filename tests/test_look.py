"""Every text can be read on its ground: WCAG 2.2 AA, by day and by night."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import pytest

KIT = Path(__file__).resolve().parent.parent / "src/kembar/apps/kit/static/kit"
STYLES = sorted(KIT.parents[2].glob("*/static/**/*.css"))

COLOUR = re.compile(r"--([a-z-]+):\s*#([0-9a-f]{6});")
RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
INK = re.compile(r"(?<![-\w])color:\s*var\(--([a-z-]+)\)")
GROUND = re.compile(r"background(?:-color)?:\s*var\(--([a-z-]+)\)")

# What the pages write on what. Meanings (true, false, open, home, partner) stand on the
# three plain grounds and on their own wash.
TEXTS = ("ink", "soft", "home", "partner", "true", "false", "open")
GROUNDS = ("paper", "sheet", "wash")
PAIRS = [*itertools.product(TEXTS, GROUNDS)]
PAIRS += [(name, f"{name}-wash") for name in TEXTS[2:]]
PAIRS += [("ink", f"{name}-wash") for name in TEXTS[2:]]


def without_comments(path: Path) -> str:
    return re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)


def on_screen(path: Path) -> str:
    """Return a style sheet without its rules for print, where paper is white and ink is black."""
    text = without_comments(path)
    # A shadow is black, more or less of it; it carries no text.
    text = re.sub(r"box-shadow:[^;]*;", "", text)
    # A telephone reads a QR code only if it is dark on white, at night too.
    text = re.sub(r"\.qr \{[^{}]*\}", "", text)
    return re.sub(r"@media print \{(?:[^{}]|\{[^{}]*\})*\}", "", text)


def themes() -> dict[str, dict[str, str]]:
    """Return the colours by day, and by night with those of the day where night sets none."""
    text = without_comments(KIT / "tokens.css")
    day, night = text.split("@media (prefers-color-scheme: dark)", 1)
    light = dict(COLOUR.findall(day))
    return {"light": light, "dark": {**light, **dict(COLOUR.findall(night))}}


def luminance(colour: str) -> float:
    """Relative luminance of WCAG 2.2, from a colour such as 1c2230."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast ratio of WCAG 2.2, from 1 to 21."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_worked_out_as_the_standard_says() -> None:
    # Known values: black on white is 21; #767676 on white is the lightest grey of AA, 4.54.
    assert contrast("000000", "ffffff") == pytest.approx(21)
    assert contrast("767676", "ffffff") == pytest.approx(4.54, abs=0.005)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_text_can_be_read_on_its_ground(theme: str, text: str, ground: str) -> None:
    colours = themes()[theme]

    assert contrast(colours[text], colours[ground]) >= 4.5


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_whatever_a_style_sheet_puts_on_a_colour_can_be_read(theme: str) -> None:
    """Rules that set text and ground at once, such as a button's."""
    colours, wrong, seen = themes()[theme], [], 0
    for path in STYLES:
        for selector, body in RULE.findall(without_comments(path)):
            text, ground = INK.search(body), GROUND.search(body)
            if text and ground:
                seen += 1
                ratio = contrast(colours[text[1]], colours[ground[1]])
                if ratio < 4.5:
                    wrong.append(f"{path.name} {selector.strip()}: {ratio:.2f}")

    assert wrong == []
    assert seen, "no rule was found: the pattern of this test is out of date"


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("ground", GROUNDS)
def test_the_edge_of_a_field_can_be_seen(theme: str, ground: str) -> None:
    colours = themes()[theme]

    assert contrast(colours["edge"], colours[ground]) >= 3


def test_colours_are_named_in_one_place_only() -> None:
    wrong = [
        f"{path.name}: {found}"
        for path in STYLES
        if path.name != "tokens.css"
        for found in re.findall(r"#[0-9a-fA-F]{3,8}\b|rgba?\([^)]*\)|hsl\([^)]*\)", on_screen(path))
    ]

    assert wrong == []


def test_style_sheets_load_nothing_from_elsewhere() -> None:
    assert [
        p.name for p in STYLES if re.search(r"@import|url\(\s*[\"']?(https?:)?//", p.read_text())
    ] == []
