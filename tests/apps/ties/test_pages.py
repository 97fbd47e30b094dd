"""What each reader sees of a tie, and that a longer file costs no more queries."""

from __future__ import annotations

from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone, translation

from kembar.apps.accounts.models import Post, User
from kembar.apps.accounts.rights import Role
from kembar.apps.kit.text import Text
from kembar.apps.ties.actions import answer_remark, remark_on
from kembar.apps.ties.models import Event, Remark, Sector, State, Tie
from kembar.engines.dates import PartialDate
from tests.apps.ties.things import a_claim, a_person_there, a_source, a_tie, an_event
from tests.people import a_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(db: Any) -> User:
    return a_person(Role.DESK)


@pytest.fixture
def reviewer(db: Any) -> User:
    return a_person(Role.MINISTRY, "ID")


@pytest.fixture
def partner(db: Any) -> User:
    return a_person(Role.PARTNER, "CN-JX")


@pytest.fixture
def stranger(db: Any) -> User:
    return a_person(Role.DESK, "ID-BA")


def seen_by(person: User | None, path: str) -> str:
    """Return the page as this person gets it; None is a visitor."""
    browser = Client()
    if person:
        browser.force_login(person)
    response = browser.get(path)
    assert response.status_code == 200, response.status_code
    return response.content.decode()


def status_for(person: User | None, path: str) -> int:
    browser = Client()
    if person:
        browser.force_login(person)
    return browser.get(path).status_code


def lengthen(tie: Tie, numbers: range, reviewer: User) -> None:
    """Put more of everything into the file of a tie."""
    for number in numbers:
        source = a_source()
        people = [a_person_there(f"Guest {number}"), a_person_there(f"Host {number}", "home")]
        day = f"2025-{1 + number % 12:02}-{1 + number % 28:02}"
        first = an_event(tie, f"Event {number}", on=day, people=people, sources=[source])
        other = an_event(tie, f"Other {number}", on="2027-03", sources=[source])
        an_event(tie, f"Third {number}", on=day, contradicts=[first, other])
        a_claim(
            tie, f"Claim {number}", source=source, evidence=[source], verdict="open", number=number
        )
        remark_on(tie, f"Remark {number}", by=reviewer)
        tie.sources.add(source)


def more_ties(numbers: range) -> list[Tie]:
    return [
        a_tie(between=("ID-NT", f"CN.city-{number}"), kind="sister_city", next_step=Text(en="Go"))
        for number in numbers
    ]


@pytest.mark.parametrize("page", ["", "timeline/", "claims/"])
def test_a_longer_file_costs_no_more_queries(
    page: str, client: Client, officer: User, reviewer: User, count_queries: Callable[[], Any]
) -> None:
    tie = a_tie()
    path = f"/ties/{tie.pk}/{page}"
    client.force_login(officer)
    lengthen(tie, range(3), reviewer)
    client.get(path)
    with count_queries() as short:
        client.get(path)
    lengthen(tie, range(3, 30), reviewer)

    with count_queries() as long:
        client.get(path)

    assert len(long) == len(short), [query["sql"] for query in long]


@pytest.mark.parametrize("path", ["/ties/", "/ties/?asleep=1&order=silent&q=city", "/today/"])
def test_more_ties_cost_no_more_queries(
    path: str, client: Client, officer: User, reviewer: User, count_queries: Callable[[], Any]
) -> None:
    client.force_login(officer)
    for tie in more_ties(range(3)):
        lengthen(tie, range(1), reviewer)
    client.get(path)
    with count_queries() as few:
        client.get(path)
    for tie in more_ties(range(3, 30)):
        lengthen(tie, range(1), reviewer)

    with count_queries() as many:
        client.get(path)

    assert len(many) == len(few), [query["sql"] for query in many]


def test_the_event_page_costs_the_same_whatever_hangs_on_it(
    client: Client, officer: User, count_queries: Callable[[], Any]
) -> None:
    tie = a_tie()
    small = an_event(tie, people=[a_person_there("A")], sources=[a_source()])
    large = an_event(
        tie,
        people=[a_person_there(f"Guest {number}") for number in range(30)],
        sources=[a_source() for _number in range(30)],
    )
    client.force_login(officer)
    client.get(small.get_absolute_url())
    with count_queries() as before:
        client.get(small.get_absolute_url())

    with count_queries() as after:
        client.get(large.get_absolute_url())

    assert len(after) == len(before), [query["sql"] for query in after]


