"""What pages about cases read. The day is an argument; nothing here writes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from kembar.apps.accounts.inheritance import Inherited
from kembar.apps.accounts.models import Post, User, rights_of
from kembar.apps.cases import powers, telling, words
from kembar.apps.cases.models import (
    Case,
    CaseClaim,
    CasePaper,
    Entry,
    LimitSetting,
    Returned,
    Sub,
)
from kembar.apps.cases.picture import picture_of
from kembar.apps.cases.standing import (
    calendars_of,
    goal_of,
    lines_of,
    log_of,
    procedure_of,
    records_of,
)
from kembar.apps.kit.text import Text
from kembar.apps.ledger.models import Claim, Judgement
from kembar.apps.ties.models import Tie
from kembar.engines.procedure import dating
from kembar.engines.procedure.deciding import Problem, may
from kembar.engines.procedure.joining import Act, Party, Procedure
from kembar.engines.procedure.model import Basis, Gate, Limit, Record, Rule
from kembar.engines.procedure.plan import Dated, Plan, plan
from kembar.engines.procedure.rules import Finding, findings
from kembar.engines.procedure.standing import ActStand

ITSELF = "/"


def case_of(user: object, pk: int) -> Case:
    """Return a case that a person may read, ready for its page.

    Raises
    ------
    Case.DoesNotExist
        If there is none, or it is not for this reader; the two look the same to him.
    """
    related = Case.objects.visible_to(user).named()
    return related.select_related("owner__office").get(pk=pk)


def cases_of(user: object, tie: Tie) -> list[Case]:
    """Return what a list names of the cases of a tie that a person may read, the newest first."""
    cases = Case.objects.visible_to(user).filter(tie=tie)
    return list(cases.only("sub", "title", "opened_on", "closed").order_by("-pk"))


def main_of(cases: Sequence[Case]) -> Case | None:
    """Return the case that the tab of a tie shows: the one that establishes it, if any does."""
    establishing = [case for case in cases if case.sub == Sub.ESTABLISH]
    running = [case for case in establishing if not case.closed]
    return next(iter((*running, *establishing, *cases)), None)


def reads_log(user: object, case: Case) -> bool:
    """Return whether a person reads the log and the files of a case, not only where it stands."""
    return rights_of(user).may("ties.read_all", case.tie.home_id)


def limit_settings(countries: Iterable[str]) -> dict[str, dating.LimitSetting]:
    """Return the limits that this installation filled in, as the engine takes them."""
    found = LimitSetting.objects.filter(country__in=countries).select_related("source")
    return {
        one.key: dating.LimitSetting(
            one.days, "working" if one.count == "working" else "calendar", str(one.source)
        )
        for one in found
    }


def plan_of(case: Case, log: Iterable[Entry], today: date) -> Plan:
    """Return a case in time, as its log, both calendars and the limits filled in tell it."""
    procedure = procedure_of(case)
    countries = [book.country for book in procedure.books]
    return plan(
        procedure,
        records_of(log),
        today=today,
        calendars=calendars_of(case, procedure),
        settings=limit_settings(countries),
        opened=case.opened_on,
        goal=goal_of(case, procedure),
    )


# The case ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Duty:
    """What one office has to do now."""

    sentence: str
    act: str
    due: date | None
    late: str
    path: str


@dataclass(frozen=True)
class Doer:
    """An office, and what it has to do now, the most urgent first."""

    name: Text
    lane: str
    duties: Sequence[Duty]


@dataclass(frozen=True)
class Row:
    """An act in the list of all acts."""

    code: str
    name: Text
    lane: str
    state: str
    state_name: str
    note: str
    due: date | None
    late: str
    is_critical: bool
    gates: Sequence[str]
    overrides: int
    disputed: int
    path: str


@dataclass(frozen=True)
class Missing:
    """What a closed gate misses of one act."""

    name: Text
    is_done: bool
    papers: Sequence[Text]
    path: str


@dataclass(frozen=True)
class GateView:
    """A gate before an act: open, closed with what it lacks, or passed by an override."""

    key: str
    name: Text
    opens: Text
    lane: str
    state: str
    lacks: Sequence[Missing]
    basis: Sequence[Basis]


@dataclass(frozen=True)
class RuleView:
    """What a rule says of the case."""

    key: str
    sentence: Text
    severity: str
    severity_name: str
    state: str
    state_name: str
    lane: str
    question: Text
    answer: str
    answer_path: str
    passed: bool
    basis: Sequence[Basis]


@dataclass(frozen=True)
class OverrideView:
    """A block that somebody passed on purpose; it stays in sight for ever."""

    act: Text
    what: Text
    key: str
    on: date
    decided_by: str
    reason: Text
    person: str
    files: Sequence[CasePaper]
    path: str


@dataclass(frozen=True)
class CasePage:
    """Where a case stands, and what comes next."""

    case: Case
    procedure: Procedure
    plan: Plan
    is_own: bool
    sentence: str
    doers: Sequence[Doer]
    picture: SafeString
    rows: Sequence[Row]
    done: int
    gates: Sequence[GateView]
    pressing: Sequence[RuleView]
    rule_count: int
    overrides: Sequence[OverrideView]
    forecast: Sequence[str]
    unknown: Sequence[tuple[str, Text]]
    siblings: Sequence[Case]
    claims: Sequence[tuple[CaseClaim, Text]]
    without_step: Sequence[Entry]


def lane_of(case: Case, side: str) -> str:
    """Return whose lane a side of the procedure is; on the partner's trip he is the only one."""
    return "partner" if case.side == "partner" else side


