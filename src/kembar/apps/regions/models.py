"""The register of regions, official figures on them, and official boundaries."""

from __future__ import annotations

from typing import Self

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Value
from django.db.models.fields.json import KT
from django.db.models.functions import Coalesce, Concat
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kembar.apps.accounts.rights import Audience
from kembar.apps.kit.addresses import AddressField
from kembar.apps.kit.concurrency import Versioned
from kembar.apps.kit.partial_dates import PartialDateField, readable
from kembar.apps.kit.text import LANGUAGES, Shown, TranslatedField
from kembar.apps.ledger.models import HandedIn, Source, StoredFile

# Of the languages that Kembar speaks, the one that a country writes.
OWN_LANGUAGES = {"ID": "id", "CN": "zh", "TW": "zh", "AU": "en", "GB": "en", "NZ": "en", "US": "en"}

_NAMES = [
    part
    for key in LANGUAGES
    for part in (
        Value("\n"),
        Coalesce(KT(f"name__{key}"), Value(""), output_field=models.TextField()),
    )
]


class Region(models.Model):
    """A province, state, city or regency. Its code is its key: ID-NT, ID-NT.kota-kupang."""

    class Level(models.TextChoices):
        FIRST = "first", _("Province or state")
        CITY = "city", _("City")
        REGENCY = "regency", _("Regency or county")
        DISTRICT = "district", _("District")
        # ISO 3166-2 lists some above the provinces, such as Indonesia's groups of islands.
        GROUP = "group", _("Group of regions")

    code = models.CharField(_("code"), max_length=40, primary_key=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="places")
    country = models.CharField(_("country"), max_length=2, db_index=True)
    level = models.CharField(_("level"), max_length=10, choices=Level)
    name = TranslatedField(_("name"))
    # Other spellings under which people look for it, one a line: Jing'gangshan.
    aliases = models.TextField(_("other names"), blank=True)
    # All of these in one column: a search compares once a region, not once a language.
    spelt = models.GeneratedField(
        expression=Concat("code", *_NAMES, Value("\n"), "aliases", output_field=models.TextField()),
        output_field=models.TextField(),
        db_persist=True,
    )

    class Meta:
        verbose_name = _("region")
        verbose_name_plural = _("regions")

    def __str__(self) -> str:
        return str(self.name)

    def get_absolute_url(self) -> str:
        return reverse("regions:region", args=[self.code])

    @property
    def own_name(self) -> Shown:
        """The name in the region's own language, as its people write it; empty if not known."""
        language = OWN_LANGUAGES.get(self.country, "")
        return Shown(self.name.get(language, ""), language or "en", is_fallback=False)


class Indicator(models.Model):
    """What a figure counts, in which unit. Whether more is better is for a study to say."""

    code = models.CharField(
        _("code"),
        max_length=60,
        primary_key=True,
        validators=[
            RegexValidator(
                r"^[a-z][a-z0-9_]*$",
                _("Write small letters, digits and _, beginning with a letter: rice_production."),
            )
        ],
    )
    name = TranslatedField(_("name"))
    unit = models.CharField(_("unit"), max_length=20)
    about = TranslatedField(_("what is counted"), blank=True, rows=2)
    # Which number of the atlas an official figure of this indicator stands before.
    measures = models.CharField(max_length=30, blank=True, editable=False)

    class Meta:
        verbose_name = _("indicator")
        verbose_name_plural = _("indicators")

    def __str__(self) -> str:
        return str(self.name)


class FigureQuerySet(models.QuerySet["Figure"]):
    def standing(self) -> Self:
        return self.filter(withdrawn="")

    def readable(self) -> Self:
        """Those whose source everybody reads: a source that was closed takes its figures along."""
        return self.filter(source__audience=Audience.PUBLISHED)


