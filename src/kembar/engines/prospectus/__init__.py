"""A prospectus: what a province offers to investors, in Chinese and English side by side.

Parts: `sheet` says what stands in it, `typesetting` makes the file, `prospectus.typ` is its look.
"""

from kembar.engines.prospectus.sheet import (
    Both,
    Fact,
    Paper,
    Part,
    Reference,
    Rung,
    Sheet,
    readable,
)
from kembar.engines.prospectus.typesetting import Printed, as_pdf

__all__ = [
    "Both",
    "Fact",
    "Paper",
    "Part",
    "Printed",
    "Reference",
    "Rung",
    "Sheet",
    "as_pdf",
    "readable",
]
