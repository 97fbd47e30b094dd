"""kembar scout: which partner, when nobody agrees on the weights? Starts without Django."""

from __future__ import annotations

import csv
import io
import json
import re
import sys
from collections import Counter
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from kembar.cli.reporting import Language, check_report, write_report
from kembar.cli.speech import refuse, say
from kembar.engines.errors import KembarError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kembar.engines.scouting.catalog import Definition
    from kembar.engines.scouting.question import Known, Tie

Format = Literal["table", "json", "csv"]
Method = Literal["weighted_sum", "topsis", "promethee"]

# The ties on public record that Kembar ships; read as a file, for it lies in a higher room.
REGISTER = Path(__file__).parents[1] / "site" / "data" / "register.csv"
# Above this many scores a ranking takes more than a second.
LONG = 10_000_000
# More of the filtered are counted, not listed.
LISTED = 10
# Of the atlas: below this, shared climate is border cells and mountain tops.
NO_OVERLAP = 0.02


def scout(
    home: Annotated[
        str | None,
        typer.Argument(help="The region that seeks a partner, ISO 3166-2 such as ID-NT."),
    ] = None,
    among: Annotated[
        list[str] | None,
        typer.Option(
            "--among",
            help="Countries (CN), regions (CN-JX), several parted by commas, a file of codes,"
            " or world; repeatable.",
        ),
    ] = None,
    table: Annotated[
        Path | None,
        typer.Option(
            "--table",
            help="Instead of regions, a CSV file: one row an alternative, one column a criterion.",
        ),
    ] = None,
    again: Annotated[
        Path | None,
        typer.Option("--again", help="Instead of asking, run a record of JSON again and compare."),
    ] = None,
    criteria: Annotated[
        Path | None,
        typer.Option("--criteria", help="TOML file: criteria, worst and best, preferences."),
    ] = None,
    prefer: Annotated[
        list[str] | None,
        typer.Option("--prefer", help='What weighs more, such as "climate>coast"; repeatable.'),
    ] = None,
    figures: Annotated[
        list[Path] | None,
        typer.Option(
            "--figures",
            help="CSV file of figures: region,indicator,value,unit,year,source; repeatable.",
        ),
    ] = None,
    claims: Annotated[
        Path | None,
        typer.Option("--claims", help="CSV file of claims: region,sector,role,verdict,source."),
    ] = None,
    ties: Annotated[
        Path | None,
        typer.Option(
            "--ties",
            help="CSV file of ties: one,other,state,source. Otherwise the register of ties on"
            " public record that Kembar ships.",
        ),
    ] = None,
    decimal_point: Annotated[
        bool,
        typer.Option(
            "--decimal-point",
            help="Of --table and --figures: 1.234 is a little more than 1, never 1,234. Without"
            " it what may be either is refused.",
        ),
    ] = False,
    sector: Annotated[
        list[str] | None,
        typer.Option("--sector", help="What home seeks, such as fisheries; repeatable."),
    ] = None,
    without: Annotated[
        list[str] | None,
        typer.Option("--without", help="Turn a filter off, such as ties; repeatable."),
    ] = None,
    strictly: Annotated[
        list[str] | None,
        typer.Option("--strictly", help="Turn a filter on that is off: counterpart; repeatable."),
    ] = None,
    method: Annotated[
        Method, typer.Option("--method", help="How values and weights become one score.")
    ] = "weighted_sum",
    draws: Annotated[
        int, typer.Option("--draws", min=1, max=10_000_000, help="How many weights are tried.")
    ] = 10_000,
    seed: Annotated[
        int, typer.Option("--seed", min=0, help="Of the dice; the same seed, the same answer.")
    ] = 0,
    top: Annotated[int, typer.Option("--top", min=1, help="How many rows the table shows.")] = 40,
    shape: Annotated[
        Format, typer.Option("--format", help="Of the answer: table, json or csv.")
    ] = "table",
    report: Annotated[
        Path | None,
        typer.Option("--report", help="Write a report for the office too: a .pdf or a .docx."),
    ] = None,
    language: Annotated[
        Language, typer.Option("--language", help="Of the report: id, zh or en.")
    ] = "id",
) -> None:
    """Rank possible partners by many criteria, and say how sure the ranking is.

    Example: kembar scout ID-NT --among CN --prefer "climate>coast"

    Exit codes: 0 ranked; 1 something in the question or a file is wrong, or a record comes out
    otherwise; 2 wrong options.
    """
    check_report(report)
    try:
        if again is not None:
            if table is not None or home is not None or among:
                refuse("A record is run again by itself: leave out the table or the regions.")
            write_report(_run_again(again), report, language=language)
            return
        if table is not None:
            about_regions = (home, among, figures, claims, ties, sector, without, strictly)
            if any(about_regions):
                refuse("A table is ranked by itself: leave out the region and what belongs to it.")
            found = _rank_table(
                table,
                criteria,
                prefer=prefer or [],
                method=method,
                draws=draws,
                seed=seed,
                decimal_point=decimal_point,
            )
        elif home is None or not among:
            refuse(
                "Say for whom and among whom: kembar scout ID-NT --among CN;"
                " or what to rank: kembar scout --table FILE.csv"
            )
        else:
            found = _rank_regions(
                home=home,
                among=_tokens(among),
                criteria=criteria,
                known=_known(figures or [], claims, ties, decimal_point=decimal_point),
                prefer=tuple(prefer or ()),
                sectors=tuple(sector or ()),
                without=tuple(without or ()),
                strictly=tuple(strictly or ()),
                method=method,
                draws=draws,
                seed=seed,
            )
    except KembarError as error:
        refuse(str(error))
    except OSError as error:
        refuse(f"{error.filename}: {error.strerror}.")
    if shape == "json":
        sys.stdout.write(_as_json(found))
    elif shape == "csv":
        sys.stdout.write(_as_csv(found))
    elif table is not None:
        _print_table(found)
    else:
        _print_regions(found, top)
    write_report(found, report, language=language)


