"""Arrivals, seats and limits out of a file: what each row would do is worked out first, then done.

A row is known by what it is of, its source and who brought it in. The same row again changes
nothing; another number from the same source corrects it; what another source says, or another
office read in the same source, stands beside it, and where two differ both are shown. A row with
one wrong cell is refused whole, with a reason for each such cell; the other rows do not suffer.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar
from urllib.parse import urlparse

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import models, transaction
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kembar.apps.accounts.models import User
from kembar.apps.audit.actions import Deed, differences, first_values, names_of, record_all
from kembar.apps.kit.bulk import insert, uncollected
from kembar.apps.kit.errors import sentence
from kembar.apps.kit.partial_dates import readable
from kembar.apps.kit.tables import Row, Table
from kembar.apps.kit.text import Text, listed
from kembar.apps.kit.wishes import Fate, Fates, TableWish, columns_of, rows_of
from kembar.apps.ledger.actions import source_line
from kembar.apps.ledger.models import Source
from kembar.apps.regions.codes import UnmatchedError, find_region
from kembar.apps.regions.figures import SourceOf
from kembar.apps.regions.lookup import Gazetteer, folded
from kembar.apps.regions.models import Region
from kembar.apps.regions.register import country_codes
from kembar.apps.search import index
from kembar.apps.tourism.comparing import first_of
from kembar.apps.tourism.models import (
    OTHER_ORIGINS,
    Arrival,
    Counted,
    Limit,
    Seats,
    Site,
    TourismImport,
)
from kembar.apps.tourism.places import airport_name, month_words, origin_name
from kembar.apps.tourism.rights import WRITE, owner_for
from kembar.engines import atlas
from kembar.engines.dates import PartialDate
from kembar.engines.errors import KembarError
from kembar.engines.languages import nearest

Kind = TourismImport.Kind
# More than all people there are: a slip of the pen.
_MOST = 10**10

_SOURCE_COLUMNS: dict[str, Promise | str] = {
    "publisher": gettext_lazy("Who published it, such as BPS Provinsi NTT."),
    "title": gettext_lazy("Title of the publication or the page."),
    "address": gettext_lazy("Web address of the source."),
    "published": gettext_lazy("When it was published: a year, a month or a day."),
    "note": gettext_lazy("A note on the row, in the language of the import."),
}


@dataclass(frozen=True)
class Beside:
    """What was said of a file beside it, for the rows that do not say it themselves."""

    today: date
    source: SourceOf
    audience: str
    language: str = "en"
    region: Region | None = None
    counted: str = ""


@dataclass(slots=True)
class Wish(TableWish):
    """One row as it was understood."""

    # What the record will hold, by field; regions and sites as records.
    values: dict[str, Any] = field(default_factory=dict)
    source: SourceOf = field(default_factory=SourceOf)
    owner_code: str = ""
    # What it is of, in plain values: rows of several sources are compared by it.
    place: tuple[str, ...] = ()
    label: str = ""
    # Its numbers as the page shows them.
    said: str = ""
    record: Any = None
    changes: list[dict[str, Any]] = field(default_factory=list)
    # What other sources say of the same, where they say otherwise.
    contradicts: list[str] = field(default_factory=list)


@dataclass
class Plan(Fates[Wish]):
    """What a table would do, row by row."""

    wishes: list[Wish]
    unknown_columns: list[str]
    kind: str
    beside: Beside

    @property
    def digest(self) -> str:
        """A hash of all that would be done: loading does only what was shown."""
        doing = [
            [w.row.number, w.fate, w.place, w.source, w.said, w.changes, w.contradicts]
            for w in self.wishes
        ]
        beside = [self.beside.audience, self.beside.language]
        return hashlib.sha256(json.dumps([beside, doing], default=str).encode()).hexdigest()


# Reading a cell ---------------------------------------------------------------------------

_GROUPS = re.compile(r"\d{1,3}(?:([.,' ])\d{3})(?:\1\d{3})*")


def read_whole(text: str) -> int:
    """Return the whole number that a text means; people, flights and seats have no parts.

    Marks between thousands may be points, commas, spaces or apostrophes: 12.500 is 12,500, for
    nobody counts half a person.

    Raises
    ------
    ValueError
        With a sentence that says how to write it.
    """
    plain = re.sub(r"[\u00a0\u2009\u202f]", " ", unicodedata.normalize("NFKC", text)).strip()
    # Programs that keep every number as a fraction write 1240.0.
    if plain.isascii() and re.fullmatch(r"\d+(?:\.0)?", plain):
        number = int(plain.removesuffix(".0")) if len(plain) < 20 else _MOST
    elif _GROUPS.fullmatch(plain):
        number = int(re.sub(r"\D", "", plain)) if len(plain) < 20 else _MOST
    else:
        message = _("“%(text)s” is no whole number; write it like 12500.")
        raise ValueError(message % {"text": text.strip()[:40]})
    if number >= _MOST:
        raise ValueError(_("“%(text)s” is more than there are people.") % {"text": plain[:40]})
    return number


def read_month(text: str) -> date:
    """Return the first day of the month that a text means: 2025-03, Maret 2025, 2025年3月.

    Raises
    ------
    ValueError
        With a sentence that says how to write it.
    """
    # SDMX writes the months of a year 2025-M03.
    try:
        found = PartialDate.parse(re.sub(r"^(\d{4})-M(\d{2})$", r"\1-\2", text.strip()))
    except KembarError as error:
        raise ValueError(sentence(error)) from error
    # A workbook keeps the month that somebody typed as its first day.
    if not found.month or found.about or found.day not in (None, 1):
        message = _("“%(text)s” is not a month; write one such as 2025-03.")
        raise ValueError(message % {"text": text.strip()[:40]})
    return found.first


_OTHERS = frozenset(
    map(
        folded,
        (
            *("ZZ", "other", "others", "other countries", "unknown", "not stated"),
            *("lainnya", "lain-lain", "negara lainnya", "tidak diketahui"),
            *("其他", "其它", "其他国家", "不详"),
        ),
    )
)
_TOTALS = frozenset(
    map(
        folded,
        (
            *("total", "grand total", "all", "all countries", "sum"),
            *("jumlah", "semua", "semua negara"),
            *("合计", "总计", "共计", "总数"),
        ),
    )
)
# What official tables call a country beside its names.
_CALLED = {
    **dict.fromkeys(map(folded, ("Cina", "RRT", "RRC", "PRC", "Mainland China")), "CN"),
    **dict.fromkeys(map(folded, ("中国大陆", "中华人民共和国", "P.R. China")), "CN"),
    **dict.fromkeys(map(folded, ("Inggris", "UK", "Great Britain")), "GB"),
    **dict.fromkeys(map(folded, ("Amerika", "United States of America")), "US"),
    **dict.fromkeys(map(folded, ("Korea", "Republic of Korea", "韩国")), "KR"),
}


def read_origin(text: str) -> str:
    """Return the ISO 3166-1 code of the country that a text means, ZZ for “others”.

    Raises
    ------
    ValueError
        With a sentence that says how to write it.
    """
    name = folded(text)
    if name in _OTHERS:
        return OTHER_ORIGINS
    if name in _TOTALS:
        raise ValueError(
            _(
                "A total is added up here; leave its row out. Those whose country the source does"
                " not tell are “other”."
            )
        )
    known = country_codes()
    if code := known.get(name) or _CALLED.get(name, ""):
        return code
    near = list(dict.fromkeys(known[each] for each in nearest(name, known)[:3]))
    message = _("“%(text)s” is not a country; write a code such as CN, or its name.")
    if near:
        message = _("“%(text)s” is not a country known here. Do you mean %(near)s?")
    names = listed(f"{origin_name(code)} ({code})" for code in near)
    raise ValueError(message % {"text": text.strip()[:60], "near": names})


_is_web_address = URLValidator(schemes=["http", "https"])


# Reading a row ----------------------------------------------------------------------------


class Reader(ABC):
    """Understands rows of one kind, for one person."""

    columns: ClassVar[Mapping[str, Promise | str]]
    required: ClassVar[Sequence[str]]
    model: ClassVar[type[models.Model]]
    # The fields that hold what a row says; the others tell what it is of.
    says: ClassVar[Sequence[str]]

    def __init__(self, *, by: User | None, beside: Beside, file_name: str = "") -> None:
        self.by, self.beside, self.file_name = by, beside, file_name
        self.gazetteer = Gazetteer.of(Region.objects.all())
        sites = Site.objects.select_related("region").order_by("-pk")
        own = by.rights.regions(WRITE) if by else None
        self.sites: dict[str, list[Site]] = defaultdict(list)
        for site in sites if own is None else sites.filter(owner_code__in=own):
            for name in {folded(name) for name in site.name.values()}:
                self.sites[name].append(site)

    @abstractmethod
    def take(self, wish: Wish) -> None:
        """Put into a wish what its row says; the source and the note are read already."""

    @abstractmethod
    def stored(self, wishes: Sequence[Wish]) -> models.QuerySet[Any]:
        """Return what stands where these wishes may meet something."""

    @abstractmethod
    def place_of(self, record: Any) -> tuple[str, ...]:
        """Return what a record is of, in plain values."""

    @staticmethod
    @abstractmethod
    def added(record: Any, owner: str) -> Deed:
        """Return the deed of a record that a row brought."""

    @staticmethod
    @abstractmethod
    def corrected(wish: Wish) -> Deed:
        """Return the deed of a record that a row corrected."""

    @abstractmethod
    def said_by(self, values: Mapping[str, Any]) -> str:
        """Return the numbers of a row or a record as the page shows them."""

    def read(self, row: Row) -> Wish:
        wish = Wish(row)
        wish.refuse_broken_cells(self.file_name)
        for column in self.required:
            if column not in row.problems and not self._cell(wish, column):
                wish.refuse(column, _("This cell is empty; it is needed."))
        self._source(wish)
        wish.values["note"] = self._note(self._cell(wish, "note")[:300])
        self.take(wish)
        if not wish.label:
            wish.label = " · ".join(filter(None, (self._cell(wish, c) for c in self.required[:3])))
        return wish

    def _note(self, text: str) -> Any:
        return text

    def _cell(self, wish: Wish, column: str) -> str:
        return "" if column in wish.row.problems else wish.row.cells.get(column, "").strip()

    def _read(self, wish: Wish, column: str, read: Any) -> Any:
        """Return what a cell means; None if it is empty, or refused with a reason."""
        text = self._cell(wish, column)
        if not text:
            return None
        try:
            return read(text)
        except (ValueError, UnmatchedError) as error:
            wish.refuse(column, str(error))
            return None

    def _choice(self, choices: type[models.TextChoices]) -> Any:
        def read(text: str) -> str:
            for value, label in choices.choices:
                if folded(text) in (folded(value), folded(str(label))):
                    return str(value)
            message = _("“%(text)s” is none of these: %(choices)s.")
            raise ValueError(message % {"text": text[:40], "choices": listed(choices.values)})

        return read

    def _owned(self, wish: Wish, column: str, region: Region) -> bool:
        """Say for which region a row is brought in; refuse it where that is not his."""
        owner = owner_for(self.by, region.code)
        if owner is None:
            own = listed(sorted(self.by.rights.regions(WRITE))) if self.by else ""
            message = _("You bring in counts for %(regions)s, not for %(other)s.")
            wish.refuse(column, message % {"regions": own, "other": region})
            return False
        wish.owner_code = owner
        return True

    def _site(self, text: str) -> Site:
        found = self.sites.get(folded(text), [])
        if len(found) == 1:
            return found[0]
        if found:
            names = listed(f"{site} ({site.region})" for site in found)
            raise ValueError(_("Several sites are called so: %(names)s.") % {"names": names})
        near = nearest(folded(text), self.sites)[:3]
        if near:
            names = listed(dict.fromkeys(str(self.sites[name][0]) for name in near))
            message = _("No site of yours is called “%(name)s”. Do you mean %(near)s?")
            raise ValueError(message % {"name": text[:60], "near": names})
        message = _("No site of yours is called “%(name)s”; add it first.")
        raise ValueError(message % {"name": text[:60]})

    def _month(self, wish: Wish, *, may_come: bool = False) -> date | None:
        month: date | None = self._read(wish, "month", read_month)
        if month and not may_come and month > first_of(self.beside.today):
            wish.refuse("month", _("This month has not begun; nobody can be counted in it."))
        return month

    def _source(self, wish: Wish) -> None:
        given = SourceOf(*(self._cell(wish, name) for name in SourceOf._fields))
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
                "publisher", _("A count needs its source: who published it, or its address.")
            )
        if given.published:
            try:
                given = given._replace(published=str(PartialDate.parse(given.published)))
            except KembarError as error:
                wish.refuse("published", sentence(error))
        wish.source = given._replace(
            publisher=given.publisher[:200], title=given.title[:400], address=given.address[:800]
        )


class ArrivalReader(Reader):
    model = Arrival
    says = ("people",)
    required = ("origin", "month", "people")
    columns = {
        "region": gettext_lazy(
            "The region where they were counted: its name or code. Empty: the one chosen beside"
            " the file."
        ),
        "site": gettext_lazy("A site of yours, if they were counted at one."),
        "counted": gettext_lazy(
            "What is counted: border (foreigners entering the country here), visitors, or guests"
            " (of hotels). Empty: what is chosen beside the file."
        ),
        "origin": gettext_lazy(
            "Country they came from: its name or code, such as CN; “other” for those the source"
            " does not tell. Required."
        ),
        "month": gettext_lazy("The month, such as 2025-03. Required."),
        "people": gettext_lazy("How many came, a whole number. Required."),
        **_SOURCE_COLUMNS,
    }

    @staticmethod
    def added(record: Any, owner: str) -> Deed:
        return Deed("tourism.arrival_added", record, owner, changes=first_values(record))

    @staticmethod
    def corrected(wish: Wish) -> Deed:
        return Deed("tourism.arrival_corrected", wish.record, wish.owner_code, changes=wish.changes)

    def take(self, wish: Wish) -> None:
        site: Site | None = self._read(wish, "site", self._site)
        region = site.region if site else self._region(wish)
        counted = self._read(wish, "counted", self._choice(Counted)) or self.beside.counted
        if not (counted or wish.row.cells.get("counted", "").strip()):
            wish.refuse("counted", _("Say what is counted, here or beside the file."))
        origin = self._read(wish, "origin", read_origin)
        month, people = self._month(wish), self._read(wish, "people", read_whole)
        if origin and counted == Counted.BORDER and region and origin == region.country:
            wish.refuse("origin", _("Who enters as a foreigner comes from another country."))
        if not (region and origin and month) or wish.problems:
            return
        if not self._owned(wish, "region", region):
            return
        wish.values |= {
            "region": region,
            "site": site,
            "counted": counted,
            "origin": origin,
            "month": month,
            "people": people,
        }
        wish.place = (region.code, str(site.pk if site else 0), counted, origin, month.isoformat())
        wish.label = " · ".join(
            [
                str(site or region),
                origin_name(origin),
                readable(PartialDate(month.year, month.month)),
            ]
        )
        wish.said = self.said_by(wish.values)

    def _region(self, wish: Wish) -> Region | None:
        found: Region | None = self._read(
            wish, "region", lambda text: find_region(text, self.gazetteer)
        )
        if found or self._cell(wish, "region"):
            return found
        if self.beside.region is None:
            wish.refuse("region", _("Say for which region, here or beside the file."))
        return self.beside.region

    def stored(self, wishes: Sequence[Wish]) -> models.QuerySet[Any]:
        return Arrival.objects.filter(
            region__in={wish.values["region"].code for wish in wishes},
            month__in={wish.values["month"] for wish in wishes},
        )

    def place_of(self, record: Arrival) -> tuple[str, ...]:
        return (
            *(record.region_id, str(record.site_id or 0), record.counted),
            *(record.origin, record.month.isoformat()),
        )

    def said_by(self, values: Mapping[str, Any]) -> str:
        return str(values["people"])


class SeatReader(Reader):
    model = Seats
    says = ("flights", "seats")
    required = ("from", "to", "month", "flights")
    columns = {
        "from": gettext_lazy(
            "Airport they depart from, by its code of IATA, such as KHN. Required."
        ),
        "to": gettext_lazy("Airport they land at, in your region, such as LBJ. Required."),
        "month": gettext_lazy("The month, such as 2025-03. Required."),
        "flights": gettext_lazy("How many flights, a whole number. Required."),
        "seats": gettext_lazy("How many seats they have together, if the source tells."),
        "state": gettext_lazy("flown, or planned. Empty: flown."),
        **_SOURCE_COLUMNS,
    }

    @staticmethod
    def added(record: Any, owner: str) -> Deed:
        return Deed("tourism.seats_added", record, owner, changes=first_values(record))

    @staticmethod
    def corrected(wish: Wish) -> Deed:
        return Deed("tourism.seats_corrected", wish.record, wish.owner_code, changes=wish.changes)

    def take(self, wish: Wish) -> None:
        departs = self._read(wish, "from", _airport)
        lands = self._read(wish, "to", _airport)
        state = self._read(wish, "state", self._choice(Seats.State)) or Seats.State.FLOWN
        month = self._month(wish, may_come=state == Seats.State.PLANNED)
        flights = self._read(wish, "flights", read_whole)
        seats = self._read(wish, "seats", read_whole)
        if not (departs and lands and month) or wish.problems:
            return
        if departs == lands:
            wish.refuse("to", _("A flight ends at another airport than it began."))
            return
        region = self.gazetteer.by_code.get(lands[0])
        if region is None:
            wish.refuse("to", _("The region of this airport is not in the register."))
            return
        if not self._owned(wish, "to", region):
            return
        wish.values |= {
            "region": region,
            "departs": departs[1],
            "lands": lands[1],
            "origin": departs[0][:2],
            "state": state,
            "month": month,
            "flights": flights,
            "seats": seats,
        }
        wish.place = (departs[1], lands[1], str(state), month.isoformat())
        route = f"{airport_name(departs[1])} – {airport_name(lands[1])}"
        wish.label = f"{route} · {month_words(month)}"
        wish.said = self.said_by(wish.values)

    def stored(self, wishes: Sequence[Wish]) -> models.QuerySet[Any]:
        return Seats.objects.filter(
            region__in={wish.values["region"].code for wish in wishes},
            month__in={wish.values["month"] for wish in wishes},
        )

    def place_of(self, record: Seats) -> tuple[str, ...]:
        return (record.departs, record.lands, record.state, record.month.isoformat())

    def said_by(self, values: Mapping[str, Any]) -> str:
        facts = {"flights": values["flights"], "seats": values["seats"]}
        if values["seats"] is None:
            return _("%(flights)s flights, seats not told") % facts
        return _("%(flights)s flights, %(seats)s seats") % facts


class LimitReader(Reader):
    model = Limit
    says = ("people",)
    required = ("site", "people", "per", "since")
    columns = {
        "site": gettext_lazy("A site of yours. Required."),
        "people": gettext_lazy("How many people at most, a whole number. Required."),
        "per": gettext_lazy("In which time: day, month or year. Required."),
        "since": gettext_lazy("Since when it is in force: a year, a month or a day. Required."),
        **_SOURCE_COLUMNS,
    }

    def _note(self, text: str) -> Any:
        return Text({self.beside.language: text})

    @staticmethod
    def added(record: Any, owner: str) -> Deed:
        return Deed("tourism.limit_added", record, owner, changes=first_values(record))

    @staticmethod
    def corrected(wish: Wish) -> Deed:
        return Deed("tourism.limit_corrected", wish.record, wish.owner_code, changes=wish.changes)

    def take(self, wish: Wish) -> None:
        site: Site | None = self._read(wish, "site", self._site)
        people = self._read(wish, "people", read_whole)
        per = self._read(wish, "per", self._choice(Limit.Per))
        since = self._read(wish, "since", _partial)
        if people == 0:
            wish.refuse("people", _("A limit is one person or more."))
        if not (site and per and since) or wish.problems:
            return
        wish.owner_code = site.owner_code
        wish.values |= {"site": site, "people": people, "per": per, "since": since}
        wish.place = (str(site.pk), per, str(since))
        wish.label = f"{site} · {Limit.Per(per).label} · {readable(since)}"
        wish.said = self.said_by(wish.values)

    def stored(self, wishes: Sequence[Wish]) -> models.QuerySet[Any]:
        return Limit.objects.filter(site__in={wish.values["site"].pk for wish in wishes})

    def place_of(self, record: Limit) -> tuple[str, ...]:
        return (str(record.site_id), record.per, str(record.since))

    def said_by(self, values: Mapping[str, Any]) -> str:
        return str(values["people"])


def _airport(text: str) -> tuple[str, str]:
    """Return the region and the code of an airport."""
    found = atlas.airports_called(text)
    if len(found) != 1:
        message = _("“%(text)s” is no airport's code of three letters that is known here.")
        raise ValueError(message % {"text": text[:40]})
    region, airport = found[0]
    return region, airport.iata


def _partial(text: str) -> PartialDate:
    try:
        return PartialDate.parse(text)
    except KembarError as error:
        raise ValueError(sentence(error)) from error


READERS: Mapping[str, type[Reader]] = {
    Kind.ARRIVALS: ArrivalReader,
    Kind.SEATS: SeatReader,
    Kind.LIMITS: LimitReader,
}


# What a row would do ------------------------------------------------------------------------


@uncollected()
def plan(table: Table, *, kind: str, by: User | None, beside: Beside, name: str = "") -> Plan:
    """Work out what each row of a table would do. Nothing is written.

    Parameters
    ----------
    kind
        Arrivals, seats or limits.
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
    reader = READERS[kind](by=by, beside=beside, file_name=name)
    header = columns_of(table)
    for column in reader.required:
        if column not in header:
            found = ", ".join(table.header)
            raise KembarError("table.columns_missing", column=column, found=found)
    wishes = [reader.read(row) for row in rows_of(table, name=name)]
    _compare(reader, wishes)
    unknown = [column for key, column in header.items() if key not in reader.columns]
    return Plan(wishes, unknown, kind, beside)