def act_path(case: Case, code: str) -> str:
    return reverse("cases:act", args=[case.pk, code])


def case_page(case: Case, siblings: Sequence[Case], user: object, today: date) -> CasePage:
    """Return what the page of a case shows to this reader."""
    procedure = procedure_of(case)
    log = log_of(case)
    planned = plan_of(case, log, today)
    is_own = reads_log(user, case)
    claims = claims_of(case, user)
    critical = frozenset(planned.critical)
    found = findings(procedure, planned.stand)
    up_now = {*planned.stand.next, *planned.stand.waiting}
    return CasePage(
        case=case,
        procedure=procedure,
        plan=planned,
        is_own=is_own,
        sentence=telling.where_it_stands(case, procedure, planned),
        doers=() if case.closed else _doers(case, procedure, planned),
        picture=picture_of(case, procedure, planned),
        rows=_rows(case, procedure, planned, critical, claims),
        done=sum(act.is_over for act in planned.stand.acts.values()),
        gates=[gate_view(case, procedure, planned, key) for key in procedure.gates],
        pressing=[
            _rule_view(case, procedure, each, is_own)
            for each in found
            if each.state == "broken" or (each.state == "open" and each.rule.at in up_now)
        ],
        rule_count=len(found),
        overrides=_overrides(case, procedure, log, is_own),
        forecast=telling.forecast(case, procedure, planned),
        unknown=[(act_path(case, c), words.act_name(procedure.steps[c])) for c in planned.unknown],
        siblings=[other for other in siblings if other.pk != case.pk],
        claims=[
            (link, words.act_name(procedure.steps[link.step]))
            for link in claims
            if link.step in procedure.steps
        ],
        without_step=without_step(procedure, log) if is_own else (),
    )


def without_step(procedure: Procedure, log: Iterable[Entry]) -> list[Entry]:
    """Return the entries whose step the present version does not have: they stay in sight."""
    return [entry for entry in log if entry.step and procedure.act(entry.step) is None]


def claims_of(case: Case, user: object) -> list[CaseClaim]:
    """Return the claims about steps of a case that a person may read, each with its verdict."""
    readable: Any = Claim.objects.visible_to(user).standing().with_judgement()
    links = list(case.claims.order_by("pk"))
    seen = readable.in_bulk([link.claim_id for link in links]) if links else {}
    shown = [link for link in links if link.claim_id in seen]
    for link in shown:
        link.claim = seen[link.claim_id]
    return shown