@pytest.mark.parametrize("kind", ["note", "meeting"])
def test_the_last_contact_is_told_though_much_came_after_it(kind: str, officer: User) -> None:
    tie = a_tie()
    an_event(tie, "Met in Kupang", on="2025-11-17")
    # More than are drawn: notes that are no contact, or meetings that are still to come.
    day = "2026-01-05" if kind == "note" else "2999-01-05"
    rows = [Event(tie=tie, kind=kind, on=PartialDate.parse(day)) for _number in range(121)]
    Event.objects.bulk_create(rows)

    page = seen_by(officer, f"/ties/{tie.pk}/")

    assert "<dd>17 November 2025" in " ".join(page.split("<dt>Last contact</dt>")[1].split())


@pytest.mark.parametrize("reader", ["officer", "partner"])
@pytest.mark.parametrize("path", ["/ties/", "/ties/{}/"])
def test_about_this_year_is_a_contact_later_than_one_of_last_year(
    reader: str, path: str, request: pytest.FixtureRequest
) -> None:
    tie, person = a_tie(audience="shared"), request.getfixturevalue(reader)
    year = timezone.localdate().year
    an_event(tie, on=f"{year}~", audience="shared")
    an_event(tie, on=f"{year - 1}-12-31", audience="shared")

    assert f"about {year}" in seen_by(person, path.format(tie.pk))


def test_the_overview_shows_next_step_contradictions_and_claims(officer: User) -> None:
    tie = a_tie(next_step=Text(en="Write to Nanchang"), next_by="2026-12")
    first = an_event(tie, "Signed in Nanchang")
    an_event(tie, "Nothing was signed", contradicts=[first])
    a_claim(tie, "It is agreed", verdict="not_checkable")

    page = seen_by(officer, f"/ties/{tie.pk}/")

    assert "Write to Nanchang" in page
    assert "December 2026" in page
    assert "Which holds: “Nothing was signed” or “Signed in Nanchang”?" in page
    assert "What is contested" in page
    assert "It is agreed" in page
    assert "Not checkable: 1" in page
    assert "Health of the tie" in page


def test_a_partner_s_officer_sees_the_shared_part_of_a_shared_tie_only(partner: User) -> None:
    tie = a_tie(audience="shared", next_step=Text(en="Wait for their letter"))
    remark_on(tie, "Is there a budget?", by=a_person(Role.MINISTRY, "ID"))
    an_event(tie, "Dinner in Kupang", audience="shared")
    an_event(tie, "Our own talk before it")

    page = seen_by(partner, f"/ties/{tie.pk}/")

    assert "Dinner in Kupang" in page
    for hidden in ("Wait for their letter", "Our own talk", "Health of the tie", "Is there a bud"):
        assert hidden not in page


def test_a_partner_s_officer_learns_of_a_contradiction_only_if_he_may_read_every_side(
    partner: User,
) -> None:
    tie = a_tie(audience="shared")
    seen = an_event(tie, "Signed in May", audience="shared")
    an_event(tie, "Signed in June", audience="shared", contradicts=[seen])
    an_event(tie, "Never signed", contradicts=[seen])

    overview, claims = (seen_by(partner, f"/ties/{tie.pk}/{page}") for page in ("", "claims/"))

    assert "Signed in June" in claims
    assert "Never signed" not in overview + claims


def test_an_event_is_not_marked_as_contested_for_who_may_not_read_the_other_side(
    partner: User,
) -> None:
    tie = a_tie(audience="shared")
    seen = an_event(tie, "Signed in May", audience="shared")
    an_event(tie, "Never signed", contradicts=[seen])

    assert "contested" not in seen_by(partner, f"/ties/{tie.pk}/timeline/")


def test_a_contradiction_does_not_give_away_a_source_that_is_not_shared(partner: User) -> None:
    tie = a_tie(audience="shared")
    hidden = a_source("Cable from the embassy")
    seen = an_event(tie, "Signed in May", audience="shared", sources=[hidden])
    an_event(tie, "Signed in June", audience="shared", contradicts=[seen])

    page = seen_by(partner, f"/ties/{tie.pk}/claims/")

    assert "Signed in June" in page
    assert "Cable from the embassy" not in page


