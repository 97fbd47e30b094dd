"""What was promised on a tie, by whom and to whom, whose it is, and what became of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, Never, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kembar.apps.accounts.models import Post, rights_of
from kembar.apps.accounts.rights import Audience, visible, within
from kembar.apps.kit.concurrency import Versioned
from kembar.apps.kit.partial_dates import PartialDateField
from kembar.apps.kit.text import TranslatedField
from kembar.apps.ledger.models import Claim, HandedIn, Source, StoredFile
from kembar.apps.programmes.models import Programme
from kembar.apps.ties.models import Event, Sector, Tie


class Side(models.TextChoices):
    HOME = "home", _("Home side")
    PARTNER = "partner", _("Partner side")
    BOTH = "both", _("Both sides")


class Way(models.TextChoices):
    """How it was said."""

    ARTICLE = "article", _("Article of a text")
    VISIT = "visit", _("On a visit")
    LETTER = "letter", _("In a letter")
    SPEECH = "speech", _("In a speech")
    MEETING = "meeting", _("In a meeting")
    OTHER = "other", _("In another way")


class Firmness(models.TextChoices):
    """How far its words bind, the loosest first."""

    WISH = "wish", _("Wish")
    INTEREST = "interest", _("Interest")
    INTENT = "intent", _("Intent")
    PROMISE = "promise", pgettext_lazy("how firm", "Promise")
    OBLIGATION = "obligation", _("Obligation")


class State(models.TextChoices):
    OPEN = "open", _("To be kept")
    RENEGOTIATED = "renegotiated", _("Renegotiated")
    KEPT = "kept", _("Kept")
    PARTLY = "partly", _("Kept in part")
    BROKEN = "broken", _("Broken")
    LAPSED = "lapsed", _("Lapsed")
    WITHDRAWN = "withdrawn", _("Withdrawn")


# A renegotiated commitment stands, on its new terms.
LIVE = (State.OPEN, State.RENEGOTIATED)


class CommitmentQuerySet(models.QuerySet["Commitment"]):
    def visible_to(self, user: object) -> Self:
        return self.filter(
            visible(
                rights_of(user),
                owner="tie__home__code",
                partner="tie__partner__code",
                audiences=["audience", "tie__audience"],
            )
        )

    def kept_for(self, user: object) -> Self:
        """All but the withdrawn ones; those too where this person reads the tie's whole file."""
        reach = rights_of(user).regions("ties.read_all")
        return self.filter(~Q(state=State.WITHDRAWN) | within("tie__home__code", reach))

    def live(self) -> Self:
        """Those that are still to be kept."""
        return self.filter(stands=True)

    def overdue(self, today: date) -> Self:
        return self.live().filter(due_by__lt=today)

    def due_between(self, first: date, last: date) -> Self:
        return self.live().filter(due_by__gte=first, due_by__lte=last)

    def without_owner(self) -> Self:
        """Those that are still to be kept, and no post keeps."""
        return self.live().filter(owner=None)

    def of_posts(self, posts: Iterable[Post | int]) -> Self:
        return self.live().filter(owner__in=posts)


