"""What a lead needs at which stage: `stages.toml` says it, so that an office can change it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kembar.apps.investment.models import Lead, Stage, Verification, Yield

PATH = Path(__file__).with_name("stages.toml")
ORDER = tuple(Stage)
# What is not a field of the lead itself: how it is called, and the page where it is put right.
FACTS: dict[str, tuple[Promise | str, str]] = {
    "contact": (_("a contact with the company"), "investment:new_contact"),
    "registration": (_("the company's registration, with its proof"), "investment:change_company"),
    "figures": (_("money or jobs, committed or realised, with proof"), "investment:new_yield"),
    "verification": (_("the verification of these figures"), "investment:verify"),
    "confirmation": (_("the investor's confirmation of these figures"), "investment:ask_investor"),
}
FIELDS = (
    *("title", "way", "owner", "sector", "contacts", "drivers", "likelihood", "next_step"),
    *("next_by", "place", "started_on", "source", "event", "offer", "tie"),
)


@dataclass(frozen=True)
class Missing:
    """Something that a lead needs before it enters a stage, and where it is filled in."""

    key: str
    label: str
    path: str


@dataclass(frozen=True)
class Proofs:
    """What stands beside a lead and shows that a win is one.

    Attributes
    ----------
    figures
        The figures that count as the win: realised ones, else those committed on paper, if a
        paper or a source shows them.
    """

    figures: Yield | None
    is_verified: bool
    is_confirmed: bool


def read(text: str) -> dict[str, Stage]:
    """Return the stage from which each thing is needed.

    Raises
    ------
    ImproperlyConfigured
        If a line names what no lead has, or a stage that there is not.
    """
    wanted: Mapping[str, str] = tomllib.loads(text).get("required", {})
    known = {*FIELDS, *FACTS}
    for key, stage in wanted.items():
        if key not in known:
            msg = f'stages.toml: a lead has no "{key}"; use one of {", ".join(sorted(known))}.'
            raise ImproperlyConfigured(msg)
        if stage not in Stage.values:
            msg = f'stages.toml: "{key}" names the stage "{stage}"; use {", ".join(Stage.values)}.'
            raise ImproperlyConfigured(msg)
    return {key: Stage(stage) for key, stage in wanted.items()}


@cache
def required() -> dict[str, Stage]:
    return read(PATH.read_text(encoding="utf-8"))


def proofs_of(lead: Lead) -> Proofs:
    """Return what shows that a lead is won, as far as it is there."""
    shown = [each for each in lead.yields.standing().order_by("-on", "-pk") if each.is_proved]
    firm = {each.firmness: each for each in reversed(shown)}
    figures = firm.get(Yield.Firmness.REALISED) or firm.get(Yield.Firmness.COMMITTED)
    if figures is None:
        return Proofs(None, is_verified=False, is_confirmed=False)
    verdict = lead.verifications.filter(about=figures).order_by("-pk").first()
    answers = lead.confirmations.filter(about=figures, answered_at__isnull=False)
    answer = answers.order_by("-answered_at").first()
    return Proofs(
        figures,
        is_verified=verdict is not None and verdict.finding == Verification.Finding.HOLDS,
        is_confirmed=answer is not None and bool(answer.agrees),
    )


def missing(lead: Lead, stage: str, proofs: Proofs) -> list[Missing]:
    """Return what a lead still needs to be at a stage, in the order of the stages."""
    reached = ORDER.index(Stage(stage))
    keys = [key for key, first in required().items() if ORDER.index(first) <= reached]
    return [_missing(lead, key) for key in _lacking(lead, keys, proofs)]


def _lacking(lead: Lead, keys: Iterable[str], proofs: Proofs) -> list[str]:
    there = {
        "contact": lead.last_contact is not None,
        "registration": lead.company.is_proved,
        "figures": proofs.figures is not None,
        "verification": proofs.is_verified,
        "confirmation": proofs.is_confirmed,
    }
    return [key for key in keys if not there.get(key, key in FIELDS and bool(_value(lead, key)))]


def _value(lead: Lead, key: str) -> object:
    # Whether a record is named shows by its key: it need not be read.
    return getattr(lead, f"{key}_id", None) or getattr(lead, key)


def _missing(lead: Lead, key: str) -> Missing:
    if key in FACTS:
        label, name = FACTS[key]
        at = lead.company_id if name == "investment:change_company" else lead.pk
        return Missing(key, str(label), reverse(name, args=[at]))
    label = str(Lead._meta.get_field(key).verbose_name)  # type: ignore[union-attr]  # a column
    return Missing(key, label, f"{reverse('investment:change_lead', args=[lead.pk])}#id_{key}")


def next_stage(lead: Lead) -> Stage | None:
    """Return the stage after that of a lead; None if it is won."""
    at = ORDER.index(Stage(lead.stage)) + 1
    return ORDER[at] if at < len(ORDER) else None
