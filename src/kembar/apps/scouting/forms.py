"""What people fill in about studies."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from kembar.apps.accounts.models import Post
from kembar.apps.accounts.rights import Audience
from kembar.apps.kit.forms import VersionedForm, VersionField
from kembar.apps.kit.text import PlainField
from kembar.apps.ledger.models import Claim
from kembar.apps.regions.lookup import Gazetteer, RegionField, folded
from kembar.apps.regions.models import Indicator, Region
from kembar.apps.regions.register import country_codes
from kembar.apps.scouting.inputs import DRAWS, MOST_DRAWS, WORLD, Inputs
from kembar.apps.scouting.models import Closed, Decision, Remark, SectorClaim, Study
from kembar.apps.scouting.words import SECTORS, group_name, in_reader, known_text
from kembar.engines.scouting import catalog

_PARTS = re.compile(r"[,;\n，；、]+")
_WORLD = {"world", "dunia", "seluruhdunia", "全世界", "世界", "*"}


class AmongField(forms.CharField):
    """Asks among whom: countries, regions, or the whole world; names the nearest when in doubt."""

    widget = forms.Textarea(attrs={"rows": 2, "autocomplete": "off"})

    def to_python(self, value: Any) -> Any:
        if isinstance(value, tuple):
            return value
        parts = [part.strip() for part in _PARTS.split(str(value or "")) if part.strip()]
        if any(folded(part) in _WORLD or part == "*" for part in parts):
            return (WORLD,)
        return tuple(dict.fromkeys(self._codes(parts)))

    def _codes(self, parts: list[str]) -> Iterator[str]:
        countries = country_codes()
        gazetteer: Gazetteer | None = None
        for part in parts:
            if country := countries.get(folded(part)):
                yield country
                continue
            gazetteer = gazetteer or Gazetteer.of(Region.objects.filter(level=Region.Level.FIRST))
            yield self._region(part, gazetteer).code

    def _region(self, part: str, gazetteer: Gazetteer) -> Region:
        found = gazetteer.find(part)
        if len(found) == 1:
            return found[0]
        near = found or gazetteer.like(part)
        if near:
            raise ValidationError(
                _("“%(name)s” may be one of these; write the code: %(choices)s."),
                params={
                    "name": part[:60],
                    "choices": ", ".join(f"{region} ({region.code})" for region in near[:5]),
                },
            )
        raise ValidationError(
            _("No country and no region is called “%(name)s”. Write a code such as CN or CN-JX."),
            params={"name": part[:60]},
        )

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, tuple):
            return value
        if value == (WORLD,):
            return str(_("the whole world"))
        return ", ".join(value)

    def run_validators(self, value: Any) -> None:
        """Codes that were found are right."""


_WORLD |= {folded(words) for words in ("the whole world", "seluruh dunia", "全世界")}


def _definitions() -> list[tuple[str, list[tuple[str, str]]]]:
    groups: dict[str, list[tuple[str, str]]] = {}
    for each in catalog.shipped():
        name = group_name(each.group)
        groups.setdefault(name, []).append((each.code, in_reader(dict(each.name))))
    return list(groups.items())


def _indicators() -> list[tuple[str, str]]:
    """Return the indicators that figures were handed in for and no criterion is about."""
    about = {each.indicator for each in catalog.shipped()}
    found = Indicator.objects.filter(figures__withdrawn="").exclude(code__in=about).distinct()
    return [(each.code, str(each)) for each in found.order_by("code")]


class StudyForm(VersionedForm):
    """What a study asks: for what, among whom, by which criteria, past which filters."""

    among = AmongField(
        label=_("Among whom"),
        help_text=_(
            "Countries or regions (China, JP, CN-JX), parted by commas; or the whole world."
        ),
    )
    sectors = forms.MultipleChoiceField(
        label=_("Sectors sought"),
        choices=list(SECTORS.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("What the partner shall be strong in, by a source."),
    )
    criteria = forms.MultipleChoiceField(
        label=_("Criteria"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Tick none to use all for which something is known."),
    )
    indicators = forms.MultipleChoiceField(
        label=_("Official figures"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Beside the criteria above; more counts as better, and they share one group."),
    )
    draws = forms.IntegerField(
        label=_("Weightings tried"),
        initial=DRAWS,
        min_value=1,
        max_value=MOST_DRAWS,
        help_text=_("10,000 leave an error of at most half a point."),
    )
    seed = forms.IntegerField(
        label=_("Seed of the dice"),
        initial=0,
        min_value=0,
        max_value=2**32 - 1,
        help_text=_("The same seed gives the same ranking, bit for bit."),
    )

    class Meta:
        model = Study
        fields = ["title", "purpose", "owner"]

    field_order = ("title", "purpose", "among", "sectors", "owner")

    def __init__(self, *args: Any, inputs: Inputs | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        home = self.instance.home_id
        posts = Post.objects.filter(office__region_code=home).select_related("office")
        self.fields["owner"].queryset = posts  # type: ignore[attr-defined]  # a model choice
        self.fields["criteria"].choices = _definitions()  # type: ignore[attr-defined]  # the same
        self.fields["indicators"].choices = _indicators()  # type: ignore[attr-defined]  # the same
        self._add_filters()
        if inputs:
            self._fill(inputs)

    def _add_filters(self) -> None:
        for code, each in catalog.filters().items():
            if code == "itself":
                continue
            self.fields[f"on_{code}"] = forms.BooleanField(
                label=in_reader(dict(each.name)), required=False, initial=not each.optional
            )
            self.fields[f"why_{code}"] = forms.CharField(
                label=_("Why it is turned on") if each.optional else _("Why it is turned off"),
                required=False,
                max_length=300,
            )

    def _fill(self, inputs: Inputs) -> None:
        for name in ("among", "sectors", "criteria", "indicators", "draws", "seed"):
            self.initial[name] = getattr(inputs, name)
        for code, each in catalog.filters().items():
            changed = inputs.filters_on if each.optional else inputs.filters_off
            if code in changed:
                self.initial[f"on_{code}"] = each.optional
                self.initial[f"why_{code}"] = changed[code]

    def main(self) -> list[Any]:
        """Return the fields that stand unfolded."""
        return [self[name] for name in ("title", "purpose", "among", "sectors", "owner")]

    def is_folded_wrong(self) -> bool:
        """Return whether something in the fold has to be put right."""
        return any(
            name.startswith(("on_", "why_")) or name in ("criteria", "indicators", "draws", "seed")
            for name in self.errors
        )

    def filters(self) -> list[tuple[Any, Any, str]]:
        """Return each filter's box, its reason, and its basis for this home."""
        country = self.instance.home_id.split("-", maxsplit=1)[0]
        return [
            (self[f"on_{code}"], self[f"why_{code}"], known_text(each.basis_for(country).text))
            for code, each in catalog.filters().items()
            if code != "itself"
        ]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        for code, each in catalog.filters().items():
            if code == "itself" or data.get(f"on_{code}") == (not each.optional):
                continue
            if not data.get(f"why_{code}"):
                self.add_error(f"why_{code}", _("Say why: it is shown with the result."))
        among = data.get("among")
        if among == (self.instance.home_id,):
            self.add_error("among", _("A region cannot be its own partner."))
        return data

    def inputs(self, before: Inputs) -> Inputs:
        """Return the inputs with what was filled in; the weights stay."""
        data = self.cleaned_data
        off: dict[str, str] = {}
        on: dict[str, str] = {}
        for code, each in catalog.filters().items():
            if code != "itself" and data[f"on_{code}"] != (not each.optional):
                (on if each.optional else off)[code] = data[f"why_{code}"]
        return Inputs(
            among=data["among"],
            sectors=tuple(data["sectors"]),
            criteria=tuple(data["criteria"]),
            indicators=tuple(data["indicators"]),
            filters_off=off,
            filters_on=on,
            weights=before.weights,
            draws=data["draws"],
            seed=data["seed"],
        )

    def values_of(self, record: Any) -> dict[str, Any]:
        """Return what a study holds in the fields of this form, those of its inputs too."""
        return super().values_of(record) | {
            "among": tuple(record.inputs["among"]),
            "sectors": record.inputs["sectors"],
            "criteria": record.inputs["criteria"],
            "indicators": record.inputs["indicators"],
            "draws": record.inputs["draws"],
            "seed": record.inputs["seed"],
        }


