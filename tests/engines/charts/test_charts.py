"""Pictures: whole, legible, the same each time, whatever they are given."""

from __future__ import annotations

import math
import re
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kembar.engines import charts
from kembar.engines.charts import Chance, Dot, Outline, Part, Series, Stack, Window, Year
from kembar.engines.charts.maps import azimuthal, equal_earth
from kembar.engines.charts.style import FULL, HEAT, PARTS
from kembar.engines.charts.svg import ticks
from tests.test_look import KIT, contrast, themes

SVG = "{http://www.w3.org/2000/svg}"
LETTERS = "JFMAMJJASOND"
SIZES = {"chart-small": 12.0}

# Every sign there is, lone surrogates and control characters among them.
texts = st.one_of(
    st.text(max_size=40),
    st.sampled_from(["", "江西省 & <b>", "\"'", "]]>", "\x00\x0b\x1b", "\ud800", "a\nb", "W" * 60]),
)
roles = st.sampled_from(["home", "partner", "other"])
numbers = st.one_of(st.floats(-1e6, 1e6), st.just(math.nan))
shares = st.one_of(st.floats(0, 1), st.just(math.nan))
counts = st.one_of(st.floats(0, 1e9), st.just(math.nan))
years = st.builds(
    Year,
    name=texts,
    temperature_c=st.lists(
        st.one_of(st.floats(-60, 50), st.just(math.nan)), min_size=12, max_size=12
    ),
    rain_mm=st.lists(st.one_of(st.floats(0, 1500), st.just(math.nan)), min_size=12, max_size=12),
    role=roles,
)
dots = st.builds(
    Dot,
    lat=st.one_of(st.floats(-90, 90), st.just(math.nan)),
    lon=st.floats(-180, 180),
    name=texts,
    value=st.one_of(st.none(), shares),
    role=roles,
    note=texts,
)
windows = st.builds(
    Window,
    south=st.floats(-80, 0),
    north=st.floats(5, 80),
    west=st.floats(-180, 180),
    east=st.floats(-180, 180),
)
pictures = st.one_of(
    st.builds(
        charts.dot_map, st.lists(dots, max_size=12), title=texts, description=texts,
        window=st.one_of(st.none(), windows), labels=st.integers(0, 9),
        land=st.one_of(st.none(), st.just((np.array([0.0, 2, 50]), np.array([100.0, 102, -70])))),
        meaning=st.one_of(st.none(), st.fixed_dictionaries({"home": texts, "other": texts})),
        outlines=st.lists(
            st.builds(
                Outline,
                st.lists(
                    st.lists(st.tuples(st.floats(-180, 180), st.floats(-90, 90)), max_size=5),
                    max_size=2,
                ),
                roles,
            ),
            max_size=2,
        ),
    ),
    st.builds(
        charts.months, st.lists(years, max_size=3), title=texts, description=texts,
        months=st.just(LETTERS), apart=st.booleans(), dry=texts, temperature=texts, rain=texts,
        width=st.floats(240, 800),
    ),
    st.builds(
        charts.shares,
        st.lists(st.builds(Stack, texts, st.lists(st.builds(Part, texts, shares)), roles), max_size=3),
        title=texts, description=texts,
    ),
    st.builds(
        charts.ranks,
        st.lists(st.builds(Chance, texts, numbers, numbers, numbers, numbers, roles), max_size=6),
        title=texts, description=texts, count=st.integers(0, 4000), first=texts, places=texts,
    ),
    st.builds(
        charts.heat,
        st.lists(st.tuples(texts, roles, st.lists(shares, max_size=8)), max_size=6),
        title=texts, description=texts, heads=st.lists(texts, max_size=8),
    ),
    st.builds(
        charts.columns,
        st.lists(st.builds(Series, texts, st.lists(counts, max_size=12), roles), max_size=3),
        title=texts, description=texts, names=st.just(LETTERS), head=texts,
        limit=counts, limit_name=texts, width=st.floats(240, 800),
    ),
    st.builds(
        charts.contributions, st.lists(st.builds(Part, texts, numbers), max_size=6),
        title=texts, description=texts, role=roles,
    ),
)  # fmt: skip


