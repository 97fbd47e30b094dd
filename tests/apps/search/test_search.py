"""What is found, by whom, and that nothing that can be typed does harm."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from django.test import Client
from django.utils.http import urlencode

from kembar.apps.accounts.models import User
from kembar.apps.accounts.rights import NO_RIGHTS, Role
from kembar.apps.cases import actions as case_actions
from kembar.apps.kit.text import Text
from kembar.apps.search import index
from kembar.apps.ties import actions as tie_actions
from kembar.apps.ties.models import Event, Tie
from tests.apps.cases.things import a_case
from tests.apps.ties.things import a_claim, a_person_there, a_source, a_tie, an_event
from tests.people import a_person

pytestmark = pytest.mark.django_db

NOTHING = "Nothing is found."


@pytest.fixture
def officer(db: Any) -> User:
    return a_person(Role.DESK)


@pytest.fixture
def partner(db: Any) -> User:
    return a_person(Role.PARTNER, "CN-JX")


@pytest.fixture
def stranger(db: Any) -> User:
    return a_person(Role.DESK, "ID-BA")


@pytest.fixture
def tie(db: Any) -> Tie:
    return a_tie(purpose=Text(id="Garam dan pariwisata"))


def search(person: User | None, query: str, kind: str = "") -> str:
    """Return the page of a search as this person gets it; None is a visitor."""
    return search_at(person, f"?{urlencode({'q': query, 'kind': kind})}")


def search_at(person: User | None, query: str) -> str:
    browser = Client()
    if person:
        browser.force_login(person)
    response = browser.get(f"/search/{query}")
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize(
    "query", ["江西", "西", "江西省", "Jiangxi", "jiang", "CN-JX", "pariwisata"]
)
def test_a_tie_is_found_in_any_language_by_a_part_of_its_name(
    officer: User, tie: Tie, query: str
) -> None:
    assert f'href="{tie.get_absolute_url()}"' in search(officer, query)


def test_another_form_of_an_indonesian_word_is_found(officer: User, tie: Tie) -> None:
    event = an_event(tie, Text(id="Kunjungan gubernur ke Nanchang"))

    assert f'href="{event.get_absolute_url()}"' in search(officer, "berkunjung")


def test_a_misspelt_name_is_found_and_the_correction_named(officer: User, tie: Tie) -> None:
    page = search(officer, "Jianxgi")

    assert f'href="{tie.get_absolute_url()}"' in page
    assert "Nothing is called “jianxgi”; shown for “jiangxi”." in page


def test_people_claims_sources_and_events_are_found_each_under_its_kind(
    officer: User, tie: Tie
) -> None:
    an_event(tie, "Durian fair", people=[a_person_there("Durian Wang")])
    a_claim(tie, "Durian is bought")
    a_source("Durian Times")

    every = {kind: search(officer, "durian", kind) for kind in index.KINDS[:5]}

    assert "Durian fair" in every["event"]
    assert "Durian Wang" in every["person"]
    assert "Durian is bought" in every["claim"]
    assert "Durian Times" in every["source"]
    assert NOTHING in every["tie"]


def test_a_case_is_found_by_its_procedure_and_both_regions_in_any_language(
    officer: User, tie: Tie
) -> None:
    case = a_case(tie)
    trip = a_case(tie, sub="travel", title=Text(id="Kunjungan ke Nanchang", en="To Nanchang"))

    for query in ("江西", "establishing the tie", "Pembentukan hubungan Jiangxi"):
        assert f'href="{case.get_absolute_url()}"' in search(officer, query, "case")
    assert f'href="{trip.get_absolute_url()}"' in search(officer, "kunjungan nanchang", "case")
    assert f'href="{case.get_absolute_url()}"' not in search(officer, "nanchang", "case")
    assert "建立关系：东努沙登加拉省 – 江西省" in case_actions.case_line(case).title["zh"]


def test_a_case_is_found_by_those_who_may_read_it_only(
    officer: User, partner: User, stranger: User
) -> None:
    tie = a_tie(audience="published")
    case = a_case(tie)
    link = f'href="{case.get_absolute_url()}"'

    def found_by() -> list[bool]:
        people = (officer, partner, stranger, None)
        return [link in search(each, "Jiangxi", "case") for each in people]

    assert found_by() == [True, False, False, False]
    case_actions.share_case(case, audience="shared", seen=case.version, by=None)
    assert found_by() == [True, True, False, False]
    case_actions.share_case(case, audience="published", seen=case.version, by=None)
    assert found_by() == [True, True, True, True]
    tie_actions.share_tie(tie, audience="own", seen=tie.version, by=None)
    assert found_by() == [True, False, False, False]


def test_a_case_that_is_called_something_else_is_found_so(officer: User, tie: Tie) -> None:
    case = a_case(tie)
    case.title = Text(id="Durian")

    case_actions.change_case(
        case, seen=case.version, fields=["title"], old={"title": Text()}, by=None
    )

    assert f'href="{case.get_absolute_url()}"' in search(officer, "durian", "case")


def test_every_word_of_a_query_must_stand_in_what_is_found(officer: User, tie: Tie) -> None:
    an_event(tie, "Durian fair in Kupang")

    assert "Durian fair in Kupang" in search(officer, "kupang durian")
    assert NOTHING in search(officer, "durian beijing")


def test_a_stranger_and_a_visitor_do_not_find_what_is_not_for_them(
    stranger: User, tie: Tie
) -> None:
    an_event(tie, "Durian fair", audience="shared")

    for person in (stranger, None):
        for query in ("江西", "Jiangxi", "durian"):
            assert NOTHING in search(person, query)


def suggested(page: str) -> list[str]:
    return re.findall(r'Did you mean:\s+<a href="[^"]*">([^<]+)</a>', page)


@pytest.mark.parametrize(
    ("query", "meant"),
    [
        ("jianxi", "jiangxi"),
        ("Garam jianxi", "garam jiangxi"),
        ("江西 Jianxi", "jiangxi 江西"),
    ],
)
def test_the_nearest_name_is_offered_though_another_begins_so(
    officer: User, tie: Tie, query: str, meant: str
) -> None:
    an_event(tie, Text(id="Garam di Jianxing University 江西"))

    page = search(officer, query)

    assert "Jianxing University" in page
    assert suggested(page) == [meant]
    (link,) = re.findall(r'Did you mean:\s+<a href="([^"]*)">', page)
    assert tie.get_absolute_url() in search_at(officer, html.unescape(link))


@pytest.mark.parametrize("query", ["jiangxi", "Jiangxi 江西", "garam", "kerja sama", "jian"])
def test_nothing_is_offered_for_words_that_are_known(officer: User, tie: Tie, query: str) -> None:
    an_event(tie, Text(id="Garam, kerjasama dan kerja sama Jian"))

    assert suggested(search(officer, query)) == []


@pytest.mark.parametrize(
    ("query", "typed", "meant"),
    [
        ("Jiang xi", "jiang xi", "jiangxi"),
        ("Lakalena", "lakalena", "laka lena"),
        ("emanuelmelkiades", "emanuelmelkiades", "emanuel melkiades"),
        ("ChenJun", "chenjun", "chen jun"),
        ("nusatenggaratimur", "nusatenggaratimur", "nusa tenggara timur"),
    ],
)
def test_a_name_is_found_with_its_spaces_in_other_places(
    officer: User, tie: Tie, query: str, typed: str, meant: str
) -> None:
    people = [a_person_there("Emanuel Melkiades Laka Lena", "home"), a_person_there("Chen Jun")]
    an_event(tie, "Fair in Giang", people=people)

    page = search(officer, query)

    assert NOTHING not in page
    corrections = re.findall("Nothing is called “(.+?)”; shown for “(.+?)”.", page)
    assert corrections == [(typed, meant)]


def test_of_names_that_are_equally_near_that_of_a_tie_is_meant(officer: User, tie: Tie) -> None:
    """An Indonesian ear writes Jiangsi; Jiangsu, which somebody took it for, is as near."""
    an_event(tie, Text(id="Gubernur diberitakan di Jiangsu"))

    page = search(officer, "jiangsi")

    assert "shown for “jiangxi”" in page
    assert tie.get_absolute_url() in page


def test_a_person_is_listed_once_with_the_newest_event(officer: User, tie: Tie) -> None:
    chen = a_person_there("Chen Jun")
    for number in range(60):
        an_event(tie, f"Fair {number}", people=[chen])
    an_event(tie, "Another", people=[a_person_there("Chen Ming")])

    page = search(officer, "chen")

    assert page.count(">Chen Jun</a>") == 1
    assert page.count(">Chen Ming</a>") == 1
    newest = Event.objects.get(title__en="Fair 59")
    assert f'<a href="{newest.get_absolute_url()}">Chen Jun</a>' in page


def test_two_of_one_name_on_two_ties_are_both_listed(officer: User, tie: Tie) -> None:
    for one in (tie, a_tie(between=("ID-NT", "CN-ZJ"))):
        an_event(one, "Fair", people=[a_person_there("Wang Wei")])

    assert search(officer, "wang wei").count(">Wang Wei</a>") == 2


@pytest.mark.parametrize("query", ["Laksmhi", "lakshm", "Laks hmi", "durianlakshmi", "lakshmi"])
def test_a_suggestion_does_not_give_away_a_name_that_is_hidden(
    stranger: User, tie: Tie, query: str
) -> None:
    an_event(tie, people=[a_person_there("Lakshmi Durian")])
    theirs = a_tie(between=("ID-BA", "CN-ZJ"), audience="published")
    an_event(theirs, Text(en="Laksmhibai, Lakshmibai, durian and Laksimi"), audience="published")

    for person in (stranger, None):
        page = search(person, query).split("<main")[1].split("</h1>")[1]
        assert "lakshmi<" not in page
        assert "lakshmi”" not in page


def test_a_hidden_word_is_as_unknown_as_one_that_is_nowhere(stranger: User, tie: Tie) -> None:
    """Else whoever gets no suggestion knows that somebody's title holds the word."""
    an_event(tie, people=[a_person_there("Jiangsi")])
    a_tie(between=("ID-BA", "CN-JX"))

    hidden, nowhere = search(stranger, "jiangsi"), search(stranger, "jiangti")

    assert "shown for “jiangxi”" in hidden
    assert "shown for “jiangxi”" in nowhere


