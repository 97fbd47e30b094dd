"""What is said and what holds: verdicts are added, and the newest one counts."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from kembar.apps.accounts.models import User
from kembar.apps.accounts.rights import Role
from kembar.apps.audit.models import Entry
from kembar.apps.ledger.models import Claim, Verdict
from tests.apps.ties.things import a_claim, a_source, a_tie
from tests.people import a_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(db: Any) -> User:
    return a_person(Role.DESK)


@pytest.fixture
def at_work(client: Client, officer: User) -> Client:
    client.force_login(officer)
    return client


def judge(client: Client, claim: Claim, judgement: str, reasoning: str = "Seen.") -> Any:
    given = {"judgement": judgement, "reasoning_en": reasoning}
    return client.post(f"/ledger/claims/{claim.pk}/judge/", given)


def test_a_claim_that_nobody_judged_is_open(at_work: Client) -> None:
    claim = a_claim(a_tie())

    page = at_work.get(f"/ledger/claims/{claim.pk}/").content.decode()

    assert "chip--open" in page
    assert "Nobody has judged this yet" in page


def test_a_new_verdict_counts_and_the_earlier_one_stays_to_be_read(at_work: Client) -> None:
    claim = a_claim(a_tie())
    judge(at_work, claim, "corroborated", "The paper says so.")

    judge(at_work, claim, "contradicted", "The ministry denies it.")

    page = at_work.get(f"/ledger/claims/{claim.pk}/").content.decode()
    assert Claim.objects.with_judgement().get().judgement == "contradicted"
    assert claim.verdicts.count() == 2
    assert page.index("The ministry denies it.") < page.index("The paper says so.")
    assert page.count("earlier verdict") == 1


def test_the_newest_verdict_counts_in_every_list(at_work: Client) -> None:
    tie = a_tie()
    claim = a_claim(tie, "The MoU is signed.", verdict="corroborated")
    judge(at_work, claim, "not_checkable")

    pages = {
        path: at_work.get(path).content.decode()
        for path in ("/ledger/claims/", f"/ties/{tie.pk}/claims/", f"/ties/{tie.pk}/")
    }

    for page in pages.values():
        assert "chip--not_checkable" in page
        assert "chip--corroborated" not in page


def test_claims_are_found_by_the_verdict_that_stands(at_work: Client) -> None:
    claim = a_claim(a_tie(), "The MoU is signed.", verdict="corroborated")
    judge(at_work, claim, "contradicted")

    now, before = (
        at_work.get(f"/ledger/claims/?verdict={key}").content.decode()
        for key in ("contradicted", "corroborated")
    )

    assert "The MoU is signed." in now
    assert "The MoU is signed." not in before


def test_a_verdict_needs_its_reasoning(at_work: Client) -> None:
    response = judge(at_work, a_claim(a_tie()), "corroborated", "")

    assert response.status_code == 422
    assert not Verdict.objects.exists()


def test_a_verdict_names_the_judge_with_the_post_he_judged_from(client: Client) -> None:
    claim = a_claim(a_tie())
    client.force_login(a_person(Role.MINISTRY, "ID", name="Ibu Sri"))

    judge(client, claim, "corroborated")

    assert claim.verdicts.get().author_name == "Ibu Sri (Ministry)"
    assert Entry.objects.filter(action="ledger.claim_judged").count() == 1


@pytest.mark.parametrize("role", [Role.AGENCY, Role.HEAD, Role.AUDITOR])
def test_who_may_only_read_gives_no_verdict(client: Client, role: Role) -> None:
    claim = a_claim(a_tie())
    client.force_login(a_person(role))

    assert judge(client, claim, "corroborated").status_code == 403
    assert not Verdict.objects.exists()


def test_a_desk_does_not_judge_for_the_city_below_it(at_work: Client) -> None:
    claim = a_claim(a_tie(between=("ID-NT.kota-kupang", "CN-JX")))

    assert judge(at_work, claim, "corroborated").status_code == 403
    assert f"{claim.pk}/judge/" not in at_work.get(f"/ledger/claims/{claim.pk}/").content.decode()


def test_the_ministry_judges_for_the_cities_too(client: Client) -> None:
    claim = a_claim(a_tie(between=("ID-NT.kota-kupang", "CN-JX")))
    client.force_login(a_person(Role.MINISTRY, "ID"))

    assert judge(client, claim, "corroborated").status_code == 302


def test_a_stranger_gives_no_verdict_on_a_published_claim(client: Client) -> None:
    claim = a_claim(a_tie(audience="published"), audience="published")
    client.force_login(a_person(Role.DESK, "ID-BA"))

    assert judge(client, claim, "corroborated").status_code == 403


def test_a_claim_is_written_down_with_who_said_it(at_work: Client) -> None:
    tie = a_tie()
    given = {
        "statement_id": "MoU sudah siap.",
        "language": "id",
        "audience": "own",
        "said_by_id": "Kepala biro",
        "said_on": "Nov 2025",
    }

    at_work.post(f"/ties/{tie.pk}/claims/new/", given)

    claim = tie.claims.get()
    assert (claim.owner_code, claim.partner_code) == ("ID-NT", "CN-JX")
    assert claim.statement == {"id": "MoU sudah siap."}
    assert str(claim.said_on) == "2025-11"


def test_the_history_holds_all_that_was_written_of_a_claim(at_work: Client) -> None:
    tie, source = a_tie(), a_source("Kompas")
    given = {
        "statement_id": "MoU sudah siap.",
        "statement_zh": "谅解备忘录已准备就绪。",
        "language": "id",
        "audience": "shared",
        "said_by_id": "Kepala biro",
        "said_on": "Nov 2025",
        "source": source.pk,
        "number": "7",
    }

    at_work.post(f"/ties/{tie.pk}/claims/new/", given)

    page = at_work.get(f"/ties/{tie.pk}/history/").content.decode()
    for value in ("谅解备忘录已准备就绪。", "Kepala biro", "November 2025", "Kompas", "“7”"):
        assert value in page
    assert "who may read it to “Own region and partner”" in page
    assert "set ID" not in page


def test_a_claim_without_a_word_is_refused(at_work: Client) -> None:
    response = at_work.post(f"/ties/{a_tie().pk}/claims/new/", {"language": "id"})

    assert response.status_code == 422
    assert not Claim.objects.exists()


def test_evidence_is_put_beside_a_claim_for_or_against_it(at_work: Client) -> None:
    claim, source = a_claim(a_tie()), a_source("Kompas")
    given = {"source": source.pk, "bearing": "contradicts", "note_en": "It says the opposite."}

    at_work.post(f"/ledger/claims/{claim.pk}/evidence/", given)

    page = at_work.get(f"/ledger/claims/{claim.pk}/").content.decode()
    assert "It says the opposite." in page
    assert "Kompas" in page
    assert "chip--contradicts" in page


def test_evidence_from_a_source_that_is_not_shared_is_not_for_the_partner(client: Client) -> None:
    evidence = [a_source("Cable"), a_source("Kompas", audience="shared")]
    tie = a_tie(audience="shared")
    claim = a_claim(tie, audience="shared", evidence=evidence, source=evidence[0])
    client.force_login(a_person(Role.PARTNER, "CN-JX"))

    page = client.get(f"/ledger/claims/{claim.pk}/").content.decode()

    assert "Kompas" in page
    assert "Cable" not in page


@pytest.mark.parametrize(
    "query",
    [
        *("q=%25", "verdict=x", "page=0"),
        pytest.param(f"page={'9' * 5000}", id="a page number without end"),
    ],
)
def test_the_list_of_claims_answers_whatever_is_asked(at_work: Client, query: str) -> None:
    assert at_work.get(f"/ledger/claims/?{query}").status_code == 200
