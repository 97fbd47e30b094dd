"""What people do with commitments. Each deed is atomic, remembered, and found again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from kembar.apps.accounts.models import Post, User
from kembar.apps.accounts.rights import Audience, narrower
from kembar.apps.audit.actions import (
    Deed,
    differences,
    first_values,
    key_of,
    names_of,
    record,
    record_all,
)
from kembar.apps.commitments.models import Commitment, Import, State, Turn
from kembar.apps.commitments.turning import STATE_AFTER, Kind, Told, problems
from kembar.apps.kit.concurrency import hold, save_if_unchanged
from kembar.apps.kit.statements import insert_one
from kembar.apps.ledger.actions import in_the_ledger, source_added, source_line, stored
from kembar.apps.ledger.models import Source
from kembar.apps.search import index
from kembar.apps.ties.models import Tie

# Race: tables are loaded one after the other, each worked out when the one before is done.
LOADING = Import._meta.label_lower


def line_of(commitment: Commitment) -> index.Line:
    """Return the line under which search finds a commitment whose tie is loaded."""
    tie = commitment.tie
    return index.Line(
        subject=key_of(commitment),
        kind="commitment",
        path=commitment.get_absolute_url(),
        title=commitment.what,
        body=commitment.made_by_words,
        also=" ".join([*commitment.made_to.values(), commitment.article]),
        owner_code=tie.home_id,
        partner_code=tie.partner_id,
        audience=narrower(commitment.audience, tie.audience),
    )


def lines_of_ties(ties: Sequence[Tie]) -> list[index.Line]:
    """Return the lines of the commitments on some ties, never read more widely than those."""
    standing = Commitment.objects.filter(tie__in=ties).exclude(state=State.WITHDRAWN)
    return [line_of(commitment) for commitment in standing.select_related("tie")]


def next_number(tie: Tie) -> int:
    """Return the next number in the register of a tie that somebody holds."""
    last = tie.commitments.aggregate(last=Max("number"))["last"]
    return (last or 0) + 1


def _in_the_ledger(source: Source | None) -> tuple[Source | None, Sequence[Source]]:
    """Return a source as it stands in the ledger, and, if it is new there, once more."""
    if source is None:
        return None, ()
    (kept,), new = in_the_ledger([source])
    return kept, new


@transaction.atomic
def add_commitment(commitment: Commitment, *, by: User | None) -> None:
    """Put a promise into the register of a tie, under the next number."""
    # Numbers are given one after the other: whoever adds one holds the tie.
    hold(commitment.tie, "audience")
    commitment.number = next_number(commitment.tie)
    commitment.source, new = _in_the_ledger(commitment.source)
    commitment.set_due()
    commitment.full_clean()
    commitment.save()
    changes, tie = first_values(commitment, without="tie"), commitment.tie
    done = Deed("commitments.added", commitment, tie.home_id, key_of(tie), changes)
    _remember(commitment, new, done, by)


@transaction.atomic
def change_commitment(
    commitment: Commitment, *, seen: int, fields: list[str], old: dict[str, Any], by: User | None
) -> None:
    """Correct what is known of a promise, unless somebody else did since it was opened."""
    hold(commitment.tie, "audience")
    commitment.source, new = _in_the_ledger(commitment.source)
    commitment.set_due()
    commitment.full_clean(validate_unique=False)
    changes = differences(old, {name: getattr(commitment, name) for name in fields})
    if not changes:
        return
    save_if_unchanged(commitment, seen, [*fields, "due_by"])
    tie = commitment.tie
    done = Deed("commitments.changed", commitment, tie.home_id, key_of(tie), changes)
    _remember(commitment, new, done, by)


@transaction.atomic
def assign(commitment: Commitment, owner: Post | None, *, seen: int, by: User) -> None:
    """Say which post keeps a promise."""
    old, commitment.owner = commitment.owner, owner
    changes = differences({"owner": old}, {"owner": owner})
    if not changes:
        return
    save_if_unchanged(commitment, seen, ["owner"])
    tie = commitment.tie
    record(Deed("commitments.assigned", commitment, tie.home_id, key_of(tie), changes), by=by)


@transaction.atomic
def share(commitment: Commitment, *, audience: str, seen: int, by: User) -> None:
    """Let the partner, or everyone, read a promise; or take that back."""
    hold(commitment.tie, "audience")
    old, commitment.audience = commitment.audience, Audience(audience)
    changes = differences({"audience": old}, {"audience": commitment.audience})
    if not changes:
        return
    save_if_unchanged(commitment, seen, ["audience"])
    tie = commitment.tie
    done = Deed("commitments.shared", commitment, tie.home_id, key_of(tie), changes)
    _remember(commitment, (), done, by)


@transaction.atomic
def record_turn(
    commitment: Commitment, told: Told, *, seen: int, today: date, by: User | None
) -> Turn:
    """Write down what became of a promise; what was written down before it stays.

    Raises
    ------
    ValidationError
        By field, if this cannot become of it or something is left unsaid.
    """
    wrong: dict[str, list[Any]] = {}
    for name, sentence, state in problems(commitment, told, today):
        named = {"state": State(state).label} if state else {}
        wrong.setdefault(name, []).append(sentence % named)
    if wrong:
        raise ValidationError(wrong)
    hold(commitment.tie, "audience")
    source, new = _in_the_ledger(told.source)
    turn = turn_of(commitment, told, source, by)
    turn.full_clean(exclude=["file"])
    changes = apply(commitment, turn)
    save_if_unchanged(commitment, seen, ["state", "due", "due_by", "what"])
    if told.file:
        kept, turn.file_name = told.file
        turn.file = stored(kept)
        changes.append({"field": "evidence_file", "old": None, "new": turn.file_name})
    insert_one(turn)
    tie = commitment.tie
    done = Deed("commitments.turned", commitment, tie.home_id, key_of(tie), changes)
    _remember(commitment, new, done, by)
    return turn


def turn_of(commitment: Commitment, told: Told, source: Source | None, by: User | None) -> Turn:
    """Return a turn that is not saved yet, with the terms before and after it."""
    turn = Turn(
        commitment=commitment,
        kind=told.kind,
        on=told.on,
        reason=told.reason,
        source=source,
        person=by,
        person_name=names_of(by),
        at=timezone.now(),
    )
    if told.kind == Kind.RENEGOTIATED:
        turn.old_due, turn.new_due = commitment.due, told.new_due or commitment.due
        turn.old_what, turn.new_what = commitment.what, told.new_what or commitment.what
    return turn


def apply(commitment: Commitment, turn: Turn) -> list[dict[str, Any]]:
    """Put into a commitment what a turn makes of it, and return that as changes."""
    names = ("state", "due", "what")
    old = {name: getattr(commitment, name) for name in names}
    commitment.state = STATE_AFTER[turn.kind]
    if turn.kind == Kind.RENEGOTIATED:
        commitment.due, commitment.what = turn.new_due, turn.new_what
        commitment.set_due()
    said = {"turn_on": turn.on, "turn_reason": turn.reason, "evidence": turn.source}
    return [
        *differences(old, {name: getattr(commitment, name) for name in names}),
        *differences({}, {name: value for name, value in said.items() if value}),
    ]


def _remember(commitment: Commitment, new: Iterable[Source], done: Deed, by: User | None) -> None:
    """Put a deed, and the sources that are new with it, into the search and the history."""
    new = list(new)
    lines = [source_line(source) for source in new]
    if commitment.state == State.WITHDRAWN:
        index.forget([key_of(commitment)])
    else:
        lines.append(line_of(commitment))
    index.put(lines)
    record_all([*map(source_added, new), done], by=by)