def test_a_claim_counts_only_the_evidence_that_its_reader_may_see(
    officer: User, partner: User
) -> None:
    tie = a_tie(audience="shared")
    evidence = [a_source(), a_source(audience="shared")]
    a_claim(tie, "It is agreed", audience="shared", evidence=evidence)

    assert "2 pieces of evidence" in seen_by(officer, f"/ties/{tie.pk}/claims/")
    assert "1 piece of evidence" in seen_by(partner, f"/ties/{tie.pk}/claims/")


def test_a_partner_s_officer_does_not_see_a_tie_that_is_not_shared(partner: User) -> None:
    assert status_for(partner, f"/ties/{a_tie().pk}/") == 404


def test_a_partner_of_another_region_does_not_see_a_shared_tie() -> None:
    other = a_person(Role.PARTNER, "CN-ZJ")

    assert status_for(other, f"/ties/{a_tie(audience='shared').pk}/") == 404


def test_a_visitor_sees_only_what_is_published() -> None:
    tie = a_tie(audience="published")
    shared = a_tie(between=("ID-NT", "CN-ZJ"), audience="shared")
    an_event(tie, "A feast for all", audience="published")
    an_event(tie, "A talk among two", audience="shared")
    an_event(shared, "A feast elsewhere", audience="published")

    page = seen_by(None, f"/ties/{tie.pk}/") + seen_by(None, f"/ties/{tie.pk}/timeline/")
    lists = seen_by(None, "/ties/") + seen_by(None, "/")

    assert "A feast for all" in page
    assert "A talk among two" not in page
    assert "Jiangxi" in lists
    assert "Zhejiang" not in lists
    assert status_for(None, f"/ties/{shared.pk}/") == 404


@pytest.mark.parametrize("page", ["", "timeline/", "claims/", "change/", "events/new/", "history/"])
def test_a_stranger_does_not_learn_that_a_tie_exists(page: str, stranger: User) -> None:
    tie = a_tie()

    assert status_for(stranger, f"/ties/{tie.pk}/{page}") == 404
    assert status_for(stranger, f"/ties/{tie.pk + 999}/{page}") == 404


def test_a_stranger_sees_no_next_step_of_a_published_tie(stranger: User) -> None:
    tie = a_tie(audience="published", next_step=Text(en="Ask the governor"))

    pages = [seen_by(stranger, path) for path in (f"/ties/{tie.pk}/", "/ties/", "/today/")]

    assert "Jiangxi" in pages[1]
    assert [page for page in pages if "Ask the governor" in page] == []


@pytest.mark.parametrize("query", ["", "?order=contact", "?order=silent"])
def test_the_day_of_an_event_is_not_told_to_who_may_not_read_it(
    query: str, partner: User, officer: User
) -> None:
    tie = a_tie(audience="shared")
    an_event(tie, "Told to both", on="2025-03-04", audience="shared")
    an_event(tie, "Told to nobody", on="2025-11-17")

    for path in (f"/ties/{query}", tie.get_absolute_url()):
        assert "17 November 2025" in seen_by(officer, path)
        page = seen_by(partner, path)
        assert "17 November 2025" not in page
        assert "4 March 2025" in page


def test_silence_is_not_told_to_who_does_not_read_the_whole_file(
    partner: User, officer: User
) -> None:
    tie = a_tie(audience="shared")
    an_event(tie, on="2019-03-04")

    assert f"/ties/{tie.pk}/" in seen_by(officer, "/ties/?asleep=1")
    assert f"/ties/{tie.pk}/" not in seen_by(partner, "/ties/?asleep=1")
    assert "chip--asleep" not in seen_by(partner, "/ties/")


def test_the_table_of_ties_holds_only_those_whose_whole_file_one_reads(stranger: User) -> None:
    tie = a_tie(audience="published", note=Text(en="Not for others"))
    an_event(tie, on="2025-11-17", milestone="council", sources=[a_source()])
    own = a_tie(between=("ID-BA", "CN-ZJ"))
    browser = Client()
    browser.force_login(stranger)

    table = browser.get("/ties/export/?format=csv").content.decode()

    assert own.partner_id in table
    assert tie.partner_id not in table
    assert "Not for others" not in table


def test_a_region_is_named_as_its_own_people_write_it_too(officer: User) -> None:
    page = seen_by(officer, a_tie().get_absolute_url())

    assert "江西省" in page
    assert page.count(">Nusa Tenggara Timur</span>") == 1


