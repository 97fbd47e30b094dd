"""From a question about regions to a table that can be ranked."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kembar.engines import atlas
from kembar.engines.errors import KembarError
from kembar.engines.scouting import catalog
from kembar.engines.scouting.criteria import Law
from kembar.engines.scouting.partners import among, prepare, ranking_of, weights_of
from kembar.engines.scouting.question import Claim, Contacts, Figure, Known, Question
from tests.engines.scouting.regions import asked, codes_of

CHINA = tuple(code for code in atlas.codes(country="CN") if code[3:] not in ("HK", "MO", "TW"))


def notice(found: object, code: str) -> KembarError:
    (one,) = [each for each in found.notices if each.code == code]  # type: ignore[attr-defined] # Candidates
    return one


def test_among_takes_regions_countries_and_the_world() -> None:
    assert among(["cn-jx", "CN-JX"]) == ("CN-JX",)
    assert len(among(["AU", "CN-JX"])) == len(atlas.codes(country="AU")) + 1
    assert among(["world"]) == atlas.codes()
    assert among(["China"]) == among(["中国"]) == among(["cn"])


@pytest.mark.parametrize(
    ("home", "candidates", "code"),
    [
        ("ID-NT", ["ID-NT"], "scout.itself"),
        ("ID-NT", [], "scout.nobody"),
        ("ID-NT", ["QQ"], "scout.among_unknown"),
        ("ID-NT", ["CN-JXX"], "atlas.unknown_near"),
        ("ID-NX", ["CN"], "atlas.unknown_near"),
    ],
)
def test_who_cannot_be_asked_about_is_one_sentence(
    home: str, candidates: list[str], code: str
) -> None:
    with pytest.raises(KembarError) as refused:
        prepare(Question(home, tuple(candidates)))

    assert refused.value.code == code


def test_the_atlas_alone_gives_likeness_and_practice() -> None:
    found = asked()

    assert [each.code for each in found.definitions] == [
        "climate_overlap", "climate_months", "coast_land", "sea_distance", "elevation",
        "hours_between", "airports",
    ]  # fmt: skip
    assert notice(found, "scout.nothing_known").facts["criteria"] == "contacts"
    assert notice(found, "scout.nothing_sought")


def test_a_sector_that_is_sought_and_that_nothing_is_known_of_is_told() -> None:
    found = asked(sectors=("fisheries", "industry"))

    unknown = notice(found, "scout.nothing_known").facts["criteria"]
    assert unknown == "fisheries, industry, contacts"


def test_every_cell_has_its_value_unit_and_source() -> None:
    found = asked()

    for code in found.table.codes:
        for definition in found.definitions:
            cell = found.cell(code, definition.code)
            assert cell.law == Law.EXACT
            assert np.isfinite(cell.value)
            assert cell.unit == definition.unit
            assert cell.source


def test_the_founding_case_has_its_numbers() -> None:
    found = asked()
    jiangxi = {each.code: found.cell("CN-JX", each.code).value for each in found.definitions}

    assert jiangxi["climate_overlap"] == pytest.approx(0.001, abs=0.001)
    assert jiangxi["climate_months"] == pytest.approx(1.38, abs=0.03)
    assert jiangxi["sea_distance"] == pytest.approx(144, abs=2)
    assert jiangxi["coast_land"] == 1.0
    assert jiangxi["airports"] == 7


def test_a_criterion_that_is_the_same_for_all_stays_and_is_told() -> None:
    found = asked()

    assert notice(found, "scout.same_for_all").facts["criterion"] == "hours_between"
    assert set(found.table.first[:, 5]) == {0.0}


def test_criteria_that_tell_nobody_apart_are_refused() -> None:
    with pytest.raises(KembarError) as refused:
        asked(criteria=("hours_between",))

    assert refused.value.code == "scout.no_criteria_left"


@pytest.mark.parametrize(
    ("asks", "code"),
    [
        ({"criteria": ("beauty",)}, "scout.criterion_unknown"),
        ({"sectors": ("beauty",)}, "scout.sector_unknown"),
        ({"sectors": ("defence", "justice")}, "scout.sectors_outside"),
    ],
)
def test_a_question_that_cannot_be_asked_is_one_sentence(
    asks: dict[str, tuple[str, ...]], code: str
) -> None:
    with pytest.raises(KembarError) as refused:
        asked(**asks)

    assert refused.value.code == code
    assert "%(" not in str(refused.value)


def test_a_sector_of_the_state_alone_is_left_out_and_told() -> None:
    found = asked(sectors=("defence", "fisheries"))

    assert notice(found, "scout.sector_outside_unverified").facts["sector"] == "defence"


# Complement -------------------------------------------------------------------------------

NEED = Claim("ID-NT", "industry", "need", "corroborated", "RPJMD")


def strength(code: str, verdict: str) -> Claim:
    return Claim(code, "industry", "strength", verdict, f"{code} yearbook")  # type: ignore[arg-type] # tests


def test_what_home_needs_and_the_other_has_counts_by_its_verdict() -> None:
    claims = (NEED, strength("CN-JX", "corroborated"), strength("CN-HI", "contradicted"),
              strength("CN-GD", "open"))  # fmt: skip

    found = asked(known=Known(claims=claims))

    cells = {code: found.cell(code, "industry_strength") for code in ("CN-JX", "CN-HI", "CN-GD")}
    assert [(each.value, each.law) for each in cells.values()] == [
        (1.0, Law.EXACT), (0.0, Law.EXACT), (0.0, Law.BETWEEN),
    ]  # fmt: skip
    assert cells["CN-JX"].source == "CN-JX yearbook"
    # Of the others nothing is known: they are in doubt, not at 0.
    assert found.cell("CN-FJ", "industry_strength").law == Law.MISSING
    assert notice(found, "scout.known_of_some").facts == {
        "criterion": "industry_strength", "known": 3, "count": 31,
    }  # fmt: skip


def test_strengths_that_home_does_not_seek_do_not_count() -> None:
    found = asked(known=Known(claims=(strength("CN-JX", "corroborated"),)))

    assert "industry_strength" not in [each.code for each in found.definitions]
    assert notice(found, "scout.not_sought").facts == {
        "sectors": "industry", "criteria": "industry_strength",
    }  # fmt: skip


def test_a_question_may_name_what_it_seeks() -> None:
    claims = (strength("CN-JX", "corroborated"),)

    found = asked(known=Known(claims=claims), sectors=("industry",))

    assert found.cell("CN-JX", "industry_strength").value == 1.0


def test_verdicts_for_and_against_leave_it_open() -> None:
    claims = (NEED, strength("CN-JX", "corroborated"), strength("CN-JX", "contradicted"))

    found = asked(known=Known(claims=claims))

    assert found.cell("CN-JX", "industry_strength").law == Law.BETWEEN


def fish(code: str, value: float, year: int = 2023, **rest: float) -> Figure:
    return Figure(code, "fish_t", value, "t", year, f"{code} {year}", **rest)


def test_figures_of_the_latest_year_count_with_their_source() -> None:
    figures = (fish("CN-JX", 1.0, 2020), fish("CN-JX", 3.0), fish("CN-HI", 2.0, low=1.5, high=2.5),
               fish("CN-GD", 5.0, sd=0.5))  # fmt: skip

    found = asked(known=Known(figures=figures), indicators=("fish_t",))

    jiangxi, hainan, guangdong = (
        found.cell(code, "fish_t") for code in ("CN-JX", "CN-HI", "CN-GD")
    )
    assert (jiangxi.value, jiangxi.source, jiangxi.year) == (3.0, "CN-JX 2023", 2023)
    assert (hainan.value, hainan.second, hainan.law) == (1.5, 2.5, Law.BETWEEN)
    assert (guangdong.second, guangdong.law) == (0.5, Law.NORMAL)
    assert notice(found, "scout.anchors_from_figures").facts["indicators"] == "fish_t"


def test_sources_that_disagree_leave_the_value_between_them() -> None:
    figures = (
        fish("CN-JX", 3.0),
        replace(fish("CN-JX", 4.0), source="another"),
        fish("CN-HI", 1.0),
    )

    found = asked(known=Known(figures=figures), indicators=("fish_t",))

    cell = found.cell("CN-JX", "fish_t")
    assert (cell.value, cell.second, cell.law) == (3.0, 4.0, Law.BETWEEN)
    assert cell.source == "CN-JX 2023; another"
    assert notice(found, "scout.figures_disagree").facts["codes"] == "CN-JX"


def test_a_figure_in_another_unit_than_its_criterion_is_left_out_and_told() -> None:
    one = catalog.read_definitions(
        [{"code": "fish", "kind": "complement", "measure": "figure", "indicator": "fish_t",
          "unit": "t", "worst": 0, "best": 1}], name="own",
    )  # fmt: skip
    figures = (fish("CN-JX", 3.0), replace(fish("CN-HI", 4000.0), unit="kg"), fish("CN-GD", 1.0))

    found = prepare(Question("ID-NT", ("CN",)), Known(figures=figures), criteria=one)

    assert found.cell("CN-HI", "fish").law == Law.MISSING
    told = notice(found, "scout.figure_unit").facts
    assert (told["codes"], told["unit"], told["wanted"]) == ("CN-HI", "kg", "t")


def test_at_least_leaves_the_other_end_to_the_scale() -> None:
    figures = (replace(fish("CN-JX", 3.0), low=3.0), fish("CN-HI", 9.0), fish("CN-GD", 1.0))

    found = asked(known=Known(figures=figures), indicators=("fish_t",))

    cell = found.cell("CN-JX", "fish_t")
    assert (cell.value, cell.second, cell.law) == (3.0, 9.0, Law.BETWEEN)


def test_figures_that_nobody_asks_about_do_not_count() -> None:
    figures = (fish("CN-JX", 3.0), fish("CN-HI", 4.0))

    found = asked(known=Known(figures=figures))

    assert "fish_t" not in [each.code for each in found.definitions]


def test_shipped_indicators_count_for_the_sectors_that_home_seeks() -> None:
    rice = tuple(
        Figure(code, "rice_production", 1e6, "t", 2023, "x") for code in ("CN-JX", "CN-HI")
    )

    sought = asked(known=Known(figures=rice), sectors=("agriculture",))
    not_sought = asked(known=Known(figures=rice))

    assert sought.cell("CN-JX", "rice_production").value == 1e6
    assert "agriculture" in sought.table.groups
    told = notice(not_sought, "scout.not_sought").facts
    assert told == {"sectors": "agriculture", "criteria": "rice_production"}


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "much"])
@pytest.mark.parametrize("name", ["value", "low", "sd"])
def test_text_for_a_figure_is_refused(name: str, value: object) -> None:
    with pytest.raises(KembarError) as refused:
        Known(figures=(replace(fish("CN-JX", 1.0), **{name: value}),))

    assert refused.value.code == "scout.figure_not_number"


def test_figures_that_cannot_be_scaled_are_told() -> None:
    found = asked(known=Known(figures=(fish("CN-JX", 3.0),)), indicators=("fish_t",))

    assert notice(found, "scout.figures_unused").facts["indicators"] == "fish_t"


def test_contacts_are_counted_once_somebody_hands_them_in() -> None:
    known = Known(contacts=(Contacts("CN-JX", 2, "2025-01-10"),))

    found = asked(known=known)

    assert found.cell("CN-JX", "contacts").value == 2
    assert found.cell("CN-HI", "contacts").value == 0


def test_what_was_not_measured_is_missing_and_told() -> None:
    found = asked(among="ET KE CN-JX")

    unmeasured = [code for code in found.table.codes if atlas.region(code).profile.basis == "none"]
    assert unmeasured
    for code in unmeasured:
        assert found.cell(code, "climate_overlap").law == Law.MISSING
        assert found.cell(code, "airports").law == Law.MISSING
    assert notice(found, "scout.measured_otherwise")


def test_all_regions_of_the_world_are_looked_at() -> None:
    found = asked(among="world")

    looked_at = {*found.table.codes, *(each.code for each in found.excluded)}
    assert looked_at == set(atlas.codes())
    assert len(found.table.codes) > 2500


def test_a_home_that_was_measured_roughly_is_told() -> None:
    assert "scout.home_measured_otherwise" in codes_of(asked(home="ID-KU").notices)


# Weights ----------------------------------------------------------------------------------


def test_preferences_may_name_what_nothing_is_known_of() -> None:
    found = asked(preferences=("climate > coast > industry; energy >= 0.2",))

    space, notices = weights_of(found)

    assert [each.code for each in notices] == [
        "scout.preference_reduced", "scout.preference_dropped",
    ]  # fmt: skip
    same, _none = weights_of(found, replace(found.question, preferences=("climate > coast",)))
    assert np.array_equal(space.centre, same.centre)


def test_points_may_name_what_nothing_is_known_of() -> None:
    points = {"climate": 50, "coast": 30, "land": 10, "practice": 10, "fisheries": 80}
    found = asked(points=points)

    space, notices = weights_of(found)

    assert codes_of(notices) == ["scout.points_dropped"]
    assert space.centre[:2].sum() == pytest.approx(0.5)


def test_names_that_are_none_and_contradictions_are_refused() -> None:
    for text, code in (("climate > beauty", "weights.unknown"),
                       ("climate > coast; coast > climate", "weights.contradictory")):  # fmt: skip
        with pytest.raises(KembarError) as refused:
            ranking_of(asked(preferences=(text,)))
        assert refused.value.code == code


def test_a_quick_ranking_has_the_same_draws_and_no_reasons() -> None:
    found = asked(draws=2000)

    whole, _notices = ranking_of(found)
    quick, _same = ranking_of(found, reasons=False)

    assert np.array_equal(quick.acceptability.counts, whole.acceptability.counts)
    assert (quick.explanations, quick.methods, quick.winning) == ({}, (), None)


# Properties -------------------------------------------------------------------------------


def order(codes: tuple[str, ...], known: Known | None = None) -> list[str]:
    """Return the candidates by their score under the middle weights."""
    candidates = prepare(Question("ID-NT", codes), known)
    ranking, _notices = ranking_of(candidates, replace(candidates.question, draws=10))
    scores = ranking.values.mean @ ranking.space.centre
    return [candidates.table.codes[k] for k in np.argsort(-scores, kind="stable")]


@settings(max_examples=25, deadline=None)
@given(
    st.sets(st.sampled_from(CHINA), min_size=3, max_size=8),
    st.sampled_from(["AU-NT", "TL-DI", "GB-SCT", "PE-LIM", "JP-27"]),
)
def test_one_more_candidate_reverses_nothing(some: set[str], another: str) -> None:
    """Not even one that makes a criterion differ that was the same for all, such as the time."""
    few = order(tuple(sorted(some)))

    more = order((*sorted(some), another))

    assert [code for code in more if code != another] == few


@settings(max_examples=25, deadline=None)
@given(st.sets(st.sampled_from(CHINA), min_size=2, max_size=8), st.integers(0, 2**32 - 1))
def test_who_is_worse_in_everything_is_never_first(some: set[str], seed: int) -> None:
    candidates = prepare(Question("ID-NT", tuple(sorted(some)), draws=200, seed=seed))
    ranking, _notices = ranking_of(candidates)
    worth = ranking.values.mean

    for one in range(len(worth)):
        beaten = any(
            (worth[other] >= worth[one]).all() and (worth[other] > worth[one]).any()
            for other in range(len(worth))
        )
        if beaten and ranking.acceptability.acceptability[one, 0] > 0:
            # Only on a tie, when no weight is on what tells them apart.
            pytest.fail(candidates.table.codes[one])


@settings(max_examples=20, deadline=None)
@given(st.floats(1e-6, 1e6), st.lists(st.floats(0.1, 100), min_size=4, max_size=4, unique=True))
def test_units_change_no_score(factor: float, values: list[float]) -> None:
    def scores(scale: float) -> object:
        entry = {"code": "fish", "kind": "complement", "measure": "figure", "indicator": "fish_t",
                 "unit": "t", "worst": 0.0, "best": 100.0 * scale}  # fmt: skip
        figures = tuple(
            fish(code, value * scale) for code, value in zip(CHINA, values, strict=False)
        )
        found = prepare(
            Question("ID-NT", CHINA[:4]), Known(figures=figures),
            criteria=(*catalog.shipped(), *catalog.read_definitions([entry], name="own")),
        )  # fmt: skip
        ranking, _notices = ranking_of(found, replace(found.question, draws=10))
        return ranking.values.mean

    np.testing.assert_allclose(scores(1.0), scores(factor), rtol=1e-9)  # type: ignore[arg-type] # arrays
