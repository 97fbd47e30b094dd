"""A decision is frozen, cannot be changed, and can be run again."""

from __future__ import annotations

import gc
import hashlib
import json
import tracemalloc
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kembar.apps.accounts.models import User
from kembar.apps.accounts.rights import Role
from kembar.apps.audit.models import Entry
from kembar.apps.kit.text import Text
from kembar.apps.scouting import queries
from kembar.apps.scouting.actions import close_region, note_sector
from kembar.apps.scouting.actions import decide as decide_on
from kembar.apps.scouting.models import Closed, Decision, SectorClaim, Study, seal_of
from kembar.engines.scouting.decision import answer
from kembar.engines.scouting.question import Known, NoGo
from tests.apps.scouting.things import a_decision, a_study, signed_in
from tests.apps.ties.things import a_claim, a_region, a_source, a_tie, an_event
from tests.people import a_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def head() -> User:
    return a_person(Role.HEAD, name="Maria Lema")


def decide(browser: Client, study: Study, **changed: Any) -> Any:
    form = {"chosen": "CN-HI", "reasons_en": "It has our climate.", "version": study.version}
    form["shown"] = queries.hash_of(queries.ask(study, {}))
    return browser.post(reverse("scouting:decide", args=[study.pk]), {**form, **changed})


def test_a_decision_keeps_everything_it_was_made_of(head: User) -> None:
    study = a_study(filters_off={"ties": "Looked at once"})

    response = decide(signed_in(head), study)

    decision = Decision.objects.get()
    assert response["Location"] == decision.get_absolute_url()
    kept = json.loads(decision.record)
    assert hashlib.sha256(decision.record.encode()).hexdigest() == decision.sha256
    assert kept["study"]["inputs"]["filters_off"] == {"ties": "Looked at once"}
    assert kept["answer"]["rows"][0]["code"] == "CN-HI"
    assert kept["answer"]["inputs"]["question"]["home"] == "ID-NT"
    assert (decision.chosen_id, decision.by) == ("CN-HI", head)
    assert decision.by_name.startswith("Maria Lema")
    entry = Entry.objects.get(action="scouting.decided")
    assert decision.sha256 in json.dumps(entry.changes)


def test_a_decision_keeps_nothing_of_regions_that_were_not_asked_about(head: User) -> None:
    study = a_study(among=("CN-HI", "CN-GD"))
    for partner in ("JP-13", "CN-JX", "CN-HI"):
        an_event(a_tie(between=("ID-NT", partner)), kind="meeting")
    for code in ("JP-27", "CN-XJ", "CN-GD"):
        closed = Closed(keeper_code="ID", region=a_region(code))
        closed.reason, closed.basis = Text(en=f"Closed {code}"), Text(en="Letter 1")
        close_region(closed, by=None)

    record = a_decision(study, by=head).record

    known = json.loads(record)["answer"]["inputs"]["known"]
    assert [each["region"] for each in known["contacts"]] == ["CN-HI"]
    assert [each["code"] for each in known["no_go"]] == ["CN-GD"]
    assert "JP-" not in record


def test_reasons_in_words_are_required(head: User) -> None:
    study = a_study()

    response = decide(signed_in(head), study, reasons_en="")

    assert response.status_code == 422
    assert "This field is required" in response.content.decode()
    assert not Decision.objects.exists()


def test_only_who_is_ranked_can_be_chosen(head: User) -> None:
    study = a_study(among=("CN-HI", "CN-GD", "CN-TW"))

    response = decide(signed_in(head), study, chosen="CN-TW")

    assert response.status_code == 422
    assert not Decision.objects.exists()


def test_a_ranking_that_changed_meanwhile_is_looked_at_again_first(head: User) -> None:
    study = a_study()
    browser = signed_in(head)
    page = browser.get(reverse("scouting:decide", args=[study.pk]))
    shown = page.context["form"]["shown"].value()
    a_tie(between=("ID-NT", "CN-GD"), state="active")

    response = decide(browser, study, reasons_en="My long reasons", shown=shown)

    text = response.content.decode()
    assert response.status_code == 409
    assert "My long reasons" in text
    assert not Decision.objects.exists()
    again = response.context["form"]["shown"].value()
    assert decide(browser, study, shown=again).status_code == 302


