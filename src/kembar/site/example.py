"""The founding example: NTT and Jiangxi, read from a file that people can read too.

It is loaded once. What people have changed since is theirs: a second run brings only the parts
of which nothing is there, since they came with a later Kembar.
"""

from __future__ import annotations

import secrets
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from kembar.apps.accounts.models import Holding, Office, Post, User
from kembar.apps.accounts.rights import Role
from kembar.apps.audit.actions import Deed, key_of, record
from kembar.apps.cases import actions as cases
from kembar.apps.cases.models import Case, Sub
from kembar.apps.kit import tables
from kembar.apps.kit.text import Text
from kembar.apps.ledger.actions import add_evidence, add_source, judge
from kembar.apps.ledger.models import Claim, Evidence, Source
from kembar.apps.regions import figure_files, figures, register
from kembar.apps.regions.models import Figure, Region
from kembar.apps.scouting import actions as scouting
from kembar.apps.scouting.inputs import Inputs
from kembar.apps.scouting.models import Check, SectorClaim, Study
from kembar.apps.ties import actions, imports
from kembar.apps.ties.models import Conflict, Event, Participant, Tie
from kembar.engines.dates import PartialDate
from kembar.site import (
    founding_commitments,
    founding_leads,
    founding_offers,
    founding_programmes,
    founding_tourism,
)
from kembar.site.environment import kept_secret

DATA = Path(__file__).parent / "data"
ORIGIN = "example"
HOME = "ID-NT"
Say = Callable[[str], None]
# What the rooms above the ties tell of the example, in the order of their foreign keys. Each
# returns whether there was anything to do.
ROOMS: dict[str, Callable[..., bool]] = {
    "programmes": founding_programmes.load,
    "tourism": founding_tourism.load,
    "offers": founding_offers.load,
    "leads": founding_leads.load,
    "promises": founding_commitments.load,
}


@dataclass(frozen=True)
class Seat:
    """An example person in an example post."""

    email: str
    role: Role
    region_code: str
    kind: str
    office: Text
    title: Text
    language: str


SEATS = (
    Seat(
        "desk@kembar.example",
        Role.DESK,
        HOME,
        Office.Kind.REGION,
        Text(
            id="Biro Pemerintahan (contoh)", zh="政务局（示例）", en="Government bureau (example)"
        ),
        Text(
            id="Pengelola kerja sama luar negeri", zh="对外合作专员", en="Foreign cooperation desk"
        ),
        "id",
    ),
    Seat(
        "agency@kembar.example",
        Role.AGENCY,
        HOME,
        Office.Kind.AGENCY,
        Text(
            id="Dinas Kelautan dan Perikanan (contoh)",
            zh="海洋与渔业厅（示例）",
            en="Marine and fisheries agency (example)",
        ),
        Text(id="Narahubung kerja sama", zh="合作联络员", en="Cooperation contact"),
        "id",
    ),
    Seat(
        "head@kembar.example",
        Role.HEAD,
        HOME,
        Office.Kind.REGION,
        Text(
            id="Biro Pemerintahan (contoh)", zh="政务局（示例）", en="Government bureau (example)"
        ),
        Text(id="Kepala biro", zh="局长", en="Head of bureau"),
        "id",
    ),
    Seat(
        "ministry@kembar.example",
        Role.MINISTRY,
        "ID",
        Office.Kind.MINISTRY,
        Text(
            id="Kementerian Dalam Negeri (contoh)",
            zh="内政部（示例）",
            en="Ministry of Home Affairs (example)",
        ),
        Text(id="Penelaah kerja sama", zh="合作审核员", en="Cooperation reviewer"),
        "id",
    ),
    Seat(
        "partner@kembar.example",
        Role.PARTNER,
        "CN-JX",
        Office.Kind.PARTNER,
        Text(
            id="Kantor Urusan Luar Negeri Jiangxi (contoh)",
            zh="江西省外事办公室（示例）",
            en="Jiangxi foreign affairs office (example)",
        ),
        Text(id="Petugas penghubung", zh="联络员", en="Liaison officer"),
        "zh-hans",
    ),
    Seat(
        "auditor@kembar.example",
        Role.AUDITOR,
        HOME,
        Office.Kind.AGENCY,
        Text(
            id="Inspektorat Daerah (contoh)", zh="地方监察局（示例）", en="Inspectorate (example)"
        ),
        Text(id="Auditor", zh="审计员", en="Auditor"),
        "id",
    ),
    Seat(
        "admin@kembar.example",
        Role.ADMINISTRATOR,
        "",
        Office.Kind.AGENCY,
        Text(
            id="Pengelola sistem (contoh)",
            zh="系统管理处（示例）",
            en="System management (example)",
        ),
        Text(id="Administrator", zh="管理员", en="Administrator"),
        "id",
    ),
)


