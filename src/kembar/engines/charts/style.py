"""How the classes of the pictures look: by variables on a page, by colours in a file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from kembar.engines.charts.svg import SMALL, TEXT

LIGHT: Final[Mapping[str, str]] = {
    "ink": "#1c2230",
    "soft": "#5b6270",
    "line": "#e4e0d6",
    "edge": "#8a8778",
    "wash": "#f3f0e8",
    "sheet": "#ffffff",
    "home": "#9c3f26",
    "partner": "#1d4491",
    "false": "#8f2440",
    "text": '"Noto Sans", "Noto Sans SC", sans-serif',
}
"""The day's colours of tokens.css."""


# How full a shape is. Text stands on those from `FULL` on in the colour of the sheet, on the
# others in ink; tests/engines/charts sees that both can be read, by day and by night.
TONES: Final = (0.5, 0.6, 0.7, 0.85, 1.0)
PARTS: Final = (1.0, 0.45, 0.28, 0.18, 0.1, 0.06)
HEAT: Final = (0.0, 0.08, 0.14, 0.2, 0.26, 0.32, 0.38, 0.44, 0.9, 0.95, 1.0)
FULL: Final = 0.9


def _steps(name: str, what: str, shares: tuple[float, ...]) -> str:
    return "\n".join(
        f".chart-{name}-{at} {{ {what}: {share:g}; }}" for at, share in enumerate(shares)
    )


# Simple selectors and long names only: what draws SVG outside of a browser knows no others.
RULES: Final = f"""\
.chart text {{ font-family: var(--text); font-size: {TEXT:g}px; fill: var(--ink); }}
.chart .chart-small {{ font-size: {SMALL:g}px; fill: var(--soft); }}
.chart .chart-head {{ font-weight: 600; }}
.chart .chart-in {{ fill: var(--ink); }}
.chart .chart-on {{ fill: var(--sheet); }}
.chart .chart-name.chart-home {{ fill: var(--home); font-weight: 600; }}
.chart .chart-name.chart-partner {{ fill: var(--partner); font-weight: 600; }}
.chart-map .chart-name {{ stroke: var(--sheet); stroke-width: 3px; stroke-linejoin: round; \
paint-order: stroke; }}
.chart-home {{ fill: var(--home); }}
.chart-partner {{ fill: var(--partner); }}
.chart-other {{ fill: var(--soft); }}
.chart-dot {{ stroke: var(--sheet); stroke-width: 1px; }}
.chart-spots {{ fill: none; stroke: var(--soft); stroke-linecap: round; }}
.chart-land {{ fill: none; stroke: var(--edge); stroke-opacity: 0.5; stroke-linecap: round; }}
.chart-outline {{ fill: none; stroke: var(--edge); stroke-width: 1px; stroke-linejoin: round; }}
.chart-outline.chart-home {{ stroke: var(--home); }}
.chart-outline.chart-partner {{ stroke: var(--partner); }}
.chart-leader {{ stroke: var(--edge); stroke-width: 0.8px; }}
.chart-grid {{ stroke: var(--line); stroke-width: 1px; }}
.chart-axis {{ stroke: var(--edge); stroke-width: 1px; }}
.chart-line {{ fill: none; stroke: var(--soft); stroke-width: 2.4px; stroke-linecap: round; \
stroke-linejoin: round; }}
.chart-line.chart-home {{ stroke: var(--home); }}
.chart-line.chart-partner {{ stroke: var(--partner); stroke-dasharray: 7 4; }}
.chart-ring {{ fill: none; stroke: var(--soft); stroke-width: 1.4px; }}
.chart-ring.chart-home {{ stroke: var(--home); }}
.chart-ring.chart-partner {{ stroke: var(--partner); }}
.chart-range {{ stroke: var(--soft); stroke-width: 3px; stroke-linecap: round; }}
.chart-range.chart-home {{ stroke: var(--home); }}
.chart-range.chart-partner {{ stroke: var(--partner); }}
.chart-empty {{ fill: var(--wash); }}
.chart-against {{ fill: none; stroke: var(--edge); stroke-width: 1.4px; }}
.chart-unknown {{ fill: none; stroke: var(--soft); stroke-width: 1.2px; }}
.chart-sheet {{ fill: var(--sheet); }}
.chart-act {{ fill: none; stroke: var(--edge); stroke-width: 0.8px; }}
.chart-act-skipped {{ stroke-dasharray: 4 3; }}
.chart-act-overridden {{ stroke: var(--false); stroke-width: 1.6px; stroke-dasharray: 4 2; }}
.chart-act-critical {{ stroke: var(--ink); stroke-width: 2px; }}
.chart-alarm {{ fill: var(--false); }}
.chart-mark {{ fill: none; stroke: var(--sheet); stroke-width: 1.8px; stroke-linecap: round; \
stroke-linejoin: round; }}
.chart-link {{ fill: none; stroke: var(--edge); stroke-width: 1.2px; }}
.chart-link-critical {{ fill: none; stroke: var(--ink); stroke-width: 2.4px; }}
.chart-tip {{ fill: var(--edge); }}
.chart-tip-critical {{ fill: var(--ink); }}
.chart-gate {{ fill: var(--ink); }}
.chart-now {{ stroke: var(--ink); stroke-width: 1.2px; stroke-dasharray: 5 4; }}
.chart-goal {{ stroke: var(--ink); stroke-width: 1.2px; }}
{_steps("tone", "opacity", TONES)}
{_steps("part", "fill-opacity", PARTS)}
{_steps("heat", "fill-opacity", HEAT)}
"""


def standalone(svg: str, palette: Mapping[str, str] = LIGHT) -> str:
    """Return a picture with the rules in it and colours for their variables, as a file needs.

    Parameters
    ----------
    svg
        What one of the functions of this package gave.
    palette
        A colour for each variable, and the fonts for `text`.
    """
    rules = re.sub(r"var\(--([a-z-]+)\)", lambda found: palette[found[1]], RULES)
    head, body = svg.split(">", 1)
    return f"{head}><style>{rules}</style>{body}"