def _doers(case: Case, procedure: Procedure, planned: Plan) -> list[Doer]:
    return [
        Doer(
            words.party_name(procedure, party),
            lane_of(case, party.side),
            [
                Duty(
                    telling.duty(one.deed, procedure.steps[one.act]),
                    one.act,
                    one.due,
                    telling.late(planned.acts[one.act]),
                    act_path(case, one.act),
                )
                for one in todos
            ],
        )
        for party, todos in sorted(planned.todo.items(), key=lambda pair: pair[0].side)
    ]


def _rows(
    case: Case,
    procedure: Procedure,
    planned: Plan,
    critical: frozenset[str],
    claims: Sequence[CaseClaim],
) -> list[Row]:
    stand = planned.stand
    passed: dict[str, int] = defaultdict(int)
    for each in stand.overrides:
        passed[each.act] += 1
    said: dict[str, int] = defaultdict(int)
    for link in claims:
        claim: Any = link.claim  # with its judgement, as `claims_of` reads it
        said[link.step] += claim.judgement != Judgement.CORROBORATED
    base = act_path(case, "-")[: -len("-/")]
    return [
        Row(
            code=code,
            name=words.act_name(act),
            lane=lane_of(case, act.side),
            state=stand.acts[code].state,
            state_name=telling.state_name(stand.acts[code].state),
            note=telling.note(procedure, act, stand.acts[code], planned.acts[code]),
            due=None if stand.acts[code].is_over else first_due(planned.acts[code]),
            late="" if stand.acts[code].is_over else telling.late(planned.acts[code]),
            is_critical=code in critical,
            gates=[key for key in act.gates if key in stand.lacking],
            overrides=passed[code],
            disputed=said[code],
            path=f"{base}{code}/",
        )
        for code, act in procedure.steps.items()
    ]


def first_due(dated: Dated) -> date | None:
    """Return the first day on which a limit of an act ends."""
    return min((each.day for each in dated.due if each.day), default=None)


def gate_view(case: Case, procedure: Procedure, planned: Plan, key: str) -> GateView:
    """Return a gate with what it lacks."""
    gate: Gate = procedure.gates[key]
    stand = planned.stand
    lacks = stand.lacking.get(key, ())
    passed = stand.is_passed(key, gate.opens)
    return GateView(
        key=key,
        name=words.text(gate.name),
        opens=words.act_name(procedure.steps[gate.opens]),
        lane=lane_of(case, procedure.side_of[key]),
        state="passed" if passed else "closed" if lacks else "open",
        lacks=[
            Missing(
                words.act_name(procedure.steps[lack.act]),
                lack.done,
                [words.paper_name(procedure, code) for code in lack.papers],
                act_path(case, lack.act),
            )
            for lack in lacks
        ],
        basis=gate.basis,
    )


def rule_views(
    case: Case, procedure: Procedure, planned: Plan, may_see_answers: bool, at: str = ""
) -> list[RuleView]:
    """Return what each rule says of a case, or only those of one act."""
    return [
        _rule_view(case, procedure, found, may_see_answers)
        for found in findings(procedure, planned.stand)
        if not at or at in _acts_of(found.rule)
    ]


def _acts_of(rule: Rule) -> tuple[str, ...]:
    return (rule.at, *rule.steps[1:]) if rule.check == "order" else (rule.at,)


def _rule_view(case: Case, procedure: Procedure, found: Finding, may_see_answers: bool) -> RuleView:
    rule = found.rule
    given = str(found.facts.get("answer", found.facts.get("number", "")))
    asks = rule.ask if rule.ask else ""
    return RuleView(
        key=found.key,
        sentence=words.text(rule.sentence),
        severity=rule.severity,
        severity_name=telling.severity_name(rule.severity),
        state=found.state,
        state_name=telling.finding_name(found),
        lane=lane_of(case, found.side),
        question=words.text(rule.question),
        answer=words.answer_label(procedure, asks, given) if given and may_see_answers else "",
        answer_path=reverse("cases:answer", args=[case.pk, asks]) if asks else "",
        passed=found.passed,
        basis=rule.basis,
    )