def rough_width(text: str, size: float) -> float:
    """A width by other means than the engine's: half an em a letter, a whole one beyond Latin."""
    return sum(size * (1.0 if ord(sign) > 0x2E80 else 0.5) for sign in text)


def boxes(svg: str) -> Iterator[tuple[str, float, float, float, float]]:
    """Yield name, left, top, right and bottom of everything that is drawn."""
    for node in ET.fromstring(svg).iter():
        name = node.tag.removeprefix(SVG)
        value = {k: float(v) for k, v in node.attrib.items() if re.fullmatch(r"-?[\d.]+", v)}
        if name == "rect":
            x, y = value["x"], value["y"]
            yield name, x, y, x + value["width"], y + value["height"]
        elif name == "circle":
            x, y = value["cx"], value["cy"]
            yield name, x, y, x, y
        elif name == "line":
            x, y = sorted((value["x1"], value["x2"])), sorted((value["y1"], value["y2"]))
            yield name, x[0], y[0], x[1], y[1]
        elif name == "path":
            for x, y in re.findall(r"[ML](-?[\d.]+) (-?[\d.]+)", node.attrib["d"]):
                yield name, float(x), float(y), float(x), float(y)
        elif name == "text":
            small = "chart-small" in node.attrib.get("class", "")
            size = 12.0 if small else 13.0
            wide = rough_width(node.text or "", size)
            back = {"middle": 0.5, "end": 1.0}.get(node.attrib.get("text-anchor", ""), 0.0)
            left, y = value["x"] - wide * back, value["y"]
            yield name, left, y - size * 0.75, left + wide, y + size * 0.25


def test_the_smallest_number_has_a_bar() -> None:
    svg = charts.contributions([Part("a", 2.2e-311)], title="t", description="d")

    assert "nan" not in svg
    assert "inf" not in svg


@settings(max_examples=150, deadline=None)
@given(svg=pictures)
def test_any_input_gives_a_whole_picture_that_stays_in_its_frame(svg: str) -> None:
    root = ET.fromstring(svg)

    assert root.attrib["role"] == "img"
    assert [each.tag for each in root][:2] == [f"{SVG}title", f"{SVG}desc"]
    width, height = (float(each) for each in root.attrib["viewBox"].split()[2:])
    for name, left, top, right, bottom in boxes(svg):
        where = f"{name} {left} {top} {right} {bottom} outside of {width} × {height}"
        assert left >= -1 and top >= -1, where
        assert right <= width + 1 and bottom <= height + 1, where


@settings(max_examples=50, deadline=None)
@given(svg=pictures)
def test_a_picture_brings_no_script_no_style_and_no_colour(svg: str) -> None:
    names = {node.tag.removeprefix(SVG) for node in ET.fromstring(svg).iter()}
    attributes = {key for node in ET.fromstring(svg).iter() for key in node.attrib}

    assert names <= {"svg", "title", "desc", "path", "rect", "circle", "line", "text"}
    assert attributes.isdisjoint({"style", "fill", "stroke", "id", "onload", "href"})


@settings(max_examples=50, deadline=None)
@given(svg=pictures)
def test_a_file_has_a_colour_wherever_a_page_has_a_variable(svg: str) -> None:
    file = charts.standalone(svg)

    assert ET.fromstring(file).find(f"{SVG}style") is not None
    assert "var(" not in file.split("</style>", maxsplit=1)[0]


def test_what_is_written_can_be_read_back() -> None:
    name = "“江西” <b> & 'x'"

    svg = charts.contributions([Part(name, 3.0)], title=name, description="d")

    found = ET.fromstring(svg)
    assert found.findtext(f"{SVG}title") == name
    assert name in [node.text for node in found.iter(f"{SVG}text")]


def test_signs_that_xml_forbids_are_shown_as_missing() -> None:
    svg = charts.contributions([], title="a\x00b\ud800c", description="line\none")

    assert ET.fromstring(svg).findtext(f"{SVG}title") == "a\ufffdb\ufffdc"
    assert ET.fromstring(svg).findtext(f"{SVG}desc") == "line one"


