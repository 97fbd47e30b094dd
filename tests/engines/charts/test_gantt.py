"""A plan in time: every day in its place, whatever is missing."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from datetime import date
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from kembar.engines.charts import Task, gantt

SVG = "{http://www.w3.org/2000/svg}"
TODAY = date(2026, 7, 1)


def month(day: date) -> str:
    return f"{day:%Y-%m}"


def drawn(*tasks: Task, today: date = TODAY) -> ET.Element:
    svg = gantt(tasks, today=today, title="Plan", description="Rows", month=month, now="today")
    return ET.fromstring(svg)


def boxes(picture: ET.Element, kind: str) -> list[tuple[float, float]]:
    """Return left and right end of the boxes of a class."""
    found = [each for each in picture.iter(f"{SVG}rect") if kind in each.attrib["class"].split()]
    return [(float(b.attrib["x"]), float(b.attrib["x"]) + float(b.attrib["width"])) for b in found]


def test_what_was_done_lies_where_it_was_planned_if_it_kept_its_days() -> None:
    days = (date(2026, 3, 1), date(2026, 4, 30))

    picture = drawn(Task("Trial", planned=days, actual=days))

    (planned,), (done,) = boxes(picture, "chart-act"), boxes(picture, "chart-bar")
    assert planned == done


def test_what_still_runs_ends_today() -> None:
    picture = drawn(Task("Trial", actual=(date(2026, 3, 1), None)))

    ((_left, right),) = boxes(picture, "chart-bar")
    now = next(each for each in picture.iter(f"{SVG}line") if each.attrib["class"] == "chart-now")
    # The bar ends where the day of today does, the line stands where it begins.
    assert 0 <= right - float(now.attrib["x1"]) < 4


def test_delay_is_drawn_from_its_first_day_to_today() -> None:
    task = Task("Trial", planned=(date(2026, 3, 1), date(2026, 4, 30)), late_from=date(2026, 5, 1))

    picture = drawn(task)

    ((left, right),) = boxes(picture, "chart-alarm")
    ((_left, planned_end),) = boxes(picture, "chart-act")
    assert abs(left - planned_end) < 0.2
    assert right > left
    assert not boxes(drawn(task, today=date(2026, 4, 30)), "chart-alarm")


def test_a_milestone_is_hollow_until_it_is_reached() -> None:
    due = (date(2026, 5, 1), date(2026, 5, 1))
    open_one = drawn(Task("Permit", planned=due, is_point=True))
    reached = drawn(Task("Permit", planned=due, actual=due, is_point=True))

    kinds = [
        [each.attrib["class"] for each in picture.iter(f"{SVG}path")]
        for picture in (open_one, reached)
    ]

    assert kinds == [["chart-act"], ["chart-act", "chart-bar chart-home"]]


def test_a_task_without_days_keeps_its_name() -> None:
    picture = drawn(Task("Scholarships", note="Planned"))

    texts = [each.text for each in picture.iter(f"{SVG}text")]
    assert texts == ["Scholarships", "Planned"]


def test_nothing_of_a_name_becomes_markup() -> None:
    picture = drawn(Task('<img src=x onerror="alert(1)">', actual=(TODAY, None)))

    assert not list(picture.iter(f"{SVG}img"))


def test_months_are_named_as_far_apart_as_their_names_need() -> None:
    for years in (1, 5, 40, 900):
        last = date(min(2026 + years, 9999), 12, 31)
        picture = drawn(Task("Long", planned=(date(2026, 1, 1), last)))

        named = [
            float(each.attrib["x"])
            for each in picture.iter(f"{SVG}text")
            if re.fullmatch(r"\d{4}-\d\d", each.text or "")
        ]
        gaps = [after - before for before, after in pairwise(named)]
        assert len(named) >= 2
        assert min(gaps) > 50


days = st.none() | st.dates()
tasks = st.builds(
    Task,
    name=st.text(max_size=60),
    note=st.text(max_size=30),
    planned=st.tuples(days, days),
    actual=st.tuples(days, days),
    late_from=days,
    is_point=st.booleans(),
)


@given(st.lists(tasks, max_size=5), st.dates())
def test_any_plan_is_a_whole_picture_inside_its_frame(given_tasks: Any, today: date) -> None:
    picture = drawn(*given_tasks, today=today)

    _x, _y, width, height = map(float, picture.attrib["viewBox"].split())
    for each in picture.iter(f"{SVG}rect"):
        x, wide = float(each.attrib["x"]), float(each.attrib["width"])
        assert x >= -0.1
        # The shortest bar is three units wide, at the last day too.
        assert x + wide <= width + 3
        assert 0 <= float(each.attrib["y"]) <= height
    assert height >= 20
