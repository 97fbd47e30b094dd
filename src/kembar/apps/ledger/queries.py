"""What pages about sources and claims read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, OuterRef, Prefetch, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from kembar.apps.accounts.models import rights_of
from kembar.apps.audit.queries import newest_deeds
from kembar.apps.audit.sentences import Sentence
from kembar.apps.kit.paging import Page, page_of
from kembar.apps.kit.text import LANGUAGES, Shown
from kembar.apps.ledger.models import Claim, Evidence, Source, Verdict


def list_claims(user: object, *, judgement: str, text: str, number: int) -> Page[Claim]:
    """Return one page of the claims a person may read, newest first."""
    claims: Any = Claim.objects.visible_to(user).standing().with_judgement()
    if judgement:
        claims = claims.filter(judgement=judgement)
    if text:
        claims = claims.filter(_in_any_language("statement", text))
    return page_of(claims.order_by("-pk"), number)


def _in_any_language(column: str, text: str) -> Q:
    condition = Q()
    for key in LANGUAGES:
        condition |= Q(**{f"{column}__{key}__icontains": text})
    return condition


@dataclass(frozen=True)
class ClaimPage:
    """A claim with what speaks for and against it, and every verdict given."""

    claim: Claim
    original: Shown | None
    source: Source | None
    evidence: Sequence[Evidence]
    verdicts: Sequence[Verdict]
    withdrawal: Sentence | None
    may_add: bool
    may_judge: bool


def claim_page(user: object, pk: int) -> ClaimPage:
    """Return what the page of a claim shows.

    Raises
    ------
    Claim.DoesNotExist
        If there is none, or it is not for this reader.
    """
    claims = Claim.objects.visible_to(user).kept_for(user)
    claim = claims.with_judgement().get(pk=pk)
    rights = rights_of(user)
    source = claim.source_id and Source.objects.visible_to(user).filter(pk=claim.source_id).first()
    return ClaimPage(
        claim,
        _original_of(claim),
        source or None,
        evidence=list(visible_evidence(user).filter(claim=claim)),
        verdicts=list(claim.verdicts.order_by("-pk")),
        withdrawal=_withdrawal_of(claim, user) if claim.withdrawn else None,
        may_add=not claim.withdrawn and rights.may("ledger.write", claim.owner_code),
        may_judge=not claim.withdrawn and rights.may("ledger.judge", claim.owner_code),
    )


def _original_of(claim: Claim) -> Shown | None:
    """Return what was said in the language in which it was said, if the reader sees another."""
    words = claim.statement.get(claim.language, "")
    is_seen = claim.statement.shown().language == claim.language
    return Shown(words, claim.language, is_fallback=False) if words and not is_seen else None


def _withdrawal_of(claim: Claim, user: object) -> Sentence | None:
    return newest_deeds([claim], "ledger.claim_withdrawn", user).get(str(claim.pk))


def visible_evidence(user: object) -> QuerySet[Evidence]:
    """Return the evidence whose source a person may read."""
    sources = Source.objects.visible_to(user)
    return Evidence.objects.filter(source__in=sources).select_related("source").order_by("pk")


def count_of_evidence(user: object) -> Any:
    """Return how many pieces of evidence a person may read, for each claim of an outer query."""
    pieces = Evidence.objects.filter(
        claim=OuterRef("pk"), source__in=Source.objects.visible_to(user)
    )
    counted = pieces.order_by().values("claim").annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(counted), Value(0))


def sources_of(region_code: str) -> QuerySet[Source]:
    """Return the sources that a record of this region may name."""
    return Source.objects.filter(owner_code=region_code).order_by("publisher", "-pk")


def list_sources(user: object, *, kind: str, text: str, number: int) -> Page[Source]:
    """Return one page of the sources a person may read, newest first."""
    sources = Source.objects.visible_to(user)
    if kind:
        sources = sources.filter(kind=kind)
    if text:
        sources = sources.filter(
            Q(publisher__icontains=text) | Q(title__icontains=text) | Q(address__icontains=text)
        )
    return page_of(sources.order_by("-pk"), number)


@dataclass(frozen=True)
class SourcePage:
    """A source with the claims it carries and the evidence it gives."""

    source: Source
    claims: Sequence[Claim]
    evidence: Sequence[Evidence]
    may_change: bool


def source_page(user: object, pk: int) -> SourcePage:
    """Return what the page of a source shows.

    Raises
    ------
    Source.DoesNotExist
        If there is none, or it is not for this reader.
    """
    source = Source.objects.visible_to(user).select_related("archived").get(pk=pk)
    claims = Claim.objects.visible_to(user).standing().with_judgement()
    return SourcePage(
        source,
        claims=list(claims.filter(source=source).order_by("pk")[:100]),
        evidence=list(
            source.evidence.filter(claim__in=Claim.objects.visible_to(user).standing())
            .prefetch_related(Prefetch("claim", claims))
            .order_by("pk")[:100]
        ),
        may_change=rights_of(user).may("ledger.write", source.owner_code),
    )
