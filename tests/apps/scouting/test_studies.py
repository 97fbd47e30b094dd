"""Beginning a study, changing what it asks, sharing it, remarking on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from kembar.apps.accounts.models import Holding
from kembar.apps.accounts.rights import Role
from kembar.apps.audit.models import Entry
from kembar.apps.kit.text import Text
from kembar.apps.scouting.models import Study
from kembar.apps.search import index
from tests.apps.scouting.things import (
    AMONG,
    a_decision,
    a_form,
    a_study,
    desk_of,
    signed_in,
    the_regions,
)
from tests.apps.ties.things import a_region
from tests.people import SINCE, a_person, a_post

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Client:
    the_regions()
    a_region("ID-NT")
    return signed_in(a_person(Role.DESK))


def begin(browser: Client, **changed: Any) -> Any:
    return browser.post(reverse("scouting:new"), a_form(**changed))


def test_the_first_question_is_proposed(desk: Client) -> None:
    page = desk.get(reverse("scouting:new")).content.decode()

    # The founding case: China's provinces, for what NTT seeks.
    assert "A partner for East Nusa Tenggara" in page
    assert ">\nCN</textarea>" in page
    assert page.count("checked") >= 3 + 5  # three sectors, and the filters that are on


def test_who_serves_two_regions_is_asked_for_which_one_a_study_begins() -> None:
    the_regions()
    person = a_person(Role.DESK, a_region("ID-NT").code)
    post = a_post(Role.DESK, a_region("ID-BA").code)
    Holding.objects.create(post=post, person=person, since=SINCE)
    both = signed_in(person)
    new = reverse("scouting:new")

    asked = both.get(new).content.decode()
    page = both.get(new, {"home": "ID-BA"}).content.decode()
    response = both.post(new, a_form(home="ID-BA"))
    begun = both.get(response["Location"]).content.decode()

    assert "For which region is a partner sought" in asked and 'name="title_en"' not in asked
    assert "?home=ID-NT" in asked and "?home=ID-BA" in asked
    assert "A partner for Bali" in page and 'value="ID-BA"' in page
    assert response.status_code == 302
    assert Study.objects.get().home_id == "ID-BA"
    # What was typed for one region is kept apart, and forgotten once it is saved.
    assert f'data-keep="{new}?home=ID-BA"' in page and f'data-kept="{new}?home=ID-BA"' in begun


def test_a_study_begins_for_a_region_of_ones_own_only(desk: Client) -> None:
    a_region("ID-BA")

    response = begin(desk, home="ID-BA")

    assert response.status_code == 403
    assert not Study.objects.exists()


def test_an_officer_begins_a_study_and_finds_it_again(desk: Client) -> None:
    response = begin(desk, title_en="Salt and fish", sectors=["fisheries"])

    study = Study.objects.get()
    assert response.status_code == 302
    assert response["Location"] == study.get_absolute_url()
    assert study.inputs["among"] == ["CN-HI", "CN-GD", "CN-JX"]
    assert study.inputs["sectors"] == ["fisheries"]
    assert "Salt and fish" in desk.get(reverse("scouting:studies")).content.decode()
    assert Entry.objects.filter(action="scouting.study_begun").count() == 1


def test_candidates_are_named_as_people_name_them(desk: Client) -> None:
    begin(desk, among="Tiongkok；江西省, Guangdong")

    assert Study.objects.get().inputs["among"] == ["CN", "CN-JX", "CN-GD"]


@pytest.mark.parametrize("words", ["the whole world", "world", "seluruh dunia", "全世界"])
def test_the_whole_world_may_be_asked(desk: Client, words: str) -> None:
    begin(desk, among=words)

    study = Study.objects.get()
    assert study.inputs["among"] == ["world"]
    assert study in Study.objects.looking_at(a_region("CN-JX"))


def test_a_name_that_is_nobodys_is_told_and_nothing_typed_is_lost(desk: Client) -> None:
    response = begin(desk, among="CN, Jianxi", title_en="My question")

    page = response.content.decode()
    assert response.status_code == 422
    assert "may be one of these" in page and "Jiangxi (CN-JX)" in page
    assert "My question" in page and "CN, Jianxi" in page
    assert not Study.objects.exists()


def test_a_filter_is_turned_off_only_with_a_reason(desk: Client) -> None:
    refused = begin(desk, on_ties=None)
    begin(desk, on_ties=None, why_ties="We look at all of them once.")

    assert refused.status_code == 422
    assert "Say why" in refused.content.decode()
    study = Study.objects.get()
    assert study.inputs["filters_off"] == {"ties": "We look at all of them once."}


def test_a_change_is_told_field_by_field(desk: Client) -> None:
    study = a_study(among=("CN-HI", "CN-GD"))
    post = a_post(title="Desk officer")

    change = reverse("scouting:change", args=[study.pk])
    response = desk.post(change, a_form(study, owner=post.pk, seed="7", title_en="Fish"))

    study.refresh_from_db()
    assert response.status_code == 302
    assert (study.inputs["seed"], study.owner, study.version) == (7, post, 2)
    history = desk.get(reverse("scouting:history", args=[study.pk])).content.decode()
    assert "changed what the study" in history
    assert "seed of the dice" in history


def test_two_who_change_at_once_are_told_and_nothing_typed_is_lost(desk: Client) -> None:
    study = a_study()
    change = reverse("scouting:change", args=[study.pk])
    desk.post(change, a_form(study, title_en="The first"))

    response = desk.post(change, a_form(study, title_en="The second"))

    page = response.content.decode()
    assert response.status_code == 409
    assert "Somebody else changed this" in page
    assert "The second" in page and "The first" in page
    study.refresh_from_db()
    assert study.title == Text(en="The first")


def test_the_weights_survive_a_change_of_the_question(desk: Client) -> None:
    study = a_study()
    desk.post(
        reverse("scouting:save_weights", args=[study.pk]), {"w.climate": "85", "version": "1"}
    )
    study.refresh_from_db()

    desk.post(reverse("scouting:change", args=[study.pk]), a_form(study, title_en="Again"))

    study.refresh_from_db()
    assert study.inputs["weights"]["points"]["climate"] == 85


def test_a_study_is_shared_with_a_named_partner_only(desk: Client) -> None:
    study = a_study()
    partner = signed_in(a_person(Role.PARTNER, "CN-JX"))
    other = signed_in(a_person(Role.PARTNER, "CN-ZJ"))
    share = reverse("scouting:share", args=[study.pk])

    unnamed = desk.post(share, {"audience": "shared", "partner": "", "version": "1"})
    desk.post(share, {"audience": "shared", "partner": "CN-JX", "version": "1"})

    assert unnamed.status_code == 422
    assert "Say with which region" in unnamed.content.decode()
    assert desk_of(partner, study).status_code == 200
    assert desk_of(other, study).status_code == 404


def test_the_partner_finds_a_shared_study_and_a_stranger_does_not(desk: Client) -> None:
    study = a_study(title="Lontar palms", audience="shared", partner_code="CN-JX")
    partner, stranger = a_person(Role.PARTNER, "CN-JX"), a_person(Role.DESK, "ID-BA")

    found = index.find("lontar", partner.rights).documents

    assert [each.path for each in found] == [study.get_absolute_url()]
    assert index.find("lontar", stranger.rights).documents == []


def test_of_a_published_study_a_visitor_reads_the_decisions_only(desk: Client) -> None:
    study = a_study(title="Lontar palms", audience="published")
    decision = a_decision(study, by=a_person(Role.HEAD))

    visitor = Client()

    assert desk_of(visitor, study).status_code == 404
    assert visitor.get(decision.get_absolute_url()).status_code == 200
    assert "Lontar palms" in visitor.get(reverse("scouting:studies")).content.decode()


def test_a_list_of_studies_takes_the_same_queries_however_long(
    desk: Client, count_queries: Callable[[], Any]
) -> None:
    def read() -> int:
        with count_queries() as queries:
            desk.get(reverse("scouting:studies"))
        return len(queries)

    a_study()
    read()
    few = read()
    for number in range(8):
        a_decision(a_study(title=f"Study {number}"), by=a_person(Role.HEAD))

    assert read() == few


def test_an_empty_list_says_what_to_do(desk: Client) -> None:
    page = desk.get(reverse("scouting:studies")).content.decode()

    assert "Begin a study" in page
    assert "The first question is proposed for you" in page


def test_a_reviewer_remarks_and_the_desk_reads_it(desk: Client) -> None:
    study = a_study()
    ministry = signed_in(a_person(Role.MINISTRY, "ID"))

    ministry.post(reverse("scouting:remark", args=[study.pk]), {"text": "Why not Hainan?"})

    page = desk.get(reverse("scouting:record", args=[study.pk])).content.decode()
    assert "Why not Hainan?" in page


def test_an_empty_remark_is_told(desk: Client) -> None:
    study = a_study()

    response = desk.post(reverse("scouting:remark", args=[study.pk]), {"text": ""})

    assert response.status_code == 422
    assert not study.remarks.exists()


def test_a_partner_reads_no_remarks(desk: Client) -> None:
    study = a_study(audience="shared", partner_code="CN-JX")
    desk.post(reverse("scouting:remark", args=[study.pk]), {"text": "Between us"})

    partner = signed_in(a_person(Role.PARTNER, "CN-JX"))

    page = partner.get(reverse("scouting:record", args=[study.pk])).content.decode()
    assert "Between us" not in page


def test_a_region_shows_the_studies_that_rank_it_to_those_who_may_read_them(desk: Client) -> None:
    study = a_study(title="Which partner?", among=AMONG)
    address = reverse("regions:region", args=["CN-JX"])

    own = desk.get(address).content.decode()
    visitor = Client().get(address).content.decode()

    assert reverse("scouting:candidate", args=[study.pk, "CN-JX"]) in own
    assert "Which partner?" not in visitor


def test_a_successor_takes_over_the_studies_of_a_post(desk: Client) -> None:
    post = a_post(title="Desk officer")
    study = a_study(title="Inherited question", owner=post)

    page = desk.get(reverse("posts:post", args=[post.pk])).content.decode()

    assert "Inherited question" in page
    assert study.get_absolute_url() in page
