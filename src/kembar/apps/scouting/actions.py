"""What people do with studies. Each deed is atomic, remembered, and found again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from kembar.apps.accounts.models import User
from kembar.apps.accounts.rights import Audience
from kembar.apps.audit.actions import Deed, differences, first_values, key_of, name_of, record
from kembar.apps.kit.concurrency import StaleError, save_if_unchanged, twins_refused
from kembar.apps.kit.text import Text
from kembar.apps.ledger.actions import add_evidence
from kembar.apps.ledger.models import Claim, Evidence
from kembar.apps.regions.models import Region
from kembar.apps.scouting import inputs as asked
from kembar.apps.scouting import testing
from kembar.apps.scouting.inputs import Inputs
from kembar.apps.scouting.models import (
    Check,
    Closed,
    Decision,
    Remark,
    SectorClaim,
    Study,
    seal_of,
)
from kembar.apps.scouting.weights import Weights
from kembar.apps.search import index


def study_line(study: Study) -> index.Line:
    # A study that is published shows its decisions; the working paper stays with its readers.
    audience = Audience.SHARED if study.partner_code else Audience.OWN
    return index.Line(
        subject=key_of(study),
        kind="study",
        path=study.get_absolute_url(),
        title=study.title,
        body=study.purpose,
        also=study.home_id,
        owner_code=study.owner_code,
        partner_code=study.partner_code,
        audience=audience if study.audience != Audience.OWN else Audience.OWN,
    )


def plain_inputs(inputs: Inputs) -> dict[str, Any]:
    """Return inputs as the history tells them: lists and short texts under names of their own."""
    weights = inputs.weights
    said: Mapping[str, object] = {
        "points": {**weights.points, **weights.inner},
        "order": weights.places,
        "limits": weights.limits,
    }.get(weights.how, {})
    told = [f"{name} {_told(value)}" for name, value in said.items()]
    off = [f"-{code}: {reason}" for code, reason in inputs.filters_off.items()]
    on = [f"+{code}: {reason}" for code, reason in inputs.filters_on.items()]
    return {
        "among": list(inputs.among),
        # Not "sectors": those are what a tie is about.
        "sought": list(inputs.sectors),
        "criteria": list(inputs.criteria),
        "indicators": list(inputs.indicators),
        "weights": [weights.how, f"±{weights.tolerance}", *told],
        "filters": off + on,
        "draws": inputs.draws,
        "seed": inputs.seed,
    }


def _told(value: object) -> str:
    return "–".join(map(str, value)) if isinstance(value, tuple) else str(value)


@transaction.atomic
def begin_study(study: Study, inputs: Inputs, *, by: User | None) -> None:
    """Begin a study: a home region asks among whom its partner may be."""
    study.owner_code = study.home_id
    _put(study, inputs)
    study.full_clean()
    study.save()
    index.put([study_line(study)])
    asks = {name: value for name, value in plain_inputs(inputs).items() if value}
    changes = first_values(study, without="inputs") + differences({}, asks)
    record(Deed("scouting.study_begun", study, study.owner_code, changes=changes), by=by)


def _put(study: Study, inputs: Inputs) -> None:
    asked.check(inputs)
    study.inputs, study.among = inputs.as_json(), inputs.among_words()


@transaction.atomic
def change_study(
    study: Study,
    inputs: Inputs,
    *,
    seen: int,
    fields: list[str],
    old: dict[str, Any],
    old_inputs: Inputs,
    by: User,
) -> None:
    """Change what a study asks, unless somebody else did since it was opened."""
    _put(study, inputs)
    study.changed_at = timezone.now()
    study.full_clean(validate_unique=False)
    new = {name: getattr(study, name) for name in fields}
    changes = differences(old, new)
    changes += differences(plain_inputs(old_inputs), plain_inputs(inputs))
    if not changes:
        return
    save_if_unchanged(study, seen, [*fields, "inputs", "among", "changed_at"])
    index.put([study_line(study)])
    record(Deed("scouting.study_changed", study, study.owner_code, changes=changes), by=by)


@transaction.atomic
def save_weights(study: Study, inputs: Inputs, weights: Weights, *, seen: int, by: User) -> None:
    """Keep the weights that were moved, unless somebody else changed the study meanwhile."""
    new = inputs.with_weights(weights)
    _put(study, new)
    study.changed_at = timezone.now()
    changes = differences(plain_inputs(inputs), plain_inputs(new))
    if not changes:
        return
    save_if_unchanged(study, seen, ["inputs", "among", "changed_at"])
    record(Deed("scouting.weights_saved", study, study.owner_code, changes=changes), by=by)


@transaction.atomic
def share_study(
    study: Study, *, audience: str, partner: Region | None, seen: int, by: User
) -> None:
    """Decide who else may read a study, and who its decisions."""
    old = {"audience": study.audience, "partner_code": study.partner_code}
    study.audience = Audience(audience)
    study.partner_code = partner.code if partner and audience != Audience.OWN else ""
    study.full_clean(validate_unique=False)
    new = {"audience": study.audience, "partner_code": study.partner_code}
    changes = differences(old, new)
    if not changes:
        return
    save_if_unchanged(study, seen, list(new))
    index.put([study_line(study)])
    record(Deed("scouting.study_shared", study, study.owner_code, changes=changes), by=by)


def as_text(record_: Mapping[str, Any]) -> str:
    """Return a record as the text that is sealed: the same data, the same letters."""
    return json.dumps(record_, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


@transaction.atomic
def decide(
    study: Study,
    frozen: Mapping[str, Any],
    *,
    chosen: Region,
    reasons: Text,
    seen: int,
    by: User,
) -> Decision:
    """Freeze what was decided, with everything it was decided on.

    Raises
    ------
    StaleError
        If the study was changed since the page with this ranking was opened.
    """
    current = Study.objects.select_for_update().get(pk=study.pk)
    if current.version != seen:
        raise StaleError(current)
    text = as_text(frozen)
    decision = Decision(
        study=study,
        title=study.title,
        chosen=chosen,
        reasons=reasons,
        record=text,
        sha256=seal_of(text),
        by=by,
        by_name=name_of(by),
        at=timezone.now(),
    )
    decision.full_clean()
    decision.save()
    changes = first_values(decision, without="record")
    record(Deed("scouting.decided", study, study.owner_code, changes=changes), by=by)
    return decision


@transaction.atomic
def remark_on(study: Study, text: str, *, by: User) -> Remark:
    """Say something on a study, for its desk and its reviewers to read."""
    remark = Remark(study=study, text=text, author=by, author_name=name_of(by))
    remark.full_clean()
    remark.save()
    record(Deed("scouting.remark_made", remark, study.owner_code, key_of(study)), by=by)
    return remark


@transaction.atomic
def close_region(closed: Closed, *, by: User) -> None:
    """Put a region on the list of those with which no tie may begin."""
    closed.full_clean()
    with twins_refused(closed):
        closed.save()
    deed = Deed("scouting.region_closed", closed, closed.keeper_code, changes=first_values(closed))
    record(deed, by=by)


@transaction.atomic
def open_region(closed: Closed, *, reason: str, seen: int, by: User) -> None:
    """Take a region off the list, with the reason; the record itself stays."""
    closed.lifted = reason
    save_if_unchanged(closed, seen, ["lifted"])
    changes = differences({}, {"lifted": reason})
    record(Deed("scouting.region_opened", closed, closed.keeper_code, changes=changes), by=by)


@transaction.atomic
def test_claim(
    claim: Claim, *, check: str, region: Region, home: Region, by: User | None
) -> tuple[Check, bool]:
    """Put what the atlas computes beside a claim as evidence; say whether that is new.

    The same test with the same answer stays one piece of evidence.

    Raises
    ------
    KembarError
        If the atlas does not know a region, or a region is compared with itself.
    """
    # Two people at once: the second waits here, and finds what the first one put down.
    Claim.objects.select_for_update().get(pk=claim.pk)
    finding = testing.found(check, region, home)
    answer = testing.answer_of(finding)
    sha256 = seal_of(as_text(answer))
    same = {"claim": claim, "kind": check, "region": region, "home": home, "sha256": sha256}
    if known := Check.objects.filter(**same).first():
        return known, False
    evidence = Evidence(
        claim=claim,
        source=testing.source_for(claim.owner_code),
        bearing=testing.bearing_of(finding),
        note=testing.note_of(finding, {region.code: region, home.code: home}),
    )
    add_evidence(evidence, by=by)
    return Check.objects.create(**same, answer=answer, evidence=evidence), True


@transaction.atomic
def note_sector(note: SectorClaim, *, by: User | None) -> None:
    """Note what a claim says of a sector, so that studies count it with its verdict."""
    note.full_clean()
    with twins_refused(note):
        note.save()
    claim, changes = note.claim, first_values(note, without="claim")
    record(Deed("scouting.sector_noted", claim, claim.owner_code, changes=changes), by=by)


@transaction.atomic
def drop_sector(note: SectorClaim, *, reason: str, by: User | None) -> None:
    """Take back what a claim was noted to say of a sector; the history keeps it, with the reason.

    Raises
    ------
    StaleError
        If somebody else took it back meanwhile.
    """
    claim = note.claim
    was = {each["field"]: each["new"] for each in first_values(note, without="claim")}
    gone, _by_model = SectorClaim.objects.filter(pk=note.pk).delete()
    if not gone:
        raise StaleError(note)
    changes = differences(was, dict.fromkeys(was)) + differences({}, {"taken_back": reason})
    record(Deed("scouting.sector_dropped", claim, claim.owner_code, changes=changes), by=by)
