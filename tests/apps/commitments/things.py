"""Commitments, made through the same actions that people's deeds go through."""

from __future__ import annotations

from datetime import date
from typing import Any

from kembar.apps.accounts.models import User
from kembar.apps.commitments import actions
from kembar.apps.commitments.models import Commitment, Turn
from kembar.apps.commitments.turning import Told
from kembar.apps.kit.text import Text
from kembar.apps.ties.models import Tie
from kembar.engines.dates import PartialDate

TODAY = date(2026, 11, 17)


def a_commitment(
    tie: Tie, what: str | Text = "Send salt experts", *, by: User | None = None, **fields: Any
) -> Commitment:
    """Return a new commitment of the partner; without an audience it is for its own region only."""
    values: dict[str, Any] = {
        "made_by": "partner",
        "firmness": "promise",
        "way": "visit",
        **{
            name: PartialDate.parse(value) if name in ("due", "said_on") and value else value
            for name, value in fields.items()
        },
    }
    text = Text(en=what) if isinstance(what, str) else what
    commitment = Commitment(tie=tie, what=text, **values)
    actions.add_commitment(commitment, by=by)
    return commitment


def it_became(commitment: Commitment, kind: str, *, by: User | None = None, **said: Any) -> Turn:
    """Record what became of a commitment, as it stands now."""
    commitment.refresh_from_db()
    values: dict[str, Any] = {"reason": Text(en="As the minutes say."), **said}
    told = Told(kind, PartialDate.parse(values.pop("on", "2026-11-16")), **values)
    return actions.record_turn(commitment, told, seen=commitment.version, today=TODAY, by=by)