def test_a_study_that_changed_meanwhile_is_looked_at_again_first(head: User) -> None:
    study = a_study()
    Study.objects.filter(pk=study.pk).update(version=2)

    response = decide(signed_in(head), study, reasons_en="My long reasons", version=1)

    page = response.content.decode()
    assert response.status_code == 409
    assert "My long reasons" in page and 'value="2"' in page
    assert not Decision.objects.exists()


def test_weights_that_were_only_moved_are_not_decided_on(head: User) -> None:
    study = a_study()
    browser = signed_in(head)

    shown = queries.hash_of(queries.ask(study, {}))
    browser.post(
        reverse("scouting:decide", args=[study.pk]) + "?w.climate=1",
        {"chosen": "CN-HI", "reasons_en": "So.", "version": study.version, "shown": shown},
    )

    kept = Decision.objects.get().kept()
    assert set(kept["study"]["inputs"]["weights"]["points"].values()) == {50}


@pytest.mark.parametrize("deed", ["update", "delete", "replace"])
def test_the_database_itself_refuses_to_change_a_decision(head: User, deed: str) -> None:
    decision = a_decision(a_study(), by=head)
    replace = (
        # PostgreSQL has no REPLACE; there all rows could go at once.
        "TRUNCATE scouting_decision"
        if connection.vendor == "postgresql"
        else "REPLACE INTO scouting_decision SELECT id, '', '', '{}', '', '', at, by_id, chosen_id,"
        f" study_id FROM scouting_decision WHERE id = {decision.pk}"
    )
    statement = {
        "update": f"UPDATE scouting_decision SET record = '{{}}' WHERE id = {decision.pk}",
        "delete": f"DELETE FROM scouting_decision WHERE id = {decision.pk}",
        "replace": replace,
    }[deed]

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)

    assert Decision.objects.get().record == decision.record


def test_the_program_refuses_too(head: User) -> None:
    decision = a_decision(a_study(), by=head)

    with pytest.raises(TypeError):
        decision.delete()
    with pytest.raises(TypeError):
        Decision.objects.all().delete()
    with pytest.raises(TypeError):
        Decision.objects.update(reasons=Text(en="Other"))


def test_run_again_it_is_the_same_to_the_last_bit(head: User) -> None:
    decision = a_decision(a_study(), by=head)

    page = signed_in(head).get(reverse("scouting:again", args=[decision.pk])).content.decode()

    assert "The same, to the last bit." in page


def test_little_is_remembered_of_decisions_that_were_run_again(head: User) -> None:
    """A record of all the world's regions is megabytes, and its answer as data twenty."""
    browser = signed_in(head)
    first, *others = [a_decision(a_study(seed=seed), by=head) for seed in range(6)]

    def held_after(decisions: Sequence[Decision]) -> int:
        for decision in decisions:
            assert browser.get(reverse("scouting:again", args=[decision.pk])).status_code == 200
        gc.collect()
        return tracemalloc.get_traced_memory()[0]

    tracemalloc.start()
    before = held_after([first])
    after = held_after(others)
    tracemalloc.stop()

    assert after - before < len(others) * len(first.record)


def test_what_became_known_later_does_not_change_what_was_decided(head: User) -> None:
    decision = a_decision(a_study(), by=head)
    a_tie(between=("ID-NT", "CN-HI"), state="active")

    page = signed_in(head).get(reverse("scouting:again", args=[decision.pk])).content.decode()

    assert "The same, to the last bit." in page


