"""What people do with sources and claims. Each deed is atomic and remembered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import urlparse

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from kembar.apps.accounts.models import User
from kembar.apps.accounts.rights import narrower
from kembar.apps.audit.actions import Deed, differences, first_values, name_of, record, record_all
from kembar.apps.kit.bulk import insert
from kembar.apps.kit.concurrency import StaleError, hold, save_if_unchanged, twins_refused
from kembar.apps.kit.files import Kept
from kembar.apps.kit.text import Text
from kembar.apps.ledger.models import Claim, Evidence, Source, StoredFile, Verdict
from kembar.apps.search import index


def stored(kept: Kept) -> StoredFile:
    """Return the record of a kept file; the same content has one record."""
    file, _created = StoredFile.objects.get_or_create(
        sha256=kept.sha256,
        defaults={"size": kept.size, "content_type": kept.content_type},
    )
    return file


def source_line(source: Source) -> index.Line:
    return index.Line(
        subject=f"ledger.source:{source.pk}",
        kind="source",
        path=source.get_absolute_url(),
        title=Text({source.language: str(source)}),
        body=Text({source.language: source.address}),
        owner_code=source.owner_code,
        audience=source.audience,
    )


def claim_line(claim: Claim) -> index.Line:
    return index.Line(
        subject=f"ledger.claim:{claim.pk}",
        kind="claim",
        path=claim.get_absolute_url(),
        title=claim.statement,
        body=claim.said_by,
        owner_code=claim.owner_code,
        partner_code=claim.partner_code,
        audience=narrower(claim.audience, claim.at_most),
    )


def _values(record_: Source | Claim, fields: Iterable[str]) -> dict[str, Any]:
    return {name: getattr(record_, name) for name in fields}


@transaction.atomic
def add_source(
    source: Source, *, by: User | None, file: Kept | None = None, name: str = ""
) -> None:
    """Put a source into the ledger, with the archived copy if there is one."""
    if file is not None:
        source.archived, source.archived_name = stored(file), name
    source.full_clean()
    with twins_refused(source):
        source.save()
    index.put([source_line(source)])
    record(source_added(source), by=by)


def source_added(source: Source) -> Deed:
    archived = source.archived and source.archived.sha256
    changes = first_values(source, archived=archived)
    return Deed("ledger.source_added", source, source.owner_code, changes=changes)


@transaction.atomic
def change_source(
    source: Source,
    *,
    seen: int,
    fields: list[str],
    old: dict[str, Any],
    by: User,
    file: Kept | None = None,
    name: str = "",
) -> None:
    """Change what is known of a source, unless somebody else did since it was opened."""
    if file is not None:
        old = {**old, "archived": source.archived and source.archived.sha256}
        source.archived, source.archived_name = stored(file), name
        fields = [*fields, "archived", "archived_name"]
    source.full_clean(validate_unique=False)
    source.validate_constraints()
    with twins_refused(source):
        save_if_unchanged(source, seen, fields)
    index.put([source_line(source)])
    new = _values(source, [f for f in fields if f != "archived_name"])
    if "archived" in new and source.archived:
        new["archived"] = source.archived.sha256
    record(
        Deed("ledger.source_changed", source, source.owner_code, changes=differences(old, new)),
        by=by,
    )


def in_the_ledger(sources: Iterable[Source]) -> tuple[list[Source], list[Source]]:
    """Return sources as they stand in the ledger, and those that were written down just now.

    Those are still to be put into the search and the history, together with what names them.
    """
    named: list[Source] = []
    new: list[Source] = []
    for source in sources:
        if source.pk is None:
            kept = _written_down(source)
            new += [kept] if kept is source else []
            source = kept
        named.append(source)
    return list(dict.fromkeys(named)), new


def _written_down(source: Source) -> Source:
    """Save a new source; if its address was written down meanwhile, return what stands there."""
    try:
        source.full_clean()
        with twins_refused(source):
            source.save()
    except ValidationError:
        twins = Source.objects.filter(owner_code=source.owner_code, address=source.address)
        twin = twins.exclude(address="").first()
        if twin is None:
            raise
        return twin
    return source


# What a source says of itself that only a table names.
FROM_A_TABLE = Text(
    id="Diambil dari tabel impor; belum dinilai.",
    zh="取自导入表，尚未评估。",
    en="Taken from an imported table; not yet judged.",
)


def sources_at(wanted: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Source]:
    """Return the sources at addresses by region and address, written down if they are new."""
    wanted = set(wanted)
    rows = Source.objects.filter(owner_code__in={home for home, _address in wanted})
    known = {
        (source.owner_code, source.address): source for source in rows.only("owner_code", "address")
    }
    new = [
        Source(
            owner_code=home,
            address=address,
            publisher=(urlparse(address).hostname or address).removeprefix("www.")[:200],
            kind=Source.Kind.PRESS,
            reason=FROM_A_TABLE,
        )
        for home, address in sorted(wanted)
        if (home, address) not in known
    ]
    try:
        with transaction.atomic():
            insert(new)
    except IntegrityError:
        # Race: somebody wrote one of them down in this moment; now it is known.
        return sources_at(wanted)
    return known | {(source.owner_code, source.address): source for source in new}


def _name_source(record_: Claim | Evidence) -> list[Source]:
    """Have the source of a claim or evidence in the ledger; return it if it is new there."""
    if record_.source is None:
        return []
    (record_.source,), new = in_the_ledger([record_.source])
    return new


def _remember(
    lines: Sequence[index.Line], new: Sequence[Source], deed: Deed, by: User | None
) -> None:
    """Put a deed, and the sources that are new with it, into the search and the history."""
    index.put([*map(source_line, new), *lines])
    record_all([*map(source_added, new), deed], by=by)


@transaction.atomic
def add_claim(claim: Claim, *, by: User | None) -> None:
    """Write down what somebody said."""
    new = _name_source(claim)
    claim.full_clean()
    claim.save()
    deed = Deed("ledger.claim_added", claim, claim.owner_code, changes=first_values(claim))
    _remember([claim_line(claim)], new, deed, by)


@transaction.atomic
def change_claim(
    claim: Claim, *, seen: int, fields: list[str], old: dict[str, Any], by: User
) -> None:
    """Correct a claim, unless somebody else did, or withdrew it, since it was opened."""
    if claim.withdrawn:
        raise StaleError(claim)
    # Race: its tie may be shared, or taken back, in this moment.
    hold(claim, "at_most")
    new = _name_source(claim)
    claim.full_clean(validate_unique=False)
    changes = differences(old, _values(claim, fields))
    if not changes:
        return
    save_if_unchanged(claim, seen, fields)
    deed = Deed("ledger.claim_changed", claim, claim.owner_code, changes=changes)
    _remember([claim_line(claim)], new, deed, by)


@transaction.atomic
def withdraw_claim(claim: Claim, *, reason: str, seen: int, by: User) -> None:
    """Take a claim off every list, with the reason; the record stays in the history."""
    if claim.withdrawn:
        raise StaleError(claim)
    claim.withdrawn = reason
    save_if_unchanged(claim, seen, ["withdrawn"])
    index.forget([f"ledger.claim:{claim.pk}"])
    changes = differences({}, {"withdrawn": reason})
    record(Deed("ledger.claim_withdrawn", claim, claim.owner_code, changes=changes), by=by)


def _hold_standing(claim: Claim) -> None:
    """Take hold of a claim; raise if somebody withdrew it."""
    hold(claim, "withdrawn")
    if claim.withdrawn:
        raise StaleError(claim)


@transaction.atomic
def add_evidence(evidence: Evidence, *, by: User | None) -> None:
    """Put a source beside a claim, for it or against it, unless somebody withdrew the claim."""
    _hold_standing(evidence.claim)
    new = _name_source(evidence)
    evidence.added_by = by
    evidence.full_clean()
    evidence.save()
    claim, changes = evidence.claim, first_values(evidence, without="claim")
    deed = Deed("ledger.evidence_added", claim, claim.owner_code, changes=changes)
    _remember([], new, deed, by)


@transaction.atomic
def judge(claim: Claim, *, judgement: str, reasoning: Text, by: User | None) -> Verdict:
    """Give a verdict, unless somebody withdrew the claim. The ones before it stay to be read."""
    # Two judges at once: the second waits here, and his entry says what the first one said.
    _hold_standing(claim)
    newest = claim.verdicts.order_by("-pk").first()
    verdict = Verdict(
        claim=claim,
        judgement=judgement,
        reasoning=reasoning,
        author=by,
        author_name=name_of(by),
    )
    verdict.full_clean()
    verdict.save()
    changes: list[dict[str, Any]] = [
        {"field": "judgement", "old": newest and newest.judgement, "new": judgement},
        {"field": "reasoning", "old": None, "new": dict(reasoning)},
    ]
    record(Deed("ledger.claim_judged", claim, claim.owner_code, changes=changes), by=by)
    return verdict
