"""What a table of commitments says: its columns, and a row as it was understood."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kembar.apps.commitments.models import Commitment, Firmness, Side, State, Way
from kembar.apps.commitments.turning import Kind, Told
from kembar.apps.kit.wishes import Fates, TableWish
from kembar.apps.ties.models import Sector, Tie
from kembar.engines.dates import PartialDate

Say = Promise | str
ORIGIN = "import"
EMPTIES = ("-", "–", "—")
"""What is written into a cell to empty what is stored."""

# Column: what to write in it. The template carries these as notes.
COLUMNS: dict[str, Say] = {
    "home_code": gettext_lazy("Code of the home region, such as ID-NT. Required."),
    "home": gettext_lazy("Its name, to read by; it is used if the code is missing."),
    "partner_code": gettext_lazy("Code of the partner region, such as CN-JX. Required."),
    "partner": gettext_lazy("Its name, to read by; it is used if the code is missing."),
    "cycle": gettext_lazy("2 if the two regions began again after an end; empty means 1."),
    "number": gettext_lazy("Number in the register of the tie; empty for a new promise."),
    "version": gettext_lazy("Leave it: by it we see what others changed since you downloaded."),
    "what": gettext_lazy("What is promised. Required for a new one."),
    "made_by": gettext_lazy("home, partner or both. Required for a new one."),
    "made_by_words": gettext_lazy("Who promised: the post or body, as it was named."),
    "made_to": gettext_lazy("To whom."),
    "firmness": gettext_lazy(
        "wish, interest, intent, promise or obligation. Required for a new one."
    ),
    "way": gettext_lazy(
        "article, visit, letter, speech, meeting or other. Required for a new one."
    ),
    "article": gettext_lazy("Article, if it stands in a text."),
    "said_on": gettext_lazy("When it was said: a year, month or day."),
    "owner": gettext_lazy("Post that keeps it, as in the list of posts."),
    "due": gettext_lazy("Until when: a year, month or day."),
    "measure": gettext_lazy("By what anybody sees that it is done."),
    "sector": gettext_lazy("Key of a sector, such as salt."),
    "state": gettext_lazy(
        "open, renegotiated, kept, partly, broken, lapsed or withdrawn. Say beside it why."
    ),
    "became": gettext_lazy("If you change the state: the reason, or what was done."),
    "became_on": gettext_lazy("If you change the state: on which day; empty means today."),
    "source_url": gettext_lazy("Web address where it is written."),
}
TEXTS = ("what", "made_by_words", "made_to", "measure")
CHOICES: dict[str, type[models.TextChoices]] = {
    "made_by": Side,
    "firmness": Firmness,
    "way": Way,
    "sector": Sector,
    "state": State,
}
DATES = ("said_on", "due")
# In the order in which a reader meets them; `source` is written as `source_url`.
FIELDS = (
    *("what", "made_by", "made_by_words", "made_to", "firmness", "way", "article", "said_on"),
    *("owner", "due", "measure", "sector", "state", "source"),
)
NEEDED = ("what", "made_by", "firmness", "way")
COLUMN_OF = {"source": "source_url"}
# The turn that leads to each state.
KIND_OF: dict[str, str] = {
    State.OPEN: Kind.REOPENED,
    **{str(kind): kind for kind in Kind if kind != Kind.REOPENED},
}
# What of a turn is wrong, by the column that says it.
COLUMN_OF_PROBLEM = {"kind": "state", "on": "became_on", "reason": "became", "new_due": "due"}
# What the search knows of a commitment.
SEARCHED = {"what", "made_by_words", "made_to", "article", "state"}


@dataclass(frozen=True, slots=True)
class Conflict:
    """A cell that was changed in the table, and by somebody else since the table was made."""

    column: str
    mine: str
    now: str
    # None if nobody can tell any more.
    then: str | None

    def sentence(self) -> str:
        facts = {"now": self.now or "–", "then": self.then or "–", "mine": self.mine or "–"}
        if self.then is None:
            return _("It is “%(now)s” now, your table says “%(mine)s”.") % facts
        return (
            _("Somebody changed it from “%(then)s” to “%(now)s”; your table says “%(mine)s”.")
            % facts
        )


@dataclass(slots=True)
class Wish(TableWish):
    """One row as it was understood."""

    tie: Tie | None = None
    number: int | None = None
    version: int | None = None
    # What the cells say, by field.
    values: dict[str, Any] = field(default_factory=dict)
    became: str = ""
    became_on: PartialDate | None = None
    commitment: Commitment | None = None
    # What would be written, by field; the conflicts are among it if they are taken.
    setting: dict[str, Any] = field(default_factory=dict)
    conflicts: list[Conflict] = field(default_factory=list)
    conflicting: dict[str, Any] = field(default_factory=dict)
    turn: Told | None = None
    told: list[dict[str, Any]] = field(default_factory=list)

    @property
    def label(self) -> str:
        cells = self.row.cells
        what = cells.get("what", "") or (str(self.commitment) if self.commitment else "")
        tie = str(self.tie) if self.tie else f"{cells.get('home_code', '')} {cells.get('home', '')}"
        return f"{tie} · {self.number or _('new')} · {what[:100]}"

    @property
    def may_be_chosen(self) -> bool:
        """Whether nothing but the changes of others stands against it."""
        return bool(self.conflicts) and len(self.problems) == len(self.conflicts)


@dataclass
class Plan(Fates[Wish]):
    """What a table would do, row by row."""

    wishes: list[Wish]
    unknown_columns: list[str]
    language: str
    today: date

    @property
    def digest(self) -> str:
        """A hash of all that would be done: loading does only what was shown."""
        doing = [
            [
                wish.row.number,
                wish.fate,
                wish.tie and wish.tie.pk,
                wish.number,
                wish.commitment and wish.commitment.version,
                wish.told,
                [[each.column, each.mine, each.now, each.then] for each in wish.conflicts],
            ]
            for wish in self.wishes
        ]
        return hashlib.sha256(json.dumps(doing, default=str).encode()).hexdigest()

    def contested(self) -> list[Wish]:
        """Return the rows that are refused only for what others changed since."""
        return [wish for wish in self.wishes if wish.may_be_chosen]
