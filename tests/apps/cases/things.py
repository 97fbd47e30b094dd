"""Cases and their logs, made through the same actions that people's deeds go through."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from kembar.apps.accounts.models import User
from kembar.apps.cases import actions
from kembar.apps.cases.models import Case, Side, Sub
from kembar.apps.kit.files import keep
from kembar.apps.kit.text import Text
from kembar.apps.ties.models import Tie

PDF = b"%PDF-1.7\n%%EOF\n"
OPENED = date(2026, 1, 5)
TODAY = date(2026, 11, 30)


def a_case(tie: Tie, *, by: User | None = None, **fields: Any) -> Case:
    """Return a new case under the newest rulebooks of Indonesia and China."""
    travels = fields.get("sub") == Sub.TRAVEL
    values = {
        "home_book": actions.pin_shipped("id-ksdpl"),
        "partner_book": None if travels else actions.pin_shipped("cn-youhao"),
        "opened_on": OPENED,
        "side": Side.HOME if travels else "",
        **fields,
    }
    case = Case(tie=tie, **values)
    actions.open_case(case, by=by)
    return Case.objects.named().get(pk=case.pk)


def a_paper(code: str, content: bytes = PDF) -> actions.Paper:
    name = f"{code}.pdf"
    return actions.Paper(code, keep(iter([content]), name), name)


def told(
    kind: str,
    step: str = "",
    on: str | date = "2026-02-02",
    *,
    papers: Iterable[str] = (),
    reason: str = "",
    text: str = "",
    **fields: Any,
) -> actions.Told:
    day = date.fromisoformat(on) if isinstance(on, str) else on
    return actions.Told(
        kind,
        day,
        step,
        reason,
        Text(en=text),
        papers=[a_paper(code) for code in papers],
        **fields,
    )


def tell(case: Case, *entries: actions.Told, by: User | None = None) -> actions.Recorded:
    """Record one entry after the other, each on the case as it stands then."""
    for each in entries:
        last = actions.record(case, each, seen=case.version, today=TODAY, by=by)
    return last


def answers(*pairs: tuple[str, str], on: str = "2026-01-06") -> list[actions.Told]:
    return [told("answered", on=on, key=key, value=value) for key, value in pairs]


def to_the_letter() -> list[actions.Told]:
    """Return all that the shipped rulebooks ask up to the letter of intent, with its papers."""
    return [
        *answers(("relations", "yes"), ("own-competence", "yes")),
        told("done", "id-eligibility", "2026-01-07", papers=["eligibility-note"]),
        told("done", "id-initiative", "2026-01-08", papers=["initiative-memo"]),
        told("done", "id-exploration", "2026-01-20", papers=["exploration-report"]),
        told("done", "cn-eligibility", "2026-01-09", papers=["cn-eligibility-note"]),
        told("done", "cn-sounding", "2026-01-16", papers=["cn-opinion"]),
        told("done", "loi", "2026-01-30", papers=["loi"]),
    ]


def to_the_draft() -> list[actions.Told]:
    """Return what the home side does from the plan to the talks on the text."""
    return [
        told("done", "id-workplan", "2026-02-10", papers=["rks"]),
        told("asked", "id-dprd", "2026-02-12", papers=["letter-to-council"]),
        told("done", "id-dprd", "2026-03-12", papers=["dprd-decision"]),
        told("asked", "id-verification", "2026-03-16", papers=["letter-to-ministry"]),
        told("done", "id-verification", "2026-04-06", papers=["verification-result"]),
        told("done", "id-draft", "2026-04-20", papers=["draft-text"]),
        *answers(("representative-office", "no"), on="2026-04-20"),
        told("done", "id-text-talks", "2026-05-04", papers=["agreed-draft"]),
    ]
