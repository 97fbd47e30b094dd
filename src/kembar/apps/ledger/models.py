"""Sources, what they claim, the evidence, and what holds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.module_loading import import_string
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from kembar.apps.accounts.models import rights_of
from kembar.apps.accounts.rights import Audience, Rights, shared, visible, within
from kembar.apps.kit.addresses import AddressField
from kembar.apps.kit.concurrency import Versioned
from kembar.apps.kit.partial_dates import PartialDateField, readable
from kembar.apps.kit.text import TranslatedField

CONTENT_LANGUAGES = [
    ("id", _("Indonesian")),
    ("zh", _("Chinese")),
    ("en", _("English")),
]


# A claim is read by whom it is for, and never more widely than its tie.
CLAIM_AUDIENCES = ("audience", "at_most")


class StoredFile(models.Model):
    """A file kept under its SHA-256, outside the web root."""

    sha256 = models.CharField(max_length=64, unique=True)
    size = models.PositiveBigIntegerField(_("size in bytes"))
    content_type = models.CharField(max_length=100)
    stored_at = models.DateTimeField(auto_now_add=True)


class HandedIn(models.Model):
    """A file of data that somebody handed in: looked at first, then loaded."""

    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    # What the dry run promised: a hash of every planned change. Loading checks it again.
    plan = models.CharField(max_length=64)
    applied_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True


class Owned(Versioned):
    """A record that belongs to a region, and may be shared with a partner or published."""

    owner_code = models.CharField(max_length=40, db_index=True, editable=False)
    audience = models.CharField(
        _("who may read it"), max_length=10, choices=Audience, default=Audience.OWN
    )

    class Meta:
        abstract = True


class SourceQuerySet(models.QuerySet["Source"]):
    def visible_to(self, user: object) -> Self:
        """Return what this reader may see: a shared source if what names it is shared with him.

        A source may serve ties with several partners; nobody has to say with which.
        """
        rights = rights_of(user)
        condition = within("owner_code", rights.regions("ties.read_all"))
        condition |= Q(audience=Audience.PUBLISHED)
        for use in _uses_shared_with(rights) if rights.partnerships else ():
            condition |= Q(Exists(use), audience=Audience.SHARED)
        return self.filter(condition)


def _uses_shared_with(rights: Rights) -> Iterator[models.QuerySet[Any]]:
    """Yield what names the source of an outer query and is shared with this partner."""
    to_claim = shared(rights, owner="owner_code", partner="partner_code", audiences=CLAIM_AUDIENCES)
    claims = Claim.objects.standing().filter(to_claim)
    yield claims.filter(source=OuterRef("pk"))
    yield claims.filter(evidence__source=OuterRef("pk"))
    for path in settings.SOURCE_USES:
        yield from import_string(path)(rights)


class Source(Owned):
    """Something that was published or written, with how far it can be relied on."""

    class Kind(models.TextChoices):
        LAW = "law", _("Law or regulation")
        OFFICIAL = "official", _("Official page")
        PRESS = "press", _("Press")
        THESIS = "thesis", _("Thesis or study")
        BLOG = "blog", _("Blog")
        MIRROR = "mirror", _("Mirror of another page")
        LETTER = "letter", _("Letter")
        MINUTES = "minutes", _("Minutes")
        RECORD = "record", _("Own record")
        COMPUTED = "computed", _("Computed check")
        OTHER = "other", _("Other")

    class Reliability(models.TextChoices):
        STRONG = "strong", _("Strong")
        FAIR = "fair", _("Fair")
        WEAK = "weak", _("Weak")
        UNRELIABLE = "unreliable", _("Unreliable")

    publisher = models.CharField(_("publisher"), max_length=200)
    title = models.CharField(_("headline"), max_length=400, blank=True)
    address = AddressField(_("address"), max_length=800, blank=True)
    dated = PartialDateField(_("date"), blank=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.PRESS)
    language = models.CharField(
        _("language"), max_length=2, choices=CONTENT_LANGUAGES, default="id"
    )
    reliability = models.CharField(
        _("reliability"), max_length=10, choices=Reliability, default=Reliability.FAIR
    )
    reason = TranslatedField(_("why so reliable"), blank=True, rows=2)
    archived = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    archived_name = models.CharField(max_length=200, blank=True, editable=False)

    objects = SourceQuerySet.as_manager()

    class Meta:
        verbose_name = _("source")
        verbose_name_plural = _("sources")
        constraints = [
            models.UniqueConstraint(
                fields=["owner_code", "address"],
                condition=~Q(address=""),
                name="source_address_once",
                violation_error_message=_("This address is in the list of sources already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.publisher}: {self.title}" if self.title else self.publisher

    def in_a_list(self) -> str:
        """Return how it is told from others of its publisher: by headline or address, and day."""
        what = self.title or self.address.removeprefix("https://").removeprefix("http://")
        parts = [f"{self.publisher}: {Truncator(what).chars(80)}" if what else self.publisher]
        return " · ".join([*parts, *([readable(self.dated)] if self.dated else [])])

    def get_absolute_url(self) -> str:
        return reverse("ledger:source", args=[self.pk])


class Judgement(models.TextChoices):
    CORROBORATED = "corroborated", _("Corroborated")
    CONTRADICTED = "contradicted", _("Contradicted")
    OPEN = "open", _("Open")
    NOT_CHECKABLE = "not_checkable", _("Not checkable")


class ClaimQuerySet(models.QuerySet["Claim"]):
    def visible_to(self, user: object) -> Self:
        return self.filter(
            visible(
                rights_of(user),
                owner="owner_code",
                partner="partner_code",
                audiences=CLAIM_AUDIENCES,
            )
        )

    def standing(self) -> Self:
        return self.filter(withdrawn="")

    def kept_for(self, user: object) -> Self:
        """Standing ones; withdrawn ones too where this person reads the history."""
        reach = rights_of(user).regions("history.read")
        return self.filter(Q(withdrawn="") | within("owner_code", reach))

    def with_judgement(self) -> Self:
        """Add the newest verdict's judgement as `judgement`; none yet counts as open."""
        newest = Subquery(_newest_verdict("judgement"))
        return self.annotate(judgement=Coalesce(newest, Value(Judgement.OPEN.value)))

    def with_verdict(self) -> Self:
        """Add the newest verdict's judgement, and its reasoning as `reasoning`; none yet: None."""
        return self.with_judgement().annotate(reasoning=Subquery(_newest_verdict("reasoning")))


