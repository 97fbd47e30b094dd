"""Companies and leads, made through the same actions that people's deeds go through."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from django.utils import timezone

from kembar.apps.accounts.models import Post, User
from kembar.apps.accounts.rights import Role
from kembar.apps.investment import actions, stages
from kembar.apps.investment.actions import File
from kembar.apps.investment.models import (
    Company,
    Confirmation,
    Lead,
    LeadContact,
    Stage,
    Verification,
    Yield,
)
from kembar.apps.kit.files import keep
from kembar.apps.kit.text import Text
from tests.apps.ties.things import a_region, a_source
from tests.people import a_person, a_post

PDF = b"%PDF-1.7\n%%EOF\n"
_numbers = count(1)


def a_file(name: str = "contract.pdf") -> File:
    return File(keep(iter([PDF]), name), name)


def a_company(name: str = "", *, of: str = "ID-NT", **fields: Any) -> Company:
    """Return a new company of which nothing is known but its name."""
    company = Company(
        owner_code=of,
        name=Text(en=name or f"Company {next(_numbers)}"),
        **{"country": "CN", **fields},
    )
    actions.add_company(company, by=None)
    return company


def a_lead(company: Company | None = None, *, of: str = "ID-NT", **fields: Any) -> Lead:
    """Return a new prospect, opened today."""
    lead = Lead(
        home=a_region(of),
        company=company or a_company(of=of),
        title=Text(en=fields.pop("title", "A salt plant")),
        **{"way": Lead.Way.ASKED, "opened_on": timezone.localdate(), **fields},
    )
    actions.open_lead(lead, by=None)
    return lead


def a_contact(
    lead: Lead, on: date | None = None, *, by: User | None = None, note: str = "They called."
) -> LeadContact:
    contact = LeadContact(
        lead=lead, on=on or timezone.localdate(), kind=LeadContact.Kind.CALL, note=Text(en=note)
    )
    actions.note_contact(contact, by=by)
    lead.refresh_from_db()
    return contact


def figures(
    lead: Lead,
    firmness: str = Yield.Firmness.COMMITTED,
    *,
    money: str | None = "5000000",
    currency: str = "CNY",
    proof: bool = True,
    on: date | None = None,
    **fields: Any,
) -> Yield:
    """Return money and jobs of a lead, with a file that proves them unless told otherwise."""
    record = Yield(
        lead=lead,
        firmness=firmness,
        on=on or timezone.localdate(),
        money=None if money is None else Decimal(money),
        currency=currency if money is not None else "",
        **fields,
    )
    actions.add_yield(record, by=None, file=a_file() if proof else None)
    return record


def a_lead_of(post: Post, stage: Stage = Stage.ACTIVE, **fields: Any) -> Lead:
    """Return a lead with all that its stage asks for, looked after by a post."""
    proved = {"registration": f"91360000{next(_numbers):010d}", "proof_source": a_source()}
    lead = a_lead(
        a_company(**proved),
        owner=post,
        sector="salt",
        contacts=Text(en="Ms Chen, deputy manager"),
        drivers=Text(en="Land by the sea"),
        likelihood=Lead.Likelihood.MEDIUM,
        next_step=Text(en="Send the map"),
        place=Text(en="Nagekeo"),
        **fields,
    )
    a_contact(lead)
    desk = a_person(Role.DESK)
    for each in stages.ORDER[1 : stages.ORDER.index(stage) + 1]:
        if each == Stage.VERIFYING:
            figures(lead)
        if each == Stage.WON:
            verified(lead)
            confirmed(lead)
        take(lead, each, by=desk)
    return lead


def take(lead: Lead, stage: Stage, *, by: User, reason: str = "") -> None:
    actions.move_lead(
        lead, stage, seen=lead.version, today=timezone.localdate(), by=by,
        reason=Text(en=reason) if reason else None,
    )  # fmt: skip
    lead.refresh_from_db()


def verified(lead: Lead, finding: str = "holds", *, by: User | None = None) -> Verification:
    verification = Verification(
        lead=lead,
        on=timezone.localdate(),
        finding=finding,
        method=Text(en="Read the contract, called the notary."),
    )
    shown = stages.proofs_of(lead).figures
    actions.verify_win(
        verification,
        looked_at=shown and shown.pk,
        seen=lead.version,
        today=timezone.localdate(),
        by=by or a_person(Role.HEAD),
    )
    return verification


def a_link(lead: Lead, language: str = "en") -> str:
    """Return the secret of a link for the investor."""
    return actions.ask_investor(lead, language=language, by=a_person(Role.DESK))


def confirmed(lead: Lead, *, agrees: bool = True) -> Confirmation:
    confirmation = Confirmation.objects.get(token_hash=actions.hash_of(a_link(lead)))
    said = actions.Answer(agrees, "Chen Yu, deputy manager", "" if agrees else "It is less.")
    actions.answer(confirmation, said, now=timezone.now())
    return confirmation


def days_ago(days: int) -> date:
    return timezone.localdate() - timedelta(days=days)


def a_seat() -> Post:
    """Return a post of the desk that nobody else in a test holds."""
    return a_post(Role.DESK)
