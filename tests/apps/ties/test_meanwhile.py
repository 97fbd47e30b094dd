"""While one deed is not kept yet, another begins: it waits, and goes by what holds then."""

from __future__ import annotations

from functools import partial

import pytest

from kembar.apps.accounts.rights import NO_RIGHTS, Role
from kembar.apps.audit.models import Entry
from kembar.apps.audit.queries import check_chain
from kembar.apps.kit.tables import Table, read_table
from kembar.apps.kit.text import Text
from kembar.apps.ledger.actions import add_source, change_claim
from kembar.apps.ledger.handing_in import load_as_shown
from kembar.apps.ledger.models import Claim, Source, StoredFile
from kembar.apps.search import index
from kembar.apps.ties import actions, imports
from kembar.apps.ties.models import Event, Import, Tie
from tests.apps.ties.things import a_claim, a_region, a_tie, an_event
from tests.at_once import meanwhile
from tests.people import a_person

pytestmark = pytest.mark.django_db(transaction=True)


def as_loaded(tie: Tie) -> Tie:
    """Return a tie as another person has it before him."""
    return Tie.objects.select_related("home", "partner").get(pk=tie.pk)


def taken_back(tie: Tie) -> None:
    actions.share_tie(as_loaded(tie), audience="own", seen=tie.version, by=None)


def seen_by_everyone(word: str) -> list[str]:
    return [document.kind for document in index.find(word, NO_RIGHTS).documents]


# A record that is taken back


def test_an_event_added_while_its_tie_is_taken_back_is_not_found_by_everyone() -> None:
    tie = a_tie(audience="published")
    add = partial(an_event, as_loaded(tie), "Zebra crossing", audience="published")

    meanwhile(partial(taken_back, tie), add)

    assert tie.events.count() == 1
    assert seen_by_everyone("zebra") == []


def test_an_event_changed_while_its_tie_is_taken_back_is_not_found_by_everyone() -> None:
    tie = a_tie(audience="published")
    event = an_event(tie, "Meeting", audience="published")
    loaded = Event.objects.select_related("tie__home", "tie__partner").get(pk=event.pk)
    loaded.title = Text(en="Zebra crossing")
    change = partial(
        actions.change_event,
        loaded,
        actions.EventParts(),
        seen=1,
        fields=["title"],
        old={"title": event.title},
        by=None,
    )

    meanwhile(partial(taken_back, tie), change)

    assert str(Event.objects.get()) == "Zebra crossing"
    assert seen_by_everyone("zebra") == []


def test_a_claim_changed_while_its_tie_is_taken_back_is_not_found_by_everyone() -> None:
    tie = a_tie(audience="published")
    claim = Claim.objects.get(pk=a_claim(tie, "Signed.", audience="published").pk)
    claim.statement = Text(en="Zebra crossing.")
    change = partial(
        change_claim,
        claim,
        seen=1,
        fields=["statement"],
        old={"statement": Text(en="Signed.")},
        by=None,
    )

    meanwhile(partial(taken_back, tie), change)

    kept = Claim.objects.get()
    assert (str(kept), kept.at_most) == ("Zebra crossing.", "own")
    assert seen_by_everyone("zebra") == []


def test_a_claim_that_is_withdrawn_does_not_come_back_with_its_tie() -> None:
    tie = a_tie()
    claim = a_claim(tie, "Zebra crossing.", audience="published")
    claim.withdrawn = "a slip"
    claim.save()
    index.forget([f"ledger.claim:{claim.pk}"])

    actions.share_tie(as_loaded(tie), audience="published", seen=1, by=None)

    assert seen_by_everyone("zebra") == []


# What a tie shows of its events


def test_the_nearest_event_is_next_though_two_are_added_at_once() -> None:
    tie = a_tie()
    dates = ("2126-12-01", "2126-12-20")

    meanwhile(*(partial(an_event, as_loaded(tie), on=on) for on in dates))

    assert str(as_loaded(tie).next_event) == "2126-12-01"


def test_the_last_contact_is_last_though_two_are_added_at_once() -> None:
    tie = a_tie()
    dates = ("2025-12-20", "2025-12-01")

    meanwhile(*(partial(an_event, as_loaded(tie), on=on) for on in dates))

    assert str(as_loaded(tie).last_contact) == "2025-12-20"


# The same in two places


def a_letter(address: str = "https://example.org/letter") -> Source:
    return Source(owner_code="ID-NT", publisher="Kompas", address=address)


def test_events_that_name_the_same_new_source_at_once_share_it() -> None:
    ties = [a_tie(), a_tie(between=("ID-NT", "CN-ZJ"))]

    meanwhile(*(partial(an_event, tie, sources=[a_letter()]) for tie in ties))

    source = Source.objects.get()
    assert [list(event.sources.all()) for event in Event.objects.all()] == [[source], [source]]
    assert Entry.objects.filter(action="ledger.source_added").count() == 1
    assert check_chain() == []


