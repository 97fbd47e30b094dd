"""One name is looked up without reading regions whole, and means what a table of names means."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from kembar.apps.regions.lookup import Gazetteer, RegionField, named_codes
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

    named = named_codes(name, country)

    found = gazetteer.find(name, country)
    assert named.found == [region.code for region in found]
    assert named.near == ([] if found else [region.code for region in gazetteer.like(name)])


def test_a_form_asks_what_was_meant_without_reading_regions_whole(
    django_assert_num_queries: Any,
) -> None:
    some_regions()

    with django_assert_num_queries(3) as asked, pytest.raises(ValidationError) as refused:
        RegionField().clean("Jiangxy")

    assert "Jiangxi (CN-JX)" in refused.value.messages[0]
    whole = [query["sql"] for query in asked if '"aliases"' in query["sql"]]
    assert all(" WHERE " in sql for sql in whole)


def test_a_form_finds_a_region_by_another_spelling() -> None:
    some_regions()

    assert RegionField().clean("江西") == Region.objects.get(pk="CN-JX")
