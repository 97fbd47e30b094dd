"""Programmes of the invented nation: four for every second tie, as far as chance got them.

They are begun from the starting points that everybody has. Nothing of it happened, and every
title says so; no programme of the real record lies beside them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from itertools import count
from random import Random

from django.db import models

from kembar.apps.kit.text import Text
from kembar.apps.programmes.models import (
    Activity,
    Attendance,
    BudgetLine,
    Milestone,
    Programme,
    Risk,
)
from kembar.apps.programmes.plan import Point, Span, a_year_after, drawn
from kembar.apps.programmes.starting import parts_for, starting_points
from kembar.apps.ties.models import Tie
from kembar.site.nation import DAY, ORIGIN

PROGRAMMES_A_TIE = 4
INVENTED = {"id": "(buatan)", "zh": "（虚构）", "en": "(invented)"}
SAID = Text(id="Catatan buatan.", zh="虚构记录。", en="An invented note.")
# Currency, and the smallest and the largest amount that is drawn.
PURSES = {
    BudgetLine.Purse.APBD: ("IDR", 50_000_000, 2_000_000_000),
    BudgetLine.Purse.PARTNER: ("CNY", 20_000, 900_000),
    BudgetLine.Purse.GRANT: ("USD", 3_000, 120_000),
}


@dataclass
class Folder:
    """A programme with its parts, in the order of their foreign keys."""

    programme: Programme
    activities: list[Activity] = field(default_factory=list)
    milestones: list[Milestone] = field(default_factory=list)
    attendance: list[Attendance] = field(default_factory=list)
    budget: list[BudgetLine] = field(default_factory=list)
    risks: list[Risk] = field(default_factory=list)

    def rows(self) -> Iterator[list[models.Model]]:
        """Yield the rows of each table, parents first."""
        yield [self.programme]
        for part in ("activities", "milestones", "attendance", "budget", "risks"):
            yield getattr(self, part)


class Fieldwork:
    """Makes programmes, in the order of their keys."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.keys = {name: count(1) for name in Folder.__dataclass_fields__}

    def of(self, ties: Iterable[Tie]) -> Iterator[Folder]:
        """Yield the programmes of every second tie."""
        for number, tie in enumerate(ties):
            for _programme in range(PROGRAMMES_A_TIE if number % 2 == 0 else 0):
                yield self._folder(tie)

    def _folder(self, tie: Tie) -> Folder:
        point = self.rng.choice(list(starting_points().values()))
        starts = DAY - timedelta(days=self.rng.randrange(-200, 1500))
        programme = Programme(
            pk=next(self.keys["programme"]),
            tie=tie,
            title=Text({key: f"{text} {INVENTED[key]}" for key, text in point.title.items()}),
            sector=point.sector,
            purpose=point.purpose,
            owner_id=tie.owner_id,
            starts=starts,
            ends=starts + timedelta(days=self.rng.randrange(300, 800)),
            audience=tie.audience,
            origin=ORIGIN,
        )
        folder = Folder(programme)
        parts = parts_for(point, programme)
        for activity in parts.activities:
            activity.pk = next(self.keys["activities"])
            self._do(activity, folder)
            folder.activities.append(activity)
        for milestone in parts.milestones:
            milestone.pk = next(self.keys["milestones"])
            if milestone.due and milestone.due < DAY and self.rng.random() < 0.85:
                milestone.reached_on = milestone.due
            folder.milestones.append(milestone)
        for risk in parts.risks:
            risk.pk = next(self.keys["risks"])
            risk.likelihood, risk.impact = self.rng.randint(1, 3), self.rng.randint(1, 3)
            folder.risks.append(risk)
        self._pay(folder)
        _draw(folder)
        return folder

    def _do(self, activity: Activity, folder: Folder) -> None:
        """Begin and finish an activity, as far as its days are past."""
        if not activity.starts or activity.starts >= DAY or self.rng.random() < 0.07:
            return
        activity.began = activity.starts
        if not activity.ends or activity.ends >= DAY or self.rng.random() < 0.07:
            return
        activity.ended = activity.ends
        activity.look_from = a_year_after(activity.ended)
        activity.hours = Decimal(self.rng.randrange(4, 160))
        activity.people = 0
        for sex in (Attendance.Sex.FEMALE, Attendance.Sex.MALE, ""):
            people = self.rng.randrange(1, 30)
            activity.people += people
            folder.attendance.append(
                Attendance(
                    pk=next(self.keys["attendance"]),
                    activity=activity,
                    count=people,
                    sex=sex,
                    age=self.rng.choice(["", "youth", "adult"]),
                    disability=self.rng.choice(["", "", "no", "yes"]),
                )
            )
        if activity.look_from and activity.look_from < DAY and self.rng.random() < 0.6:
            activity.looked_on = activity.look_from
            activity.continues = self.rng.choice(Activity.Continued.values)
            activity.continued = SAID

    def _pay(self, folder: Folder) -> None:
        starts = folder.programme.starts or DAY
        for purse, (currency, low, high) in PURSES.items():
            planned = self.rng.randrange(low, high)
            for kind, share in (("planned", 100), ("spent", self.rng.randrange(10, 110))):
                on = starts + timedelta(days=self.rng.randrange(0, 300))
                folder.budget.append(
                    BudgetLine(
                        pk=next(self.keys["budget"]),
                        programme=folder.programme,
                        kind=kind,
                        amount=Decimal(planned * share // 100),
                        currency=currency,
                        on=min(on, DAY) if kind == "spent" else on,
                        purse=purse,
                    )
                )


def _draw(folder: Folder) -> None:
    programme = folder.programme
    spans = [
        Span(each.starts, each.ends, each.began, each.ended, each.dropped_on)
        for each in folder.activities
    ]
    points = [Point(each.due, each.reached_on) for each in folder.milestones]
    found = drawn(programme.starts, programme.ends, spans, points)
    programme.begun_on, programme.late_from = found.begun_on, found.late_from
    counts = [each.people for each in folder.activities if each.people is not None]
    programme.people = sum(counts) if counts else None
