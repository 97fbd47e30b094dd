"""kembar rulebook: the law as data, checked, read, compared and drawn. Starts without Django."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from rich.console import Console
from rich.markup import escape
from rich.padding import Padding

from kembar.cli.speech import bytes_of, check_writable, refuse, say
from kembar.engines.errors import KembarError
from kembar.engines.procedure import catalog
from kembar.engines.procedure.difference import Change, Difference, difference
from kembar.engines.procedure.model import SUBS, Basis, Limit, Rulebook, Step, Sub, Words
from kembar.engines.procedure.reading import LARGEST, as_data, read_rulebook

app = typer.Typer(
    name="rulebook",
    help="The law of a country's side as data: check, read, compare, draw.",
    no_args_is_help=True,
)
out = Console(highlight=False)

Language = Literal["id", "zh", "en"]
SEEN = {"text": "text seen", "secondary": "seen in others", "unverified": "not verified"}
COUNTS = {"working": "working days", "calendar": "days"}
MOMENTS = {"asked": "it was asked for", "open": "nothing kept it any more"}

Book = Annotated[str, typer.Argument(help="A shipped code such as id-ksdpl, or a TOML file.")]
Lang = Annotated[Language, typer.Option("--lang", help="Language of the texts: id, zh or en.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command("check")
def check(
    file: Annotated[Path, typer.Argument(help="A TOML file, see docs/reference/rulebook-file.md.")],
) -> None:
    """Check a rulebook file: what is wrong, where, and how to mend it.

    Example: kembar rulebook check id-ksdpl-2027.1.toml
    """
    book = _read(file)
    limits = [(step, step.limit) for step in book.steps.values() if step.limit]
    given = [(step, limit) for step, limit in limits if limit.days is not None]
    unseen = [each.code for each in book.steps.values() if _is_unseen(each.basis)]
    out.print(
        f"{file} is whole: {book.code} {book.version}, {_count(book.steps, 'step')},"
        f" {_count(book.gates, 'gate')}, {_count(book.rules, 'rule')}.",
        markup=False,
    )
    out.print(f"Limits with days: {len(given)} of {len(limits)}; source needed for the others.")
    if unseen:
        out.print(f"Steps that rest on nothing anybody has seen: {', '.join(unseen)}.")


@app.command("show")
def show(
    code: Annotated[
        str | None, typer.Argument(help="A shipped code or a TOML file; all codes without it.")
    ] = None,
    lang: Lang = "en",
    copy: Annotated[
        Path | None, typer.Option("--copy", help="Write the shipped file here, to change it.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show a rulebook: who does what, in what order, by when, and how we know.

    Example: kembar rulebook show id-ksdpl --lang id
    """
    if copy:
        _copy(code, copy)
        return
    books = [_book(code)] if code else [catalog.rulebook(each) for each in catalog.codes()]
    if as_json:
        data = [as_data(book) for book in books]
        _print_json(data[0] if code else {"rows": data})
        return
    for book in books:
        if not code:
            out.print(f"[bold]{book.code}[/bold] {book.version}  {escape(_in(book.name, lang))}")
            continue
        _print_book(book, lang)


@app.command("diff")
def diff(old: Book, new: Book, lang: Lang = "en", as_json: AsJson = False) -> None:
    """Say what differs between two rulebooks: added, dropped, moved, changed.

    Example: kembar rulebook diff id-ksdpl id-ksdpl-2027.1.toml
    """
    one, other = _book(old), _book(new)
    found = difference(one, other)
    if as_json:
        _print_json({"old": found.old, "new": found.new, "changes": _changes(found)})
        return
    if not found:
        out.print(f"{found.old} and {found.new} say the same.")
        return
    out.print(f"[bold]{found.old} → {found.new}[/bold]")
    for change in found.changes:
        _print_change(change, one, other, lang)