def _overrides(
    case: Case, procedure: Procedure, log: Sequence[Entry], is_own: bool
) -> list[OverrideView]:
    """Return every override that was ever recorded and not annulled, the oldest first."""
    annulled = {entry.key for entry in log if entry.kind == "annulled"}
    entries = [
        entry for entry in log if entry.kind == "overridden" and str(entry.number) not in annulled
    ]
    files = files_of(entries) if is_own and entries else {}
    return [
        OverrideView(
            act=words.act_name(act) if (act := procedure.act(entry.step)) else Text(en=entry.step),
            what=words.check_name(procedure, entry.key) if entry.key else Text(),
            key=entry.key,
            on=entry.on,
            decided_by=entry.value,
            reason=entry.text,
            person=str(entry.person_name),
            files=files.get(entry.pk, ()),
            path=act_path(case, act.code) if act else "",
        )
        for entry in entries
    ]


def files_of(entries: Iterable[Entry]) -> dict[int, list[CasePaper]]:
    """Return the files that came with entries, by the entry's key."""
    found: dict[int, list[CasePaper]] = defaultdict(list)
    rows = CasePaper.objects.filter(entry__in=[entry.pk for entry in entries])
    for paper in rows.select_related("file").order_by("pk"):
        found[paper.entry_id].append(paper)
    return found


# One act -------------------------------------------------------------------------------


@dataclass(frozen=True)
class PaperView:
    """A paper that an act needs or yields, and whether the case has it."""

    code: str
    name: Text
    is_lasting: bool
    is_there: bool
    files: Sequence[CasePaper]


@dataclass(frozen=True)
class LimitView:
    """How long a step may take, and how that is known."""

    sentence: str
    is_known: bool
    source: str
    setting: str
    basis: Sequence[Basis]


@dataclass(frozen=True)
class PartView:
    """What the law of one side says of an act."""

    lane: str
    name: Text
    own_name: str
    own_language: str
    actor: Text
    asks: Text
    what: Text
    signs: Text
    limit: LimitView | None
    basis: Sequence[Basis]
    book: str


@dataclass(frozen=True)
class LogRow:
    """An entry of the log as it reads."""

    entry: Entry
    kind_name: str
    reason: str
    files: Sequence[CasePaper]
    is_annulled: bool
    may_annul: bool


@dataclass(frozen=True)
class Elsewhere:
    """How long an act took in other cases that this reader may see."""

    days: float
    count: int


@dataclass(frozen=True)
class ActPage:
    """One act: what the law says, what to get ready, what happened."""

    case: Case
    procedure: Procedure
    plan: Plan
    act: Act
    name: Text
    lane: str
    stand: ActStand
    dated: Dated
    is_own: bool
    state_name: str
    sentence: str
    when: Sequence[str]
    late: str
    waits_for: Sequence[tuple[str, Text, str]]
    parts: Sequence[PartView]
    prepare: Sequence[tuple[str, Text, bool]]
    needs: Sequence[PaperView]
    yields: Sequence[PaperView]
    gates: Sequence[GateView]
    rules: Sequence[RuleView]
    claims: Sequence[CaseClaim]
    log: Sequence[LogRow]
    elsewhere: Elsewhere | None
    kinds: Sequence[tuple[str, str]]


