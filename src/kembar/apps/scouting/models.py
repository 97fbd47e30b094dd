"""A study that looks for a partner, what was decided in it, and what was computed of claims."""

from __future__ import annotations

import hashlib
import json
from typing import Any, Never, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kembar.apps.accounts.models import Post, rights_of
from kembar.apps.accounts.rights import shared, visible, within
from kembar.apps.kit.concurrency import Versioned
from kembar.apps.kit.text import TranslatedField
from kembar.apps.ledger.models import Claim, Evidence, Owned
from kembar.apps.regions.models import Region
from kembar.apps.scouting.words import SECTORS


class StudyQuerySet(models.QuerySet["Study"]):
    def visible_to(self, user: object) -> Self:
        """A study is working paper: what its region publishes of it are the decisions."""
        rights = rights_of(user)
        own = within("owner_code", rights.regions("ties.read_all"))
        partners = shared(
            rights, owner="owner_code", partner="partner_code", audiences=["audience"]
        )
        return self.filter(own | partners)

    def looking_at(self, region: Region) -> Self:
        """Studies among whose candidates a region is."""
        words = ("*", region.country, region.code)
        condition = Q(pk__in=[])
        for word in words:
            condition |= Q(among__contains=f",{word},")
        return self.filter(condition).exclude(home=region)


