"""The pictures of a report, drawn from the record and the atlas."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from kembar.engines import atlas, charts
from kembar.engines.charts import Chance, Dot, Part, Role, Stack, Year
from kembar.engines.report.paper import Picture
from kembar.engines.report.words import Speech

Row = Mapping[str, Any]

_WIDE: Final = 620.0
_HALF: Final = 460.0
_MAP: Final = 520.0
_RANKED: Final = 12
_MANY: Final = 100


@dataclass(frozen=True)
class Cast:
    """Who is who in a report.

    Attributes
    ----------
    home
        As the record has it; None for a table of alternatives.
    rows
        All of the record.
    lit : code
        Of the chosen one, or of the first.
    """

    home: Mapping[str, Any] | None
    rows: Sequence[Row]
    lit: str

    @property
    def ranked(self) -> list[Row]:
        return [row for row in self.rows if row["rank"] is not None]

    @property
    def filtered(self) -> list[Row]:
        return [row for row in self.rows if row["rank"] is None]

    def role(self, row: Row) -> Role:
        return "partner" if row["code"] == self.lit else "other"

    def lit_row(self) -> Row | None:
        return next((row for row in self.rows if row["code"] == self.lit), None)


def name_of(row: Row, speech: Speech) -> str:
    """Return what a candidate is called."""
    return speech.name(row.get("names") or {}, str(row["code"]))


def first_of(row: Row) -> float:
    return float(row.get("first_rank_acceptability") or 0.0)


def map_of(cast: Cast, speech: Speech) -> Iterator[Picture]:
    """Yield the map of all candidates, the larger the better they rank; nothing for a table."""
    _ = speech.gettext
    dots = list(_dots(cast, speech))
    if cast.home is None or len(dots) < 2:
        return
    lit = cast.lit_row()
    meaning: dict[Role, str] = {"home": speech.name(cast.home["names"], cast.home["code"])}
    if lit is not None:
        meaning["partner"] = name_of(lit, speech)
    meaning["other"] = _("Candidates; the larger, the better the rank; hollow: filtered out")
    window = charts.around(dots)
    if window is not None and window.degrees_wide > 150:
        window = None
    title = _("Map of the candidates")
    spoken = _("A dot for each region. The first ones are: %(names)s.") % {
        "names": speech.listed([name_of(each, speech) for each in cast.ranked[:5]])
    }
    svg = charts.dot_map(
        dots, title=title, description=spoken, width=_MAP, window=window, land=_land(window),
        labels=10, meaning=meaning,
    )  # fmt: skip
    caption = _("%(title)s. Equal areas are equal; no borders are drawn.") % {"title": title}
    yield Picture(svg, caption, f"{title}. {spoken}", share=1.0 if window is None else 0.74)


def _land(window: charts.Window | None) -> Any:
    if window is None:
        return atlas.land(step=2.0)
    # The frame reaches beyond the window on the side that is shorter.
    step = round(max(window.degrees_wide, window.north - window.south) / 55, 1)
    return atlas.land(
        step=max(step, 0.3),
        south=max(window.south - 12, -58.0),
        north=min(window.north + 12, 84.0),
        west=window.west - 25,
        east=window.east + 25,
    )


def _dots(cast: Cast, speech: Speech) -> Iterator[Dot]:
    world = atlas.table()
    at = {code: number for number, code in enumerate(world.codes)}

    def dot(row: Row, value: float | None, role: Role) -> Dot | None:
        place = at.get(row["code"])
        if place is None:
            return None
        lat, lon = float(world.latitude[place]), float(world.longitude[place])
        return Dot(lat, lon, name_of(row, speech), value, role)

    last = max(len(cast.ranked) - 1, 1)
    found = [
        dot(row, 1 - (row["expected_rank"] - 1) / last if row["rank"] else None, cast.role(row))
        for row in cast.rows
        if cast.home is None or row["code"] != cast.home["code"]
    ]
    if cast.home is not None:
        found.append(dot(cast.home, None, "home"))
    yield from (each for each in found if each is not None)


def ranks_of(cast: Cast, speech: Speech) -> Iterator[Picture]:
    """Yield chance of the first rank and range of ranks of the first ones and the chosen one."""
    _ = speech.gettext
    shown = cast.ranked[:_RANKED]
    lit = cast.lit_row()
    if lit is not None and lit["rank"] is not None and lit not in shown:
        shown = [*shown, lit]
    if not shown:
        return
    chances = [
        Chance(
            f"{row['rank']}. {name_of(row, speech)}", first_of(row), row["rank_quantiles"]["0.05"],
            row["expected_rank"], row["rank_quantiles"]["0.95"], cast.role(row),
        )
        for row in shown
    ]  # fmt: skip
    # Among thousands the first ones would all lie on one spot of the whole scale.
    last = len(cast.ranked)
    if last > _MANY:
        last = min(last, max(int(each.high) for each in chances))
    title = _("How sure the ranking is")
    spoken = _("%(name)s is first in %(share)s of the draws.") % {
        "name": name_of(shown[0], speech), "share": speech.percent(first_of(shown[0])),
    }  # fmt: skip
    svg = charts.ranks(
        chances, title=title, description=spoken, count=last,
        first=_("Share of first places"), places=_("Expected rank and range"),
        percent=speech.percent, number=speech.number, width=_WIDE,
    )  # fmt: skip
    yield Picture(
        svg,
        _("%(title)s: bar, share of the draws that put it first; dot, expected rank; line, rank"
          " in nine of ten draws.") % {"title": title},
        f"{title}. {spoken}",
    )  # fmt: skip


def why_of(row: Row, cast: Cast, group: Callable[[str], str], speech: Speech) -> Iterator[Picture]:
    """Yield what each group of criteria gives a candidate above the mean of all."""
    _ = speech.gettext
    if not row.get("why"):
        return
    parts = [Part(group(each["group"]), each["points"]) for each in row["why"]]
    title = _("What speaks for %(name)s") % {"name": name_of(row, speech)}
    spoken = speech.listed([f"{each.name} {speech.signed(each.value)}" for each in parts])
    svg = charts.contributions(
        parts, title=title, description=spoken, number=speech.signed, role=cast.role(row),
        width=_HALF,
    )  # fmt: skip
    caption = _("%(title)s: points of 100 above (right) or below (left) the mean of all.")
    yield Picture(svg, caption % {"title": title}, f"{title}. {spoken}", share=0.78)


def climate_of(cast: Cast, speech: Speech) -> Iterator[Picture]:
    """Yield the months and the climate classes of home beside the chosen or first one."""
    _ = speech.gettext
    lit = cast.lit_row()
    if cast.home is None or lit is None:
        return
    pair: list[tuple[str, Role, atlas.Profile]] = []
    known = set(atlas.codes())
    for row, role in ((cast.home, "home"), (lit, "partner")):
        if row["code"] in known:
            profile = atlas.region(row["code"]).profile
            pair.append((name_of(row, speech), role, profile))  # type: ignore[arg-type]  # both are roles
    names = speech.listed([name for name, _role, _profile in pair])
    title = _("Month by month: %(names)s") % {"names": names}
    spoken = _("Mean temperature and rain of each month; %(facts)s.") % {
        "facts": speech.listed(
            [
                _("%(name)s %(rain)s mm a year, %(dry)s dry months")
                % {
                    "name": name,
                    "rain": speech.number(profile.annual_rain_mm, 0),
                    "dry": profile.dry_months,
                }
                for name, _role, profile in pair
            ]
        )
    }
    years = [
        Year(name, profile.temperature_c.tolist(), profile.rain_mm.tolist(), role)
        for name, role, profile in pair
    ]
    dry = _("a month with less than %(mm)s mm of rain") % {"mm": speech.number(atlas.DRY_MM, 0)}
    svg = charts.months(
        years, title=title, description=spoken, months=speech.months(),
        temperature=_("Temperature, °C"), rain=_("Rain, mm a month"), dry=dry,
        number=speech.number, width=_HALF,
    )  # fmt: skip
    caption = _(
        "%(title)s. ERA5, means of 2000–2025; rain is 10 to 20 %% too high in much of Asia."
    ) % {"title": title}
    yield Picture(svg, caption, f"{title}. {spoken}", share=0.8)
    stacks = [
        Stack(name, [Part(code, share) for code, share in profile.climate.items()], role)
        for name, role, profile in pair
    ]
    title = _("Climate classes (Köppen–Geiger)")
    spoken = _("Shared climate: %(share)s.") % {
        "share": speech.percent(atlas.climate_overlap(pair[0][2], pair[-1][2]), 1)
    }
    svg = charts.shares(
        stacks, title=title, description=spoken, percent=speech.percent, width=_HALF
    )
    caption = _("%(title)s, shares of the land. %(spoken)s") % {"title": title, "spoken": spoken}
    yield Picture(svg, caption, f"{title}. {spoken}", share=0.8)