# Regions ---------------------------------------------------------------------------------


def _tokens(among: list[str]) -> tuple[str, ...]:
    """Return the codes that are meant: as written, or the first word of each line of a file."""
    tokens: list[str] = []
    for each in among:
        parts = [part.strip() for part in each.split(",")]
        is_code = all(re.fullmatch(r"(?i)world|[a-z]{2}(-\w{1,3})?", part) for part in parts)
        if not is_code and Path(each).is_file():
            parts = _codes_in(Path(each))
        elif not is_code and re.search(r"/|\\|\.(txt|csv)$", each):
            refuse(f"{each}: there is no such file.")
        tokens += parts
    return tuple(tokens)


def _codes_in(file: Path) -> list[str]:
    from kembar.engines.scouting.reading import read_text

    lines = read_text(file.read_bytes(), name=file.name).splitlines()
    words = [re.split(r"[,;\t ]", line.strip())[0].strip('"') for line in lines]
    named = ("code", "region")
    return [word for word in words if word and word[0] != "#" and word.lower() not in named]


def _known(
    figures: list[Path], claims: Path | None, ties: Path | None, *, decimal_point: bool
) -> Known:
    from kembar.engines.scouting.handed_in import read_claims, read_figures
    from kembar.engines.scouting.question import Known

    numbers = [
        each
        for file in figures
        for each in read_figures(file.read_bytes(), name=file.name, decimal_point=decimal_point)
    ]
    said = () if claims is None else read_claims(claims.read_bytes(), name=claims.name)
    return Known(figures=tuple(numbers), claims=said, ties=_ties(ties))


def _ties(file: Path | None) -> tuple[Tie, ...]:
    from kembar.engines.scouting.handed_in import read_ties

    file = file or REGISTER
    return read_ties(file.read_bytes(), name=file.name)


def _indicators(known: Known, definitions: Sequence[Definition] | None) -> set[str]:
    """Return what was handed in to compare by, beyond what the criteria are about."""
    from kembar.engines.scouting.catalog import shipped

    about = {each.indicator for each in definitions or shipped()}
    return {each.indicator for each in known.figures} - about


def _rank_regions(
    *,
    home: str,
    among: tuple[str, ...],
    criteria: Path | None,
    known: Known,
    prefer: tuple[str, ...],
    sectors: tuple[str, ...],
    without: tuple[str, ...],
    strictly: tuple[str, ...],
    method: Method,
    draws: int,
    seed: int,
) -> dict[str, Any]:
    # Here, so that `kembar --help` does not wait for numpy.
    from kembar.engines.scouting.catalog import read_region_brief
    from kembar.engines.scouting.decision import region_record
    from kembar.engines.scouting.partners import prepare, ranking_of
    from kembar.engines.scouting.question import Question

    brief, definitions = None, None
    if criteria is not None:
        brief, definitions = read_region_brief(criteria.read_bytes(), name=criteria.name)
    question = Question(
        home=home,
        among=among,
        sectors=sectors,
        indicators=tuple(sorted(_indicators(known, definitions))),
        preferences=(*(str(each) for each in (brief.preferences if brief else ())), *prefer),
        points=dict(brief.points) if brief else {},
        precision=brief.precision if brief else None,
        grouped=brief.grouped if brief else True,
        without=without,
        strictly=strictly,
        method=method,
        draws=draws,
        seed=seed,
    )
    candidates = prepare(question, known, criteria=definitions)
    count = len(candidates.table.codes)
    long = count * draws > LONG
    with say.status(f"Ranking {count:,} regions {draws:,} times …") if long else nullcontext():
        ranking, notices = ranking_of(candidates)
        return region_record(candidates, ranking, notices=notices)