@app.command("draw")
def draw(
    code: Book,
    partner: Annotated[
        str | None, typer.Option("--partner", help="The other side's book, as CODE.")
    ] = None,
    sub: Annotated[
        str, typer.Option("--sub", help=f"Which procedure: {', '.join(SUBS)}.")
    ] = "establish",
    file: Annotated[
        Path | None, typer.Option("--out", help="Write the SVG here instead of printing it.")
    ] = None,
    lang: Lang = "en",
) -> None:
    """Draw a procedure as SVG: two lanes, order to the right.

    Example: kembar rulebook draw id-ksdpl --partner cn-youhao --out tie.svg
    """
    # Here, so that the other words do not wait for what draws.
    from kembar.engines import charts
    from kembar.engines.procedure.drawing import Labels, boxes_of, lanes

    wanted = next((each for each in SUBS if each == sub), None)
    if wanted is None:
        refuse(f"“{sub}” is no procedure; use one of {', '.join(SUBS)}.")
    if file:
        check_writable(file)
    home, other = _book(code), _book(partner) if partner else None
    boxes = boxes_of(home, other, sub=wanted, language=lang)
    if not boxes:
        refuse(f"{home.code} has no steps for “{sub}”; it has {', '.join(_subs(home))}.")
    names = _in(home.name, lang), _in(other.name, lang) if other else ""
    title = " – ".join(each for each in names if each)
    labels = Labels(home=names[0], partner=names[1])
    svg = lanes(boxes, labels=labels, title=title, description=_in(home.about, lang))
    picture = charts.standalone(svg)
    if file is None:
        typer.echo(picture)
        return
    try:
        file.write_text(picture, encoding="utf-8")
    except OSError as error:
        refuse(f"{file} cannot be written: {error.strerror}.")
    say.print(f"{file} ({len(picture) / 1000:,.0f} kB)", markup=False, highlight=False)


def _copy(code: str | None, file: Path) -> None:
    if code is None:
        refuse(f"Say which rulebook to copy: {', '.join(catalog.codes())}.")
    if file.exists():
        refuse(f"{file} is there already; name a new file.")
    check_writable(file)
    try:
        file.write_text(catalog.text(code), encoding="utf-8")
    except KembarError as error:
        refuse(str(error))
    except OSError as error:
        refuse(f"{file} cannot be written: {error.strerror}.")


def _book(code: str) -> Rulebook:
    """Return a book by its code, with or without its version, or from a file."""
    path = Path(code)
    if path.suffix == ".toml" or path.is_file():
        return _read(path)
    name, _, version = code.rpartition("-")
    try:
        if name in catalog.codes():
            return catalog.rulebook(name, version)
        return catalog.rulebook(code)
    except KembarError as error:
        refuse(str(error))


def _read(file: Path) -> Rulebook:
    # A sign takes four bytes at most: what is longer is refused before it fills the memory.
    data = bytes_of(file, 4 * LARGEST + 1)
    if len(data) > 4 * LARGEST:
        refuse(str(KembarError("rulebook.size", name=file.name, limit=LARGEST)))
    try:
        return read_rulebook(data.decode("utf-8-sig"), file.name)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        refuse(str(KembarError("rulebook.encoding", name=file.name, line=line)))
    except KembarError as error:
        refuse(str(error))


def _count(things: Mapping[str, object], name: str) -> str:
    return f"{len(things)} {name}" if len(things) == 1 else f"{len(things)} {name}s"


def _is_unseen(basis: Iterable[Basis]) -> bool:
    return all(each.seen == "unverified" for each in basis)


def _subs(book: Rulebook) -> list[Sub]:
    return [sub for sub in SUBS if any(step.sub == sub for step in book.steps.values())]


def _in(words: Words, lang: Language) -> str:
    return words.get(lang, "")


def _print_json(data: object) -> None:
    typer.echo(json.dumps(data, ensure_ascii=False, indent=1))