def _key_of(source: Source) -> str:
    return SourceOf(source.publisher, source.title, source.address).key


def _compare(reader: Reader, wishes: Sequence[Wish]) -> None:
    """Set the fate of each wish by what is stored already and by the rows above it."""
    good = [wish for wish in wishes if not wish.problems]
    there: dict[tuple[str, ...], dict[tuple[str, str], Any]] = defaultdict(dict)
    seen_by_him: set[int] = set()
    if good:
        stored = reader.stored(good).standing()  # type: ignore[attr-defined]  # its QuerySet's own
        seen_by_him = set(stored.visible_to(reader.by).values_list("pk", flat=True))
        for record in stored.select_related("source"):
            by = (record.source.owner_code, _key_of(record.source))
            there[reader.place_of(record)][by] = record
    above: dict[tuple[tuple[str, ...], str], Wish] = {}
    for wish in good:
        twin = above.setdefault((wish.place, wish.source.key), wish)
        if twin is not wish:
            _settle_twin(reader, wish, twin)
            continue
        found, by = there.get(wish.place, {}), (wish.owner_code, wish.source.key)
        wish.record = found.get(by)
        wish.fate = Fate.ADD if wish.record is None else _fate_of_known(reader, wish)
        others = [
            (record.source, reader.said_by(vars(record)))
            for who, record in found.items()
            if who != by and (reader.by is None or record.pk in seen_by_him)
        ]
        wish.contradicts = [
            f"{source.publisher}: {said}" for source, said in others if said != wish.said
        ]


