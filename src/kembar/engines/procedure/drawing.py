"""A procedure as a picture: two lanes, order to the right, what is done, due and waited for.

The home side's acts lie above, the partner's below, what both do together across the two. An act
stands right of all that must come before it. What is too wide is folded like lines of a text.
The texts come from the caller; nothing here knows a language, a day or a rulebook's law.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from graphlib import TopologicalSorter
from itertools import pairwise
from typing import Final, Literal, get_args

from kembar.engines.charts.svg import (
    SMALL,
    TEXT,
    box,
    dot,
    fit,
    legible,
    length,
    line,
    path,
    picture,
    text_width,
    write,
)
from kembar.engines.procedure.model import Rulebook, Sub

Side = Literal["home", "partner", "both"]
State = Literal["not_yet", "open", "waiting", "returned", "done", "skipped", "overridden"]

WIDTH: Final = 1280.0
"""Units of a picture's width: a desk's screen, and an A3 sheet that lies on its side."""

_MARGIN: Final = 36.0  # left and right of a band, where folded arrows leave and enter
_PITCH: Final = 152.0  # the least from one column to the next: words of three syllables fit
_GUTTER: Final = 40.0
_WIDEST: Final = 200.0  # of a box
_PAD: Final = 8.0
_ROW: Final = 16.0  # from one line of a label to the next
_NOTE: Final = 15.0
_GAP: Final = 12.0  # between boxes of one column
_LANE: Final = 24.0  # above or below a lane's boxes: its name
_BETWEEN: Final = 16.0  # the lanes
_WIRE: Final = 14.0  # what an arrow that passes a column needs of its height
_LABEL_LINES: Final = 3
_NOTE_LINES: Final = 4
_GATE: Final = 18.0  # before a box: room for its bar
_STATES: Final = get_args(State)
_NOW: Final = frozenset({"open", "waiting", "returned"})
_BEHIND: Final = frozenset({"done", "skipped", "overridden"})
_TONE: Final[Mapping[str, str]] = {
    "open": "chart-heat-10",
    "done": "chart-heat-1",
    "overridden": "chart-heat-1",
    "waiting": "chart-heat-3",
    "returned": "chart-heat-3",
}
# What is drawn on the disc at a box's corner, about its middle.
_MARKS: Final[Mapping[str, str]] = {
    "done": "M-3.6 .2L-1 2.8L3.8 -2.8",
    "waiting": "M0 -4.4L0 .4L3.2 2",
    "returned": "M3.8 2.6L3.8 -1.2L-3.4 -1.2M-.6 -4.2L-3.6 -1.2L-.6 1.8",
    "skipped": "M-3.6 0L3.6 0",
    "overridden": "M0 -4.2L0 .8M0 3.6L0 3.7",
}
_SPOT: Final = re.compile(r"([ML])(-?[\d.]+) (-?[\d.]+)")
# No line of Chinese or Japanese begins with these.
_NEVER_FIRST: Final = frozenset("，。、；：！？）」』》〉】…·")


@dataclass(frozen=True)
class Box:
    """An act.

    Attributes
    ----------
    code
        Unique in a picture.
    label
        Three lines of it are shown.
    side
    after
        Codes of acts that come before; those that the picture lacks are left out.
    state
    note
        A day, or on whom it waits since when: four lines, as the last one says since when.
    critical
        Whether it lies on the critical chain.
    gate
        "closed" or "open" if a gate stands before it.
    waits
        Codes of acts that its gate waits for.
    """

    code: str
    label: str
    side: Side
    after: tuple[str, ...] = ()
    state: State = "not_yet"
    note: str = ""
    critical: bool = False
    gate: Literal["", "closed", "open"] = ""
    waits: tuple[str, ...] = ()


@dataclass(frozen=True)
class Labels:
    """The words of a picture, in the reader's language.

    Attributes
    ----------
    home, partner
        Names of the two sides.
    present
        What stands at the line between what is behind and what is ahead, such as "now"; no line
        if it is empty.
    target
        What stands at the flag after the act that is aimed at; no flag if it is empty.
    states
        What each state is called in the key.
    critical, gate
        What the key calls them.
    """

    home: str
    partner: str = ""
    present: str = ""
    target: str = ""
    states: Mapping[State, str] = field(default_factory=dict)
    critical: str = ""
    gate: str = ""


def lanes(
    boxes: Sequence[Box],
    *,
    labels: Labels,
    title: str,
    description: str,
    target: str = "",
    width: float = WIDTH,
) -> str:
    """Return the picture of a procedure as SVG text.

    Parameters
    ----------
    boxes
        The acts of both sides, in any order that has no ring.
    labels
    title, description
        What a screen reader says.
    target
        Code of the act that is aimed at, after which the flag stands; the last column if empty.
    width
        In units; columns that do not fit are folded into another band below.

    Raises
    ------
    graphlib.CycleError
        If acts wait for each other; no rulebook that was read has that.
    """
    if not boxes:
        return picture("lanes", [], width=width, height=20, title=title, description=description)
    plan = _Layout(boxes, width, now=bool(labels.present), target=target if labels.target else None)
    parts: list[str] = []
    for band in plan.bands:
        parts += _ground(plan, band, labels)
        parts += _now(plan, band, labels.present)
        parts += _flag(plan, band, labels.target)
        # The critical chain lies over the others.
        for one, other in sorted(plan.edges, key=plan.is_critical):
            parts += _arrow(plan, band, one, other)
        for each in plan.boxes.values():
            if plan.band_of(plan.column[each.code]) is band:
                parts += _box(plan, band, each)
    keyed, height = _key(plan, labels)
    return picture(
        "lanes", [*parts, *keyed], width=width, height=height, title=title, description=description
    )


# Where everything stands -------------------------------------------------------------------

_Lane = Literal["home", "partner"]


@dataclass(frozen=True)
class _Slot:
    """Room in a column of a lane: of a box, or of an arrow that passes by."""

    one: str
    other: str = ""

    @property
    def is_wire(self) -> bool:
        return bool(self.other)


@dataclass(frozen=True)
class _Band:
    """Columns that stand side by side, and where their lanes begin and end."""

    first: int
    last: int
    head: float
    lane_top: Mapping[_Lane, float]
    lane_height: Mapping[_Lane, float]

    @property
    def top(self) -> float:
        return self.lane_top["home"] - _LANE

    @property
    def bottom(self) -> float:
        if "partner" in self.lane_top:
            return self.lane_top["partner"] + self.lane_height["partner"] + _LANE
        return self.lane_top["home"] + self.lane_height["home"] + _GAP


class _Layout:
    """Columns by the longest path, rows by what crosses least, and the sizes of it all."""

    def __init__(
        self, boxes: Sequence[Box], width: float, *, now: bool, target: str | None
    ) -> None:
        self.boxes = {each.code: each for each in boxes}
        self.width = width
        alone = all(each.side == "home" for each in boxes)
        self.lanes: tuple[_Lane, ...] = ("home",) if alone else ("home", "partner")
        before = {
            each.code: {c for c in (*each.after, *each.waits) if c in self.boxes} for each in boxes
        }
        order = tuple(TopologicalSorter(before).static_order())
        self.edges = _needed(order, before)
        self.column = _columns(order, self.edges)
        count = max(self.column.values()) + 1
        most = max(1, math.floor((width - 2 * _MARGIN + _GUTTER) / _PITCH))
        self.per_band = math.ceil(count / math.ceil(count / most))
        self.pitch = (width - 2 * _MARGIN + _GUTTER) / self.per_band
        self.box_width = min(self.pitch - _GUTTER, _WIDEST)
        self.box_height = max(self._needs(each) for each in boxes)
        self.slots = self._slots(order)
        self.frontier = {lane: self._frontier(lane) for lane in self.lanes} if now else {}
        self.goal = count - 1 if target == "" else self.column.get(target or "")
        self.bands: list[_Band] = []
        for first in range(0, count, self.per_band):
            self.bands.append(self._band(first, min(first + self.per_band, count) - 1))

    @property
    def inner(self) -> float:
        return self.box_width - 2 * _PAD

    def _needs(self, each: Box) -> float:
        label, note = len(self.label(each)), len(self.note(each))
        return 2 * _PAD + label * _ROW + (4 + note * _NOTE if note else 0)

    def _slots(self, order: Sequence[str]) -> dict[tuple[_Lane, int], list[_Slot]]:
        """Return what stands in each column of each lane, from the top down."""
        found: dict[tuple[_Lane, int], list[_Slot]] = {}
        for code in order:
            for lane in self.lanes:
                if self.boxes[code].side in (lane, "both"):
                    found.setdefault((lane, self.column[code]), []).append(_Slot(code))
        for one, other in self.edges:
            for n in range(self.column[one] + 1, self.column[other]):
                found.setdefault((self.lane_of(one, other), n), []).append(_Slot(one, other))
        last = max(self.column.values())
        for sweep in range(6):
            rightward = sweep % 2 == 0
            for n in range(last + 1) if rightward else range(last, -1, -1):
                for lane in self.lanes:
                    if slots := found.get((lane, n)):
                        there = found.get((lane, n - 1 if rightward else n + 1), [])
                        found[lane, n] = self._sorted(slots, there, lane)
        return found

    def _sorted(self, slots: Sequence[_Slot], there: Sequence[_Slot], lane: _Lane) -> list[_Slot]:
        """Return a column's slots nearest to what they are joined to in the next one."""
        place = {slot: at - (len(there) - 1) / 2 for at, slot in enumerate(there)}

        def wanted(item: tuple[int, _Slot]) -> tuple[int, float]:
            at, slot = item
            both = not slot.is_wire and self.boxes[slot.one].side == "both"
            # What both sides do lies at the border of the lanes.
            rank = (1 if lane == "home" else -1) if both else 0
            joined = [place[each] for each in self._joined(slot) if each in place]
            return rank, sum(joined) / len(joined) if joined else at - (len(slots) - 1) / 2

        return [slot for _at, slot in sorted(enumerate(slots), key=wanted)]

    def _joined(self, slot: _Slot) -> Iterator[_Slot]:
        if slot.is_wire:
            yield from (slot, _Slot(slot.one), _Slot(slot.other))
            return
        for one, other in self.edges:
            if slot.one in (one, other):
                yield from (_Slot(one), _Slot(other), _Slot(one, other))

    def _frontier(self, lane: _Lane) -> int | None:
        """Return the column before which now lies: none if nothing began on that side."""
        mine = [each for each in self.boxes.values() if each.side in (lane, "both")]
        if due := [self.column[each.code] for each in mine if each.state in _NOW]:
            return min(due)
        past = [self.column[each.code] for each in mine if each.state in _BEHIND]
        return max(past) + 1 if past else None

    def _band(self, first: int, last: int) -> _Band:
        high = {
            lane: max(self._tall(lane, n) for n in range(first, last + 1)) for lane in self.lanes
        }
        end = last == max(self.column.values())
        there = range(first, last + 2 if end else last + 1)
        # Now of the partner alone is written below his lane, as his name is.
        has_now = self.frontier.get(self.lanes[0]) in there
        has_goal = self.goal is not None and first <= self.goal <= last
        head = _ROW * (has_now + has_goal) + (4 if has_now or has_goal else 0)
        top = self.bands[-1].bottom + _ROW if self.bands else 0.0
        tops: dict[_Lane, float] = {"home": top + head + _LANE}
        if "partner" in self.lanes:
            tops["partner"] = tops["home"] + high["home"] + 2 * _GAP + _BETWEEN
        return _Band(first, last, head, tops, high)

    def _size(self, slot: _Slot) -> float:
        return _WIRE if slot.is_wire else self.box_height

    def _tall(self, lane: _Lane, n: int) -> float:
        slots = self.slots.get((lane, n), [])
        return sum(self._size(slot) for slot in slots) + _GAP * max(len(slots) - 1, 0)

    def lane_of(self, one: str, other: str) -> _Lane:
        """Return the lane through which an arrow runs."""
        sides = {self.boxes[one].side, self.boxes[other].side}
        return "partner" if "partner" in sides and "home" not in sides else "home"

    def is_critical(self, edge: tuple[str, str]) -> bool:
        return all(self.boxes[code].critical for code in edge)

    def label(self, each: Box) -> list[str]:
        return wrapped(each.label, self.inner, TEXT, _LABEL_LINES)

    def note(self, each: Box) -> list[str]:
        return wrapped(each.note, self.inner, SMALL, _NOTE_LINES)

    def lanes_of(self, code: str, lane: _Lane) -> _Lane:
        """Return the lane in which an arrow of a lane meets a box."""
        side = self.boxes[code].side
        return lane if side == "both" else side

    def band_of(self, n: int) -> _Band:
        return self.bands[n // self.per_band]

    def x(self, n: int) -> float:
        """Return the left of a column's boxes."""
        spare = (self.pitch - _GUTTER - self.box_width) / 2
        return _MARGIN + n % self.per_band * self.pitch + spare

    def y(self, lane: _Lane, n: int, wanted: _Slot) -> float:
        """Return the middle of a slot; a column's slots stand in the middle of their lane."""
        band, slots = self.band_of(n), self.slots[lane, n]
        high = sum(self._size(slot) for slot in slots) + _GAP * (len(slots) - 1)
        at = band.lane_top[lane] + (band.lane_height[lane] - high) / 2
        for slot in slots[: slots.index(wanted)]:
            at += self._size(slot) + _GAP
        return at + self._size(wanted) / 2


def _columns(order: Sequence[str], edges: Sequence[tuple[str, str]]) -> dict[str, int]:
    """Return the column of each act: as early as can be, then as near to what follows."""
    column: dict[str, int] = {}
    following: dict[str, list[str]] = {code: [] for code in order}
    preceding: dict[str, list[str]] = {code: [] for code in order}
    for one, other in edges:
        following[one].append(other)
        preceding[other].append(one)
    for code in order:
        column[code] = max((column[each] + 1 for each in preceding[code]), default=0)
    for code in reversed(order):
        if following[code] and len(preceding[code]) <= len(following[code]):
            column[code] = min(column[each] for each in following[code]) - 1
    return column


def _needed(order: Sequence[str], before: Mapping[str, set[str]]) -> list[tuple[str, str]]:
    """Return the pairs that no chain of others says already, as arrows are drawn for these."""
    far: dict[str, set[str]] = {}
    found = []
    for code in order:
        beyond: set[str] = (
            set().union(*(far[each] for each in before[code])) if before[code] else set()
        )
        found += [(each, code) for each in order if each in before[code] - beyond]
        far[code] = beyond | before[code]
    return found


def wrapped(text: str, room: float, size: float, most: int) -> list[str]:
    """Return a text in lines that fit, cut with … where there are more than so many.

    Latin is parted at spaces, Chinese and Japanese between any two signs.
    """
    lines: list[str] = []
    held = ""
    for piece in _pieces(legible(text)):
        if not held or text_width(f"{held}{piece}".rstrip(), size) <= room:
            held = f"{held}{piece}".lstrip()
            continue
        lines.append(held.rstrip())
        held = piece.lstrip()
    if held.strip():
        lines.append(held.rstrip())
    if len(lines) > most:
        # A sign too many, so that the cut is seen even where the rest would just fit.
        rest = f"{' '.join(lines[most - 1 :])}{'W' * 40}"
        lines = [*lines[: most - 1], rest]
    return [fit(each, room, size) for each in lines]


def _pieces(text: str) -> Iterator[str]:
    """Yield what a line may be broken after."""
    held = ""
    signs = [*" ".join(text.split())]
    for at, sign in enumerate(signs):
        held += sign
        after = signs[at + 1] if at + 1 < len(signs) else ""
        wide = ord(sign) > 0x2E7F or (after and ord(after) > 0x2E7F)
        if sign in " -/" or (wide and after not in _NEVER_FIRST and sign not in "（「『《〈【"):
            yield held
            held = ""
    if held:
        yield held


# Drawing -----------------------------------------------------------------------------------


def _ground(plan: _Layout, band: _Band, labels: Labels) -> Iterator[str]:
    """Yield the lanes with their names: home's at the top, the partner's at the bottom."""
    names = {"home": labels.home, "partner": labels.partner}
    spots = _spots(plan, band)
    for lane in plan.lanes:
        edge = band.lane_top[lane] - (_LANE if lane == "home" else _GAP)
        tall = band.lane_height[lane] + _LANE + _GAP
        base = edge + SMALL + 4 if lane == "home" else edge + tall - 8
        yield box(0, edge, plan.width, tall, "chart-empty")
        yield box(0, edge, 3, tall, f"chart-{lane}")
        x, room = 12.0, plan.width - 24
        said = fit(names[lane], room)
        # The line of now would strike the name out: then the name begins behind it.
        cut = spots.get(lane, next(iter(spots.values()), 0.0) if lane == "home" else 0.0)
        if cut > x - 4 and cut < x + text_width(said, TEXT) + 4:
            x, said = cut + 8, fit(names[lane], room - cut + 4)
        yield write(x, base, said, f"chart-name chart-{lane}")


def _spots(plan: _Layout, band: _Band) -> dict[_Lane, float]:
    """Return where now lies in each lane of a band; nothing of lanes where it does not."""
    spots: dict[_Lane, float] = {}
    for lane, n in plan.frontier.items():
        if n is None:
            continue
        if band.first <= n <= band.last:
            spots[lane] = plan.x(n) - (plan.pitch - plan.box_width) / 2
        elif n == band.last + 1 == max(plan.column.values()) + 1:
            spots[lane] = plan.x(band.last) + (plan.pitch + plan.box_width) / 2
    return {lane: min(max(x, 1.0), plan.width - 1) for lane, x in spots.items()}


def _now(plan: _Layout, band: _Band, said: str) -> Iterator[str]:
    """Yield the line between what is behind and what is ahead, for each lane of a band."""
    middle = band.bottom
    if "partner" in plan.lanes:
        middle = band.lane_top["partner"] - _GAP - _BETWEEN / 2
    spots = _spots(plan, band)
    if not spots:
        return
    first = next(iter(spots))
    # Where the home side's now lies in another band, a line through its lane would be untrue.
    alone = first == "partner" and "home" in plan.lanes
    upper = band.lane_top["partner"] - _GAP if alone else band.top - 3
    for lane, x in spots.items():
        top = upper if lane == first else middle
        yield line(x, top, x, middle if lane == "home" else band.bottom, "chart-now")
    if len(set(spots.values())) == 2:
        yield line(spots["home"], middle, spots["partner"], middle, "chart-now")
    text = fit(said, plan.width / 2, SMALL)
    x = spots[first]
    beyond = x + text_width(text, SMALL) > plan.width
    y = band.bottom + SMALL if alone else upper - 3
    yield write(x, y, text, "chart-small chart-in", anchor="end" if beyond else "start")


def _flag(plan: _Layout, band: _Band, said: str) -> Iterator[str]:
    """Yield the flag after the act that is aimed at."""
    if plan.goal is None or not band.first <= plan.goal <= band.last:
        return
    x = min(plan.x(plan.goal) + plan.box_width + 8, plan.width - 12)
    top = band.top - band.head
    yield line(x, top + 2, x, band.bottom, "chart-goal")
    yield path(f"M{length(x)} {length(top + 2)}L{length(x + 10)} {length(top + 7)}"
               f"L{length(x)} {length(top + 12)}Z", "chart-tip-critical")  # fmt: skip
    text = fit(said, x - 8, SMALL)
    yield write(x - 6, top + SMALL, text, "chart-small chart-in chart-head", anchor="end")


def _arrow(plan: _Layout, band: _Band, one: str, other: str) -> Iterator[str]:
    """Yield what of an arrow lies in a band: round the boxes, from band to band by the margins."""
    start, end = plan.column[one], plan.column[other]
    if end < band.first or start > band.last:
        return
    lane = plan.lane_of(one, other)
    kind = "-critical" if plan.is_critical((one, other)) else ""
    points: list[tuple[float, float]] = []
    for n in range(max(start, band.first), min(end, band.last) + 1):
        if n == start:
            y = plan.y(plan.lanes_of(one, lane), n, _Slot(one))
            points.append((plan.x(n) + plan.box_width, y))
        elif n == end:
            y = plan.y(plan.lanes_of(other, lane), n, _Slot(other))
            points.append((plan.x(n) - (_GATE if plan.boxes[other].gate else 1), y))
        else:
            y = plan.y(lane, n, _Slot(one, other))
            points += [(plan.x(n), y), (plan.x(n) + plan.box_width, y)]
    if start < band.first:
        points.insert(0, (4, points[0][1]))
    if end > band.last:
        points.append((plan.width - 5, points[-1][1]))
    (x, y), *_ = reversed(points)
    drawn = f"M{length(points[0][0])} {length(points[0][1])}"
    for (x1, y1), (x2, y2) in pairwise([*points[:-1], (x - 6, y)]):
        drawn += _bend(x1, y1, x2, y2)
    yield path(drawn, f"chart-link{kind}")
    yield path(f"M{length(x)} {length(y)}L{length(x - 8)} {length(y - 4)}"
               f"L{length(x - 8)} {length(y + 4)}Z", f"chart-tip{kind}")  # fmt: skip


def _bend(x1: float, y1: float, x2: float, y2: float) -> str:
    """Return the way from one spot to the next: straight, or in an S without corners."""
    if abs(y1 - y2) < 0.05:
        return f"L{length(x2)} {length(y2)}"
    half = (x1 + x2) / 2
    return f"C{length(half)} {length(y1)} {length(half)} {length(y2)} {length(x2)} {length(y2)}"


def _box(plan: _Layout, band: _Band, each: Box) -> Iterator[str]:
    n = plan.column[each.code]
    x, wide = plan.x(n), plan.box_width
    spots = [
        plan.y(lane, n, _Slot(each.code)) for lane in plan.lanes if each.side in (lane, "both")
    ]
    top, tall = spots[0] - plan.box_height / 2, spots[-1] - spots[0] + plan.box_height
    if each.gate:
        yield from _gate(x - _GATE + 5, top, tall, is_open=each.gate == "open")
    yield from _shape(each, x, top, wide, tall, f"{each.label} – {each.note}".rstrip("– "))
    label, note = plan.label(each), plan.note(each)
    high = len(label) * _ROW + (len(note) * _NOTE + 3 if note else 0)
    y = top + (tall - high) / 2 + TEXT
    ink = "chart-on" if each.state == "open" else "chart-in"
    for text in label:
        yield write(x + _PAD + 2, y, text, f"{ink} chart-head" if each.state in _NOW else ink)
        y += _ROW
    for text in note:
        yield write(x + _PAD + 2, y + 2, text, f"chart-small {ink}")
        y += _NOTE


def _shape(
    each: Box, x: float, top: float, wide: float, tall: float, note: str = ""
) -> Iterator[str]:
    """Yield the box itself: its fill, its edge and, on its corner, the mark of its state."""
    halves = ((0.0, 0.5, "home"), (0.5, 1.0, "partner")) if each.side == "both" else (
        (0.0, 1.0, each.side),
    )  # fmt: skip
    yield box(x, top, wide, tall, "chart-sheet")
    for start, end, role in halves:
        part = top + tall * start, tall * (end - start)
        if tone := _TONE.get(each.state):
            yield box(x, part[0], wide, part[1], f"{tone} chart-{role}")
        yield box(x, part[0], 4, part[1], f"chart-{role}")
    kind = "chart-act"
    if each.state == "skipped":
        kind += " chart-act-skipped"
    elif each.state == "overridden":
        kind += " chart-act-overridden"
    if each.critical:
        kind += " chart-act-critical"
    yield box(x, top, wide, tall, kind, note)
    if drawn := _MARKS.get(each.state):
        yield from _mark(each, x + wide - 3, top + 3, drawn)


def _mark(each: Box, x: float, y: float, drawn: str) -> Iterator[str]:
    role = "other" if each.side == "both" or each.state == "skipped" else each.side
    kind = "chart-alarm" if each.state == "overridden" else f"chart-{role}"
    yield dot(x, y, 8, f"chart-dot {kind}")
    # The drawing is of pairs of numbers round the middle of the disc.
    spots = [
        f"{letter}{length(x + float(across))} {length(y + float(down))}"
        for letter, across, down in _SPOT.findall(drawn)
    ]
    yield path("".join(spots), "chart-mark")


def _gate(x: float, top: float, tall: float, *, is_open: bool) -> Iterator[str]:
    """Yield a bar before a box, which is broken in the middle once it is open."""
    if not is_open:
        yield box(x, top, 4, tall, "chart-gate")
        return
    yield box(x, top, 4, tall * 0.28, "chart-gate")
    yield box(x, top + tall * 0.72, 4, tall * 0.28, "chart-gate")


def _key(plan: _Layout, labels: Labels) -> tuple[list[str], float]:
    """Return what the looks mean, of those that the picture has, and the height of it all."""
    there = {each.state for each in plan.boxes.values()}
    entries: list[tuple[str, str]] = [
        (state, labels.states[state]) for state in _STATES if state in there & labels.states.keys()
    ]
    if labels.critical and any(each.critical for each in plan.boxes.values()):
        entries.append(("critical", labels.critical))
    if labels.gate and any(each.gate for each in plan.boxes.values()):
        entries.append(("gate", labels.gate))
    parts: list[str] = []
    x, y = 0.0, plan.bands[-1].bottom + 16
    for what, said in entries:
        text = fit(said, plan.width - 40, SMALL)
        needed = 34 + text_width(text, SMALL)
        if x and x + needed > plan.width:
            x, y = 0.0, y + 24
        parts += _swatch(what, x, y)
        parts.append(write(x + 34, y + 12, text, "chart-small"))
        x += needed + 22
    return parts, y + 22 if entries else plan.bands[-1].bottom + _ROW


def _swatch(what: str, x: float, y: float) -> Iterator[str]:
    if what == "critical":
        yield path(f"M{length(x)} {length(y + 8)}L{length(x + 18)} {length(y + 8)}",
                   "chart-link-critical")  # fmt: skip
        yield path(f"M{length(x + 26)} {length(y + 8)}L{length(x + 18)} {length(y + 4)}"
                   f"L{length(x + 18)} {length(y + 12)}Z", "chart-tip-critical")  # fmt: skip
    elif what == "gate":
        yield box(x + 12, y, 4, 16, "chart-gate")
    else:
        state = next(each for each in _STATES if each == what)
        yield from _shape(Box("", "", "home", state=state), x, y, 24, 16)


# A rulebook as it stands ---------------------------------------------------------------------


def boxes_of(
    home: Rulebook, partner: Rulebook | None = None, *, sub: Sub, language: str
) -> tuple[Box, ...]:
    """Return the acts of one procedure of one or two books, nothing of them begun.

    Parameters
    ----------
    home, partner
    sub
        Which of their procedures.
    language
        Of the names.
    """
    sides: list[tuple[Literal["home", "partner"], Rulebook]] = [("home", home)]
    if partner:
        sides.append(("partner", partner))
    shared: set[str] = set()
    if partner:
        ours, theirs = (
            {step.joint for step in book.steps.values() if step.joint and step.sub == sub}
            for book in (home, partner)
        )
        shared = ours & theirs
    found: dict[str, Box] = {}
    for side, book in sides:
        acts = {
            code: step.joint if step.joint in shared else code for code, step in book.steps.items()
        }
        acts |= {step.joint: acts[code] for code, step in book.steps.items() if step.joint}
        gates: dict[str, list[str]] = {}
        for gate in book.gates.values():
            held = gates.setdefault(acts[gate.opens], [])
            held += [acts[each] for each in gate.waits]
        for code, step in book.steps.items():
            if step.sub != sub:
                continue
            act, waits = acts[code], tuple(gates.get(acts[code], ()))
            after = tuple(acts[each] for each in step.after)
            name = step.name.get(language) or step.name["en"]
            if act in found:
                one = found[act]
                waits = (*one.waits, *waits)
                found[act] = replace(
                    one, after=(*one.after, *after), waits=waits, gate="closed" if waits else ""
                )
                continue
            found[act] = Box(
                act,
                name,
                "both" if act in shared else side,
                after,
                gate="closed" if waits else "",
                waits=waits,
            )
    return tuple(found.values())
