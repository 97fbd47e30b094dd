"""What the atlas tells of a claim: a computed check as evidence, with its limits."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils.translation import gettext, override

from kembar.apps.kit.text import Text
from kembar.apps.ledger.models import Evidence, Source
from kembar.apps.regions.models import Region
from kembar.apps.scouting.figures import plain
from kembar.engines.scouting.checks import CHECKS, SENTENCES, Finding, examine
from kembar.engines.scouting.decision import shipped_data

PUBLISHER = "Kembar"
_BEARINGS = {
    "corroborated": Evidence.Bearing.SUPPORTS,
    "contradicted": Evidence.Bearing.CONTRADICTS,
    "open": Evidence.Bearing.CONTEXT,
}


def kinds() -> list[tuple[str, str]]:
    """Return the tests that there are, with the sentence that each tries."""
    return [(code, gettext(SENTENCES[code])) for code in CHECKS]


def bearing_of(finding: Finding) -> str:
    return _BEARINGS[finding.verdict].value


def atlas_hash() -> str:
    """Return a hash of all shipped files that a check leans on."""
    text = json.dumps(shipped_data(), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def answer_of(finding: Finding) -> dict[str, Any]:
    """Return what was found as data: the same for every reader, without sentences."""
    return {
        "check": finding.check,
        "verdict": finding.verdict,
        "code": finding.code,
        "facts": dict(finding.facts),
        "amounts": [
            {"name": each.name, "value": each.value, "unit": each.unit, "region": each.region,
             "source": each.source}
            for each in finding.amounts
        ],
        "threshold": finding.threshold,
        "limits": list(finding.limits),
        "atlas_sha256": atlas_hash(),
    }  # fmt: skip


def found(check: str, region: Region, home: Region) -> Finding:
    """Return what the atlas says; raise KembarError if it cannot say anything of them."""
    return examine(check, region.code, home=home.code)


def note_of(finding: Finding, names: Mapping[str, Region]) -> Text:
    """Return what was found, where the line was drawn, and what it does not say, for people."""
    return Text(
        {code.split("-")[0]: _note(finding, names, code) for code, _l in settings.LANGUAGES}
    )


def _note(finding: Finding, names: Mapping[str, Region], code: str) -> str:
    with override(code):
        facts = {name: _fact(value, names) for name, value in finding.facts.items()}
        # Chinese has no space between sentences.
        between = "" if code.startswith("zh") else " "
        limits = between.join(gettext(SENTENCES[each]) for each in finding.limits)
        lines = [
            gettext(SENTENCES[finding.code]) % facts,
            gettext(SENTENCES[finding.threshold]),
            gettext("What this does not say: %(limits)s") % {"limits": limits},
        ]
    return "\n".join(lines)


def _fact(value: object, names: Mapping[str, Region]) -> object:
    if isinstance(value, str):
        return str(names[value]) if value in names else value
    return plain(value) if isinstance(value, int | float) else value


def source_for(owner_code: str) -> Source:
    """Return the source that computed evidence names: this atlas, in this version.

    It is written down once for each region and each version of the data.
    """
    title = f"Atlas, data {atlas_hash()[:12]}"
    known = Source.objects.filter(owner_code=owner_code, kind=Source.Kind.COMPUTED, title=title)
    return known.first() or Source(
        owner_code=owner_code,
        kind=Source.Kind.COMPUTED,
        publisher=PUBLISHER,
        title=title,
        language="en",
        reliability=Source.Reliability.FAIR,
        reason=Text(
            id="Dihitung dari data terbuka dengan batas yang disebut pada tiap bukti; rerata"
            " seluruh daerah menyembunyikan gunung, lembah, dan sisi keringnya.",
            zh="由公开数据计算得出，局限见每条证据；全区平均值会掩盖山地、谷地和干旱的一侧。",
            en="Computed from open data, with limits that each piece of evidence names; means"
            " over a whole region hide its mountains, valleys and dry sides.",
        ),
        # Computed from data that everyone has: no secret of a region.
        audience="published",
    )
