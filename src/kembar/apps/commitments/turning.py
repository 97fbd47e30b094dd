"""What may become of a commitment, and what must be said of it: rules without a database."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kembar.apps.commitments.models import LIVE, Commitment, State, Turn
from kembar.apps.kit.files import Kept
from kembar.apps.kit.text import Text
from kembar.apps.ledger.models import Source
from kembar.engines.dates import PartialDate

Kind = Turn.Kind

# The state that each turn leads to.
STATE_AFTER: dict[str, State] = {
    Kind.KEPT: State.KEPT,
    Kind.PARTLY: State.PARTLY,
    Kind.RENEGOTIATED: State.RENEGOTIATED,
    Kind.BROKEN: State.BROKEN,
    Kind.LAPSED: State.LAPSED,
    Kind.WITHDRAWN: State.WITHDRAWN,
    Kind.REOPENED: State.OPEN,
}
# The turns for which a source or a file may speak without a word.
SHOWN_BY_EVIDENCE = (Kind.KEPT, Kind.PARTLY)


def offered(state: str) -> list[str]:
    """Return the turns that a commitment in this state may take, the happiest first."""
    if state in LIVE:
        return [
            *(Kind.KEPT, Kind.PARTLY, Kind.RENEGOTIATED, Kind.BROKEN, Kind.LAPSED),
            Kind.WITHDRAWN,
        ]
    if state == State.PARTLY:
        return [Kind.KEPT, Kind.REOPENED, Kind.RENEGOTIATED, Kind.WITHDRAWN]
    return [Kind.REOPENED] if state == State.WITHDRAWN else [Kind.REOPENED, Kind.WITHDRAWN]


@dataclass(frozen=True)
class Told:
    """What somebody says became of a commitment."""

    kind: str
    on: PartialDate
    reason: Text = field(default_factory=Text)
    new_due: PartialDate | None = None
    new_what: Text = field(default_factory=Text)
    source: Source | None = None
    file: tuple[Kept, str] | None = None


NO_REASON = _("Give the reason: whoever reads this later was not there.")


def problems(commitment: Commitment, told: Told, today: date) -> Iterator[tuple[str, Promise, str]]:
    """Yield what speaks against a turn: the field, the sentence, and what it names."""
    if told.kind not in offered(commitment.state):
        yield "kind", _("Now it is “%(state)s”; this cannot become of it."), commitment.state
        return
    if told.on.first > today:
        yield "on", _("This day has not come yet."), ""
    if not told.reason:
        if told.kind not in SHOWN_BY_EVIDENCE:
            yield "reason", NO_REASON, ""
        elif told.source is None and told.file is None:
            yield "reason", _("Say what was done, or give the evidence."), ""
    if told.kind == Kind.RENEGOTIATED:
        same_due = told.new_due is None or str(told.new_due) == str(commitment.due or "")
        if same_due and told.new_what in (Text(), commitment.what):
            yield "new_due", _("Say what is new: the date, or what is promised."), ""