@pytest.mark.parametrize("text", ["Why? " * 401, " "])
def test_a_remark_that_cannot_be_sent_stays_to_be_mended(
    client: Client, reviewer: User, text: str
) -> None:
    tie = a_tie()
    client.force_login(reviewer)

    response = client.post(f"/ties/{tie.pk}/remarks/", {"text": text})

    page = response.content.decode()
    assert response.status_code == 422
    assert text in page
    assert "Where it stands" in page
    assert not Remark.objects.exists()


def test_who_answers_second_is_told_the_answer_and_keeps_his_text(
    client: Client, officer: User, reviewer: User
) -> None:
    tie = a_tie()
    remark = remark_on(tie, "Is there a budget?", by=reviewer)
    client.force_login(officer)
    path = f"/ties/remarks/{remark.pk}/answer/"
    client.post(path, {"answer": "Yes, hers."})

    response = client.post(path, {"answer": "No, his."})

    remark.refresh_from_db()
    page = response.content.decode()
    assert response.status_code == 409
    assert "The answer is: “Yes, hers.”" in page
    assert "No, his." in page
    assert remark.answer == "Yes, hers."
    assert client.get(path)["Location"] == tie.get_absolute_url()


def test_the_morning_page_tells_no_stranger_of_remarks_and_contradictions(
    stranger: User, reviewer: User
) -> None:
    tie = a_tie(audience="published")
    remark_on(tie, "Is there a budget?", by=reviewer)
    an_event(tie, "Never signed", contradicts=[an_event(tie, "Signed in May")])

    page = seen_by(stranger, "/today/")

    assert "Is there a budget?" not in page
    assert "Signed in May" not in page


def test_the_morning_page_shows_what_is_due_and_who_is_silent(
    officer: User, reviewer: User
) -> None:
    tie = a_tie(next_step=Text(en="Write to Nanchang"))
    an_event(tie, "Last seen", on="2020-01-01")
    an_event(tie, "A visit to come", on="2999-01-01", kind="visit")
    remark_on(tie, "Is there a budget?", by=reviewer)

    page = seen_by(officer, "/today/")

    for shown in ("Write to Nanchang", "A visit to come", "Is there a budget?", "1 January 2020"):
        assert shown in page


def an_inheritance(post: Post, reviewer: User, number: int = 1) -> Tie:
    """Return a tie of a post on which everything waits that can."""
    tie = a_tie(
        between=("ID-NT", f"CN.city-{number}"),
        kind="sister_city",
        owner=post,
        next_step=Text(en="Write to Nanchang"),
    )
    an_event(tie, f"A visit to come {number}", on="2999-01-02", kind="visit")
    an_event(tie, "Never signed", contradicts=[an_event(tie, "Signed in May", on="2020-05")])
    remark_on(tie, "Is there a budget?", by=reviewer)
    return tie


def test_who_takes_over_a_post_finds_all_that_waits_on_its_ties(
    officer: User, reviewer: User
) -> None:
    post = officer.current_holdings[0].post
    tie = an_inheritance(post, reviewer)
    answer_remark(remark_on(tie, "Is it signed?", by=reviewer), "No.", by=officer)
    an_event(tie, "A fair that is off", on="2999-03-03", withdrawn="No money")
    an_event(a_tie(), "Of another post", on="2999-04-04")

    page = unescape(seen_by(officer, "/posts/me/"))

    for line in (
        "Write to Nanchang",
        "A visit to come 1</a>",
        f"Coming on the tie {tie}: 2 January 2999",
        "Is there a budget?</a>",
        f"A remark on the tie {tie} waits for an answer",
        "Which holds: “Never signed” or “Signed in May”?</a>",
        f"A contradiction on the tie {tie} is not settled",
    ):
        assert line in page
    for other in ("Is it signed?", "A fair that is off", "Of another post", "Signed in May</a>"):
        assert other not in page


def test_an_administrator_who_hands_over_sees_which_ties_go_with_it_not_what_waits(
    officer: User, reviewer: User
) -> None:
    post = officer.current_holdings[0].post
    tie = an_inheritance(post, reviewer)

    page = unescape(seen_by(a_person(Role.ADMINISTRATOR), f"/posts/{post.pk}/hand-over/"))

    assert str(tie) in page
    assert "Write to Nanchang" not in page