def _run_again(file: Path) -> dict[str, Any]:
    from kembar.engines.scouting.decision import replay

    try:
        old = json.loads(file.read_bytes())
    except (ValueError, RecursionError) as error:
        raise KembarError("scout.record", part=file.name) from error
    if isinstance(old, dict) and "inputs" not in old:
        # As a page gives the record of a decision: the answer, and the study beside it.
        old = old.get("answer", old)
    with say.status(f"Running {file.name} again …"):
        found = replay(old)
    if found.other_versions:
        _tell(f"Other versions than then: {', '.join(found.other_versions)}.")
    if not found.same:
        refuse(f"{file.name} comes out otherwise: {', '.join(found.differences)}.")
    _tell(f"{file.name} comes out the same to the last bit.")
    return found.record


def _print_regions(found: dict[str, Any], top: int) -> None:
    from rich.console import Console
    from rich.table import Table

    home = found["home"]
    ranked = [row for row in found["rows"] if not row["filtered"]]
    table = Table(
        title=f"Partners for {home['names']['en']} ({home['code']})",
        caption=f"{found['draws']:,} draws of weights, seed {found['seed']};"
        f" first %: ± {found['monte_carlo_error'] * 100:.1f} at most",
        box=None,
        padding=(0, 2, 0, 0),
    )
    for heading in ("rank", "code", "region", "first %", "mean rank", "90 %", "climate", "sea km",
                    "strongest in"):  # fmt: skip
        words = heading in ("code", "region", "strongest in")
        table.add_column(heading, justify="left" if words else "right")
    for row in ranked[:top]:
        low, _middle, high = row["rank_quantiles"].values()
        best = row.get("why", [])[:1]
        table.add_row(
            str(row["rank"]),
            row["code"],
            row["names"]["en"],
            f"{row['first_rank_acceptability'] * 100:.1f}",
            f"{row['expected_rank']:.2f}",
            f"{low}–{high}",
            _shared(row["climate_overlap"]),
            "not known" if row["coast_km"] is None else f"{row['coast_km']:,.0f}",
            f"{best[0]['group']} {best[0]['points']:+.1f}" if best else "",
        )
    Console().print(table, markup=False)
    if len(ranked) > top:
        say.print(f"{len(ranked) - top:,} more: --top {len(ranked)}, or --format csv.")
    _say_filtered([row for row in found["rows"] if row["filtered"]])
    _say_weights(found)
    _say_notices(found)
    for row in ranked[: min(top, LISTED)]:
        for warning in row["warnings"]:
            _tell(f"{row['code']}: {warning['text']}")


def _shared(overlap: float | None) -> str:
    if overlap is None:
        return "not known"
    return "none" if overlap < NO_OVERLAP else f"{overlap:.0%}"


def _say_filtered(rows: list[dict[str, Any]]) -> None:
    if len(rows) > LISTED:
        counts = Counter(row["filtered"]["filter"] for row in rows)
        told = ", ".join(f"{name} {count:,}" for name, count in counts.items())
        _tell(f"Filtered out, {len(rows):,}: {told}. Who and why: --format csv or json.")
        return
    for row in rows:
        out = row["filtered"]
        basis = f"{out['basis']}; seen: {out['seen']}"
        _tell(f"Filtered out, {row['code']}: {out['reason']} [{basis}]")


def _say_weights(found: dict[str, Any]) -> None:
    shares = ", ".join(f"{each['code']} {each['mean_weight']:.0%}" for each in found["groups"])
    _tell(f"Mean weights: {shares}.")
    _say_effective(found)


def _tell(sentence: str) -> None:
    say.print(sentence, markup=False, highlight=False, soft_wrap=True)


def _say_effective(found: dict[str, Any]) -> None:
    count, effective = len(found["criteria"]), f"{found['effective_criteria']:.1f}"
    if count > 1:
        _tell(f"The {count} criteria count like {effective} equal, unrelated ones.")


def _say_notices(found: dict[str, Any]) -> None:
    for notice in found["notices"]:
        _tell(notice["text"])


# A table ---------------------------------------------------------------------------------