class ShareStudyForm(forms.Form):
    """Who may read a study, and who its decisions."""

    audience = forms.ChoiceField(
        label=_("Who may read it"), choices=Audience.choices, widget=forms.RadioSelect
    )
    partner = RegionField(label=_("Shared with the office of"), required=False)
    version = VersionField()

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        is_told = data.get("partner") or "partner" in self.errors
        if data.get("audience") == Audience.SHARED and not is_told:
            self.add_error("partner", _("Say with which region the study is shared."))
        return data


class DecisionForm(forms.ModelForm):  # type: ignore[type-arg]
    """Whom the study chose, and why in words."""

    version = VersionField()
    # Of the ranking on the page: a tie, a figure or a verdict changes it, and no version.
    shown = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    class Meta:
        model = Decision
        fields = ["chosen", "reasons"]

    def __init__(self, *args: Any, ranked: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = Region.objects.in_bulk(ranked)
        chosen: Any = self.fields["chosen"]
        chosen.queryset = Region.objects.filter(code__in=ranked)
        # In the order of the ranking, which is what the reader has before him.
        chosen.choices = [
            ("", "–"),
            *((code, f"{place}. {found[code]}") for place, code in enumerate(ranked, 1)
              if code in found),
        ]  # fmt: skip


class RemarkForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Remark
        fields = ["text"]
        widgets = {"text": forms.Textarea(attrs={"rows": 3})}


class ClosedForm(forms.ModelForm):  # type: ignore[type-arg]
    """A region with which no tie may begin, and on what that rests."""

    region = RegionField(label=_("Region"))

    class Meta:
        model = Closed
        fields = ["region", "reason", "basis"]


class OpenForm(forms.Form):
    lifted = forms.CharField(label=_("Why it is lifted"), max_length=300)
    version = VersionField()


class SectorForm(forms.ModelForm):  # type: ignore[type-arg]
    """What a claim says of a sector: that a region is strong in it, or needs it."""

    region = RegionField(label=_("Region"))
    sector = forms.ChoiceField(label=_("Sector"), choices=list(SECTORS.items()))

    class Meta:
        model = SectorClaim
        fields = ["region", "sector", "role"]
        widgets = {"role": forms.RadioSelect}


class DropForm(forms.Form):
    reason = PlainField(
        label=_("Why is it taken back?"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )


class CheckForm(forms.Form):
    """Which test, of which region, compared with which home."""

    kind = forms.ChoiceField(label=_("Test"), widget=forms.RadioSelect)
    region = RegionField(label=_("Region that the claim is about"))
    home = RegionField(label=_("Compared with"))

    def __init__(self, *args: Any, claim: Claim, kinds: list[tuple[str, str]], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined]  # a choice
        self.fields["region"].initial = claim.about_region or claim.partner_code
        self.fields["home"].initial = claim.owner_code

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("region") and data.get("region") == data.get("home"):
            self.add_error("home", _("A region cannot be compared with itself."))
        return data
