"""The picture of a procedure: whole, legible, everything right of what comes before it."""

from __future__ import annotations

import re
import time
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kembar.engines import charts
from kembar.engines.procedure.catalog import codes, rulebook
from kembar.engines.procedure.drawing import WIDTH, Box, Labels, State, boxes_of, lanes, wrapped
from kembar.engines.procedure.model import SUBS
from tests.engines.charts.test_charts import SVG, boxes, rough_width

STATES: tuple[State, ...] = (
    *("not_yet", "open", "waiting", "returned", "done", "skipped", "overridden"),
)
LABELS = Labels(
    home="Nusa Tenggara Timur", partner="江西省", present="now, 30 Nov 2026", target="target: March",
    states={state: state for state in STATES}, critical="critical chain", gate="gate",
)  # fmt: skip
HOME, PARTNER = rulebook("id-ksdpl"), rulebook("cn-youhao")


def draw(*acts: Box, labels: Labels = LABELS, target: str = "", width: float = WIDTH) -> str:
    return lanes(acts, labels=labels, title="t", description="d", target=target, width=width)


def frames(svg: str) -> dict[str, tuple[float, float, float, float]]:
    """Return left, top, right and bottom of each act by what the pointer shows."""
    found = {}
    for node in ET.fromstring(svg).iter(f"{SVG}rect"):
        note = node.findtext(f"{SVG}title")
        if note:
            x, y, w, h = (float(node.attrib[key]) for key in ("x", "y", "width", "height"))
            found[note.split(" – ")[0]] = (x, y, x + w, y + h)
    return found