def password_file() -> Path:
    """Return where the password of the example people is kept: made here, known nowhere else."""
    return Path(settings.HOME) / "example-password.txt"


def example_password() -> str:
    """Return the password of the example people, made at the first call."""
    new = "-".join(secrets.token_hex(2) for _part in range(4)) + "\n"
    return kept_secret(password_file(), new)


def active_people() -> QuerySet[User]:
    """Return the example people who can sign in."""
    return User.objects.filter(email__in=[seat.email for seat in SEATS], is_active=True)


def is_loaded() -> bool:
    return Tie.objects.filter(origin=ORIGIN).exists()


def read() -> dict[str, Any]:
    """Return the example as it stands in its file."""
    with (DATA / "founding.toml").open("rb") as file:
        return tomllib.load(file)


@transaction.atomic
def load(say: Say = lambda _step: None) -> bool:
    """Load the founding example, and return whether anything was to be done."""
    register.load()
    example = read()
    if is_loaded():
        return _bring_what_came_later(example, say)
    say("people")
    _seat_people()
    say("sources")
    sources = {row["key"]: _source(row) for row in example["source"]}
    say("ties")
    ties = {row["key"]: _tie(row, example["as_of"]) for row in example["tie"]}
    say("events")
    events = {row["key"]: _event(row, ties, sources) for row in example["event"]}
    say("claims")
    claims = {row["key"]: _claim(row, ties, sources) for row in example["claim"]}
    for row in example["conflict"]:
        _conflict(row, ties, events, claims)
    for row in example["case"]:
        _case(row, ties, events, claims)
    for name, load_room in ROOMS.items():
        say(name)
        load_room(ties, events, claims, sources)
    say("figures")
    load_figures()
    say("study")
    for row in example["study"]:
        _study(row)
    say("register")
    load_register()
    return True


def _bring_what_came_later(example: dict[str, Any], say: Say) -> bool:
    """Load the parts of the example of which nothing is there, and return whether any was.

    A part that is there is left alone: people may have changed or withdrawn anything of it.
    """
    known = Tie.objects.filter(origin=ORIGIN)
    ties = {
        row["key"]: tie
        for row in example["tie"]
        for tie in known.filter(home=row["home"], partner=row["partner"], cycle=row["cycle"])
    }
    claims = {
        row["key"]: claim
        for row in example["claim"]
        if row["tie"] in ties
        for claim in ties[row["tie"]].claims.standing().filter(number=row["number"])
    }
    brought = False
    if not SectorClaim.objects.exists() and not Check.objects.exists():
        say("tests of claims")
        for row in example["claim"]:
            if row["key"] in claims:
                brought = _test(claims[row["key"]], row) or brought
    codes = {code for row in example["tie"] for code in (row["home"], row["partner"])}
    if not Figure.objects.filter(region__in=codes).exists():
        say("figures")
        load_figures()
        brought = True
    if not Study.objects.filter(origin=ORIGIN).exists():
        say("study")
        for row in example["study"]:
            _study(row)
            brought = True
    for row in example["case"]:
        tie = ties.get(row["tie"])
        if tie and not tie.cases.filter(sub=Sub.ESTABLISH).exists():
            say("case")
            told = [event for event in example["event"] if event["tie"] == row["tie"]]
            _case(row, ties, _events_of(tie, told), claims)
            brought = True
    events = {
        key: event
        for name, tie in ties.items()
        for key, event in _events_of(
            tie, [event for event in example["event"] if event["tie"] == name]
        ).items()
    }
    return _bring_rooms(ties, events, claims, _sources_of(example["source"]), say) or brought


