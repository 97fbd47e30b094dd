"""What `seed` invents: regions, people, ties and what happened on them, from lists of words.

Each maker draws from the one `Random` of the nation, so the order of the calls is part of the
result: the same scale gives the same rows.
"""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from itertools import accumulate, pairwise
from pathlib import Path
from random import Random
from typing import Any

from django.db import models

from kembar.apps.accounts.models import Holding, Office, Post, User
from kembar.apps.accounts.rights import Audience, Role
from kembar.apps.kit.text import LANGUAGES, Text
from kembar.apps.ledger.models import Claim, Evidence, Judgement, Source, Verdict
from kembar.apps.regions.models import Region
from kembar.apps.ties.models import (
    Conflict,
    Event,
    Kind,
    Participant,
    Remark,
    State,
    Tie,
)
from kembar.apps.ties.pulses import pulse_of
from kembar.engines.dates import PartialDate

DAY = date(2026, 11, 1)
"""The day the nation lives in: the clock is not asked."""

ORIGIN = "nation"
# One name that stands on one event alone, to search for.
RARE_NAME = "Hironimus Kabosulangi"
# Begins with Django's mark for a password that nothing equals.
NO_PASSWORD = "!" + "0" * 40
INVENTED = Text(
    id="Data rekaan untuk pengujian.", zh="虚构的测试数据。", en="Invented data for testing."
)
# What ISO calls geographical units, such as Jawa: no region governs itself there.
NOT_PROVINCES = {f"ID-{unit}" for unit in ("JW", "KA", "ML", "NU", "PP", "SL", "SM")}
# Where Indonesian regions have most of their ties; every other country counts 1.
FAVOURITES = {"CN": 12, "JP": 10, "KR": 8, "AU": 6, "NL": 4, "MY": 4, "US": 3, "DE": 3, "TH": 2}
STATES = {
    State.EXPLORING: 18,
    State.LOI_ONLY: 14,
    State.ACTIVE: 28,
    State.RENEWING: 8,
    State.NEVER_FORMALISED: 6,
    State.DORMANT: 16,
    State.ENDED: 6,
    State.UNKNOWN: 4,
}
SIGNED = (State.ACTIVE, State.RENEWING, State.DORMANT, State.ENDED)
AWAKE = (State.EXPLORING, State.LOI_ONLY, State.ACTIVE, State.RENEWING)
EVENT_KINDS = {
    Event.Kind.CONTACT: 15,
    Event.Kind.VISIT: 22,
    Event.Kind.MEETING: 25,
    Event.Kind.LETTER: 18,
    Event.Kind.SIGNING: 4,
    Event.Kind.LAPSE: 1,
    Event.Kind.RENEWAL: 3,
    Event.Kind.NOTE: 12,
}
MILESTONE_KINDS = {
    Event.Milestone.FIRST_CONTACT: Event.Kind.CONTACT,
    Event.Milestone.LOI: Event.Kind.SIGNING,
    Event.Milestone.COUNCIL: Event.Kind.MEETING,
    Event.Milestone.MINISTRY: Event.Kind.LETTER,
    Event.Milestone.MOU: Event.Kind.SIGNING,
}
AUDIENCES = {Audience.OWN: 50, Audience.SHARED: 25, Audience.PUBLISHED: 25}
JUDGEMENTS = {
    Judgement.CORROBORATED: 40,
    Judgement.CONTRADICTED: 20,
    Judgement.OPEN: 25,
    Judgement.NOT_CHECKABLE: 15,
}
PARTNER_OFFICES = 40
SEATS = (Role.DESK, Role.AGENCY, Role.HEAD, Role.AUDITOR)


class Keys:
    """Gives out the keys of new rows, from the highest one that a table has."""

    def __init__(self) -> None:
        self._last: dict[type[models.Model], int] = {}

    def next(self, model: type[models.Model]) -> int:
        if model not in self._last:
            top = model._default_manager.aggregate(top=models.Max("pk"))["top"]
            self._last[model] = top or 0
        self._last[model] += 1
        return self._last[model]