def overlap(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return not (
        one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
    )


def every_procedure() -> Iterator[tuple[str, tuple[Box, ...]]]:
    for code in codes():
        book = rulebook(code)
        for sub in SUBS:
            for partner in (None, HOME):
                found = boxes_of(book, partner, sub=sub, language=book.language)
                if found:
                    yield f"{code} {sub} {partner is not None}", found


PROCEDURES = dict(every_procedure())


@pytest.mark.parametrize("name", PROCEDURES)
@pytest.mark.parametrize("width", [WIDTH, 900.0])
def test_acts_overlap_nowhere_and_stay_in_the_frame(name: str, width: float) -> None:
    acts = [replace(each, label=each.code) for each in PROCEDURES[name]]

    svg = draw(*acts, width=width)

    found = frames(svg)
    assert set(found) == {each.code for each in acts}
    assert [
        pair for pair in combinations(found, 2) if overlap(found[pair[0]], found[pair[1]])
    ] == []
    height = float(re.search(r'viewBox="0 0 \S+ (\S+)"', svg)[1])
    for what, left, top, right, bottom in boxes(svg):
        assert left >= -1 and top >= -1 and right <= width + 1 and bottom <= height + 1, what


@pytest.mark.parametrize("language", ["id", "zh", "en"])
def test_texts_touch_neither_each_other_nor_a_neighbours_box(language: str) -> None:
    acts = boxes_of(HOME, PARTNER, sub="establish", language=language)
    acts = tuple(replace(each, note="Kementerian 34 hari") for each in acts)

    svg = draw(*acts, target="signing")

    texts = [each[1:] for each in boxes(svg) if each[0] == "text"]
    assert [p for p in combinations(texts, 2) if overlap(*p)] == []
    for text in texts:
        for frame in frames(svg).values():
            inside = frame[0] <= text[0] and text[2] <= frame[2] + 1
            assert inside or not overlap(text, frame)


def test_an_act_stands_right_of_what_comes_before_it_or_in_a_band_below() -> None:
    acts = [
        replace(each, label=each.code)
        for each in boxes_of(HOME, PARTNER, sub="establish", language="en")
    ]

    found = frames(draw(*acts))

    for act in acts:
        for other in (*act.after, *act.waits):
            one, two = found[other], found[act.code]
            assert one[2] < two[0] or one[3] < two[1], (other, act.code)


def test_what_both_do_lies_across_the_lanes() -> None:
    acts = [
        Box("a", "a", "home"),
        Box("b", "b", "partner"),
        Box("sign", "sign", "both", after=("a", "b")),
    ]

    found = frames(draw(*acts))

    assert found["a"][1] < found["b"][1], "home is above"
    assert found["sign"][1] <= found["a"][1] and found["sign"][3] >= found["b"][3]


def test_the_whole_procedure_fits_a_sheet_of_a3() -> None:
    """29 acts in Indonesian, whose words are the longest: 400 mm across leave 277 mm of height."""
    acts = [
        replace(each, note="paling cepat 4 Februari 2027")
        for each in boxes_of(HOME, PARTNER, sub="establish", language="id")
    ]

    svg = draw(*acts, target="signing")

    assert len(acts) == 29
    height = float(re.search(r'viewBox="0 0 \S+ (\S+)"', svg)[1])
    # Letters of 12 units are 2.8 mm then: 8 points.
    scale_mm = min(400 / WIDTH, 277 / height)
    assert 12 * scale_mm > 2.8


def test_arrows_that_others_say_already_are_not_drawn() -> None:
    chain = [
        Box("a", "a", "home"),
        Box("b", "b", "home", after=("a",)),
        Box("c", "c", "home", after=("b", "a"), waits=("a",)),
    ]

    assert draw(*chain).count('class="chart-link"') == 2


def test_the_critical_chain_is_heavier() -> None:
    chain = [
        Box("a", "a", "home", critical=True),
        Box("b", "b", "home", after=("a",), critical=True),
        Box("c", "c", "home", after=("a",)),
    ]

    svg = draw(*chain, labels=replace(LABELS, critical=""))

    assert svg.count('class="chart-link-critical"') == 1
    assert svg.count('class="chart-link"') == 1
    assert svg.count("chart-act-critical") == 2


def now_lines(svg: str) -> list[float]:
    found = re.findall(r'class="chart-now" x1="([\d.]+)"[^>]* x2="([\d.]+)"', svg)
    return [float(one) for one, other in found if one == other]


def test_now_lies_between_what_is_done_and_what_is_due_on_each_side() -> None:
    acts = [
        Box("a", "a", "home", state="done"),
        Box("b", "b", "home", after=("a",), state="done"),
        Box("c", "c", "home", after=("b",), state="open"),
        Box("x", "x", "partner", state="waiting"),
        Box("y", "y", "partner", after=("x",)),
        Box("z", "z", "partner", after=("y",)),
    ]

    svg = draw(*acts)

    found = frames(svg)
    home, partner = now_lines(svg)
    assert found["b"][2] < home < found["c"][0]
    assert partner < found["x"][0]
    assert "now, 30 Nov 2026" in svg


@pytest.mark.parametrize("names", [("Nusa Tenggara Timur", "江西省"), ("N" * 60, "中" * 40)])
@pytest.mark.parametrize("begun", ["home", "partner", "both"])
@pytest.mark.parametrize("due", [0, 1])
def test_now_strikes_no_name_of_a_lane_out(names: tuple[str, str], begun: str, due: int) -> None:
    acts = [
        Box(f"{side}{n}", f"{side} {n}", side, (f"{side}{n - 1}",) if n else (),
            ("done" if n < due else "open" if n == due else "not_yet")
            if begun in (side, "both") else "not_yet")
        for side in ("home", "partner") for n in range(4)
    ]  # fmt: skip
    labels = replace(LABELS, home=names[0], partner=names[1])

    root = ET.fromstring(draw(*acts, labels=labels))

    lines = [line for line in root.iter(f"{SVG}line") if line.get("class") == "chart-now"]
    assert lines
    named = [text for text in root.iter(f"{SVG}text") if "chart-name" in text.get("class", "")]
    for line, text in ((line, text) for line in lines for text in named):
        x, y = float(line.get("x1", "")), float(text.get("y", ""))
        top, bottom = sorted(float(line.get(key, "")) for key in ("y1", "y2"))
        left = float(text.get("x", ""))
        if top < y < bottom:
            assert not left - 2 < x < left + rough_width(text.text or "", 14) + 2


def test_now_of_the_partner_alone_crosses_nothing_that_home_has_done() -> None:
    acts = [
        Box(f"h{n}", f"h{n}", "home", (f"h{n - 1}",) if n else (), "open" if n == 5 else "done")
        for n in range(6)
    ] + [Box("x", "x", "partner", state="waiting"), Box("y", "y", "partner", after=("x",))]

    svg = draw(*acts, width=500)

    done, due = frames(svg)["h0"], frames(svg)["x"]
    lines = [
        line for line in ET.fromstring(svg).iter(f"{SVG}line") if line.get("class") == "chart-now"
    ]
    first = min(lines, key=lambda line: float(line.get("y1", "")))
    assert float(first.get("y1", "")) > done[3]
    assert float(first.get("y2", "")) > due[3]
    words = [
        float(node.get("y", ""))
        for node in ET.fromstring(svg).iter(f"{SVG}text")
        if node.text == "now, 30 Nov 2026"
    ]
    assert len(words) == 2
    assert not any(frame[1] < y < frame[3] for y in words for frame in frames(svg).values())


def test_nothing_begun_has_no_now_and_everything_done_has_it_at_the_end() -> None:
    begun = Box("a", "a", "home", state="done")

    assert now_lines(draw(Box("a", "a", "home"))) == []
    svg = draw(begun)
    assert now_lines(svg)[0] > frames(svg)["a"][2]


def test_the_flag_stands_after_the_act_that_is_aimed_at() -> None:
    acts = [Box("a", "a", "home"), Box("b", "b", "home", after=("a",))]

    svg = draw(*acts, target="a")

    x = float(re.search(r'class="chart-goal" x1="([\d.]+)"', svg)[1])
    assert frames(svg)["a"][2] < x < frames(svg)["b"][0]
    assert "chart-goal" not in draw(*acts, labels=replace(LABELS, target=""))


def test_an_open_gate_is_broken_and_a_closed_one_whole() -> None:
    labels = replace(LABELS, gate="")

    assert draw(Box("a", "a", "home", gate="closed"), labels=labels).count("chart-gate") == 1
    assert draw(Box("a", "a", "home", gate="open"), labels=labels).count("chart-gate") == 2


def test_the_key_says_only_what_is_there() -> None:
    svg = draw(Box("a", "act", "home", state="done"))

    texts = [node.text for node in ET.fromstring(svg).iter(f"{SVG}text")]
    assert "done" in texts
    assert {"waiting", "gate", "critical chain"}.isdisjoint(texts)


def test_the_order_in_which_acts_come_changes_no_column() -> None:
    acts = [
        replace(each, label=each.code)
        for each in boxes_of(HOME, PARTNER, sub="establish", language="id")
    ]

    one, other = frames(draw(*acts)), frames(draw(*reversed(acts)))

    assert {code: frame[0] for code, frame in one.items()} == {
        code: frame[0] for code, frame in other.items()
    }


def test_chinese_breaks_anywhere_but_before_a_stop() -> None:
    lines = wrapped("省政府或国务院（签约）。", 13 * 4, 13, 9)

    assert "".join(lines) == "省政府或国务院（签约）。"
    assert all(len(each) <= 4 for each in lines)
    assert not any(each[0] in "）。" or each[-1] == "（" for each in lines)


def test_a_label_that_is_too_long_is_cut_where_it_can_be_seen() -> None:
    lines = wrapped("Penyusunan rancangan naskah kerja sama daerah", 90, 13, 2)

    assert len(lines) == 2
    assert lines[-1].endswith("…")


def test_a_picture_of_sixty_acts_is_quick() -> None:
    acts = [
        Box(f"{side}{n}", "Persetujuan DPRD Provinsi", side, after=(f"{side}{n - 1}",) if n else ())
        for side in ("home", "partner")
        for n in range(30)
    ]

    took = []
    for _ in range(3):
        start = time.process_time()
        draw(*acts)
        took.append(time.process_time() - start)

    assert min(took) < 0.15


texts = st.one_of(
    st.text(max_size=60), st.sampled_from(["", "江西省 & <b>", "\x00\ud800", "W" * 90, " "])
)


@st.composite
def acts_of_any_kind(data: st.DrawFn) -> list[Box]:
    found: list[Box] = []
    for n in range(data(st.integers(0, 14))):
        earlier = st.lists(st.sampled_from([e.code for e in found] or ["gone"]), max_size=3)
        found.append(
            Box(
                str(n),
                data(texts),
                data(st.sampled_from(["home", "partner", "both"])),
                tuple(data(earlier)),
                data(st.sampled_from(STATES)),
                data(texts),
                data(st.booleans()),
                data(st.sampled_from(["", "open", "closed"])),
                tuple(data(earlier)),
            )
        )
    return found


@settings(max_examples=120, deadline=None)
@given(acts=acts_of_any_kind(), label=texts, width=st.floats(300, 2000))
def test_any_acts_give_a_whole_picture(acts: list[Box], label: str, width: float) -> None:
    labels = Labels(label, label, label, label, dict.fromkeys(STATES, label), label, label)

    svg = draw(*acts, labels=labels, width=width)

    root = ET.fromstring(svg)
    names = {node.tag.removeprefix(SVG) for node in root.iter()}
    assert names <= {"svg", "title", "desc", "path", "rect", "circle", "line", "text"}
    height = float(root.attrib["viewBox"].split()[3])
    for what, left, top, right, bottom in boxes(svg):
        assert left >= -1 and top >= -1, what
        assert right <= width + 1 and bottom <= height + 1, what
    assert "var(" not in charts.standalone(svg).split("</style>", maxsplit=1)[0]


@given(text=st.text("abcdW 江西省（）。-/"), room=st.floats(40, 200))
def test_a_wrapped_line_is_never_wider_than_its_room(text: str, room: float) -> None:
    lines = wrapped(text, room, 13, 3)

    assert len(lines) <= 3
    assert all(rough_width(each, 13) <= room + 13 for each in lines)
