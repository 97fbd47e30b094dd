"""Questions about regions for tests."""

from __future__ import annotations

from typing import Any

from kembar.engines.scouting.partners import Candidates, prepare
from kembar.engines.scouting.question import Known, Question


def asked(
    home: str = "ID-NT", among: str = "CN", known: Known | None = None, **rest: Any
) -> Candidates:
    """Return the candidates of a question; `among` is words parted by blanks."""
    return prepare(Question(home, tuple(among.split()), **rest), known)


def codes_of(notices: Any) -> list[str]:
    return [each.code for each in notices]
