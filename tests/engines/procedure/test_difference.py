"""What changed between two versions: nothing is left out, and no record is lost."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kembar.engines.errors import KembarError
from kembar.engines.procedure.catalog import codes, rulebook, text
from kembar.engines.procedure.difference import TABLES, Difference, difference, moved
from kembar.engines.procedure.model import Record, Rulebook
from kembar.engines.procedure.reading import as_data, read_rulebook
from tests.engines.procedure.test_reading import BOOK, VALUES, changed, places, written

HOME = rulebook("id-ksdpl")


def rewritten(*changes: tuple[str, str]) -> Rulebook:
    """Return the Indonesian book as a later version with some passages written otherwise."""
    new = text("id-ksdpl")
    for passage, by in (('version = "2026.1"', 'version = "2027.1"'), *changes):
        assert passage in new, passage
        new = new.replace(passage, by, 1)
    return read_rulebook(new, "id-ksdpl-2027.1.toml")


def applied(data: dict[str, Any], change: Difference) -> dict[str, Any]:
    """Return a book's data with a difference carried out, by other means than the engine's."""
    for each in change.changes:
        table = data if each.table == "rulebook" else data[each.table]
        if each.kind == "dropped":
            del table[each.code]
            continue
        entry = table if each.table == "rulebook" else table.setdefault(each.code, {})
        for field in each.fields:
            *above, last = field.name.split(".")
            place = entry
            for key in above:
                place = place[key]
            # A language or a cap that is gone has nothing; a field that is gone is None anyway.
            if field.new is None and above:
                place.pop(last, None)
                if above[0] == "limit":
                    place[last] = None
            else:
                place[last] = field.new
    return data


@pytest.mark.parametrize("code", codes())
def test_a_book_differs_in_nothing_from_itself(code: str) -> None:
    assert not difference(rulebook(code), rulebook(code))


def test_a_limit_that_was_verified_is_one_change_of_one_step() -> None:
    new = rewritten(
        ('limit = { setting = "dprd_days"', 'limit = { days = 30, setting = "dprd_days"'),
        ('basis = ["uu23-council", "pp28"] }', 'basis = ["diy"] }'),
    )

    found = difference(HOME, new)

    assert (found.old, found.new) == ("id-ksdpl 2026.1", "id-ksdpl 2027.1")
    assert [(c.table, c.code, c.kind) for c in found.changes] == [
        ("rulebook", "id-ksdpl", "changed"),
        ("steps", "id-dprd", "changed"),
    ]
    fields = {each.name: (each.old, each.new) for each in found.changes[1].fields}
    assert fields["limit.days"] == (None, 30)
    assert set(fields) == {"limit.days", "limit.basis"}


def test_a_step_that_comes_later_now_has_moved() -> None:
    new = rewritten(('after = ["id-workplan"]', 'after = ["id-text-talks"]'),
                    ('after = ["id-dprd"]', 'after = ["id-workplan"]'))  # fmt: skip

    found = difference(HOME, new)

    assert [(c.code, c.kind) for c in found.of("steps")] == [
        ("id-dprd", "moved"),
        ("id-verification", "moved"),
    ]
    assert found.of("steps", "moved")[0].fields[0].new == ["id-text-talks"]


def without(book: Rulebook, code: str) -> Rulebook:
    """Return a book without a step, those after it joined to those before it."""
    gone = book.steps[code]
    steps = {
        c: replace(s, after=tuple(e for a in s.after for e in (gone.after if a == code else (a,))))
        for c, s in book.steps.items()
        if c != code
    }
    gates = {
        c: replace(g, waits=tuple(w for w in g.waits if w != code))
        for c, g in book.gates.items()
        if g.opens not in (code, gone.joint)
    }
    return replace(book, steps=steps, gates=gates)


def done(number: int, step: str, *papers: str) -> Record:
    return Record(number, date(2026, 1, number), "done", step, papers)


def test_a_record_whose_step_is_gone_is_kept_and_marked() -> None:
    records = [done(1, "id-eligibility"), done(2, "id-initiative"), done(3, "cn-sounding")]

    found = moved(records, HOME, without(HOME, "id-initiative"))

    assert found.records == tuple(records)
    assert [(each.record.number, each.what, each.code) for each in found.lost] == [
        (2, "step", "id-initiative")
    ]


def test_the_other_sides_records_are_left_alone() -> None:
    records = [done(1, "cn-eligibility", "cn-eligibility-note"), done(2, "loi", "loi")]

    assert moved(records, HOME, HOME).lost == ()
    assert moved(records, HOME, without(HOME, "id-initiative")).lost == ()


def test_answers_overrides_and_papers_that_lose_their_meaning_are_marked() -> None:
    records = [
        Record(1, date(2026, 1, 1), "answered", key="relations", value="yes"),
        Record(2, date(2026, 1, 2), "overridden", "signing", ("dprd-decision",), key="R-11"),
    ]
    new = replace(
        HOME,
        rules={c: r for c, r in HOME.rules.items() if c != "R-01"},
        gates={c: g for c, g in HOME.gates.items() if c != "R-11"},
        papers={c: p for c, p in HOME.papers.items() if c != "dprd-decision"},
    )

    found = moved(records, HOME, new)

    assert [(each.record.number, each.what, each.code) for each in found.lost] == [
        (1, "key", "relations"),
        (2, "key", "R-11"),
        (2, "paper", "dprd-decision"),
    ]


@pytest.mark.parametrize(
    ("key", "marked"), [("id-ksdpl:R-11", True), ("cn-youhao:R-11", False), ("R-11", True)]
)
def test_a_key_that_names_its_rulebook_is_marked_when_it_is_gone(key: str, marked: bool) -> None:
    passed = Record(1, date(2026, 1, 2), "overridden", "signing", key=key)
    new = replace(HOME, gates={c: g for c, g in HOME.gates.items() if c != "R-11"})

    found = moved([passed], HOME, new)

    assert [each.code for each in found.lost] == [key] * marked


def test_a_joint_act_that_was_parted_is_told_with_its_step() -> None:
    new = replace(HOME, steps=HOME.steps | {"id-loi": replace(HOME.steps["id-loi"], joint="")})

    (lost,) = moved([done(1, "loi")], HOME, new).lost

    assert (lost.code, lost.instead) == ("loi", "id-loi")


def test_a_new_step_before_what_was_done_is_told() -> None:
    old = without(HOME, "id-exploration")

    assert moved([done(1, "loi")], old, HOME).behind == ("id-exploration",)
    assert moved([done(1, "id-initiative")], old, HOME).behind == ()
    taken_back = Record(2, date(2026, 1, 2), "annulled", key="1")
    assert moved([done(1, "loi"), taken_back], old, HOME).behind == ()


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_a_difference_carried_out_gives_the_new_book(data: st.DataObject) -> None:
    old = read_rulebook(BOOK, "x.toml")
    content = tomllib.loads(BOOK)
    path = data.draw(st.sampled_from(places(content)[1:]))
    changed(content, path, data.draw(VALUES))
    try:
        new = read_rulebook("\n".join(f"{k} = {written(v)}" for k, v in content.items()), "x.toml")
    except KembarError:
        return

    found = difference(old, new)

    assert applied(as_data(old), found) == as_data(new)
    named = {(each.table, each.code) for each in found.changes}
    one, other = as_data(old), as_data(new)
    for table in TABLES:
        for code in {*one[table], *other[table]}:
            differs = one[table].get(code) != other[table].get(code)
            assert ((table, code) in named) == differs


@given(dropped=st.sets(st.sampled_from(sorted(HOME.steps)), max_size=8))
@settings(max_examples=60, deadline=None)
def test_no_record_is_lost_whatever_steps_are_dropped(dropped: set[str]) -> None:
    records = [done(n % 28 + 1, code) for n, code in enumerate(HOME.steps)]
    new = HOME
    for code in dropped:
        new = without(new, code)

    found = moved(records, HOME, new)

    assert found.records == tuple(records)
    assert {each.record.step for each in found.lost if each.what == "step"} == dropped
