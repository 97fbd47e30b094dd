"""Tables of ties: what each row would do is worked out first, then done, or refused.

A row is known by its two regions and its cycle: it adds that tie or brings it up to date.
An empty cell changes nothing. A row with one wrong cell is refused whole, with a reason for
each such cell; the other rows do not suffer. Doing it twice changes nothing the second time.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import connection, transaction
from django.db.models import Model
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kembar.apps.accounts.models import User
from kembar.apps.audit.actions import Deed, differences, first_values, record_all
from kembar.apps.kit.bulk import insert, insert_values, uncollected
from kembar.apps.kit.concurrency import one_at_a_time
from kembar.apps.kit.errors import sentence
from kembar.apps.kit.tables import Row, Table
from kembar.apps.kit.text import Text, longest, plain
from kembar.apps.kit.wishes import Fate, Fates, TableWish, columns_of, rows_of
from kembar.apps.ledger.actions import sources_at
from kembar.apps.ledger.models import Source
from kembar.apps.regions.lookup import Gazetteer, folded
from kembar.apps.regions.models import Region
from kembar.apps.regions.register import country_codes
from kembar.apps.search import index
from kembar.apps.ties.actions import LOADING, contest, tie_line
from kembar.apps.ties.models import Event, Kind, Sector, State, Tie
from kembar.apps.ties.pulses import pulse_of, take_pulses
from kembar.engines.dates import PartialDate
from kembar.engines.errors import KembarError

Say = Promise | str
ORIGIN = "import"
LONGEST_CODE = 40

# Column of a milestone: the kind of event it becomes.
MILESTONES: dict[str, str] = {
    "first_contact": Event.Kind.CONTACT,
    "loi": Event.Kind.SIGNING,
    "council": Event.Kind.NOTE,
    "ministry": Event.Kind.NOTE,
    "mou": Event.Kind.SIGNING,
}
# The titles stay on the record in all three languages, whoever imports.
TITLES: dict[str, Text] = {
    "first_contact": Text(id="Kontak pertama", zh="首次接触", en="First contact"),
    "loi": Text(
        id="Pernyataan kehendak (LoI) ditandatangani",
        zh="签署合作意向书",
        en="Letter of intent signed",
    ),
    "council": Text(id="Persetujuan DPRD", zh="地方议会批准", en="Council approved"),
    "ministry": Text(id="Persetujuan kementerian", zh="主管部委批准", en="Ministry approved"),
    "mou": Text(id="MoU ditandatangani", zh="签署谅解备忘录", en="MoU signed"),
}

# Column: what to write in it. The template carries these as notes.
COLUMNS: dict[str, Say] = {
    "home": gettext_lazy(
        "Home region: name or code, such as Nusa Tenggara Timur or ID-NT. Required."
    ),
    "partner": gettext_lazy("Partner region: name or code, such as Jiangxi or CN-JX. Required."),
    "kind": gettext_lazy(
        "sister_province, sister_city, friendly or other. Required for a new tie."
    ),
    "cycle": gettext_lazy("2 if the two regions began again after an end; empty means 1."),
    "state": gettext_lazy(
        "exploring, loi_only, active, renewing, never_formalised, dormant, ended or unknown."
    ),
    "sectors": gettext_lazy("Keys separated by a semicolon, such as salt; tourism."),
    "target": gettext_lazy("Target date of signing: a year, month or day."),
    "first_contact": gettext_lazy("Date of the first contact: 2017, 2017-11 or 2017-11-22."),
    "loi": gettext_lazy("Date on which the letter of intent was signed."),
    "council": gettext_lazy("Date on which the council approved."),
    "ministry": gettext_lazy("Date on which the ministry approved."),
    "mou": gettext_lazy("Date on which the MoU was signed."),
    "source_url": gettext_lazy("Web address of the source."),
    "note": gettext_lazy("A note on the record, in the language of the import."),
    **dict.fromkeys(
        ("home_country", "partner_country"),
        gettext_lazy("Country of a city that is new here: a code such as CN, or its name."),
    ),
}
# Columns of a file that we wrote ourselves: codes, which no name can confuse.
CODE_COLUMNS = ("home_code", "partner_code")
KNOWN = {*COLUMNS, *CODE_COLUMNS}


@dataclass(slots=True)
class Wish(TableWish):
    """One row as it was understood."""

    home: Region | None = None
    partner: Region | None = None
    cycle: int = 1
    values: dict[str, Any] = field(default_factory=dict)
    milestones: dict[str, PartialDate] = field(default_factory=dict)
    source_url: str = ""
    tie: Tie | None = None
    changes: list[dict[str, Any]] = field(default_factory=list)
    # The changes of the tie, and what its events and sources get: for people and the history.
    told: list[dict[str, Any]] = field(default_factory=list)
    new_events: dict[str, PartialDate] = field(default_factory=dict)
    moved_events: list[tuple[Event, PartialDate]] = field(default_factory=list)
    new_source: str = ""

    @property
    def key(self) -> tuple[str, str, int]:
        return (
            self.home.code if self.home else "",
            self.partner.code if self.partner else "",
            self.cycle,
        )

    @property
    def label(self) -> str:
        cells = self.row.cells
        home = str(self.home) if self.home else cells.get("home", "")
        partner = str(self.partner) if self.partner else cells.get("partner", "")
        return f"{home} – {partner}"


@dataclass(frozen=True, slots=True)
class NewPlace:
    """A city that is new here, and the regions of its country that are called nearly so."""

    region: Region
    near: tuple[Region, ...] = ()


@dataclass
class Plan(Fates[Wish]):
    """What a table would do, row by row, and what it would bring with it."""

    wishes: list[Wish]
    new_places: list[NewPlace]
    unknown_columns: list[str]
    language: str

    @property
    def digest(self) -> str:
        """A hash of all that would be done: loading does only what was shown."""
        doing = [
            [
                wish.row.number,
                wish.fate,
                wish.key,
                wish.told,
                [event.pk for event, _on in wish.moved_events],
            ]
            for wish in self.wishes
        ]
        return hashlib.sha256(json.dumps(doing, default=str).encode()).hexdigest()


# Reading a row ----------------------------------------------------------------------------


def _by_name(choices: type[Kind] | type[State] | type[Sector]) -> dict[str, str]:
    """Return what may be written for each choice: its key, or its name in any language."""
    known = {folded(value): value for value in choices.values}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            known |= {folded(str(choice.label)): choice.value for choice in choices}
    return known


def _choice(choices: type[Kind] | type[State]) -> Callable[[str], str]:
    by_name = _by_name(choices)

    def read(text: str) -> str:
        if found := by_name.get(folded(text)):
            return found
        message = _("“%(text)s” is not known here; write one of: %(allowed)s.")
        raise ValueError(message % {"text": text[:60], "allowed": ", ".join(choices.values)})

    return read


def _sectors() -> Callable[[str], list[str]]:
    known = _by_name(Sector)

    def read(text: str) -> list[str]:
        wanted = [part.strip() for part in text.replace("；", ";").split(";") if part.strip()]
        if wrong := [part for part in wanted if folded(part) not in known]:
            message = _("“%(text)s” is not a sector; write some of: %(allowed)s.")
            raise ValueError(message % {"text": wrong[0][:60], "allowed": ", ".join(Sector.values)})
        return list(dict.fromkeys(known[folded(part)] for part in wanted))

    return read


def _cycle(text: str) -> int:
    if text.isascii() and text.isdigit() and 1 <= int(text) <= 99:
        return int(text)
    raise ValueError(_("“%(text)s” is not a cycle; write 1, 2, 3 …") % {"text": text[:60]})


_is_web_address = URLValidator(schemes=["http", "https"])


def _address(text: str) -> str:
    try:
        _is_web_address(text)
    except ValidationError as error:
        message = _("“%(text)s” is not a web address; it begins with http:// or https://.")
        raise ValueError(message % {"text": text[:60]}) from error
    if len(text) > 800:
        raise ValueError(_("The address is longer than 800 signs."))
    return text


def _note(text: str) -> str:
    if len(text) > 5000:
        raise ValueError(_("The note is longer than 5,000 signs."))
    return text


def _date(text: str) -> PartialDate:
    try:
        return PartialDate.parse(text)
    except KembarError as error:
        raise ValueError(sentence(error)) from error


@dataclass
class _Reader:
    """Understands rows: knows the regions, and whom it reads for."""

    gazetteer: Gazetteer
    by: User | None
    language: str
    file_name: str
    # Kept apart: what is near to a name is sought among the regions that are stored.
    added: Gazetteer = field(default_factory=Gazetteer)
    new_places: dict[str, NewPlace] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.kind, self.state, self.sectors = _choice(Kind), _choice(State), _sectors()

    def read(self, row: Row) -> Wish:
        wish = Wish(row)
        wish.refuse_broken_cells(self.file_name)
        self._values(wish)
        wish.home = self._region(wish, "home")
        wish.partner = self._region(wish, "partner")
        if wish.home and self.by and not self.by.may("ties.write", wish.home.code):
            mine = ", ".join(sorted(self.by.rights.regions("ties.write")))
            wish.refuse("home", _("You write for %(regions)s only.") % {"regions": mine})
        if wish.home and wish.partner and wish.home.code == wish.partner.code:
            wish.refuse("partner", _("A region cannot have a tie with itself."))
        return wish

    def _values(self, wish: Wish) -> None:
        readers: dict[str, Callable[[str], Any]] = {
            "kind": self.kind,
            "state": self.state,
            "sectors": self.sectors,
            "target": _date,
            "cycle": _cycle,
            "source_url": _address,
            "note": lambda text: Text({self.language: _note(plain(text))}),
            **dict.fromkeys(MILESTONES, _date),
        }
        for column, read in readers.items():
            text = wish.row.cells.get(column, "").strip()
            if not text or column in wish.row.problems:
                continue
            try:
                value = read(text)
            except ValueError as error:
                wish.refuse(column, str(error))
                continue
            if column in MILESTONES:
                wish.milestones[column] = value
            elif column == "cycle":
                wish.cycle = value
            elif column == "source_url":
                wish.source_url = value
            else:
                wish.values[column] = value

    def _region(self, wish: Wish, side: str) -> Region | None:
        cells = wish.row.cells
        code, name = cells.get(f"{side}_code", "").strip(), cells.get(side, "").strip()
        written = cells.get(f"{side}_country", "").strip()
        country = country_codes().get(folded(written), "")
        if code:
            if region := self.gazetteer.by_code.get(code):
                return region
            wish.refuse(f"{side}_code", _("No region has the code “%(code)s”.") % {"code": code})
            return None
        if not name:
            wish.refuse(side, _("The name or code of the region is missing."))
            return None
        if written and not country:
            message = _("“%(text)s” is not a country; write a code such as CN, or its name.")
            wish.refuse(f"{side}_country", message % {"text": written[:60]})
            return None
        found = [*self.gazetteer.find(name, country), *self.added.find(name, country)]
        if wish.values.get("kind") == Kind.SISTER_PROVINCE and len(found) > 1:
            first = [region for region in found if region.level == Region.Level.FIRST]
            found = first or found
        if len(found) == 1:
            return found[0]
        if found:
            choices = listed(found[:5])
            message = _("“%(name)s” may be one of these; write the code: %(choices)s.")
            wish.refuse(side, message % {"name": name[:60], "choices": choices})
            return None
        return self._new_place(wish, side, name, country)

    def _new_place(self, wish: Wish, side: str, name: str, country: str) -> Region | None:
        """A city we do not know, in a country we do, is added; a province never is.

        Half the cities of China are a letter away from another: where the row says that it is
        a city, and of which country, a name that is near to another's is a place of its own.
        """
        kind = wish.values.get("kind")
        near = self.gazetteer.like(name, country)
        if near and not (country and kind == Kind.SISTER_CITY):
            message = _("No region is called “%(name)s”. Do you mean %(near)s?")
            wish.refuse(side, message % {"name": name[:60], "near": listed(near)})
            return None
        if not country or kind == Kind.SISTER_PROVINCE or not folded(name):
            message = _(
                "No region is called “%(name)s”. Write its ISO 3166-2 code, such as CN-JX;"
                " for a city that is new here, fill the column %(column)s too."
            )
            wish.refuse(side, message % {"name": name[:60], "column": f"{side}_country"})
            return None
        if len(name) > longest(rows=1):
            message = _("A name has at most %(limit)s signs.")
            wish.refuse(side, message % {"limit": longest(rows=1)})
            return None
        code = self._new_code(name, country)
        region = Region(
            code=code,
            country=country,
            level=Region.Level.CITY,
            name=Text({self.language: name}),
        )
        self.new_places[code] = NewPlace(region, tuple(near))
        self.added.add(region)
        return region

    def _new_code(self, name: str, country: str) -> str:
        """Return a code for a name that no other has: its Latin letters, or a hash where need is.

        Names in other letters have none, long ones are cut, and two may be left with the same.
        """
        letters = slugify(name)
        code = f"{country}.{letters}"
        is_taken = code in self.gazetteer.by_code or code in self.added.by_code
        if letters and len(code) <= LONGEST_CODE and not is_taken:
            return code
        mark = hashlib.sha256(folded(name).encode()).hexdigest()[:12]
        start = code[: LONGEST_CODE - len(mark) - 1].rstrip("-.")
        return f"{start}-{mark}" if letters else f"{country}.{mark}"


def listed(regions: Iterable[Region]) -> str:
    """Return regions with their codes, as a reason names them."""
    return ", ".join(f"{region} ({region.code})" for region in regions)


# What a row would do ------------------------------------------------------------------------


@uncollected()
def plan(table: Table, *, by: User | None, language: str, name: str = "") -> Plan:
    """Work out what each row of a table would do. Nothing is written.

    Inside a transaction nobody else changes the ties until it ends: the plan may be loaded in it.

    Parameters
    ----------
    by
        Who hands it in: he writes for his own regions only. None is the installation itself.
    language
        The language, id, zh or en, in which notes are written.
    name
        What its owner calls the file, for the reasons.

    Raises
    ------
    KembarError
        `table.columns_missing` if the table has no column for one of the regions,
        `table.no_rows` if nothing stands below its header.
    """
    header = columns_of(table)
    for side in ("home", "partner"):
        if side not in header and f"{side}_code" not in header:
            raise KembarError("table.columns_missing", column=side, found=", ".join(table.header))
    rows = list(rows_of(table, name=name))
    reader = _Reader(Gazetteer.of(Region.objects.all()), by, language, name)
    wishes = [reader.read(row) for row in rows]
    _compare(wishes)
    used = {
        region.code for w in wishes if not w.problems for region in (w.home, w.partner) if region
    }
    return Plan(
        wishes,
        [place for code, place in reader.new_places.items() if code in used],
        [column for name, column in header.items() if name not in KNOWN],
        language,
    )


def _compare(wishes: Sequence[Wish]) -> None:
    """Set the fate of each wish by what is stored already."""
    seen: dict[tuple[str, str, int], int] = {}
    homes = {wish.home.code for wish in wishes if wish.home}
    stored = Tie.objects.filter(home__in=homes).order_by("pk")
    if connection.in_atomic_block:
        stored = stored.select_for_update(no_key=True)
    ties = {(tie.home_id, tie.partner_id, tie.cycle): tie for tie in stored}
    events: dict[int, list[Event]] = defaultdict(list)
    for event in Event.objects.filter(tie__home__in=homes).exclude(milestone=""):
        events[event.tie_id].append(event)
    named = set(
        Tie.sources.through.objects.filter(tie__home__in=homes).values_list(
            "tie_id", "source__address"
        )
    )
    for wish in wishes:
        if wish.problems:
            continue
        if wish.key in seen:
            message = _("Row %(number)s is about the same tie.") % {"number": seen[wish.key]}
            wish.refuse("partner", message)
            continue
        seen[wish.key] = wish.row.number
        wish.tie = ties.get(wish.key)
        if wish.tie and wish.home and wish.partner:
            wish.tie.home, wish.tie.partner = wish.home, wish.partner
        if not wish.tie or (wish.tie.pk, wish.source_url) not in named:
            wish.new_source = wish.source_url
        if wish.tie is None:
            _plan_new(wish)
        else:
            _plan_update(wish, wish.tie, events[wish.tie.pk])
        wish.told = _told(wish)


def _plan_new(wish: Wish) -> None:
    if "kind" not in wish.values:
        wish.refuse("kind", _("A new tie needs its kind."))
        return
    wish.fate = Fate.ADD
    wish.changes = differences({}, wish.values)
    wish.new_events = wish.milestones


def _plan_update(wish: Wish, tie: Tie, events: Sequence[Event]) -> None:
    new = dict(wish.values)
    if "note" in new:
        new["note"] = Text({**tie.note, **new["note"]})
    wish.values = new
    wish.changes = differences({name: getattr(tie, name) for name in new}, new)
    for name, on in wish.milestones.items():
        same = [event for event in events if event.milestone == name]
        ours = [event for event in same if event.origin == ORIGIN and not event.withdrawn]
        # One that was withdrawn counts as known: an old table does not bring it back.
        if any(str(event.on) == str(on) for event in same):
            continue
        if ours:
            wish.moved_events.append((ours[0], on))
        else:
            wish.new_events[name] = on
    changed = wish.changes or wish.new_events or wish.moved_events or wish.new_source
    wish.fate = Fate.UPDATE if changed else Fate.SAME


def _told(wish: Wish) -> list[dict[str, Any]]:
    told = differences({}, wish.new_events)
    for event, on in wish.moved_events:
        told += differences({event.milestone: event.on}, {event.milestone: on})
    if wish.new_source:
        told.append({"field": "source_url", "old": None, "new": wish.new_source})
    return [*wish.changes, *told]


# Doing it -----------------------------------------------------------------------------------


@transaction.atomic
def plan_and_load(table: Table, *, by: User | None, language: str, name: str = "") -> Plan:
    """Load a table that nobody looks at first, and return what was done.

    Raises
    ------
    KembarError
        As `plan` does.
    """
    one_at_a_time(LOADING)
    plan_ = plan(table, by=by, language=language, name=name)
    load(plan_, by=by)
    return plan_


@uncollected()
@transaction.atomic
def load(plan_: Plan, *, by: User | None, origin: str = ORIGIN) -> dict[str, int]:
    """Do what a plan says, and return how many rows had which fate.

    Where others work too, it was made in the same transaction.
    """
    Region.objects.bulk_create([place.region for place in plan_.new_places], batch_size=500)
    adding, updating = plan_.of(Fate.ADD), plan_.of(Fate.UPDATE)
    sources = _sources([*adding, *updating])
    _add_ties(adding, origin)
    _update_ties(updating)
    events = _add_events([*adding, *updating], sources)
    _move_events(updating)
    take_pulses(w.tie for w in updating if w.tie and (w.new_events or w.moved_events))
    _link_sources([*adding, *updating], sources)
    # Milestones are found through their tie: fifteen thousand lines “MoU signed” help nobody.
    index.put([tie_line(wish.tie) for wish in [*adding, *updating] if wish.tie])
    record_all([*_new_places(plan_), *map(_deed, [*adding, *updating])], by=by)
    _name_conflicts(updating, events, by=by)
    return plan_.counts()


def _sources(wishes: Iterable[Wish]) -> dict[tuple[str, str], Source]:
    return sources_at((wish.key[0], wish.source_url) for wish in wishes if wish.source_url)


def _add_ties(wishes: Sequence[Wish], origin: str) -> None:
    today = timezone.localdate()
    for wish in wishes:
        events = [(MILESTONES[name], on) for name, on in wish.milestones.items()]
        values = {"state": State.UNKNOWN, **wish.values, **pulse_of(events, today)}
        wish.tie = Tie(
            home=wish.home, partner=wish.partner, cycle=wish.cycle, origin=origin, **values
        )
    insert([wish.tie for wish in wishes if wish.tie])


def _update_ties(wishes: Sequence[Wish]) -> None:
    by_fields: dict[tuple[str, ...], list[Tie]] = defaultdict(list)
    for wish in wishes:
        fields = tuple(sorted(change["field"] for change in wish.changes))
        tie = wish.tie
        if tie is None or not fields:
            continue
        for name in fields:
            setattr(tie, name, wish.values[name])
        tie.version += 1
        by_fields[fields].append(tie)
    for fields, ties in by_fields.items():
        Tie.objects.bulk_update(ties, [*fields, "version"], batch_size=200)


def _add_events(
    wishes: Sequence[Wish], sources: Mapping[tuple[str, str], Source]
) -> dict[int, list[Event]]:
    made: dict[int, list[Event]] = defaultdict(list)
    links = []
    for wish in wishes:
        for name, on in wish.new_events.items():
            source = sources.get((wish.key[0], wish.source_url))
            event = Event(
                tie=wish.tie,
                kind=MILESTONES[name],
                milestone=name,
                on=on,
                title=TITLES[name],
                confidence=Event.Confidence.NAMED if source else Event.Confidence.OWN,
                origin=ORIGIN,
            )
            links.append((event, source))
    insert([event for event, _source in links])
    _link(Event.sources.through, [(event.pk, source.pk) for event, source in links if source])
    for event, _source in links:
        made[event.tie_id].append(event)
    return made


def _move_events(wishes: Sequence[Wish]) -> None:
    moved = []
    for wish in wishes:
        for event, on in wish.moved_events:
            event.on, event.version = on, event.version + 1
            moved.append(event)
    Event.objects.bulk_update(moved, ["on", "version"], batch_size=200)


def _link_sources(wishes: Sequence[Wish], sources: Mapping[tuple[str, str], Source]) -> None:
    pairs = [
        (wish.tie.pk, sources[wish.key[0], wish.new_source].pk)
        for wish in wishes
        if wish.tie and wish.new_source
    ]
    _link(Tie.sources.through, pairs)


def _link(through: type[Model], pairs: Sequence[tuple[int, int]]) -> None:
    """Write the sources of many records, each record with one of its sources."""
    of_record, of_source = (str(each.column) for each in through._meta.concrete_fields[1:])
    insert_values(through._meta.db_table, [of_record, of_source], pairs)


def _new_places(plan_: Plan) -> Iterable[Deed]:
    """Give the deeds on new regions, in the history of the region that names them first."""
    homes = {w.partner.code: w.key[0] for w in reversed(plan_.wishes) if w.partner}
    for region in (place.region for place in plan_.new_places):
        home = homes.get(region.code, region.code)
        yield Deed("ties.region_added", region, home, changes=first_values(region))


def _deed(wish: Wish) -> Deed:
    assert wish.tie is not None  # noqa: S101  # for the type checker: every wish done has one
    return Deed("ties.imported", wish.tie, wish.key[0], changes=wish.told)


def _name_conflicts(
    wishes: Sequence[Wish], events: Mapping[int, list[Event]], *, by: User | None
) -> None:
    """Where the table gives a milestone another date than somebody wrote down: keep both, ask."""
    for wish in wishes:
        for event in events.get(wish.tie.pk, []) if wish.tie else []:
            others = Event.objects.standing().filter(tie=wish.tie, milestone=event.milestone)
            for other in others.exclude(pk=event.pk):
                contest(event, other, by=by)


# Out again ------------------------------------------------------------------------------------


def export_header() -> list[str]:
    return ["home_code", "home", "partner_code", "partner", *list(COLUMNS)[2:-2]]


def export_rows(ties: Iterable[Tie], language: str) -> Iterable[list[str]]:
    """Give the rows of ties in the form that can be imported again."""
    for tie in ties:
        dates: dict[str, str] = {}
        for event in sorted(tie.events.all(), key=lambda event: event.pk):
            if event.milestone and not event.withdrawn:
                dates.setdefault(event.milestone, str(event.on))
        sources = [source.address for source in tie.sources.all() if source.address]
        yield [
            tie.home_id,
            tie.home.name.shown(language).text,
            tie.partner_id,
            tie.partner.name.shown(language).text,
            tie.kind,
            str(tie.cycle),
            tie.state,
            "; ".join(tie.sectors),
            str(tie.target or ""),
            *(dates.get(name, "") for name in MILESTONES),
            sources[0] if sources else "",
            tie.note.get(language, ""),
        ]