class Study(Owned):
    """A question for a partner: who asks, among whom, by what, and how much each thing weighs."""

    home = models.ForeignKey(
        Region, models.PROTECT, related_name="studies", verbose_name=_("home region")
    )
    title = TranslatedField(_("title"))
    purpose = TranslatedField(_("what the partner is sought for"), blank=True, rows=3)
    owner = models.ForeignKey(
        Post,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="studies",
        verbose_name=_("owner post"),
    )
    # What the engine reads, as `inputs.Inputs` writes it: one document, checked as a whole.
    inputs = models.JSONField(_("what is asked"))
    # Among whom, for finding studies by region: ",CN,", ",CN-JX,CN-HI," or ",*,". Drawn from
    # the inputs whenever they change, since SQLite looks into no JSON list.
    among = models.TextField(editable=False)
    partner_code = models.CharField(
        _("shared with"), max_length=40, blank=True, db_index=True, editable=False
    )
    # Where the record came from: "example"; empty when typed in.
    origin = models.CharField(max_length=20, blank=True, editable=False)
    changed_at = models.DateTimeField(auto_now_add=True)

    objects = StudyQuerySet.as_manager()

    class Meta:
        verbose_name = _("study")
        verbose_name_plural = _("studies")
        constraints = [
            models.CheckConstraint(
                condition=~Q(audience="shared") | ~Q(partner_code=""),
                name="study_shared_with_somebody",
                violation_error_message=_("Say with which region the study is shared."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.title)

    def get_absolute_url(self) -> str:
        return reverse("scouting:study", args=[self.pk])


class DecisionQuerySet(models.QuerySet["Decision"]):
    def visible_to(self, user: object) -> Self:
        return self.filter(
            visible(
                rights_of(user),
                owner="study__owner_code",
                partner="study__partner_code",
                audiences=["study__audience"],
            )
        )

    def update(self, **kwargs: Any) -> Never:
        raise TypeError("A decision cannot be changed.")

    def delete(self) -> Never:
        raise TypeError("A decision cannot be deleted.")


class Decision(models.Model):
    """What was decided in a study, frozen with everything it was decided on.

    The database itself refuses to change or delete it (see migration 0002).
    """

    study = models.ForeignKey(Study, models.PROTECT, related_name="decisions")
    chosen = models.ForeignKey(
        Region, models.PROTECT, related_name="+", verbose_name=_("chosen partner")
    )
    reasons = TranslatedField(_("reasons"), rows=5)
    title = TranslatedField(editable=False)
    # Text and not JSON: PostgreSQL would write the numbers in its own way, and the seal would
    # not fit any more.
    record = models.TextField()
    sha256 = models.CharField(max_length=64)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    by_name = models.CharField(max_length=300, editable=False)
    at = models.DateTimeField(editable=False)

    objects = DecisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        indexes = [models.Index(fields=["study", "-id"], name="decision_newest")]

    def __str__(self) -> str:
        return f"{self.title}: {self.chosen}"

    def get_absolute_url(self) -> str:
        return reverse("scouting:decision", args=[self.pk])

    def delete(self, *args: Any, **kwargs: Any) -> Never:
        raise TypeError("A decision cannot be deleted.")

    def kept(self) -> Any:
        """Return the frozen record as data."""
        return json.loads(self.record)

    def is_whole(self) -> bool:
        """Return whether the record is to the letter the one that was sealed."""
        return seal_of(self.record) == self.sha256


def seal_of(text: str) -> str:
    """Return the SHA-256 of a text."""
    return hashlib.sha256(text.encode()).hexdigest()


class Remark(models.Model):
    """What a reviewer or the desk says on a study."""

    study = models.ForeignKey(Study, models.PROTECT, related_name="remarks")
    text = models.TextField(_("remark"), max_length=2000)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    author_name = models.CharField(max_length=300)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("remark")

    def __str__(self) -> str:
        return self.text[:80]


NOT_BINDING = _(
    "Only the ministry of a whole country closes regions: your office is that of one province, and"
    " its list would bind no study. Ask the ministry in the capital."
)


def binds(keeper: str) -> bool:
    """Return whether studies heed the list of this keeper: a country, or "" for all of them."""
    return "-" not in keeper


class ClosedQuerySet(models.QuerySet["Closed"]):
    def standing(self) -> Self:
        return self.filter(lifted="")

    def binding_for(self, code: str) -> Self:
        """Entries of the lists that bind a home region: its country's, and the whole world's."""
        country = code.split("-", maxsplit=1)[0]
        return self.standing().filter(keeper_code__in=["", country])


class Closed(Versioned):
    """A region with which, a ministry says, no tie may begin."""

    # Whose list it is: the country of the ministry, "" where it reaches all.
    keeper_code = models.CharField(max_length=40, blank=True, db_index=True, editable=False)
    region = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name=_("region"))
    reason = TranslatedField(_("reason"), rows=2)
    basis = TranslatedField(_("basis: letter, regulation, decision"), rows=2)
    since = models.DateTimeField(auto_now_add=True)
    # Why it stands no more; the record itself stays.
    lifted = models.CharField(_("why it is lifted"), max_length=300, blank=True, editable=False)

    objects = ClosedQuerySet.as_manager()

    class Meta:
        verbose_name = _("closed region")
        constraints = [
            models.UniqueConstraint(
                fields=["keeper_code", "region"],
                condition=Q(lifted=""),
                name="closed_once",
                violation_error_message=_("This region is on the list already."),
            )
        ]

    def __str__(self) -> str:
        return str(self.region)

    def clean(self) -> None:
        if not self.is_binding:
            raise ValidationError(NOT_BINDING)

    @property
    def is_binding(self) -> bool:
        return binds(self.keeper_code)


class SectorClaim(models.Model):
    """What a claim says of a sector: that a region is strong in it, or needs it."""

    class Role(models.TextChoices):
        STRENGTH = "strength", _("is strong in it")
        NEED = "need", _("needs it")

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="sectors")
    region = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name=_("region"))
    sector = models.CharField(_("sector"), max_length=20)
    role = models.CharField(_("what it says"), max_length=8, choices=Role)

    class Meta:
        verbose_name = _("sector of a claim")
        constraints = [
            models.UniqueConstraint(
                fields=["claim", "region", "sector", "role"],
                name="sector_claim_once",
                violation_error_message=_("The claim is read in this way already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.region}: {self.sector_name}"

    @property
    def sector_name(self) -> str:
        return str(SECTORS.get(self.sector, self.sector))


class Check(models.Model):
    """A computed test of a claim, bound to the evidence that came of it.

    The same test with the same answer is one row, however often it is run; another answer, as
    from a newer atlas, is another row and another piece of evidence.
    """

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="checks")
    kind = models.CharField(_("test"), max_length=40)
    region = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name=_("region"))
    home = models.ForeignKey(
        Region, models.PROTECT, related_name="+", verbose_name=_("compared with")
    )
    # The answer as data, and its hash.
    answer = models.JSONField()
    sha256 = models.CharField(max_length=64)
    evidence = models.ForeignKey(Evidence, models.PROTECT, related_name="checks")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("computed check")
        constraints = [
            models.UniqueConstraint(
                fields=["claim", "kind", "region", "home", "sha256"], name="check_once"
            )
        ]
