"""The few shapes that all pictures are made of, as SVG text.

Nothing here has a colour: shapes carry classes, and a style sheet gives these their look.
All lengths are units of the viewBox. The same input gives the same text.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, Literal, TypeGuard, get_args

Role = Literal["home", "partner", "other"]
"""Whose shape it is: the home region's, the partner's, or anybody's."""
ROLES: Final[tuple[Role, ...]] = get_args(Role)

Number = Callable[[float], str]
"""How the reader's language writes a number."""

WIDTH: Final = 400.0
"""Units of a picture's width: text of 13 is still 10 px on a telephone of 320 px."""
TEXT: Final = 13.0
SMALL: Final = 12.0

_NOT_IN_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SPACES: Final = re.compile(r"\s+")
_THIN: Final = frozenset("iljtfrI.,:;'|!()[] ’‘·")
_BROAD: Final = frozenset("wGOQDHNUCAVX&")
_BROADEST: Final = frozenset("mMW@%—…")


def plain_number(value: float) -> str:
    """Return a number in three digits, for those who give no language."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def plain_percent(share: float) -> str:
    """Return a share from 0 to 1 in whole per cent, for those who give no language."""
    return f"{share:.0%}"


def legible(text: str) -> str:
    """Return a text with � for each sign that XML forbids: control characters, half pairs."""
    return _NOT_IN_XML.sub("\ufffd", text)


def escape(text: str) -> str:
    """Return a text for XML; line ends become spaces."""
    text = _SPACES.sub(" ", legible(text))
    for sign, name in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;")):
        text = text.replace(sign, name)
    return text


def known(value: float | None) -> TypeGuard[float]:
    """Whether there is a number."""
    return value is not None and math.isfinite(value)


def length(value: float) -> str:
    """Return a length to a tenth of a unit, as short as can be."""
    text = f"{value:.1f}"
    return "0" if text == "-0.0" else text.removesuffix(".0")


def text_width(text: str, size: float = TEXT) -> float:
    """Return about how wide a text is; a little too wide rather than too narrow."""
    return size * sum(_sign_width(sign) for sign in legible(text))


def _sign_width(sign: str) -> float:
    if sign in _THIN:
        return 0.36
    if sign in _BROADEST:
        return 0.98
    if sign in _BROAD:
        return 0.8
    if sign.isascii():
        return 0.6
    if unicodedata.combining(sign):
        return 0.0
    # What lies beyond the East Asian signs is rare, and how wide it is depends on the font.
    is_wide = ord(sign) > 0x2E80 or unicodedata.east_asian_width(sign) in "WFA"
    return 1.0 if is_wide else 0.75


def fit(text: str, room: float, size: float = TEXT) -> str:
    """Return a text cut to a width, with … where something is missing."""
    text = _SPACES.sub(" ", legible(text)).strip()
    if text_width(text, size) <= room:
        return text
    kept, used = "", text_width("…", size)
    for sign in text:
        used += size * _sign_width(sign)
        if used > room:
            break
        kept += sign
    return f"{kept.rstrip()}…" if kept else ""


def line(x1: float, y1: float, x2: float, y2: float, kind: str) -> str:
    ends = f'x1="{length(x1)}" y1="{length(y1)}" x2="{length(x2)}" y2="{length(y2)}"'
    return f'<line class="{kind}" {ends}/>'


def box(x: float, y: float, width: float, height: float, kind: str, note: str = "") -> str:
    """Return a rectangle; the note shows at the pointer."""
    head = (
        f'<rect class="{kind}" x="{length(x)}" y="{length(y)}"'
        f' width="{length(max(width, 0))}" height="{length(max(height, 0))}"'
    )
    return f"{head}><title>{escape(note)}</title></rect>" if note else f"{head}/>"


def dot(x: float, y: float, radius: float, kind: str, note: str = "") -> str:
    """Return a disc; the note shows at the pointer."""
    head = f'<circle class="{kind}" cx="{length(x)}" cy="{length(y)}" r="{length(radius)}"'
    return f"{head}><title>{escape(note)}</title></circle>" if note else f"{head}/>"


def curve(points: Iterable[tuple[float, float | None]], kind: str) -> str:
    """Return a line through points; where one has no height, the line has a gap."""
    runs: list[list[str]] = [[]]
    for x, y in points:
        if y is None or not math.isfinite(y):
            runs.append([])
        else:
            runs[-1].append(f"{length(x)} {length(y)}")
    # A point between two gaps is a line without length; round ends show it as a dot.
    drawn = ["M" + "L".join(run if len(run) > 1 else run * 2) for run in runs if run]
    return path("".join(drawn), kind)


def path(drawn: str, kind: str) -> str:
    return f'<path class="{kind}" d="{drawn}"/>' if drawn else ""


def write(x: float, y: float, text: str, kind: str = "", *, anchor: str = "start") -> str:
    """Return a text whose base line is at y; anchor: start, middle or end."""
    if not text:
        return ""
    said = f' class="{kind}"' if kind else ""
    where = "" if anchor == "start" else f' text-anchor="{anchor}"'
    return f'<text{said} x="{length(x)}" y="{length(y)}"{where}>{escape(text)}</text>'


def picture(
    kind: str, parts: Iterable[str], *, width: float, height: float, title: str, description: str
) -> str:
    """Return the whole picture; title and description are what a screen reader says."""
    said = f"<title>{escape(title)}</title><desc>{escape(description)}</desc>"
    return (
        f'<svg class="chart chart-{kind}" xmlns="http://www.w3.org/2000/svg" role="img"'
        f' viewBox="0 0 {length(width)} {length(height)}">{said}{"".join(parts)}</svg>'
    )


def key(entries: Sequence[tuple[Role, str]], *, y: float, width: float) -> tuple[list[str], float]:
    """Return swatches with their names from a base line on, and the base line below them."""
    parts: list[str] = []
    x = 0.0
    for role, name in entries:
        said = fit(name, width - 16, SMALL)
        needed = 16 + text_width(said, SMALL)
        if x and x + needed > width:
            x, y = 0.0, y + 17
        parts.append(box(x, y - 9, 10, 10, f"chart-{role}"))
        parts.append(write(x + 16, y, said, "chart-small"))
        x += needed + 14
    return parts, y + 17


def ticks(low: float, high: float, wanted: int = 4) -> list[float]:
    """Return round numbers from at or below `low` to at or above `high`.

    Examples
    --------
    >>> ticks(3, 27)
    [0.0, 10.0, 20.0, 30.0]
    """
    span = max(high - low, 1e-9)
    raw = span / (wanted + 1)
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(each * power for each in (1, 2, 5, 10) if each * power >= raw * 0.999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(each * step, 10) + 0.0 for each in range(first, last + 1)]


def numbered(names: Sequence[str], *, start: float, step: float) -> Iterator[tuple[float, str]]:
    """Yield each name with its place along an axis."""
    return ((start + step * at, name) for at, name in enumerate(names))
