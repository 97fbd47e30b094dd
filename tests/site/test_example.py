"""The founding example: whole, in three languages, and never loaded over people's changes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from html import unescape
from typing import Any

import pytest
from django.apps import apps
from django.db import transaction
from django.test import Client

from kembar.apps.accounts.models import User
from kembar.apps.accounts.rights import Role
from kembar.apps.audit.models import Entry
from kembar.apps.audit.queries import check_chain
from kembar.apps.cases.models import Case, CaseClaim
from kembar.apps.kit.text import LANGUAGES, Text
from kembar.apps.ledger.models import Claim, Evidence, Source
from kembar.apps.scouting.models import Check, Study
from kembar.apps.ties.actions import EventParts, add_event
from kembar.apps.ties.models import Conflict, Event, Tie
from kembar.engines.dates import PartialDate
from kembar.site import example

HOMES = {"id": "Nusa Tenggara Timur", "zh-hans": "东努沙登加拉省", "en": "East Nusa Tenggara"}


@pytest.fixture(scope="module")
def _loaded(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Load the example once for all tests below; each still undoes what it does itself."""
    with django_db_blocker.unblock(), transaction.atomic():
        assert example.load() is True
        yield
        transaction.set_rollback(True)


pytestmark = pytest.mark.usefixtures("_loaded", "db")


@pytest.fixture
def founding(_loaded: None, db: None) -> Tie:
    return Tie.objects.get(home="ID-NT", partner="CN-JX")


def rows() -> dict[str, int]:
    return {
        model._meta.label: model._default_manager.count()
        for model in apps.get_models()
        if model.__module__.startswith("kembar.")
    }


def page(path: str, *, language: str = "id", email: str = "") -> str:
    browser = Client(headers={"accept-language": language})
    if email:
        browser.force_login(User.objects.get(email=email))
    response = browser.get(path)
    assert response.status_code == 200
    return response.content.decode()


def test_a_second_run_changes_nothing() -> None:
    before = rows()

    assert example.load() is False

    assert rows() == before


def test_all_ties_of_the_national_register_are_there() -> None:
    told = example.read()
    register = {(tie.home_id, tie.partner_id, tie.cycle) for tie in Tie.objects.all()}
    shared = {(row["home"], row["partner"], row["cycle"]) for row in told["tie"]}

    # 94 rows in register.csv, of which the ties of founding.toml are some.
    assert len(register) == 94
    assert shared <= register
    assert Tie.objects.filter(origin="example").count() == len(told["tie"])
    assert Tie.objects.filter(origin="register").count() == 94 - len(told["tie"])


def test_nothing_of_the_example_is_left_behind() -> None:
    told = example.read()

    assert Event.objects.filter(origin="example").count() == len(told["event"])
    assert Claim.objects.count() == len(told["claim"])
    assert Conflict.objects.filter(explanation__id__isnull=False).count() == len(told["conflict"])
    written = sum(len(row["evidence"]) for row in told["claim"])
    computed = sum(len(row.get("tests", [])) for row in told["claim"])
    assert Evidence.objects.count() == written + computed
    assert Check.objects.count() == computed
    assert Study.objects.filter(origin="example").count() == len(told["study"])
    addresses = {row["address"] for row in told["source"] if row["address"]}
    assert addresses <= set(Source.objects.values_list("address", flat=True))


def test_the_articles_reason_for_jiangxi_is_tested_by_the_atlas_with_its_limits() -> None:
    claim = Claim.objects.get(number=5)

    notes = {check.kind: check.evidence.note["en"] for check in claim.checks.all()}

    # The table of domain/data.md: 144 km from the sea, 0.1 % of the climate in common.
    assert "landlocked: its nearest land is 144 km from the sea" in notes["has_coast"]
    assert "nothing against farming fish inland" in notes["has_coast"]
    assert "0.1 % of their climate in common" in notes["similar_climate"]
    assert "not the motive" in notes["similar_climate"]


def test_the_desk_finds_a_study_among_chinas_provinces_that_nobody_has_decided() -> None:
    study = Study.objects.get(origin="example")

    assert study.inputs["among"] == ["CN"]
    assert study.owner is not None
    assert not study.decisions.exists()


def test_the_founding_case_stands_at_exploration_with_the_articles_claim_beside_the_letter(
    founding: Tie,
) -> None:
    case = Case.objects.named().get(tie=founding)

    assert [each[0] for each in case.pending] == ["id-exploration"]
    assert case.stands["done"] == 0
    assert case.waiting_since == date(2025, 6, 7)
    letter = CaseClaim.objects.filter(case=case, step="loi").order_by("pk")
    assert [link.claim.number for link in letter] == [3, 4]
    assert not case.entries.filter(kind="done").exists()