def test_a_larger_inheritance_costs_no_more_queries(
    client: Client, officer: User, reviewer: User, count_queries: Callable[[], Any]
) -> None:
    post = officer.current_holdings[0].post
    client.force_login(officer)
    an_inheritance(post, reviewer)
    client.get(f"/posts/{post.pk}/")
    with count_queries() as small:
        client.get(f"/posts/{post.pk}/")
    for number in range(2, 9):
        an_inheritance(post, reviewer, number)

    with count_queries() as large:
        client.get(f"/posts/{post.pk}/")

    assert len(large) == len(small), [query["sql"] for query in large]


def test_the_list_can_be_narrowed_to_ties_that_sleep(officer: User) -> None:
    an_event(a_tie(), on="2020-01-01")
    a_tie(between=("ID-NT", "CN-ZJ"))

    page = seen_by(officer, "/ties/?asleep=1")

    assert "Jiangxi" in page
    assert "Zhejiang" not in page


@pytest.mark.parametrize(
    "query", ["q=%25", "page=%C2%B2", "state=x&kind=x&order=x", "q=" + "江" * 300]
)
def test_the_list_answers_whatever_is_asked(query: str, officer: User) -> None:
    a_tie()

    assert status_for(officer, f"/ties/?{query}") == 200


@pytest.mark.parametrize("before", ["%C2%B2", "9" * 30, "-1", "x"])
def test_the_history_of_a_tie_answers_whatever_is_asked(before: str, officer: User) -> None:
    assert status_for(officer, f"/ties/{a_tie().pk}/history/?before={before}") == 200


def test_a_new_tie_of_a_region_one_does_not_write_for_is_refused(
    client: Client, stranger: User
) -> None:
    a_tie(between=("ID-NT", "CN-ZJ"))
    a_tie(between=("ID-BA", "CN-JX"))
    client.force_login(stranger)
    given = {
        "home": "ID-NT",
        "partner": "CN-JX",
        "kind": "friendly",
        "state": "unknown",
        "cycle": 1,
    }

    response = client.post("/ties/new/", given)

    assert response.status_code == 422
    assert "You write for ID-BA, not for" in response.content.decode()


def test_the_same_tie_twice_is_refused_with_a_sentence(client: Client, officer: User) -> None:
    a_tie()
    client.force_login(officer)
    given = {
        "home": "江西省",
        "partner": "CN-JX",
        "kind": "friendly",
        "state": "unknown",
        "cycle": 1,
    }

    response = client.post("/ties/new/", {**given, "home": "ID-NT"})

    assert response.status_code == 422
    assert "This tie is in the list already" in response.content.decode()


def test_a_change_of_a_tie_by_two_people_at_once_loses_nothing(
    client: Client, officer: User
) -> None:
    tie = a_tie()
    client.force_login(officer)
    path = f"/ties/{tie.pk}/change/"
    given = {"state": "active", "kind": "sister_province", "version": tie.version}
    client.post(path, {**given, "next_step_en": "Hers"})

    response = client.post(path, {**given, "next_step_en": "His"})

    tie.refresh_from_db()
    assert response.status_code == 409
    assert "His" in response.content.decode()
    assert tie.next_step == {"en": "Hers"}


def test_an_owner_who_has_no_access_any_more_is_not_called_present(officer: User) -> None:
    tie = a_tie(owner=officer.current_holdings[0].post)
    reader = a_person(Role.HEAD)
    User.objects.filter(pk=officer.pk).update(is_active=False)

    assert "The post is vacant" in seen_by(reader, tie.get_absolute_url())


@pytest.mark.parametrize(
    ("language", "day"), [("en", "1 December 2026"), ("zh-hans", "2026年12月1日")]
)
def test_what_another_made_of_a_tie_is_told_in_words(
    client: Client, officer: User, language: str, day: str
) -> None:
    tie = a_tie()
    client.force_login(officer)
    path = f"/ties/{tie.pk}/change/"
    given = {"state": "active", "kind": "sister_province", "version": tie.version}
    hers = {"state": "loi_only", "sectors": ["salt", "energy"], "next_by": "2026-12-01"}
    client.post(path, {**given, **hers})

    response = client.post(path, given, headers={"accept-language": language})

    with translation.override(language):
        sectors = [str(Sector(key).label) for key in ("salt", "energy")]
        state = str(State.LOI_ONLY.label)
    page = response.content.decode()
    for shown in (state, sectors[0] + (", " if language == "en" else "、") + sectors[1], day):
        assert f"<dd>{shown}</dd>" in page