def act_page(case: Case, code: str, user: object, today: date) -> ActPage | None:
    """Return what the page of an act shows to this reader; None if the case has no such act."""
    procedure = procedure_of(case)
    act = procedure.act(code)
    if act is None:
        return None
    log = log_of(case, with_posts=True)
    planned = plan_of(case, log, today)
    own = planned.stand.acts[act.code]
    is_own = reads_log(user, case)
    files = files_of([entry for entry in log if entry.papers]) if is_own else {}
    by_code: dict[str, list[CasePaper]] = defaultdict(list)
    annulled = {entry.key for entry in log if entry.kind == "annulled"}
    for entry in log:
        if str(entry.number) not in annulled:
            for paper in files.get(entry.pk, ()):
                by_code[paper.code].append(paper)
    needs = [_paper(procedure, code, planned.stand.papers, by_code) for code in act.needs]
    yields = [_paper(procedure, code, own.papers, by_code) for code in act.yields]
    ticked = set(case.prepared.get(act.code, ()))
    settings = limit_settings([book.country for book in procedure.books])
    kinds = powers.kinds_for(user, case, procedure, act)
    if isinstance(user, User) and powers.lacks_a_handing_in(user, case, procedure, act, log):
        kinds = tuple(kind for kind in kinds if kind != "done")
    return ActPage(
        case=case,
        procedure=procedure,
        plan=planned,
        act=act,
        name=words.act_name(act),
        lane=lane_of(case, act.side),
        stand=own,
        dated=planned.acts[act.code],
        is_own=is_own,
        state_name=telling.state_name(own.state),
        sentence=telling.where_it_is(procedure, act, own),
        when=telling.when(procedure, act, own, planned.acts[act.code]),
        late=telling.late(planned.acts[act.code]),
        waits_for=[
            (
                act_path(case, each),
                words.act_name(procedure.steps[each]),
                telling.state_name(planned.stand.acts[each].state),
            )
            for each in own.waits_for
        ],
        parts=_parts(case, procedure, act, settings),
        prepare=[
            (item["en"], words.text(item), item["en"] in ticked)
            for part in act.parts
            for item in part.prepare
        ],
        needs=needs,
        yields=yields,
        gates=[gate_view(case, procedure, planned, key) for key in act.gates],
        rules=rule_views(case, procedure, planned, is_own, at=act.code),
        claims=[link for link in claims_of(case, user) if link.step == act.code],
        log=log_rows(case, procedure, log, files, act, user) if is_own else (),
        elsewhere=elsewhere(case, act, user),
        kinds=offered(kinds, own, act) if not case.closed else (),
    )


def _paper(
    procedure: Procedure,
    code: str,
    there: frozenset[str],
    files: Mapping[str, Sequence[CasePaper]],
) -> PaperView:
    paper = procedure.paper(code)
    return PaperView(
        code,
        words.paper_name(procedure, code),
        bool(paper and paper.lasting),
        code in there,
        files.get(code, ()),
    )


def _parts(
    case: Case, procedure: Procedure, act: Act, settings: Mapping[str, dating.LimitSetting]
) -> list[PartView]:
    found = []
    for side, part in zip(act.sides, act.parts, strict=True):
        book = procedure.book(side)
        asks = words.party_name(procedure, Party(side, part.asks)) if part.asks else Text()
        own = part.name.get(book.language, "")
        found.append(
            PartView(
                lane=lane_of(case, side),
                name=words.text(part.name),
                own_name=own if own != str(words.text(part.name)) else "",
                own_language=book.language,
                actor=words.party_name(procedure, Party(side, part.actor)),
                asks=asks,
                what=words.text(part.what),
                signs=words.text(part.signs),
                limit=_limit(part.limit, settings, procedure, book.country),
                basis=part.basis,
                book=f"{book.code} {book.version}",
            )
        )
    return found


def _limit(
    limit: Limit | None,
    settings: Mapping[str, dating.LimitSetting],
    procedure: Procedure,
    country: str,
) -> LimitView | None:
    if limit is None:
        return None
    setting = settings.get(limit.setting) if limit.setting else None
    days = setting.days if setting else limit.days
    count = setting.count if setting else limit.count
    return LimitView(
        sentence=telling.limit(days, count, limit, procedure, country),
        is_known=days is not None,
        source=setting.source if setting else "",
        setting=limit.setting,
        basis=limit.basis,
    )


def log_rows(
    case: Case,
    procedure: Procedure,
    log: Sequence[Entry],
    files: Mapping[int, Sequence[CasePaper]],
    act: Act,
    user: object,
) -> list[LogRow]:
    """Return the entries of one act, the newest first."""
    annulled = {entry.key for entry in log if entry.kind == "annulled"}
    rows = []
    for entry in reversed(log):
        if procedure.act(entry.step) is not act:
            continue
        is_annulled = str(entry.number) in annulled
        rows.append(
            LogRow(
                entry,
                _kind_name(procedure, entry),
                str(Returned(entry.reason).label) if entry.reason else "",
                files.get(entry.pk, ()),
                is_annulled,
                not (case.closed or is_annulled or entry.kind == "annulled")
                and powers.may_annul(user, case, entry),
            )
        )
    return rows


