"""What the atlas knows of a region, and what it says when it knows none."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from dataclasses import FrozenInstanceError
from zoneinfo import available_timezones

import numpy as np
import pytest

from kembar.engines import atlas
from kembar.engines.atlas.catalog import DATA
from kembar.engines.errors import KembarError

LIMIT_MB = 25


def test_a_region_is_told_in_three_languages() -> None:
    region = atlas.region("ID-NT")

    assert region.names == {
        "id": "Nusa Tenggara Timur",
        "zh": "东努沙登加拉省",
        "en": "East Nusa Tenggara",
    }
    assert (region.country, region.parent, region.geonames) == ("ID", "ID-NU", "ID.18")
    assert region.seat == "Kupang"


def test_small_letters_do() -> None:
    assert atlas.region(" cn-jx ").code == "CN-JX"


def test_a_region_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        atlas.region("ID-NT").code = "ID-XX"  # type: ignore[misc] # that it fails is the test


@pytest.mark.parametrize(
    ("wrong", "code", "near"),
    [
        ("ID-NX", "atlas.unknown_near", "ID-N"),
        ("Jiangxi", "atlas.unknown_near", "Jiangxi (CN-JX)"),
        ("jiang xi", "atlas.unknown_near", "CN-JX"),
        ("江西省", "atlas.unknown_near", "CN-JX"),
        ("Jiangxi Province", "atlas.unknown_near", "CN-JX"),
        ("FR-29", "atlas.second_level", "FR-BRE"),
        ("qqqqqqqqqqqq", "atlas.unknown", ""),
        ("", "atlas.unknown", ""),
    ],
)
def test_an_unknown_code_is_refused_with_the_nearest(wrong: str, code: str, near: str) -> None:
    with pytest.raises(KembarError) as refusal:
        atlas.region(wrong)

    assert refusal.value.code == code
    assert near in str(refusal.value)


def test_regions_of_a_country() -> None:
    codes = [region.code for region in atlas.regions(country="cn")]

    assert len(codes) == 34
    assert codes == sorted(codes)
    assert {"CN-JX", "CN-HK", "CN-MO", "CN-TW"} <= set(codes)


def test_indonesia_has_its_38_provinces_and_not_its_groups_of_islands() -> None:
    codes = atlas.codes(country="ID")

    assert len(codes) == 38
    assert "ID-PE" in codes
    assert "ID-NU" not in codes


def test_an_unknown_country_is_refused() -> None:
    with pytest.raises(KembarError, match="no country “XX”"):
        atlas.regions(country="XX")


def test_every_region_has_a_name_in_three_languages_or_says_which_is_borrowed() -> None:
    for region in atlas.regions():
        assert all(region.names[language].strip() for language in atlas.LANGUAGES), region.code
        if "zh" not in region.borrowed:
            assert any("\u3400" <= letter <= "\u9fff" for letter in region.names["zh"]), region.code


def test_names_that_are_not_borrowed_tell_regions_of_a_country_apart() -> None:
    seen = set()
    for region in atlas.regions():
        if "zh" not in region.borrowed:
            assert (region.country, region.names["zh"]) not in seen
            seen.add((region.country, region.names["zh"]))


def test_codes_that_iso_dealt_anew_have_the_land_of_today() -> None:
    """IR-07 was Tehran until 2020 and is Fars; Natural Earth exchanges Moscow and its region.

    Areas: Statistical Centre of Iran; Rosstat; INEC of Ecuador.
    """
    for code, name, area_km2 in [
        ("IR-07", "Fars", 122_608),
        ("RU-MOS", "Moscow Province", 44_379),
        ("EC-T", "Tungurahua", 3_386),
    ]:
        region = atlas.region(code)
        assert region.names["en"] == name
        assert region.profile.area_km2 == pytest.approx(area_km2, rel=0.03)


@pytest.mark.parametrize("code", ["ID-KU", "ID-PE", "ID-PS", "ID-PT", "ID-PD", "KE-30"])
def test_a_region_without_a_shape_says_how_it_was_measured(code: str) -> None:
    assert atlas.region(code).profile.basis == "nearest_place"


@pytest.mark.parametrize("code", ["FR-BRE", "IT-25", "GB-SCT", "PH-07", "CZ-20"])
def test_a_country_at_another_level_is_joined_from_its_parts(code: str) -> None:
    profile = atlas.region(code).profile

    assert profile.basis in ("parts", "own")
    assert profile.area_km2 > 5_000


def test_what_was_not_measured_is_not_known_rather_than_zero() -> None:
    (first, *_) = [each for each in atlas.regions() if each.profile.basis == "none"]

    assert np.isnan(first.profile.temperature_c).all()
    assert np.isnan(first.profile.area_km2)


def test_most_of_the_world_is_measured() -> None:
    bases = atlas.table().bases

    assert len(bases) == 3843
    assert sum(basis == "none" for basis in bases) < 70
    assert sum(basis == "own" for basis in bases) > 3100


def test_numbers_are_in_their_units() -> None:
    table = atlas.table()
    known = ~np.isnan(table.temperature_c[:, 0])

    assert known.mean() > 0.98
    assert -50 < table.temperature_c[known].min() < table.temperature_c[known].max() < 45
    assert table.rain_mm[known].min() >= 0
    assert 10 < table.rain_mm[known].sum(axis=1).max() < 13_000
    assert np.nanmin(table.elevation_m) > -430
    assert np.nanmax(table.elevation_m) < 6_000
    assert np.nanmin(table.sea_km) >= 0
    assert np.nanmax(table.sea_km) < 2_700
    assert np.nanmax(np.abs(table.latitude)) < 90
    # All land but Antarctica, some of it under two codes: CN-TW and TW-TPE.
    assert 130e6 < np.nansum(table.area_km2) < 138e6
    assert set(np.unique(table.utc_offset_hours[~np.isnan(table.utc_offset_hours)] * 4 % 1)) == {0}


def test_shares_of_climate_sum_to_one() -> None:
    table = atlas.table()
    known = ~np.isnan(table.koppen[:, 0])

    np.testing.assert_allclose(table.koppen[known].sum(axis=1), 1)
    assert (table.koppen[known] >= 0).all()
    assert (np.nan_to_num(table.land_within_50km) <= np.nan_to_num(table.land_within_100km)).all()


def test_the_table_says_the_same_as_the_regions() -> None:
    table = atlas.table(country="ID")

    for i, region in enumerate(atlas.regions(country="ID")):
        assert table.codes[i] == region.code
        assert table.rain_mm[i].tolist() == region.profile.rain_mm.tolist()
        assert table.area_km2[i] == region.profile.area_km2


def test_all_zones_are_zones() -> None:
    zones = {region.time_zone for region in atlas.regions()} - {""}

    assert zones <= available_timezones()
    assert {region.time_zone for region in atlas.regions(country="CN")} == {
        *("Asia/Shanghai", "Asia/Hong_Kong", "Asia/Macau", "Asia/Taipei")
    }


def test_places_come_the_largest_first() -> None:
    places = atlas.places("ID-NT")
    people = [place.population for place in places]

    assert (places[0].name, places[0].population) == ("Kupang", 474_801)
    assert (places[0].lat, places[0].lon) == (-10.171, 123.607)
    assert people == sorted(people, reverse=True)
    assert len(places) == atlas.region("ID-NT").places
    assert sum(people) == atlas.region("ID-NT").towns_population


def test_airports_of_a_region() -> None:
    codes = {airport.iata for airport in atlas.airports("ID-NT")}

    assert {"KOE", "LBJ", "MOF", "ENE"} <= codes
    assert len(codes) == atlas.region("ID-NT").airports


def test_a_shape_is_geojson_that_others_read() -> None:
    shape = atlas.shape("ID-NT")
    assert shape is not None

    data = shape.geojson()

    assert data["type"] == "MultiPolygon"
    assert all(ring[0] == ring[-1] for polygon in data["coordinates"] for ring in polygon)
    assert all(118.5 < lon < 125.5 and -11.2 < lat < -7.9 for lon, lat in data["coordinates"][0][0])


def test_a_region_without_a_shape_has_none_to_draw() -> None:
    (first, *_) = [each for each in atlas.regions() if each.profile.basis == "places"]

    assert atlas.shape(first.code) is None


def test_neighbours_share_their_border() -> None:
    """Simplified together, so that a map has no slivers between Jiangxi and Hunan."""
    points = []
    for code in ("CN-JX", "CN-HN"):
        shape = atlas.shape(code)
        assert shape is not None
        points.append(
            {tuple(p) for polygon in shape.polygons for p in polygon[0].round(3).tolist()}
        )

    assert len(points[0] & points[1]) > 50


def test_every_data_file_has_a_sidecar_that_knows_its_bytes() -> None:
    sources = atlas.sources()
    there = {path.name for path in DATA.iterdir() if path.suffix != ".toml"}

    assert {source.file for source in sources} == there
    for source in sources:
        data = (DATA / source.file).read_bytes()
        assert hashlib.sha256(data).hexdigest() == source.sha256, "run: make data"
        assert len(data) == source.size_bytes
        assert source.attribution
        assert all(len(each["sha256"]) == 64 for each in source.inputs)
        for sentence in (source.title, source.method, source.period, source.resolution):
            assert sentence
        assert source.bias
        assert source.licence


def test_the_attribution_that_licences_ask_for_is_there() -> None:
    lines = " ".join(line for source in atlas.sources() for line in source.attribution)

    for name in (
        "GeoNames",
        "contains modified Copernicus Climate Change Service information",
        "Rubel, Brugger, Haslinger and Auer",
        "GSHHG: Wessel and Smith (1996)",
        "Natural Earth",
        "Tilezen",
        "OpenStreetMap contributors",
        "Unicode CLDR",
        "iso-codes",
    ):
        assert name.lower() in lines.lower()


def test_the_atlas_stays_within_its_size() -> None:
    size_mb = sum(path.stat().st_size for path in DATA.iterdir()) / 2**20

    assert size_mb < LIMIT_MB, f"the atlas has {size_mb:.1f} MB"


def test_importing_the_atlas_reads_no_data_and_no_django() -> None:
    code = (
        "import sys, kembar.engines.atlas as a; from kembar.engines.atlas import catalog as c;"
        "print(c._units.cache_info().currsize, c._profiles.cache_info().currsize,"
        " 'django' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.split() == ["0", "0", "False"]


def test_the_middle_of_a_region_lies_between_its_sides_across_the_180th_meridian_too() -> None:
    timor = atlas.region("ID-NT").profile
    assert timor.west < timor.longitude < timor.east

    east = atlas.region("RU-CHU").profile  # Chukotka reaches from Asia's side to America's
    assert east.west > east.east
    assert east.longitude > 150 or east.longitude < -165

    table = atlas.table()
    assert table.longitude[table.codes.index("ID-NT")] == pytest.approx(timor.longitude)


def test_land_is_covered_evenly_and_the_sea_is_left_out() -> None:
    lat, lon = atlas.land(step=2.0)

    # Land without Antarctica has 135 million km²; a dot stands for a square of 2° at the equator.
    assert len(lat) * (2 * 111.2) ** 2 / 1e6 == pytest.approx(135, rel=0.06)
    middle_of_the_pacific = (np.abs(lat) < 15) & (lon > -134) & (lon < -110)
    assert not middle_of_the_pacific.any()


def test_land_of_a_box_reaches_across_the_180th_meridian() -> None:
    _lat, lon = atlas.land(step=0.5, south=60.0, north=70.0, west=170.0, east=-160.0)

    assert ((lon >= 169) | (lon <= -159)).all()
    assert (lon > 0).any() and (lon < 0).any()