def test_equal_earth_is_where_its_authors_put_it() -> None:
    # Šavrič, Patterson, Jenny (2018): the sphere is 2 × 2.70663 wide and 2 × 1.31736 high.
    x, y = equal_earth(np.array([0.0, 90.0, 0.0]), np.array([179.9999999, 0.0, 0.0]))

    assert x[0] == pytest.approx(2.7066299836, abs=1e-6)
    assert y[1] == pytest.approx(1.3173627592, abs=1e-9)
    assert (x[2], y[2]) == (0.0, 0.0)


def test_lambert_is_where_snyder_puts_it() -> None:
    # Snyder (1987), appendix A, page 332: a sphere of radius 3, its centre at 40° N, 100° W,
    # and a place at 20° S, 100° E.
    x, y = azimuthal(np.array([-20.0]), np.array([100.0]), centre=(40.0, -100.0))

    assert 3 * x[0] == pytest.approx(-4.2339303, abs=1e-6)
    assert 3 * y[0] == pytest.approx(4.0257775, abs=1e-6)


@pytest.mark.parametrize("lat", [-50.0, 0.0, 35.0, 60.0])
@pytest.mark.parametrize("project", ["world", "window"])
def test_equal_areas_are_equal_on_the_map(lat: float, project: str) -> None:
    """The area of a small square, by the shoelace formula, over that on the sphere is 1."""
    step = 0.01
    lats = np.array([lat, lat, lat + step, lat + step])
    lons = np.array([100.0, 100 + step, 100 + step, 100.0])
    if project == "world":
        x, y = equal_earth(lats, lons, middle=11.0)
    else:
        x, y = azimuthal(lats, lons, centre=(10.0, 110.0))

    area = abs(np.dot(x, np.roll(y, 1)) - np.dot(y, np.roll(x, 1))) / 2
    sphere = math.radians(step) * (math.sin(math.radians(lat + step)) - math.sin(math.radians(lat)))
    assert area / sphere == pytest.approx(1.0, rel=1e-3)


def many_dots(count: int) -> list[Dot]:
    rng = np.random.default_rng(4)
    lat, lon = np.degrees(np.arcsin(rng.uniform(-0.8, 0.95, count))), rng.uniform(-180, 180, count)
    value = rng.random(count)
    found = [
        Dot(float(a), float(b), f"Region {i}", float(v))
        for i, (a, b, v) in enumerate(zip(lat, lon, value, strict=True))
    ]
    return [*found[1:], Dot(-9.5, 121, "NTT", None, "home")]


def test_the_world_in_dots_is_small_and_quick() -> None:
    world = many_dots(3900)
    took = []
    for _ in range(5):
        start = time.process_time()
        svg = charts.dot_map(world, title="t", description="d")
        took.append(time.process_time() - start)

    assert len(svg.encode()) < 150_000
    assert svg.count("h0") == 3899, "each region is drawn"
    assert min(took) < 0.1


def test_the_same_regions_in_another_order_give_the_same_map() -> None:
    some = many_dots(60)

    maps = [charts.dot_map(each, title="t", description="d") for each in (some, some[::-1])]

    assert maps[0] == maps[1]


def test_names_touch_neither_each_other_nor_a_lit_dot() -> None:
    crowd = [
        *[Dot(30 + i * 0.3, 115 + i * 0.2, f"Province {i}", i / 20) for i in range(20)],
        Dot(30.1, 115.2, "Jiangxi", 0.1, "partner"),
    ]

    svg = charts.dot_map(crowd, title="t", description="d", window=charts.around(crowd), labels=20)

    found = [box for box in boxes(svg) if box[0] == "text"]
    assert len(found) > 3
    for (_, l1, t1, r1, b1), (_, l2, t2, r2, b2) in combinations(found, 2):
        assert r1 <= l2 or r2 <= l1 or b1 <= t2 or b2 <= t1
    texts = [node.text for node in ET.fromstring(svg).iter(f"{SVG}text")]
    assert texts[0] == "Jiangxi", "the partner's name comes first"


def test_a_window_reaches_across_the_180th_meridian() -> None:
    fiji = [Dot(-17, 178, "Viti"), Dot(-16, -179, "Lau")]

    window = charts.around(fiji)

    assert window is not None
    assert window.degrees_wide < 15
    svg = charts.dot_map(fiji, title="t", description="d", window=window)
    assert svg.count("<circle") == 2


