"""One name is looked up without reading regions whole, and means what a table of names means."""

from __future__ import annotations

import pytest

from kembar.apps.regions.lookup import Gazetteer, near_codes
from kembar.apps.regions.models import Region
from tests.apps.regions.things import some_regions

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("country", ["", "CN"])
@pytest.mark.parametrize(
    "name", ["CN-JX", "jiang xi", "江西", "Jiangxy", "Provinsi Papua", "Papua Tengh", "xyzzy", "?"]
)
def test_one_name_means_what_it_means_in_a_table(name: str, country: str) -> None:
    some_regions()
    gazetteer = Gazetteer.of(Region.objects.order_by("code"))

    found = near_codes(name, country)

    meant = gazetteer.find(name, country) or gazetteer.like(name)
    assert found == [region.code for region in meant]
