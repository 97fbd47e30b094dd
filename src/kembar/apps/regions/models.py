"""The register of regions: first-level ones by ISO 3166-2, and the places below them."""

from __future__ import annotations

from django.db import models
from django.db.models import Value
from django.db.models.fields.json import KT
from django.db.models.functions import Coalesce, Concat
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kembar.apps.kit.text import LANGUAGES, Shown, TranslatedField

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
