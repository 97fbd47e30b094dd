"""Observations out of files of statistics (SDMX), read without trusting them.

Three forms are read: SDMX-CSV (1.0 and 2.0), SDMX-JSON (1.0 and 2.0) and SDMX-ML 2.1 and 3.0,
generic or structure-specific. All give the same: a header of concepts and a row an observation.

References
----------
SDMX Technical Working Group: SDMX 2.1 and 3.0, sections on the three formats
(github.com/sdmx-twg).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal
from xml.parsers import expat

from kembar.engines.errors import KembarError

Form = Literal["json", "ml", ""]

MOST_OBSERVATIONS: Final = 20_000
MOST_ELEMENTS: Final = 2_000_000
"""Elements of an XML file: some hundred for each observation, far more than any needs."""
DEEPEST: Final = 40
"""How deep elements may lie in each other; messages of SDMX have eight levels."""
_VALUE: Final = "OBS_VALUE"


@dataclass(frozen=True)
class Observations:
    """What a file says.

    Attributes
    ----------
    concepts
        The names of dimensions, attributes and the value, such as REF_AREA and OBS_VALUE.
    rows
        One for each observation, in the order of the file: text by concept; "" if not given.
    dimensions
        Those of `concepts` by which observations differ; empty where the form does not say.
    """

    concepts: tuple[str, ...]
    rows: tuple[dict[str, str], ...]
    dimensions: frozenset[str]


def form_of(data: bytes) -> Form:
    """Return the form of a file as its first bytes show it; "" for neither JSON nor XML."""
    start = data[:2000].removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith(b"{"):
        return "json"
    return "ml" if start.startswith(b"<") else ""


def read(data: bytes, *, name: str) -> Observations:
    """Return the observations of an SDMX-JSON or SDMX-ML file.

    Parameters
    ----------
    data
        The file.
    name
        What its owner calls it, for the errors.

    Raises
    ------
    KembarError
        `sdmx.*`: it is no data message, is broken, holds entities, or is too large.
    """
    form = form_of(data)
    if form == "json":
        found = _read_json(data, name)
    elif form == "ml":
        found = _Message(name).read(data)
    else:
        raise KembarError("sdmx.not_sdmx", name=name)
    if not found.rows:
        raise KembarError("sdmx.empty", name=name)
    return found


def _observations(rows: list[dict[str, str]], dimensions: Iterator[str] | set[str]) -> Observations:
    concepts = dict.fromkeys(concept for row in rows for concept in row)
    return Observations(tuple(concepts), tuple(rows), frozenset(dimensions))


# SDMX-JSON ----------------------------------------------------------------------------------


def _read_json(data: bytes, name: str) -> Observations:
    try:
        message = json.loads(data.decode("utf-8-sig"))
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise KembarError("sdmx.broken", name=name) from error
    rows: list[dict[str, str]] = []
    dimensions: set[str] = set()
    try:
        # Before version 1.0 what is in "data" stood at the top.
        content = message.get("data", message)
        structures = content.get("structures") or [content["structure"]]
        for data_set in content["dataSets"]:
            structure = _Structure(structures[int(data_set.get("structure", 0))])
            dimensions |= structure.dimensions
            for row in structure.rows_of(data_set):
                rows.append(row)
                if len(rows) > MOST_OBSERVATIONS:
                    raise KembarError("sdmx.many", name=name, limit=MOST_OBSERVATIONS)
    except (LookupError, TypeError, ValueError, OverflowError, AttributeError) as error:
        raise KembarError("sdmx.not_sdmx", name=name) from error
    return _observations(rows, dimensions)


class _Structure:
    """What the numbers of an SDMX-JSON data set stand for."""

    def __init__(self, structure: Mapping[str, Any]) -> None:
        self._dimensions = structure["dimensions"]
        self._attributes = structure.get("attributes", {})
        self.dimensions = {str(each["id"]) for level in self._dimensions.values() for each in level}

    def rows_of(self, data_set: Mapping[str, Any]) -> Iterator[dict[str, str]]:
        whole = {
            str(each["id"]): _value_of(each["values"][0])
            for each in self._dimensions.get("dataSet", [])
            if each.get("values")
        }
        # Before version 2.0 an attribute of the whole has its value in the structure alone.
        given = data_set.get("attributes", [0] * len(self._attributes.get("dataSet", [])))
        whole |= self._attributes_of("dataSet", given)
        for key, series in data_set.get("series", {}).items():
            upper = {**whole, **self._named("series", key)}
            upper |= self._attributes_of("series", series.get("attributes", []))
            yield from self._observed(upper, series.get("observations", {}))
        yield from self._observed(whole, data_set.get("observations", {}))

    def _observed(
        self, upper: Mapping[str, str], observations: Mapping[str, Any]
    ) -> Iterator[dict[str, str]]:
        for key, cells in observations.items():
            row = {**upper, **self._named("observation", key)}
            row |= self._attributes_of("observation", cells[1:])
            row[_VALUE] = "" if cells[0] is None else _number(cells[0])
            yield row

    def _named(self, level: str, key: str) -> dict[str, str]:
        known = self._dimensions.get(level, [])
        places = [int(part) for part in str(key).split(":")]
        return {
            str(each["id"]): _value_of(each["values"][at])
            for each, at in zip(known, places, strict=True)
        }

    def _attributes_of(self, level: str, given: Sequence[Any]) -> dict[str, str]:
        known = self._attributes.get(level, [])
        return {
            str(each["id"]): _value_of(each["values"][at]) if isinstance(at, int) else str(at)
            for each, at in zip(known, given, strict=False)
            if at is not None and (not isinstance(at, int) or at < len(each.get("values", [])))
        }


def _value_of(value: Mapping[str, Any]) -> str:
    return str(value.get("id", value.get("value", value.get("name", ""))))


def _number(value: object) -> str:
    return repr(value) if isinstance(value, float) else str(value)


# SDMX-ML ------------------------------------------------------------------------------------


# The declaration of a file in GB 18030 or one of its older parts, which its decoder reads too.
_OF_CHINA: Final = re.compile(
    rb"""<\?xml\s[^>]{0,200}?encoding\s*=\s*["'](?:gbk|gb2312|gb18030|cp936)["'][^>]{0,200}\?>""",
    re.IGNORECASE,
)


