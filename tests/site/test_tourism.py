"""What comes along on tourism: the sites of the example, and the invented nation's series."""

from __future__ import annotations

from random import Random

import pytest
from django.test import Client

from kembar.apps.kit.bulk import insert
from kembar.apps.tourism.models import Arrival, Campaign, Limit, Site
from kembar.site import founding_tourism
from kembar.site.nation_tourism import Travel
from tests.apps.ties.things import a_region, a_source, a_tie

pytestmark = pytest.mark.django_db


def test_the_example_names_two_sites_and_no_number_that_nobody_gave() -> None:
    a_region("ID-NT")
    sources = {key: a_source(address=f"https://s.example/{key}", audience="published")
               for key in ("kompas-20171128", "seed-article")}  # fmt: skip

    founding_tourism.load({}, {}, {}, sources)
    founding_tourism.load({}, {}, {}, sources)

    assert Site.objects.count() == 2
    assert not (Arrival.objects.exists() or Limit.objects.exists() or Campaign.objects.exists())
    site = Site.objects.get(name__en="Labuan Bajo")
    page = Client().get(f"/tourism/sites/{site.pk}/", headers={"accept-language": "en"})
    assert "2,350 m" in page.content.decode() or "2.350 meter" in page.content.decode()


def test_the_invented_nation_keeps_the_rules_of_the_tables() -> None:
    partners = ("CN-JX", "CN-ZJ", "AU-NSW", "JP-13")
    ties = [a_tie(between=(home, partner)) for home in ("ID-NT", "ID-BA", "ID-JB", "ID-JI")
            for partner in partners]  # fmt: skip

    for season in Travel(Random(7)).of(ties):  # the same rows are wanted
        for rows in season.rows():
            insert(rows)

    assert Arrival.objects.count() == 4 * 4 * 36 + 36
    assert Limit.objects.count() == 1
    assert Campaign.objects.count() == 2
    for campaign in Campaign.objects.all():
        campaign.full_clean()
    assert Client().get("/tourism/ID-NT/").status_code == 200
