"""Claims that the atlas tests, and what they say of sectors."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kembar.apps.accounts.rights import Role
from kembar.apps.audit.models import Entry
from kembar.apps.audit.sentences import describe
from kembar.apps.kit.concurrency import StaleError
from kembar.apps.ledger.models import Claim, Evidence, Source
from kembar.apps.scouting import asking, testing
from kembar.apps.scouting.actions import drop_sector, note_sector
from kembar.apps.scouting.inputs import Inputs
from kembar.apps.scouting.models import Check, SectorClaim
from kembar.engines.scouting.said import Said
from tests.apps.scouting.things import a_study, signed_in
from tests.apps.ties.things import a_claim, a_region, a_tie
from tests.people import a_person

pytestmark = pytest.mark.django_db

COAST = {"kind": "has_coast", "region": "CN-JX", "home": "ID-NT"}
ANY = Inputs(among=("CN",))
CLIMATE = {**COAST, "kind": "similar_climate"}


@pytest.fixture
def desk() -> Client:
    return signed_in(a_person(Role.DESK))


@pytest.fixture
def claim() -> Claim:
    return a_claim(a_tie(), "Jiangxi is like us.")


def run(browser: Client, claim: Claim, form: dict[str, str]) -> str:
    address = reverse("scouting:test_claim", args=[claim.pk])
    return str(browser.post(address, form, follow=True).content.decode())


def test_a_claim_is_tested_and_the_result_is_evidence_with_its_limits(
    desk: Client, claim: Claim
) -> None:
    page = run(desk, claim, COAST)

    evidence = Evidence.objects.get()
    # The published reference table: Jiangxi lies 144 km from the sea.
    assert "Jiangxi is landlocked: its nearest land is 144 km from the sea." in page
    assert "What this does not say: It says nothing against farming fish inland" in page
    assert evidence.bearing == "contradicts"
    assert evidence.source.kind == Source.Kind.COMPUTED
    assert testing.atlas_hash()[:12] in evidence.source.title


def test_the_climate_of_jiangxi_is_not_that_of_ntt(desk: Client, claim: Claim) -> None:
    page = run(desk, claim, CLIMATE)

    assert "have 0.1 % of their climate in common" in page


def test_the_same_test_twice_is_one_piece_of_evidence(desk: Client, claim: Claim) -> None:
    run(desk, claim, COAST)

    page = run(desk, claim, COAST)

    assert "Nothing new" in page
    assert (Check.objects.count(), Evidence.objects.count()) == (1, 1)


def test_another_test_names_the_same_source(desk: Client, claim: Claim) -> None:
    run(desk, claim, COAST)
    run(desk, claim, CLIMATE)

    assert Evidence.objects.count() == 2
    assert Source.objects.filter(kind=Source.Kind.COMPUTED).count() == 1


def test_a_newer_atlas_is_another_piece_of_evidence(
    desk: Client, claim: Claim, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(desk, claim, COAST)
    monkeypatch.setattr(testing, "atlas_hash", lambda: "f" * 64)

    run(desk, claim, COAST)

    assert Evidence.objects.count() == 2
    assert Source.objects.filter(kind=Source.Kind.COMPUTED).count() == 2


def test_a_test_gives_no_verdict(desk: Client, claim: Claim) -> None:
    run(desk, claim, COAST)

    assert not claim.verdicts.exists()


def test_a_region_that_the_atlas_does_not_know_is_told(desk: Client, claim: Claim) -> None:
    a_region("ID-NT.kota-kupang")

    page = run(desk, claim, {**COAST, "region": "ID-NT.kota-kupang"})

    assert "No region of the atlas has the code" in page
    assert not Evidence.objects.exists()


def test_a_region_is_not_compared_with_itself(desk: Client, claim: Claim) -> None:
    page = run(desk, claim, {**CLIMATE, "home": "CN-JX"})

    assert "cannot be compared with itself" in page


def test_a_partner_who_reads_the_claim_reads_the_test(desk: Client) -> None:
    claim = a_claim(a_tie(audience="shared"), "Jiangxi is like us.", audience="shared")
    run(desk, claim, COAST)

    partner = signed_in(a_person(Role.PARTNER, "CN-JX"))

    page = partner.get(claim.get_absolute_url()).content.decode()
    assert "144 km from the sea" in page
    assert "Test this claim" not in page


def a_note(claim: Claim) -> SectorClaim:
    region = a_region("CN-JX")
    note = SectorClaim(claim=claim, region=region, sector="fisheries", role="strength")
    note_sector(note, by=None)
    return note


def test_a_claim_counts_in_studies_by_its_verdict(desk: Client) -> None:
    claim = a_claim(a_tie(), "Jiangxi farms the sea.", verdict="contradicted")
    address = reverse("scouting:note_sector", args=[claim.pk])

    desk.post(address, {"region": "CN-JX", "sector": "fisheries", "role": "strength"})

    (said,) = asking.known_for(a_region("ID-NT"), ANY).claims
    assert (said.region, said.sector, said.role) == ("CN-JX", "fisheries", "strength")
    assert said.verdict == "contradicted"
    assert said.source == Said(en="Jiangxi farms the sea.")


def test_a_claim_is_noted_in_one_way_once(desk: Client, claim: Claim) -> None:
    address = reverse("scouting:note_sector", args=[claim.pk])
    form = {"region": "CN-JX", "sector": "fisheries", "role": "strength"}
    desk.post(address, form)

    response = desk.post(address, form)

    assert response.status_code == 422
    assert SectorClaim.objects.count() == 1


def test_a_note_of_a_sector_is_taken_back_with_a_reason(desk: Client, claim: Claim) -> None:
    note = a_note(claim)
    address = reverse("scouting:drop_sector", args=[note.pk])
    assert address in desk.get(claim.get_absolute_url()).content.decode()

    nothing = desk.post(address, {"reason": " "})
    assert nothing.status_code == 422 and SectorClaim.objects.exists()
    asked = desk.get(address).content.decode()
    assert "Jiangxi" in asked and "Fisheries" in asked
    response = desk.post(address, {"reason": "It speaks of rivers only"}, follow=True)

    assert response.redirect_chain[-1][0] == claim.get_absolute_url()
    assert "Studies count it no more." in response.content.decode()
    assert not SectorClaim.objects.exists()
    assert asking.known_for(a_region("ID-NT"), ANY).claims == ()
    entry = Entry.objects.get(action="scouting.sector_dropped")
    assert entry.context == f"ledger.claim:{claim.pk}"
    told = describe(entry)
    assert "took back" in told.text
    assert any("It speaks of rivers only" in line for line in told.changes)
    assert any("Fisheries" in line for line in told.changes)


def test_a_note_that_somebody_else_took_back_is_gone(desk: Client, claim: Claim) -> None:
    note = a_note(claim)
    drop_sector(note, reason="First", by=None)

    with pytest.raises(StaleError):
        drop_sector(note, reason="Second", by=None)
    again = desk.post(reverse("scouting:drop_sector", args=[note.pk]), {"reason": "Second"})

    assert again.status_code == 404
    assert Entry.objects.filter(action="scouting.sector_dropped").count() == 1


def test_only_who_may_add_to_a_claim_takes_a_note_back(claim: Claim) -> None:
    address = reverse("scouting:drop_sector", args=[a_note(claim).pk])

    for role, code, status in [
        (Role.HEAD, "ID-NT", 403),
        (Role.DESK, "ID-BA", 404),
        (Role.PARTNER, "CN-JX", 403),
    ]:
        response = signed_in(a_person(role, code)).post(address, {"reason": "Mine"})
        assert response.status_code == status
    assert SectorClaim.objects.exists()


def test_a_withdrawn_claim_counts_no_more(desk: Client, claim: Claim) -> None:
    address = reverse("scouting:note_sector", args=[claim.pk])
    desk.post(address, {"region": "CN-JX", "sector": "fisheries", "role": "strength"})
    Claim.objects.update(withdrawn="Said by mistake")

    assert asking.known_for(a_region("ID-NT"), ANY).claims == ()


def test_what_another_region_keeps_to_itself_does_not_count(desk: Client) -> None:
    theirs = a_claim(a_tie(between=("ID-BA", "CN-JX")), "Secret")
    SectorClaim.objects.create(
        claim=theirs, region=a_region("CN-JX"), sector="tourism", role="strength"
    )

    assert asking.known_for(a_study().home, ANY).claims == ()


@pytest.mark.parametrize("region", ["CN-JX\0", "x" * 100_000])
def test_a_region_that_no_database_can_hold_is_told(
    desk: Client, claim: Claim, region: str
) -> None:
    address = reverse("scouting:test_claim", args=[claim.pk])

    response = desk.post(address, COAST | {"region": region})

    assert response.status_code == 422
    assert len(response.context["form"].errors["region"][0]) < 200


def test_the_page_of_a_claim_takes_as_many_queries_however_many_tests(
    desk: Client, claim: Claim, count_queries: Callable[[], CaptureQueriesContext]
) -> None:
    counts = []
    for code in ("CN-JX", "CN-HI", "CN-GD"):
        a_region(code)
        run(desk, claim, CLIMATE | {"region": code})
        with count_queries() as asked:
            desk.get(claim.get_absolute_url())
        counts.append(len(asked))

    assert counts[1] == counts[2]
