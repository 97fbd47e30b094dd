"""The register of promises: who sees what, what is due, whose it is, what became of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from kembar.apps.accounts.models import User
from kembar.apps.accounts.rights import Role
from kembar.apps.audit.models import Entry
from kembar.apps.commitments import actions, queries
from kembar.apps.commitments.models import Commitment, Turn
from kembar.apps.kit.text import Text
from kembar.apps.search import index
from kembar.apps.ties import actions as ties
from kembar.apps.ties.models import Tie
from tests.apps.commitments.things import TODAY, a_commitment, it_became
from tests.apps.ties.things import a_source, a_tie
from tests.people import a_person, a_post, nobody_yet

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

NEW = {
    "what_id": "Mengirim ahli garam",
    "what_en": "Send salt experts",
    "made_by": "partner",
    "firmness": "interest",
    "way": "visit",
    "said_on": "17/11/2025",
    "due": "2027",
    "audience": "own",
    "version": 1,
}


@pytest.fixture
def tie() -> Tie:
    return a_tie(audience="shared")


@pytest.fixture
def desk() -> User:
    return a_person(Role.DESK, name="Ani Bere")


def in_english(client: Client, person: User | None = None) -> Client:
    if person:
        client.force_login(person)
    client.cookies["django_language"] = "en"
    return client


def page_of(client: Client, commitment: Commitment) -> Any:
    return client.get(commitment.get_absolute_url())


def test_a_desk_officer_writes_down_a_promise_and_finds_it_in_the_register(
    client: Client, tie: Tie, desk: User
) -> None:
    in_english(client, desk)

    answer = client.post(reverse("commitments:new", args=[tie.pk]), NEW)

    commitment = Commitment.objects.get()
    assert answer.url == commitment.get_absolute_url()
    assert (commitment.number, str(commitment.due_by)) == (1, "2027-12-31")
    register = client.get(reverse("commitments:of_tie", args=[tie.pk])).text
    assert "Send salt experts" in register
    assert "nobody" in register
    assert Entry.objects.filter(action="commitments.added").exists()
    assert index.find("salt experts", desk.rights).documents[0].kind == "commitment"


def test_numbers_count_within_a_tie(tie: Tie) -> None:
    other = a_tie(between=("ID-NT", "CN-ZJ"))

    numbers = [a_commitment(each).number for each in (tie, tie, other, tie)]

    assert numbers == [1, 2, 1, 3]


def test_what_was_promised_and_how_firmly_must_be_said(
    client: Client, tie: Tie, desk: User
) -> None:
    in_english(client, desk)

    answer = client.post(
        reverse("commitments:new", args=[tie.pk]), {"made_by": "partner", "due": "soon"}
    )

    assert answer.status_code == 422
    assert set(answer.context["form"].errors) >= {"what", "firmness", "way", "due"}
    assert not Commitment.objects.exists()


def test_a_year_is_late_only_when_it_is_over(tie: Tie) -> None:
    year, month, day = (a_commitment(tie, due=due) for due in ("2026", "2026-10", "2026-11-17"))

    assert year.days_left(TODAY) == 44
    assert month.days_left(TODAY) == -17
    assert day.days_left(TODAY) == 0
    assert list(Commitment.objects.overdue(TODAY)) == [month]


# Who sees it ---------------------------------------------------------------------------


def test_a_stranger_does_not_learn_that_the_promise_exists(client: Client, tie: Tie) -> None:
    commitment = a_commitment(tie)

    for person in (None, a_person(Role.DESK, "ID-BA"), nobody_yet()):
        in_english(client, person)
        assert page_of(client, commitment).status_code == 404
        assert "Send salt" not in client.get(reverse("commitments:commitments")).text


def test_the_partner_reads_what_is_shared_but_not_whose_it_is(client: Client, tie: Tie) -> None:
    post = a_post(title="Keeper of salt")
    shared = a_commitment(tie, "Send salt experts", audience="shared", owner=post)
    own = a_commitment(tie, "Keep the price secret", owner=post)
    gone = a_commitment(tie, "Written down twice", audience="shared")
    it_became(gone, "withdrawn")
    in_english(client, a_person(Role.PARTNER, "CN-JX"))

    register = client.get(reverse("commitments:of_tie", args=[tie.pk]) + "?state=all").text

    assert "Send salt experts" in register
    assert "Keep the price secret" not in register
    assert "Written down twice" not in register
    page = page_of(client, shared).text
    assert "Keeper of salt" not in register + page
    assert page_of(client, own).status_code == page_of(client, gone).status_code == 404
    assert "Send salt experts" in client.get(reverse("commitments:commitments")).text


def test_it_is_never_read_more_widely_than_its_tie(client: Client) -> None:
    tie = a_tie(audience="own")
    commitment = a_commitment(tie, audience="published")

    assert page_of(client, commitment).status_code == 404
    assert index.find("salt experts", nobody_yet().rights).documents == []

    ties.share_tie(tie, audience="published", seen=tie.version, by=None)

    assert page_of(client, commitment).status_code == 200
    assert index.find("salt experts", nobody_yet().rights).documents


def test_the_auditor_reads_and_may_not_write(client: Client, tie: Tie) -> None:
    commitment = a_commitment(tie)
    in_english(client, a_person(Role.AUDITOR))

    assert page_of(client, commitment).status_code == 200
    for address in (
        reverse("commitments:new", args=[tie.pk]),
        reverse("commitments:change", args=[commitment.pk]),
        reverse("commitments:turn", args=[commitment.pk, "kept"]),
        reverse("commitments:share", args=[commitment.pk]),
        reverse("commitments:import"),
    ):
        assert client.post(address, {}).status_code == 403, address
    assert client.get(reverse("commitments:export")).status_code == 200


def test_a_source_that_is_shared_is_read_through_a_promise_that_is_shared(
    client: Client, tie: Tie
) -> None:
    source = a_source("Koran NTT", audience="shared")
    partner = in_english(client, a_person(Role.PARTNER, "CN-JX"))
    path = source.get_absolute_url()
    assert partner.get(path).status_code == 404

    commitment = a_commitment(tie, audience="shared", source=source)

    assert partner.get(path).status_code == 200
    assert "Koran NTT" in page_of(partner, commitment).text


# What became of it ---------------------------------------------------------------------


def turned(client: Client, commitment: Commitment, kind: str, **typed: Any) -> Any:
    data = {"on": "2026-11-16", "version": commitment.version, **typed}
    return client.post(reverse("commitments:turn", args=[commitment.pk, kind]), data)


def test_a_promise_is_kept_with_evidence(client: Client, tie: Tie, desk: User) -> None:
    commitment = a_commitment(tie, due="2026")
    in_english(client, desk)
    file = SimpleUploadedFile("minutes.txt", b"They came.", "text/plain")

    answer = turned(client, commitment, "kept", file=file)

    assert answer.status_code == 302, answer.context["form"].errors
    commitment.refresh_from_db()
    assert commitment.state == "kept"
    page = page_of(client, commitment).text
    assert "minutes.txt" in page
    assert "Ani Bere" in page
    turn = Turn.objects.get()
    got = client.get(reverse("commitments:evidence", args=[turn.pk]))
    assert b"".join(got.streaming_content) == b"They came."
    assert "attachment" in got["Content-Disposition"]


@pytest.mark.parametrize("kind", ["kept", "partly", "broken", "lapsed", "withdrawn"])
def test_nothing_becomes_of_it_without_a_word(
    client: Client, tie: Tie, desk: User, kind: str
) -> None:
    commitment = a_commitment(tie)
    in_english(client, desk)

    answer = turned(client, commitment, kind)

    assert answer.status_code == 422
    assert "reason" in answer.context["form"].errors
    assert not Turn.objects.exists()


def test_new_terms_keep_the_old_ones_beside_them(client: Client, tie: Tie, desk: User) -> None:
    commitment = a_commitment(tie, due="2026-06")
    in_english(client, desk)
    same = turned(client, commitment, "renegotiated", new_due="2026-06", reason="No reason")
    assert "new_due" in same.context["form"].errors

    answer = turned(client, commitment, "renegotiated", new_due="2027", reason="By letter")

    assert answer.status_code == 302
    commitment.refresh_from_db()
    assert (commitment.state, str(commitment.due), commitment.is_live) == (
        "renegotiated", "2027", True,
    )  # fmt: skip
    page = page_of(client, commitment).text
    assert "<del>June 2026</del>" in page
    assert "By letter" in page


def test_a_day_that_has_not_come_is_refused(client: Client, tie: Tie, desk: User) -> None:
    commitment = a_commitment(tie)
    in_english(client, desk)
    tomorrow = (timezone.localdate() + timedelta(days=1)).isoformat()

    answer = turned(client, commitment, "kept", reason="They will come", on=tomorrow)

    assert "on" in answer.context["form"].errors
    assert "They will come" in answer.text


def test_two_who_record_at_once_are_told_and_nothing_typed_is_lost(
    client: Client, tie: Tie, desk: User
) -> None:
    commitment = a_commitment(tie)
    it_became(commitment, "partly")
    in_english(client, desk)

    answer = turned(client, commitment, "kept", reason="My own words", version=1)

    assert answer.status_code == 409
    assert "Kept in part" in answer.text
    assert "My own words" in answer.text
    again = turned(client, commitment, "kept", reason="My own words", version=2)
    assert again.status_code == 302


def test_what_is_kept_is_not_kept_twice(client: Client, tie: Tie, desk: User) -> None:
    commitment = a_commitment(tie)
    it_became(commitment, "kept")
    in_english(client, desk)

    answer = turned(client, commitment, "kept", reason="Again", version=commitment.version)

    assert answer.status_code == 422
    assert "Now it is “Kept”" in answer.text
    assert client.get(reverse("commitments:turn", args=[commitment.pk, "kept"])).status_code == 302


def test_a_withdrawn_promise_leaves_lists_counts_and_search_but_not_the_file(
    client: Client, tie: Tie, desk: User
) -> None:
    commitment = a_commitment(tie)

    it_became(commitment, "withdrawn")

    in_english(client, desk)
    register = reverse("commitments:of_tie", args=[tie.pk])
    assert "Send salt" not in client.get(f"{register}?state=all").text
    assert "Send salt" in client.get(f"{register}?state=withdrawn").text
    assert page_of(client, commitment).status_code == 200
    assert index.find("salt experts", desk.rights).documents == []
    assert queries.tally_of(Commitment.objects.all(), TODAY) == queries.Tally()


def test_the_database_itself_keeps_what_became_of_it(tie: Tie) -> None:
    turn = it_became(a_commitment(tie), "kept")
    for statement in (
        "UPDATE commitments_turn SET kind = 'broken'",
        "DELETE FROM commitments_turn",
    ):
        with (
            pytest.raises(DatabaseError),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
    with pytest.raises(TypeError):
        turn.delete()
    with pytest.raises(TypeError):
        Turn.objects.update(kind="broken")

    assert Turn.objects.get().kind == "kept"


# Changing, giving, sharing ---------------------------------------------------------------


def typed(commitment: Commitment, **changed: Any) -> dict[str, Any]:
    return {
        "what_en": "Send salt experts", "made_by": "partner", "firmness": "promise",
        "way": "visit", "audience": commitment.audience, "version": commitment.version, **changed,
    }  # fmt: skip


def test_a_slip_is_corrected_and_an_old_copy_overwrites_nothing(
    client: Client, tie: Tie, desk: User
) -> None:
    commitment = a_commitment(tie)
    in_english(client, desk)
    address = reverse("commitments:change", args=[commitment.pk])
    assert client.post(address, typed(commitment, due="2027")).status_code == 302

    answer = client.post(address, typed(commitment, due="2028", article="3"))

    assert answer.status_code == 409
    assert "2028" in answer.text
    commitment.refresh_from_db()
    assert (str(commitment.due), commitment.article) == ("2027", "")


def test_a_promise_is_given_to_a_post_from_its_own_page(
    client: Client, tie: Tie, desk: User
) -> None:
    commitment = a_commitment(tie)
    agency = a_post(Role.AGENCY, title="Salt section")
    stranger = a_post(Role.AGENCY, "ID-BA", title="Bali section")
    in_english(client, desk)
    address = reverse("commitments:assign", args=[commitment.pk])
    assert "Nobody keeps this promise" in page_of(client, commitment).text

    refused = client.post(address, {"owner": stranger.pk, "version": 1})
    done = client.post(address, {"owner": agency.pk, "version": 1})
    late = client.post(address, {"owner": agency.pk, "version": 1})

    assert (refused.status_code, done.status_code) == (422, 302)
    assert late.status_code in (302, 409)
    commitment.refresh_from_db()
    assert commitment.owner == agency
    assert queries.inheritance(agency, desk)[0].label == "Send salt experts"


def test_the_head_shares_a_promise_with_the_partner(client: Client, tie: Tie) -> None:
    commitment = a_commitment(tie)
    in_english(client, a_person(Role.HEAD))
    address = reverse("commitments:share", args=[commitment.pk])

    stale = client.post(address, {"audience": "shared", "version": 7})
    done = client.post(address, {"audience": "shared", "version": 1})

    assert (stale.status_code, done.status_code) == (409, 302)
    partner = in_english(Client(), a_person(Role.PARTNER, "CN-JX"))
    assert page_of(partner, commitment).status_code == 200


def test_the_history_of_the_tie_tells_what_was_done(client: Client, tie: Tie, desk: User) -> None:
    commitment = a_commitment(tie, by=desk)
    it_became(commitment, "broken", by=desk)
    in_english(client, desk)

    page = client.get(reverse("ties:history", args=[tie.pk])).text

    assert "put the promise “" in page
    assert "recorded what became of the promise" in page
    assert "from “To be kept” to “Broken”" in page


# Lists -----------------------------------------------------------------------------------


def test_overdue_and_unowned_stand_out_and_filter_the_list(
    client: Client, tie: Tie, desk: User
) -> None:
    post = desk.current_holdings[0].post
    today = timezone.localdate()
    soon = (today + timedelta(days=5)).isoformat()
    a_commitment(tie, "Long late", due="2020", owner=post)
    a_commitment(tie, "Due soon", due=soon)
    a_commitment(tie, "Some day", sector="salt", firmness="wish")
    it_became(a_commitment(tie, "Was kept", due="2021"), "kept")
    in_english(client, desk)
    address = reverse("commitments:commitments")

    def shown(query: str) -> list[str]:
        lines = client.get(f"{address}?{query}").context["view"].lines
        return [str(line.commitment) for line in lines]

    assert shown("") == ["Long late", "Due soon", "Some day"]
    assert shown("state=overdue") == shown("owner=mine") == ["Long late"]
    assert shown("state=soon") == ["Due soon"]
    assert shown("owner=none") == ["Due soon", "Some day"]
    assert shown(f"owner={post.pk}") == ["Long late"]
    assert shown("sector=salt") == shown("firmness=wish") == shown("state=undated") == ["Some day"]
    assert shown("state=kept") == ["Was kept"]
    assert shown("region=Jiangxi&state=all&order=tie") == [
        "Long late", "Due soon", "Some day", "Was kept",
    ]  # fmt: skip
    assert shown("region=ID-BA") == []
    assert len(shown("state=nonsense&owner=x&order=zz&page=zz")) == 3
    heads = client.get(address).context["view"].heads
    assert (heads.open, heads.overdue, heads.due_soon, heads.without_owner) == (3, 1, 1, 2)


def test_a_ministry_reads_the_registers_of_its_country_only(client: Client, tie: Tie) -> None:
    a_commitment(tie)
    in_english(client, a_person(Role.MINISTRY, "ID"))

    view = client.get(reverse("commitments:commitments")).context["view"]

    assert [str(line.commitment) for line in view.lines] == ["Send salt experts"]


@pytest.mark.parametrize("few", [200, 0], ids=["few ties", "many ties"])
def test_a_list_of_many_asks_no_more_than_a_list_of_one(
    client: Client,
    desk: User,
    few: int,
    monkeypatch: pytest.MonkeyPatch,
    count_queries: Callable[[], Any],
) -> None:
    monkeypatch.setattr(queries, "FEW", few)
    tie = a_tie()
    post = a_post()
    a_commitment(tie, owner=post)
    in_english(client, desk)
    addresses = [reverse("commitments:commitments"), reverse("commitments:of_tie", args=[tie.pk])]
    for address in addresses:
        client.get(address)
        with count_queries() as one:
            client.get(address)
        for number in range(12):
            a_commitment(tie, f"Promise {number}", owner=post, due="2027")
        with count_queries() as many:
            answer = client.get(address)

        assert answer.status_code == 200
        assert len(many) == len(one), many.captured_queries


def test_tallies_of_any_number_of_ties_are_one_statement(
    tie: Tie, count_queries: Callable[[], Any]
) -> None:
    other = a_tie(between=("ID-NT", "CN-ZJ"))
    a_commitment(tie, due="2026-11-16")
    a_commitment(tie, due="2026-12-01", owner=a_post())
    it_became(a_commitment(tie), "broken")
    it_became(a_commitment(other), "kept")

    keys = list(Tie.objects.values_list("pk", flat=True))
    with count_queries() as asked:
        found = queries.tallies(keys, TODAY)

    assert len(asked) == 1
    assert found[tie.pk] == queries.Tally(open=2, due_soon=1, overdue=1, broken=1, without_owner=1)
    assert found[other.pk] == queries.Tally(kept=1)
    assert found[tie.pk].total == 3


def test_what_is_next_and_what_a_post_keeps(tie: Tie, desk: User) -> None:
    post = a_post()
    a_commitment(tie, "Second", due="2027")
    a_commitment(tie, "First", due="2026-01", owner=post)

    assert [str(line.commitment) for line in queries.next_due(tie, desk, TODAY, 1)] == ["First"]
    assert [line.late_days for line in queries.of_posts([post], desk, TODAY)] == [290]
    assert [str(x.commitment) for x in queries.without_owner(desk, TODAY, 5)] == ["Second"]


def test_a_tie_without_promises_says_what_to_do(client: Client, tie: Tie, desk: User) -> None:
    in_english(client, desk)

    page = client.get(reverse("commitments:of_tie", args=[tie.pk])).text

    assert "Nothing is written down yet" in page
    assert reverse("commitments:new", args=[tie.pk]) in page


def test_the_words_of_a_text_come_in_the_language_of_the_reader(
    client: Client, tie: Tie, desk: User
) -> None:
    a_commitment(tie, Text(id="Mengirim ahli garam", zh="派遣盐业专家"))
    in_english(client, desk)

    page = client.get(reverse("commitments:of_tie", args=[tie.pk])).text

    assert "Mengirim ahli garam" in page
    assert 'class="fallback"' in page


def test_it_goes_into_the_register_with_a_source_that_is_new(
    client: Client, tie: Tie, desk: User
) -> None:
    in_english(client, desk)

    client.post(
        reverse("commitments:new", args=[tie.pk]),
        {**NEW, "new_address": "https://koranntt.com/x", "new_language": "id"},
    )

    source = Commitment.objects.get().source
    assert source is not None
    assert source.address == "https://koranntt.com/x"
    assert actions.line_of(Commitment.objects.get()).audience == "own"


def test_a_reason_that_must_be_given_is_not_called_optional(
    client: Client, tie: Tie, desk: User
) -> None:
    commitment = a_commitment(tie)
    in_english(client, desk)

    asked = {
        kind: client.get(reverse("commitments:turn", args=[commitment.pk, kind]))
        .context["form"]
        .fields["reason"]
        .required
        for kind in ("renegotiated", "broken", "kept")
    }

    assert asked == {"renegotiated": True, "broken": True, "kept": False}
