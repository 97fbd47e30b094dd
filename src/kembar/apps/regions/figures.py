"""Official figures out of a file: what each row would do is worked out first, then done.

A figure is known by its region, indicator, year, source and who brought it in. The same figure
again changes nothing; another value from the same source corrects it; another source's, or what
another office read in the same source, stands beside it, and where two differ both are shown.
A row with one wrong cell is refused whole, with a reason for each such cell; the other rows do
not suffer.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple
from urllib.parse import urlparse

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kembar.apps.accounts.models import User
from kembar.apps.accounts.rights import Audience
from kembar.apps.audit.actions import Deed, differences, first_values, name_of, record_all
from kembar.apps.kit.bulk import insert, uncollected
from kembar.apps.kit.errors import sentence
from kembar.apps.kit.text import LANGUAGES, Text
from kembar.apps.kit.wishes import Fate, Fates, TableWish, columns_of, rows_of
from kembar.apps.ledger.actions import source_line
from kembar.apps.ledger.models import Source
from kembar.apps.regions.codes import UnmatchedError, find_region
from kembar.apps.regions.figure_files import FigureTable
from kembar.apps.regions.lookup import Gazetteer, folded
from kembar.apps.regions.models import Figure, Indicator, Region
from kembar.apps.regions.register import country_codes
from kembar.apps.regions.rights import BRING_IN, owner_for
from kembar.apps.regions.units import ANY_MONEY, amount, convert, known_units, read_unit
from kembar.apps.search import index
from kembar.engines.dates import PartialDate
from kembar.engines.errors import KembarError
from kembar.engines.languages import nearest

# Column: what to write in it. The template carries these as notes.
COLUMNS: dict[str, Promise | str] = {
    "region": gettext_lazy(
        "The region: its name, or its code in ISO 3166-2 (ID-NT), BPS or Kemendagri (53),"
        " GB/T 2260 (360000) or GeoNames (ID.18). Required."
    ),
    "country": gettext_lazy(
        "Country of the region, such as ID or CN, where its name or number is that of several."
    ),
    "indicator": gettext_lazy("Code or name of the indicator, such as poverty_rate. Required."),
    "year": gettext_lazy("Year or month that the figure is of: 2024 or 2025-03. Required."),
    "value": gettext_lazy(
        "A number with a point or a comma before its decimals, and no marks between thousands."
        " Required."
    ),
    "low": gettext_lazy("The least that it may be, if the source says so."),
    "high": gettext_lazy("The most that it may be, if the source says so."),
    "unit": gettext_lazy(
        "Unit of the value, such as %, people, ha, million kg, 万吨 or miliar rupiah. Required."
    ),
    "publisher": gettext_lazy("Who published it, such as BPS Provinsi NTT."),
    "title": gettext_lazy("Title of the publication or the page."),
    "address": gettext_lazy("Web address of the source."),
    "published": gettext_lazy("When it was published: a year, a month or a day."),
    "note": gettext_lazy("A note on the figure, in the language of the import."),
    **dict.fromkeys(
        (f"note_{key}" for key in LANGUAGES),
        gettext_lazy("The same note in Indonesian (id), Chinese (zh) or English (en)."),
    ),
}
REQUIRED = ("region", "indicator", "year", "value")
# Less than nothing of these is a slip of the pen.
_NEVER_NEGATIVE = {
    *("area", "mass", "people", "households", "head", "number", "density", "yield", "rain"),
}
_PLACES = Decimal("0.000001")
_MOST = Decimal(10) ** 17


class SourceOf(NamedTuple):
    """What names a source: its address if it has one, else who published what."""

    publisher: str = ""
    title: str = ""
    address: str = ""
    published: str = ""

    @property
    def key(self) -> str:
        return self.address or f"{folded(self.publisher)}|{folded(self.title)}"


NO_SOURCE = SourceOf()


@dataclass(frozen=True)
class Beside:
    """What was said of a file beside it, for the rows that do not say it themselves."""

    source: SourceOf = NO_SOURCE
    code_list: str = ""
    language: str = "en"
    # For which region the installation itself brings them in; empty for that of each figure.
    owner_code: str = ""


@dataclass(slots=True)
class Wish(TableWish):
    """One row as it was understood."""

    region: Region | None = None
    indicator: Indicator | None = None
    period: PartialDate | None = None
    values: dict[str, Any] = field(default_factory=dict)
    source: SourceOf = NO_SOURCE
    owner_code: str = ""
    figure: Figure | None = None
    changes: list[dict[str, Any]] = field(default_factory=list)
    # What other sources say of the same, where they say otherwise.
    contradicts: list[str] = field(default_factory=list)

    @property
    def place(self) -> tuple[str, str, str]:
        """Region, indicator and year: what figures of several sources are compared by."""
        region, indicator = self.region, self.indicator
        return (
            region.code if region else "",
            indicator.code if indicator else "",
            str(self.period or ""),
        )

    @property
    def value_text(self) -> str:
        """The value as the pages will show it."""
        return amount(self.values["value"], self.values["unit"])

    @property
    def label(self) -> str:
        cells = self.row.cells
        region = str(self.region) if self.region else cells.get("region", "")
        indicator = str(self.indicator) if self.indicator else cells.get("indicator", "")
        return f"{region} · {indicator} · {cells.get('year', '')}"


@dataclass
class Plan(Fates[Wish]):
    """What a table would do, row by row."""

    wishes: list[Wish]
    unknown_columns: list[str]
    beside: Beside

    @property
    def digest(self) -> str:
        """A hash of all that would be done: loading does only what was shown."""
        doing = [
            [w.row.number, w.fate, w.place, w.source, w.values, w.changes, w.contradicts]
            for w in self.wishes
        ]
        return hashlib.sha256(json.dumps(doing, default=str).encode()).hexdigest()


# Reading a row ----------------------------------------------------------------------------

_GROUPED = re.compile(r"[+-]?\d{1,3}(?:([.,' ])\d{3})(?:\1\d{3})+|[+-]?\d{1,3}(?:[' ]\d{3})+")
_BOTH_MARKS = re.compile(r"[+-]?\d{1,3}(?:(,)\d{3})+\.\d+|[+-]?\d{1,3}(?:(\.)\d{3})+,\d+")
_EITHER = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}")
_PLAIN = re.compile(r"[+-]?\d+(?:[.,]\d+)?")
_EXACT = re.compile(r"[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d{1,2})?")


def read_number(text: str, *, is_exact: bool = False) -> Decimal:
    """Return the number that a text means.

    Half of our people write 25.914 for what the other half writes 25,914: a number that may be
    either is refused.

    Raises
    ------
    ValueError
        With a sentence that says how to write it.
    """
    wanted = text.strip().replace("\u00a0", " ").replace("\u202f", " ").replace("−", "-")
    if is_exact:
        match = _EXACT.fullmatch(wanted)
        number = Decimal(wanted) if match else None
    elif _EITHER.fullmatch(wanted):
        whole = re.sub("[.,]", "", wanted)
        message = _(
            "“%(text)s” may be %(whole)s or %(part)s; write it without a mark between thousands,"
            " or with another number of decimals."
        )
        part = wanted.replace(",", ".")
        raise ValueError(message % {"text": wanted, "whole": whole, "part": part})
    elif _PLAIN.fullmatch(wanted):
        number = Decimal(wanted.replace(",", "."))
    elif _GROUPED.fullmatch(wanted):
        number = Decimal(re.sub(r"[.,' ]", "", wanted))
    elif _BOTH_MARKS.fullmatch(wanted):
        decimals = max(wanted.rfind("."), wanted.rfind(","))
        number = Decimal(re.sub("[.,]", "", wanted[:decimals]) + "." + wanted[decimals + 1 :])
    else:
        number = None
    if number is None or abs(number) >= _MOST:
        message = _("“%(text)s” is no number; write it like 1234.5.")
        raise ValueError(message % {"text": wanted[:60]})
    return number


_is_web_address = URLValidator(schemes=["http", "https"])


@dataclass
class _Reader:
    """Understands rows: knows regions and indicators, and whom it reads for."""

    gazetteer: Gazetteer
    indicators: Mapping[str, Indicator]
    by: User | None
    beside: Beside
    is_exact: bool
    file_name: str

    def read(self, row: Any) -> Wish:
        wish = Wish(row)
        wish.refuse_broken_cells(self.file_name)
        for column, take in (
            ("region", self._region),
            ("indicator", self._indicator),
            ("year", self._period),
        ):
            text = row.cells.get(column, "").strip()
            if column in row.problems:
                continue
            if not text:
                wish.refuse(column, _("This cell is empty; it is needed."))
                continue
            try:
                take(wish, text)
            except (ValueError, UnmatchedError) as error:
                wish.refuse(column, str(error))
        self._numbers(wish)
        self._source(wish)
        notes = {key: row.cells.get(f"note_{key}", "").strip()[:300] for key in LANGUAGES}
        if note := row.cells.get("note", "").strip():
            notes[self.beside.language] = note[:300]
        if any(notes.values()):
            wish.values["note"] = Text(notes)
        return wish

    def _region(self, wish: Wish, text: str) -> None:
        written = wish.row.cells.get("country", "").strip()
        country = country_codes().get(folded(written), "")
        if written and not country:
            message = _("“%(text)s” is not a country; write a code such as CN, or its name.")
            wish.refuse("country", message % {"text": written[:60]})
            return
        wish.region = find_region(
            text, self.gazetteer, country=country, code_list=self.beside.code_list
        )
        owner = owner_for(self.by, wish.region)
        if owner is None:
            mine = ", ".join(sorted(self.by.rights.regions(BRING_IN))) if self.by else ""
            message = _(
                "You bring in figures for %(regions)s and for regions abroad, not for"
                " another region of your country."
            )
            raise ValueError(message % {"regions": mine})
        wish.owner_code = (self.beside.owner_code if self.by is None else "") or owner

    def _indicator(self, wish: Wish, text: str) -> None:
        if found := self.indicators.get(folded(text)):
            wish.indicator = found
            return
        near = nearest(folded(text), self.indicators)[:3]
        if near:
            names = ", ".join(
                dict.fromkeys(f"{self.indicators[n]} ({self.indicators[n].code})" for n in near)
            )
            message = _("No indicator is called “%(name)s”. Do you mean %(near)s?")
            raise ValueError(message % {"name": text[:60], "near": names})
        message = _("No indicator is called “%(name)s”; the page of indicators lists them.")
        raise ValueError(message % {"name": text[:60]})

    def _period(self, wish: Wish, text: str) -> None:
        # SDMX writes the months of a year 2025-M03.
        monthly = re.sub(r"^(\d{4})-M(\d{2})$", r"\1-\2", text)
        if re.fullmatch(r"\d{4}-?[A-Z]\d{1,3}", monthly):
            message = _("“%(text)s” is part of a year; write the year, or the month: 2025-03.")
            raise ValueError(message % {"text": text[:20]})
        try:
            wish.period = PartialDate.parse(monthly)
        except KembarError as error:
            raise ValueError(sentence(error)) from error

    def _numbers(self, wish: Wish) -> None:
        cells = wish.row.cells
        numbers: dict[str, Decimal | None] = {"low": None, "high": None}
        for column in ("value", "low", "high"):
            text = cells.get(column, "").strip()
            if column in wish.row.problems or (not text and column != "value"):
                continue
            if not text:
                wish.refuse(column, _("This cell is empty; it is needed."))
                continue
            try:
                numbers[column] = read_number(text, is_exact=self.is_exact)
            except ValueError as error:
                wish.refuse(column, str(error))
        if wish.indicator and "value" in numbers and "unit" not in wish.row.problems:
            self._convert(wish, wish.indicator, numbers)

    def _convert(
        self, wish: Wish, indicator: Indicator, numbers: Mapping[str, Decimal | None]
    ) -> None:
        text = wish.row.cells.get("unit", "").strip()
        wanted = "IDR, CNY, USD" if indicator.unit == ANY_MONEY else indicator.unit
        if not text:
            message = _("The unit is missing; write one such as %(unit)s.")
            wish.refuse("unit", message % {"unit": wanted})
            return
        unit = read_unit(text)
        if unit is None:
            message = _("“%(text)s” is not a unit known here; write one of: %(known)s.")
            known = ", ".join(known_units())
            wish.refuse("unit", message % {"text": text[:40], "known": known})
            return
        turned = {
            name: value if value is None else convert(value, unit, indicator.unit)
            for name, value in numbers.items()
        }
        if turned["value"] is None:
            message = _(
                "%(indicator)s is counted in %(wanted)s; “%(text)s” is of another kind and cannot"
                " be converted."
            )
            facts = {"indicator": indicator, "wanted": wanted, "text": text[:40]}
            wish.refuse("unit", message % facts)
            return
        wish.values["unit"] = turned["value"][1]
        for name, done in turned.items():
            wish.values[name] = done and done[0].quantize(_PLACES)
        wish.values["written"] = f"{wish.row.cells['value'].strip()} {text}"[:80]
        self._check(wish, unit.kind)

    def _check(self, wish: Wish, kind: str) -> None:
        value, low, high = (wish.values[name] for name in ("value", "low", "high"))
        if abs(value) >= _MOST:
            wish.refuse("value", _("The number is too large for its unit."))
        if value < 0 and kind in _NEVER_NEGATIVE:
            wish.refuse("value", _("This cannot be less than nothing."))
        if low is not None and low > value:
            wish.refuse("low", _("The least lies above the value."))
        if high is not None and high < value:
            wish.refuse("high", _("The most lies below the value."))

    def _source(self, wish: Wish) -> None:
        cells = wish.row.cells
        given = SourceOf(*(cells.get(name, "").strip() for name in SourceOf._fields))
        if not any(given):
            given = self.beside.source
        if given.address:
            try:
                _is_web_address(given.address)
            except ValidationError:
                message = _("“%(text)s” is not a web address; it begins with http:// or https://.")
                wish.refuse("address", message % {"text": given.address[:60]})
        elif not given.publisher:
            wish.refuse(
                "publisher",
                _("A figure needs its source: who published it, or its address."),
            )
        if given.published:
            try:
                given = given._replace(published=str(PartialDate.parse(given.published)))
            except KembarError as error:
                wish.refuse("published", sentence(error))
        wish.source = given._replace(
            publisher=given.publisher[:200], title=given.title[:400], address=given.address[:800]
        )


# What a row would do ------------------------------------------------------------------------


@uncollected()
def plan(read: FigureTable, *, by: User | None, beside: Beside, name: str = "") -> Plan:
    """Work out what each row of a table would do. Nothing is written.

    Parameters
    ----------
    by
        Who hands it in. None is the installation itself.
    beside
        What was said of the file beside it.
    name
        What its owner calls the file, for the reasons.

    Raises
    ------
    KembarError
        `table.columns_missing` if a column that is needed is not there, `table.no_rows` if
        nothing stands below the header.
    """
    header = columns_of(read.table)
    for column in REQUIRED:
        if column not in header:
            found = ", ".join(read.table.header)
            raise KembarError("table.columns_missing", column=column, found=found)
    reader = _Reader(
        Gazetteer.of(Region.objects.all()),
        _indicators_by_name(),
        by,
        beside,
        read.is_exact,
        name,
    )
    wishes = [reader.read(row) for row in rows_of(read.table, name=name)]
    _compare(wishes)
    unknown = [column for key, column in header.items() if key not in COLUMNS]
    return Plan(wishes, unknown, beside)


def _indicators_by_name() -> dict[str, Indicator]:
    found: dict[str, Indicator] = {}
    for indicator in Indicator.objects.order_by("-code"):
        for name in (*indicator.name.values(), indicator.code):
            found[folded(name)] = indicator
    return found


def _compare(wishes: Sequence[Wish]) -> None:
    """Set the fate of each wish by what is stored already and by the rows above it."""
    good = [wish for wish in wishes if not wish.problems]
    stored = _stored({wish.place[0] for wish in good})
    _refuse_hidden_sources(good)
    seen: dict[tuple[tuple[str, str, str], str], Wish] = {}
    said: dict[tuple[str, str, str], list[tuple[tuple[str, str], Any, str]]] = defaultdict(list)
    for place, figures in stored.items():
        said[place] += [
            (by, f.value, f"{f.source.publisher}: {f.written}") for by, f in figures.items()
        ]
    for wish in good:
        if wish.problems:
            continue
        if (above := seen.get((wish.place, wish.source.key))) is not None:
            _settle_twin(wish, above)
            continue
        seen[wish.place, wish.source.key] = wish
        there, by = stored.get(wish.place, {}), (wish.owner_code, wish.source.key)
        wish.figure = there.get(by)
        if wish.figure is None:
            wish.fate = Fate.SAME if _is_told_by_others(wish, there) else Fate.ADD
        else:
            old = {name: getattr(wish.figure, name) for name in wish.values}
            if "note" in wish.values:
                wish.values["note"] = Text({**wish.figure.note, **wish.values["note"]})
            wish.changes = differences(old, wish.values)
            wish.fate = Fate.UPDATE if wish.changes else Fate.SAME
        value = wish.values["value"]
        wish.contradicts = [
            text for who, other, text in said[wish.place] if who != by and other != value
        ]
        said[wish.place].append(
            (by, value, f"{wish.source.publisher or wish.source.address}: {wish.values['written']}")
        )


def _is_told_by_others(wish: Wish, there: Mapping[tuple[str, str], Figure]) -> bool:
    """Return whether another office brought in the same number from the same source."""
    names = ("value", "low", "high", "unit")
    return any(
        key == wish.source.key and all(getattr(figure, n) == wish.values[n] for n in names)
        for (_owner, key), figure in there.items()
    )


def _settle_twin(wish: Wish, above: Wish) -> None:
    if wish.values.get("value") == above.values.get("value"):
        wish.fate = Fate.SAME
        return
    message = _("Row %(number)s gives another value for the same region, year and source.")
    wish.refuse("value", message % {"number": above.row.number})


def _stored(regions: Iterable[str]) -> dict[tuple[str, str, str], dict[tuple[str, str], Figure]]:
    """Return what stands of some regions, by place, then by who brought it in from which source."""
    found: dict[tuple[str, str, str], dict[tuple[str, str], Figure]] = defaultdict(dict)
    rows = Figure.objects.standing().filter(region__in=list(regions)).select_related("source")
    for figure in rows:
        source = figure.source
        key = SourceOf(source.publisher, source.title, source.address).key
        place = (figure.region_id, figure.indicator_id, str(figure.period))
        found[place][figure.owner_code, key] = figure
    return found


def _refuse_hidden_sources(wishes: Sequence[Wish]) -> None:
    """Everybody reads a figure with its source, so a source that is not published cannot serve."""
    addresses = {wish.source.address for wish in wishes} - {""}
    owners = {wish.owner_code for wish in wishes}
    hidden = Source.objects.filter(address__in=addresses, owner_code__in=owners)
    hidden = hidden.exclude(audience=Audience.PUBLISHED)
    known = set(hidden.values_list("owner_code", "address"))
    for wish in wishes:
        if (wish.owner_code, wish.source.address) in known:
            wish.refuse(
                "address",
                _("This source is in the ledger, but not for everyone to read; publish it first."),
            )


# Doing it -----------------------------------------------------------------------------------


@uncollected()
@transaction.atomic
def load(plan_: Plan, *, by: User | None) -> dict[str, int]:
    """Do what a plan says, and return how many rows had which fate."""
    adding, updating = plan_.of(Fate.ADD), plan_.of(Fate.UPDATE)
    sources, new_sources = _sources(adding)
    name = name_of(by)
    figures = [
        Figure(
            region=wish.region,
            indicator=wish.indicator,
            period=wish.period,
            source=sources[wish.owner_code, wish.source.key],
            owner_code=wish.owner_code,
            by_name=name,
            **wish.values,
        )
        for wish in adding
    ]
    insert(figures)
    for wish in updating:
        _correct(wish)
    index.put([source_line(source) for source in new_sources])
    deeds = [
        Deed("ledger.source_added", s, s.owner_code, changes=first_values(s)) for s in new_sources
    ]
    deeds += [Deed("regions.figure_added", f, f.owner_code, changes=_told(f)) for f in figures]
    deeds += [
        Deed("regions.figure_corrected", w.figure, w.owner_code, changes=w.changes)
        for w in updating
        if w.figure
    ]
    record_all(deeds, by=by)
    return plan_.counts()


def _told(figure: Figure) -> list[dict[str, Any]]:
    values = {
        "period": figure.period,
        "written": figure.written,
        "source": figure.source.in_a_list(),
    }
    return differences({}, values)


def _correct(wish: Wish) -> None:
    figure = wish.figure
    assert figure is not None  # noqa: S101  # for the type checker: an update has one
    for name, value in wish.values.items():
        setattr(figure, name, value)
    figure.version += 1
    figure.save(update_fields=[*wish.values, "version"])


def _sources(wishes: Sequence[Wish]) -> tuple[dict[tuple[str, str], Source], list[Source]]:
    """Return the source of each wish by owner and key, and those that are new."""
    wanted = {(wish.owner_code, wish.source.key): wish.source for wish in wishes}
    known: dict[tuple[str, str], Source] = {}
    owners = {owner for owner, _key in wanted}
    for source in Source.objects.filter(owner_code__in=owners, audience=Audience.PUBLISHED):
        key = SourceOf(source.publisher, source.title, source.address).key
        if (source.owner_code, key) in wanted:
            known.setdefault((source.owner_code, key), source)
    new = {
        place: Source(
            owner_code=place[0],
            audience=Audience.PUBLISHED,
            publisher=source.publisher
            or (urlparse(source.address).hostname or "").removeprefix("www.")[:200],
            title=source.title,
            address=source.address,
            dated=PartialDate.parse(source.published) if source.published else None,
            kind=Source.Kind.OTHER,
            reason=Text(
                id="Diambil dari berkas angka; belum dinilai.",
                zh="取自数据文件，尚未评估。",
                en="Taken from a file of figures; not yet judged.",
            ),
        )
        for place, source in wanted.items()
        if place not in known
    }
    insert(list(new.values()))
    return known | new, list(new.values())
