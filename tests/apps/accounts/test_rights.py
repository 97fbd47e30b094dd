from __future__ import annotations

import pytest

from kembar.apps.accounts.models import Office
from kembar.apps.accounts.rights import Rights, Role, covers, within
from tests.people import a_person, an_office

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("region", "code", "expected"),
    [
        ("ID", "ID-NT", True),
        ("ID-NT", "ID-NT.kota-kupang", True),
        ("ID-NT", "ID-NTX", False),  # a longer code is another region, not one below
        ("ID-NT", "ID", False),
        ("", "CN-JX", True),
        ("ID-NT", "", False),
    ],
)
def test_a_region_takes_in_those_below_it_and_no_others(
    region: str, code: str, expected: bool
) -> None:
    assert covers(region, code) is expected


def test_the_database_agrees_with_covers() -> None:
    for code in ("ID", "ID-NT", "ID-NT.kota-kupang", "ID-NTX", "CN-JX", ""):
        an_office(region_code=code)

    found = Office.objects.filter(within("region_code", ["ID-NT"]))

    assert {office.region_code for office in found} == {"ID-NT", "ID-NT.kota-kupang"}


def test_whoever_reaches_everywhere_still_does_when_conditions_are_joined() -> None:
    an_office(region_code="ID-NT")
    an_office(region_code="ID-BA")

    everywhere = within("region_code", [""]) | within("region_code", ["CN-JX"])

    assert Office.objects.filter(everywhere).count() == 2


def test_an_officer_reads_what_lies_below_but_writes_only_for_his_own_region() -> None:
    officer = a_person(Role.DESK, "ID-NT")

    assert officer.may("ties.read_all", "ID-NT.kota-kupang")
    assert officer.may("ties.write", "ID-NT")
    assert not officer.may("ties.write", "ID-NT.kota-kupang")
    assert not officer.may("ties.write", "ID-BA")


def test_somebody_whose_access_is_taken_away_may_nothing() -> None:
    officer = a_person(Role.DESK)
    officer.is_active = False

    assert officer.rights == Rights()
