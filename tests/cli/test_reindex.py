"""The index written anew: after an update that lets the search find more."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from kembar.apps.accounts.models import rights_of
from kembar.apps.accounts.rights import Role
from kembar.apps.search import index
from kembar.apps.search.models import Document
from kembar.apps.ties import imports
from kembar.apps.ties.models import Event
from kembar.cli.main import app
from tests.apps.cases.things import a_case
from tests.apps.ties.things import a_claim, a_person_there, a_source, a_tie, an_event
from tests.people import a_person

pytestmark = pytest.mark.django_db


def lines() -> dict[str, tuple[str, str]]:
    return {each.subject: (each.kind, each.audience) for each in Document.objects.all()}


def test_what_was_made_before_is_found_and_what_is_gone_is_not() -> None:
    tie = a_tie(audience="shared")
    an_event(tie, "Durian fair", people=[a_person_there("Durian Wang")])
    a_claim(tie, "Durian is bought")
    a_source("Durian Times")
    case = a_case(tie)
    before = lines()
    index.forget([subject for subject, (kind, _who) in before.items() if kind != "event"])
    index.put([index.Line("gone:1", "tie", "/gone/", case.title)])

    result = CliRunner().invoke(app, ["reindex"])

    assert (result.exit_code, lines()) == (0, before)
    desk = rights_of(a_person(Role.DESK))
    assert [each.path for each in index.find("Jiangxi", desk, kind="case").documents] == [
        case.get_absolute_url()
    ]


def test_milestones_of_a_table_are_still_found_through_their_tie_only() -> None:
    tie = a_tie()
    one, other = (an_event(tie, "MoU signed", on=f"202{n}-01-01") for n in (1, 2))
    Event.objects.filter(pk__in=[one.pk, other.pk]).update(origin=imports.ORIGIN)
    index.forget([f"ties.event:{one.pk}"])

    CliRunner().invoke(app, ["reindex"])

    assert {key for key in lines() if key.startswith("ties.event")} == {f"ties.event:{other.pk}"}