def _fate_of_known(reader: Reader, wish: Wish) -> Fate:
    """Return whether a row says anything new of what its source said before."""
    names = [*reader.says, *(["note"] if wish.values["note"] else [])]
    old = {name: getattr(wish.record, name) for name in names}
    wish.changes = differences(old, {name: wish.values[name] for name in names})
    return Fate.UPDATE if wish.changes else Fate.SAME


def _settle_twin(reader: Reader, wish: Wish, above: Wish) -> None:
    if wish.said == above.said:
        wish.fate = Fate.SAME
        return
    message = _("Row %(number)s gives another number for the same, from the same source.")
    wish.refuse(reader.says[0], message % {"number": above.row.number})


# Doing it -----------------------------------------------------------------------------------


@uncollected()
@transaction.atomic
def load(plan_: Plan, *, by: User | None) -> dict[str, int]:
    """Do what a plan says, and return how many rows had which fate."""
    reader = READERS[plan_.kind]
    adding, updating = plan_.of(Fate.ADD), plan_.of(Fate.UPDATE)
    sources, new_sources = _sources(adding, plan_.beside.audience)
    name = names_of(by)
    records: list[Any] = [_new(reader, wish, sources, name) for wish in adding]
    insert(records)
    for wish in updating:
        _correct(wish)
    index.put([source_line(source) for source in new_sources])
    deeds = [
        Deed("ledger.source_added", s, s.owner_code, changes=first_values(s)) for s in new_sources
    ]
    deeds += [
        reader.added(record, wish.owner_code) for record, wish in zip(records, adding, strict=True)
    ]
    deeds += [reader.corrected(wish) for wish in updating]
    record_all(deeds, by=by)
    return plan_.counts()