class Words:
    """The lists of `data/nation.toml`, each text in three languages."""

    def __init__(self) -> None:
        path = Path(__file__).parent / "data" / "nation.toml"
        self._lists: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
        self.topics = {key: self._parsed(lines) for key, lines in self._lists["topics"].items()}
        self.events = {key: self._parsed(lines) for key, lines in self._lists["events"].items()}
        self.texts = {key: self._parsed(lines) for key, lines in self._lists["texts"].items()}
        self.posts = {k: self._parsed([v])[0] for k, v in self._lists["posts"].items()}
        self.offices = {k: self._parsed([v])[0] for k, v in self._lists["offices"].items()}
        self.persons_posts = self._parsed(self._lists["people"]["posts"])
        self.publishers: list[str] = self._lists["press"]["publishers"].split(",")
        self.history: dict[str, list[str]] = self._lists["history"]

    @staticmethod
    def _parsed(lines: Sequence[str]) -> list[Text]:
        return [Text(dict(zip(LANGUAGES, line.split(" | "), strict=True))) for line in lines]

    @cached_property
    def names(self) -> tuple[list[str], list[str]]:
        people = self._lists["people"]
        return people["given"].split(), people["family"].split()

    @cached_property
    def names_abroad(self) -> tuple[list[list[str]], list[list[str]]]:
        """Family and given names, each as Latin letters and Chinese characters."""
        people = self._lists["people"]
        family, given = people["abroad_family"], people["abroad_given"]
        return [n.split() for n in family.split(",")], [n.split() for n in given.split(",")]

    @cached_property
    def other_names(self) -> list[str]:
        names: str = self._lists["people"]["others"]
        return names.split(",")


def weighted(rng: Random, weights: Mapping[Any, int]) -> Any:
    """Draw one of the keys, the heavier the likelier."""
    return rng.choices(list(weights), list(weights.values()))[0]


def moment(rng: Random, day: date) -> datetime:
    """Return a time in the office hours of a day."""
    minutes = rng.randrange(8 * 60)
    return datetime.combine(day, time(1), UTC) + timedelta(minutes=minutes)


def names_of(region: Region) -> dict[str, str]:
    return {key: region.name.shown(key).text for key in LANGUAGES}


def fill(text: Text, **places: Mapping[str, str]) -> Text:
    """Return a text with {a}, {b} and {topic} put in, each in its own language."""
    return Text(
        {
            key: line.format(**{place: words[key] for place, words in places.items()})
            for key, line in text.items()
        }
    )


@dataclass(frozen=True)
class File:
    """A tie with all that hangs on it, ready to be written."""

    tie: Tie
    events: list[Event]
    participants: list[Participant]
    claims: list[Claim]
    evidence: list[Evidence]
    verdicts: list[Verdict]
    conflicts: list[Conflict]
    remarks: list[Remark]
    # Rows of the tables between: of ties and their sources and claims, and of events.
    links: list[models.Model]


@dataclass(frozen=True)
class Staff:
    """The people of the nation, in the order in which they can be written."""

    offices: list[Office]
    posts: list[Post]
    people: list[User]
    holdings: list[Holding]


