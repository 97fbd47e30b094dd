"""A running case under another version of its rulebook, and limits that an office fills in."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.core.exceptions import ValidationError

from kembar.apps.audit.models import Entry as Deed
from kembar.apps.cases import actions
from kembar.apps.cases.models import BookChange, Case, LimitSetting, PinnedRulebook
from kembar.apps.cases.queries import plan_of
from kembar.apps.cases.standing import log_of, records_of
from kembar.apps.kit.concurrency import StaleError
from kembar.apps.kit.text import Text
from kembar.engines.calendars import working_days
from kembar.engines.procedure import catalog
from tests.apps.cases.things import TODAY, a_case, tell, to_the_letter, told
from tests.apps.ties.things import a_source, a_tie

pytestmark = pytest.mark.django_db

WHY = Text(en="The new regulation is in force.")


def without_exploration() -> PinnedRulebook:
    """Return a version of Indonesia's book in which nobody explores any more."""
    text = catalog.text("id-ksdpl").replace('version = "2026.1"', 'version = "2026.2"', 1)
    blocks = re.split(r"(?m)^(?=\[\[)", text)
    left = [block for block in blocks if 'code = "id-exploration"' not in block]
    assert len(left) == len(blocks) - 1
    rules = [b for b in left if not (b.startswith("[[rules]]") and '"id-exploration"' in b)]
    text = "".join(rules).replace('after = ["id-exploration"]', 'after = ["id-initiative"]')
    return actions.pin(text, "id-ksdpl", "2026.2")


def migrated(case: Case) -> BookChange:
    return actions.migrate_case(
        case,
        home=without_exploration(),
        partner=case.partner_book,
        reason=WHY,
        seen=case.version,
        by=None,
    )


def test_a_town_counts_the_working_days_of_its_own_country_though_europe_shares_a_book() -> None:
    # 14 July 2026, a Tuesday: France rests, Germany works. 3 April, Good Friday, is the reverse.
    book = actions.pin_shipped("eu-twinning")
    german, french = (
        a_case(a_tie(between=("ID-NT", code)), partner_book=book) for code in ("DE-BY", "FR-BRE")
    )

    on = {
        day: [plan_of(case, (), day).acts["eu-council"].finish for case in (german, french)]
        for day in (date(2026, 4, 3), date(2026, 7, 14))
    }

    assert on[date(2026, 7, 14)] == [date(2026, 7, 14), date(2026, 7, 15)]
    assert on[date(2026, 4, 3)] == [date(2026, 4, 7), date(2026, 4, 3)]


def test_every_country_of_the_european_book_has_a_calendar() -> None:
    assert [country for country in catalog.EUROPE if not working_days(country)] == []


def test_a_dry_run_tells_what_loses_its_place_and_writes_nothing() -> None:
    case = a_case(a_tie())
    tell(case, *to_the_letter())
    version = case.version

    run = actions.dry_run(case, without_exploration(), case.partner_book)

    lost = run.as_json()["lost"]
    exploration = case.entries.get(step="id-exploration").number
    assert {"number": exploration, "what": "step", "code": "id-exploration"} in lost
    case.refresh_from_db()
    assert case.version == version
    assert not BookChange.objects.exists()


def test_another_version_keeps_every_entry_and_can_be_undone() -> None:
    case = a_case(a_tie())
    tell(case, *to_the_letter())
    before, stands = records_of(log_of(case)), case.stands

    change = migrated(case)
    case = Case.objects.named().get(pk=case.pk)
    assert records_of(log_of(case)) == before
    assert case.stands["of"] == stands["of"] - 1
    assert case.home_book.version == "2026.2"

    change = BookChange.objects.get(pk=change.pk)
    actions.undo_migration(change, reason=Text(en="Too early."), seen=case.version, by=None)
    case = Case.objects.named().get(pk=case.pk)
    assert records_of(log_of(case)) == before
    assert case.stands == stands
    assert BookChange.objects.get().undone_at
    kinds = list(Deed.objects.order_by("pk").values_list("action", flat=True))
    assert kinds[-2:] == ["cases.migrated", "cases.migration_undone"]


