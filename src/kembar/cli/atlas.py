"""kembar atlas: what is known of a region, two side by side, and where it comes from."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from kembar.cli.speech import refuse
from kembar.engines import atlas
from kembar.engines.errors import KembarError

app = typer.Typer(
    name="atlas",
    help="What is known of the world's first-level regions, offline.",
    no_args_is_help=True,
)
out = Console(highlight=False)

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
# Overlaps below this are border cells and mountain tops.
NO_OVERLAP = 0.02

Code = Annotated[str, typer.Argument(help="ISO 3166-2 code, such as ID-NT.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command("show")
def show(code: Code, as_json: AsJson = False) -> None:
    """Show a region: names, land, coast, climate month by month, towns, airports, time.

    Example: kembar atlas show ID-NT
    """
    region = _region(code)
    if as_json:
        _print_json(facts(region) | {"airport_codes": [a.iata for a in atlas.airports(code)]})
        return
    _print_names(region)
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    for what, value in _rows(region):
        table.add_row(what, value)
    out.print(table)
    _print_months(region)
    _print_limits(region)


@app.command("compare")
def compare(home: Code, other: Code, as_json: AsJson = False) -> None:
    """Compare two regions: climate month by month, shared climate, coast, height, time.

    Example: kembar atlas compare ID-NT CN-JX
    """
    one, two = _region(home), _region(other)
    if one.code == two.code:
        refuse(f"{one.code} is compared with itself; name two regions.")
    overlap = atlas.climate_overlap(one.profile, two.profile)
    distance = atlas.profile_distance(one.profile, two.profile)
    hours = two.utc_offset_hours - one.utc_offset_hours
    if as_json:
        likeness = {
            "climate_overlap": _round(overlap, 4),
            "profile_distance": _round(distance.value, 3),
            "shift_months": distance.shift_months,
            "hours_ahead": _round(hours, 2),
        }
        _print_json({"regions": [facts(one), facts(two)], **likeness})
        return
    table = Table("", one.name(), two.name(), box=None, padding=(0, 2, 0, 0))
    for (what, left), (_what, right) in zip(_rows(one), _rows(two), strict=True):
        table.add_row(what, left, right)
    out.print(table)
    _print_months(one, two)
    _print_likeness(two, overlap, distance, hours)
    for region in (one, two):
        _print_limits(region)


@app.command("list")
def list_(
    country: Annotated[
        str | None, typer.Option(help="Only of this country, ISO 3166-1 such as CN.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List the regions of the world, or of a country.

    Example: kembar atlas list --country CN
    """
    try:
        found = atlas.table(country=country)
    except KembarError as error:
        refuse(str(error))
    if as_json:
        _print_json({"rows": list(_columns(found))})
        return
    table = Table("Code", "Name", "km²", "m", "km to sea", "°C", "mm a year", box=None)
    for row in _columns(found):
        cells = [
            row["area_km2"], row["elevation_m"], row["sea_km"], row["temperature_c"], row["rain_mm"]
        ]  # fmt: skip
        table.add_row(row["code"], row["name"], *(_cell(each) for each in cells))
    out.print(table)


@app.command("sources")
def sources(as_json: AsJson = False) -> None:
    """Say where each data file comes from, what it is good for, and whom to name.

    Example: kembar atlas sources
    """
    found = atlas.sources()
    if as_json:
        _print_json({"rows": [vars(source) for source in found]})
        return
    for source in found:
        out.print(f"[bold]{source.title}[/bold] ({source.file}, {source.size_bytes / 1e6:.1f} MB)")
        table = Table(show_header=False, box=None, padding=(0, 2, 0, 2))
        table.add_row("made of", ", ".join(f"{i['name']} {i['version']}" for i in source.inputs))
        for what in ("method", "period", "resolution", "bias", "licence", "sha256"):
            table.add_row(what, getattr(source, what))
        table.add_row("name", "\n".join(source.attribution))
        out.print(table)
        out.print()


def facts(region: atlas.Region) -> dict[str, Any]:
    """Return what is known of a region as JSON has it; null where it is not known."""
    profile = region.profile
    return {
        "code": region.code,
        "country": region.country,
        "parent": region.parent,
        "kind": region.kind,
        "geonames": region.geonames,
        "names": region.names,
        "borrowed_names": sorted(region.borrowed),
        "basis": profile.basis,
        "basis_text": atlas.BASES[profile.basis],
        "area_km2": _round(profile.area_km2, 0),
        "south": _round(profile.south, 2),
        "north": _round(profile.north, 2),
        "west": _round(profile.west, 2),
        "east": _round(profile.east, 2),
        "elevation_m": _round(profile.elevation_m, 0),
        "landlocked": None if math.isnan(profile.sea_km) else profile.is_landlocked,
        "sea_km": _round(profile.sea_km, 1),
        "land_within_50km": _round(profile.land_within_50km, 4),
        "land_within_100km": _round(profile.land_within_100km, 4),
        "koppen": {name: round(share, 4) for name, share in profile.climate.items()},
        "temperature_c": [_round(each, 1) for each in profile.temperature_c.tolist()],
        "rain_mm": [_round(each, 0) for each in profile.rain_mm.tolist()],
        "mean_temperature_c": _round(profile.mean_temperature_c, 1),
        "annual_rain_mm": _round(profile.annual_rain_mm, 0),
        "dry_months": None if math.isnan(profile.annual_rain_mm) else profile.dry_months,
        "places": region.places,
        "cities": region.cities,
        "towns_population": region.towns_population,
        "towns_within_50km": _round(region.towns_within_50km, 4),
        "largest_place": region.largest_place,
        "seat": region.seat,
        "airports": region.airports,
        "time_zone": region.time_zone,
        "utc_offset_hours": _round(region.utc_offset_hours, 2),
        "summer_offset_hours": _round(region.summer_offset_hours, 2),
    }


