from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone, translation

import kembar
from kembar.apps.accounts.rights import Role
from kembar.apps.audit.actions import Deed, differences, record
from kembar.apps.audit.models import Entry
from kembar.apps.audit.sentences import LONGEST_VALUE, describe
from kembar.apps.audit.vocabulary import vocabulary
from kembar.apps.kit.text import Text
from kembar.apps.regions.models import Region
from kembar.apps.ties.models import Tie
from kembar.engines.dates import PartialDate
from tests.people import a_person, an_office

SOURCE = Path(kembar.__file__).parent


def actions_in_the_code() -> set[str]:
    """Return the first word of every `Deed(…)` in the source."""
    found = set()
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Deed":
                name = node.args[0]
                where = f"{path.name}:{node.lineno}"
                assert isinstance(name, ast.Constant), f"{where}: name the action in plain text."
                found.add(str(name.value))
    return found


def test_every_action_has_a_sentence() -> None:
    assert actions_in_the_code() - set(vocabulary().sentences) == set()


def test_every_sentence_has_an_action() -> None:
    assert set(vocabulary().sentences) - actions_in_the_code() == set()


@pytest.mark.parametrize("action", sorted(vocabulary().sentences))
def test_every_sentence_names_who_and_what(action: str) -> None:
    with translation.override("en"):
        text = str(vocabulary().sentences[action]) % {"actor": "ANI", "subject": "TIE"}

    assert "ANI" in text
    assert "TIE" in text


def an_entry(**given: Any) -> Entry:
    """Return an entry on a tie as it would come from the database."""
    defaults: dict[str, Any] = {
        "pk": 1,
        "at": timezone.now(),
        "actor_name": "Ani Bere (Analyst)",
        "action": "ties.tie_changed",
        "subject_type": "ties.tie",
        "subject_id": "7",
        "subject_label": "NTT – Jiangxi",
        "changes": [],
    }
    return Entry(**{**defaults, **given})


def changed(field: str, old: Any, new: Any, language: str = "en", **given: Any) -> list[str]:
    entry = an_entry(changes=differences({field: old}, {field: new}), **given)
    with translation.override(language):
        return list(describe(entry).changes)


def test_a_sentence_says_who_did_what(english: None) -> None:
    sentence = describe(an_entry(), may_open=True)

    assert sentence.text == "Ani Bere (Analyst) changed what is known of the tie NTT – Jiangxi"
    assert '<a href="/ties/7/">NTT – Jiangxi</a>' in sentence.html


def test_a_name_cannot_bring_html_into_the_page(english: None) -> None:
    sentence = describe(an_entry(actor_name="<script>", subject_label='"><img>'))

    assert "<script>" not in sentence.html
    assert "<img>" not in sentence.html


def test_a_date_reads_as_the_reader_writes_it() -> None:
    old, new = PartialDate(2026), PartialDate(2027, 3)

    assert changed("target", old, new) == [
        "changed target date of signing from “2026” to “March 2027”"
    ]
    assert "“2027年3月”" in changed("target", old, new, "zh-hans")[0]


def test_a_choice_reads_by_its_label() -> None:
    assert changed("state", "exploring", "active") == [
        "changed state from “Exploration” to “Active”"
    ]


def test_a_list_of_choices_reads_by_their_labels() -> None:
    assert changed("sectors", ["salt"], ["salt", "trade"]) == [
        "changed focus sectors from “Salt” to “Salt, Trade and investment”"
    ]


def test_a_first_value_is_set_and_a_last_one_emptied() -> None:
    assert changed("renewal", None, PartialDate(2030)) == ["set renewal due to “2030”"]
    assert changed("renewal", PartialDate(2030), None) == ["emptied renewal due, which was “2030”"]


def test_a_text_tells_the_language_that_changed() -> None:
    old, new = Text(id="Surat", en="Letter"), Text(id="Surat", en="Letter", zh="信")

    assert changed("next_step", old, new) == ["set next step (中文) to “信”"]
    assert "（" not in changed("next_step", old, new, "zh-hans")[0]


def test_a_long_text_is_shortened() -> None:
    line = changed("next_step", Text(), Text(en="word " * 500))[0]

    assert len(line) < LONGEST_VALUE + 40
    assert line.endswith("…”")


def test_what_a_verdict_changed_is_named_by_the_verdict(english: None) -> None:
    changes = differences({"judgement": "open"}, {"judgement": "corroborated"})
    entry = an_entry(action="ledger.claim_judged", subject_type="ledger.claim", changes=changes)

    assert describe(entry).changes == ("changed verdict from “Open” to “Corroborated”",)


@pytest.mark.django_db
@pytest.mark.parametrize(("language", "name"), [("id", "Biro"), ("zh-hans", "局")])
def test_another_record_keeps_its_name_in_every_language(language: str, name: str) -> None:
    office = an_office()
    office.name = Text(id="Biro", zh="局")

    lines = changed("office", None, office, language, subject_type="accounts.post")

    # The reader's own language needs no mark in brackets behind the name of the field.
    assert [name in line for line in lines if "(" not in line and "（" not in line] == [True]


def test_what_no_model_knows_any_more_still_reads(english: None) -> None:
    entry = an_entry(
        action="gone.action",
        subject_type="gone.model",
        changes=[{"field": "colour", "old": "red", "new": "blue"}],
    )

    sentence = describe(entry)

    assert sentence.text == "Ani Bere (Analyst): gone.action, NTT – Jiangxi"
    assert sentence.changes == ("changed colour from “red” to “blue”",)


@pytest.mark.parametrize("value", ["not a date", 7, {"zh": None}, [{"a": 1}], True])
def test_an_odd_value_never_breaks_the_page(english: None, value: Any) -> None:
    entry = an_entry(changes=[{"field": "target", "old": None, "new": value}])

    describe(entry)


@pytest.mark.django_db
def test_the_whole_way_from_a_change_to_its_sentence(english: None) -> None:
    regions = [
        Region.objects.create(code=code, country=code[:2], level="first", name=Text(en=code))
        for code in ("ID-NT", "CN-JX")
    ]
    tie = Tie.objects.create(home=regions[0], partner=regions[1], kind="sister_province")
    officer = a_person(Role.DESK, name="Ani Bere")
    changes = differences({"target": PartialDate(2026)}, {"target": PartialDate(2027)})

    record(Deed("ties.tie_changed", tie, "ID-NT", changes=changes), by=officer)

    sentence = describe(Entry.objects.get())
    assert sentence.text == "Ani Bere (Desk) changed what is known of the tie ID-NT – CN-JX"
    assert sentence.changes == ("changed target date of signing from “2026” to “2027”",)
