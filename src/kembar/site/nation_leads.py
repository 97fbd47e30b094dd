"""Leads of the invented nation: companies that do not exist, as far as chance got with them.

No lead is further than its facts: what is verified or won has figures with a source, a finding
and an answer, made as `investment.actions` would make them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count, pairwise
from random import Random

from kembar.apps.investment.actions import LINK_DAYS, company_line, lead_line, spelt
from kembar.apps.investment.models import (
    Company,
    Confirmation,
    Ending,
    Lead,
    LeadContact,
    Stage,
    StageMove,
    Verification,
    Yield,
)
from kembar.apps.investment.stages import ORDER
from kembar.apps.kit.text import Text
from kembar.apps.ledger.models import Source
from kembar.apps.search import index
from kembar.apps.ties.models import Sector, Tie
from kembar.site.nation import DAY, ORIGIN

LEADS = 20_000
# A prospect seldom becomes a win: of those that end, some one in ten.
STAGES = dict(zip(Stage.values, (38, 22, 28, 5, 7), strict=True))
ENDINGS = {"": 55, Ending.LOST: 18, Ending.ABANDONED: 17, Ending.DELAYED: 10}
PLACES = ("Jawa Timur", "Sulawesi Selatan", "Vietnam", "Thailand", "Malaysia")
CURRENCIES = ("IDR", "CNY", "USD")
SOUNDS = ("Hai", "Lin", "Dong", "Xin", "Jin", "Fu", "Hua", "Da", "Yuan", "Bo", "Rui", "Tai")
CHARACTERS = dict(zip(SOUNDS, "海林东新金福华大源博瑞泰", strict=True))
INVENTED = Text(id="Rekaan", zh="虚构", en="Invented")
BY = Text(id="Petugas buatan", zh="虚构人员", en="Invented officer")
WISHES = (
    Text(id="Pabrik pengolahan rumput laut", zh="海藻加工厂", en="A seaweed plant"),
    Text(id="Tambak garam", zh="盐田", en="Salt ponds"),
    Text(id="Rantai dingin perikanan", zh="渔业冷链", en="A cold chain for fish"),
    Text(id="Pembangkit surya", zh="太阳能电站", en="A solar park"),
    Text(id="Hotel di tepi pantai", zh="海滨酒店", en="A hotel by the sea"),
)
STEPS = (
    Text(id="Mengirim peta lahan", zh="发送地块图", en="Send the map of the site"),
    Text(id="Menelepon kembali", zh="回电", en="Call back"),
    Text(id="Mengundang ke lokasi", zh="邀请实地考察", en="Invite to the site"),
)


@dataclass
class Worked:
    """One invented lead with all that hangs on it, keys given."""

    company: Company
    lead: Lead
    contacts: list[LeadContact] = field(default_factory=list)
    moves: list[StageMove] = field(default_factory=list)
    yields: list[Yield] = field(default_factory=list)
    verifications: list[Verification] = field(default_factory=list)
    confirmations: list[Confirmation] = field(default_factory=list)

    def lines(self) -> list[index.Line]:
        """Return the lines under which search finds the company and the lead."""
        return [company_line(self.company), lead_line(self.lead)]


class Leadwork:
    """Makes leads over ties, in the order of their keys; `kit.bulk.insert` writes them."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.keys = count(1)
        self.part_keys = count(1)

    def over(self, ties: Sequence[Tie], sources: Sequence[Source], number: int) -> Iterator[Worked]:
        """Yield so many leads, over the ties in turn; ties come with both their regions."""
        for at in range(number):
            tie = ties[at % len(ties)]
            yield self._worked(tie, self.rng.choice(sources))

    def _worked(self, tie: Tie, source: Source) -> Worked:
        rng, key = self.rng, next(self.keys)
        stage = rng.choices(list(STAGES), list(STAGES.values()))[0]
        ending = rng.choices(list(ENDINGS), list(ENDINGS.values()))[0] if stage != "won" else ""
        opened = DAY - timedelta(days=rng.randrange(5, 1_800))
        worked = Worked(self._company(key, tie, source), Lead(pk=key))
        lead = worked.lead = self._lead(key, tie, worked.company, stage, opened)
        at = ORDER.index(Stage(stage))
        day = opened
        for old, new in pairwise(ORDER[: at + 1]):
            day = self._later(day)
            worked.moves.append(self._move(lead, old, new, day))
        if at or rng.random() < 0.5:
            self._talk(worked, opened)
        if at >= ORDER.index(Stage.ACTIVE):
            self._promise(worked, day, source, at)
        if ending:
            self._end(worked, ending, self._later(day))
        return worked

    def _later(self, day: date) -> date:
        return min(day + timedelta(days=self.rng.randrange(1, 120)), DAY - timedelta(days=1))

    def _company(self, key: int, tie: Tie, source: Source) -> Company:
        sounds = self.rng.choices(SOUNDS, k=3)
        name = f"{''.join(sounds).capitalize()} {key}"
        company = Company(
            pk=key,
            owner_code=tie.home_id,
            name=Text(
                id=f"{name} (rekaan)",
                zh=f"{''.join(CHARACTERS[each] for each in sounds)}{key}公司（虚构）",
                en=f"{name} (invented)",
            ),
            country=tie.partner.country,
            region_id=tie.partner_id,
            registration=f"X{key:017d}",
            proof_source=source,
            sectors=[self.rng.choice(Sector.values)],
            origin=ORIGIN,
        )
        company.spelt = spelt(company)
        return company

    def _lead(self, key: int, tie: Tie, company: Company, stage: str, opened: date) -> Lead:
        rng = self.rng
        is_known = stage != Stage.PROSPECT
        return Lead(
            pk=key,
            home=tie.home,
            tie=tie,
            company=company,
            title=rng.choice(WISHES),
            sector=company.sectors[0] if is_known else "",
            way=rng.choice(Lead.Way.values),
            contacts=INVENTED if is_known else Text(),
            drivers=INVENTED if is_known else Text(),
            likelihood=rng.choice(Lead.Likelihood.values[1:]) if is_known else "",
            owner_id=tie.owner_id,
            next_step=rng.choice(STEPS) if rng.random() < 0.9 else Text(),
            next_by=DAY + timedelta(days=rng.randrange(-30, 90)) if rng.random() < 0.8 else None,
            place=INVENTED if is_known else Text(),
            stage=stage,
            opened_on=opened,
            quiet_since=opened,
            origin=ORIGIN,
        )

    def _at(self, day: date) -> datetime:
        return datetime(day.year, day.month, day.day, 3, tzinfo=UTC)

    def _move(self, lead: Lead, old: str, new: str, day: date) -> StageMove:
        return StageMove(
            pk=next(self.part_keys),
            lead=lead,
            old=old,
            new=new,
            on=day,
            by_name=BY,
            at=self._at(day),
        )

    def _talk(self, worked: Worked, opened: date) -> None:
        """Write down some contacts; the last is what the lead counts its silence from."""
        lead = worked.lead
        span = (DAY - opened).days
        for day in sorted(opened + timedelta(days=self.rng.randrange(span)) for _n in range(2)):
            contact = LeadContact(
                pk=next(self.part_keys),
                lead=lead,
                on=day,
                kind=self.rng.choice(LeadContact.Kind.values),
                note=INVENTED,
                by_name=BY,
                at=self._at(day),
            )
            worked.contacts.append(contact)
            lead.last_contact = lead.quiet_since = day

    def _promise(self, worked: Worked, day: date, source: Source, at: int) -> None:
        """Write down what the lead brings, and for a win what shows it."""
        rng, lead = self.rng, worked.lead
        firm = [Yield.Firmness.PROMISED]
        if at >= ORDER.index(Stage.VERIFYING):
            firm.append(Yield.Firmness.COMMITTED)
        money = Decimal(rng.randrange(1, 900)) * 1_000_000 if rng.random() < 0.8 else None
        for firmness in firm:
            worked.yields.append(
                Yield(
                    pk=next(self.part_keys),
                    lead=lead,
                    firmness=firmness,
                    on=day,
                    money=money,
                    currency=rng.choice(CURRENCIES) if money else "",
                    new_jobs=rng.randrange(5, 500) if rng.random() < 0.7 or not money else None,
                    source=source if firmness != Yield.Firmness.PROMISED else None,
                )
            )
        if lead.stage == Stage.WON:
            self._prove(worked, day)

    def _prove(self, worked: Worked, day: date) -> None:
        lead, figures, moment = worked.lead, worked.yields[-1], self._at(day)
        key = next(self.part_keys)
        worked.verifications.append(
            Verification(
                pk=key,
                lead=lead,
                on=day,
                finding=Verification.Finding.HOLDS,
                method=INVENTED,
                about=figures,
                by_name=BY,
                at=moment,
            )
        )
        worked.confirmations.append(
            Confirmation(
                pk=key,
                lead=lead,
                about=figures,
                # No secret leads to it: this is the hash of no link.
                token_hash=hashlib.sha256(f"{ORIGIN} {key}".encode()).hexdigest(),
                asked_at=moment,
                ends_at=moment + timedelta(days=LINK_DAYS),
                answered_at=moment,
                agrees=True,
                name="Invented",
                helped=self.rng.randrange(1, 6),
            )
        )

    def _end(self, worked: Worked, ending: str, day: date) -> None:
        lead = worked.lead
        lead.ending, lead.ended_on, lead.ended_reason = ending, day, INVENTED
        if ending == Ending.LOST:
            lead.lost_to = self.rng.choice(PLACES)
        if ending == Ending.DELAYED:
            lead.again_on = DAY + timedelta(days=self.rng.randrange(30, 400))
        worked.moves.append(self._move(lead, lead.stage, ending, day))
