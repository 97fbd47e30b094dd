"""An installation that loaded an older founding example, and finds what came with a later one."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from kembar.apps.audit.queries import check_chain
from kembar.apps.cases import actions as cases
from kembar.apps.cases.models import Case
from kembar.apps.kit.text import Text
from kembar.apps.scouting.models import Check, SectorClaim, Study
from kembar.apps.ties.models import Event, Tie
from kembar.site import example

pytestmark = pytest.mark.django_db


@pytest.fixture
def _older(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Load the example as it was before there were studies, tested claims and cases."""
    shutil.copy(example.DATA / "register.csv", tmp_path)
    told = (example.DATA / "founding.toml").read_text("utf-8")
    told = told[: told.index("[[study]]")]
    told = re.sub(r"(?ms)^(tests = \[|sectors = \[\{).*?\]\n", "", told)
    (tmp_path / "founding.toml").write_text(f"study = []\ncase = []\n{told}", "utf-8")
    with monkeypatch.context() as then:
        then.setattr(example, "DATA", tmp_path)
        assert example.load() is True
    assert not any(model.objects.exists() for model in (Case, Check, SectorClaim, Study))


@pytest.mark.usefixtures("_older")
def test_what_came_later_is_brought_and_what_people_changed_stays() -> None:
    tie = Tie.objects.get(home="ID-NT", partner="CN-JX")
    Tie.objects.filter(pk=tie.pk).update(stands=Text(id="Sudah ditandatangani"))
    Event.objects.filter(tie=tie, on__startswith="2025-11-17", kind="meeting").update(
        title=Text(id="Audiensi gubernur")
    )

    assert example.load() is True

    case = Case.objects.get()
    assert (case.tie, case.origin) == (tie, "example")
    told = [entry.event and entry.event.title["id"] for entry in case.entries.order_by("number")]
    assert len(told) == 4
    assert told[1] == "Audiensi gubernur"
    assert [link.claim.number for link in case.claims.order_by("pk")] == [3, 4, 10]
    assert (Study.objects.count(), SectorClaim.objects.count() > 0) == (1, True)
    tie.refresh_from_db()
    assert tie.stands == {"id": "Sudah ditandatangani"}
    assert check_chain() == []


@pytest.mark.usefixtures("_older")
def test_it_is_brought_once() -> None:
    example.load()

    assert example.load() is False

    assert Case.objects.count() == Study.objects.count() == 1


@pytest.mark.usefixtures("_older")
def test_a_case_that_people_opened_themselves_is_theirs() -> None:
    tie = Tie.objects.get(home="ID-NT", partner="CN-JX")
    own = Case(
        tie=tie,
        home_book=cases.pin_shipped("id-ksdpl"),
        partner_book=cases.pin_shipped("cn-youhao"),
        opened_on=example.read()["as_of"],
    )
    cases.open_case(own, by=None)

    example.load()

    assert list(Case.objects.all()) == [own]
    assert not own.entries.exists()


@pytest.mark.usefixtures("_older")
def test_an_event_that_people_withdrew_is_not_leaned_on() -> None:
    Event.objects.filter(kind="visit", on__startswith="2025-06").update(withdrawn="Keliru")

    example.load()

    first = Case.objects.get().entries.get(number=1)
    assert (first.step, first.event) == ("id-exploration", None)