def test_a_correction_does_not_give_away_a_name_that_is_hidden(stranger: User, tie: Tie) -> None:
    an_event(tie, people=[a_person_there("Lakshmi")])

    for person in (stranger, None):
        assert "lakshmi" not in search(person, "Laksmhi")


def test_a_partner_finds_only_what_is_shared_with_him(partner: User) -> None:
    shared = a_tie(audience="shared")
    an_event(shared, "Durian fair", audience="shared")
    an_event(shared, "Durian talk of our own")
    an_event(a_tie(between=("ID-NT", "CN-ZJ"), audience="shared"), "Durian in Zhejiang",
             audience="shared")  # fmt: skip

    page = search(partner, "durian")

    assert "Durian fair" in page
    assert "our own" not in page
    assert "in Zhejiang" not in page


def test_a_ministry_finds_what_lies_below_it(tie: Tie) -> None:
    assert tie.get_absolute_url() in search(a_person(Role.MINISTRY, "ID"), "江西")


def test_sharing_a_tie_changes_what_is_found_at_once_and_taking_it_back_too(
    client: Client, officer: User, partner: User, tie: Tie
) -> None:
    event = an_event(tie, "Durian fair", audience="published", people=[a_person_there("Wang Wei")])
    client.force_login(officer)

    def found_after(audience: str) -> list[bool]:
        tie.refresh_from_db()
        given = {"audience": audience, "version": tie.version}
        assert client.post(f"/ties/{tie.pk}/share/", given).status_code == 302
        path = event.get_absolute_url()
        return [
            path in search(person, query)
            for person in (partner, None)
            for query in ("durian", "wang")
        ]

    assert found_after("shared") == [True, True, False, False]
    assert found_after("published") == [True, True, True, True]
    assert found_after("own") == [False, False, False, False]


