"""The desk of those who look after many cases: what each one misses, and on whom it waits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kembar.apps.accounts.models import User, rights_of
from kembar.apps.accounts.rights import Role, within
from kembar.apps.cases import powers, words
from kembar.apps.cases.models import Case, Entry, PinnedRulebook, Sub
from kembar.apps.cases.standing import book_of, log_of, party_told, procedure_of
from kembar.apps.cases.waiting import as_text, home_offices, of_region
from kembar.apps.kit.paging import Page, page_of
from kembar.apps.kit.text import Text, listed
from kembar.engines.procedure.joining import Party, Procedure

STATES = {
    "": _("Running"),
    "waiting": _("Handed in, or sent back to be mended"),
    "idle": _("Nothing is under way"),
    "signed": _("Signed"),
    "closed": _("Closed"),
    "all": _("All"),
}
# Of what was said of a case, on the page of its reviewer.
SAID = 10
COMPLETE = {"": _("All"), "no": _("Something is missing"), "yes": _("Nothing is missing")}
ORDERS = {
    "": _("Most missing first"),
    "waiting": _("Longest waiting first"),
    "target": _("Target date"),
    "region": _("By region"),
}


@dataclass(frozen=True)
class Filters:
    """What a reader wants to see; empty: no matter."""

    region: str = ""
    on: str = ""
    state: str = ""
    complete: str = ""
    sub: str = ""
    mine: bool = False
    order: str = ""


@dataclass(frozen=True)
class Lacking:
    """What a closed gate misses of one act."""

    step: Text
    is_done: bool
    papers: Sequence[Text]


@dataclass(frozen=True)
class Line:
    """A case on the board."""

    case: Case
    done: int
    of: int
    missing: Sequence[str]
    waiting_on: Text | None
    waiting_days: int
    next_step: Text | None
    target_is_past: bool
    may_review: bool


@dataclass(frozen=True)
class Board:
    page: Page[Case]
    lines: Sequence[Line]
    authorities: Sequence[tuple[str, Text]]
    may_review: bool


def board(user: object, filters: Filters, today: date, number: int) -> Board:
    """Return one page of the cases that a person may read: as few questions for many as for one."""
    cases = _chosen(user, filters)
    page = page_of(_ordered(cases, filters.order), number, wide=True)
    return Board(
        page=page,
        lines=[line_of(case, user, today) for case in page.rows],
        authorities=_authorities(user),
        may_review=rights_of(user).may("cases.review"),
    )


def _chosen(user: object, filters: Filters) -> Any:
    cases = Case.objects.visible_to(user).named()
    if filters.state == "closed":
        cases = cases.exclude(closed="")
    elif filters.state == "signed":
        cases = cases.filter(signed_on__isnull=False)
    elif filters.state != "all":
        cases = cases.running()
    if filters.state == "waiting":
        cases = cases.filter(waiting_since__isnull=False)
    elif filters.state == "idle":
        cases = cases.filter(waiting_since=None)
    if filters.region:
        cases = cases.filter(of_region(filters.region))
    if filters.on:
        cases = cases.filter(_waits_on(filters.on))
    if filters.complete:
        cases = cases.filter(missing=0) if filters.complete == "yes" else cases.exclude(missing=0)
    if filters.sub in Sub.values:
        cases = cases.filter(sub=filters.sub)
    if filters.mine:
        cases = cases.annotate(lies=as_text("pending")).filter(_waits_on_offices_of(user))
    return cases


def _waits_on(authority: str) -> Q:
    """Return the condition that a case waits on an authority, "id-ksdpl:id-dprd"."""
    code, _colon, actor = authority.partition(":")
    return Q(home_book__code=code, waiting_on=f"home:{actor}") | Q(
        partner_book__code=code, waiting_on=f"partner:{actor}"
    )


def _waits_on_offices_of(user: object) -> Q:
    """Return the condition that something lies with the offices for which this person decides.

    A ministry decides what is handed in to the ministries, a head his own acts.
    """
    condition = Q(pk__in=[])
    for role, region in rights_of(user).held:
        kinds = powers.DECIDES.get(Role(role))
        if not kinds:
            continue
        with_them = Q(pk__in=[])
        for told in home_offices(kinds):
            with_them |= Q(lies__contains=f'"{told}"')
        reach = within("tie__home__code", [region])
        if role == Role.HEAD:
            # A head decides for his own region only; a ministry for all below it.
            reach = Q(tie__home__code=region)
        condition |= reach & with_them & ~Q(side="partner")
    return condition


def _ordered(cases: Any, order: str) -> Any:
    if order == "waiting":
        return cases.order_by(F("waiting_since").asc(nulls_last=True), "pk")
    if order == "target":
        return cases.order_by(F("target").asc(nulls_last=True), "pk")
    if order == "region":
        return cases.order_by("tie__home__code", "tie__partner__code", "pk")
    return cases.order_by("-missing", F("waiting_since").asc(nulls_last=True), "pk")


def _authorities(user: object) -> list[tuple[str, Text]]:
    """Return the authorities on which some case waits that a person may read, by name."""
    rows = (
        Case.objects.visible_to(user)
        .running()
        .exclude(waiting_on="")
        .order_by()
        .values_list("waiting_on", "home_book", "partner_book")
        .distinct()
    )
    books = PinnedRulebook.objects.defer("text").in_bulk()
    found: dict[str, Text] = {}
    for told, home, partner in rows:
        party = party_told(told)
        pinned = books[partner if party.side == "partner" else home]
        book = book_of(pinned)
        if party.actor in book.actors:
            found[f"{book.code}:{party.actor}"] = words.text(book.actors[party.actor].name)
    return sorted(found.items(), key=lambda pair: str(pair[1]))


@dataclass(frozen=True)
class ToAnswer:
    """What was handed in to the reader's own office, and where he answers it."""

    step: Text
    since: date | None
    days: int
    done_path: str
    returned_path: str
    wrote_it_himself: bool


