"""Whatever an installation of Kembar brings along may be used, changed and passed on."""

from __future__ import annotations

from importlib.metadata import Distribution, distribution

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

# SPDX identifiers and what older packages write instead. All allow use in any product.
PERMISSIVE = {
    *("MIT", "MIT-0", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0", "ISC", "0BSD", "PSF-2.0"),
    *("Python-2.0", "ZPL-2.1", "Zlib", "Unlicense", "HPND", "MIT-CMU", "CC0-1.0"),
    *("MIT License", "BSD License", "BSD 3-Clause License", "The MIT License", "BSD"),
    *("Apache Software License", "Apache 2.0", "Apache License 2.0", "Apache License, Version 2.0"),
    *(
        "ISC License (ISCL)",
        "Python Software Foundation License",
        "PSFL",
        "PSF",
        "3-Clause BSD License",
    ),
    *("Zope Public License", "The Unlicense (Unlicense)", "ISC License", "Apache-2.0 License"),
}
# Weak copyleft: free to use and to pass on unchanged; each with the reason why we take it.
BY_NAME = {
    "psycopg": "LGPL: the driver of PostgreSQL, imported and not changed",
    "psycopg-binary": "LGPL: the same driver with its libraries",
    "certifi": "MPL-2.0: the list of certificate authorities, not changed",
    "fido2": "BSD, with a list of public suffixes under MPL-2.0, not changed",
}
# Whose metadata say less than the licence in the package does.
READ_BY_US = {
    "qrcode": "BSD-3-Clause AND MIT",  # "Other/Proprietary" is a note on the trade mark "QR Code"
}
EXTRAS = {"postgres"}


def installed() -> dict[str, Distribution]:
    """Return what kembar and its runtime extras need, and what those need, and so on."""
    found: dict[str, Distribution] = {}
    waiting = [("kembar", frozenset(EXTRAS))]
    seen = set(waiting)
    while waiting:
        name, extras = waiting.pop()
        dist = distribution(name)
        found[canonicalize_name(name)] = dist
        for line in dist.requires or []:
            need = Requirement(line)
            environments = [{"extra": extra} for extra in (extras or {""})]
            environments.append({"extra": ""})
            if need.marker and not any(need.marker.evaluate(each) for each in environments):
                continue
            key = (canonicalize_name(need.name), frozenset(need.extras))
            if key not in seen:
                seen.add(key)
                waiting.append(key)
    del found["kembar"]
    return found


def licence_of(dist: Distribution) -> str:
    """Return the licence a package names, the most exact field first."""
    meta = dist.metadata
    if read := READ_BY_US.get(canonicalize_name(meta["Name"])):
        return read
    if expression := meta.get("License-Expression"):
        return str(expression)
    classes = [
        line.rsplit(" :: ", 1)[-1]
        for line in meta.get_all("Classifier") or []
        if line.startswith("License :: ") and line != "License :: OSI Approved"
    ]
    return " AND ".join(classes) or str(meta.get("License") or "none named").strip().split("\n")[0]


def is_permissive(licence: str) -> bool:
    """Whether every licence joined by AND is permissive; of those joined by OR, one."""
    return all(
        any(
            one.strip(" ()") in PERMISSIVE or one.strip() in PERMISSIVE
            for one in part.split(" OR ")
        )
        for part in licence.split(" AND ")
    )


@pytest.mark.parametrize(
    ("licence", "expected"),
    [
        ("MIT", True),
        ("Apache-2.0 OR BSD-3-Clause", True),
        ("GPL-3.0-or-later OR MIT", True),
        ("MIT AND GPL-3.0-or-later", False),
        ("GNU Affero General Public License v3", False),
        ("GPL", False),
        ("none named", False),
    ],
)
def test_a_licence_is_read_as_it_is_written(licence: str, expected: bool) -> None:
    assert is_permissive(licence) is expected


def test_the_walk_reaches_what_is_needed_at_second_hand() -> None:
    found = installed()

    assert "django" in found
    assert "cryptography" in found, "django-allauth's extras were not followed"
    assert "et-xmlfile" in found, "openpyxl's needs were not followed"
    assert "pytest" not in found


def test_every_part_may_be_passed_on() -> None:
    wrong = {
        name: licence_of(dist)
        for name, dist in installed().items()
        if name not in BY_NAME and not is_permissive(licence_of(dist))
    }

    assert wrong == {}


def test_what_is_taken_by_name_is_weak_copyleft_and_still_needed() -> None:
    found = installed()
    for name in BY_NAME:
        assert name in found, f"{name} is no longer needed; take it off the list"
        licence = licence_of(found[name])
        assert "AGPL" not in licence
        assert "LGPL" in licence or "Lesser" in licence or "MPL" in licence or "Mozilla" in licence