def test_a_border_is_drawn_only_when_asked_for() -> None:
    ring = np.array([[110.0, 25], [114, 25], [114, 30], [110, 30], [110, 25]])
    one = [Dot(27, 112, "A"), Dot(20, 100, "B"), Dot(35, 120, "C")]
    window = charts.around(one)

    plain = charts.dot_map(one, title="t", description="d", window=window)
    drawn = charts.dot_map(
        one, title="t", description="d", window=window, outlines=[Outline([ring], "partner")]
    )

    assert "chart-outline" not in plain
    assert 'class="chart-outline chart-partner"' in drawn


def test_a_border_that_leaves_the_picture_is_cut_at_its_edge() -> None:
    wide = [[90.0, -30], [140, -30], [140, 60], [90, 60], [90, -30]]
    far = [[-80.0, 0], [-70, 0], [-70, 10], [-80, 0]]
    some = [Dot(10, 110, "A"), Dot(20, 120, "B")]

    svg = charts.dot_map(
        some, title="t", description="d", window=Window(5, 25, 100, 150),
        outlines=[Outline([wide]), Outline([far])],
    )  # fmt: skip

    assert svg.count("chart-outline") == 1, "of the far one nothing is left"
    width, height = (float(e) for e in re.search(r'viewBox="0 0 (\S+) (\S+)"', svg).groups())
    drawn = re.search(r'chart-outline[^"]*" d="([^"]*)"', svg)[1]
    spots = [(float(x), float(y)) for x, y in re.findall(r"[ML](\S+?) ([\d.]+)", drawn)]
    assert all(0 <= x <= width and 0 <= y <= height for x, y in spots)
    assert any(0 < x < width for x, _ in spots), "its eastern side stands in the picture"
    assert {0.0, height} & {y for _, y in spots}, "and reaches the edge"


def one_year(rain: float = 100.0, **change: object) -> Year:
    return Year("A", [20.0] * 12, [rain] * 12, "home", **change)


def test_a_month_that_is_not_known_leaves_a_gap() -> None:
    warm = [20.0] * 12
    warm[5] = math.nan
    rain = [100.0] * 12
    rain[5] = math.nan

    svg = charts.months([Year("A", warm, rain, "home")], title="t", description="d", months=LETTERS)

    assert svg.count("chart-bar") == 11
    line = re.search(r'class="chart-line[^"]*" d="([^"]*)"', svg)
    assert line and line[1].count("M") == 2, "the line is broken in two"


def test_dry_months_are_marked_and_the_mark_is_explained() -> None:
    rain = [100.0] * 8 + [59.9, 60.0, 10.0, 0.0]

    svg = charts.months(
        [Year("A", [20.0] * 12, rain, "home")],
        title="t", description="d", months=LETTERS, dry="dry month",
    )  # fmt: skip

    assert svg.count("chart-ring chart-home") == 3
    assert "dry month" in svg
    wet = charts.months([one_year()], title="t", description="d", months=LETTERS, dry="dry month")
    assert "dry month" not in wet


def test_two_years_share_their_scales_together_and_apart() -> None:
    two = [one_year(100.0), Year("B", [10.0] * 12, [400.0] * 12, "partner")]

    for apart in (False, True):
        svg = charts.months(two, title="t", description="d", months=LETTERS, apart=apart)
        heights = {
            role: float(re.search(rf'chart-bar chart-{role}"[^>]* height="([\d.]+)"', svg)[1])
            for role in ("home", "partner")
        }
        assert heights["partner"] / heights["home"] == pytest.approx(4, rel=0.01)


def test_bars_are_as_long_as_their_numbers() -> None:
    svg = charts.contributions([Part("a", 8.0), Part("b", 2.0)], title="t", description="d")

    wide = [float(each) for each in re.findall(r'chart-bar[^>]* width="([\d.]+)"', svg)]
    assert wide[0] / wide[1] == pytest.approx(4, rel=0.01)


