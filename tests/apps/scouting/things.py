"""Studies and what hangs on them, made through the same actions that people's deeds go through."""

from __future__ import annotations

from typing import Any

from django.test import Client
from django.urls import reverse

from kembar.apps.accounts.models import User
from kembar.apps.kit.text import Text
from kembar.apps.scouting import actions, queries
from kembar.apps.scouting.inputs import Inputs
from kembar.apps.scouting.models import Decision, Study
from tests.apps.ties.things import a_region

# Five provinces whose climate and coast the atlas tells well apart; few draws, for speed.
AMONG = ("CN-HI", "CN-GD", "CN-JX", "CN-ZJ", "CN-XJ")
NAMES = {
    "CN-HI": Text(id="Hainan", zh="海南省", en="Hainan"),
    "CN-GD": Text(id="Guangdong", zh="广东省", en="Guangdong"),
    "CN-XJ": Text(id="Xinjiang", zh="新疆维吾尔自治区", en="Xinjiang"),
}


def the_regions() -> None:
    for code in AMONG:
        a_region(code, **({"name": NAMES[code]} if code in NAMES else {}))


def a_study(
    *, title: str = "Which partner?", home: str = "ID-NT", by: User | None = None, **fields: Any
) -> Study:
    """Return a new study; without an audience it is for its own region only."""
    the_regions()
    asked = {name: fields.pop(name) for name in list(fields) if name in Inputs.__annotations__}
    inputs = Inputs(**{"among": AMONG, "draws": 500, **asked})
    study = Study(home=a_region(home), title=Text(en=title), **fields)
    actions.begin_study(study, inputs, by=by)
    return study


def a_decision(
    study: Study, *, by: User, chosen: str = "CN-HI", reasons: str = "It fits."
) -> Decision:
    found = queries.ask(study, {})
    return actions.decide(
        study,
        queries.frozen_of(found),
        chosen=a_region(chosen),
        reasons=Text(en=reasons),
        seen=study.version,
        by=by,
    )


def signed_in(person: User | None) -> Client:
    browser = Client()
    if person:
        browser.force_login(person)
    return browser


def desk_of(browser: Client, study: Study, **query: Any) -> Any:
    return browser.get(reverse("scouting:study", args=[study.pk]), query)


def part_of(browser: Client, study: Study, **query: Any) -> str:
    """Return what the desk answers when a slider moves."""
    address = reverse("scouting:study", args=[study.pk])
    response = browser.get(address, query, headers={"HX-Request": "true"})
    assert response.status_code == 200
    return str(response.content.decode())


def a_form(study: Study | None = None, **changed: Any) -> dict[str, Any]:
    """Return what the form of a study sends as it stands, with some of it changed."""
    form = {
        "title_en": "Which partner?",
        "among": "CN-HI, CN-GD, CN-JX",
        "draws": "500",
        "seed": "0",
        "version": str(study.version if study else 1),
        **{f"on_{code}": "on" for code in ("own_country", "relations", "level", "ties", "no_go")},
    }
    form |= {name: value for name, value in changed.items() if value is not None}
    return {name: value for name, value in form.items() if changed.get(name, "") is not None}
