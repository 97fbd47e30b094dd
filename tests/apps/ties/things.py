"""Ties and what hangs on them, made through the same actions that people's deeds go through."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from typing import Any

from kembar.apps.accounts.models import User
from kembar.apps.kit.text import Text
from kembar.apps.ledger.actions import add_evidence, add_source, judge
from kembar.apps.ledger.models import Claim, Evidence, Judgement, Source
from kembar.apps.regions.models import Region
from kembar.apps.ties import actions
from kembar.apps.ties.models import Event, Kind, Participant, Tie
from kembar.engines.dates import PartialDate

NAMES = {
    "ID-NT": Text(id="Nusa Tenggara Timur", zh="东努沙登加拉省", en="East Nusa Tenggara"),
    "ID-BA": Text(id="Bali", zh="巴厘省", en="Bali"),
    "CN-JX": Text(id="Jiangxi", zh="江西省", en="Jiangxi"),
    "CN-ZJ": Text(id="Zhejiang", zh="浙江省", en="Zhejiang"),
}
DATES = ("on", "until", "target", "next_by", "waiting_since", "renewal", "said_on", "dated")
_numbers = count(1)


def _read(fields: dict[str, Any]) -> dict[str, Any]:
    """Read dates and texts that are given as plain words."""
    return {
        name: PartialDate.parse(value) if name in DATES and isinstance(value, str) else value
        for name, value in fields.items()
    }


def a_region(code: str = "ID-NT", **fields: Any) -> Region:
    """Return the region of that code, made if there is none yet."""
    values = {
        "country": code[:2],
        "level": Region.Level.CITY if "." in code else Region.Level.FIRST,
        "name": NAMES.get(code) or Text(en=code.split(".")[-1].replace("-", " ").title()),
        **fields,
    }
    region, _new = Region.objects.get_or_create(code=code, defaults=values)
    return region


def a_tie(
    *, between: tuple[str, str] = ("ID-NT", "CN-JX"), by: User | None = None, **fields: Any
) -> Tie:
    """Return a new tie; without an audience it is for its own region only."""
    home, partner = (a_region(code) for code in between)
    values = {"kind": Kind.SISTER_PROVINCE, **_read(fields)}
    tie = Tie(home=home, partner=partner, **values)
    actions.create_tie(tie, by=by)
    return tie


def a_person_there(name: str, side: str = "partner", post: Text | None = None) -> Participant:
    return Participant(name=name, side=side, post=post or Text())


def an_event(
    tie: Tie,
    title: str | Text = "Meeting in Kupang",
    *,
    on: str = "2025-11-17",
    people: Sequence[Participant] = (),
    sources: Sequence[Source] = (),
    contradicts: Sequence[Event] = (),
    by: User | None = None,
    **fields: Any,
) -> Event:
    """Return a new event on a tie; without an audience it is for its own region only."""
    text = Text(en=title) if isinstance(title, str) else title
    values = {"kind": Event.Kind.MEETING, **_read({"on": on, **fields})}
    event = Event(tie=tie, title=text, **values)
    parts = actions.EventParts(
        participants=list(people), sources=list(sources), contradicts=list(contradicts)
    )
    actions.add_event(event, parts, by=by)
    return event


def a_source(publisher: str = "", *, owner_code: str = "ID-NT", **fields: Any) -> Source:
    number = next(_numbers)
    values = {"address": f"https://example.org/{number}", **_read(fields)}
    source = Source(publisher=publisher or f"Paper {number}", owner_code=owner_code, **values)
    add_source(source, by=None)
    return source


def a_claim(
    tie: Tie,
    statement: str | Text = "The MoU is signed.",
    *,
    evidence: Sequence[Source] = (),
    verdict: str = "",
    **fields: Any,
) -> Claim:
    """Return a new claim on a tie, judged if a verdict is given."""
    text = Text(en=statement) if isinstance(statement, str) else statement
    claim = Claim(statement=text, **_read(fields))
    actions.add_claim_to(tie, claim, by=None)
    for source in evidence:
        piece = Evidence(claim=claim, source=source, bearing=Evidence.Bearing.SUPPORTS)
        add_evidence(piece, by=None)
    if verdict:
        judge(claim, judgement=Judgement(verdict), reasoning=Text(en="Seen."), by=None)
    return claim