def test_run_again_with_another_atlas_it_says_exactly_what_differs(
    head: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = a_study()
    from kembar.engines.scouting import decision as engine

    # As if it had been decided on an older atlas: another hash of one of its files.
    older = {**engine.shipped_data(), "profiles.npz": "0" * 64}
    monkeypatch.setattr(engine, "shipped_data", lambda: older)
    decision = a_decision(study, by=head)
    monkeypatch.undo()

    page = signed_in(head).get(reverse("scouting:again", args=[decision.pk])).content.decode()

    assert "Not the same. This differs:" in page
    assert "profiles.npz" in page
    assert "Nobody's place changes" in page


def test_the_download_is_the_record_to_the_letter(head: User) -> None:
    decision = a_decision(a_study(), by=head)

    address = reverse("scouting:decision_json", args=[decision.pk])
    response = signed_in(head).get(address)

    assert seal_of(response.content.decode()) == decision.sha256
    assert "attachment" in response["Content-Disposition"]


def test_a_second_decision_stands_beside_the_first(head: User) -> None:
    study = a_study()
    browser = signed_in(head)
    decide(browser, study)
    decide(browser, study, chosen="CN-GD", reasons_en="On second thoughts.")

    page = browser.get(reverse("scouting:record", args=[study.pk])).content.decode()

    assert "It has our climate." in page and "On second thoughts." in page


def test_a_decision_reads_the_same_in_every_language_of_its_reader(head: User) -> None:
    decision = a_decision(a_study(), by=head)
    browser = signed_in(head)

    for language, name in (("id", "Hainan"), ("zh-hans", "海南省")):
        head.language = language
        head.save(update_fields=["language"])
        page = browser.get(decision.get_absolute_url()).content.decode()
        assert name in page


def test_a_decision_tells_what_others_said_in_the_language_of_its_reader(head: User) -> None:
    study = a_study(sectors=("fisheries",))
    claim = a_claim(
        a_tie(between=("ID-NT", "CN-JX")),
        Text(id="Hainan kuat di laut", zh="海南渔业发达"),
        source=a_source("新华社", title="渔业", language="zh"),
        verdict="corroborated",
    )
    note = SectorClaim(claim=claim, region=a_region("CN-HI"), sector="fisheries", role="strength")
    note_sector(note, by=None)
    closed = Closed(keeper_code="ID", region=a_region("CN-GD"))
    closed.reason, closed.basis = Text(id="Masih ditinjau", zh="正在审查"), Text(id="Surat 12/2026")
    close_region(closed, by=None)
    decision = a_decision(study, by=head)
    browser = signed_in(head)

    told = {}
    for language in ("id", "zh-hans", "en"):
        head.language = language
        head.save(update_fields=["language"])
        told[language] = browser.get(decision.get_absolute_url()).content.decode()

    assert "Hainan kuat di laut (新华社: 渔业 [中文])" in told["id"]
    assert "海南渔业发达（新华社: 渔业）" in told["zh-hans"]
    # Nobody said it in English: what there is, and in which language.
    assert "Hainan kuat di laut [Bahasa Indonesia]" in told["en"]
    assert "Masih ditinjau" in told["id"] and "正在审查" in told["zh-hans"]
    assert "Surat 12/2026 [Bahasa Indonesia]" in told["zh-hans"]
    again = browser.get(reverse("scouting:again", args=[decision.pk])).content.decode()
    assert "The same, to the last bit." in again


def test_a_decision_of_before_still_reads_as_it_was_frozen(head: User) -> None:
    study = a_study()
    found = queries.ask(study, {})
    # As form 1 kept a ministry's word: one text.
    known = Known(no_go=(NoGo("CN-GD", "Under review", "Letter 12/2026"),))
    frozen = queries.frozen_of(found) | {"answer": answer(found.candidates.question, known)}
    decision = decide_on(
        study, frozen, chosen=a_region("CN-HI"), reasons=Text(en="So."), seen=1, by=head
    )
    browser = signed_in(head)

    page = browser.get(decision.get_absolute_url()).content.decode()
    again = browser.get(reverse("scouting:again", args=[decision.pk])).content.decode()

    assert decision.kept()["answer"]["form"] == 1
    assert "A ministry rules it out: Under review" in page
    assert "The same, to the last bit." in again


def test_the_page_of_a_decision_is_read_from_what_was_kept(head: User) -> None:
    study = a_study()
    decision = a_decision(study, by=head)
    a_tie(between=("ID-NT", "CN-GD"), state="active")

    page = signed_in(head).get(decision.get_absolute_url()).content.decode()

    assert "Guangdong" in page and "The tie exists" not in page
    assert decision.sha256 in page


def test_pages_of_a_study_read_no_record_of_its_decisions(
    head: User, count_queries: Callable[[], CaptureQueriesContext]
) -> None:
    study = a_study(by=head)
    a_decision(study, by=head)
    browser = signed_in(head)
    pages = ("/scouting/", study.get_absolute_url(), f"/scouting/{study.pk}/record/")

    for address in (*pages, "/regions/CN-HI/"):
        with count_queries() as asked:
            assert browser.get(address).status_code == 200
        assert not [each["sql"] for each in asked if '"scouting_decision"."record"' in each["sql"]]