class Figure(Versioned):
    """What a source says of a region in a year. Another source's figure stands beside it."""

    region = models.ForeignKey(Region, models.PROTECT, related_name="figures")
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="figures")
    # A year, or a month of one: poverty is counted in March and in September.
    period = PartialDateField(_("year"))
    value = models.DecimalField(_("value"), max_digits=24, decimal_places=6)
    low = models.DecimalField(_("at least"), max_digits=24, decimal_places=6, null=True)
    high = models.DecimalField(_("at most"), max_digits=24, decimal_places=6, null=True)
    unit = models.CharField(_("unit"), max_length=20)
    # Number and unit as the source writes them: 15.79 million kg.
    written = models.CharField(_("as written"), max_length=80, blank=True)
    source = models.ForeignKey(
        Source, models.PROTECT, related_name="figures", verbose_name=_("source")
    )
    note = TranslatedField(_("note"), blank=True)
    # Of the region whose office brought it in: that of the figure, unless it lies abroad.
    owner_code = models.CharField(max_length=40, editable=False)
    by_name = models.CharField(max_length=300, editable=False)
    at = models.DateTimeField(default=timezone.now, editable=False)
    withdrawn = models.CharField(_("why it is withdrawn"), max_length=300, blank=True)

    objects = FigureQuerySet.as_manager()

    class Meta:
        verbose_name = _("figure")
        verbose_name_plural = _("figures")
        constraints = [
            models.UniqueConstraint(
                fields=["region", "indicator", "period", "source"],
                condition=models.Q(withdrawn=""),
                name="figure_once_a_source",
                violation_error_message=_("This source's figure for that year is here already."),
            ),
            models.CheckConstraint(
                condition=models.Q(low=None) | models.Q(low__lte=models.F("value")),
                name="figure_low_below_value",
                violation_error_message=_("The least lies above the value."),
            ),
            models.CheckConstraint(
                condition=models.Q(high=None) | models.Q(high__gte=models.F("value")),
                name="figure_high_above_value",
                violation_error_message=_("The most lies below the value."),
            ),
        ]
        indexes = [models.Index(fields=["indicator", "region"], name="figure_of_indicator")]

    def __str__(self) -> str:
        return f"{self.indicator}: {self.region}, {readable(self.period)}"

    def get_absolute_url(self) -> str:
        return reverse("regions:figures", args=[self.region_id])


class FigureImport(HandedIn):
    """A file of figures, with what was said of it beside: its source, its codes."""

    publisher = models.CharField(_("publisher"), max_length=200, blank=True)
    title = models.CharField(_("headline"), max_length=400, blank=True)
    address = AddressField(_("address"), max_length=800, blank=True)
    published = PartialDateField(_("date"), blank=True)
    code_list = models.CharField(_("numbers are codes of"), max_length=12, blank=True)


class Boundary(models.Model):
    """The outline of a region as an office drew it, and what was measured on it.

    The newest that nobody took back wins over the one of the atlas.
    """

    region = models.ForeignKey(Region, models.PROTECT, related_name="boundaries")
    # The polygons alone, as GeoJSON: what else the file says is not kept here.
    shape = models.JSONField(_("shape"))
    profile = models.JSONField(_("what was measured"))
    source = models.ForeignKey(
        Source, models.PROTECT, related_name="boundaries", verbose_name=_("source")
    )
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    file_name = models.CharField(max_length=200)
    owner_code = models.CharField(max_length=40, editable=False)
    by_name = models.CharField(max_length=300, editable=False)
    at = models.DateTimeField(default=timezone.now, editable=False)
    withdrawn = models.CharField(_("why it is taken back"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("boundary")
        verbose_name_plural = _("boundaries")
        indexes = [models.Index(fields=["region", "-id"], name="boundary_newest")]

    def __str__(self) -> str:
        return str(self.region)

    def get_absolute_url(self) -> str:
        return reverse("regions:boundaries", args=[self.region_id])


class BoundaryImport(HandedIn):
    """A file of boundaries, with its source and the region that it is of, if it is of one."""

    region = models.ForeignKey(Region, models.PROTECT, null=True, related_name="+")
    publisher = models.CharField(_("publisher"), max_length=200)
    address = AddressField(_("address"), max_length=800, blank=True)
    published = PartialDateField(_("date"), blank=True)
