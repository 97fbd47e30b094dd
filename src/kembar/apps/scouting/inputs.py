"""What a study asks, as one document that is checked as a whole and that the engine reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from kembar.apps.scouting import weights as saying
from kembar.apps.scouting.weights import Weights

WORLD: Final = "world"
DRAWS: Final = 10_000
MOST_DRAWS: Final = 100_000
MOST_CODES: Final = 500


@dataclass(frozen=True)
class Inputs:
    """What is asked.

    Attributes
    ----------
    among
        Codes of countries or of regions, or `WORLD` alone.
    sectors
        What home seeks; empty is what its documented needs say.
    criteria
        Codes of those to rank by; empty is all that something is known for.
    indicators
        Official figures to rank by beside the criteria; more is better.
    filters_off, filters_on
        Filters that are turned off, or on where they are optional, each with the reason.
    weights
    draws, seed
        Of the dice.
    """

    among: tuple[str, ...]
    sectors: tuple[str, ...] = ()
    criteria: tuple[str, ...] = ()
    indicators: tuple[str, ...] = ()
    filters_off: Mapping[str, str] = field(default_factory=dict)
    filters_on: Mapping[str, str] = field(default_factory=dict)
    weights: Weights = field(default_factory=Weights)
    draws: int = DRAWS
    seed: int = 0

    def as_json(self) -> dict[str, Any]:
        """Return it as a study keeps it."""
        return {
            "among": list(self.among),
            "sectors": list(self.sectors),
            "criteria": list(self.criteria),
            "indicators": list(self.indicators),
            "filters_off": dict(self.filters_off),
            "filters_on": dict(self.filters_on),
            "weights": self.weights.as_json(),
            "draws": self.draws,
            "seed": self.seed,
        }

    def with_weights(self, weights: Weights) -> Inputs:
        return replace(self, weights=weights)

    def among_words(self) -> str:
        """Return among whom as the text by which studies are found: ",CN,"."""
        words = ["*"] if self.among == (WORLD,) else self.among
        return f",{','.join(words)},"


def read(data: Any) -> Inputs:
    """Return the inputs that a study keeps.

    Raises
    ------
    ValidationError
        If the document is not what `Inputs.as_json` writes.
    """
    try:
        inputs = Inputs(
            among=tuple(map(str, data["among"])),
            sectors=tuple(map(str, data["sectors"])),
            criteria=tuple(map(str, data["criteria"])),
            indicators=tuple(map(str, data["indicators"])),
            filters_off={str(k): str(v) for k, v in data["filters_off"].items()},
            filters_on={str(k): str(v) for k, v in data["filters_on"].items()},
            weights=saying.read_json(data["weights"]),
            draws=int(data["draws"]),
            seed=int(data["seed"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ValidationError(_("What the study asks cannot be read.")) from error
    check(inputs)
    return inputs


def check(inputs: Inputs) -> None:
    """Refuse what cannot be asked, whoever wrote it."""
    if not inputs.among:
        raise ValidationError(_("Say among whom a partner is sought."))
    if len(inputs.among) > MOST_CODES:
        raise ValidationError(
            _("A list of candidates holds at most %(most)s; name their countries instead."),
            params={"most": MOST_CODES},
        )
    if not 1 <= inputs.draws <= MOST_DRAWS:
        raise ValidationError(
            _("Between 1 and %(most)s weightings can be tried."), params={"most": MOST_DRAWS}
        )
    if not 0 <= inputs.seed < 2**32:
        raise ValidationError(_("The seed of the dice is a whole number from 0 to 4294967295."))
    saying.check(inputs.weights)
