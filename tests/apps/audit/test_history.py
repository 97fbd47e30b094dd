from __future__ import annotations

import csv
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from kembar.apps.accounts.models import Post, User
from kembar.apps.accounts.rights import Role
from kembar.apps.audit.actions import Deed, record_all
from kembar.apps.audit.models import SYSTEM
from kembar.apps.audit.queries import check_chain, entries_about
from kembar.apps.kit.text import Text
from kembar.apps.ties import actions as actions_on_ties
from tests.apps.ties.things import a_claim, a_tie, an_event
from tests.people import a_person, a_post, an_office

pytestmark = pytest.mark.django_db

ADDED = "posts.office_added"


def a_deed(name: str = "Biro", region_code: str = "ID-NT", **given: Any) -> Deed:
    office = an_office(region_code=region_code)
    office.name = Text(en=name)
    return Deed(given.pop("action", ADDED), office, region_code, **given)


def remembered(*deeds: Deed, by: User | None = None) -> None:
    record_all(deeds, by=by)


@pytest.fixture
def auditor(client: Client) -> Client:
    """A browser in which the auditor of ID-NT has signed in."""
    client.force_login(a_person(Role.AUDITOR))
    return client


def shown(client: Client, query: str = "") -> str:
    return client.get(f"/history/{query}").content.decode()


def numbers(client: Client, query: str) -> list[int]:
    return [sentence.pk for sentence in client.get(query).context["entries"].sentences]


def test_the_newest_deed_comes_first(auditor: Client) -> None:
    remembered(a_deed("Older one"), a_deed("Newer one"))

    page = shown(auditor)

    assert page.index("Newer one") < page.index("Older one")


def test_an_auditor_reads_his_own_region_only(auditor: Client) -> None:
    places = (("Here", "ID-NT"), ("Below", "ID-NT.kota-kupang"), ("There", "ID-BA"), ("All", ""))
    remembered(*(a_deed(f"In {name}", code) for name, code in places))

    page = shown(auditor)

    assert [name in page for name in ("In Here", "In Below", "In There", "In All")] == [
        True,
        True,
        False,
        False,
    ]


@pytest.mark.parametrize("role", [Role.PARTNER])
def test_a_partner_reads_no_history(client: Client, role: Role) -> None:
    client.force_login(a_person(role, "CN-JX"))

    assert client.get("/history/").status_code == 403
    assert client.get("/history/table.csv").status_code == 403


def test_a_stranger_is_asked_to_sign_in(client: Client) -> None:
    assert client.get("/history/")["Location"].startswith("/account/login/")


def test_the_list_can_be_narrowed_to_a_person(auditor: Client) -> None:
    ani = a_person(Role.DESK)
    remembered(a_deed("By Ani"), by=ani)
    remembered(a_deed("By others"), by=a_person(Role.DESK))

    page = shown(auditor, f"?who={ani.email}")

    assert "By Ani" in page
    assert "By others" not in page


def test_who_is_asked_by_a_part_of_the_name(auditor: Client) -> None:
    person = a_person(Role.DESK)
    remembered(a_deed("By one"), by=person)

    assert "By one" in shown(auditor, f"?who={person.name[1:5].upper()}")


def test_what_kembar_did_itself_can_be_asked_for(auditor: Client) -> None:
    remembered(a_deed("By a command"), by=None)
    remembered(a_deed("By somebody"), by=a_person(Role.DESK))

    page = shown(auditor, "?who=kembar")

    assert "By a command" in page
    assert "By somebody" not in page


def test_a_name_that_nobody_has_is_told(auditor: Client) -> None:
    remembered(a_deed("By somebody"), by=a_person(Role.DESK))

    answer = auditor.get("/history/?who=xyzzy")
    page = answer.content.decode()

    assert answer.status_code == 422
    assert "Nobody whose history you may read is called so." in page
    assert "By somebody" not in page
    assert auditor.get("/history/table.csv?who=xyzzy").status_code == 422


def test_one_finds_those_from_elsewhere_who_did_something_here(auditor: Client) -> None:
    reviewer = a_person(Role.MINISTRY, "ID", name="Rosa Reviewer")
    a_person(Role.MINISTRY, "ID", name="Rosa Stranger")
    remembered(a_deed("By the ministry"), by=reviewer)

    assert "By the ministry" in shown(auditor, "?who=rosa+reviewer")
    assert auditor.get("/history/?who=rosa+stranger").status_code == 422


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "nonsense"])
def test_a_day_that_cannot_be_is_refused(auditor: Client, day: str) -> None:
    for address in ("/history/", "/history/table.csv"):
        assert auditor.get(f"{address}?since={day}").status_code == 422
        assert auditor.get(f"{address}?until={day}").status_code == 422


def test_a_name_that_many_have_is_told(auditor: Client) -> None:
    for _number in range(21):
        a_person(Role.DESK)

    assert "Many are called so" in auditor.get("/history/?who=@").content.decode()


