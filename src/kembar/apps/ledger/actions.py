"""What people do with sources and claims. Each deed is atomic and remembered."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction

from kembar.apps.accounts.models import User
from kembar.apps.accounts.rights import narrower
from kembar.apps.audit.actions import Deed, differences, first_values, name_of, record
from kembar.apps.kit.concurrency import save_if_unchanged, twins_refused
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
    changes = first_values(source, archived=file and file.sha256)
    record(Deed("ledger.source_added", source, source.owner_code, changes=changes), by=by)


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


def in_the_ledger(source: Source | None, *, by: User | None) -> Source | None:
    """Return a source, written down first if it is not yet."""
    if source is not None and source.pk is None:
        add_source(source, by=by)
    return source


@transaction.atomic
def add_claim(claim: Claim, *, by: User | None) -> None:
    """Write down what somebody said."""
    claim.source = in_the_ledger(claim.source, by=by)
    claim.full_clean()
    claim.save()
    index.put([claim_line(claim)])
    record(Deed("ledger.claim_added", claim, claim.owner_code, changes=first_values(claim)), by=by)


@transaction.atomic
def change_claim(
    claim: Claim, *, seen: int, fields: list[str], old: dict[str, Any], by: User
) -> None:
    """Correct what is written down of a claim, unless somebody else did since it was opened."""
    claim.source = in_the_ledger(claim.source, by=by)
    claim.full_clean(validate_unique=False)
    changes = differences(old, _values(claim, fields))
    if not changes:
        return
    save_if_unchanged(claim, seen, fields)
    index.put([claim_line(claim)])
    record(Deed("ledger.claim_changed", claim, claim.owner_code, changes=changes), by=by)


@transaction.atomic
def withdraw_claim(claim: Claim, *, reason: str, seen: int, by: User) -> None:
    """Take a claim off every list, with the reason; the record stays in the history."""
    claim.withdrawn = reason
    save_if_unchanged(claim, seen, ["withdrawn"])
    index.forget([f"ledger.claim:{claim.pk}"])
    changes = differences({}, {"withdrawn": reason})
    record(Deed("ledger.claim_withdrawn", claim, claim.owner_code, changes=changes), by=by)


@transaction.atomic
def add_evidence(evidence: Evidence, *, by: User | None) -> None:
    """Put a source beside a claim, for it or against it."""
    evidence.source = in_the_ledger(evidence.source, by=by) or evidence.source
    evidence.added_by = by
    evidence.full_clean()
    evidence.save()
    claim, changes = evidence.claim, first_values(evidence, without="claim")
    record(Deed("ledger.evidence_added", claim, claim.owner_code, changes=changes), by=by)


@transaction.atomic
def judge(claim: Claim, *, judgement: str, reasoning: Text, by: User | None) -> Verdict:
    """Give a verdict. The ones before it stay to be read."""
    # Two judges at once: the second waits here, and his entry says what the first one said.
    Claim.objects.select_for_update().get(pk=claim.pk)
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