def test_a_corrected_event_is_found_by_its_new_words_only(
    client: Client, officer: User, tie: Tie
) -> None:
    event = an_event(tie, "Durian fair", people=[a_person_there("Wang Wei")])
    client.force_login(officer)
    given = {
        "title_en": "Vanilla fair",
        "on": "2025",
        "kind": "meeting",
        "version": 1,
        "confidence": "O",
        "audience": "own",
        "partner_people": "Zhou Min",
    }

    client.post(f"/ties/events/{event.pk}/change/", given)

    found = [event.get_absolute_url() in search(officer, query) for query in ("durian", "wang wei")]
    assert found == [False, False]
    assert event.get_absolute_url() in search(officer, "vanilla")
    assert event.get_absolute_url() in search(officer, "zhou")


HOSTILE = [
    '"',
    '""',
    "*",
    "a*",
    "NEAR(",
    ") OR (",
    "scope:",
    "title : x",
    "-",
    "^x",
    "NOT",
    "AND OR NOT",
    "jiangxi AND NOT",
    "' OR 1=1 --",
    "x & | ! <-> :*",
    "\\",
    "%00",
    "😀",
    "👩‍👩‍👧‍👦 jiangxi",
    "",
    "   ",
    "%",
    "\u202e\u200b",
    "x" * 10_000,
    "江" * 10_000,
    "a b " * 2_500,
]


@pytest.mark.parametrize("query", HOSTILE, ids=range(len(HOSTILE)))
def test_nothing_that_can_be_typed_leads_to_an_error(officer: User, tie: Tie, query: str) -> None:
    assert "<h1>" in search(officer, query)
    assert index.find(query, officer.rights).documents is not None
    assert index.find(query, NO_RIGHTS).documents == []


def test_a_typed_mark_of_the_index_opens_no_door(tie: Tie) -> None:
    mark = index._mark("o", "ID-NT")

    assert NOTHING in search(None, mark)
    assert NOTHING in search(None, mark.upper())
    assert NOTHING in search(None, f"jiangxi OR {mark}")