def _kind_name(procedure: Procedure, entry: Entry) -> str:
    act = procedure.act(entry.step)
    if entry.kind == "asked" and act is not None and not telling.has_asker(act):
        return _("Under way")
    return str(Entry.Kind(entry.kind).label)


def offered(kinds: Sequence[str], own: ActStand, act: Act) -> list[tuple[str, str]]:
    """Return what a person may record on an act now, the likeliest first, with its button."""
    state = own.state
    asks = telling.has_asker(act)
    order: list[str] = []
    if state == "waiting":
        order = ["done", "returned"] if asks else ["done"]
    elif state in ("open", "returned", "not_yet"):
        order = ["asked", "done"] if asks else ["done", "asked"]
    elif state in ("skipped", "overridden"):
        order = ["done"]
    if act.optional and not own.is_over:
        order.append("skipped")
    order.append("noted")
    if not own.is_over:
        order.append("overridden")
    return [(kind, telling.button(kind, asks=asks)) for kind in order if kind in kinds]


def against(case: Case, told: Record, today: date) -> tuple[Problem, ...]:
    """Return what stands against recording something, before somebody fills in a form."""
    procedure = procedure_of(case)
    return may(procedure, records_of(lines_of(case)), told, today=today)


def blocks_of(case: Case, act: Act, today: date) -> list[tuple[str, str]]:
    """Return what an override could pass at an act now: gate or rule, and what it says.

    `ITSELF` leaves the act itself out. No gate or rule is called so.
    """
    procedure = procedure_of(case)
    log = log_of(case)
    number = log[-1].number + 1 if log else 1
    latest = max([today, *(entry.on for entry in log)])
    problems = may(
        procedure, records_of(log), Record(number, latest, "done", act.code), today=latest
    )
    blocks = {
        problem.key: words.sentence(problem, procedure)
        for problem in problems
        if problem.severity == "block" and problem.act == act.code and problem.key
    }
    leave_out = _("Leave “%(step)s” itself out") % {"step": words.act_name(act)}
    return [*blocks.items(), (ITSELF, leave_out)]


# Entries from which is told how long a step took elsewhere: some hundred cases.
RECENT = 500


def elsewhere(case: Case, act: Act, user: object) -> Elsewhere | None:
    """Return the median number of days from handing in to the end of an act in other cases.

    Only of cases whose log this reader reads, and in which it is done, the newest of them; None
    if there are none.
    """
    codes = [act.code, *(part.code for part in act.parts)]
    # As keys first: else SQLite walks through the logs of all cases that he reads.
    of_act = Entry.objects.filter(step__in=codes, kind__in=["asked", "done", "annulled"])
    rows = (
        Entry.objects.visible_to(user)
        .exclude(case=case.pk)
        .filter(pk__in=of_act.order_by().values("pk"))
        .order_by("-pk")
        .values_list("case", "number", "kind", "on", "key")[:RECENT]
    )
    logs: dict[int, list[tuple[int, str, date, str]]] = defaultdict(list)
    for pk, number, kind, on, key in reversed(rows):
        logs[pk].append((number, kind, on, key))
    lengths = []
    for log in logs.values():
        annulled = {key for _number, kind, _on, key in log if kind == "annulled"}
        force = [each for each in log if str(each[0]) not in annulled]
        asked = [on for _number, kind, on, _key in force if kind == "asked"]
        done = [on for _number, kind, on, _key in force if kind == "done"]
        if asked and done:
            lengths.append((done[-1] - asked[0]).days)
    return Elsewhere(median(lengths), len(lengths)) if lengths else None


def inheritance(post: Post, reader: User) -> list[Inherited]:
    """Return what the next holder of a post takes over: its running cases, and what comes next."""
    found = []
    for case in Case.objects.running().filter(owner=post).named().order_by("pk"):
        if not reads_log(reader, case):
            found.append(Inherited(str(case)))
            continue
        act = procedure_of(case).act(case.next_act)
        detail = str(words.act_name(act)) if act else ""
        found.append(Inherited(str(case), case.get_absolute_url(), detail))
    return found
