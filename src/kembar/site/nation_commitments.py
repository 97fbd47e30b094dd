"""Commitments of the invented nation: what its ties promised, and what became of it.

Every one says that it is a test. None of it was promised.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate, count
from random import Random

from kembar.apps.accounts.models import Post
from kembar.apps.accounts.rights import Role
from kembar.apps.commitments.models import LIVE, Commitment, Firmness, Side, State, Turn, Way
from kembar.apps.kit.text import Text
from kembar.apps.ties.models import Sector, Tie
from kembar.engines.dates import PartialDate
from kembar.site.nation import DAY, ORIGIN

A_TIE = 20
"""How many commitments a tie of the nation has."""


class Weighted:
    """Words to choose from, some oftener than others."""

    def __init__(self, weights: Mapping[str, int]) -> None:
        self.words, self.sums = [str(word) for word in weights], list(accumulate(weights.values()))

    def one(self, rng: Random) -> str:
        return rng.choices(self.words, cum_weights=self.sums)[0]


STATES = Weighted(
    {
        State.OPEN: 46,
        State.RENEGOTIATED: 6,
        State.KEPT: 26,
        State.PARTLY: 7,
        State.BROKEN: 6,
        State.LAPSED: 8,
        State.WITHDRAWN: 1,
    }
)
FIRMNESS = Weighted(
    {
        Firmness.WISH: 15,
        Firmness.INTEREST: 20,
        Firmness.INTENT: 25,
        Firmness.PROMISE: 30,
        Firmness.OBLIGATION: 10,
    }
)
SIDES = Weighted({Side.HOME: 45, Side.PARTNER: 45, Side.BOTH: 10})
DEEDS = (
    Text(id="mengirim tim ahli", zh="派遣专家组", en="send a team of experts"),
    Text(id="menerima peserta magang", zh="接收实习人员", en="take in trainees"),
    Text(
        id="menyusun rencana kerja bersama", zh="编制联合工作计划", en="draw up a joint work plan"
    ),
    Text(id="menyediakan lahan percontohan", zh="提供示范用地", en="provide a demonstration plot"),
    Text(id="mengundang pelaku usaha", zh="邀请企业", en="invite companies"),
    Text(id="menyelenggarakan pameran", zh="举办展览", en="hold an exhibition"),
    Text(id="menerjemahkan pedoman teknis", zh="翻译技术手册", en="translate technical manuals"),
)
REASON = Text(id="Alasan buatan.", zh="虚构的原因。", en="An invented reason.")
BY = Text(id="Petugas buatan", zh="虚构人员", en="Invented officer")


@dataclass(frozen=True)
class Register:
    """The commitments of a tie, and the turns of those that did not stay open."""

    commitments: list[Commitment]
    turns: list[Turn]


class Promises:
    """Makes registers of ties, in the order of their keys."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.keys, self.turn_keys = count(1), count(1)
        self.posts = _posts_by_region()

    def of(self, ties: Iterable[Tie]) -> Iterator[Register]:
        for tie in ties:
            commitments = [self._commitment(tie, number) for number in range(1, A_TIE + 1)]
            turns = [self._turn(each) for each in commitments if each.state != State.OPEN]
            yield Register(commitments, turns)

    def _commitment(self, tie: Tie, number: int) -> Commitment:
        rng = self.rng
        said_on = DAY - timedelta(days=rng.randrange(30, 3000))
        deed, side = rng.choice(DEEDS), SIDES.one(rng)
        state = STATES.one(rng)
        posts = self.posts[tie.home_id]
        commitment = Commitment(
            pk=next(self.keys),
            tie=tie,
            number=number,
            what=Text({key: f"{_test(key, number)}{text}" for key, text in deed.items()}),
            made_by=side,
            made_by_words=BY,
            firmness=FIRMNESS.one(rng),
            way=rng.choice(Way.values),
            said_on=PartialDate.from_date(said_on),
            owner_id=rng.choice(posts) if posts and rng.random() < 0.75 else None,
            due=self._due(said_on, state),
            sector=rng.choice(Sector.values),
            state=state,
            audience=tie.audience,
            origin=ORIGIN,
        )
        commitment.set_due()
        return commitment

    def _due(self, said_on: date, state: str) -> PartialDate | None:
        """Return a day, a month or no date; what is still open is mostly due later."""
        rng = self.rng
        if rng.random() < 0.25:
            return None
        day = said_on + timedelta(days=rng.randrange(30, 900))
        if state in LIVE and day < DAY and rng.random() < 0.7:
            day = DAY + timedelta(days=rng.randrange(1, 700))
        return PartialDate(day.year, day.month, day.day if rng.random() < 0.6 else None)

    def _turn(self, commitment: Commitment) -> Turn:
        said = commitment.said_on.first if commitment.said_on else DAY - timedelta(days=1)
        day = said + timedelta(days=self.rng.randrange((DAY - said).days))
        return Turn(
            pk=next(self.turn_keys),
            commitment=commitment,
            kind=commitment.state,
            on=PartialDate.from_date(day),
            reason=REASON,
            new_due=commitment.due if commitment.state == State.RENEGOTIATED else None,
            person_name=BY,
            at=datetime(day.year, day.month, day.day, 3, tzinfo=UTC),
        )


def _posts_by_region() -> defaultdict[str, list[int]]:
    found: defaultdict[str, list[int]] = defaultdict(list)
    writers = Post.objects.filter(role__in=(Role.DESK, Role.AGENCY)).order_by("pk")
    for region, pk in writers.values_list("office__region_code", "pk"):
        found[region].append(pk)
    return found


def _test(language: str, number: int) -> str:
    return {"id": f"Janji uji {number}: ", "zh": f"试验承诺{number}："}.get(
        language, f"Test promise {number}: "
    )
