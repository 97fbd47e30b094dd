"""Pictures as SVG text: for pages, whose style sheet gives the colours, and for files.

Plain numbers in, text out. Nothing in a picture is a script, a style or a colour of its own.

    >>> from kembar.engines import charts
    >>> bar = charts.Stack("Hainan", [charts.Part("Am", 0.62), charts.Part("Aw", 0.38)])
    >>> charts.shares([bar], title="Climate", description="Köppen classes")[:36]
    '<svg class="chart chart-shares" xmln'
"""

from kembar.engines.charts.bars import (
    Chance,
    Part,
    Stack,
    contributions,
    heat,
    ranks,
    shares,
)
from kembar.engines.charts.columns import Series, columns
from kembar.engines.charts.gantt import Task, gantt
from kembar.engines.charts.maps import Dot, Outline, Window, around, dot_map
from kembar.engines.charts.months import Year, months
from kembar.engines.charts.style import LIGHT, RULES, standalone
from kembar.engines.charts.svg import Number, Role, legible, plain_number, plain_percent

__all__ = [
    "LIGHT",
    "RULES",
    "Chance",
    "Dot",
    "Number",
    "Outline",
    "Part",
    "Role",
    "Series",
    "Stack",
    "Task",
    "Window",
    "Year",
    "around",
    "columns",
    "contributions",
    "dot_map",
    "gantt",
    "heat",
    "legible",
    "months",
    "plain_number",
    "plain_percent",
    "ranks",
    "shares",
    "standalone",
]