def _rank_table(
    table: Path,
    criteria: Path | None,
    *,
    prefer: list[str],
    method: Method,
    draws: int,
    seed: int,
    decimal_point: bool,
) -> dict[str, Any]:
    import numpy as np

    from kembar.engines.scouting.preferences import read_preferences
    from kembar.engines.scouting.ranking import rank
    from kembar.engines.scouting.reading import Brief, read_brief, read_table
    from kembar.engines.scouting.record import record
    from kembar.engines.scouting.weights import weigh

    brief = Brief(table.name)
    if criteria is not None:
        brief = read_brief(criteria.read_bytes(), name=criteria.name)
    data = table.read_bytes()
    reading = read_table(data, name=table.name, brief=brief, decimal_point=decimal_point)
    said = [each for text in prefer for each in read_preferences(text)]
    preferences = [*brief.preferences, *said]
    names = [each.code for each in reading.table.criteria]
    space = weigh(
        names,
        reading.table.groups if brief.grouped else None,
        preferences,
        points=brief.points,
        precision=brief.precision,
    )
    rng = np.random.default_rng(seed)
    ranking = rank(reading.table, space, draws=draws, rng=rng, method=method)
    return record(
        ranking,
        seed=seed,
        excluded=reading.excluded,
        notices=reading.notices,
        preferences=[str(each) for each in preferences],
    )


def _print_table(found: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    exact = "exact" if found["expected_rank_exact"] else f"{found['draws']:,} draws"
    table = Table(caption=f"{found['draws']:,} draws of weights, seed {found['seed']}")
    table.add_column("rank", justify="right")
    table.add_column("alternative")
    table.add_column("first %", justify="right")
    table.add_column(f"expected rank ({exact})", justify="right")
    table.add_column("rank, 90 %", justify="right")
    table.add_column("strongest in")
    for row in found["rows"]:
        if row["filtered"]:
            table.add_row("–", row["code"], "", "", "", row["filtered"]["reason"])
            continue
        low, _middle, high = row["rank_quantiles"].values()
        best = row.get("why", [])[:1]
        first, error = row["first_rank_acceptability"], row["first_rank_error"]
        table.add_row(
            str(row["rank"]),
            row["code"],
            f"{first * 100:.1f} ± {error * 100:.1f}",
            f"{row['expected_rank']:.2f}",
            f"{low}–{high}",
            f"{best[0]['group']} {best[0]['points']:+.1f}" if best else "",
        )
    Console().print(table, markup=False)
    _say_effective(found)
    _say_notices(found)


# Both ------------------------------------------------------------------------------------


def _as_json(found: dict[str, Any]) -> str:
    """Return an object with one line for each row; indented to the last it takes seconds."""
    parts = []
    for key, value in found.items():
        if isinstance(value, list) and value:
            lines = ",\n".join(json.dumps(each, ensure_ascii=False) for each in value)
            text = f"[\n{lines}\n]"
        else:
            text = json.dumps(value, ensure_ascii=False)
        parts.append(f"{json.dumps(key)}: {text}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


# What the atlas says of a region; a table of anything has none of it.
REGION_COLUMNS = ("climate_overlap", "landlocked", "coast_km", "basis")


def _as_csv(found: dict[str, Any]) -> str:
    criteria = [each["code"] for each in found["criteria"]]
    about = REGION_COLUMNS if "home" in found else ()
    # A criterion may be called like one of these columns; then the column has its value already.
    named = ["name", *about] if about else []
    text = io.StringIO()
    writer = _Harmless(text)
    writer.writerow(
        ["rank", "code", "first_rank_acceptability", "first_rank_error", "expected_rank",
         "rank_05", "rank_50", "rank_95", "confidence", "filtered",
         *named, *(code for code in criteria if code not in about)]
    )  # fmt: skip
    for row in found["rows"]:
        facts = [row["names"]["en"], *(_plain(row[key]) for key in about)] if about else []
        if row["filtered"]:
            gap = [""] * 7
            writer.writerow(["", row["code"], *gap, row["filtered"]["reason"], *facts])
            continue
        quantiles = row["rank_quantiles"].values()
        values = [row["values"][code]["value"] for code in criteria if code not in about]
        writer.writerow(
            [row["rank"], row["code"], row["first_rank_acceptability"], row["first_rank_error"],
             row["expected_rank"], *quantiles, row["confidence"], "", *facts, *values]
        )  # fmt: skip
    return text.getvalue()


class _Harmless:
    """Writes rows in which a spreadsheet runs nothing that a person typed."""

    def __init__(self, file: io.StringIO) -> None:
        self._writer = csv.writer(file, lineterminator="\n")

    def writerow(self, cells: Sequence[object]) -> None:
        from kembar.engines.delimited import harmless

        self._writer.writerow([harmless(each) if isinstance(each, str) else each for each in cells])


def _plain(value: object) -> object:
    """Return true and false as JSON writes them."""
    return str(value).lower() if isinstance(value, bool) else value