@dataclass(frozen=True)
class ReviewPage:
    """A case as a reviewer looks at it: what it lacks, what awaits his answer, what was said."""

    lacks: Sequence[Lacking]
    answers: Sequence[ToAnswer]
    remarks: Sequence[Entry]


def review_page(case: Case, user: User, today: date) -> ReviewPage:
    """Return what a reviewer needs to ask back, to approve or to remark."""
    procedure = procedure_of(case)
    log = log_of(case)
    answers = []
    for code, state, since, _on in case.pending:
        act = procedure.act(code)
        if act is None or state != "waiting" or not powers.decides(user, case, procedure, act):
            continue
        day = date.fromisoformat(since) if since else None
        answers.append(
            ToAnswer(
                words.act_name(act),
                day,
                max((today - day).days, 0) if day else 0,
                reverse("cases:record", args=[case.pk, act.code, "done"]),
                reverse("cases:record", args=[case.pk, act.code, "returned"]),
                powers.wrote_it_himself(user, case, procedure, act, log),
            )
        )
    said = [each for each in reversed(log) if each.kind in ("noted", "returned") and each.text]
    return ReviewPage(list(lacking(procedure, case.stands)), answers, said[:SAID])


def line_of(case: Case, user: object, today: date) -> Line:
    """Return a case as a line of a board: it needs the names that `named` reads."""
    procedure = procedure_of(case)
    act = procedure.act(case.next_act)
    since = case.waiting_since
    return Line(
        case=case,
        done=case.stands.get("done", 0),
        of=case.stands.get("of", 0),
        missing=[_told(lack) for lack in lacking(procedure, case.stands)],
        waiting_on=_party_name(procedure, case.waiting_on),
        waiting_days=max((today - since).days, 0) if since else 0,
        next_step=words.act_name(act) if act else None,
        target_is_past=bool(case.target and case.target < today and not case.signed_on),
        may_review=not case.closed and powers.may_review(user, case),
    )


def _told(lack: Lacking) -> str:
    """Return what is missing of an act in one line; fifty cases with eight each are many."""
    papers = listed(map(str, lack.papers))
    return f"{lack.step}: {papers}" if papers else str(lack.step)


def lacking(procedure: Procedure, stands: Mapping[str, Any]) -> Iterator[Lacking]:
    """Yield what the closed gates of a case miss, each act once."""
    seen: dict[str, tuple[bool, dict[str, None]]] = {}
    for lacks in stands.get("missing", {}).values():
        for code, done, papers in lacks:
            is_done, known = seen.setdefault(code, (done, {}))
            known.update(dict.fromkeys(papers))
            seen[code] = (is_done and done, known)
    for code, (is_done, papers) in seen.items():
        act = procedure.act(code)
        name = words.act_name(act) if act else Text(en=code)
        yield Lacking(name, is_done, [words.paper_name(procedure, each) for each in papers])


def _party_name(procedure: Procedure, told: str) -> Text | None:
    if not told:
        return None
    party: Party = party_told(told)
    actor = procedure.book(party.side).actors.get(party.actor)
    return words.text(actor.name) if actor else Text(en=party.actor)
