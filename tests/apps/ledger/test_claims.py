"""What is said and what holds: verdicts are added, and the newest one counts."""

from __future__ import annotations

from html import unescape
from typing import Any

import pytest
from django.test import Client

from kembar.apps.accounts.models import User
from kembar.apps.accounts.rights import Role
from kembar.apps.audit.models import Entry
from kembar.apps.kit.text import Text
from kembar.apps.ledger.models import Claim, Verdict
from tests.apps.ties.things import a_claim, a_region, a_source, a_tie
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


def test_a_claim_is_taken_for_said_in_the_language_of_who_writes_it_down(at_work: Client) -> None:
    page = at_work.get(f"/ties/{a_tie().pk}/claims/new/").content.decode()

    assert '<option value="en" selected>' in page


# A claim put right, shared and withdrawn


def change(client: Client, claim: Claim, **given: Any) -> Any:
    form = {"statement_en": "The MoU is signed.", "language": "en", "audience": "own"}
    path = f"/ties/claims/{claim.pk}/change/"
    return client.post(path, {**form, "version": claim.version, **given})


def test_a_claim_is_corrected_and_the_history_says_what_stood_before(at_work: Client) -> None:
    tie = a_tie()
    claim = a_claim(tie, "The MoU is singed.", source=a_source("Kompas"))

    change(at_work, claim, said_by_en="Head of bureau")

    page = at_work.get(f"/ties/{tie.pk}/history/").content.decode()
    assert Claim.objects.get().statement == {"en": "The MoU is signed."}
    assert "changed statement from “The MoU is singed.” to “The MoU is signed.”" in page
    assert "set said by to “Head of bureau”" in page
    assert "emptied where it was said, which was “Kompas”" in page


def test_a_claim_that_is_shared_later_is_read_and_found_by_the_partner(
    client: Client, at_work: Client
) -> None:
    claim = a_claim(a_tie(audience="shared"), "Durian first")
    partner = Client()
    partner.force_login(a_person(Role.PARTNER, "CN-JX"))
    before = partner.get(claim.get_absolute_url()).status_code

    change(at_work, claim, statement_en="Durian first", audience="shared")

    assert before == 404
    assert partner.get(claim.get_absolute_url()).status_code == 200
    assert "Durian first" in partner.get("/search/?q=durian").content.decode()


def test_who_corrects_a_claim_second_is_told_and_keeps_what_he_typed(at_work: Client) -> None:
    claim = a_claim(a_tie())
    change(at_work, claim, statement_en="Hers")

    response = change(at_work, claim, statement_en="His")
    again = change(at_work, claim, statement_en="His", version=2)

    assert response.status_code == 409
    assert "<dd>Hers</dd>" in response.content.decode()
    assert "His</textarea>" in response.content.decode()
    assert again.status_code == 302
    assert str(Claim.objects.get()) == "His"


def test_a_correction_that_cannot_be_read_is_kept_in_the_form(at_work: Client) -> None:
    claim = a_claim(a_tie())

    response = change(at_work, claim, statement_en="Half a sentence", said_on="the other day")

    page = response.content.decode()
    assert response.status_code == 422
    assert "Half a sentence" in page
    assert "<q>The MoU is signed.</q>" in page
    assert str(Claim.objects.get()) == "The MoU is signed."


def test_saving_a_claim_as_it_is_leaves_no_trace(at_work: Client) -> None:
    claim = a_claim(a_tie(), language="en")

    response = change(at_work, claim)

    assert response.status_code == 302
    assert not Entry.objects.filter(action="ledger.claim_changed").exists()


def withdraw(client: Client, claim: Claim, **given: Any) -> Any:
    path = f"/ties/claims/{claim.pk}/withdraw/"
    return client.post(path, {"reason": "Misheard", "version": claim.version, **given})


def test_a_withdrawn_claim_leaves_every_list(at_work: Client) -> None:
    source = a_source()
    tie = a_tie()
    claim = a_claim(tie, "Durian first", evidence=[source], source=source, about_region="ID-NT")
    paths = [
        *("/ledger/claims/", f"/ties/{tie.pk}/", f"/ties/{tie.pk}/claims/", "/regions/ID-NT/"),
        *(source.get_absolute_url(), "/search/?q=durian"),
    ]
    before = [path for path in paths if "Durian first" in at_work.get(path).content.decode()]

    withdraw(at_work, claim)

    after = [path for path in paths if "Durian first" in at_work.get(path).content.decode()]
    assert before == paths
    assert after == []


def test_a_withdrawn_claim_is_still_read_by_those_who_read_the_history(at_work: Client) -> None:
    tie = a_tie()
    claim = a_claim(tie, "Durian first", audience="published")

    withdraw(at_work, claim)

    page = at_work.get(claim.get_absolute_url()).content.decode()
    history = at_work.get(f"/ties/{tie.pk}/history/").content.decode()
    assert "withdrew this claim on" in page
    assert "because: Misheard" in page
    assert "Withdraw it" not in page
    assert "set why it is withdrawn to “Misheard”" in history
    assert f'<a href="{claim.get_absolute_url()}">Durian first</a>' in history


@pytest.mark.parametrize("held", [(Role.PARTNER, "CN-JX"), (Role.DESK, "ID-BA"), None])
def test_a_withdrawn_claim_is_not_there_for_partners_and_strangers(
    client: Client, held: tuple[Role, str] | None
) -> None:
    claim = a_claim(a_tie(audience="published"), audience="published", withdrawn="Misheard")
    if held:
        client.force_login(a_person(*held))

    assert client.get(claim.get_absolute_url()).status_code == 404


