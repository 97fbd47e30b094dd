"""kembar scout: rank alternatives when nobody agrees on the weights. Starts without Django."""

from __future__ import annotations

import csv
import io
import json
import sys
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from kembar.cli.speech import refuse, say
from kembar.engines.errors import KembarError

Format = Literal["table", "json", "csv"]
Method = Literal["weighted_sum", "topsis", "promethee"]


def scout(
    table: Annotated[
        Path | None,
        typer.Option("--table", help="CSV file: one row an alternative, one column a criterion."),
    ] = None,
    criteria: Annotated[
        Path | None,
        typer.Option("--criteria", help="TOML file: groups, units, worst and best, filters."),
    ] = None,
    prefer: Annotated[
        list[str] | None,
        typer.Option("--prefer", help='What weighs more, such as "climate>coast"; repeatable.'),
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
    shape: Annotated[
        Format, typer.Option("--format", help="Of the answer: table, json or csv.")
    ] = "table",
) -> None:
    """Rank alternatives by many criteria, and say how sure the ranking is.

    Example: kembar scout --table provinces.csv --criteria criteria.toml --prefer "climate>coast"

    Exit codes: 0 ranked; 1 something in the files or preferences is wrong; 2 wrong options.
    """
    if table is None:
        refuse("Say what to rank: kembar scout --table FILE.csv")
    try:
        found = _rank_table(table, criteria, prefer or [], method, draws, seed)
    except KembarError as error:
        refuse(str(error))
    except OSError as error:
        refuse(f"{error.filename}: {error.strerror}.")
    if shape == "json":
        sys.stdout.write(json.dumps(found, ensure_ascii=False, indent=1) + "\n")
    elif shape == "csv":
        sys.stdout.write(_as_csv(found))
    else:
        _print_table(found)


def _rank_table(
    table: Path, criteria: Path | None, prefer: list[str], method: Method, draws: int, seed: int
) -> dict[str, Any]:
    # Here, so that `kembar --help` does not wait for numpy.
    import numpy as np

    from kembar.engines.scouting.preferences import read_preferences
    from kembar.engines.scouting.ranking import rank
    from kembar.engines.scouting.reading import Brief, read_brief, read_table
    from kembar.engines.scouting.record import record
    from kembar.engines.scouting.weights import weigh

    brief = Brief(table.name)
    if criteria is not None:
        brief = read_brief(criteria.read_bytes(), name=criteria.name)
    reading = read_table(table.read_bytes(), name=table.name, brief=brief)
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


def _as_csv(found: dict[str, Any]) -> str:
    criteria = [each["code"] for each in found["criteria"]]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(
        ["rank", "code", "first_rank_acceptability", "first_rank_error", "expected_rank",
         "rank_05", "rank_50", "rank_95", "confidence", "filtered", *criteria]
    )  # fmt: skip
    for row in found["rows"]:
        if row["filtered"]:
            gap = [""] * 7
            writer.writerow(["", row["code"], *gap, row["filtered"]["reason"]])
            continue
        quantiles = row["rank_quantiles"].values()
        values = [row["values"][code]["value"] for code in criteria]
        writer.writerow(
            [row["rank"], row["code"], row["first_rank_acceptability"], row["first_rank_error"],
             row["expected_rank"], *quantiles, row["confidence"], "", *values]
        )  # fmt: skip
    return text.getvalue()


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
    effective = f"{found['effective_criteria']:.1f}"
    say.print(
        f"The {len(found['criteria'])} criteria count like {effective} equal, unrelated ones.",
        highlight=False,
    )
    for notice in found["notices"]:
        say.print(notice["text"], markup=False, highlight=False)