def _newest_verdict(column: str) -> Any:
    return Verdict.objects.filter(claim=OuterRef("pk")).order_by("-pk").values(column)[:1]


class Claim(Owned):
    """A sentence that somebody said, with who, when and where."""

    partner_code = models.CharField(max_length=40, blank=True, db_index=True, editable=False)
    number = models.PositiveSmallIntegerField(_("number"), null=True, blank=True)
    statement = TranslatedField(_("statement"), rows=2)
    language = models.CharField(_("said in"), max_length=2, choices=CONTENT_LANGUAGES, default="id")
    said_by = TranslatedField(_("said by"), blank=True)
    said_on = PartialDateField(_("said on"), blank=True)
    source = models.ForeignKey(
        Source,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="claims",
        verbose_name=_("where it was said"),
    )
    # Who may read what the claim is about: it is never read more widely. The tie says it.
    at_most = models.CharField(
        max_length=10, choices=Audience, default=Audience.PUBLISHED, editable=False
    )
    about_region = models.CharField(_("about the region"), max_length=40, blank=True, db_index=True)
    # Why it is said no more; the record itself stays.
    withdrawn = models.CharField(
        _("why it is withdrawn"), max_length=300, blank=True, editable=False
    )

    objects = ClaimQuerySet.as_manager()

    class Meta:
        verbose_name = _("claim")
        verbose_name_plural = _("claims")

    def __str__(self) -> str:
        return str(self.statement)

    def get_absolute_url(self) -> str:
        return reverse("ledger:claim", args=[self.pk])


class Evidence(models.Model):
    """What a source says for or against a claim."""

    class Bearing(models.TextChoices):
        SUPPORTS = "supports", _("Supports")
        CONTRADICTS = "contradicts", _("Contradicts")
        CONTEXT = "context", _("Context")

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="evidence")
    source = models.ForeignKey(
        Source, models.PROTECT, related_name="evidence", verbose_name=_("source")
    )
    bearing = models.CharField(_("bearing"), max_length=11, choices=Bearing)
    note = TranslatedField(_("what it says"), blank=True, rows=2)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("evidence")


class Verdict(models.Model):
    """What somebody judged of a claim, and why. A new one never replaces an old one."""

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="verdicts")
    judgement = models.CharField(_("verdict"), max_length=13, choices=Judgement)
    reasoning = TranslatedField(_("reasoning"), rows=3)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    author_name = models.CharField(max_length=300, editable=False)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("verdict")
        indexes = [models.Index(fields=["claim", "-id"], name="verdict_newest")]
