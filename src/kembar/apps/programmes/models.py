"""What is done on a tie after the signature: programmes, their activities, money, people, risks."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kembar.apps.accounts.models import Post, rights_of
from kembar.apps.accounts.rights import Audience, visible
from kembar.apps.kit.concurrency import Versioned
from kembar.apps.kit.text import TranslatedField
from kembar.apps.ties.models import Sector, Tie


class ProgrammeQuerySet(models.QuerySet["Programme"]):
    def visible_to(self, user: object) -> Self:
        return self.filter(
            visible(
                rights_of(user),
                owner="tie__home__code",
                partner="tie__partner__code",
                audiences=["audience", "tie__audience"],
            )
        )


class Programme(Versioned):
    """What a tie does in one sector, such as a trial of rice on dry land."""

    tie = models.ForeignKey(Tie, models.PROTECT, related_name="programmes", verbose_name=_("tie"))
    title = TranslatedField(_("name of the programme"))
    sector = models.CharField(_("sector"), max_length=20, choices=Sector)
    purpose = TranslatedField(_("what it is for"), blank=True, rows=3)
    owner = models.ForeignKey(
        Post,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="programmes",
        verbose_name=_("owner post"),
    )
    starts = models.DateField(_("begins"), null=True, blank=True)
    ends = models.DateField(_("ends"), null=True, blank=True)
    stopped_on = models.DateField(_("stopped on"), null=True, editable=False)
    stopped_reason = TranslatedField(_("why it was stopped"), blank=True, editable=False)
    audience = models.CharField(
        _("who may read it"), max_length=10, choices=Audience, default=Audience.OWN
    )
    origin = models.CharField(max_length=20, blank=True, editable=False)

    objects = ProgrammeQuerySet.as_manager()

    class Meta:
        verbose_name = _("programme")
        verbose_name_plural = _("programmes")
        constraints = [
            models.CheckConstraint(
                condition=Q(starts=None) | Q(ends=None) | Q(ends__gte=models.F("starts")),
                name="programme_ends_after_it_began",
                violation_error_message=_("A programme cannot end before it began."),
            ),
        ]
        indexes = [
            models.Index(fields=["tie", "sector"], name="programme_of_tie"),
            models.Index(fields=["owner"], name="programme_of_post"),
        ]

    def __str__(self) -> str:
        return str(self.title)

    def get_absolute_url(self) -> str:
        return reverse("programmes:programme", args=[self.pk])