def _bring_rooms(
    ties: dict[str, Tie],
    events: dict[str, Event],
    claims: dict[str, Claim],
    sources: dict[str, Source],
    say: Say,
) -> bool:
    """Load what rooms tell of the example that came later, each whole or not at all.

    What a part leans on may be gone, for people have worked here: then it stays away.
    """
    brought = False
    for name, load_room in ROOMS.items():
        try:
            with transaction.atomic():
                is_new = load_room(ties, events, claims, sources)
        except KeyError:
            continue
        if is_new:
            say(name)
            brought = True
    return brought


def _sources_of(rows: list[dict[str, Any]]) -> dict[str, Source]:
    """Return the sources of the example that are here, by their keys in the file."""
    known = {
        source.address: source
        for source in Source.objects.filter(owner_code=HOME).exclude(address="")
    }
    return {row["key"]: known[row["address"]] for row in rows if row["address"] in known}


def _events_of(tie: Tie, rows: list[dict[str, Any]]) -> dict[str, Event]:
    """Return the events of the example that still stand on a tie, by their keys in the file.

    They are known by kind and day, for their words may be people's now.
    """
    standing = tie.events.standing().filter(origin=ORIGIN)
    days: dict[tuple[str, str], list[Event]] = {}
    for event in standing.order_by("pk"):
        days.setdefault((event.kind, str(event.on)), []).append(event)
    found = {row["key"]: days.get((row["kind"], row["on"]), []) for row in rows}
    return {key: events[0] for key, events in found.items() if len(events) == 1}


def load_figures() -> dict[str, int]:
    """Load the figures on both regions that the sources of the example give."""
    file = register.DATA / "figures.csv"
    read = figure_files.read_figures(file.read_bytes(), name=file.name)
    plan = figures.plan(read, by=None, beside=figures.Beside(owner_code=HOME, language="en"))
    return figures.load(plan, by=None)


def load_register() -> dict[str, int]:
    """Load the national register of ties through the import that everybody has.

    Of a tie that the example tells, the register's one line would only say less.
    """
    table = tables.read_table((DATA / "register.csv").read_bytes(), name="register.csv")
    plan = imports.plan(table, by=None, language="en")
    plan.wishes = [wish for wish in plan.wishes if not wish.tie or wish.tie.origin != ORIGIN]
    return imports.load(plan, by=None, origin="register")


def _seat_people() -> None:
    password = example_password()
    for seat in SEATS:
        office, _new = Office.objects.get_or_create(
            kind=seat.kind, region_code=seat.region_code, name=seat.office
        )
        post = Post.objects.create(office=office, title=seat.title, role=seat.role)
        person = User.objects.filter(email=seat.email).first() or User.objects.create_user(
            seat.email, password, name=f"{seat.title.shown('id').text} (contoh)",
            language=seat.language,
        )  # fmt: skip
        Holding.objects.create(post=post, person=person)


def _date(text: str) -> PartialDate | None:
    return PartialDate.parse(text) if text else None


def _source(row: dict[str, Any]) -> Source:
    source = Source(
        publisher=row["publisher"],
        title=row["title"],
        address=row["address"],
        dated=_date(row["dated"]),
        kind=row["kind"],
        language=row["language"],
        reliability=row["reliability"],
        reason=Text(row["reason"]),
        owner_code=HOME,
        # What a newspaper printed is no secret; which of it we lean on shows on the claims.
        audience="published",
    )
    add_source(source, by=None)
    return source


TIE_TEXTS = (
    "stands",
    "purpose",
    "target_note",
    "next_step",
    "next_basis",
    "waiting_on",
    "funding",
    "doing_body",
    "theme",
)


def _tie(row: dict[str, Any], as_of: date) -> Tie:
    is_founding = row["key"] == "ntt-jiangxi"
    desk = Post.objects.filter(role=Role.DESK, office__region_code=HOME).order_by("-pk").first()
    tie = Tie(
        home=Region.objects.get(code=row["home"]),
        partner=Region.objects.get(code=row["partner"]),
        kind=row["kind"],
        cycle=row["cycle"],
        state=row["state"],
        sectors=row["sectors"],
        target=_date(row.get("target", "")),
        owner=desk if is_founding else None,
        as_of=as_of,
        audience=row["audience"],
        origin=ORIGIN,
        **{name: Text(row[name]) for name in TIE_TEXTS if name in row},
    )
    actions.create_tie(tie, by=None)
    return tie