def test_the_founding_case_shows_what_the_article_left_out(founding: Tie) -> None:
    case = Case.objects.get(tie=founding)
    path = f"/cases/{case.pk}/"

    seen = page(path, language="en")

    for left_out in (
        "Cooperation plan (RKS)",
        "Council approval",
        "Minister's approval",
        "Full powers",
        "CPAFFC",
    ):
        assert left_out in unescape(seen)
    assert "not before" in seen
    assert "NTT and Jiangxi have signed a letter of intent." in seen
    assert "disputed" in seen


def test_every_claim_has_a_verdict_and_its_reasoning_in_three_languages() -> None:
    claims = list(Claim.objects.with_verdict())

    lacking = [str(c) for c in claims if c.reasoning is None or set(c.reasoning) != set(LANGUAGES)]
    assert claims
    assert lacking == []


def test_every_text_of_the_example_is_in_three_languages() -> None:
    lacking = [
        f"{record._meta.label}.{name}: {record}"
        for records, names in (
            (Tie.objects.filter(origin="example"), example.TIE_TEXTS),
            (Event.objects.filter(origin="example"), ("title", "detail", "place")),
            (Claim.objects.all(), ("statement",)),
            (Conflict.objects.filter(explanation__id__isnull=False), ("question", "explanation")),
        )
        for record in records
        for name in names
        if getattr(record, name) and set(getattr(record, name)) != set(LANGUAGES)
    ]

    assert lacking == []


@pytest.mark.parametrize("language", HOMES)
def test_the_founding_tie_is_published_and_on_the_front_page_in_every_language(
    language: str, founding: Tie
) -> None:
    front = page("/", language=language)

    assert founding.audience == "published"
    assert HOMES[language] in front
    assert {"id": "Jiangxi", "zh-hans": "江西省", "en": "Jiangxi"}[language] in front
    assert founding.stands.shown(language.split("-")[0]).text[:40] in front


def test_the_page_of_the_founding_tie_opens_for_everybody(founding: Tie) -> None:
    for seat in example.SEATS:
        for part in ("", "timeline/", "claims/"):
            page(f"/ties/{founding.pk}/{part}", email=seat.email)
            page(f"/ties/{founding.pk}/{part}", language="zh-hans")


def test_what_was_tried_with_zhejiang_is_for_the_own_region_only() -> None:
    zhejiang = Tie.objects.get(home="ID-NT", partner="CN-ZJ")
    paths = ("/ties/", "/search/?q=zhejiang", "/ties/?q=zhejiang", "/regions/CN-ZJ/")

    assert f"/ties/{zhejiang.pk}/" in page("/ties/?q=zhejiang", email="desk@kembar.example")
    for email in ("", "partner@kembar.example"):
        assert not any(f'"/ties/{zhejiang.pk}/"' in page(path, email=email) for path in paths)


def test_every_part_is_played_by_an_example_person_in_a_post() -> None:
    held = {
        holding.post.role
        for seat in example.SEATS
        for holding in User.objects.get(email=seat.email).current_holdings
    }

    assert held == set(Role.values)


def test_the_example_people_sign_in_with_a_password_made_on_this_machine() -> None:
    desk = User.objects.get(email="desk@kembar.example")

    assert desk.check_password(example.example_password())
    assert example.password_file().stat().st_mode & 0o077 == 0


def test_loading_is_in_the_history_and_the_history_is_whole() -> None:
    assert Entry.objects.filter(action="ties.tie_created").count() == len(example.read()["tie"])
    assert check_chain() == []


def test_what_people_changed_is_still_there_after_another_run(founding: Tie) -> None:
    Tie.objects.filter(pk=founding.pk).update(stands=Text(id="Sudah ditandatangani"))
    Claim.objects.filter(number=1).update(statement=Text(id="Diubah"))
    User.objects.filter(email="desk@kembar.example").update(name="Ani Bere")

    example.load()

    founding.refresh_from_db()
    assert founding.stands == {"id": "Sudah ditandatangani"}
    assert Claim.objects.filter(number=1, statement__id="Diubah").exists()
    assert User.objects.get(email="desk@kembar.example").name == "Ani Bere"


def test_the_notice_of_the_example_stays_true_when_later_events_are_added(founding: Tie) -> None:
    event = Event(tie=founding, kind="meeting", on=PartialDate(2026, 6, 1), audience="published")
    event.title = Text(en="A later meeting")
    add_event(event, EventParts(), by=None)

    shown = page(f"/ties/{founding.pk}/", language="en")

    assert "A later meeting" in shown
    assert (
        "Example, as of 19 February 2026: whatever was entered later does not belong to it."
        in shown
    )