@dataclass
class Nation:
    """What has been invented so far, and the dice for what follows."""

    sizes: Mapping[str, int]
    rng: Random
    keys: Keys = field(default_factory=Keys)
    words: Words = field(default_factory=Words)
    homes: list[Region] = field(default_factory=list)
    partners: list[Region] = field(default_factory=list)
    sources: dict[str, list[Source]] = field(default_factory=lambda: defaultdict(list))
    owners: dict[str, dict[str, Post]] = field(default_factory=lambda: defaultdict(dict))
    # Who holds the desk of a region now, and how the history names him.
    writers: dict[str, tuple[int, str]] = field(default_factory=dict)
    reviewers: list[tuple[User, str]] = field(default_factory=list)
    # Whom the benches sign in as: "desk", "ministry", "auditor".
    bench: dict[str, User] = field(default_factory=dict)

    # ------------------------------------------------------------------ regions

    def found(self) -> list[Region]:
        """Choose the home provinces and make test places below them; return the new ones."""
        first_level = Region.objects.filter(level=Region.Level.FIRST).order_by("code")
        provinces = list(first_level.filter(country="ID").exclude(code__in=NOT_PROVINCES))
        abroad = list(first_level.exclude(country="ID"))
        count = self.sizes["homes"]
        provinces = provinces[: max(1, min(len(provinces), round(count * 38 / 500)))]
        places = [
            self._test_place(number, provinces[number % len(provinces)])
            for number in range(1, count - len(provinces) + 1)
        ]
        self.homes = [*provinces, *places]
        self.partners = abroad
        self._home_names = {home.code: names_of(home) for home in self.homes}
        weights = accumulate(FAVOURITES.get(region.country, 1) for region in abroad)
        self._partner_weights = list(weights)
        return places

    def _test_place(self, number: int, province: Region) -> Region:
        city = number % 5 < 2
        slug, level = ("kota", "city") if city else ("kabupaten", "regency")
        english = "City" if city else "Regency"
        name = Text(
            id=f"{slug.title()} Uji {number}",
            zh=f"试验{'市' if city else '县'}{number}",
            en=f"Test {english} {number}",
        )
        return Region(
            code=f"{province.code}.{slug}-uji-{number:03}",
            parent=province,
            country="ID",
            level=level,
            name=name,
            aliases=f"Uji{number}",
        )

    # ------------------------------------------------------------------ people

    def hire(self) -> Staff:
        """Make offices, posts, people and who holds which post."""
        staff = Staff([], [], [], [])
        for home in self.homes:
            self._staff_region(staff, home)
        self._staff_nation(staff)
        for number, partner in enumerate(self._likely_partners()):
            office = self._office(staff, "partner", Office.Kind.PARTNER, partner.code, partner)
            office.home_code = self.homes[number % len(self.homes)].code
            self._seat(staff, Role.PARTNER, office)
        return staff

    def _likely_partners(self) -> list[Region]:
        count = min(len(self.partners), max(2, self.sizes["homes"] * PARTNER_OFFICES // 500))
        order = {country: place for place, country in enumerate(FAVOURITES)}
        ranked = sorted(self.partners, key=lambda r: (order.get(r.country, len(order)), r.code))
        return ranked[:count]

    def _staff_region(self, staff: Staff, home: Region) -> None:
        region = self._office(staff, "region", Office.Kind.REGION, home.code, home)
        agency = self._office(staff, "agency", Office.Kind.AGENCY, home.code, home)
        for role in SEATS:
            office = agency if role == Role.AGENCY else region
            # The first region's desk is the bench's; elsewhere one desk in twelve is vacant.
            vacant = role == Role.DESK and home != self.homes[0] and self.rng.random() < 1 / 12
            post = self._seat(staff, role, office, vacant=vacant)
            self.owners[home.code][role] = post
            if role == Role.DESK:
                self.bench.setdefault("desk", staff.people[-1])

    def _staff_nation(self, staff: Staff) -> None:
        ministry = self._office(staff, "ministry", Office.Kind.MINISTRY, "ID")
        inspectorate = self._office(staff, "inspectorate", Office.Kind.MINISTRY, "ID")
        for _number in range(5):
            self._seat(staff, Role.MINISTRY, ministry)
            self.reviewers.append((staff.people[-1], self._signature(staff)))
        self._seat(staff, Role.AUDITOR, inspectorate)
        self.bench |= {"ministry": self.reviewers[0][0], "auditor": staff.people[-1]}

    @staticmethod
    def _signature(staff: Staff) -> str:
        return f"{staff.people[-1].name} ({' / '.join(staff.posts[-1].title.values())})"

    def _office(
        self, staff: Staff, words: str, kind: str, code: str, region: Region | None = None
    ) -> Office:
        words_of_it = self.words.offices[words]
        name = fill(words_of_it, a=names_of(region)) if region else words_of_it
        key = self.keys.next(Office)
        office = Office(pk=key, name=name, kind=kind, region_code=code)
        staff.offices.append(office)
        return office

    def _seat(self, staff: Staff, role: str, office: Office, *, vacant: bool = False) -> Post:
        post = Post(pk=self.keys.next(Post), title=self.words.posts[role], office=office, role=role)
        staff.posts.append(post)
        changed = DAY - timedelta(days=self.rng.randrange(30, 1500))
        if vacant or self.rng.random() < 0.4:
            self._hold(staff, post, changed - timedelta(days=900), changed)
        if not vacant:
            self._hold(staff, post, changed, None)
            if role == Role.DESK:
                writer = (staff.people[-1].pk, self._signature(staff))
                self.writers[office.region_code] = writer
        return post

    def _hold(self, staff: Staff, post: Post, since: date, until: date | None) -> None:
        key = self.keys.next(User)
        code = post.office.region_code.lower()
        person = User(
            pk=key,
            email=f"{post.role}.{code}.{key}@nation.example",
            name=self.person(abroad=post.role == Role.PARTNER),
            password=NO_PASSWORD,
            language=self.rng.choice(["", "id", "id", "en", "zh-hans"]),
            date_joined=moment(self.rng, since),
        )
        staff.people.append(person)
        holding = Holding(
            pk=self.keys.next(Holding), post=post, person=person, since=since, until=until
        )
        staff.holdings.append(holding)

    def person(self, *, abroad: bool = False, country: str = "CN") -> str:
        """Make up a name, as the country writes it."""
        rng = self.rng
        if abroad and country == "CN":
            families, givens = self.words.names_abroad
            family, given = rng.choice(families), rng.choice(givens)
            if rng.random() < 0.5:
                return f"{family[0]} {given[0]}"
            return f"{family[1]}{given[1]}"
        if abroad:
            return rng.choice(self.words.other_names)
        given_names, family_names = self.words.names
        middle = f" {rng.choice(given_names)}" if rng.random() < 0.5 else ""
        return f"{rng.choice(given_names)}{middle} {rng.choice(family_names)}"

    # ------------------------------------------------------------------ sources

    def publish(self) -> list[Source]:
        """Make the sources, spread over the home regions."""
        made = [
            self._source(number, self.homes[number % len(self.homes)])
            for number in range(self.sizes["sources"])
        ]
        for source in made:
            self.sources[source.owner_code].append(source)
        return made

    def _source(self, number: int, home: Region) -> Source:
        rng = self.rng
        partner = self._any_partner()
        language = rng.choice(["id", "id", "zh", "en"])
        headline = fill(
            rng.choice(self.words.texts["headlines"]),
            a=self._home_names[home.code],
            b=names_of(partner),
            topic=rng.choice(self.all_topics),
        )
        address = f"https://press.example/{home.code.lower()}/{number}"
        return Source(
            pk=self.keys.next(Source),
            owner_code=home.code,
            audience=weighted(rng, AUDIENCES),
            publisher=rng.choice(self.words.publishers),
            title=headline[language],
            address=address if rng.random() < 0.9 else "",
            dated=self.partial(rng.randrange(date(1995, 1, 1).toordinal(), DAY.toordinal())),
            kind=rng.choice(Source.Kind.values),
            language=language,
            reliability=rng.choice(Source.Reliability.values),
            reason=rng.choice(self.words.texts["reasons"]) if rng.random() < 0.5 else Text(),
        )

    @cached_property
    def all_topics(self) -> list[Text]:
        return [topic for topics in self.words.topics.values() for topic in topics]

    def _any_partner(self) -> Region:
        return self.rng.choices(self.partners, cum_weights=self._partner_weights)[0]

    def partial(self, ordinal: int) -> Any:
        """Return a `PartialDate`, which mypy takes for no value of such a column."""
        day, known = date.fromordinal(ordinal), self.rng.random()
        about = self.rng.random() < 0.07
        if known < 0.6:
            return PartialDate(day.year, day.month, day.day, about)
        if known < 0.85:
            return PartialDate(day.year, day.month, None, about)
        return PartialDate(day.year, None, None, about)

    # ------------------------------------------------------------------ ties

    def files(self) -> Iterator[File]:
        """Make tie after tie, each with all that hangs on it."""
        sizes = self.sizes
        events = spread(sizes["events"], sizes["ties"])
        claims = spread(sizes["claims"], sizes["ties"], evenness=1.0)
        for number, (home, partner, cycle) in enumerate(self._pairs(sizes["ties"])):
            tie = self._tie(home, partner, cycle)
            yield _Filing(self, tie, number).filed(events[number], claims[number])

    def _pairs(self, count: int) -> Iterator[tuple[Region, Region, int]]:
        cycles: dict[tuple[str, str], int] = {}
        # Provinces have more ties than their cities.
        weights = [6 if home.level == Region.Level.FIRST else 1 for home in self.homes]
        weights = list(accumulate(weights))
        made = 0
        while made < count:
            in_turn = made < len(self.homes)
            home = (
                self.homes[made]
                if in_turn
                else self.rng.choices(self.homes, cum_weights=weights)[0]
            )
            partner = self._any_partner()
            pair = (home.code, partner.code)
            if pair in cycles and self.rng.random() < 0.7:
                continue
            cycles[pair] = cycles.get(pair, 0) + 1
            made += 1
            yield home, partner, cycles[pair]

    def _tie(self, home: Region, partner: Region, cycle: int) -> Tie:
        rng, texts = self.rng, self.words.texts
        state = weighted(rng, STATES)
        sectors = rng.sample(sorted(self.words.topics), rng.choice([0, 1, 2, 2, 3, 3, 4, 6]))
        topic = rng.choice(self.words.topics[sectors[0]] if sectors else self.all_topics)
        places = {"a": self._home_names[home.code], "b": names_of(partner), "topic": topic}

        def one(name: str, likely: float) -> Text:
            return fill(rng.choice(texts[name]), **places) if rng.random() < likely else Text()

        tie = Tie(
            pk=self.keys.next(Tie),
            home=home,
            partner=partner,
            cycle=cycle,
            kind=self._kind(home),
            state=state,
            stands=self._marked(one("stands", 1)),
            purpose=self.spoken(one("purpose", 0.9)),
            sectors=sectors,
            owner=self._owner(home),
            funding=one("funding", 0.5),
            doing_body=one("doing_body", 0.5),
            theme=topic if rng.random() < 0.4 else Text(),
            as_of=DAY - timedelta(days=rng.randrange(400)),
            audience=weighted(rng, AUDIENCES),
            origin=ORIGIN,
        )
        if state in AWAKE:
            self._plan(tie, one)
        if state in SIGNED and rng.random() < 0.8:
            tie.renewal = self.partial(DAY.toordinal() + rng.randrange(-900, 1500))
        return tie

    def _plan(self, tie: Tie, one: Any) -> None:
        rng, today = self.rng, DAY.toordinal()
        tie.next_step, tie.next_basis = one("next_step", 0.8), one("next_basis", 0.5)
        tie.next_by = self.partial(today + rng.randrange(-120, 240))
        tie.waiting_on = one("waiting_on", 0.5)
        if tie.waiting_on:
            tie.waiting_since = self.partial(today - rng.randrange(5, 500))
        if rng.random() < 0.4:
            tie.target = self.partial(today + rng.randrange(-400, 700))
            tie.target_note = one("target_note", 0.5)

    @staticmethod
    def _marked(text: Text) -> Text:
        return Text({key: f"{INVENTED[key]} {line}" for key, line in text.items()})

    def _kind(self, home: Region) -> str:
        sister = Kind.SISTER_PROVINCE if home.level == Region.Level.FIRST else Kind.SISTER_CITY
        kind: str = weighted(self.rng, {sister: 60, Kind.FRIENDLY: 28, Kind.OTHER: 12})
        return kind

    def _owner(self, home: Region) -> Post | None:
        role = weighted(self.rng, {Role.DESK: 75, Role.AGENCY: 15, "": 10})
        return self.owners[home.code].get(role)

    def spoken(self, text: Text) -> Text:
        """Leave languages out, as offices do that write in one or two."""
        chance = self.rng.random()
        if chance < 0.55:
            return text
        kept = ("id",) if chance < 0.8 else ("id", "en") if chance < 0.95 else ("zh",)
        return Text({key: text.get(key, "") for key in kept})


def spread(total: int, parts: int, *, evenness: float = 1.7) -> list[int]:
    """Return how many of the total each part gets: the first ones many, the last ones few."""
    bounds = [round(total * (number / parts) ** (1 / evenness)) for number in range(parts + 1)]
    return [after - before for before, after in pairwise(bounds)]


class _Filing:
    """Fills the file of one tie."""

    def __init__(self, nation: Nation, tie: Tie, number: int) -> None:
        self.nation, self.tie, self.number = nation, tie, number
        self.rng, self.words, self.keys = nation.rng, nation.words, nation.keys
        self.places = {"a": names_of(tie.home), "b": names_of(tie.partner)}
        self.topics = [
            topic for sector in tie.sectors for topic in self.words.topics[sector]
        ] or nation.all_topics
        self.file = File(tie, [], [], [], [], [], [], [], [])

    def filed(self, event_count: int, claim_count: int) -> File:
        self._add_events(event_count)
        if self.number == 0 and self.file.events:
            self._take_part(self.file.events[0], RARE_NAME)
        for number in range(claim_count):
            self._add_claim(number + 1)
        if len(self.file.events) > 3 and self.rng.random() < 0.05:
            self._add_conflict()
        if self.rng.random() < 0.1:
            self._add_remark()
        for source in self._some_sources(self.rng.choice([0, 1, 2, 3])):
            self._link(Tie.sources.through, tie_id=self.tie.pk, source_id=source.pk)
        self._take_pulse()
        return self.file

    def _link(self, through: Any, **keys: int) -> None:
        self.file.links.append(through(pk=self.keys.next(through), **keys))

    def _some_sources(self, count: int) -> list[Source]:
        known = self.nation.sources[self.tie.home_id]
        return self.rng.sample(known, min(count, len(known)))

    # ------------------------------------------------------------------ events

    def _add_events(self, count: int) -> None:
        days = self._days(count)
        milestones = self._milestones(count)
        for number, day in enumerate(days):
            self._add_event(day, milestones.get(number))

    def _days(self, count: int) -> list[int]:
        rng, today = self.rng, DAY.toordinal()
        first = rng.randrange(date(1986, 1, 1).toordinal(), today - 400)
        ended = self.tie.state not in AWAKE and rng.random() < 0.8
        last = rng.randrange(first + 200, today - 150) if ended else today
        days = sorted(rng.randrange(first, last) for _number in range(count))
        if self.tie.state in AWAKE and count > 2 and rng.random() < 0.4:
            days[-1] = today + rng.randrange(3, 240)
        return days

    def _milestones(self, count: int) -> dict[int, Event.Milestone]:
        names = list(MILESTONE_KINDS)
        if self.tie.state == State.LOI_ONLY:
            names = names[:2]
        elif self.tie.state not in SIGNED:
            names = names[:1]
        if count < 2 * len(names):
            return {0: names[0]} if count else {}
        step = max(1, count // (2 * len(names)))
        return {place * step: name for place, name in enumerate(names)}

    def _add_event(self, day: int, milestone: Event.Milestone | None) -> None:
        rng = self.rng
        kind = MILESTONE_KINDS[milestone] if milestone else weighted(rng, EVENT_KINDS)
        sources = self._some_sources(rng.choice([0, 0, 1, 2]))
        event = Event(
            pk=self.keys.next(Event),
            tie=self.tie,
            kind=kind,
            on=self.nation.partial(day),
            milestone=milestone or "",
            title=self._title(kind, milestone),
            detail=self._detail(),
            place=Text(self.places[rng.choice("ab")]) if rng.random() < 0.4 else Text(),
            confidence="OBA"[len(sources)] if rng.random() < 0.85 else rng.choice("CX"),
            audience=weighted(rng, AUDIENCES),
            origin=ORIGIN,
            withdrawn=rng.choice(self.words.history["withdrawn"]) if rng.random() < 0.01 else "",
        )
        whole_day = event.on is not None and event.on.day is not None
        if kind in (Event.Kind.VISIT, Event.Kind.MEETING) and whole_day and day % 4 == 0:
            until = date.fromordinal(day + 1 + day % 6)
            event.until = PartialDate(until.year, until.month, until.day)
        self.file.events.append(event)
        for source in sources:
            self._link(Event.sources.through, event_id=event.pk, source_id=source.pk)
        if rng.random() < 1 / 3:
            self._bring_people(event)

    def _title(self, kind: str, milestone: str | None) -> Text:
        lines = self.words.texts[milestone] if milestone else self.words.events[kind]
        topic = self.rng.choice(self.topics)
        return self.nation.spoken(fill(self.rng.choice(lines), topic=topic, **self.places))

    def _detail(self) -> Text:
        if self.rng.random() < 0.5:
            return Text()
        lines = self.rng.sample(self.words.texts["details"], 2)
        topic = self.rng.choice(self.topics)
        parts = [fill(line, topic=topic) for line in lines]
        whole = Text({key: " ".join(part[key] for part in parts) for key in LANGUAGES})
        return self.nation.spoken(whole)

    def _bring_people(self, event: Event) -> None:
        country = self.tie.partner.country
        for _number in range(self.rng.choice([1, 1, 2, 2, 3, 5])):
            abroad = self.rng.random() < 0.4
            side = Participant.Side.PARTNER if abroad else Participant.Side.HOME
            self._take_part(event, self.nation.person(abroad=abroad, country=country), side)

    def _take_part(self, event: Event, name: str, side: str = Participant.Side.HOME) -> None:
        post = self.rng.choice(self.words.persons_posts) if self.rng.random() < 0.8 else Text()
        key = self.keys.next(Participant)
        self.file.participants.append(
            Participant(pk=key, event=event, name=name, post=post, side=side)
        )

    def _take_pulse(self) -> None:
        standing = [(e.kind, e.on) for e in self.file.events if e.on and not e.withdrawn]
        for name, value in pulse_of(standing, DAY).items():
            setattr(self.tie, name, value)

    # ------------------------------------------------------------------ claims and questions

    def _add_claim(self, number: int) -> None:
        rng, texts = self.rng, self.words.texts
        topic = rng.choice(self.topics)
        where = self._some_sources(1)
        claim = Claim(
            pk=self.keys.next(Claim),
            owner_code=self.tie.home_id,
            partner_code=self.tie.partner_id,
            audience=weighted(rng, AUDIENCES),
            at_most=self.tie.audience,
            number=number,
            statement=fill(rng.choice(texts["statements"]), topic=topic, **self.places),
            language=rng.choice(["id", "id", "zh", "en"]),
            said_by=rng.choice(texts["said_by"]) if rng.random() < 0.9 else Text(),
            said_on=self.nation.partial(DAY.toordinal() - rng.randrange(5, 6000)),
            source=where[0] if where else None,
            about_region=self.tie.partner_id if rng.random() < 0.5 else "",
        )
        self.file.claims.append(claim)
        self._link(Tie.claims.through, tie_id=self.tie.pk, claim_id=claim.pk)
        for source in self._some_sources(rng.choice([1, 2, 2, 3])):
            self._add_evidence(claim, source)
        for _number in range(rng.choice([1, 1, 1, 2, 3])):
            self._add_verdict(claim)

    def _add_evidence(self, claim: Claim, source: Source) -> None:
        note = self.rng.choice(self.words.texts["evidence"]) if self.rng.random() < 0.7 else Text()
        evidence = Evidence(
            pk=self.keys.next(Evidence),
            claim=claim,
            source=source,
            bearing=self.rng.choice(Evidence.Bearing.values),
            note=note,
            added_by_id=self._writer()[0],
            added_at=self._lately(),
        )
        self.file.evidence.append(evidence)

    def _add_verdict(self, claim: Claim) -> None:
        person, name = self._writer()
        verdict = Verdict(
            pk=self.keys.next(Verdict),
            claim=claim,
            judgement=weighted(self.rng, JUDGEMENTS),
            reasoning=self.rng.choice(self.words.texts["reasoning"]),
            author_id=person,
            author_name=name,
            at=self._lately(),
        )
        self.file.verdicts.append(verdict)

    def _writer(self) -> tuple[int | None, str]:
        return self.nation.writers.get(self.tie.home_id, (None, "Kembar"))

    def _lately(self) -> datetime:
        return moment(self.rng, DAY - timedelta(days=self.rng.randrange(1, 1200)))

    def _add_conflict(self) -> None:
        texts, settled = self.words.texts, self.rng.random() < 0.4
        conflict = Conflict(
            pk=self.keys.next(Conflict),
            tie=self.tie,
            question=self.rng.choice(texts["questions"]),
            settlement=texts["settlements"][0] if settled else Text(),
            settled_at=self._lately() if settled else None,
        )
        self.file.conflicts.append(conflict)
        for event in self.rng.sample(self.file.events, 2):
            self._link(Conflict.events.through, conflict_id=conflict.pk, event_id=event.pk)

    def _add_remark(self) -> None:
        reviewer, name = self.rng.choice(self.nation.reviewers)
        remark = Remark(
            pk=self.keys.next(Remark),
            tie=self.tie,
            text=self.rng.choice(self.words.history["remarks"]),
            author=reviewer,
            author_name=name,
            at=self._lately(),
        )
        if self.rng.random() < 0.5:
            remark.answer = self.rng.choice(self.words.history["answers"])
            remark.answered_by, remark.answered_at = self._writer()[1], remark.at
        self.file.remarks.append(remark)
