"""The shipped books: whole, honest about what was seen, and all of the domain's rules."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from datetime import date
from itertools import chain

import pytest

from kembar.engines.errors import KembarError
from kembar.engines.procedure.catalog import codes, for_tie, rulebook, text, versions
from kembar.engines.procedure.deciding import may
from kembar.engines.procedure.joining import join
from kembar.engines.procedure.model import Basis, Limit, Record, Rulebook
from kembar.engines.procedure.reading import as_data
from kembar.engines.procedure.rules import findings
from kembar.engines.procedure.standing import stand

BOOKS = [rulebook(code) for code in codes()]
FULL = [book for book in BOOKS if not book.small]
# The two that the domain file was written for; the cities' and regencies' book follows the first.
PAIR = [rulebook(code) for code in ("cn-youhao", "id-ksdpl")]

# The days that the domain file found verified (A.2, A.3), counted as it counts them.
VERIFIED = {
    "id-treaty-paper": (3, "working", "asked"),
    "id-completion": (7, "working", "asked"),
    "id-certified-copy": (3, "working", "open"),
    "id-travel-governor": (5, "calendar", "asked"),
    "id-travel-kemendagri-file": (10, "calendar", "departure"),
    "id-travel-kemendagri": (10, "working", "asked"),
    "id-travel-president-file": (7, "calendar", "departure"),
    "id-travel-report": (14, "calendar", "return"),
    # Australia: notified again within 14 days of entering (C).
    "au-notify-after": (14, "calendar", "au-signing"),
}
# The keys that section D leaves without a legal default, and the one of B.3.
SETTINGS = {
    *("dprd_days", "verification_days", "minister_days", "full_powers_days"),
    *("original_handover_days", "id_report_period", "mou_duration_years"),
    *("cn_exchange_months", "cn_cpaffc_days", "cn_yearly_report_due", "cn_trip_report_days"),
}


def limits(book: Rulebook) -> Iterator[tuple[str, Limit]]:
    return ((step.code, step.limit) for step in book.steps.values() if step.limit)


def bases(book: Rulebook) -> Iterator[Basis]:
    for each in chain(book.steps.values(), book.gates.values(), book.rules.values()):
        yield from each.basis
    for _code, limit in limits(book):
        yield from limit.basis


def test_eight_books_are_shipped() -> None:
    assert codes() == (
        *("au-state", "cn-youhao", "eu-twinning", "id-ksdpl", "id-ksdpl-kabkota"),
        *("jp-shimai", "kr-jamae", "us-sister"),
    )
    assert [book.code for book in FULL] == ["cn-youhao", "id-ksdpl", "id-ksdpl-kabkota"]


@pytest.mark.parametrize("book", BOOKS, ids=lambda book: book.code)
def test_a_book_is_named_as_its_file(book: Rulebook) -> None:
    assert versions(book.code) == (book.version,)
    assert f'code = "{book.code}"' in text(book.code)
    assert rulebook(book.code, book.version) is not None


def test_every_rule_of_the_domain_is_in_one_of_the_two_full_books() -> None:
    there = [code for book in PAIR for code in (*book.rules, *book.gates)]
    wanted = [f"R-{number:02}" for number in range(1, 44)]

    assert [code for code in wanted if there.count(code) != 1] == []


def test_rules_that_block_are_those_that_the_domain_blocks() -> None:
    # Section D, severity BLOCK; a gate blocks by being one.
    blocking = {"R-01", "R-03", "R-04", "R-08", "R-11", "R-14", "R-24", "R-26", "R-32"}

    found = {
        code
        for book in FULL
        for code in (*book.gates, *(c for c, r in book.rules.items() if r.severity == "block"))
    }

    # What China's own articles say of.
    assert found == blocking | {"CN-relations", "CN-office"}


def test_days_are_given_only_where_they_were_verified() -> None:
    found = {
        code: (limit.days, limit.count, limit.since)
        for book in BOOKS
        for code, limit in limits(book)
        if limit.days is not None
    }

    assert found == VERIFIED


def test_every_other_limit_is_a_setting_of_section_d() -> None:
    found = {limit.setting for book in BOOKS for _code, limit in limits(book) if limit.days is None}

    assert found == SETTINGS


@pytest.mark.parametrize("book", BOOKS, ids=lambda book: book.code)
def test_what_was_not_seen_says_so_in_three_languages(book: Rulebook) -> None:
    unseen = [each for each in bases(book) if each.seen == "unverified"]

    assert [each for each in unseen if each.article or set(each.note) != {"id", "zh", "en"}] == []


@pytest.mark.parametrize("book", BOOKS, ids=lambda book: book.code)
def test_nothing_stands_in_a_book_that_nobody_uses(book: Rulebook) -> None:
    acting = {step.actor for step in book.steps.values()}
    asking = {step.asks for step in book.steps.values()}
    handled = {paper for step in book.steps.values() for paper in (*step.needs, *step.yields)}
    asked = {paper for rule in book.rules.values() for paper in rule.papers}
    cited = set(
        re.findall(r'"([a-z0-9-]+)"', " ".join(re.findall(r"basis = \[(.*?)\]", text(book.code))))
    )
    given = set(re.findall(r'\[\[provisions\]\]\ncode = "(.+?)"', text(book.code)))

    assert sorted(set(book.actors) - acting - asking) == []
    assert sorted(set(book.papers) - handled - asked) == []
    assert sorted(given - cited) == []


@pytest.mark.parametrize("book", BOOKS, ids=lambda book: book.code)
def test_what_a_step_needs_comes_from_before_or_from_outside(book: Rulebook) -> None:
    """No step waits for a paper that only a later one of its own side makes."""
    yielded = {(s.sub, paper): s.code for s in book.steps.values() for paper in s.yields}
    for step in book.steps.values():
        before, waiting = set(), [*step.after]
        for gate in book.gates.values():
            if gate.opens in (step.code, step.joint):
                waiting += gate.waits
        while waiting:
            code = waiting.pop()
            before.add(code)
            waiting += book.steps[code].after
        made = [yielded[step.sub, p] for p in step.needs if (step.sub, p) in yielded]

        assert [code for code in made if code not in before] == []


def test_the_two_sides_do_five_acts_together() -> None:
    joint = [
        {step.joint for step in rulebook(code).steps.values() if step.joint}
        for code in ("id-ksdpl", "cn-youhao", "id-ksdpl-kabkota")
    ]

    assert joint[0] == joint[1] == joint[2] == {"loi", "signing", "amendment", "renewal", "ending"}


def test_the_first_seven_stages_of_a_regency_rest_on_a_regencys_law() -> None:
    # Domain A.2: Perda Kab. Semarang 4/2021 shows seven stages; the last four, and the whole list,
    # were seen in a provincial law only.
    steps = rulebook("id-ksdpl-kabkota").steps

    seen = {
        code
        for code, step in steps.items()
        if step.sub == "establish"
        and any("Semarang" in b.instrument and "seven" in b.note["en"] for b in step.basis)
    }

    assert seen == {
        *("id-initiative", "id-exploration", "id-loi", "id-workplan", "id-dprd"),
        *("id-verification", "id-draft"),
    }


def test_the_governor_forwards_a_trip_and_nothing_else_that_was_seen() -> None:
    book = rulebook("id-ksdpl-kabkota")

    through = {
        code for code, step in book.steps.items() if "id-governor" in (step.actor, step.asks)
    }

    assert through == {"id-travel-governor", "id-travel-kemendagri"}
    assert book.rules["KK-governor"].check == "note"
    trip = join(book, None, "travel")
    assert trip.steps["id-travel-kemendagri"].parts[0].after == ("id-travel-governor",)


def test_what_two_books_of_a_country_cite_alike_they_say_alike() -> None:
    """The book of cities follows that of provinces: a correction of one is one of both."""
    first, second = (
        {row["code"]: row for row in tomllib.loads(text(code))["provisions"]}
        for code in ("id-ksdpl", "id-ksdpl-kabkota")
    )

    shared = first.keys() & second.keys()
    assert len(shared) > 30
    assert [code for code in shared if first[code] != second[code]] == []


def test_signing_waits_on_both_sides() -> None:
    home, partner = rulebook("id-ksdpl"), rulebook("cn-youhao")

    assert home.gates["R-11"].opens == partner.gates["R-32"].opens == "signing"
    # R-11 names these and no treaty paper, whose rule only informs.
    assert set(home.gates["R-11"].waits) == {"id-dprd", "id-minister-approval", "id-full-powers"}
    assert partner.gates["R-32"].waits == ("cn-cpaffc-approval",)


def test_what_only_warns_in_the_domain_blocks_nothing() -> None:
    """A step that a rule of lesser weight asks for may be left out with a reason."""
    steps = rulebook("id-ksdpl").steps | rulebook("cn-youhao").steps

    lesser = {
        "id-treaty-paper": "R-17",
        "cn-exchange-period": "R-33",
        "cn-peoples-congress": "R-34",
    }
    assert [code for code in lesser if not steps[code].optional] == []
    assert rulebook("jp-shimai").steps["jp-council"].optional
    assert rulebook("us-sister").steps["us-council"].optional


def test_a_trip_to_more_than_three_countries_is_warned_of() -> None:
    trip = join(rulebook("cn-youhao"), None, "travel")
    day = date(2026, 6, 1)
    answers = (("cn-countries", "more"), ("cn-days", "9"), ("cn-three-countries", "no"))
    records = [
        Record(number, day, "answered", "cn-outbound-departure", key=key, value=value)
        for number, (key, value) in enumerate(answers, 1)
    ]

    for number, record in enumerate(records):
        assert may(trip, records[:number], record, today=day) == ()
    found = {each.key: each.state for each in findings(trip, stand(trip, records))}
    assert (found["R-37-days"], found["R-37-countries"]) == ("held", "broken")


def test_renewal_asks_first_what_the_tie_did() -> None:
    for code, renewal in (("id-ksdpl", "id-renew-or-end"), ("cn-youhao", "cn-renew")):
        book = rulebook(code)
        before, waiting = set(), [*book.steps[renewal].after]
        while waiting:
            each = waiting.pop()
            before.add(each)
            waiting += book.steps[each].after

        assert any("review" in paper for each in before for paper in book.steps[each].yields)


@pytest.mark.parametrize(
    ("country", "kind", "level", "code"),
    [
        ("ID", "sister_province", "first", "id-ksdpl"),
        ("CN", "sister_province", "first", "cn-youhao"),
        ("JP", "sister_province", "first", "jp-shimai"),
        ("JP", "sister_city", "below", "jp-shimai"),
        ("KR", "sister_province", "first", "kr-jamae"),
        ("AU", "sister_province", "first", "au-state"),
        ("US", "sister_city", "below", "us-sister"),
        ("DE", "sister_city", "below", "eu-twinning"),
        ("FR", "sister_city", "below", "eu-twinning"),
        ("ID", "sister_city", "below", "id-ksdpl-kabkota"),
        ("ID", "sister_city", "first", None),
        ("ID", "friendly", "first", None),
        ("BR", "sister_province", "first", None),
    ],
)
def test_a_tie_finds_the_book_of_its_side(
    country: str, kind: str, level: str, code: str | None
) -> None:
    assert for_tie(country, kind, level) == code


def test_a_code_that_is_not_there_is_refused_with_what_may_be_meant() -> None:
    with pytest.raises(KembarError, match="do you mean “id-ksdpl”"):
        rulebook("id-ksdp")
    with pytest.raises(KembarError, match="there are au-state"):
        rulebook("brazil")
    with pytest.raises(KembarError, match=r"no version “1999\.1”; there are 2026\.1"):
        rulebook("id-ksdpl", "1999.1")


# Words that an office of that country would not write, and what it writes instead.
UNOFFICIAL = {
    "id": ("terlihat", "dilihat", "hal peka", "blok tanda tangan", "Pembacaan kami"),
    "zh": ("签署之行", "签署栏", "核证副本", "出入境当天", "姊妹城市", "存放外交部"),
}


def texts(found: object, language: str) -> Iterator[str]:
    if isinstance(found, dict):
        for key, value in found.items():
            if key == language and isinstance(value, str):
                yield value
            else:
                yield from texts(value, language)
    elif isinstance(found, list):
        for value in found:
            yield from texts(value, language)


@pytest.mark.parametrize("book", BOOKS, ids=lambda book: book.code)
def test_texts_are_written_as_an_office_writes(book: Rulebook) -> None:
    data = as_data(book)

    for language, words in UNOFFICIAL.items():
        every = "\n".join(texts(data, language))
        assert [word for word in words if word in every] == []
    chinese = "\n".join(texts(data, "zh"))
    # A law of 2018 is “2018 年第 28 号”; and which foreign ministry it is, a reader in China asks.
    assert re.findall(r"第 ?\d+/\d{4} ?号", chinese) == []
    if book.country == "ID":
        ministry = [said for said in chinese.split("\n") if "外交部" in said]
        assert [
            said for said in ministry if "印尼" not in said and "外交部长条例" not in said
        ] == []
