"""The rulebooks as people read them, and the time limits that they leave open."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from kembar.apps.accounts.models import rights_of
from kembar.apps.accounts.rights import covers
from kembar.apps.cases import telling, words
from kembar.apps.cases.models import LimitSetting, PinnedRulebook, Sub
from kembar.apps.cases.standing import book_of
from kembar.apps.kit.text import Text, listed
from kembar.apps.ties.models import Tie
from kembar.engines.errors import KembarError
from kembar.engines.procedure import catalog
from kembar.engines.procedure.joining import Procedure, join
from kembar.engines.procedure.model import SUBS, Basis, Gate, Limit, Rule, Rulebook, Step
from kembar.engines.procedure.model import Sub as ProcedureSub

Settings = Mapping[tuple[str, str], LimitSetting]


# Which rulebooks there are --------------------------------------------------------------


def find_book(code: str, version: str) -> Rulebook | None:
    """Return a rulebook by code and version: as cases pin it, or as Kembar brings it along."""
    pinned = PinnedRulebook.objects.filter(code=code, version=version).order_by("-pk").first()
    if pinned:
        return book_of(pinned)
    try:
        return catalog.rulebook(code, version)
    except KembarError:
        return None


@lru_cache
def _shipped() -> tuple[Rulebook, ...]:
    return tuple(catalog.rulebook(code) for code in catalog.codes())


def newest_books() -> list[Rulebook]:
    """Return the rulebooks that Kembar brings along, and what else cases run by."""
    shipped = _shipped()
    there = {(book.code, book.version) for book in shipped}
    pinned = [
        book_of(each)
        for each in PinnedRulebook.objects.defer("text").order_by("code", "pk")
        if (each.code, each.version) not in there
    ]
    return [*shipped, *pinned]


# Limits --------------------------------------------------------------------------------


@dataclass(frozen=True)
class LimitLine:
    """A time limit that an installation may fill in.

    Attributes
    ----------
    sentence
        What counts now: the days filled in, those of the rulebook, or that a source is needed.
    by_law
        What the rulebook says by itself.
    setting
        What was filled in; None if nothing was.
    """

    country: str
    key: str
    step: Text
    actor: Text
    sentence: str
    by_law: str
    setting: LimitSetting | None
    basis: Sequence[Basis]
    book: Rulebook
    is_needed: bool


def limit_settings() -> dict[tuple[str, str], LimitSetting]:
    """Return what was filled in, by country and key."""
    found = LimitSetting.objects.select_related("source")
    return {(each.country, each.key): each for each in found}


def limit_lines(settings: Settings) -> list[LimitLine]:
    """Return every limit that may be filled in, those without a source first in each country."""
    lines: dict[tuple[str, str], LimitLine] = {}
    for book in newest_books():
        alone: dict[ProcedureSub, Procedure] = {}
        for step in book.steps.values():
            if step.limit and step.limit.setting:
                if step.sub not in alone:
                    alone[step.sub] = join(book, None, step.sub)
                key = (book.country, step.limit.setting)
                line = _limit_line(book, alone[step.sub], step, step.limit, settings.get(key))
                lines.setdefault(key, line)
    return sorted(lines.values(), key=lambda line: (line.country, not line.is_needed))


def _limit_line(
    book: Rulebook, alone: Procedure, step: Step, limit: Limit, setting: LimitSetting | None
) -> LimitLine:
    return LimitLine(
        country=book.country,
        key=limit.setting,
        step=words.text(step.name),
        actor=words.text(book.actors[step.actor].name),
        sentence=limit_sentence(book, alone, step, setting),
        by_law=limit_sentence(book, alone, step, None),
        setting=setting,
        basis=limit.basis,
        book=book,
        is_needed=setting is None and limit.days is None,
    )


def limit_line(country: str, key: str, settings: Settings) -> LimitLine | None:
    """Return the limit of a country and key; None if no rulebook has it."""
    lines = limit_lines(settings)
    return next((line for line in lines if (line.country, line.key) == (country, key)), None)


def limit_sentence(
    book: Rulebook, alone: Procedure, step: Step, setting: LimitSetting | None
) -> str:
    """Return how long a step may take; what an installation filled in goes before the rulebook.

    Parameters
    ----------
    alone
        The procedure of this side only, which knows the names of its own steps.
    """
    limit = step.limit
    if limit is None:
        return ""
    days, count = (setting.days, setting.count) if setting else (limit.days, limit.count)
    return telling.limit(days, count, limit, alone, book.country)


def may_set(user: object, country: str) -> bool:
    """Return whether a person fills in the limits of a country's law.

    They count for all regions here, so a post of one region is not enough: it takes one of the
    country, or of the whole installation. Of the law of other countries nobody here has a post,
    so whoever looks after a whole country sets their limits too.
    """
    regions = rights_of(user).regions("cases.set_limits")
    wide = {region for region in regions if not region or len(region) == len("ID")}
    own = {region for region in wide if covers(region, country)}
    return bool(own) or bool(wide and not _is_home(country))


def _is_home(country: str) -> bool:
    """Return whether the ties here begin in a country."""
    return Tie.objects.filter(home__country=country).exists()


# A rulebook on a page -------------------------------------------------------------------


@dataclass(frozen=True)
class StepView:
    """A step as a reader of the law gets it."""

    step: Step
    number: int
    name: Text
    own_name: str
    actor: Text
    asks: Text
    what: Text
    signs: Text
    after: Sequence[tuple[str, Text]]
    needs: str
    yields: str
    prepare: Sequence[Text]
    limit: str
    limit_is_needed: bool
    limit_source: str
    gates: Sequence[Gate]


@dataclass(frozen=True)
class Part:
    """One procedure of a rulebook, with its rules."""

    sub: str
    name: str
    steps: Sequence[StepView]
    gates: Sequence[GateView]
    rules: Sequence[RuleView]


@dataclass(frozen=True)
class GateView:
    code: str
    name: Text
    opens: Text
    waits: Sequence[Text]
    basis: Sequence[Basis]


@dataclass(frozen=True)
class RuleView:
    code: str
    severity: str
    severity_name: str
    sentence: Text
    at: Text
    question: Text
    basis: Sequence[Basis]


@dataclass(frozen=True)
class BookPage:
    """A rulebook, readable from top to bottom."""

    book: Rulebook
    name: Text
    about: Text
    parts: Sequence[Part]
    seen: Mapping[str, int]
    versions: Sequence[str]
    lasting: Sequence[Text] = field(default_factory=list)


def book_page(book: Rulebook, settings: Settings) -> BookPage:
    """Return a rulebook as its page shows it, with the limits that were filled in here."""
    present = [sub for sub in SUBS if any(step.sub == sub for step in book.steps.values())]
    seen = {"text": 0, "secondary": 0, "unverified": 0}
    for basis in _all_bases(book):
        seen[basis.seen] += 1
    return BookPage(
        book=book,
        name=words.text(book.name),
        about=words.text(book.about),
        parts=[_part(book, sub, settings) for sub in present],
        seen=seen,
        versions=_versions(book),
        lasting=[words.text(each.name) for each in book.papers.values() if each.lasting],
    )


def _versions(book: Rulebook) -> list[str]:
    known = set(
        PinnedRulebook.objects.filter(code=book.code).values_list("version", flat=True).distinct()
    )
    if book.code in catalog.codes():
        known.update(catalog.versions(book.code))
    return sorted(known - {book.version})


def _all_bases(book: Rulebook) -> Iterator[Basis]:
    for step in book.steps.values():
        yield from step.basis
    for gate in book.gates.values():
        yield from gate.basis
    for rule in book.rules.values():
        yield from rule.basis


def _part(book: Rulebook, sub: ProcedureSub, settings: Settings) -> Part:
    steps = [step for step in book.steps.values() if step.sub == sub]
    here = {step.code for step in steps} | {step.joint for step in steps if step.joint}
    gates = [gate for gate in book.gates.values() if gate.opens in here]
    alone = join(book, None, sub)
    return Part(
        sub=sub,
        name=str(Sub(sub).label),
        steps=[
            _step(book, alone, step, number, gates, settings)
            for number, step in enumerate(steps, start=1)
        ],
        gates=[_gate(book, gate) for gate in gates],
        rules=[_rule(book, rule) for rule in book.rules.values() if rule.sub == sub],
    )


def _named(book: Rulebook, code: str) -> Text:
    """Return the name of a step by its code or by that of its joint act."""
    step = book.steps.get(code) or next(
        (each for each in book.steps.values() if each.joint == code), None
    )
    return words.text(step.name) if step else Text(en=code)


def _step(
    book: Rulebook,
    alone: Procedure,
    step: Step,
    number: int,
    gates: Sequence[Gate],
    settings: Settings,
) -> StepView:
    name = words.text(step.name)
    own = step.name.get(book.language, "")
    limit = step.limit
    setting = settings.get((book.country, limit.setting)) if limit and limit.setting else None
    papers = book.papers
    return StepView(
        step=step,
        number=number,
        name=name,
        own_name=own if own != str(name) else "",
        actor=words.text(book.actors[step.actor].name),
        asks=words.text(book.actors[step.asks].name) if step.asks else Text(),
        what=words.text(step.what),
        signs=words.text(step.signs),
        after=[(code, _named(book, code)) for code in step.after],
        needs=listed(str(words.text(papers[code].name)) for code in step.needs),
        yields=listed(str(words.text(papers[code].name)) for code in step.yields),
        prepare=[words.text(each) for each in step.prepare],
        limit=limit_sentence(book, alone, step, setting),
        limit_is_needed=bool(limit and limit.days is None and setting is None),
        limit_source=str(setting.source) if setting else "",
        gates=[gate for gate in gates if gate.opens in (step.code, step.joint)],
    )


def _gate(book: Rulebook, gate: Gate) -> GateView:
    return GateView(
        gate.code,
        words.text(gate.name),
        _named(book, gate.opens),
        [_named(book, code) for code in gate.waits],
        gate.basis,
    )


def _rule(book: Rulebook, rule: Rule) -> RuleView:
    return RuleView(
        rule.code,
        rule.severity,
        telling.severity_name(rule.severity),
        words.text(rule.sentence),
        _named(book, rule.at) if rule.at else Text(),
        words.text(rule.question),
        rule.basis,
    )


# Sources of a sheet ---------------------------------------------------------------------


@dataclass(frozen=True)
class Cited:
    """A provision that a case rests on, and how it was seen."""

    instrument: str
    articles: Sequence[str]
    address: str
    seen: str


def bases_of(procedure: Procedure) -> list[Cited]:
    """Return the provisions behind a procedure's steps, gates and rules, each instrument once.

    Of one that was seen in several ways, every way has its own line.
    """
    bases = [
        basis
        for act in procedure.steps.values()
        for part in act.parts
        for basis in (*part.basis, *(part.limit.basis if part.limit else ()))
    ]
    bases += [basis for gate in procedure.gates.values() for basis in gate.basis]
    bases += [basis for rule in procedure.rules.values() for basis in rule.basis]
    found: dict[tuple[str, str, str], dict[str, None]] = {}
    for basis in bases:
        key = (basis.instrument, basis.address, basis.seen)
        articles = found.setdefault(key, {})
        if basis.article:
            articles[basis.article] = None
    return [
        Cited(instrument, list(articles), address, seen)
        for (instrument, address, seen), articles in sorted(found.items())
    ]
