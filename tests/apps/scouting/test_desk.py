"""The scout desk: sliders, their answer, and one candidate."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from kembar.apps.accounts.rights import Role
from kembar.apps.kit.text import Text
from kembar.apps.regions.models import Figure, Indicator
from kembar.apps.scouting import asking, queries
from kembar.apps.scouting.actions import close_region
from kembar.apps.scouting.inputs import read
from kembar.apps.scouting.models import Closed, Study
from tests.apps.scouting.things import AMONG, a_study, desk_of, part_of, signed_in
from tests.apps.ties.things import a_region, a_source, a_tie, an_event
from tests.people import a_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Client:
    return signed_in(a_person(Role.DESK))


def places(page: str) -> list[str]:
    """Return the codes of the candidates in the order in which the page shows them."""
    return re.findall(r"/candidates/([A-Z-]+)/", page)


def test_the_desk_shows_who_is_first_and_how_sure_that_is(desk: Client) -> None:
    study = a_study(draws=2000)

    page = desk_of(desk, study).content.decode()

    # Hainan alone is tropical like NTT and lies in the sea (docs/reference/sources.md).
    assert places(page)[0] == "CN-HI"
    assert "Hainan" in page and "海南省" in page
    assert re.search(r"sure to ± \d\.\d points", page)
    assert "count like" in page
    assert 'type="range"' in page


def test_a_slider_answers_with_the_ranking_alone(desk: Client) -> None:
    study = a_study()

    part = part_of(desk, study, **{"w.climate": "90"})

    assert "<html" not in part and 'id="answer"' in part
    assert places(part)


def test_a_line_above_the_sliders_gives_the_answer_and_moves_with_it(desk: Client) -> None:
    study = a_study(criteria=("climate_overlap", "elevation"), draws=1000)

    page = desk_of(desk, study).content.decode()
    climate = part_of(desk, study, **{"w.climate": 100, "w.land": 0, "t": 0})
    height = part_of(desk, study, **{"w.climate": 0, "w.land": 100, "t": 0})

    # In the page it stands within the form; what a slider asks for brings it along.
    assert page.index("data-weights") < page.index('id="brief"') < page.index('id="answer"')
    assert "hx-swap-oob" not in page
    assert re.search(r'id="brief" hx-swap-oob="true"[^>]*>\s*1\. Hainan, first in 100 %', climate)
    assert re.search(r'id="brief" hx-swap-oob="true"[^>]*>\s*1\. Zhejiang, first in 100 %', height)


def test_the_line_above_the_sliders_tells_that_there_is_no_answer(desk: Client) -> None:
    study = a_study(criteria=("climate_overlap", "sea_distance"))

    part = part_of(desk, study, **{"w.climate": "0", "w.coast": "0"})

    assert re.search(r'id="brief"[^>]*>[^<]*not all 0', part)


def test_moving_a_slider_changes_the_order(desk: Client) -> None:
    study = a_study(criteria=("climate_overlap", "elevation"), draws=1000)

    climate = part_of(desk, study, **{"w.climate": 100, "w.land": 0, "t": 0})
    height = part_of(desk, study, **{"w.climate": 0, "w.land": 100, "t": 0})

    # By the atlas Hainan alone shares NTT's climate, and Zhejiang lies nearest to it in height.
    assert places(climate)[0] == "CN-HI"
    assert places(height)[0] == "CN-ZJ"


def test_weights_that_were_moved_are_marked_and_stay_in_every_link(desk: Client) -> None:
    study = a_study()

    still = part_of(desk, study)
    moved = part_of(desk, study, **{"w.climate": "95"})

    assert "not saved" not in still
    assert "These weights are not saved" in moved
    assert re.search(r"/candidates/CN-HI/\?[^\"]*w\.climate=95", moved)


def test_saving_keeps_what_the_page_shows(desk: Client) -> None:
    study = a_study()
    moved = part_of(desk, study, **{"how": "order", "o.climate": "1", "o.coast": "2"})
    form = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', moved))

    response = desk.post(reverse("scouting:save_weights", args=[study.pk]), form)

    study.refresh_from_db()
    assert response.status_code == 302
    assert study.inputs["weights"]["how"] == "order"
    assert study.inputs["weights"]["places"]["climate"] == 1
    assert "not saved" not in part_of(desk, study)


def test_weights_saved_on_an_old_copy_are_kept_in_the_address(desk: Client) -> None:
    study = a_study()
    save = reverse("scouting:save_weights", args=[study.pk])
    desk.post(save, {"w.climate": "10", "version": "1"})

    response = desk.post(save, {"w.climate": "99", "version": "1"}, follow=True)

    page = response.content.decode()
    assert "Somebody else changed this study meanwhile" in page
    assert "w.climate=99" in response.redirect_chain[-1][0]
    study.refresh_from_db()
    assert study.inputs["weights"]["points"]["climate"] == 10


def test_contradictory_limits_are_told_and_the_sliders_stay(desk: Client) -> None:
    study = a_study(criteria=("climate_overlap", "sea_distance"))

    part = part_of(desk, study, **{"how": "limits", "l.climate": "70", "l.coast": "70"})

    assert "cannot hold together" in part
    assert not places(part)


def test_all_sliders_at_nought_are_told(desk: Client) -> None:
    study = a_study(criteria=("climate_overlap", "sea_distance"))

    part = part_of(desk, study, **{"w.climate": "0", "w.coast": "0"})

    assert "not all 0" in part


def test_filters_that_leave_nobody_are_told(desk: Client) -> None:
    study = a_study(among=("ID-BA", "ID-NB"))

    page = desk_of(desk, study).content.decode()

    assert "The filters leave none of the 2 candidates" in page


def test_who_is_filtered_out_is_shown_with_reason_and_basis(desk: Client) -> None:
    study = a_study(among=(*AMONG, "CN-TW", "CN-HK"))

    page = desk_of(desk, study).content.decode()

    assert "no official relations" in page
    assert "PP 28/2018" in page and "second-hand" in page
    assert "CN-TW" not in places(page)


def test_a_closed_region_is_left_out_at_once_with_the_ministrys_reason(desk: Client) -> None:
    study = a_study()
    assert "CN-GD" in places(desk_of(desk, study).content.decode())

    closed = Closed(
        keeper_code="ID",
        region=a_region("CN-GD"),
        reason=Text(en="Under review"),
        basis=Text(en="Letter 12/2026"),
    )
    close_region(closed, by=a_person(Role.MINISTRY, "ID"))

    page = desk_of(desk, study).content.decode()
    assert "CN-GD" not in places(page)
    assert "Under review" in page


def test_an_active_tie_takes_a_candidate_out_and_a_contact_counts(desk: Client) -> None:
    study = a_study()
    a_tie(between=("ID-NT", "CN-ZJ"), state="active")
    explored = a_tie(between=("ID-NT", "CN-JX"), state="exploring")
    an_event(explored, "A visit", on="2025-11-17")

    page = desk_of(desk, study).content.decode()

    assert "CN-ZJ" not in places(page)
    assert "tie on record" in page
    assert 'name="w.contacts"' in page


def test_ties_that_others_keep_to_themselves_do_not_show_in_a_study(desk: Client) -> None:
    study = a_study()
    a_tie(between=("ID-BA", "CN-JX"), state="active")
    a_tie(between=("ID-BA", "CN-GD"), state="active", audience="published")

    known = asking.known_for(study.home, read(study.inputs))

    assert {(tie.one, tie.other) for tie in known.ties} == {("ID-BA", "CN-GD")}


def test_a_candidate_says_why_it_stands_here_and_what_would_put_it_first(desk: Client) -> None:
    study = a_study(draws=2000)

    page = desk.get(reverse("scouting:candidate", args=[study.pk, "CN-JX"])).content.decode()

    assert "Why it stands here" in page
    assert "What would have to be true for it to be first" in page
    # The published reference table: Jiangxi lies 144 km from the sea and shares 0.1 % of climate.
    assert "0.1 %" in page and "144 km" in page
    assert "GSHHG" in page and "ERA5" in page


def test_a_candidate_who_is_not_ranked_is_not_there(desk: Client) -> None:
    study = a_study()

    for code in ("CN-SC", "nonsense", "ID-NT"):
        response = desk.get(reverse("scouting:candidate", args=[study.pk, code]))
        assert response.status_code == 404, code


def test_the_desk_takes_the_same_queries_however_many_are_ranked(
    desk: Client, count_queries: Callable[[], Any]
) -> None:
    def read(study: Study) -> int:
        desk_of(desk, study)
        with count_queries() as counted:
            desk_of(desk, study)
        return len(counted)

    few, many = a_study(among=("CN-HI", "CN-GD")), a_study(among=("CN",))

    assert read(few) == read(many)


def test_candidates_are_kept_ready_but_never_after_what_is_known_changed() -> None:
    study = a_study()
    first = queries.weights_of(study, {})[1]
    same = queries.weights_of(study, {})[1]
    a_tie(between=("ID-NT", "CN-ZJ"), state="active")

    other = queries.weights_of(study, {})[1]

    assert first is same
    assert "CN-ZJ" in first.table.codes
    assert "CN-ZJ" not in other.table.codes


def test_few_studies_are_kept_ready() -> None:
    study = a_study()
    for seed in range(3 * asking._KEPT):
        inputs = {**study.inputs, "among": ["CN-HI", "CN-GD"], "criteria": [], "seed": seed}
        inputs["filters_off"] = {"ties": "x"} if seed % 2 else {}
        study.inputs = inputs | {"sectors": ["tourism", "health", "energy"][: seed % 4]}
        queries.weights_of(study, {})

    assert len(asking._ready) <= asking._KEPT


def test_the_answer_promises_no_more_than_was_tried(desk: Client) -> None:
    study = a_study(draws=10_000)

    by_sliders = desk_of(desk, study).context["desk"].answer
    left_open = desk_of(desk, study, how="free").context["desk"].answer

    # Zhejiang is first in two of ten thousand.
    assert by_sliders.lead == "Hainan, weighed in this way: first in more than 99 of 100."
    assert left_open.lead == "Hainan, whatever one holds to be important: first in 97 of 100."


def test_one_candidate_alone_is_not_said_to_be_better_than_others(desk: Client) -> None:
    study = a_study(among=("CN-HI",))

    shown = desk_of(desk, study).context["desk"]
    address = reverse("scouting:candidate", args=[study.pk, "CN-HI"])
    candidate = desk.get(address).context["view"].answer

    assert shown.answer.lead.startswith("Hainan is the only candidate left")
    assert shown.answer.doubt == ""
    assert shown.methods.agreement.startswith("There is one candidate only")
    assert candidate.why == "Nothing sets Hainan apart from the mean of all."


def test_an_official_figure_bears_the_name_that_people_know(desk: Client) -> None:
    name = Text(id="Tangkapan ikan", zh="捕捞产量", en="Fish landed")
    landed = Indicator.objects.create(code="fish_landed", name=name, unit="t")
    study = a_study(indicators=("fish_landed",))
    for code, value in (("CN-HI", 900), ("CN-GD", 400), ("CN-JX", 100)):
        Figure.objects.create(
            region=a_region(code),
            indicator=landed,
            period="2024",
            value=value,
            unit="t",
            written=str(value),
            source=a_source("Yearbook", audience="published"),
            owner_code="ID-NT",
        )

    page = desk_of(desk, study).content.decode()
    candidate = desk.get(reverse("scouting:candidate", args=[study.pk, "CN-HI"])).content.decode()

    for shown in (page, candidate):
        assert "Fish landed" in shown
        assert "fish_landed" not in re.sub(r'(name|id|for|value)="[^"]*"', "", shown)
