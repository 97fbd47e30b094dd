"""Cases of the invented nation: the establishment of each tie, as far as chance got it.

What is recorded follows the rulebooks' order, so that the engine finds nothing wrong with it, but
nothing of it happened.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from itertools import count
from random import Random
from typing import Any

from kembar.apps.cases.actions import pin_shipped
from kembar.apps.cases.models import Case, Entry, PinnedRulebook, Returned
from kembar.apps.cases.standing import procedure_of, put, records_of
from kembar.apps.cases.words import title_of
from kembar.apps.kit.text import Text
from kembar.apps.ties.models import Tie
from kembar.engines.procedure import catalog
from kembar.engines.procedure.joining import Procedure
from kembar.engines.procedure.standing import stand
from kembar.site.nation import DAY, ORIGIN

HOME_BOOK = "id-ksdpl"
BY = Text(id="Petugas buatan", zh="虚构人员", en="Invented officer")
# How long an invented office takes, at most.
STEP_DAYS = 45


class Casework:
    """Makes cases with their logs, in the order of their keys."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.case_keys, self.entry_keys = count(1), count(1)
        self.books: dict[str, PinnedRulebook] = {}

    def of(self, ties: Iterable[Tie]) -> Iterator[tuple[Case, list[Entry]]]:
        for tie in ties:
            yield self._case(tie)

    def _book(self, code: str) -> PinnedRulebook:
        if code not in self.books:
            self.books[code] = pin_shipped(code)
        return self.books[code]

    def _case(self, tie: Tie) -> tuple[Case, list[Entry]]:
        theirs = catalog.for_tie(tie.partner.country, tie.kind, "first")
        case = Case(
            pk=next(self.case_keys),
            tie=tie,
            home_book=self._book(HOME_BOOK),
            partner_book=self._book(theirs) if theirs else None,
            opened_on=DAY - timedelta(days=self.rng.randrange(60, 2500)),
            owner_id=tie.owner_id,
            audience=tie.audience,
            origin=ORIGIN,
        )
        procedure = procedure_of(case)
        entries = self._log(case, procedure)
        put(case, procedure, stand(procedure, records_of(entries)))
        return case, entries

    def _log(self, case: Case, procedure: Procedure) -> list[Entry]:
        """Return what was recorded: all acts up to one, which perhaps waits or came back."""
        entries: list[Entry] = []
        day = case.opened_on

        def add(kind: str, code: str = "", **fields: Any) -> None:
            entries.append(self._entry(case, procedure, len(entries) + 1, kind, code, day, fields))

        for rule in procedure.rules.values():
            if rule.check == "answer" and (rule.severity == "block" or self.rng.random() < 0.5):
                add("answered", key=rule.ask, value=rule.want)
        if self.rng.random() < 0.6:
            goal = DAY + timedelta(days=self.rng.randrange(-200, 500))
            add("dated", key="target", value=goal.isoformat())
        acts = list(procedure.steps.values())
        for act in acts[: self.rng.randrange(len(acts) + 1)]:
            later = day + timedelta(days=self.rng.randrange(STEP_DAYS))
            if later >= DAY:
                break
            day = later
            add("asked", act.code)
            if self.rng.random() < 0.1:
                add("returned", act.code, reason=self.rng.choice(Returned.values))
                if self.rng.random() < 0.2:
                    break
                add("asked", act.code)
            if self.rng.random() < 0.08:
                break
            add("done", act.code, papers=list(act.yields))
        return entries

    def _entry(
        self,
        case: Case,
        procedure: Procedure,
        number: int,
        kind: str,
        code: str,
        day: date,
        fields: Mapping[str, Any],
    ) -> Entry:
        return Entry(
            pk=next(self.entry_keys),
            case=case,
            number=number,
            kind=kind,
            on=day,
            step=code,
            title=title_of(procedure, kind, code, fields.get("key", "")),
            person_name=BY,
            at=datetime(day.year, day.month, day.day, 3, tzinfo=UTC),
            **fields,
        )
