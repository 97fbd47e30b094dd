"""The atlas: the first-level regions of the world, what was measured on them, how alike they are.

Plain Python and numpy over shipped files; nothing is read before it is asked for.

    >>> from kembar.engines import atlas
    >>> home, candidate = atlas.region("ID-NT"), atlas.region("CN-HI")
    >>> round(atlas.climate_overlap(home.profile, candidate.profile), 2)
    0.92
"""

from kembar.engines.atlas.catalog import (
    airports,
    airports_called,
    codes,
    countries,
    land,
    places,
    region,
    regions,
    shape,
    sources,
    table,
)
from kembar.engines.atlas.likeness import (
    Distance,
    climate_overlap,
    climate_overlaps,
    profile_distance,
    profile_distances,
)
from kembar.engines.atlas.measuring import measure
from kembar.engines.atlas.model import (
    BASES,
    DRY_MM,
    KOPPEN,
    LANDLOCKED_KM,
    LANGUAGES,
    Airport,
    Basis,
    Language,
    Place,
    Profile,
    Region,
    Shape,
    Source,
    Table,
)

__all__ = [
    "BASES",
    "DRY_MM",
    "KOPPEN",
    "LANDLOCKED_KM",
    "LANGUAGES",
    "Airport",
    "Basis",
    "Distance",
    "Language",
    "Place",
    "Profile",
    "Region",
    "Shape",
    "Source",
    "Table",
    "airports",
    "airports_called",
    "climate_overlap",
    "climate_overlaps",
    "codes",
    "countries",
    "land",
    "measure",
    "places",
    "profile_distance",
    "profile_distances",
    "region",
    "regions",
    "shape",
    "sources",
    "table",
]