def _event(row: dict[str, Any], ties: dict[str, Tie], sources: dict[str, Source]) -> Event:
    event = Event(
        tie=ties[row["tie"]],
        kind=row["kind"],
        on=_date(row["on"]),
        until=_date(row.get("until", "")),
        milestone=row.get("milestone", ""),
        title=Text(row["title"]),
        detail=Text(row.get("detail", {})),
        place=Text(row.get("place", {})),
        confidence=row["confidence"],
        audience=row["audience"],
        origin=ORIGIN,
    )
    people = [
        Participant(name=person["name"], post=Text(person.get("post", {})), side=person["side"])
        for person in row.get("participants", [])
    ]
    named = [sources[key] for key in row["sources"]]
    actions.add_event(event, actions.EventParts(participants=people, sources=named), by=None)
    return event


def _claim(row: dict[str, Any], ties: dict[str, Tie], sources: dict[str, Source]) -> Claim:
    claim = Claim(
        number=row.get("number"),
        statement=Text(row["statement"]),
        language=row["language"],
        said_by=Text(row["said_by"]),
        said_on=_date(row.get("said_on", "")),
        source=sources[row["source"]] if row.get("source") else None,
        about_region=row.get("about_region", ""),
        audience=row["audience"],
    )
    actions.add_claim_to(ties[row["tie"]], claim, by=None)
    for found in row["evidence"]:
        evidence = Evidence(
            claim=claim,
            source=sources[found["source"]],
            bearing=found["bearing"],
            note=Text(found.get("note", {})),
        )
        add_evidence(evidence, by=None)
    judge(claim, judgement=row["verdict"], reasoning=Text(row["reasoning"]), by=None)
    _test(claim, row)
    return claim


def _case(
    row: dict[str, Any], ties: dict[str, Tie], events: dict[str, Event], claims: dict[str, Claim]
) -> None:
    """Open the procedure of a tie, and record what its sources show of it."""
    tie = ties[row["tie"]]
    case = Case(
        tie=tie,
        home_book=cases.pin_shipped("id-ksdpl"),
        partner_book=cases.pin_shipped("cn-youhao"),
        opened_on=row["opened_on"],
        owner=tie.owner,
        audience=row["audience"],
        origin=ORIGIN,
    )
    cases.open_case(case, by=None)
    for entry in row["entry"]:
        told = cases.Told(
            entry["kind"],
            entry["on"],
            entry["step"],
            text=Text(entry["text"]),
            event=events.get(entry.get("event", "")),
        )
        cases.record(case, told, seen=case.version, today=row["opened_on"], by=None)
    for said in row["claim"]:
        if said["claim"] in claims:
            cases.link_claim(case, claims[said["claim"]], step=said["step"], by=None)


def _test(claim: Claim, row: dict[str, Any]) -> bool:
    """Put beside a claim what the atlas computes of it, and note what it says of sectors.

    Return whether there was anything to put.
    """
    for test in row.get("tests", []):
        region, home = (Region.objects.get(code=test[side]) for side in ("region", "home"))
        scouting.test_claim(claim, check=test["check"], region=region, home=home, by=None)
    for said in row.get("sectors", []):
        region = Region.objects.get(code=said["region"])
        note = SectorClaim(claim=claim, region=region, sector=said["sector"], role=said["role"])
        scouting.note_sector(note, by=None)
    return bool(row.get("tests") or row.get("sectors"))


def _study(row: dict[str, Any]) -> None:
    desk = Post.objects.filter(role=Role.DESK, office__region_code=HOME).order_by("-pk").first()
    study = Study(
        home=Region.objects.get(code=row["home"]),
        title=Text(row["title"]),
        purpose=Text(row["purpose"]),
        owner=desk,
        origin=ORIGIN,
    )
    inputs = Inputs(among=tuple(row["among"]), sectors=tuple(row["sectors"]))
    scouting.begin_study(study, inputs, by=None)


def _conflict(
    row: dict[str, Any],
    ties: dict[str, Tie],
    events: dict[str, Event],
    claims: dict[str, Claim],
) -> None:
    tie = ties[row["tie"]]
    conflict = Conflict.objects.create(
        tie=tie, question=Text(row["question"]), explanation=Text(row["explanation"])
    )
    conflict.events.set([events[key] for key in row["events"]])
    conflict.claims.set([claims[key] for key in row["claims"]])
    record(Deed("ties.conflict_named", conflict, tie.home_id, key_of(tie)), by=None)
