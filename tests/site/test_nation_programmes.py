"""Programmes of the invented nation: whole, drawn as the room itself draws them, and marked."""

from __future__ import annotations

from random import Random

import pytest

from kembar.apps.kit.text import Text
from kembar.apps.programmes.models import Programme
from kembar.apps.programmes.plan import State
from kembar.apps.programmes.queries import state_of
from kembar.apps.ties.models import Tie
from kembar.site.nation import DAY
from kembar.site.nation_programmes import INVENTED, Fieldwork, Folder
from tests.apps.ties.things import a_tie

pytestmark = pytest.mark.django_db


def folders(seed: int = 7) -> list[Folder]:
    if not Tie.objects.exists():
        for code in ("CN-JX", "CN-ZJ"):
            a_tie(between=("ID-NT", code))
    return list(Fieldwork(Random(seed)).of(Tie.objects.order_by("pk")))


def test_every_second_tie_has_four_programmes() -> None:
    found = folders()

    first = Tie.objects.order_by("pk")[0]
    assert [folder.programme.tie for folder in found] == [first] * 4


def test_every_row_can_be_kept_and_holds_its_rules() -> None:
    for folder in folders():
        for rows in folder.rows():
            for row in rows:
                row.full_clean(validate_unique=False)
                row.save(force_insert=True)

    assert Programme.objects.count() == 4


def test_every_title_says_that_it_is_invented() -> None:
    for folder in folders():
        title = Text(folder.programme.title)
        assert all(title[key].endswith(mark) for key, mark in INVENTED.items())


def test_the_same_dice_give_the_same_rows() -> None:
    def told(found: list[Folder]) -> list[tuple[object, ...]]:
        return [
            tuple(str(getattr(row, each.attname)) for each in row._meta.concrete_fields)
            for folder in found
            for rows in folder.rows()
            for row in rows
        ]

    assert told(folders(3)) == told(folders(3))
    assert told(folders(3)) != told(folders(4))


def test_some_are_late_some_run_and_some_are_done() -> None:
    ties = [a_tie(between=("ID-NT", code)) for code in ("CN-JX", "CN-ZJ")] * 40

    found = {state_of(folder.programme, DAY) for folder in Fieldwork(Random(1)).of(ties)}

    assert found >= {State.LATE, State.RUNNING, State.PLANNED}