def test_claims_that_name_the_same_new_source_at_once_share_it() -> None:
    ties = [a_tie(), a_tie(between=("ID-NT", "CN-ZJ"))]

    meanwhile(*(partial(a_claim, tie, source=a_letter()) for tie in ties))

    source = Source.objects.get()
    assert [claim.source for claim in Claim.objects.all()] == [source, source]
    assert Entry.objects.filter(action="ledger.source_added").count() == 1


def test_a_claim_is_corrected_with_a_source_that_somebody_wrote_down_just_now() -> None:
    tie = a_tie()
    claim = Claim.objects.get(pk=a_claim(tie).pk)
    claim.source = a_letter()
    change = partial(change_claim, claim, seen=1, fields=["source"], old={"source": None}, by=None)

    meanwhile(partial(an_event, tie, sources=[a_letter()]), change)

    assert Claim.objects.get().source == Source.objects.get()


# Tables


def a_table(rows: str) -> Table:
    return read_table(rows.encode(), name="ties.csv")


def test_a_table_does_not_undo_what_the_desk_saves_meanwhile() -> None:
    tie = a_tie(note=Text(en="before"))
    typed = as_loaded(tie)
    typed.note = Text(en="typed by the desk")
    save = partial(
        actions.change_tie, typed, seen=1, fields=["note"], old={"note": tie.note}, by=None
    )
    table = a_table("home,partner,note\nID-NT,CN-JX,dari tabel\n")

    meanwhile(save, partial(imports.plan_and_load, table, by=None, language="id"))

    kept = as_loaded(tie)
    assert kept.note == {"en": "typed by the desk", "id": "dari tabel"}
    assert kept.version == 3
    (imported,) = Entry.objects.filter(action="ties.imported")
    assert [change["old"] for change in imported.changes] == [{"en": "typed by the desk"}]


def test_a_table_that_would_do_something_else_by_now_is_shown_again() -> None:
    tie = a_tie(note=Text(en="before"))
    table = a_table("home,partner,note\nID-NT,CN-JX,from the table\n")
    desk = a_person(Role.DESK)
    promise = imports.plan(table, by=desk, language="en").digest
    file = StoredFile.objects.create(sha256="0" * 64, size=1, content_type="text/csv")
    handed_in = Import.objects.create(file=file, name="t.csv", by=desk, plan=promise)
    typed = as_loaded(tie)
    typed.note = Text(en="typed by the desk")
    save = partial(
        actions.change_tie, typed, seen=1, fields=["note"], old={"note": tie.note}, by=None
    )

    plan = partial(imports.plan, table, by=desk, language="en")
    load = partial(imports.load, by=desk)
    counts = meanwhile(save, partial(load_as_shown, handed_in, plan=plan, load=load))

    assert counts is None
    assert as_loaded(tie).note == {"en": "typed by the desk"}


@pytest.mark.parametrize("is_new", [True, False])
def test_a_table_loaded_twice_at_once_by_the_command_is_loaded_once(is_new: bool) -> None:
    for code in ("ID-NT", "CN-JX"):
        a_region(code)
    if not is_new:
        a_tie()
    table = a_table("home,partner,kind,mou\nID-NT,CN-JX,sister_province,2025-11-22\n")
    load = partial(imports.plan_and_load, table, by=None, language="en")

    meanwhile(load, load)

    assert (Tie.objects.count(), Event.objects.count()) == (1, 1)
    assert Entry.objects.filter(action="ties.imported").count() == 1


def test_a_table_brings_a_tie_up_to_date_that_is_opened_meanwhile() -> None:
    for code in ("ID-NT", "CN-JX"):
        a_region(code)
    table = a_table("home,partner,kind,mou\nID-NT,CN-JX,sister_province,2025-11-22\n")

    done = meanwhile(a_tie, partial(imports.plan_and_load, table, by=None, language="en"))

    assert done.counts() == {"add": 0, "update": 1, "same": 0, "refused": 0}
    assert (Tie.objects.count(), Event.objects.count()) == (1, 1)


def test_a_table_names_the_source_that_somebody_writes_down_meanwhile() -> None:
    tie, letter = a_tie(), a_letter()
    table = a_table(f"home,partner,source_url\nID-NT,CN-JX,{letter.address}\n")

    meanwhile(
        partial(add_source, letter, by=None),
        partial(imports.plan_and_load, table, by=None, language="en"),
    )

    assert list(tie.sources.all()) == [letter]
    assert Source.objects.count() == 1
