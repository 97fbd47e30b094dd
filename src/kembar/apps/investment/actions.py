"""What people do with companies, leads, interests and gifts. Each deed is atomic and remembered.

Whatever decides on a lead takes hold of its row first: of two people who close it at once the
second sees what the first did, and a win cannot pass while its proof is being withdrawn.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from kembar.apps.accounts.models import User
from kembar.apps.audit.actions import (
    Deed,
    differences,
    first_values,
    key_of,
    names_of,
    record,
    record_all,
)
from kembar.apps.investment import integrity, stages
from kembar.apps.investment.models import (
    Company,
    Confirmation,
    Ending,
    Gift,
    Interest,
    Lead,
    LeadContact,
    Stage,
    StageMove,
    Verification,
    Yield,
)
from kembar.apps.kit.concurrency import StaleError, save_if_unchanged, twins_refused
from kembar.apps.kit.files import Kept
from kembar.apps.kit.text import Text
from kembar.apps.ledger.actions import in_the_ledger, source_added, source_line, stored
from kembar.apps.ledger.models import Source
from kembar.apps.regions.lookup import folded
from kembar.apps.search import index

# Long enough for a board of directors to meet, short enough that the people who know are there.
LINK_DAYS = 30


@dataclass(frozen=True)
class File:
    """A file that came with a form, and its name there."""

    kept: Kept
    name: str


@dataclass(frozen=True)
class End:
    """How a lead ends: what became of it, why, and for a delayed one until when."""

    ending: Ending
    on: date
    reason: Text
    lost_to: str = ""
    again_on: date | None = None


@dataclass(frozen=True)
class Answer:
    """What an investor says of the figures that he was shown."""

    agrees: bool
    name: str
    remark: str = ""
    helped: int | None = None


@dataclass(frozen=True)
class _Found:
    """Sources of a form as they stand in the ledger, and what is to be told of new ones."""

    source: Source | None
    lines: list[index.Line] = field(default_factory=list)
    deeds: list[Deed] = field(default_factory=list)


def _found(source: Source | None) -> _Found:
    if source is None:
        return _Found(None)
    [named], new = in_the_ledger([source])
    return _Found(named, [*map(source_line, new)], [*map(source_added, new)])


def _refuse(reasons: Iterable[Promise | str]) -> None:
    if reasons := list(reasons):
        raise ValidationError([str(reason) for reason in reasons], code="integrity")


# Companies -----------------------------------------------------------------------------


def spelt(company: Company) -> str:
    """Return what a company is found by in a list."""
    return " ".join(map(folded, [*company.name.values(), company.registration]))


def company_line(company: Company) -> index.Line:
    """A company that asks is a matter of the own region: the search tells nobody else."""
    return index.Line(
        subject=key_of(company),
        kind="company",
        path=company.get_absolute_url(),
        title=company.name,
        body=company.note,
        also=company.registration,
        owner_code=company.owner_code,
    )


@transaction.atomic
def add_company(
    company: Company, *, by: User | None, proof: File | None = None, source: Source | None = None
) -> None:
    """Write down a company, with the proof of its registration if there is one."""
    found = _found(source)
    deed = _saved(company, proof, found)
    index.put([*found.lines, company_line(company)])
    record_all([*found.deeds, deed], by=by)


def _saved(company: Company, proof: File | None, found: _Found) -> Deed:
    """Save a new company, and return what the history is to be told."""
    _put_proof(company, proof, found)
    company.full_clean()
    with twins_refused(company):
        company.save()
    changes = [*first_values(company), *_attached(proof)]
    return Deed("investment.company_added", company, company.owner_code, changes=changes)


@transaction.atomic
def change_company(
    company: Company,
    *,
    seen: int,
    fields: list[str],
    old: dict[str, Any],
    by: User,
    proof: File | None = None,
    source: Source | None = None,
) -> None:
    """Change what is known of a company, unless somebody else did since it was opened."""
    found = _found(source)
    _put_proof(company, proof, found)
    company.full_clean(validate_unique=False)
    changes = differences(old, {name: getattr(company, name) for name in fields})
    changes += _attached(proof)
    if not changes:
        return
    with twins_refused(company):
        save_if_unchanged(company, seen, [*fields, "proof", "proof_name", "spelt"])
    leads = list(company.leads.select_related("company"))
    index.put([*found.lines, company_line(company), *map(lead_line, leads)])
    deed = Deed("investment.company_changed", company, company.owner_code, changes=changes)
    record_all([*found.deeds, deed], by=by)


def _put_proof(company: Company, proof: File | None, found: _Found) -> None:
    if proof is not None:
        company.proof, company.proof_name = stored(proof.kept), proof.name
    if found.source is not None:
        company.proof_source = found.source
    company.spelt = spelt(company)


def _attached(file: File | None) -> list[dict[str, Any]]:
    """Return a file as a change; it is found again by its SHA-256."""
    if file is None:
        return []
    return [{"field": "attached", "old": None, "new": f"{file.name} (SHA-256 {file.kept.sha256})"}]


# Leads ---------------------------------------------------------------------------------


def lead_line(lead: Lead) -> index.Line:
    return index.Line(
        subject=key_of(lead),
        kind="lead",
        path=lead.get_absolute_url(),
        title=Text({**lead.company.name, **_joined(lead)}),
        body=lead.drivers,
        owner_code=lead.home_id,
    )


def _joined(lead: Lead) -> dict[str, str]:
    """Return company and wish in each language in which the wish is written."""
    return {key: f"{lead.company.name.shown(key).text}: {text}" for key, text in lead.title.items()}


@transaction.atomic
def open_lead(
    lead: Lead, *, by: User | None, source: Source | None = None, company: Company | None = None
) -> None:
    """Open a lead, perhaps of a company that is written down with it."""
    found = _found(source)
    if company is not None:
        # Search and history are written once, at the end: others wait for us in that order.
        found.deeds.append(_saved(company, None, _Found(None)))
        found.lines.append(company_line(company))
        lead.company = company
    lead.source = found.source or lead.source
    lead.quiet_since = lead.opened_on
    _look_through(lead)
    lead.save()
    index.put([*found.lines, lead_line(lead)])
    deed = Deed("investment.lead_opened", lead, lead.home_id, changes=first_values(lead))
    record_all([*found.deeds, deed], by=by)


@transaction.atomic
def change_lead(
    lead: Lead,
    *,
    seen: int,
    fields: list[str],
    old: dict[str, Any],
    by: User,
    source: Source | None = None,
) -> None:
    """Change what is known of a lead, unless somebody else did since it was opened."""
    found = _found(source)
    lead.source = found.source or lead.source
    _look_through(lead)
    changes = differences(old, {name: getattr(lead, name) for name in fields})
    if not changes:
        return
    was = old.get("owner")
    if was is not None and was.pk != lead.owner_id:
        lead.former_owners = [*lead.former_owners, was.pk]
    save_if_unchanged(lead, seen, [*fields, "former_owners"])
    index.put([*found.lines, lead_line(lead)])
    deed = Deed("investment.lead_changed", lead, lead.home_id, changes=changes)
    record_all([*found.deeds, deed], by=by)


def _look_through(lead: Lead) -> None:
    """Refuse what does not belong together: a lead stays within its region."""
    lead.full_clean(validate_unique=False)
    if lead.company.owner_code != lead.home_id:
        raise ValidationError({"company": _("This company belongs to the list of another region.")})
    if lead.tie is not None and lead.tie.home_id != lead.home_id:
        raise ValidationError({"tie": _("This tie belongs to another region.")})
    if lead.offer is not None and lead.offer.home_id != lead.home_id:
        raise ValidationError({"offer": _("This offer belongs to another region.")})


@transaction.atomic
def note_contact(note: LeadContact, *, by: User | None) -> None:
    """Write down that somebody met or wrote to the company, and what was said."""
    lead = _held(note.lead)
    note.by, note.by_name, note.at = by, names_of(by), timezone.now()
    note.full_clean(exclude=["by"])
    note.save()
    if lead.last_contact is None or note.on > lead.last_contact:
        # The version stays: who is changing the lead meanwhile loses nothing by it.
        since = max(note.on, lead.opened_on)
        Lead.objects.filter(pk=lead.pk).update(last_contact=note.on, quiet_since=since)
    changes = first_values(note, without="lead")
    _remember(Deed("investment.contact_noted", lead, lead.home_id, changes=changes), by)


def _held(lead: Lead, seen: int | None = None) -> Lead:
    """Keep others from deciding on a lead until this transaction ends; return it as it is.

    Raises
    ------
    StaleError
        If it was changed after it was seen.
    """
    leads = Lead.objects.select_for_update(no_key=True, of=("self",)).select_related("company")
    current = leads.get(pk=lead.pk)
    if seen is not None and current.version != seen:
        raise StaleError(current)
    return current


def _remember(deed: Deed, by: User | None, *before: Deed) -> None:
    record_all([*before, deed], by=by)


def _moved(
    lead: Lead, old: str, new: str, *, on: date, reason: Text | None, by: User | None
) -> list[dict[str, Any]]:
    """Add a move to the list of a lead, and return it as a change."""
    told = reason or Text()
    StageMove.objects.create(
        lead=lead, old=old, new=new, on=on, reason=told, by=by, by_name=names_of(by),
        at=timezone.now(),
    )  # fmt: skip
    beside = [{"field": "reason", "old": None, "new": dict(told)}] if told else []
    return [{"field": "lead_stage", "old": old, "new": new}, *beside]


@transaction.atomic
def move_lead(
    lead: Lead, stage: Stage, *, seen: int, today: date, by: User, reason: Text | None = None
) -> None:
    """Take a lead to another stage: onward when nothing is missing, back with a reason.

    Raises
    ------
    ValidationError
        With one line for each thing that is missing, or why this person may not do it.
    StaleError
        If somebody changed the lead meanwhile.
    """
    current = _held(lead, seen)
    if current.ending:
        raise ValidationError(_("This lead has ended; take it up again first."))
    order = stages.ORDER
    if order.index(stage) == order.index(Stage(current.stage)):
        raise ValidationError(_("The lead is at this stage already."))
    onward = order.index(stage) > order.index(Stage(current.stage))
    if onward:
        _refuse_unready(current, stage)
    elif not reason:
        raise ValidationError(_("Say why the lead goes back."))
    if Stage.WON in (stage, current.stage):
        _refuse(integrity.bars_deciding(by, current, today))
    old = current.stage
    current.stage = stage
    if stage == Stage.VERIFYING:
        current.verify_asked_by = by
    save_if_unchanged(current, seen, ["stage", "verify_asked_by"])
    changes = _moved(current, old, stage, on=today, reason=reason, by=by)
    moved = Deed("investment.stage_moved", current, current.home_id, changes=changes)
    won = Deed("investment.lead_won", current, current.home_id, changes=changes)
    _remember(won if stage == Stage.WON else moved, by)


def _refuse_unready(lead: Lead, stage: Stage) -> None:
    lacking = stages.missing(lead, stage, stages.proofs_of(lead))
    if lacking:
        sentence = _("Before the stage “%(stage)s” this is missing: %(thing)s.")
        raise ValidationError(
            [sentence % {"stage": stage.label, "thing": each.label} for each in lacking],
            code="missing",
        )


@transaction.atomic
def end_lead(lead: Lead, end: End, *, seen: int, today: date, by: User) -> None:
    """End a lead that is not won: lost to another place, abandoned, or delayed.

    Raises
    ------
    ValidationError
        If something is not said that such an ending needs, or this person may not end it.
    StaleError
        If somebody changed or ended the lead meanwhile.
    """
    current = _held(lead, seen)
    if current.ending or current.stage == Stage.WON:
        raise StaleError(current)
    _refuse(integrity.bars_deciding(by, current, today))
    _look_at_end(current, end, today)
    current.ending, current.ended_on, current.ended_reason = end.ending, end.on, end.reason
    current.lost_to, current.again_on = end.lost_to, end.again_on
    save_if_unchanged(current, seen, list(ENDED))
    changes = _moved(current, current.stage, end.ending, on=end.on, reason=end.reason, by=by)
    changes += differences({}, {name: getattr(current, name) or None for name in ENDED[3:]})
    _remember(Deed("investment.lead_ended", current, current.home_id, changes=changes), by)


ENDED = ("ending", "ended_on", "ended_reason", "lost_to", "again_on")


def _look_at_end(lead: Lead, end: End, today: date) -> None:
    if not end.reason:
        raise ValidationError({"reason": _("Say why.")})
    if not lead.opened_on <= end.on <= today:
        raise ValidationError({"on": _("It ended between the day it was opened and today.")})
    if end.ending == Ending.LOST and not end.lost_to:
        raise ValidationError({"lost_to": _("Say to which place it was lost, or “not known”.")})
    if end.ending == Ending.DELAYED and (end.again_on is None or end.again_on <= today):
        raise ValidationError(
            {"again_on": _("Say on which day to come it is to be taken up again.")}
        )


@transaction.atomic
def resume_lead(lead: Lead, *, reason: Text, seen: int, today: date, by: User) -> None:
    """Take up a lead again that had ended, at the stage where it was."""
    current = _held(lead, seen)
    if not current.ending:
        raise StaleError(current)
    if not reason:
        raise ValidationError({"reason": _("Say why.")})
    was = current.ending
    current.ending, current.ended_on, current.ended_reason = "", None, Text()
    current.lost_to, current.again_on = "", None
    # Nobody neglected it while it had ended: its silence begins anew.
    current.quiet_since = today
    save_if_unchanged(current, seen, [*ENDED, "quiet_since"])
    changes = _moved(current, was, current.stage, on=today, reason=reason, by=by)
    _remember(Deed("investment.lead_resumed", current, current.home_id, changes=changes), by)


# Money and jobs ------------------------------------------------------------------------


@transaction.atomic
def add_yield(
    figures: Yield, *, by: User | None, file: File | None = None, source: Source | None = None
) -> None:
    """Write down what a lead brings; it is never changed, only withdrawn and written anew.

    A verification and an investor's answer speak of one record: were it changed, they would
    speak of what nobody looked at.
    """
    _held(figures.lead)
    found = _found(source)
    figures.source = found.source or figures.source
    if file is not None:
        figures.file, figures.name = stored(file.kept), file.name
    figures.full_clean()
    figures.save()
    index.put(found.lines)
    changes = [*first_values(figures, without="lead"), *_attached(file)]
    _remember(
        Deed("investment.yield_added", figures.lead, figures.lead.home_id, changes=changes),
        by,
        *found.deeds,
    )


@transaction.atomic
def withdraw_yield(figures: Yield, *, reason: str, seen: int, by: User) -> None:
    """Take figures back, with the reason; the record stays.

    Raises
    ------
    ValidationError
        If the lead is won on these figures.
    """
    lead = _held(figures.lead)
    if lead.stage == Stage.WON and stages.proofs_of(lead).figures == figures:
        raise ValidationError(
            _("The lead is won on these figures; take it back to an earlier stage first.")
        )
    if figures.withdrawn:
        raise StaleError(figures)
    figures.withdrawn = reason
    save_if_unchanged(figures, seen, ["withdrawn"])
    now = timezone.now()
    _standing_links(figures.lead).filter(about=figures).update(withdrawn_at=now)
    changes = differences({}, {"figures": str(figures), "withdrawn": reason})
    _remember(Deed("investment.yield_withdrawn", lead, lead.home_id, changes=changes), by)


# Is it a win? --------------------------------------------------------------------------


@transaction.atomic
def verify_win(
    verification: Verification,
    *,
    looked_at: int | None,
    seen: int,
    today: date,
    by: User,
    file: File | None = None,
) -> None:
    """Say whether the figures of a lead hold, as somebody who had no part in it.

    Parameters
    ----------
    looked_at
        The key of the figures that he was shown.

    Raises
    ------
    ValidationError
        Why this person may not, that there is nothing to be verified, or that other figures
        count by now than those he looked at.
    StaleError
        If somebody changed the lead meanwhile.
    """
    lead = _held(verification.lead, seen)
    if lead.stage != Stage.VERIFYING or lead.ending:
        raise ValidationError(_("Nothing of this lead is to be verified now."))
    _refuse(integrity.bars_verifying(by, lead, today))
    figures = stages.proofs_of(lead).figures
    if figures is None:
        raise ValidationError(_("No figures with a proof stand here any more."))
    if figures.pk != looked_at:
        # Figures come and go without a new version of the lead.
        raise ValidationError(
            _("Other figures count now than those you looked at: look at these, then say it.")
        )
    verification.about = figures
    verification.by, verification.by_name, verification.at = by, names_of(by), timezone.now()
    if file is not None:
        verification.file, verification.name = stored(file.kept), file.name
    verification.full_clean(exclude=["by"])
    verification.save()
    changes = [*first_values(verification, without="lead"), *_attached(file)]
    _remember(Deed("investment.win_verified", lead, lead.home_id, changes=changes), by)


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _standing_links(lead: Lead) -> Any:
    return Confirmation.objects.filter(lead=lead, answered_at=None, withdrawn_at=None)


@transaction.atomic
def ask_investor(lead: Lead, *, language: str, by: User) -> str:
    """Return the secret of a link at which the investor says whether the figures are right.

    It is shown once and kept nowhere; a link that was made before ends.

    Raises
    ------
    ValidationError
        If there are no figures yet to which he could answer.
    """
    current = _held(lead)
    figures = stages.proofs_of(current).figures
    if figures is None:
        raise ValidationError(_("Write down first what is committed or realised, with its proof."))
    now = timezone.now()
    _standing_links(lead).update(withdrawn_at=now)
    token = secrets.token_urlsafe(32)
    confirmation = Confirmation(
        lead=current,
        about=figures,
        token_hash=hash_of(token),
        asked_at=now,
        asked_by=by,
        ends_at=now + timedelta(days=LINK_DAYS),
        language=language,
    )
    # What the investor says is not there yet.
    confirmation.full_clean(exclude=["agrees"])
    confirmation.save()
    changes = differences({}, {"figures": str(figures), "language": language})
    _remember(Deed("investment.investor_asked", current, current.home_id, changes=changes), by)
    return token


@transaction.atomic
def withdraw_link(confirmation: Confirmation, *, by: User) -> None:
    """End a link that was not answered: its address opens nothing any more."""
    lead = _held(confirmation.lead)
    standing = _standing_links(lead).filter(pk=confirmation.pk)
    if not standing.update(withdrawn_at=timezone.now()):
        raise StaleError(Confirmation.objects.get(pk=confirmation.pk))
    _remember(Deed("investment.link_withdrawn", lead, lead.home_id, changes=[]), by)


@transaction.atomic
def answer(confirmation: Confirmation, said: Answer, *, now: datetime) -> None:
    """Keep what the investor says; a link is answered once.

    Raises
    ------
    StaleError
        If it was answered, withdrawn or at its end meanwhile.
    """
    lead = _held(confirmation.lead)
    standing = _standing_links(lead).filter(pk=confirmation.pk, ends_at__gt=now)
    values = {
        "agrees": said.agrees,
        "name": said.name,
        "remark": said.remark,
        "helped": said.helped,
    }
    if not standing.update(answered_at=now, **values):
        raise StaleError(Confirmation.objects.get(pk=confirmation.pk))
    _remember(
        Deed("investment.investor_answered", lead, lead.home_id, changes=differences({}, values)),
        None,
    )


# Interests and gifts -------------------------------------------------------------------


@transaction.atomic
def declare_interest(interest: Interest, *, by: User) -> None:
    """Say that one is close to a company: from now on one does not decide on its leads."""
    interest.person = by
    interest.full_clean()
    _in_order(interest)
    interest.save()
    company = interest.company
    changes = first_values(interest, without="company")
    code, context = company.owner_code, key_of(company)
    record(Deed("investment.interest_declared", interest, code, context, changes), by=by)


@transaction.atomic
def change_interest(
    interest: Interest, *, seen: int, fields: list[str], old: dict[str, Any], by: User
) -> None:
    """Change what one declared, such as the day on which it ended.

    Who confirmed the end before spoke of what stood there then: it is to be confirmed anew.
    """
    interest.full_clean(validate_unique=False)
    _in_order(interest)
    changes = differences(old, {name: getattr(interest, name) for name in fields})
    if not changes:
        return
    changes += differences({"end_seen_by": interest.end_seen_by}, {"end_seen_by": None})
    interest.end_seen_by = None
    save_if_unchanged(interest, seen, [*fields, "end_seen_by"])
    company = interest.company
    code, context = company.owner_code, key_of(company)
    record(Deed("investment.interest_changed", interest, code, context, changes), by=by)


@transaction.atomic
def confirm_end(interest: Interest, *, seen: int, today: date, by: User) -> None:
    """Confirm, as somebody else, that an interest has ended: from now on it bars nobody.

    Raises
    ------
    ValidationError
        If it lasts, is his own, or he is close to the company himself.
    StaleError
        If it was changed or confirmed meanwhile.
    """
    if interest.person_id == by.pk:
        raise ValidationError(_("You declared it yourself; somebody else has to confirm the end."))
    if interest.until is None or interest.until >= today:
        raise ValidationError(_("This interest has not ended."))
    _refuse(integrity.closeness(by, interest.company, today))
    if interest.end_seen_by_id:
        raise StaleError(interest)
    interest.end_seen_by = by
    save_if_unchanged(interest, seen, ["end_seen_by"])
    company = interest.company
    code, context = company.owner_code, key_of(company)
    changes = differences({}, {"until": interest.until})
    record(Deed("investment.interest_end_confirmed", interest, code, context, changes), by=by)


def _in_order(interest: Interest) -> None:
    if interest.until and interest.until < interest.since:
        raise ValidationError({"until": _("It cannot end before it began.")})


@transaction.atomic
def note_gift(gift: Gift, *, by: User) -> None:
    """Enter a gift in the register."""
    gift.full_clean()
    gift.save()
    deed = Deed("investment.gift_noted", gift, gift.owner_code, changes=first_values(gift))
    record(deed, by=by)


@transaction.atomic
def change_gift(gift: Gift, *, seen: int, fields: list[str], old: dict[str, Any], by: User) -> None:
    """Change what the register says of a gift, such as what became of it."""
    gift.full_clean(validate_unique=False)
    changes = differences(old, {name: getattr(gift, name) for name in fields})
    if not changes:
        return
    save_if_unchanged(gift, seen, fields)
    record(Deed("investment.gift_changed", gift, gift.owner_code, changes=changes), by=by)