def test_the_list_can_be_narrowed_to_an_action_and_a_region(auditor: Client) -> None:
    remembered(
        a_deed("Added"),
        a_deed("Changed", action="posts.office_changed"),
        a_deed("Below", "ID-NT.kota-kupang"),
    )

    by_action = shown(auditor, "?action=posts.office_changed").split("<main")[1]
    by_region = shown(auditor, "?region=ID-NT.kota-kupang").split("<main")[1]

    assert "“Added”" not in by_action
    assert "“Changed”" in by_action
    assert "“Below”" in by_region
    assert "“Added”" not in by_region


def test_between_two_days_one_leafs_by_the_moment_not_by_the_number(
    auditor: Client, monkeypatch: Any
) -> None:
    # A clock was set back after each third deed, so numbers and moments differ.
    for number in range(120):
        minute = number + 10 * (number % 3)
        at = datetime(2026, 3, 4, 2 + minute // 60, minute % 60, tzinfo=UTC)
        monkeypatch.setattr(timezone, "now", lambda at=at: at)
        remembered(a_deed(f"Deed {number}"))
    monkeypatch.undo()
    days = "since=2026-03-04&until=2026-03-04"

    leaves = [auditor.get(f"/history/?{days}").context["entries"]]
    while leaves[-1].older:
        address = f"/history/?{days}&before={leaves[-1].older}"
        leaves.append(auditor.get(address).context["entries"])
    back = auditor.get(f"/history/?{days}&after={leaves[-1].newer}").context["entries"]

    moments = [entry.at for leaf in leaves for entry in leaf.sentences]
    assert len(moments) == 120
    assert moments == sorted(moments, reverse=True)
    assert [entry.text for entry in back.sentences] == [e.text for e in leaves[-2].sentences]


def test_a_day_begins_where_the_office_is(auditor: Client, monkeypatch: Any) -> None:
    # 17:30 in London is 01:30 of the next day in Kupang (UTC+8).
    late = datetime(2026, 3, 4, 17, 30, tzinfo=UTC)
    monkeypatch.setattr(timezone, "now", lambda: late)
    remembered(a_deed("By night"))
    monkeypatch.undo()

    assert "“By night”" not in shown(auditor, "?until=2026-03-04")
    assert "“By night”" in shown(auditor, "?since=2026-03-05&until=2026-03-05")


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("id", "24 November 2026 pukul 16.22"),
        ("zh-hans", "2026年11月24日 16:22"),
        ("en", "24 November 2026, 16:22"),
    ],
)
def test_a_moment_reads_as_the_reader_writes_it(
    auditor: Client, monkeypatch: Any, language: str, written: str
) -> None:
    # 08:22 in London is 16:22 in Kupang (UTC+8).
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 11, 24, 8, 22, tzinfo=UTC))
    remembered(a_deed())
    auditor.cookies["django_language"] = language

    assert f">{written}</time>" in shown(auditor)


@pytest.mark.parametrize(
    "query",
    ["?who=x&since=x&action=x&region=" + "x" * 99, "?before=x", "?after=-1", "?before=9" * 40],
)
def test_nonsense_in_the_address_breaks_nothing(auditor: Client, query: str) -> None:
    assert auditor.get(f"/history/{query}").status_code in (200, 422)


def test_older_and_newer_lead_through_all_deeds_and_back(auditor: Client) -> None:
    remembered(*(a_deed(f"Deed {n}") for n in range(120)))
    seen, path = [], "/history/"
    while True:
        entries = auditor.get(path).context["entries"]
        seen += [sentence.pk for sentence in entries.sentences]
        if entries.older is None:
            break
        path = f"/history/?before={entries.older}"

    assert seen == sorted(seen, reverse=True)
    assert len(seen) == 120
    back = auditor.get(f"/history/?after={entries.newer}").context["entries"]
    assert [sentence.pk for sentence in back.sentences] == seen[40:80]


def test_a_filter_is_kept_from_page_to_page(auditor: Client) -> None:
    remembered(*(a_deed(f"Deed {n}") for n in range(60)))

    page = shown(auditor, f"?action={ADDED}")

    assert f"action={ADDED}&amp;before=" in page


def test_the_number_of_queries_does_not_grow_with_the_list(
    auditor: Client, count_queries: Callable[[], Any]
) -> None:
    remembered(a_deed("One"))
    auditor.get("/history/")
    with count_queries() as before:
        auditor.get("/history/")
    remembered(*(a_deed(f"Deed {n}") for n in range(60)))

    with count_queries() as after:
        auditor.get("/history/")

    assert len(after) == len(before)
    assert not [query for query in after if "COUNT(" in query["sql"]]


def test_the_history_of_a_record_holds_what_happened_to_it(auditor: Client) -> None:
    remembered(
        a_deed("On the tie", context="ties.tie:12"), a_deed("On another", context="ties.tie:13")
    )
    reader = a_person(Role.AUDITOR)

    entries = entries_about("ties.tie:12", reader)

    assert ["On the tie" in sentence.text for sentence in entries.sentences] == [True]


TITLES = Text(id="Pengelola kerja sama", zh="合作专员", en="Cooperation officer")
CLAIM = Text(id="MoU sudah diteken.", zh="备忘录已签署。", en="The MoU is signed.")


