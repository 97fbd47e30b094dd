"""What people fill in about regions, figures and boundaries."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from kembar.apps.kit.forms import DayInput
from kembar.apps.regions.codes import LISTS
from kembar.apps.regions.lookup import RegionField
from kembar.apps.regions.models import BoundaryImport, FigureImport, Indicator
from kembar.apps.regions.units import ANY_MONEY, known_units, unit_word


class CompareForm(forms.Form):
    one = RegionField(label=_("Region"))
    two = RegionField(label=_("Beside it"))

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        one, two = given.get("one"), given.get("two")
        if one and two and one.pk == two.pk:
            self.add_error("two", _("This is the same region; choose another to put beside it."))
        return given


class FigureImportForm(forms.ModelForm):  # type: ignore[type-arg]  # at run time not generic
    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV (UTF-8), Excel (.xlsx) or SDMX (CSV, JSON, ML), at most 20,000 figures."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.xlsx,.txt,.json,.xml"}),
    )
    code_list = forms.ChoiceField(
        label=_("Numbers are codes of"),
        required=False,
        choices=[("", _("any list, where only one region has the number")), *LISTS.items()],
        help_text=_("53 is one province for BPS and another in GB/T 2260."),
    )

    field_order = ("file", "publisher", "title", "address", "published", "code_list")

    class Meta:
        model = FigureImport
        fields = ["publisher", "title", "address", "published", "code_list"]
        widgets = {"published": DayInput}
        help_texts = {
            "publisher": _("Source of the rows that name none, such as BPS Provinsi NTT."),
        }


class BoundaryImportForm(forms.ModelForm):  # type: ignore[type-arg]  # at run time not generic
    file = forms.FileField(
        label=_("File"),
        help_text=_("GeoJSON in longitude and latitude (EPSG:4326), of one region or of many."),
        widget=forms.ClearableFileInput(attrs={"accept": ".geojson,.json"}),
    )
    region = RegionField(
        label=_("Region"),
        required=False,
        help_text=_("If the whole file is of one region; else each feature names its own."),
    )

    field_order = ("file", "region", "publisher", "address", "published")

    class Meta:
        model = BoundaryImport
        fields = ["region", "publisher", "address", "published"]
        widgets = {"published": DayInput}
        help_texts = {
            "publisher": _("Whose boundary it is, such as Badan Informasi Geospasial."),
        }


class IndicatorForm(forms.ModelForm):  # type: ignore[type-arg]  # at run time not generic
    unit = forms.ChoiceField(label=_("Unit"))

    class Meta:
        model = Indicator
        fields = ["code", "name", "unit", "about"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = [key for key in known_units() if key not in ("IDR", "CNY", "USD")]
        unit: Any = self.fields["unit"]
        unit.choices = [(key, unit_word(key)) for key in [*units, ANY_MONEY]]

    def clean_code(self) -> str:
        code = str(self.cleaned_data["code"])
        if Indicator.objects.filter(pk=code).exists():
            raise ValidationError(_("There is an indicator with this code already."))
        return code


class WithdrawForm(forms.Form):
    reason = forms.CharField(label=_("Why"), max_length=300)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1)
