"""What people do with cases. Each deed is atomic, remembered, and decided by the engine."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext, gettext_lazy

from kembar.apps.accounts.models import User
from kembar.apps.accounts.rights import Audience, narrower
from kembar.apps.audit.actions import (
    Deed,
    differences,
    first_values,
    key_of,
    name_of,
    names_of,
)
from kembar.apps.audit.actions import record as remember
from kembar.apps.cases import powers, words
from kembar.apps.cases.models import (
    BookChange,
    Case,
    CaseClaim,
    CasePaper,
    Closed,
    Entry,
    LimitSetting,
    PinnedRulebook,
    Sub,
)
from kembar.apps.cases.standing import (
    DRAWN,
    Line,
    book_of,
    joined,
    lines_of,
    procedure_of,
    put,
    record_of,
    records_of,
)
from kembar.apps.kit.concurrency import StaleError, save_if_unchanged, twins_refused
from kembar.apps.kit.files import Kept
from kembar.apps.kit.statements import insert_one
from kembar.apps.kit.text import Text
from kembar.apps.ledger.actions import stored
from kembar.apps.ledger.models import Claim
from kembar.apps.search import index
from kembar.apps.ties.models import Event, Tie
from kembar.engines.procedure import catalog
from kembar.engines.procedure.deciding import Problem, Trial
from kembar.engines.procedure.difference import Difference, Moved, difference, moved
from kembar.engines.procedure.joining import Procedure
from kembar.engines.procedure.standing import stand


@dataclass(frozen=True)
class Paper:
    """A file that comes with an entry: which paper of the rulebook it is, and its own name."""

    code: str
    file: Kept
    name: str


@dataclass(frozen=True)
class Told:
    """What somebody tells of a case; `Entry` says what each part means."""

    kind: str
    on: date
    step: str = ""
    reason: str = ""
    text: Text = field(default_factory=Text)
    key: str = ""
    value: str = ""
    papers: Sequence[Paper] = ()
    event: Event | None = None


@dataclass(frozen=True)
class Recorded:
    """An entry, and what its writer should know though it did not stop him."""

    entry: Entry
    warnings: tuple[Problem, ...]


# Found by the search -------------------------------------------------------------------


def case_line(case: Case) -> index.Line:
    """Return what a case is found by; where it stands changes daily, and is not among it."""
    tie = case.tie
    title = {}
    for code, _language in settings.LANGUAGES:
        key = code.split("-")[0]
        with translation.override(code):
            name = case.title.shown(key).text or str(Sub(case.sub).label)
        both = f"{tie.home.name.shown(key).text} – {tie.partner.name.shown(key).text}"
        title[key] = f"{name}：{both}" if key == "zh" else f"{name}: {both}"
    return index.Line(
        subject=key_of(case),
        kind="case",
        path=case.get_absolute_url(),
        title=Text(title),
        also=f"{tie.home.aliases} {tie.partner.aliases} {tie.home_id} {tie.partner_id}",
        owner_code=tie.home_id,
        partner_code=tie.partner_id,
        audience=narrower(case.audience, tie.audience),
    )


def lines_of_ties(ties: Sequence[Tie]) -> list[index.Line]:
    """Return the lines of all cases of these ties."""
    cases = Case.objects.filter(tie__in=ties).select_related("tie__home", "tie__partner")
    return [case_line(case) for case in cases]


# Opening -------------------------------------------------------------------------------


def pin(text: str, code: str, version: str) -> PinnedRulebook:
    """Return the record of a rulebook as it is written; the same text is kept once."""
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    pinned, _new = PinnedRulebook.objects.get_or_create(
        sha256=sha256, defaults={"code": code, "version": version, "text": text}
    )
    return pinned


def pin_shipped(code: str, version: str | None = None) -> PinnedRulebook:
    """Return the record of a rulebook that Kembar brings along, the newest if none is named.

    Raises
    ------
    KembarError
        If there is no such rulebook or version.
    """
    book = catalog.rulebook(code, version)
    return pin(catalog.text(code, book.version), book.code, book.version)


@transaction.atomic
def open_case(case: Case, *, by: User | None) -> None:
    """Open a procedure of a tie, under the rulebooks that are pinned to it.

    Raises
    ------
    KembarError
        If the rulebooks have no steps for it, or cannot be joined.
    """
    case.full_clean()
    procedure = procedure_of(case)
    put(case, procedure, stand(procedure, ()))
    with twins_refused(case):
        case.save()
    index.put([case_line(case)])
    changes = first_values(case, without="tie")
    remember(Deed("cases.opened", case, case.tie.home_id, key_of(case.tie), changes), by=by)


# What the history of an entry leaves to its name, its files and its sentence.
UNTOLD = ("number", "kind", "step", "papers")

NOT_HANDED_IN = gettext_lazy(
    "Nobody has recorded that “%(step)s” was handed in, or handed in again after it came back."
    " Record that first; then somebody else records the answer, for nobody approves what he wrote."
)

# Recording -----------------------------------------------------------------------------


@transaction.atomic
def record(case: Case, told: Told, *, seen: int, today: date, by: User | None) -> Recorded:
    """Write down what happened on a case, unless something stands against it.

    It takes six statements: the log is read, the case, the entry and the history are written.

    Parameters
    ----------
    seen
        The version of the case that the person looked at: if somebody recorded something since,
        the two may contradict each other.

    Raises
    ------
    ValidationError
        With a sentence for each thing that stands against it, and the way out.
    StaleError
        If the case was changed since it was opened.
    """
    _refuse_closed(case)
    procedure = procedure_of(case)
    log = lines_of(case)
    if case.version != seen:
        raise StaleError(case)
    act = procedure.act(told.step)
    if (
        told.kind in powers.DECISIONS
        and act is not None
        and powers.wrote_it_himself(by, case, procedure, act, log)
    ):
        message = gettext(
            "You handed in “%(step)s” yourself, and nobody approves what he wrote: whoever else"
            " may decide on it records this."
        )
        raise ValidationError(message % {"step": words.act_name(act)})
    if (
        told.kind == "done"
        and act is not None
        and powers.lacks_a_handing_in(by, case, procedure, act, log)
    ):
        raise ValidationError(NOT_HANDED_IN % {"step": words.act_name(act)})

    entry = _entry(case, told, procedure, log, by)
    entry.clean_fields(exclude=["case", "event", "post", "person"])
    records, new = records_of(log), record_of(entry)
    trial = Trial(procedure, records, new)
    problems = trial.problems(today)
    if stopping := [problem for problem in problems if problem.stops]:
        # The log was read after the case: perhaps what stops him is what another one just did.
        if current := Case.objects.named().exclude(version=seen).filter(pk=case.pk).first():
            raise StaleError(current)
        raise ValidationError([words.sentence(problem, procedure) for problem in stopping])

    put(case, procedure, trial.after)
    save_if_unchanged(case, seen, list(DRAWN))
    insert_one(entry)
    _keep(entry, told.papers)
    changes = first_values(entry, without="case")
    changes = [change for change in changes if change["field"] not in UNTOLD]
    changes += _papers_told(procedure, told.papers)
    region, context = case.tie.home_id, key_of(case.tie)
    deed = Deed("cases.recorded", entry, region, context, changes)
    if told.kind == "overridden":
        deed = Deed("cases.overridden", entry, region, context, changes)
    elif told.kind == "annulled":
        deed = Deed("cases.annulled", entry, region, context, changes)
    remember(deed, by=by)
    return Recorded(entry, tuple(problem for problem in problems if not problem.stops))


def _refuse_closed(case: Case) -> None:
    if case.closed:
        raise ValidationError(gettext("This case is closed; nothing is recorded on it any more."))


def _entry(
    case: Case, told: Told, procedure: Procedure, log: Sequence[Line], by: User | None
) -> Entry:
    act = procedure.act(told.step)
    step = act.code if act else told.step
    return Entry(
        case=case,
        number=log[-1].number + 1 if log else 1,
        kind=told.kind,
        on=told.on,
        step=step,
        title=words.title_of(procedure, told.kind, step, told.key),
        reason=told.reason,
        text=told.text,
        key=told.key,
        value=told.value,
        papers=list(dict.fromkeys(paper.code for paper in told.papers)),
        event=told.event,
        post=powers.post_of(by, case, told.kind),
        person=by,
        person_name=names_of(by),
        at=timezone.now(),
    )


def _keep(entry: Entry, papers: Sequence[Paper]) -> None:
    rows = [
        CasePaper(entry=entry, code=paper.code, file=stored(paper.file), name=paper.name)
        for paper in papers
    ]
    if rows:
        CasePaper.objects.bulk_create(rows)


def _papers_told(procedure: Procedure, papers: Sequence[Paper]) -> list[dict[str, Any]]:
    """Return the files as changes; each is found again by its SHA-256."""
    return [
        {
            "field": "files",
            "old": None,
            "new": f"{words.paper_name(procedure, paper.code)}: {paper.name}"
            f" (SHA-256 {paper.file.sha256})",
        }
        for paper in papers
    ]


def annul(
    case: Case, entry: Entry, *, reason: Text, on: date, seen: int, today: date, by: User | None
) -> Recorded:
    """Take back an entry that was made by mistake; both stay in the log."""
    told = Told("annulled", on, step=entry.step, text=reason, key=str(entry.number))
    return record(case, told, seen=seen, today=today, by=by)


def override(
    case: Case,
    *,
    step: str,
    key: str,
    on: date,
    decided_by: str,
    reason: Text,
    papers: Sequence[Paper],
    seen: int,
    today: date,
    by: User | None,
) -> Recorded:
    """Pass a block on purpose: somebody takes it on himself, with a legal reason and a paper.

    Parameters
    ----------
    key
        The gate or rule; empty to leave the act itself out.
    decided_by
        Who takes it on himself, with his post.
    """
    if not decided_by.strip():
        raise ValidationError(gettext("Name the person who takes this on himself."))
    told = Told(
        "overridden", on, step=step, key=key, value=decided_by.strip(), text=reason, papers=papers
    )
    return record(case, told, seen=seen, today=today, by=by)


def answer(
    case: Case, *, key: str, value: str, on: date, seen: int, today: date, by: User | None
) -> Recorded:
    """Answer a question that a rule asks; a later answer replaces it and both stay."""
    told = Told("answered", on, key=key, value=value)
    return record(case, told, seen=seen, today=today, by=by)


def set_day(
    case: Case, *, moment: str, day: date, on: date, seen: int, today: date, by: User | None
) -> Recorded:
    """Set the target of the signing, or the days of a trip; a later one replaces it."""
    told = Told("dated", on, key=moment, value=day.isoformat())
    return record(case, told, seen=seen, today=today, by=by)


# The case itself -----------------------------------------------------------------------


@transaction.atomic
def change_case(
    case: Case, *, seen: int, fields: list[str], old: Mapping[str, Any], by: User | None
) -> None:
    """Change title or owner of a case, unless somebody else did since it was opened."""
    _refuse_closed(case)
    case.full_clean(validate_unique=False)
    changes = differences(old, {name: getattr(case, name) for name in fields})
    if not changes:
        return
    save_if_unchanged(case, seen, fields)
    index.put([case_line(case)])
    remember(Deed("cases.changed", case, case.tie.home_id, key_of(case.tie), changes), by=by)


@transaction.atomic
def share_case(case: Case, *, audience: str, seen: int, by: User | None) -> None:
    """Let the partner, or everyone, see where a case stands; or take that back."""
    old, case.audience = case.audience, Audience(audience)
    changes = differences({"audience": old}, {"audience": case.audience})
    if not changes:
        return
    save_if_unchanged(case, seen, ["audience"])
    index.put([case_line(case)])
    remember(Deed("cases.shared", case, case.tie.home_id, key_of(case.tie), changes), by=by)


@transaction.atomic
def close_case(
    case: Case, *, closed: str, on: date, reason: Text, seen: int, by: User | None
) -> None:
    """Close a case that is finished, or that nobody goes on with. Its log stays."""
    if case.closed:
        raise StaleError(case)
    if not reason:
        raise ValidationError(gettext("Say why."))
    case.closed, case.closed_on, case.closed_reason = Closed(closed), on, reason
    save_if_unchanged(case, seen, ["closed", "closed_on", "closed_reason"])
    new = {name: getattr(case, name) for name in ("closed", "closed_on", "closed_reason")}
    deed = Deed("cases.closed", case, case.tie.home_id, key_of(case.tie), differences({}, new))
    remember(deed, by=by)


@transaction.atomic
def tick(case: Case, *, step: str, items: Sequence[str], by: User | None) -> None:
    """Keep what of a step's list is prepared; of the items of one list the last who saves wins.

    It makes no page stale: a tick decides on nothing.
    """
    current = Case.objects.select_for_update(of=("self",)).get(pk=case.pk)
    _refuse_closed(current)
    act = procedure_of(case).act(step)
    known = [item["en"] for part in act.parts for item in part.prepare] if act else []
    old = current.prepared.get(step, [])
    new = [item for item in known if item in items]
    if old == new:
        return
    current.prepared = {**current.prepared, step: new}
    current.save(update_fields=["prepared"])
    case.prepared = current.prepared
    changes = differences({"prepared": old}, {"prepared": new})
    remember(Deed("cases.prepared", case, case.tie.home_id, key_of(case.tie), changes), by=by)


@transaction.atomic
def link_claim(case: Case, claim: Claim, *, step: str, by: User | None) -> CaseClaim:
    """Put a claim beside the step that it is about; it proves nothing there."""
    _refuse_closed(case)
    link = CaseClaim(case=case, step=step, claim=claim)
    with twins_refused(link):
        link.save()
    changes = differences({}, {"step": step})
    deed = Deed("cases.claim_linked", link, case.tie.home_id, key_of(case.tie), changes)
    remember(deed, by=by)
    return link


# Limits --------------------------------------------------------------------------------


@transaction.atomic
def set_limit(
    setting: LimitSetting, *, seen: int | None, old: Mapping[str, Any], by: User | None
) -> None:
    """Fill in or change a limit, with its source.

    Parameters
    ----------
    setting
        With its new values.
    seen
        The version that was looked at; None for a new one.
    old
        The values before, by field; empty for a new one.
    """
    setting.full_clean(validate_unique=False)
    if seen is None:
        with twins_refused(setting):
            setting.save()
        deed = Deed("cases.limit_set", setting, setting.country, changes=first_values(setting))
        remember(deed, by=by)
        return
    fields = ["days", "count", "source", "note"]
    changes = differences(old, {name: getattr(setting, name) for name in fields})
    if not changes:
        return
    save_if_unchanged(setting, seen, fields)
    remember(Deed("cases.limit_changed", setting, setting.country, changes=changes), by=by)


@transaction.atomic
def drop_limit(setting: LimitSetting, *, reason: str, by: User | None) -> None:
    """Take a limit off again: it is unknown then, or what the rulebook says."""
    was = {each["field"]: each["new"] for each in first_values(setting)}
    gone, _by_model = LimitSetting.objects.filter(pk=setting.pk, version=setting.version).delete()
    if not gone:
        raise StaleError(setting)
    changes = differences(was, dict.fromkeys(was)) + differences({}, {"taken_back": reason})
    remember(Deed("cases.limit_dropped", setting, setting.country, changes=changes), by=by)


# Another version of the rulebooks ------------------------------------------------------


@dataclass(frozen=True)
class DryRun:
    """What another version of its rulebooks would do to a running case.

    Attributes
    ----------
    differences, moves
        Of each side whose book would change, home first.
    procedure
        The case's procedure then.
    """

    home: PinnedRulebook
    partner: PinnedRulebook | None
    differences: tuple[Difference, ...]
    moves: tuple[Moved, ...]
    procedure: Procedure

    def as_json(self) -> dict[str, Any]:
        """Return it as it is kept with the change."""
        return {
            "lost": [
                {"number": lost.record.number, "what": lost.what, "code": lost.code}
                for move in self.moves
                for lost in move.lost
            ],
            "behind": [step for move in self.moves for step in move.behind],
            "changes": [
                {"table": each.table, "code": each.code, "kind": each.kind}
                for one in self.differences
                for each in one.changes
            ],
        }


def dry_run(case: Case, home: PinnedRulebook, partner: PinnedRulebook | None) -> DryRun:
    """Return what other rulebooks would do to a case; nothing is written.

    Raises
    ------
    KembarError
        If they cannot be joined for this procedure.
    """
    procedure = joined(home, partner, case.sub)
    records = records_of(lines_of(case))
    pairs = [(case.home_book, home)]
    if case.partner_book and partner:
        pairs.append((case.partner_book, partner))
    books = [(book_of(old), book_of(new)) for old, new in pairs if old.sha256 != new.sha256]
    return DryRun(
        home,
        partner,
        tuple(difference(*pair) for pair in books),
        tuple(moved(records, *pair) for pair in books),
        procedure,
    )


@transaction.atomic
def migrate_case(
    case: Case,
    *,
    home: PinnedRulebook,
    partner: PinnedRulebook | None,
    reason: Text,
    seen: int,
    by: User | None,
) -> BookChange:
    """Take a running case to other versions of its rulebooks; every entry is kept.

    An entry whose step is gone says nothing there, and counts again if the change is undone.

    Raises
    ------
    ValidationError
        Without a reason, or if nothing would change.
    StaleError
        If the case was changed since it was opened.
    """
    _refuse_closed(case)
    if not reason:
        raise ValidationError(gettext("Say why."))
    if (home.pk, partner and partner.pk) == (case.home_book_id, case.partner_book_id):
        raise ValidationError(gettext("The case runs by these versions already."))
    run = dry_run(case, home, partner)
    change = BookChange(
        case=case,
        old_home=case.home_book,
        old_partner=case.partner_book,
        new_home=home,
        new_partner=partner,
        reason=reason,
        dry_run=run.as_json(),
        by=by,
        by_name=name_of(by),
        at=timezone.now(),
    )
    _rebind(case, home, partner, seen=seen)
    change.save()
    changes = differences(*_books_of(change)) + differences({}, {"reason": reason})
    deed = Deed("cases.migrated", change, case.tie.home_id, key_of(case.tie), changes)
    remember(deed, by=by)
    return change


@transaction.atomic
def undo_migration(change: BookChange, *, reason: Text, seen: int, by: User | None) -> None:
    """Take a case back to the rulebooks it had; what was recorded meanwhile stays.

    Raises
    ------
    ValidationError
        If the change was undone already, or another one came after it.
    StaleError
        If the case was changed since it was opened.
    """
    case = change.case
    _refuse_closed(case)
    if not reason:
        raise ValidationError(gettext("Say why."))
    last = BookChange.objects.standing().filter(case=case).order_by("-pk").first()
    if change.undone_at or change != last:
        raise ValidationError(
            gettext("The case does not run by these rulebooks any more; look at it again.")
        )
    _rebind(case, change.old_home, change.old_partner, seen=seen)
    change.undone_at, change.undone_by = timezone.now(), name_of(by)
    change.undone_reason = reason
    change.save(update_fields=["undone_at", "undone_by", "undone_reason"])
    new, old = _books_of(change)
    changes = differences(old, new) + differences({}, {"undone_reason": reason})
    deed = Deed("cases.migration_undone", change, case.tie.home_id, key_of(case.tie), changes)
    remember(deed, by=by)


def _rebind(case: Case, home: PinnedRulebook, partner: PinnedRulebook | None, *, seen: int) -> None:
    """Give a case other rulebooks, and draw anew where it stands."""
    case.home_book, case.partner_book = home, partner
    procedure = procedure_of(case)
    put(case, procedure, stand(procedure, records_of(lines_of(case))))
    save_if_unchanged(case, seen, ["home_book", "partner_book", *DRAWN])


def _books_of(change: BookChange) -> tuple[dict[str, Any], dict[str, Any]]:
    old = {"new_home": str(change.old_home), "new_partner": str(change.old_partner or "")}
    new = {"new_home": str(change.new_home), "new_partner": str(change.new_partner or "")}
    return old, new


def redraw(cases: Sequence[Case]) -> None:
    """Draw anew where cases stand, from their logs: after a change of the engine."""
    for case in cases:
        procedure = procedure_of(case)
        put(case, procedure, stand(procedure, records_of(lines_of(case))))
        Case.objects.filter(pk=case.pk).update(**{name: getattr(case, name) for name in DRAWN})