def test_a_withdrawn_claim_does_not_show_its_source_to_the_partner(client: Client) -> None:
    source = a_source(audience="shared")
    a_claim(a_tie(audience="shared"), audience="shared", source=source, withdrawn="Misheard")
    client.force_login(a_person(Role.PARTNER, "CN-JX"))

    assert client.get(source.get_absolute_url()).status_code == 404


def test_a_withdrawn_claim_is_not_worked_on(at_work: Client) -> None:
    claim = a_claim(a_tie(), withdrawn="Misheard")

    change(at_work, claim, statement_en="Something else")

    assert str(Claim.objects.get()) == "The MoU is signed."
    answer = judge(at_work, claim, "corroborated")
    assert answer.status_code == 409
    assert "Somebody withdrew this claim meanwhile" in answer.content.decode()
    assert not claim.verdicts.exists()


def test_no_evidence_is_put_beside_a_withdrawn_claim(at_work: Client) -> None:
    source = a_source()
    claim = a_claim(a_tie(), withdrawn="Misheard")
    given = {"source": source.pk, "bearing": "supports", "note_en": "So it was said"}

    answer = at_work.post(f"/ledger/claims/{claim.pk}/evidence/", given)

    assert answer.status_code == 409
    assert "So it was said" in answer.content.decode()
    assert not claim.evidence.exists()


@pytest.mark.parametrize("version", [1, 2])
def test_who_works_on_a_claim_that_was_withdrawn_meanwhile_keeps_what_he_typed(
    at_work: Client, version: int
) -> None:
    claim = a_claim(a_tie())
    withdraw(at_work, claim, reason="Hers")

    answers = [
        change(at_work, claim, statement_en="Typed", version=version),
        withdraw(at_work, claim, reason="Typed", version=version),
    ]

    claim.refresh_from_db()
    assert (str(claim), claim.withdrawn, claim.version) == ("The MoU is signed.", "Hers", 2)
    for answer in answers:
        page = unescape(answer.content.decode())
        assert answer.status_code == 409
        assert "Typed</textarea>" in page
        assert "The reason is: “Hers”" in page


def test_who_withdraws_a_claim_changed_meanwhile_keeps_his_reason_and_may_try_again(
    at_work: Client,
) -> None:
    claim = a_claim(a_tie())
    change(at_work, claim, statement_en="Hers")

    response = withdraw(at_work, claim, reason="Never said")

    page = response.content.decode()
    assert response.status_code == 409
    for shown in ("Never said</textarea>", "Hers", "Somebody else changed this claim", 'value="2"'):
        assert shown in page
    assert "withdrew this claim" not in page
    assert withdraw(at_work, claim, version=2).status_code == 302


def test_a_withdrawal_needs_its_reason_and_the_claim_as_it_stands(at_work: Client) -> None:
    claim = a_claim(a_tie())
    change(at_work, claim, statement_en="Hers")

    without_reason = withdraw(at_work, claim, reason="")
    withdraw(at_work, claim)

    assert without_reason.status_code == 422
    assert Claim.objects.get().withdrawn == ""


# What a claim is about, and its own words


def test_a_claim_leads_to_its_ties_that_its_reader_may_see(at_work: Client) -> None:
    tie, other = a_tie(), a_tie(between=("ID-BA", "CN-JX"))
    claim = a_claim(tie)
    other.claims.add(claim)

    page = at_work.get(claim.get_absolute_url()).content.decode()

    assert f'<a href="{tie.get_absolute_url()}">' in page
    assert other.get_absolute_url() not in page


def test_a_claim_about_a_region_stands_on_its_page_for_those_who_may_read_it(
    at_work: Client,
) -> None:
    tie = a_tie()
    given = {"statement_en": "Navel oranges grow here.", "language": "en", "audience": "own"}
    visitor = Client()

    at_work.post(f"/ties/{tie.pk}/claims/new/", {**given, "about_region": "江西省"})

    claim = Claim.objects.get()
    assert claim.about_region == "CN-JX"
    assert '<a href="/regions/CN-JX/">' in at_work.get(claim.get_absolute_url()).content.decode()
    assert "Navel oranges" in at_work.get("/regions/CN-JX/").content.decode()
    assert "Navel oranges" not in at_work.get("/regions/ID-NT/").content.decode()
    assert "Navel oranges" not in visitor.get("/regions/CN-JX/").content.decode()


def test_a_claim_about_a_place_stands_on_the_page_of_its_province(at_work: Client) -> None:
    province = a_region("ID-NT")
    a_region("ID-NT.kota-kupang", parent=province)
    a_claim(a_tie(), "Kupang builds a port.", about_region="ID-NT.kota-kupang")

    page = at_work.get("/regions/ID-NT/").content.decode()

    assert "Kupang builds a port." in page


def test_a_region_that_is_not_known_is_not_taken(at_work: Client) -> None:
    claim = a_claim(a_tie(), about_region="CN-JX")

    refused = change(at_work, claim, about_region="Atlantis")
    change(at_work, claim, about_region="")

    assert refused.status_code == 422
    assert Claim.objects.get().about_region == ""


@pytest.mark.parametrize(
    ("said", "original"),
    [
        (Text(id="MoU sudah siap.", en="The MoU is ready."), True),
        (Text(id="MoU sudah siap."), False),
        (Text(en="The MoU is ready."), False),
    ],
)
def test_a_translated_claim_shows_its_own_words_too(
    at_work: Client, said: Text, original: bool
) -> None:
    claim = a_claim(a_tie(), said, language="id")

    page = at_work.get(claim.get_absolute_url()).content.decode()

    assert ('Said in Indonesian: <q lang="id">MoU sudah siap.</q>' in page) == original


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
