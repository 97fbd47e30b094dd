"""Fill an installation with an invented nation, to measure it and to try things on.

Nothing in it happened (see `nation`): its cities and regencies are named as test places, and
where a tie stands says that the data are invented. The example that is true to its sources is
`data/founding.toml`. The same scale gives the same rows, whenever and wherever it runs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from itertools import islice
from random import Random
from typing import Any, TypeVar

from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, models, transaction
from django.utils import translation

from kembar.apps.audit.models import ChainHead, Entry
from kembar.apps.cases.actions import case_line
from kembar.apps.commitments.actions import line_of
from kembar.apps.investment.offer_actions import offer_line
from kembar.apps.kit.bulk import insert, insert_values
from kembar.apps.ledger.actions import claim_line, source_line
from kembar.apps.ledger.models import Source
from kembar.apps.programmes.actions import programme_line
from kembar.apps.regions import register
from kembar.apps.search import index
from kembar.apps.ties.actions import event_lines, tie_line
from kembar.apps.ties.models import Participant, Tie
from kembar.site import nation_leads
from kembar.site.nation import ORIGIN, File, Nation
from kembar.site.nation_cases import Casework
from kembar.site.nation_commitments import A_TIE, Promises
from kembar.site.nation_offers import OFFERS, Offering
from kembar.site.nation_programmes import PROGRAMMES_A_TIE, Fieldwork
from kembar.site.nation_tourism import Travel
from kembar.site.seed_history import COLUMNS, Chronicle, Told, told_of

NOTICE = (
    "Everything that this adds is invented: test places, made-up people and deeds."
    " Use it to measure and to practise, never beside real records."
)
FULL = {
    "homes": 500,
    "ties": 5_000,
    "events": 100_000,
    "sources": 3_000,
    "claims": 10_000,
    "entries": 1_000_000,
    "offers": OFFERS,
    "leads": nation_leads.LEADS,
}
TIES_AT_ONCE = 100
LEADS_AT_ONCE = 500
ENTRIES_AT_ONCE = 10_000

Progress = Callable[[str, int, int], None]
Thing = TypeVar("Thing")


class SeedRefusedError(Exception):
    """The installation is not one that an invented nation may be put into."""


@dataclass(frozen=True)
class Counts:
    """How many rows were added of each sort, and the e-mails that the benches sign in with."""

    regions: int
    posts: int
    people: int
    ties: int
    events: int
    participants: int
    sources: int
    claims: int
    evidence: int
    verdicts: int
    conflicts: int
    remarks: int
    cases: int
    log: int
    offers: int
    leads: int
    promises: int
    programmes: int
    lines: int
    entries: int
    desk: str
    ministry: str
    auditor: str


def seed_national(scale: float = 1.0, *, progress: Progress, password: str | None = None) -> Counts:
    """Add an invented nation, and return what was added.

    Parameters
    ----------
    scale
        1.0 for 500 home regions, 5,000 ties with a case each, 100,000 events and 1,000,000 entries
        of history;
        0.01 for a hundredth of that.
    progress
        Told what is written, how many are done, and how many there will be.
    password
        For the desk, the ministry and the auditor that the counts name. Without one nobody of
        the nation can sign in: a password that stands in this file would be known to everybody.

    Raises
    ------
    SeedRefusedError
        There are ties already. What went in stays if it breaks off half-way, so a second
        try needs an empty installation too.
    """
    _refuse_unless_empty()
    sizes = {name: max(3, round(full * scale)) for name, full in FULL.items()}
    nation = Nation(sizes, Random(2026))  # noqa: S311  # the same rows are wanted
    writing = _Writing(nation, progress)
    with _fast_writes(), translation.override("id"):
        emails = writing.write_people(password)
        sources = writing.write_sources()
        told = writing.write_ties()
        writing.write_cases()
        writing.write_programmes()
        writing.write_tourism()
        writing.write_offers()
        writing.write_leads(sources)
        writing.write_promises()
        writing.write_history(sources, told)
        _settle()
    values: dict[str, Any] = {part.name: writing.counts[part.name] for part in fields(Counts)}
    return Counts(**{**values, **emails})


def _refuse_unless_empty() -> None:
    origins = set(Tie.objects.order_by().values_list("origin", flat=True).distinct())
    if origins - {ORIGIN}:
        msg = (
            "This installation holds ties that are not invented; an invented nation beside"
            " them would pass for real. Name an empty folder: KEMBAR_HOME=/path/to/folder."
        )
        raise SeedRefusedError(msg)
    if origins:
        msg = (
            "This installation holds the invented nation already, or a part of it."
            " To begin again, name an empty folder: KEMBAR_HOME=/path/to/folder."
        )
        raise SeedRefusedError(msg)


class _Writing:
    """Writes the nation in the order of its foreign keys, lot by lot, so memory stays small."""

    def __init__(self, nation: Nation, progress: Progress) -> None:
        self.nation, self.progress = nation, progress
        self.counts: Counter[str] = Counter()

    def _write(self, name: str, rows: Sequence[models.Model]) -> None:
        insert(rows)
        self.counts[name] += len(rows)

    def _index(self, lines: list[index.Line]) -> None:
        index.put(lines)
        self.counts["lines"] += len(lines)

    @transaction.atomic
    def write_people(self, password: str | None) -> dict[str, str]:
        """Write regions, offices, posts and people; return the e-mails for the benches."""
        self.counts["regions"] += len(register.load())
        self._write("regions", self.nation.found())
        staff = self.nation.hire()
        for person in self.nation.bench.values() if password else ():
            person.set_password(password)
        insert(staff.offices)
        self._write("posts", staff.posts)
        self._write("people", staff.people)
        insert(staff.holdings)
        self.progress("people", len(staff.people), len(staff.people))
        return {name: person.email for name, person in self.nation.bench.items()}

    def write_sources(self) -> list[Source]:
        sources = self.nation.publish()
        with transaction.atomic():
            self._write("sources", sources)
            self._index([source_line(source) for source in sources])
        self.progress("sources", len(sources), len(sources))
        return sources

    def write_ties(self) -> list[Told]:
        """Write tie after tie; return what the history has to tell of them."""
        told: list[Told] = []
        for files in _lots(self.nation.files(), TIES_AT_ONCE):
            self._write_files(files)
            told += [told_of(file) for file in files]
            self.progress("ties", len(told), self.nation.sizes["ties"])
        return told

    def write_cases(self) -> None:
        """Write a case of each tie, with the log of its procedure."""
        casework = Casework(Random(2027))  # noqa: S311  # the same rows are wanted
        ties = Tie.objects.select_related("home", "partner").order_by("pk").iterator(TIES_AT_ONCE)
        for lot in _lots(casework.of(ties), TIES_AT_ONCE):
            with transaction.atomic():
                self._write("cases", [case for case, _log in lot])
                self._write("log", [entry for _case, log in lot for entry in log])
                self._index([case_line(case) for case, _log in lot])
            self.progress("cases", self.counts["cases"], self.counts["ties"])

    def write_offers(self) -> None:
        """Write offers over the ties, with their papers."""
        total = self.nation.sizes["offers"]
        offering = Offering(Random(2030))  # noqa: S311  # the same rows are wanted
        ties = list(Tie.objects.select_related("home", "partner").order_by("pk"))
        for lot in _lots(offering.over(ties, total), LEADS_AT_ONCE):
            with transaction.atomic():
                self._write("offers", [each.offer for each in lot])
                insert([paper for each in lot for paper in each.papers])
                self._index([offer_line(each.offer) for each in lot])
            self.progress("offers", self.counts["offers"], total)

    def write_promises(self) -> None:
        """Write the register of each tie, and what became of its promises."""
        promises = Promises(Random(2031))  # noqa: S311  # the same rows are wanted
        ties = Tie.objects.select_related("home", "partner").order_by("pk").iterator(TIES_AT_ONCE)
        for lot in _lots(promises.of(ties), TIES_AT_ONCE):
            with transaction.atomic():
                self._write("promises", [each for one in lot for each in one.commitments])
                insert([turn for one in lot for turn in one.turns])
                standing = (each for one in lot for each in one.commitments)
                self._index([line_of(each) for each in standing if each.state != "withdrawn"])
            self.progress("promises", self.counts["promises"], self.counts["ties"] * A_TIE)

    def write_leads(self, sources: Sequence[Source]) -> None:
        """Write leads over the ties, with their companies and what came of them."""
        leadwork = nation_leads.Leadwork(Random(2028))  # noqa: S311  # the same rows are wanted
        ties = list(Tie.objects.select_related("home", "partner").order_by("pk"))
        leads = leadwork.over(ties, sources, self.nation.sizes["leads"])
        for lot in _lots(leads, LEADS_AT_ONCE):
            with transaction.atomic():
                insert([each.company for each in lot])
                self._write("leads", [each.lead for each in lot])
                for part in ("contacts", "moves", "yields", "verifications", "confirmations"):
                    insert([row for each in lot for row in getattr(each, part)])
                self._index([line for each in lot for line in each.lines()])
            self.progress("leads", self.counts["leads"], self.nation.sizes["leads"])

    def write_programmes(self) -> None:
        """Write the programmes of every second tie, with their parts."""
        fieldwork = Fieldwork(Random(2028))  # noqa: S311  # the same rows are wanted
        ties = Tie.objects.select_related("home", "partner").order_by("pk").iterator(TIES_AT_ONCE)
        for lot in _lots(fieldwork.of(ties), TIES_AT_ONCE):
            with transaction.atomic():
                for rows in zip(*(folder.rows() for folder in lot), strict=True):
                    insert([row for part in rows for row in part])
                self._index([programme_line(folder.programme) for folder in lot])
            self.counts["programmes"] += len(lot)
            total = (self.counts["ties"] + 1) // 2 * PROGRAMMES_A_TIE
            self.progress("programmes", self.counts["programmes"], total)

    def write_tourism(self) -> None:
        """Write the arrivals of each home, and the campaigns of some ties."""
        travel = Travel(Random(2029))  # noqa: S311  # the same rows are wanted
        ties = Tie.objects.select_related("home", "partner").order_by("pk").iterator(TIES_AT_ONCE)
        for lot in _lots(travel.of(ties), TIES_AT_ONCE):
            with transaction.atomic():
                for rows in zip(*(season.rows() for season in lot), strict=True):
                    insert([row for part in rows for row in part])
                self._index([line for season in lot for line in season.lines()])
            self.progress("tourism", travel.ties, self.counts["ties"])

    @transaction.atomic
    def _write_files(self, files: Sequence[File]) -> None:
        self._write("ties", [file.tie for file in files])
        parts = ["events", "participants", "claims", "evidence", "verdicts", "conflicts", "remarks"]
        for name in parts:
            self._write(name, [row for file in files for row in getattr(file, name)])
        links: dict[type[models.Model], list[models.Model]] = {}
        for file in files:
            for link in file.links:
                links.setdefault(type(link), []).append(link)
        for rows in links.values():
            insert(rows)
        self._index([line for file in files for line in lines_of(file)])

    def write_history(self, sources: Sequence[Source], told: Sequence[Told]) -> None:
        """Write the history entries, each sealed by the one before."""
        total = self.nation.sizes["entries"]
        head = ChainHead.objects.get_or_create(pk=1)[0]
        rows = Chronicle(self.nation, total).rows(head, sources, told)
        fields = {field.name: str(field.column) for field in Entry._meta.concrete_fields}
        columns = [fields[name] for name in COLUMNS]
        for lot in _lots(rows, ENTRIES_AT_ONCE):
            with transaction.atomic():
                insert_values(Entry._meta.db_table, columns, lot)
                head.save()
            self.counts["entries"] += len(lot)
            self.progress("history", self.counts["entries"], total)


def lines_of(file: File) -> Iterator[index.Line]:
    """Give the lines under which search finds a tie and what hangs on it."""
    yield tie_line(file.tie)
    people: dict[int, list[Participant]] = {}
    for person in file.participants:
        people.setdefault(person.event_id, []).append(person)
    for event in file.events:
        if not event.withdrawn:
            yield from event_lines(event, people.get(event.pk, []))
    yield from (claim_line(claim) for claim in file.claims)


def _lots(things: Iterable[Thing], size: int) -> Iterator[list[Thing]]:
    iterator = iter(things)
    while lot := list(islice(iterator, size)):
        yield lot


@contextmanager
def _fast_writes() -> Iterator[None]:
    """Do not wait for the disk: a seed that breaks off is thrown away, not repaired."""
    # Neither database changes this inside a transaction, where only a test would call it.
    if connection.in_atomic_block:
        yield
        return
    if connection.vendor == "postgresql":
        before, after = ["SET synchronous_commit = off"], ["RESET synchronous_commit"]
    else:
        before = ["PRAGMA synchronous = OFF", "PRAGMA cache_size = -262144"]
        after = ["PRAGMA synchronous = NORMAL", "PRAGMA cache_size = -65536"]
    _run(before)
    try:
        yield
    finally:
        _run(after)


def _settle() -> None:
    """Let the database know what it holds now, as it would have learnt over the years."""
    if connection.vendor == "postgresql":
        models_written = apps.get_models()
        _run(connection.ops.sequence_reset_sql(no_style(), models_written))
    _run(["ANALYZE"])


def _run(statements: Iterable[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