def test_a_range_lies_where_its_ranks_are() -> None:
    svg = charts.ranks(
        [Chance("a", 0.25, 1, 1, 31), Chance("b", 0.5, 16, 16, 16)],
        title="t", description="d", count=31,
    )  # fmt: skip

    (a1, a2), (b1, _) = re.findall(r'chart-range[^>]* x1="([\d.]+)"[^>]* x2="([\d.]+)"', svg)
    assert float(b1) == pytest.approx((float(a1) + float(a2)) / 2, abs=0.2)
    wide = [float(each) for each in re.findall(r'chart-bar[^>]* width="([\d.]+)"', svg)]
    assert wide[1] == pytest.approx(wide[0] * 2, rel=0.01)


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [(3, 27, [0, 10, 20, 30]), (-4, 27, [-10, 0, 10, 20, 30]), (0, 0.9, [0, 0.5, 1.0])],
)
def test_scales_have_round_numbers(low: float, high: float, expected: list[float]) -> None:
    assert ticks(low, high, 3) == expected


@settings(deadline=None)
@given(st.floats(-1e5, 1e5), st.floats(0, 1e5))
def test_a_scale_holds_its_numbers_and_is_short(low: float, span: float) -> None:
    scale = ticks(low, low + span, 3)

    assert scale[0] <= low + 1e-6 and scale[-1] >= low + span - 1e-6 * max(1, abs(low))
    assert len(scale) <= 6


def test_columns_are_as_high_as_their_counts_and_a_gap_is_not_nothing() -> None:
    counted = Series("Jiangxi", [50.0, math.nan, 0.0, 100.0], "partner")

    svg = charts.columns([counted], title="t", description="d", names="JFMA", limit=75.0,
                         limit_name="Limit")  # fmt: skip

    drawn = [
        box for box in ET.fromstring(svg).iter(f"{SVG}rect") if "chart-bar" in box.attrib["class"]
    ]
    heights = [float(box.attrib["height"]) for box in drawn]
    # Three columns: what is not known has none, nothing has one without height.
    assert heights[1] == 0
    assert heights[2] == pytest.approx(2 * heights[0], abs=0.2)
    line = next(
        n for n in ET.fromstring(svg).iter(f"{SVG}line") if n.attrib["class"] == "chart-now"
    )
    foot = float(drawn[2].attrib["y"]) + heights[2]
    assert foot - float(line.attrib["y1"]) == pytest.approx(1.5 * heights[0], abs=0.2)


@pytest.mark.parametrize(
    "draw",
    [
        lambda: charts.dot_map([], title="t", description="d"),
        lambda: charts.months([], title="t", description="d", months=LETTERS),
        lambda: charts.shares([], title="t", description="d"),
        lambda: charts.ranks([], title="t", description="d", count=0),
        lambda: charts.heat([], title="t", description="d", heads=[]),
        lambda: charts.contributions([], title="t", description="d"),
        lambda: charts.columns([], title="t", description="d", names=[]),
    ],
)
def test_nothing_to_show_is_an_empty_picture(draw: Callable[[], str]) -> None:
    assert ET.fromstring(draw()).findtext(f"{SVG}title") == "t"


def test_pages_and_files_have_the_same_rules() -> None:
    """Mend kit/charts.css: from its last comment on it holds `RULES`, indented."""
    page = (KIT / "charts.css").read_text(encoding="utf-8").split("from here on. */\n")[1]

    assert "\n".join(each[2:] for each in page.splitlines()[:-1]) + "\n" == charts.RULES


def test_files_have_the_colours_of_the_day() -> None:
    day = themes()["light"]

    assert {k: v for k, v in charts.LIGHT.items() if k != "text"} == {
        name: f"#{day[name]}" for name in charts.LIGHT if name != "text"
    }


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("role", ["home", "partner", "soft"])
@pytest.mark.parametrize("fullness", sorted({*PARTS, *HEAT}))
def test_text_on_a_shape_can_be_read(theme: str, role: str, fullness: float) -> None:
    colours = themes()[theme]
    text = colours["sheet" if fullness >= FULL else "ink"]
    mixed = "".join(
        f"{round(int(colours[role][i : i + 2], 16) * fullness + int(colours['sheet'][i : i + 2], 16) * (1 - fullness)):02x}"
        for i in (0, 2, 4)
    )

    assert contrast(text, mixed) >= 4.5


def test_no_file_of_the_charts_names_a_colour() -> None:
    folder = Path(charts.__file__).parent
    named = {
        path.name
        for path in folder.glob("*.py")
        if re.search(r"#[0-9a-f]{6}\b", path.read_text(encoding="utf-8"))
    }

    assert named == {"style.py"}