def test_a_change_of_rulebooks_needs_a_reason_and_a_fresh_look(english: None) -> None:
    case = a_case(a_tie())
    old = Case.objects.named().get(pk=case.pk)
    books = {"home": without_exploration(), "partner": case.partner_book, "by": None}

    with pytest.raises(ValidationError, match="Say why"):
        actions.migrate_case(case, **books, reason=Text(), seen=1)
    with pytest.raises(ValidationError, match="already"):
        actions.migrate_case(
            case, home=case.home_book, partner=case.partner_book, reason=WHY, seen=1, by=None
        )
    tell(case, told("asked", "id-exploration", "2026-01-20"))
    with pytest.raises(StaleError):
        actions.migrate_case(old, **books, reason=WHY, seen=1)

    assert not BookChange.objects.exists()


def test_what_was_undone_is_not_undone_again(english: None) -> None:
    case = a_case(a_tie())
    change = migrated(case)
    actions.undo_migration(change, reason=WHY, seen=case.version, by=None)

    with pytest.raises(ValidationError, match="look at it again"):
        actions.undo_migration(change, reason=WHY, seen=case.version, by=None)


def test_only_the_last_change_is_undone_although_the_versions_are_the_same(english: None) -> None:
    case = a_case(a_tie())
    old = case.home_book
    first = migrated(case)
    actions.migrate_case(
        case, home=old, partner=case.partner_book, reason=WHY, seen=case.version, by=None
    )
    last = migrated(case)

    with pytest.raises(ValidationError, match="look at it again"):
        actions.undo_migration(first, reason=WHY, seen=case.version, by=None)
    case = Case.objects.named().get(pk=case.pk)
    last = BookChange.objects.get(pk=last.pk)
    actions.undo_migration(last, reason=WHY, seen=case.version, by=None)

    case.refresh_from_db()
    assert case.home_book == old


def test_an_entry_that_lost_its_step_can_still_be_annulled() -> None:
    case = a_case(a_tie())
    tell(case, *to_the_letter())
    migrated(case)
    case = Case.objects.named().get(pk=case.pk)
    lost = case.entries.get(step="id-exploration")

    actions.annul(case, lost, reason=WHY, on=TODAY, seen=case.version, today=TODAY, by=None)

    assert case.entries.filter(kind="annulled", key=str(lost.number)).exists()


# Limits


def a_limit(days: int = 30, **fields: object) -> LimitSetting:
    values = {"key": "dprd_days", "country": "ID", "source": a_source(), **fields}
    setting = LimitSetting(days=days, **values)
    actions.set_limit(setting, seen=None, old={}, by=None)
    return setting


def test_a_limit_is_filled_in_once_and_changed_with_its_history(english: None) -> None:
    setting = a_limit()

    with pytest.raises(ValidationError, match="set already"):
        a_limit(45)
    setting.days = 45
    old = {"days": 30, "count": "working", "source": setting.source, "note": Text()}
    actions.set_limit(setting, seen=1, old=old, by=None)

    assert LimitSetting.objects.get().days == 45
    assert Deed.objects.latest("pk").changes == [{"field": "days", "old": 30, "new": 45}]


def test_a_limit_can_be_taken_off_again() -> None:
    setting = a_limit()

    actions.drop_limit(setting, reason="The source was withdrawn.", by=None)

    assert not LimitSetting.objects.exists()
    assert Deed.objects.latest("pk").action == "cases.limit_dropped"


def test_a_case_is_closed_with_a_day_and_a_reason(english: None) -> None:
    case = a_case(a_tie())

    with pytest.raises(ValidationError, match="Say why"):
        actions.close_case(case, closed="finished", on=TODAY, reason=Text(), seen=1, by=None)
    actions.close_case(case, closed="finished", on=TODAY, reason=WHY, seen=1, by=None)

    case.refresh_from_db()
    assert (case.closed, case.closed_on, case.closed_reason) == ("finished", TODAY, WHY)
    assert Deed.objects.latest("pk").action == "cases.closed"


def test_the_target_is_drawn_from_the_log() -> None:
    case = a_case(a_tie())

    actions.set_day(
        case, moment="target", day=date(2027, 3, 1), on=TODAY, seen=1, today=TODAY, by=None
    )

    assert Case.objects.get().target == date(2027, 3, 1)