def officer_of_three_languages() -> User:
    officer = a_person(Role.DESK, name="Ani Bere")
    Post.objects.filter(holdings__person=officer).update(title=TITLES)
    return officer


@pytest.mark.parametrize(("language", "key"), [("id", "id"), ("zh-hans", "zh"), ("en", "en")])
def test_who_and_what_read_in_the_language_of_each_reader(
    client: Client, language: str, key: str
) -> None:
    officer, claim = officer_of_three_languages(), a_claim(a_tie(), CLAIM)
    client.force_login(officer)
    client.cookies["django_language"] = "id"
    client.post(f"/ledger/claims/{claim.pk}/judge/", {"judgement": "open", "reasoning_id": "Ya."})

    client.cookies["django_language"] = language
    page = shown(client, "?action=ledger.claim_judged")

    assert f"<b>Ani Bere ({TITLES[key]})</b>" in page
    assert f">{CLAIM[key]}</a>" in page
    assert not [title for other, title in TITLES.items() if other != key and title in page]
    assert check_chain() == []


@pytest.mark.parametrize("language", ["id", "zh-hans", "en"])
def test_the_author_of_a_verdict_is_named_for_every_reader(client: Client, language: str) -> None:
    officer, claim = officer_of_three_languages(), a_claim(a_tie())
    client.force_login(officer)
    client.cookies["django_language"] = "zh-hans"
    client.post(f"/ledger/claims/{claim.pk}/judge/", {"judgement": "open", "reasoning_id": "Ya."})

    client.cookies["django_language"] = language
    page = client.get(f"/ledger/claims/{claim.pk}/").content.decode()

    assert "Ani Bere (Pengelola kerja sama / 合作专员 / Cooperation officer)" in page


def test_a_stranger_gets_no_history_of_a_record() -> None:
    remembered(a_deed(context="ties.tie:12"))

    assert entries_about("ties.tie:12", a_person(Role.AUDITOR, "ID-BA")).sentences == []


def test_the_administrator_gets_no_link_to_a_room_that_is_closed_to_him(client: Client) -> None:
    tie = a_tie()
    an_event(tie, "Rapat")
    remembered(Deed("posts.post_added", a_post(), "ID-NT"))
    client.force_login(a_person(Role.ADMINISTRATOR))

    links = re.findall(r'<p>[^\n]*<a href="([^"]+)"', shown(client))

    assert [link.split("/")[1] for link in links] == ["posts"]
    assert {client.get(link).status_code for link in links} == {200}


def test_every_link_of_an_auditor_opens_a_withdrawn_event_too(auditor: Client) -> None:
    event = an_event(a_tie(), "Rapat")
    actions_on_ties.withdraw_event(event, reason="Twice", seen=1, by=a_person(Role.DESK))

    links = set(re.findall(r'<p>[^\n]*<a href="([^"]+)"', shown(auditor)))

    assert links == {event.tie.get_absolute_url(), event.get_absolute_url()}
    assert {auditor.get(link).status_code for link in links} == {200}


def test_links_cost_as_many_queries_for_fifty_deeds_as_for_one(
    auditor: Client, count_queries: Callable[[], Any]
) -> None:
    a_tie()
    auditor.get("/history/")
    with count_queries() as before:
        auditor.get("/history/")
    for number in range(12):
        a_tie(between=("ID-NT", f"CN-{number}"))

    with count_queries() as after:
        auditor.get("/history/")

    assert len(after) == len(before)


# The table


def rows(client: Client, query: str = "") -> list[list[str]]:
    response = client.get(f"/history/table.csv{query}")
    text = b"".join(response.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    return list(csv.reader(text.splitlines()))


def test_the_table_holds_what_the_list_holds(auditor: Client) -> None:
    remembered(a_deed("Mine"), a_deed("Theirs", "ID-BA"))

    table = rows(auditor)

    assert table[0][:4] == ["Number", "When", "Who", "What"]
    assert len(table) == 2
    assert "“Mine”" in table[1][3]


def test_a_name_that_looks_like_a_formula_does_not_run(auditor: Client) -> None:
    remembered(a_deed(), by=a_person(Role.DESK, name='=HYPERLINK("http://evil.example")'))

    assert rows(auditor)[1][2].startswith("'=HYPERLINK")


def test_the_table_names_people_in_the_language_of_its_reader(auditor: Client) -> None:
    remembered(a_deed(), by=officer_of_three_languages())
    auditor.cookies["django_language"] = "zh-hans"

    assert rows(auditor)[1][2] == "Ani Bere (合作专员)"


def test_the_table_has_an_end(auditor: Client, monkeypatch: Any) -> None:
    monkeypatch.setattr("kembar.apps.audit.queries.MOST_ROWS", 10)
    remembered(*(a_deed(f"Deed {n}") for n in range(20)))

    assert len(rows(auditor)) == 11


def test_the_system_s_own_deeds_bear_its_name(auditor: Client) -> None:
    remembered(a_deed())

    assert rows(auditor)[1][2] == SYSTEM
