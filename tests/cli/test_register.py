"""New names of regions reach an installation that was there before them."""

from __future__ import annotations

import pytest

from kembar.apps.accounts.rights import Role
from kembar.apps.search import index
from kembar.cli.house import load_register
from tests.apps.ties.things import a_tie
from tests.people import a_person


@pytest.mark.django_db
def test_a_tie_is_found_by_a_name_that_its_region_got_later() -> None:
    tie, reader = a_tie(), a_person(Role.AUDITOR)
    assert index.find("NTT", reader.rights).documents == []

    load_register()

    found = index.find("NTT", reader.rights).documents
    assert [document.path for document in found] == [tie.get_absolute_url()]
