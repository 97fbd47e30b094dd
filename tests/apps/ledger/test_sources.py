"""Where something was said: kept once, with a copy, and never overwritten unseen."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from kembar.apps.accounts.models import User
from kembar.apps.accounts.rights import Role
from kembar.apps.audit.models import Entry
from kembar.apps.ledger.models import Claim, Source, StoredFile
from kembar.apps.ties.actions import withdraw_event
from kembar.apps.ties.models import Attachment, Event, Tie
from tests.apps.ties.things import a_claim, a_source, a_tie, an_event
from tests.people import a_person

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
CHOOSE_AGAIN = "Nothing was saved yet, so choose the file again."
TWICE = "This address is in the list of sources already."


@pytest.fixture
def officer(db: Any) -> User:
    return a_person(Role.DESK)


@pytest.fixture
def at_work(client: Client, officer: User) -> Client:
    client.force_login(officer)
    return client


def source_form(**given: Any) -> dict[str, Any]:
    return {
        "publisher": "Kompas",
        "kind": "press",
        "language": "id",
        "reliability": "fair",
        "audience": "own",
        "address": "https://example.org/salt",
        **given,
    }


def add(client: Client, **given: Any) -> Any:
    return client.post("/ledger/sources/new/", source_form(**given))


def change(client: Client, source: Source, **given: Any) -> Any:
    return client.post(f"/ledger/sources/{source.pk}/change/", source_form(**given))


def test_a_source_is_kept_for_the_region_of_who_adds_it(at_work: Client) -> None:
    add(at_work, dated="23 Nov 2025")

    source = Source.objects.get()
    assert (source.owner_code, source.publisher, str(source.dated)) == (
        *("ID-NT", "Kompas"),
        "2025-11-23",
    )


def test_the_history_holds_all_that_was_entered_of_a_source(at_work: Client) -> None:
    file = SimpleUploadedFile("salt.pdf", PDF)

    add(at_work, title="Garam NTT", dated="23 Nov 2025", reason_en="Named reporter", attached=file)

    page = at_work.get("/history/").content.decode()
    sha256 = hashlib.sha256(PDF).hexdigest()
    for value in ("Kompas", "Garam NTT", "https://example.org/salt", "23 November 2025", sha256):
        assert f"“{value}”" in page
    assert "set why so reliable to “Named reporter”" in page
    assert "set reliability to “Fair”" in page


def test_an_archived_copy_is_kept_under_its_sha_256_and_comes_back_as_it_was(
    at_work: Client,
) -> None:
    add(at_work, attached=SimpleUploadedFile("salt.pdf", PDF))

    source = Source.objects.get()
    page = at_work.get(f"/ledger/sources/{source.pk}/").content.decode()
    response = at_work.get(f"/ledger/sources/{source.pk}/file/")
    assert hashlib.sha256(PDF).hexdigest() in page
    assert b"".join(response.streaming_content) == PDF
    assert response["Content-Disposition"].startswith("attachment;")
    assert response["X-Content-Type-Options"] == "nosniff"


def test_the_same_copy_twice_is_kept_once(at_work: Client) -> None:
    for number in range(2):
        file = SimpleUploadedFile(f"salt-{number}.pdf", PDF)
        add(at_work, address=f"https://example.org/{number}", attached=file)

    assert Source.objects.count() == 2
    assert StoredFile.objects.count() == 1


def test_a_copy_that_is_not_what_its_name_says_is_refused(at_work: Client) -> None:
    response = add(at_work, attached=SimpleUploadedFile("salt.pdf", b"<script>"))

    assert response.status_code == 422
    assert not Source.objects.exists()


def test_one_archived_copy_can_be_chosen_not_several(at_work: Client) -> None:
    page = at_work.get("/ledger/sources/new/").content.decode()

    assert 'type="file" name="attached"' in page
    assert "multiple" not in page


def test_whoever_must_mend_the_form_is_told_to_choose_the_file_again(at_work: Client) -> None:
    file = SimpleUploadedFile("salt.pdf", PDF)

    with_file = add(at_work, publisher="", attached=file)
    without_file = add(at_work, publisher="")

    assert with_file.status_code == 422
    assert CHOOSE_AGAIN in with_file.content.decode()
    assert CHOOSE_AGAIN not in without_file.content.decode()


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (f"{'surat-' * 60}.pdf", f"{'surat-' * 60}"[:196] + ".pdf"),
        (r"C:\Users\ani\salt.pdf", "salt.pdf"),
        ("../../salt.pdf", "salt.pdf"),
        ("salt\u202efdp.exe.pdf", "saltfdp.exe.pdf"),
        ("盐\x07业.pdf", "盐业.pdf"),
    ],
)
def test_a_copy_is_kept_under_a_name_that_can_be_read(
    at_work: Client, given: str, kept: str
) -> None:
    file = SimpleUploadedFile("salt.pdf", PDF)
    file._name = given  # type: ignore[attr-defined]  # as a browser may send it

    response = add(at_work, attached=file)

    assert response.status_code == 302
    assert Source.objects.get().archived_name == kept


def test_a_file_of_an_event_is_kept_whatever_the_length_of_its_name(at_work: Client) -> None:
    given = {"title_en": "Letter", "on": "2025", "kind": "letter", "confidence": "O"}
    file = SimpleUploadedFile(f"{'surat-' * 40}.pdf", PDF)

    at_work.post(f"/ties/{a_tie().pk}/events/new/", {**given, "audience": "own", "attached": file})

    name = Attachment.objects.get().name
    assert len(name) == 200
    assert name.endswith("surat-sura.pdf")


def test_the_same_address_twice_is_refused_with_a_sentence(at_work: Client) -> None:
    add(at_work)

    response = add(at_work, publisher="Somebody else")

    assert response.status_code == 422
    assert TWICE in response.content.decode()
    assert Source.objects.count() == 1


def test_an_address_is_not_changed_into_one_that_is_there(at_work: Client) -> None:
    add(at_work)
    source = a_source()

    response = change(at_work, source, version=1)

    assert response.status_code == 422
    assert TWICE in response.content.decode()


def test_another_region_may_keep_the_same_address(at_work: Client) -> None:
    a_source(owner_code="ID-BA", address="https://example.org/salt")

    assert add(at_work).status_code == 302


def test_sources_without_an_address_may_be_many(at_work: Client) -> None:
    add(at_work, address="")

    assert add(at_work, address="").status_code == 302
    assert Source.objects.count() == 2


def test_an_address_that_would_run_is_refused(at_work: Client) -> None:
    assert add(at_work, address="javascript:alert(1)").status_code == 422
    assert not Source.objects.exists()


def test_who_changes_a_source_second_is_told_and_keeps_what_he_typed(at_work: Client) -> None:
    source = a_source()
    change(at_work, source, publisher="Hers", version=1)

    response = change(at_work, source, publisher="His", version=1)

    source.refresh_from_db()
    assert response.status_code == 409
    assert 'value="His"' in response.content.decode()
    assert source.publisher == "Hers"


def test_a_copy_handed_in_with_an_old_form_does_not_take_the_place_of_the_new_one(
    at_work: Client,
) -> None:
    source = a_source()
    change(at_work, source, publisher="Hers", version=1)

    change(at_work, source, version=1, attached=SimpleUploadedFile("salt.pdf", PDF))

    source.refresh_from_db()
    assert source.archived is None


def sees(user: User, source: Source) -> bool:
    browser = Client()
    browser.force_login(user)
    status = browser.get(f"/ledger/sources/{source.pk}/").status_code
    assert status in (200, 404)
    return status == 200


def named_in_a_claim(tie: Tie, source: Source, audience: str) -> None:
    a_claim(tie, audience=audience, source=source)


def named_as_evidence(tie: Tie, source: Source, audience: str) -> None:
    a_claim(tie, audience=audience, evidence=[source])


def named_in_an_event(tie: Tie, source: Source, audience: str) -> None:
    an_event(tie, audience=audience, sources=[source])


def named_on_the_tie(tie: Tie, source: Source, audience: str) -> None:
    tie.audience = audience
    tie.save()
    tie.sources.add(source)


NAMED = [named_in_a_claim, named_as_evidence, named_in_an_event, named_on_the_tie]


@pytest.mark.parametrize("name_it", NAMED)
def test_a_shared_source_is_for_the_partner_who_reads_what_names_it(
    name_it: Callable[[Tie, Source, str], None],
) -> None:
    partner, other = a_person(Role.PARTNER, "CN-JX"), a_person(Role.PARTNER, "CN-ZJ")
    source = a_source(audience="shared")
    before = sees(partner, source)

    name_it(a_tie(audience="shared"), source, "shared")

    assert not before
    assert sees(partner, source)
    assert not sees(other, source)
    assert not sees(a_person(Role.DESK, "ID-BA"), source)
    assert Client().get(f"/ledger/sources/{source.pk}/").status_code == 404


@pytest.mark.parametrize("name_it", NAMED)
def test_what_the_partner_may_not_read_does_not_show_him_its_source(
    name_it: Callable[[Tie, Source, str], None],
) -> None:
    partner = a_person(Role.PARTNER, "CN-JX")
    source = a_source(audience="shared")

    name_it(a_tie(audience="shared"), source, "own")

    assert not sees(partner, source)


def test_a_source_that_serves_ties_with_two_partners_is_for_those_it_is_shared_with() -> None:
    jiangxi, zhejiang = a_person(Role.PARTNER, "CN-JX"), a_person(Role.PARTNER, "CN-ZJ")
    source = a_source(audience="shared")
    a_claim(a_tie(audience="shared"), audience="shared", source=source)
    there = a_tie(between=("ID-NT", "CN-ZJ"), audience="shared")
    event = an_event(there, sources=[source], audience="own")
    before = sees(zhejiang, source)

    Event.objects.filter(pk=event.pk).update(audience="shared")

    assert not before
    assert sees(jiangxi, source)
    assert sees(zhejiang, source)


def test_a_published_event_of_others_does_not_show_a_partner_its_shared_source() -> None:
    source = a_source(audience="shared")
    there = a_tie(between=("ID-NT", "CN-ZJ"), audience="published")
    an_event(there, sources=[source], audience="published")

    assert not sees(a_person(Role.PARTNER, "CN-JX"), source)


@pytest.mark.parametrize("audience", ["own", "shared"])
def test_a_source_that_is_not_shared_is_not_for_the_partner_whatever_names_it(
    audience: str,
) -> None:
    source = a_source(audience="own")
    a_claim(a_tie(), audience=audience, source=source)

    assert not sees(a_person(Role.PARTNER, "CN-JX"), source)


def test_a_withdrawn_event_shows_its_source_no_more() -> None:
    source = a_source(audience="shared")
    event = an_event(a_tie(audience="shared"), audience="shared", sources=[source])
    withdraw_event(event, reason="Wrong", seen=1, by=a_person(Role.DESK))

    assert not sees(a_person(Role.PARTNER, "CN-JX"), source)


def test_a_source_added_by_hand_is_evidence_for_the_partner_too(at_work: Client) -> None:
    claim = a_claim(a_tie(audience="shared"), audience="shared")
    add(at_work, publisher="Kompas", audience="shared")
    given = {"source": Source.objects.get().pk, "bearing": "supports"}
    at_work.post(f"/ledger/claims/{claim.pk}/evidence/", given)
    at_work.force_login(a_person(Role.PARTNER, "CN-JX"))

    page = at_work.get(f"/ledger/claims/{claim.pk}/").content.decode()

    assert "Kompas" in page


def test_a_source_shows_the_claims_and_evidence_its_reader_may_see(client: Client) -> None:
    source = a_source(audience="shared")
    tie = a_tie(audience="shared")
    a_claim(tie, "For both", source=source, audience="shared")
    a_claim(tie, "For us", evidence=[source])
    client.force_login(a_person(Role.PARTNER, "CN-JX"))

    page = client.get(f"/ledger/sources/{source.pk}/").content.decode()

    assert "For both" in page
    assert "For us" not in page


def test_many_claims_on_a_source_cost_no_more_queries(
    at_work: Client, count_queries: Callable[[], Any]
) -> None:
    source, tie = a_source(), a_tie()
    path = f"/ledger/sources/{source.pk}/"
    a_claim(tie, source=source, evidence=[source], verdict="open")
    at_work.get(path)
    with count_queries() as few:
        at_work.get(path)
    for _number in range(10):
        a_claim(tie, source=source, evidence=[source], verdict="open")

    with count_queries() as many:
        at_work.get(path)

    assert len(many) == len(few), [query["sql"] for query in many]


@pytest.mark.parametrize("query", ["q=%25", "kind=x", "page=0"])
def test_the_list_of_sources_answers_whatever_is_asked(at_work: Client, query: str) -> None:
    assert at_work.get(f"/ledger/sources/?{query}").status_code == 200


# A source that is not in the list yet, written down on the way.


@pytest.mark.parametrize("known", [False, True])
def test_a_new_source_is_written_down_with_the_event_that_names_it(
    at_work: Client, known: bool
) -> None:
    tie, address = a_tie(), "https://example.org/salt"
    if known:
        a_source("Kompas", address=address)
    given = {"title_en": "Talks on salt", "on": "2025", "kind": "meeting", "confidence": "B"}

    response = at_work.post(
        f"/ties/{tie.pk}/events/new/",
        {**given, "audience": "own", "new_address": address, "new_dated": "2025-11"},
    )

    assert response.status_code == 302
    source = Source.objects.get()
    assert list(Event.objects.get().sources.all()) == [source]
    assert source.publisher == ("Kompas" if known else "example.org")


def test_a_new_source_is_written_down_with_the_claim_that_names_it(at_work: Client) -> None:
    tie = a_tie()
    given = {"statement_en": "Salt is next.", "language": "en", "audience": "own"}

    at_work.post(f"/ties/{tie.pk}/claims/new/", {**given, "new_publisher": "Pos Kupang"})

    assert Claim.objects.get().source == Source.objects.get(publisher="Pos Kupang")
    assert Entry.objects.filter(action="ledger.source_added").count() == 1


def test_evidence_names_a_new_source_or_one_of_the_list(at_work: Client) -> None:
    claim = a_claim(a_tie())
    path = f"/ledger/claims/{claim.pk}/evidence/"

    refused = at_work.post(path, {"bearing": "supports"})
    taken = at_work.post(path, {"bearing": "supports", "new_address": "example.org/salt"})

    assert refused.status_code == 422
    assert "Choose a source, or give the address" in refused.content.decode()
    assert taken.status_code == 302
    assert claim.evidence.get().source.address == "https://example.org/salt"


def test_what_was_typed_of_a_new_source_is_kept_when_the_form_is_refused(at_work: Client) -> None:
    path = f"/ties/{a_tie().pk}/events/new/"

    response = at_work.post(path, {"new_address": "https://example.org/salt", "new_dated": "2025"})

    assert response.status_code == 422
    assert 'value="https://example.org/salt"' in response.content.decode()
    assert not Source.objects.exists()


def test_sources_of_one_publisher_are_told_apart_in_a_list(at_work: Client) -> None:
    a_source("Antara NTT", title="Salt", dated="2025-11-17")
    a_source("Antara NTT", address="https://example.org/pearls")

    page = at_work.get(f"/ties/{a_tie().pk}/events/new/").content.decode()

    assert "Antara NTT: Salt · 17 November 2025" in page
    assert "Antara NTT: example.org/pearls" in page


def test_sources_of_one_publisher_are_told_apart_on_their_page(at_work: Client) -> None:
    for number in range(2):
        a_source("Antara NTT", address=f"https://ntt.antaranews.com/berita/{number}")

    page = at_work.get("/ledger/sources/").content.decode()

    assert "https://ntt.antaranews.com/berita/0" in page
    assert "https://ntt.antaranews.com/berita/1" in page


def test_a_new_source_of_a_host_with_a_long_name_is_taken(at_work: Client) -> None:
    host = ".".join(["a" * 60] * 4)
    given = {"statement_en": "The MoU is signed.", "language": "en", "audience": "own"}

    response = at_work.post(
        f"/ties/{a_tie().pk}/claims/new/", {**given, "new_address": f"https://{host}.org/1"}
    )

    assert response.status_code == 302
    assert Source.objects.get().publisher == host[:200]


def fold(page: str) -> str:
    """Return the part of a page in which a new source is written down, from its beginning tag."""
    before, _summary, inside = page.partition("<summary>Write down a new source</summary>")
    return "<details" + before.rpartition("<details")[2] + inside.partition("</details>")[0]


@pytest.mark.parametrize("form", ["claim", "evidence", "event"])
def test_a_new_source_folds_away_until_it_is_wanted(at_work: Client, form: str) -> None:
    tie = a_tie()
    path = {
        "claim": f"/ties/{tie.pk}/claims/new/",
        "evidence": f"/ledger/claims/{a_claim(tie).pk}/evidence/",
        "event": f"/ties/{tie.pk}/events/new/",
    }[form]
    closed = fold(at_work.get(path).content.decode())
    typed = fold(at_work.post(path, {"new_publisher": "Pos Kupang"}).content.decode())
    wrong = fold(at_work.post(path, {"new_dated": "someday"}).content.decode())

    assert closed.startswith("<details>")
    for name in ("address", "publisher", "dated", "language"):
        assert closed.count(f'name="new_{name}"') == 1
    assert typed.startswith("<details open>")
    assert 'value="Pos Kupang"' in typed
    assert wrong.startswith("<details open>")
    assert 'role="alert"' in wrong


@pytest.mark.parametrize(("given", "kept"), [({}, "en"), ({"new_language": "zh"}, "zh")])
def test_a_new_source_has_the_language_that_was_said_or_the_reader_s(
    at_work: Client, given: dict[str, str], kept: str
) -> None:
    path = f"/ledger/claims/{a_claim(a_tie()).pk}/evidence/"
    offered = at_work.get(path).content.decode()

    at_work.post(path, {"bearing": "supports", "new_publisher": "Jiangxi Daily", **given})

    assert '<option value="en" selected>' in fold(offered)
    assert Source.objects.get().language == kept
