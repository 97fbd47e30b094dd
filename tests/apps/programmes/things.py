"""Programmes and their parts, made through the same actions that people's deeds go through."""

from __future__ import annotations

from datetime import date
from typing import Any

from kembar.apps.kit.text import Text
from kembar.apps.programmes import actions
from kembar.apps.programmes.models import (
    Activity,
    Attendance,
    BudgetLine,
    Milestone,
    Programme,
    Risk,
)
from kembar.apps.programmes.starting import starting_points
from kembar.apps.rates.models import Rate
from kembar.apps.ties.models import Tie
from tests.apps.ties.things import a_source


def a_programme(
    tie: Tie, title: str = "Seaweed in Semau", *, point: str = "", **fields: Any
) -> Programme:
    """Return a new programme; from a starting point if one is named."""
    values = {"sector": "fisheries", **fields}
    programme = Programme(tie=tie, title=Text(en=title), **values)
    start = starting_points()[point] if point else None
    actions.begin_programme(programme, actions.Around(), point=start, by=None)
    return programme


def an_activity(programme: Programme, title: str = "First trial", **fields: Any) -> Activity:
    values = {"kind": Activity.Kind.TRIAL, **fields}
    activity = Activity(programme=programme, title=Text(en=title), **values)
    actions.add_activity(activity, by=None)
    return activity


def did(
    activity: Activity,
    *,
    began: date,
    ended: date | None = None,
    people: list[Attendance] | None = None,
    **fields: Any,
) -> Activity:
    """Record what was done in an activity."""
    names = [*actions.DONE, "people", "look_from"]
    old = {name: getattr(activity, name) for name in names}
    for name, value in {"began": began, "ended": ended, **fields}.items():
        setattr(activity, name, value)
    seen = activity.version
    actions.record_activity(activity, actions.Did(people or []), seen=seen, old=old, by=None)
    return activity


def a_milestone(programme: Programme, title: str = "Permit", **fields: Any) -> Milestone:
    milestone = Milestone(programme=programme, title=Text(en=title), **fields)
    actions.add_milestone(milestone, by=None)
    return milestone


def an_amount(
    programme: Programme, amount: int = 1000, currency: str = "IDR", **fields: Any
) -> BudgetLine:
    values = {"kind": "planned", "on": date(2026, 5, 1), "purse": "apbd", **fields}
    line = BudgetLine(programme=programme, amount=amount, currency=currency, **values)
    actions.add_amount(line, by=None)
    return line


def a_risk(programme: Programme, title: str = "Storm", **fields: Any) -> Risk:
    risk = Risk(programme=programme, title=Text(en=title), **fields)
    actions.add_risk(risk, by=None)
    return risk


def a_rate(base: str, quote: str, on: date, value: str) -> Rate:
    return Rate.objects.create(base=base, quote=quote, on=on, value=value, source=a_source())
