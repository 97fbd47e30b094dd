"""Programmes of the founding example, read from a file that people can read too."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kembar.apps.kit.text import Text
from kembar.apps.ledger.models import Claim, Source
from kembar.apps.programmes import actions
from kembar.apps.programmes.models import Activity, Body, Programme, Site
from kembar.apps.ties.models import Event, Tie

FILE = Path(__file__).parent / "data" / "founding-programmes.toml"
ORIGIN = "example"


def load(
    ties: Mapping[str, Tie],
    events: Mapping[str, Event],
    claims: Mapping[str, Claim],
    sources: Mapping[str, Source],
) -> bool:
    """Load the programmes of the example, unless they are here already.

    What people have changed since is theirs: a second run changes nothing.
    """
    if Programme.objects.filter(origin=ORIGIN).exists():
        return False
    with FILE.open("rb") as file:
        rows = tomllib.load(file)["programme"]
    for row in rows:
        _programme(row, ties, sources)
    return True


def _programme(
    row: Mapping[str, Any], ties: Mapping[str, Tie], sources: Mapping[str, Source]
) -> None:
    programme = Programme(
        tie=ties[row["tie"]],
        title=Text(row["title"]),
        sector=row["sector"],
        purpose=Text(row["purpose"]),
        starts=row.get("starts"),
        ends=row.get("ends"),
        audience=row["audience"],
        origin=ORIGIN,
    )
    around = actions.Around(
        [Body(side=body["side"], name=Text(body["name"])) for body in row["body"]],
        [Site(name=Text(site["name"])) for site in row["site"]],
        [sources[key] for key in row["sources"]],
    )
    actions.begin_programme(programme, around, by=None)
    for each in row["activity"]:
        activity = Activity(
            programme=programme,
            kind=each["kind"],
            title=Text(each["title"]),
            place=Text(each.get("place", {})),
            began=each.get("began"),
            ended=each.get("ended"),
            source=sources[each["source"]],
        )
        actions.add_activity(activity, by=None)
        if look := each.get("look"):
            actions.look_after(
                activity,
                on=look["on"],
                continues=look["continues"],
                continued=Text(look["continued"]),
                seen=activity.version,
                by=None,
            )
