"""The promises of the founding example: what its sources say was promised, and no more.

No amount, no date and no signatory is attached to any of them, and nobody keeps them yet.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.db import transaction

from kembar.apps.commitments.actions import add_commitment
from kembar.apps.commitments.models import Commitment
from kembar.apps.kit.text import Text
from kembar.apps.ledger.models import Claim, Source
from kembar.apps.ties.models import Event, Tie

FILE = Path(__file__).parent / "data" / "founding-commitments.toml"
ORIGIN = "example"


def is_loaded() -> bool:
    return Commitment.objects.filter(origin=ORIGIN).exists()


def read() -> list[dict[str, Any]]:
    """Return the promises as they stand in their file."""
    with FILE.open("rb") as file:
        return list(tomllib.load(file)["commitment"])


@transaction.atomic
def load(
    ties: Mapping[str, Tie],
    events: Mapping[str, Event],
    claims: Mapping[str, Claim],
    sources: Mapping[str, Source],
) -> bool:
    """Put the promises into the registers of their ties, unless they are there.

    Each leans on a claim, which names its source: none is looked for among `sources`.
    """
    if is_loaded():
        return False
    for row in read():
        claim = claims[row["claim"]]
        commitment = Commitment(
            tie=ties[row["tie"]],
            what=claim.statement,
            made_by=row["made_by"],
            made_by_words=claim.said_by,
            made_to=Text(row.get("made_to", {})),
            firmness=row["firmness"],
            way=row["way"],
            said_on=claim.said_on,
            source=claim.source,
            event=events[row["event"]] if "event" in row else None,
            claim=claim,
            sector=row.get("sector", ""),
            audience=claim.audience,
            origin=ORIGIN,
        )
        add_commitment(commitment, by=None)
    return True