def _print_book(book: Rulebook, lang: Language) -> None:
    out.print(f"[bold]{escape(_in(book.name, lang))}[/bold]  {book.code} {book.version}")
    out.print(escape(_in(book.about, lang)))
    out.print(f"Sources read until {book.as_of:%d %b %Y}. Not legal advice.")
    for sub in _subs(book):
        out.print(f"\n[bold]== {sub} ==[/bold]")
        for step in book.steps.values():
            if step.sub == sub:
                _print_step(book, step, lang)
    for gate in book.gates.values():
        waits = ", ".join(gate.waits)
        out.print(f"\n[bold]{gate.code}[/bold] gate of {gate.opens}: {waits}", highlight=False)
        _print_inside([_in(gate.name, lang), *_cited(gate.basis)])
    for rule in book.rules.values():
        where = f" at {rule.at}" if rule.at else ""
        out.print(f"\n[bold]{rule.code}[/bold] {rule.severity.upper()}{where}")
        _print_inside([_in(rule.sentence, lang), *_cited(rule.basis)])


def _print_step(book: Rulebook, step: Step, lang: Language) -> None:
    said = [_in(book.actors[step.actor].name, lang)]
    if step.asks:
        said.append(f"asked by {_in(book.actors[step.asks].name, lang)}")
    said += [each for each, holds in (("joint", step.joint), ("optional", step.optional)) if holds]
    out.print(f"\n[bold]{escape(_in(step.name, lang))}[/bold] ({step.code})")
    rows = [" · ".join(said), _in(step.what, lang)]
    if step.after:
        rows.append(f"after: {', '.join(step.after)}")
    for what, papers in (("needs", step.needs), ("yields", step.yields)):
        if papers:
            rows.append(
                f"{what}: {', '.join(_in(book.papers[each].name, lang) for each in papers)}"
            )
    rows += [f"☐ {_in(each, lang)}" for each in step.prepare]
    if step.signs:
        rows.append(f"signed by: {_in(step.signs, lang)}")
    if step.limit:
        rows.append(f"limit: {_limit(step.limit)}")
    _print_inside([*rows, *_cited(step.basis)])


def _limit(limit: Limit) -> str:
    since = MOMENTS.get(limit.since, limit.since)
    if limit.days is None:
        return f"source needed (setting {limit.setting}, since {since})"
    where = f"at least {limit.days} {COUNTS[limit.count]} before {since}"
    return where if limit.before else f"{limit.days} {COUNTS[limit.count]} since {since}"


def _cited(basis: Iterable[Basis]) -> Iterator[str]:
    for each in basis:
        where = " ".join(part for part in (each.instrument, each.article) if part)
        address = f" {each.address}" if each.address else ""
        yield f"§ {where} [{SEEN[each.seen]}]{address}"


def _print_inside(rows: Iterable[str]) -> None:
    for row in rows:
        if "://" in row:
            # An address that is cut in two leads nowhere.
            out.print(f"  {row}", markup=False, soft_wrap=True)
        else:
            out.print(Padding(escape(row), (0, 0, 0, 2), expand=False))


def _changes(found: Difference) -> list[dict[str, Any]]:
    return [asdict(change) for change in found.changes]


def _print_change(change: Change, old: Rulebook, new: Rulebook, lang: Language) -> None:
    signs = {"added": "+", "dropped": "−", "moved": "→", "changed": "~"}
    book = old if change.kind == "dropped" else new
    name = ""
    if change.table in ("actors", "papers", "steps", "gates"):
        name = f" {escape(_in(getattr(book, change.table)[change.code].name, lang))}"
    out.print(f"{signs[change.kind]} {change.kind} {change.table} [bold]{change.code}[/bold]{name}")
    if change.kind in ("moved", "changed"):
        _print_inside(
            f"{field.name}: {_short(field.old)} → {_short(field.new)}" for field in change.fields
        )


def _short(value: object) -> str:
    if value is None:
        return "nothing"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
