"""Pictures as a browser sets them: the widths that the engine guesses are wide enough."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from kembar.engines import charts
from kembar.engines.charts import Chance, Dot, Part, Stack, Year

pytestmark = pytest.mark.browser

# Wide letters, thin ones, Chinese, and names as long as they come.
NAMES = (
    "WWWWWWWWWWWWWWWWWWWW",
    "广西壮族自治区广西壮族自治区广西壮族自治区",
    "Essequibo Islands-West Demerara MMMMMMMM",
    "illilliliilllilililililililililililliliilllilililil",
    "Архангельская Область ЩЩЩЩЩ",
)
BEYOND = """() => [...document.querySelectorAll("svg")].flatMap(svg => {
  const frame = svg.viewBox.baseVal;
  return [...svg.querySelectorAll("text")].filter(text => {
    const box = text.getBBox();
    return box.x < -1 || box.y < -1 || box.x + box.width > frame.width + 1
      || box.y + box.height > frame.height + 1;
  }).map(text => svg.getAttribute("class") + ": " + text.textContent);
})"""
SMALLEST = """() => Math.min(...[...document.querySelectorAll("svg text")].map(text =>
  parseFloat(getComputedStyle(text).fontSize) * text.getCTM().a))"""


def pictures() -> list[str]:
    about = {"title": "t", "description": "d"}
    spots = [Dot(i * 9, 100 + i * 7, name, i / 5) for i, name in enumerate(NAMES)]
    spots.append(Dot(-9, 121, NAMES[2], None, "home"))
    year = [Year(name, [20.0 + i] * 12, [90.0 * i] * 12) for i, name in enumerate(NAMES[:3])]
    return [
        charts.dot_map(spots, **about, labels=9, meaning={"home": NAMES[2], "other": NAMES[1]}),
        charts.dot_map(spots, **about, window=charts.around(spots)),
        charts.months(year, **about, months=[f"{i}月" for i in range(1, 13)], dry=NAMES[2] * 2),
        charts.shares([Stack(n, [Part(n, 0.6), Part("Aw", 0.3)]) for n in NAMES], **about),
        charts.ranks(
            [Chance(n, 1.0, 1, 2, 3967) for n in NAMES],
            **about, count=3967, first=NAMES[0], places=NAMES[0],
        ),
        charts.heat([(n, "partner", [0.999] * 6) for n in NAMES], **about, heads=NAMES),
        charts.contributions([Part(n, v) for n, v in zip(NAMES, (9, -7.25, 3, 0, 1), strict=True)], **about),
    ]  # fmt: skip


def test_text_stays_in_the_frame_and_is_legible_on_a_telephone(chromium: Browser) -> None:
    page = chromium.new_page(viewport={"width": 360, "height": 800})
    rules = charts.RULES.replace("var(--text)", '"Noto Sans", "Noto Sans CJK SC", sans-serif')
    page.set_content(
        "<!doctype html><style>body { margin: 20px } svg { display: block; width: 100% }"
        f" {rules}</style>{''.join(pictures())}"
    )

    beyond, smallest = page.evaluate(BEYOND), page.evaluate(SMALLEST)
    page.close()

    assert beyond == []
    assert smallest >= 9