class _Message:
    """Reads an SDMX-ML message in one pass; nothing of it is kept but the observations."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._rows: list[dict[str, str]] = []
        self._dimensions: set[str] = set()
        self._open: list[str] = []
        self._elements = 0
        self._in_data = False
        self._at_observation = "TIME_PERIOD"
        # Attributes of the data set, of the series and of the observation that are open.
        self._set: dict[str, str] = {}
        self._series: dict[str, str] = {}
        self._observation: dict[str, str] | None = None

    def read(self, data: bytes) -> Observations:
        if declared := _OF_CHINA.match(data):
            # Expat lacks these; without the declaration it takes a text for UTF-8.
            try:
                data = data[declared.end() :].decode("gb18030").encode()
            except UnicodeDecodeError as error:
                raise KembarError("sdmx.broken", name=self._name) from error
        parser = expat.ParserCreate()
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        # No message of SDMX has a document type; one serves to make entities that explode.
        parser.StartDoctypeDeclHandler = self._refuse
        try:
            parser.Parse(data, True)
        except (expat.ExpatError, LookupError, ValueError) as error:
            # Beside broken XML: an encoding that expat lacks, or that there is not.
            raise KembarError("sdmx.broken", name=self._name) from error
        if not self._in_data:
            raise KembarError("sdmx.not_sdmx", name=self._name)
        return _observations(self._rows, self._dimensions)

    def _refuse(self, *doctype: object) -> None:
        raise KembarError("sdmx.doctype", name=self._name)

    def _start(self, tag: str, given: dict[str, str]) -> None:
        self._elements += 1
        if self._elements > MOST_ELEMENTS or len(self._open) >= DEEPEST:
            raise KembarError("sdmx.many", name=self._name, limit=MOST_OBSERVATIONS)
        local = tag.rpartition(":")[2]
        if local == "Structure":
            self._at_observation = given.get("dimensionAtObservation", self._at_observation)
        elif local == "DataSet":
            self._in_data, self._set = True, _own(given)
        elif local == "Series":
            # A data set of series: what its key says tells observations apart.
            self._series = _own(given)
        elif local == "Obs":
            self._observation = _own(given)
        elif self._in_data:
            self._inner(local, given)
        self._open.append(local)

    def _inner(self, local: str, given: Mapping[str, str]) -> None:
        """Take up what the generic form says in elements of its own."""
        above = self._open[-1] if self._open else ""
        if local == "Value" and "id" in given:
            target = self._target()
            target[given["id"]] = given.get("value", "")
            if above in ("SeriesKey", "ObsKey"):
                self._dimensions.add(given["id"])
        elif local == "ObsDimension" and self._observation is not None:
            concept = given.get("id", self._at_observation)
            self._observation[concept] = given.get("value", "")
            self._dimensions.add(concept)
        elif local == "ObsValue" and self._observation is not None:
            self._observation[_VALUE] = given.get("value", "")

    def _target(self) -> dict[str, str]:
        if self._observation is not None:
            return self._observation
        return self._series if "Series" in self._open else self._set

    def _end(self, tag: str) -> None:
        local = tag.rpartition(":")[2]
        self._open.pop()
        if local == "Obs" and self._observation is not None:
            if len(self._rows) >= MOST_OBSERVATIONS:
                raise KembarError("sdmx.many", name=self._name, limit=MOST_OBSERVATIONS)
            row = {**self._set, **self._series, **self._observation}
            # Structure-specific data of version 3.0 name the value as the measure they like.
            row.setdefault(_VALUE, "")
            self._rows.append(row)
            self._observation = None
        elif local == "Series":
            self._series = {}
        elif local == "DataSet":
            self._set = {}


def _own(given: Mapping[str, str]) -> dict[str, str]:
    """Return the attributes that are concepts, not those of XML or of the message itself."""
    return {name: value for name, value in given.items() if ":" not in name and name not in _FORMAL}


_FORMAL: Final = frozenset({"structureRef", "action", "validFromDate", "setID", "type", "xmlns"})