def _region(code: str) -> atlas.Region:
    try:
        return atlas.region(code)
    except KembarError as error:
        refuse(str(error))


def _round(value: float, digits: int) -> float | int | None:
    if math.isnan(value):
        return None
    return round(value, digits) if digits else round(value)


def _print_json(data: dict[str, Any]) -> None:
    typer.echo(json.dumps(data, ensure_ascii=False, indent=1))


def _cell(value: float | None, unit: str = "") -> str:
    return "not known" if value is None else f"{value:,}{unit}"


def _share(value: float) -> str:
    return "not known" if math.isnan(value) else f"{value:.0%}"


def _rows(region: atlas.Region) -> Iterator[tuple[str, str]]:
    """Yield what people read of a region, the same rows for each."""
    known, profile = facts(region), region.profile
    country = atlas.countries()[region.country]["en"]
    yield "code", f"{region.code}, {region.kind.lower()} of {country}"
    yield "seat", region.seat or "not known"
    yield "area", _cell(known["area_km2"], " km²")
    yield "mean height", _cell(known["elevation_m"], " m")
    yield "nearest land to the sea", _cell(known["sea_km"], " km")
    within = _share(profile.land_within_50km), _share(profile.land_within_100km)
    yield "land within 50, 100 km", ", ".join(within)
    climate = [f"{n} {share:.0%}" for n, share in profile.climate.items() if share >= 0.005]
    yield "climate (Köppen)", " ".join(climate[:4]) or "not known"
    yield "temperature", _cell(known["mean_temperature_c"], " °C")
    yield "rain (ERA5, ±20 %)", _cell(known["annual_rain_mm"], " mm a year")
    yield "months under 60 mm", _cell(known["dry_months"])
    yield "places, cities of 100,000", f"{region.places:,}, {region.cities:,}"
    yield "largest place", region.largest_place or "not known"
    yield "airports (IATA)", str(region.airports)
    yield "time", _time(region)


def _time(region: atlas.Region) -> str:
    if not region.time_zone:
        return "not known"
    hours = f"UTC{region.utc_offset_hours:+g}"
    if region.summer_offset_hours != region.utc_offset_hours:
        hours += f", in summer {region.summer_offset_hours:+g}"
    return f"{region.time_zone} ({hours})"


def _print_names(region: atlas.Region) -> None:
    names = " / ".join(dict.fromkeys(region.names.values()))
    out.print(f"[bold]{names}[/bold]")
    if region.borrowed:
        languages = {"id": "Indonesian", "zh": "Chinese", "en": "English"}
        lacking = " and ".join(languages[each] for each in sorted(region.borrowed))
        out.print(f"Its name in {lacking} is not known; another stands for it.")


def _print_months(*regions: atlas.Region) -> None:
    if any(math.isnan(region.profile.annual_rain_mm) for region in regions):
        return
    table = Table("", *MONTHS, box=None, padding=(0, 1, 0, 0))
    for region in regions:
        label = f"{region.code} " if len(regions) > 1 else ""
        table.add_row(f"{label}°C", *(f"{each:.0f}" for each in region.profile.temperature_c))
    for region in regions:
        label = f"{region.code} " if len(regions) > 1 else ""
        table.add_row(f"{label}mm", *(f"{each:.0f}" for each in region.profile.rain_mm))
    out.print()
    out.print(table)


def _print_likeness(
    two: atlas.Region, overlap: float, distance: atlas.Distance, hours: float
) -> None:
    out.print()
    if not math.isnan(overlap):
        remark = " (border cells and mountain tops: none)" if overlap < NO_OVERLAP else ""
        out.print(f"Shared climate: {overlap:.1%}{remark}")
    if not math.isnan(distance.value):
        shift = f", its year shifted by {distance.shift_months} months"
        said = shift if distance.shift_months else ""
        out.print(f"Distance of the months: {distance.value:.2f} (0 is the same){said}")
    if not math.isnan(hours):
        ahead = "ahead of" if hours > 0 else "behind"
        same = "The clocks show the same."
        out.print(f"{two.name()} is {abs(hours):g} h {ahead} the other." if hours else same)


def _print_limits(region: atlas.Region) -> None:
    if region.profile.basis != "own":
        out.print(f"\n{region.code} was measured on {atlas.BASES[region.profile.basis]}.")


def _columns(table: atlas.Table) -> Iterator[dict[str, Any]]:
    temperature, rain = (
        table.temperature_c.mean(axis=1).tolist(),
        table.rain_mm.sum(axis=1).tolist(),
    )
    area, height = table.area_km2.tolist(), table.elevation_m.tolist()
    sea, hours = table.sea_km.tolist(), table.utc_offset_hours.tolist()
    for i, code in enumerate(table.codes):
        yield {
            "code": code,
            "name": table.names["en"][i],
            "basis": table.bases[i],
            "area_km2": _round(area[i], 0),
            "elevation_m": _round(height[i], 0),
            "sea_km": _round(sea[i], 1),
            "temperature_c": _round(temperature[i], 1),
            "rain_mm": _round(rain[i], 0),
            "utc_offset_hours": _round(hours[i], 2),
        }