def _new(
    reader: type[Reader], wish: Wish, sources: Mapping[tuple[str, str], Source], name: Text
) -> models.Model:
    owned = {} if reader.model is Limit else {"owner_code": wish.owner_code}
    source = sources[wish.owner_code, wish.source.key]
    return reader.model(**wish.values, **owned, source=source, by_name=name)


def _correct(wish: Wish) -> None:
    record, fields = wish.record, [change["field"] for change in wish.changes]
    for name in fields:
        setattr(record, name, wish.values[name])
    record.version += 1
    record.save(update_fields=[*fields, "version"])


def _sources(
    wishes: Iterable[Wish], audience: str
) -> tuple[dict[tuple[str, str], Source], list[Source]]:
    """Return the source of each wish by owner and key, and those that are new.

    One that is in the ledger stays as it is there, also in who may read it.
    """
    wanted = {(wish.owner_code, wish.source.key): wish.source for wish in wishes}
    known: dict[tuple[str, str], Source] = {}
    for source in _candidates(wanted.values(), {owner for owner, _key in wanted}):
        if (place := (source.owner_code, _key_of(source))) in wanted:
            known.setdefault(place, source)
    new = {
        place: Source(
            owner_code=place[0],
            audience=audience,
            publisher=source.publisher
            or (urlparse(source.address).hostname or "").removeprefix("www.")[:200],
            title=source.title,
            address=source.address,
            dated=PartialDate.parse(source.published) if source.published else None,
            kind=Source.Kind.OTHER,
            reason=Text(
                id="Diambil dari tabel pariwisata; belum dinilai.",
                zh="取自旅游数据表，尚未评估。",
                en="Taken from a table of tourism; not yet judged.",
            ),
        )
        for place, source in wanted.items()
        if place not in known
    }
    insert(list(new.values()))
    return known | new, list(new.values())


def _candidates(wanted: Iterable[SourceOf], owners: Collection[str]) -> models.QuerySet[Source]:
    addresses = {source.address for source in wanted if source.address}
    # Without an address they are told apart by their folded names, which no index holds.
    return Source.objects.filter(
        Q(address__in=addresses) | Q(address=""), owner_code__in=owners
    ).order_by("pk")