class Commitment(Versioned):
    """What one side of a tie said it would do, or wished: a line of the tie's register."""

    tie = models.ForeignKey(Tie, models.PROTECT, related_name="commitments", verbose_name=_("tie"))
    # Counted within the tie; no row is ever deleted, so none is used twice.
    number = models.PositiveIntegerField(_("number"), editable=False)
    what = TranslatedField(_("what is promised"), rows=2)
    made_by = models.CharField(_("side that promised"), max_length=10, choices=Side)
    made_by_words = TranslatedField(_("who promised"), blank=True)
    made_to = TranslatedField(_("to whom"), blank=True)
    firmness = models.CharField(_("how firm"), max_length=10, choices=Firmness)
    way = models.CharField(_("how it was said"), max_length=10, choices=Way)
    article = models.CharField(_("article"), max_length=100, blank=True)
    said_on = PartialDateField(_("said on"), blank=True)
    source = models.ForeignKey(
        Source,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="commitments",
        verbose_name=_("where it is written"),
    )
    event = models.ForeignKey(
        Event,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="commitments",
        verbose_name=_("event at which it was said"),
    )
    claim = models.ForeignKey(
        Claim,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="commitments",
        verbose_name=_("claim that reports it"),
    )
    owner = models.ForeignKey(
        Post,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="commitments",
        verbose_name=_("post that keeps it"),
    )
    due = PartialDateField(_("due"), blank=True)
    # The last day that `due` may mean: until then nothing is late.
    due_by = models.DateField(null=True, editable=False)
    measure = TranslatedField(_("measure of done"), blank=True, rows=2)
    sector = models.CharField(_("sector"), max_length=20, choices=Sector, blank=True)
    programme = models.ForeignKey(
        Programme,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="commitments",
        verbose_name=_("programme"),
    )
    state = models.CharField(
        _("state"), max_length=12, choices=State, default=State.OPEN, editable=False
    )
    # Whether it is still to be kept: by this the indexes below know what the lists ask for, which
    # they would not by a list of states (SQLite plans before it knows what is asked).
    stands = models.GeneratedField(
        expression=models.Case(
            models.When(state__in=LIVE, then=True),
            default=False,
            output_field=models.BooleanField(),
        ),
        output_field=models.BooleanField(),
        db_persist=True,
    )
    audience = models.CharField(
        _("who may read it"), max_length=10, choices=Audience, default=Audience.OWN
    )
    # Where the record came from: "example", "import"; empty when typed in.
    origin = models.CharField(max_length=20, blank=True, editable=False)

    objects = CommitmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("commitment")
        verbose_name_plural = _("commitments")
        constraints = [
            models.UniqueConstraint(
                fields=["tie", "number"],
                name="commitment_numbered_once",
                violation_error_message=_("This number is taken in the register of the tie."),
            ),
            models.CheckConstraint(
                condition=Q(due=None, due_by=None) | Q(due__isnull=False, due_by__isnull=False),
                name="commitment_due_by_its_date",
            ),
        ]
        indexes = [
            # Holds all that is counted of a tie: no row is read for that.
            models.Index(fields=["tie", "state", "due_by", "owner"], name="commitment_tally"),
            # These give a list its order, and hold beside it all that lists are chosen by: the
            # database walks an index to the page, and reads only the rows of the page.
            models.Index(
                fields=["due_by", "id", "audience", "tie", "firmness", "sector"],
                condition=Q(stands=True),
                name="commitment_due",
            ),
            models.Index(
                fields=["owner", "due_by", "id", "audience", "tie"],
                condition=Q(stands=True),
                name="commitment_of_post",
            ),
            models.Index(
                fields=["state", "due_by", "id", "audience", "tie"], name="commitment_state"
            ),
            models.Index(
                fields=["due_by", "id", "state", "audience", "tie"], name="commitment_any_due"
            ),
        ]

    def __str__(self) -> str:
        return str(self.what)

    def get_absolute_url(self) -> str:
        return reverse("commitments:commitment", args=[self.pk])

    # Django's own make a table of all choices at every call; lists ask two hundred times.

    def get_state_display(self) -> str:  # type: ignore[no-redef]  # the plugin knows Django's
        return str(State(self.state).label)

    def get_firmness_display(self) -> str:  # type: ignore[no-redef]  # the same
        return str(Firmness(self.firmness).label)

    def get_way_display(self) -> str:  # type: ignore[no-redef]  # the same
        return str(Way(self.way).label)

    def get_made_by_display(self) -> str:  # type: ignore[no-redef]  # the same
        return str(Side(self.made_by).label)

    @property
    def is_live(self) -> bool:
        return self.state in LIVE

    def set_due(self) -> None:
        """Draw `due_by` from `due`."""
        self.due_by = self.due.last if self.due else None

    def days_left(self, today: date) -> int | None:
        """Return the days until it is late, below zero if it is; None if no date was named."""
        return (self.due_by - today).days if self.due_by and self.is_live else None


class TurnQuerySet(models.QuerySet["Turn"]):
    def update(self, **kwargs: Any) -> Never:
        raise TypeError("What became of a commitment is only added to.")

    def delete(self) -> Never:
        raise TypeError("What became of a commitment is only added to.")


class Turn(models.Model):
    """What became of a commitment, with the reason and the evidence. Only added, never changed."""

    class Kind(models.TextChoices):
        KEPT = "kept", _("Kept")
        PARTLY = "partly", _("Kept in part")
        RENEGOTIATED = "renegotiated", _("Renegotiated")
        BROKEN = "broken", _("Broken")
        LAPSED = "lapsed", _("Lapsed")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        REOPENED = "reopened", _("Opened again")

    commitment = models.ForeignKey(Commitment, models.PROTECT, related_name="turns")
    kind = models.CharField(_("what became of it"), max_length=12, choices=Kind)
    on = PartialDateField(_("on which day"))
    reason = TranslatedField(_("reason, or what was done"), blank=True, rows=3)
    # Of a renegotiation: the terms before and after it.
    old_due = PartialDateField(_("due before"), blank=True, editable=False)
    new_due = PartialDateField(_("due from now on"), blank=True)
    old_what = TranslatedField(_("what was promised before"), blank=True, rows=2, editable=False)
    new_what = TranslatedField(_("what is promised from now on"), blank=True, rows=2)
    source = models.ForeignKey(
        Source, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("evidence")
    )
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")
    file_name = models.CharField(_("file name"), max_length=200, blank=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    person_name = TranslatedField(_("who recorded it"), blank=True, editable=False)
    at = models.DateTimeField(editable=False)

    objects = TurnQuerySet.as_manager()

    class Meta:
        verbose_name = _("turn of a commitment")
        verbose_name_plural = _("turns of commitments")
        indexes = [models.Index(fields=["commitment", "id"], name="turn_of_commitment")]
        constraints = [
            models.CheckConstraint(condition=Q(on__isnull=False), name="turn_has_a_date"),
        ]

    def __str__(self) -> str:
        return str(self.Kind(self.kind).label)

    def delete(self, *args: Any, **kwargs: Any) -> Never:
        raise TypeError("What became of a commitment is only added to.")


class Import(HandedIn):
    """A table of commitments."""
