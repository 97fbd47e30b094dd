"""What people do with ties. Each deed is atomic, remembered, and found again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from kembar.apps.accounts.models import User
from kembar.apps.accounts.rights import Audience, narrower
from kembar.apps.audit.actions import (
    Deed,
    differences,
    first_values,
    key_of,
    name_of,
    record,
    record_all,
)
from kembar.apps.kit.concurrency import (
    StaleError,
    hold,
    one_at_a_time,
    save_if_unchanged,
    twins_refused,
)
from kembar.apps.kit.files import Kept
from kembar.apps.kit.text import Text
from kembar.apps.ledger.actions import (
    add_claim,
    claim_line,
    in_the_ledger,
    source_added,
    source_line,
    stored,
)
from kembar.apps.ledger.models import Claim, Source
from kembar.apps.search import index
from kembar.apps.ties.models import (
    Attachment,
    Conflict,
    Event,
    Import,
    Participant,
    Remark,
    Tie,
)
from kembar.apps.ties.pulses import take_pulses

# Race: tables are loaded one after the other, each worked out when the one before is done; and
# no tie is opened meanwhile that a table opens too.
LOADING = Import._meta.label_lower


@dataclass
class EventParts:
    """What hangs on an event: people, sources, files new and taken off, what it contradicts."""

    participants: list[Participant] = field(default_factory=list)
    sources: list[Source] = field(default_factory=list)
    files: list[tuple[Kept, str]] = field(default_factory=list)
    taken_off: list[Attachment] = field(default_factory=list)
    contradicts: list[Event] = field(default_factory=list)


def tie_line(tie: Tie) -> index.Line:
    both = {
        key: f"{tie.home.name.shown(key).text} – {tie.partner.name.shown(key).text}"
        for key in ("id", "zh", "en")
    }
    return index.Line(
        subject=key_of(tie),
        kind="tie",
        path=tie.get_absolute_url(),
        title=Text(both),
        body=tie.purpose,
        also=f"{tie.home.aliases} {tie.partner.aliases} {tie.home_id} {tie.partner_id}",
        owner_code=tie.home_id,
        partner_code=tie.partner_id,
        audience=tie.audience,
    )


def lines_above(ties: Sequence[Tie]) -> list[index.Line]:
    """Return what rooms above put into the search of these ties; `settings.TIE_LINES` names them.

    Their lines carry the names of the tie's regions, and are read no wider than the tie.
    """
    lines: list[index.Line] = []
    for name in settings.TIE_LINES:
        tell: Callable[[Sequence[Tie]], list[index.Line]] = import_string(name)
        lines += tell(ties)
    return lines


def event_lines(event: Event, participants: Iterable[Participant]) -> list[index.Line]:
    tie = event.tie
    scope = {
        "owner_code": tie.home_id,
        "partner_code": tie.partner_id,
        "audience": narrower(event.audience, tie.audience),
    }
    path = event.get_absolute_url()
    lines = [
        index.Line(
            subject=key_of(event),
            kind="event",
            path=path,
            title=event.title,
            body=event.detail,
            also=" ".join([*event.place.values(), str(event.on or "")]),
            **scope,
        )
    ]
    for number, person in enumerate(participants):
        lines.append(
            index.Line(
                subject=f"{key_of(event)}/{number}",
                kind="person",
                path=path,
                title=Text(dict.fromkeys(("id", "zh", "en"), person.name)),
                body=Text(person.post) or event.title,
                **scope,
            )
        )
    return lines


@transaction.atomic
def create_tie(tie: Tie, *, by: User | None) -> None:
    """Open the file of a tie."""
    one_at_a_time(LOADING)
    tie.full_clean()
    with twins_refused(tie):
        tie.save()
    index.put([tie_line(tie)])
    record(Deed("ties.tie_created", tie, tie.home_id, changes=first_values(tie)), by=by)


@transaction.atomic
def change_tie(
    tie: Tie, *, seen: int, fields: list[str], old: dict[str, Any], by: User | None
) -> None:
    """Change what is known of a tie, unless somebody else did since it was opened."""
    tie.full_clean(validate_unique=False)
    changes = differences(old, {name: getattr(tie, name) for name in fields})
    if not changes:
        return
    save_if_unchanged(tie, seen, fields)
    index.put([tie_line(tie)])
    record(Deed("ties.tie_changed", tie, tie.home_id, changes=changes), by=by)


@transaction.atomic
def share_tie(tie: Tie, *, audience: str, seen: int, by: User | None) -> None:
    """Let the partner, or everyone, read a tie; or take that back."""
    old, tie.audience = tie.audience, Audience(audience)
    # From here on its events and claims wait for us: each takes hold of the tie, or of itself.
    save_if_unchanged(tie, seen, ["audience"])
    events = tie.events.standing().select_related("tie").prefetch_related("participants")
    lines = [tie_line(tie)]
    for event in events:
        event.tie = tie
        lines += event_lines(event, event.participants.all())
    tie.claims.update(at_most=tie.audience)
    lines += [claim_line(claim) for claim in tie.claims.standing()]
    index.put([*lines, *lines_above([tie])])
    changes = differences({"audience": old}, {"audience": tie.audience})
    record(Deed("ties.tie_shared", tie, tie.home_id, changes=changes), by=by)


def _named(people: Iterable[Participant], sources: Iterable[Source]) -> dict[str, list[str]]:
    """Return whom and what an event names, as the history keeps it."""
    people = list(people)
    return {
        **{
            f"{side}_people": [str(person) for person in people if person.side == side]
            for side in Participant.Side.values
        },
        "sources": sorted(str(source) for source in sources),
    }


def _put_parts(event: Event, parts: EventParts) -> None:
    event.participants.all().delete()
    for person in parts.participants:
        person.pk, person.event = None, event
    Participant.objects.bulk_create(parts.participants)
    event.sources.set(parts.sources)
    event.attachments.filter(pk__in=[each.pk for each in parts.taken_off]).delete()
    for kept, name in parts.files:
        Attachment.objects.create(event=event, file=stored(kept), name=name)


def _files_put(parts: EventParts) -> list[dict[str, Any]]:
    """Return the files as changes; one that is taken off is found again by its SHA-256."""
    put = [{"field": "attachments", "old": None, "new": name} for _kept, name in parts.files]
    off = [f"{each.name} (SHA-256 {each.file.sha256})" for each in parts.taken_off]
    return [*put, *({"field": "attachments", "old": name, "new": None} for name in off)]


@transaction.atomic
def name_conflict(
    conflict: Conflict,
    *,
    events: Sequence[Event] = (),
    claims: Sequence[Claim] = (),
    by: User | None,
) -> None:
    """Say that events and claims contradict each other: all stay, and the question is asked."""
    conflict.full_clean()
    conflict.save()
    conflict.events.set(events)
    conflict.claims.set(claims)
    changes = first_values(conflict, without="tie", events=events, claims=claims)
    tie = conflict.tie
    record(Deed("ties.conflict_named", conflict, tie.home_id, key_of(tie), changes), by=by)


def contest(event: Event, other: Event, *, by: User | None) -> None:
    """Say that two events contradict each other: both stay, and the question is asked."""
    if Conflict.objects.open().filter(events=event).filter(events=other).exists():
        return
    question = Text(
        {
            "id": f"Mana yang benar: “{event.title.shown('id').text}” atau"
            f" “{other.title.shown('id').text}”?",
            "zh": f"“{event.title.shown('zh').text}”与“{other.title.shown('zh').text}”，何者为准？",
            "en": f"Which holds: “{event.title.shown('en').text}” or"
            f" “{other.title.shown('en').text}”?",
        }
    )
    name_conflict(Conflict(tie=event.tie, question=question), events=[event, other], by=by)


@transaction.atomic
def add_event(event: Event, parts: EventParts, *, by: User | None) -> None:
    """Put an event on the timeline of a tie."""
    hold(event.tie, "audience")
    event.full_clean()
    event.save()
    parts.sources, new = in_the_ledger(parts.sources)
    _put_parts(event, parts)
    index.put([*map(source_line, new), *event_lines(event, parts.participants)])
    take_pulses([event.tie])
    named = _named(parts.participants, parts.sources)
    changes = [*first_values(event, without="tie", **named), *_files_put(parts)]
    deed = Deed("ties.event_added", event, event.tie.home_id, key_of(event.tie), changes)
    record_all([*map(source_added, new), deed], by=by)
    for other in parts.contradicts:
        contest(event, other, by=by)


@transaction.atomic
def change_event(
    event: Event,
    parts: EventParts,
    *,
    seen: int,
    fields: list[str],
    old: dict[str, Any],
    by: User | None,
) -> None:
    """Correct an event, unless somebody else did, or withdrew it, since it was opened."""
    if event.withdrawn:
        raise StaleError(event)
    hold(event.tie, "audience")
    parts.sources, new = in_the_ledger(parts.sources)
    event.full_clean(validate_unique=False)
    people = list(event.participants.order_by("pk"))
    old = {**old, **_named(people, event.sources.all())}
    now = {name: getattr(event, name) for name in fields}
    now |= _named(parts.participants, parts.sources)
    changes = [*differences(old, now), *_files_put(parts)]
    if changes:
        # What somebody wrote himself is not moved by the next table any more.
        event.origin = ""
    save_if_unchanged(event, seen, [*fields, "origin"])
    index.forget([f"{key_of(event)}/{n}" for n in range(len(people))])
    _put_parts(event, parts)
    index.put([*map(source_line, new), *event_lines(event, parts.participants)])
    take_pulses([event.tie])
    if changes:
        deed = Deed("ties.event_changed", event, event.tie.home_id, key_of(event.tie), changes)
        record_all([*map(source_added, new), deed], by=by)
    for other in parts.contradicts:
        contest(event, other, by=by)


@transaction.atomic
def withdraw_event(event: Event, *, reason: str, seen: int, by: User) -> None:
    """Take an event off the timeline, with the reason; the record stays in the history."""
    if event.withdrawn:
        raise StaleError(event)
    hold(event.tie, "audience")
    count = event.participants.count()
    event.withdrawn = reason
    save_if_unchanged(event, seen, ["withdrawn"])
    index.forget([key_of(event), *(f"{key_of(event)}/{n}" for n in range(count))])
    take_pulses([event.tie])
    changes = differences({"withdrawn": ""}, {"withdrawn": reason})
    deed = Deed("ties.event_withdrawn", event, event.tie.home_id, key_of(event.tie), changes)
    record(deed, by=by)


@transaction.atomic
def settle_conflict(conflict: Conflict, *, settlement: Text, by: User) -> None:
    """Say how a contradiction was settled, unless somebody did; both sides stay."""
    conflict.settlement, conflict.settled_at = settlement, timezone.now()
    conflict.full_clean()
    settled = Conflict.objects.open().filter(pk=conflict.pk)
    if not settled.update(settlement=settlement, settled_at=conflict.settled_at):
        raise StaleError(Conflict.objects.get(pk=conflict.pk))
    changes = differences({}, {"settlement": settlement})
    tie = conflict.tie
    record(Deed("ties.conflict_settled", conflict, tie.home_id, key_of(tie), changes), by=by)


@transaction.atomic
def add_claim_to(tie: Tie, claim: Claim, *, by: User | None) -> None:
    """Write down what somebody said about a tie."""
    claim.owner_code, claim.partner_code = tie.home_id, tie.partner_id
    # Race: somebody may be sharing the tie in this moment.
    hold(tie, "audience")
    claim.at_most = tie.audience
    add_claim(claim, by=by)
    tie.claims.add(claim)


@transaction.atomic
def remark_on(tie: Tie, text: str, *, by: User) -> Remark:
    """Ask something of the desk that keeps the tie."""
    remark = Remark(tie=tie, text=text, author=by, author_name=name_of(by))
    remark.full_clean()
    remark.save()
    record(Deed("ties.remark_made", remark, tie.home_id, key_of(tie)), by=by)
    return remark


@transaction.atomic
def answer_remark(remark: Remark, answer: str, *, by: User) -> None:
    """Answer a reviewer. An answer, once given, stays; a further remark may follow."""
    remark.answer, remark.answered_by, remark.answered_at = answer, name_of(by), timezone.now()
    remark.full_clean()
    unanswered = Remark.objects.filter(pk=remark.pk, answered_at=None)
    if not unanswered.update(
        answer=answer, answered_by=remark.answered_by, answered_at=remark.answered_at
    ):
        raise StaleError(Remark.objects.get(pk=remark.pk))
    tie = remark.tie
    changes = differences({}, {"answer": answer})
    record(Deed("ties.remark_answered", remark, tie.home_id, key_of(tie), changes), by=by)
