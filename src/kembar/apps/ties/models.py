"""A tie between two regions, what happened on it, and where its sources disagree."""

from __future__ import annotations

from datetime import date
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kembar.apps.accounts.models import Post, rights_of
from kembar.apps.accounts.rights import Audience, visible, within
from kembar.apps.kit.concurrency import Versioned
from kembar.apps.kit.partial_dates import PartialDateField
from kembar.apps.kit.text import TranslatedField
from kembar.apps.ledger.models import Claim, HandedIn, Source, StoredFile
from kembar.apps.regions.models import Region


class Kind(models.TextChoices):
    SISTER_PROVINCE = "sister_province", _("Sister province")
    SISTER_CITY = "sister_city", _("Sister city")
    FRIENDLY = "friendly", _("Friendly cooperation")
    OTHER = "other", _("Other tie")


class State(models.TextChoices):
    EXPLORING = "exploring", _("Exploration")
    LOI_ONLY = "loi_only", _("Letter of intent, no MoU")
    ACTIVE = "active", _("Active")
    RENEWING = "renewing", _("Being renewed")
    NEVER_FORMALISED = "never_formalised", _("Never formalised")
    DORMANT = "dormant", _("Asleep")
    ENDED = "ended", _("Ended")
    UNKNOWN = "unknown", _("Not known")


# A tie that is over is not asleep: it needs nobody to wake it.
OVER = (State.ENDED, State.NEVER_FORMALISED)


class Sector(models.TextChoices):
    AGRICULTURE = "agriculture", _("Agriculture")
    LIVESTOCK = "livestock", _("Livestock")
    FISHERIES = "fisheries", _("Fisheries and marine")
    SALT = "salt", _("Salt")
    PROCESSING = "processing", _("Processing industry")
    TRADE = "trade", _("Trade and investment")
    TOURISM = "tourism", _("Tourism")
    CULTURE = "culture", _("Culture and arts")
    EDUCATION = "education", _("Education")
    VOCATIONAL = "vocational", _("Vocational training")
    HEALTH = "health", _("Health")
    ENERGY = "energy", _("Energy")
    ENVIRONMENT = "environment", _("Environment")
    TECHNOLOGY = "technology", _("Science and technology")
    SPORT = "sport", _("Youth and sport")
    ADMINISTRATION = "administration", _("Public administration")


class TieQuerySet(models.QuerySet["Tie"]):
    def visible_to(self, user: object) -> Self:
        return self.filter(
            visible(
                rights_of(user), owner="home__code", partner="partner__code", audiences=["audience"]
            )
        )

    def asleep(self, today: date) -> Self:
        """Ties without contact for longer than their own rhythm allows, or said to sleep."""
        silent = Q(silent_from__lte=today) & ~Q(state__in=OVER)
        return self.filter(silent | Q(state=State.DORMANT))


class Tie(Versioned):
    """A tie, or the wish for one, between a home region and a partner region."""

    home = models.ForeignKey(
        Region, models.PROTECT, related_name="ties", verbose_name=_("home region")
    )
    partner = models.ForeignKey(
        Region, models.PROTECT, related_name="ties_as_partner", verbose_name=_("partner region")
    )
    cycle = models.PositiveSmallIntegerField(
        _("cycle"),
        default=1,
        help_text=_("2 when the same two regions begin again after a tie that ended."),
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    state = models.CharField(_("state"), max_length=20, choices=State, default=State.EXPLORING)
    stands = TranslatedField(_("where it stands"), blank=True, rows=3)
    purpose = TranslatedField(_("purpose"), blank=True, rows=3)
    sectors = models.JSONField(_("focus sectors"), default=list, blank=True)
    target = PartialDateField(_("target date of signing"), blank=True)
    target_note = TranslatedField(_("whose target that is"), blank=True, rows=2)
    owner = models.ForeignKey(
        Post,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="ties",
        verbose_name=_("owner post"),
    )
    next_step = TranslatedField(_("next step"), blank=True, rows=2)
    next_basis = TranslatedField(_("why this step"), blank=True, rows=2)
    next_by = PartialDateField(_("to be done by"), blank=True)
    waiting_on = TranslatedField(_("waiting on"), blank=True)
    waiting_since = PartialDateField(_("waiting since"), blank=True)
    funding = TranslatedField(_("funding line"), blank=True)
    doing_body = TranslatedField(_("body that does the work"), blank=True)
    theme = TranslatedField(_("narrow theme"), blank=True)
    renewal = PartialDateField(_("renewal due"), blank=True)
    note = TranslatedField(_("note on the record"), blank=True, rows=2)
    as_of = models.DateField(_("record as of"), null=True, blank=True)
    audience = models.CharField(
        _("who may read it"), max_length=10, choices=Audience, default=Audience.OWN
    )
    sources = models.ManyToManyField(Source, related_name="ties", blank=True)
    claims = models.ManyToManyField(Claim, related_name="ties", blank=True)
    # Where the record came from: "example", "register", "import"; empty when typed in.
    origin = models.CharField(max_length=20, blank=True, editable=False)

    # Drawn from the events by pulses.py.
    last_contact = PartialDateField(editable=False, blank=True)
    next_event = models.DateField(null=True, editable=False)
    rhythm_days = models.PositiveIntegerField(null=True, editable=False)
    silent_from = models.DateField(null=True, editable=False)

    objects = TieQuerySet.as_manager()

    # Set by the list of ties, which knows the day and the reader.
    is_silent: bool = False
    is_own: bool = False

    class Meta:
        verbose_name = _("tie")
        verbose_name_plural = _("ties")
        constraints = [
            models.UniqueConstraint(
                fields=["home", "partner", "cycle"],
                name="tie_once_a_cycle",
                violation_error_message=_(
                    "This tie is in the list already. If the two regions began again after"
                    " an end, give it the next cycle number."
                ),
            ),
            models.CheckConstraint(
                condition=~Q(home=models.F("partner")),
                name="tie_between_two_regions",
                violation_error_message=_("A region cannot have a tie with itself."),
            ),
        ]
        indexes = [
            # Holds all that a page of the list is found by: pages far down read no file of a tie.
            models.Index(
                fields=["home", "partner", "cycle", "audience", "id"], name="tie_in_the_list"
            ),
            models.Index(fields=["state"], name="tie_state"),
            models.Index(fields=["silent_from"], name="tie_silent"),
            # Holds all that says who sleeps: counting them reads no file of a tie.
            models.Index(fields=["home", "state", "silent_from"], name="tie_asleep"),
            models.Index(fields=["last_contact"], name="tie_last_contact"),
        ]

    def __str__(self) -> str:
        pair = f"{self.home} – {self.partner}"
        return pair if self.cycle == 1 else f"{pair} ({self.cycle})"

    def get_absolute_url(self) -> str:
        return reverse("ties:tie", args=[self.pk])

    def get_state_display(self) -> str:  # type: ignore[no-redef]  # the plugin knows Django's
        # Django's own makes a table of all states at every call; lists ask fifty times.
        return str(State(self.state).label)

    def sector_names(self) -> list[str]:
        return [str(Sector(key).label) for key in self.sectors if key in Sector.values]


class EventQuerySet(models.QuerySet["Event"]):
    def visible_to(self, user: object) -> Self:
        return self.filter(
            visible(
                rights_of(user),
                owner="tie__home__code",
                partner="tie__partner__code",
                audiences=["audience", "tie__audience"],
            )
        )

    def standing(self) -> Self:
        return self.filter(withdrawn="")

    def kept_for(self, user: object) -> Self:
        """Standing ones; withdrawn ones too where this person reads the tie's history."""
        reach = rights_of(user).regions("ties.read_all")
        return self.filter(Q(withdrawn="") | within("tie__home__code", reach))

    def newest_first(self) -> Self:
        return self.order_by("-on", "-pk")


class Event(Versioned):
    """Something that happened on a tie, or will."""

    class Kind(models.TextChoices):
        CONTACT = "contact", _("Contact")
        VISIT = "visit", _("Visit")
        MEETING = "meeting", _("Meeting")
        LETTER = "letter", _("Letter")
        SIGNING = "signing", _("Signing")
        LAPSE = "lapse", _("Lapse")
        RENEWAL = "renewal", _("Renewal")
        NOTE = "note", _("Note")

    class Milestone(models.TextChoices):
        FIRST_CONTACT = "first_contact", _("First contact")
        LOI = "loi", _("Letter of intent signed")
        COUNCIL = "council", _("Council approved")
        MINISTRY = "ministry", _("Ministry approved")
        MOU = "mou", _("MoU signed")

    class Confidence(models.TextChoices):
        AGREED = "A", _("Two or more independent sources agree")
        NAMED = "B", _("One named source")
        WEAK = "C", _("One weak or second-hand source")
        CONTRADICTED = "X", _("Sources contradict each other")
        OWN = "O", _("Our own record")

    tie = models.ForeignKey(Tie, models.PROTECT, related_name="events", verbose_name=_("tie"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    on = PartialDateField(_("date"))
    until = PartialDateField(_("until"), blank=True)
    milestone = models.CharField(_("milestone"), max_length=15, choices=Milestone, blank=True)
    title = TranslatedField(_("what"))
    detail = TranslatedField(_("more about it"), blank=True, rows=4)
    place = TranslatedField(_("where"), blank=True)
    confidence = models.CharField(
        _("confidence"), max_length=1, choices=Confidence, default=Confidence.OWN
    )
    audience = models.CharField(
        _("who may read it"), max_length=10, choices=Audience, default=Audience.OWN
    )
    sources = models.ManyToManyField(
        Source, related_name="events", blank=True, verbose_name=_("sources")
    )
    origin = models.CharField(max_length=20, blank=True, editable=False)
    # Why it was taken off the timeline; the record itself stays.
    withdrawn = models.CharField(
        _("why it is withdrawn"), max_length=300, blank=True, editable=False
    )

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        indexes = [
            models.Index(fields=["tie", "-on", "-id"], name="event_timeline"),
            models.Index(fields=["on"], name="event_calendar"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(on__isnull=False), name="event_has_a_date"),
        ]

    def __str__(self) -> str:
        return str(self.title)

    def get_absolute_url(self) -> str:
        return reverse("ties:event", args=[self.pk])


# Kinds of events in which the two sides met or wrote to each other.
CONTACT_KINDS = (
    Event.Kind.CONTACT,
    Event.Kind.VISIT,
    Event.Kind.MEETING,
    Event.Kind.LETTER,
    Event.Kind.SIGNING,
    Event.Kind.RENEWAL,
)


class Participant(models.Model):
    """Who took part, as the source names him: the person and his post then."""

    class Side(models.TextChoices):
        HOME = "home", _("Home side")
        PARTNER = "partner", _("Partner side")
        OTHER = "other", _("Others")

    event = models.ForeignKey(Event, models.CASCADE, related_name="participants")
    name = models.CharField(_("name"), max_length=200)
    post = TranslatedField(_("post"), blank=True)
    side = models.CharField(_("side"), max_length=10, choices=Side)

    class Meta:
        verbose_name = _("participant")

    def __str__(self) -> str:
        return f"{self.name} – {self.post}" if self.post else self.name


class Attachment(models.Model):
    """A file with the name it was handed in under."""

    event = models.ForeignKey(Event, models.PROTECT, related_name="attachments")
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    name = models.CharField(_("file name"), max_length=200)

    def __str__(self) -> str:
        return self.name


class ConflictQuerySet(models.QuerySet["Conflict"]):
    def open(self) -> Self:
        return self.filter(settled_at=None)


class Conflict(models.Model):
    """A question on which sources contradict each other. All sides are kept."""

    tie = models.ForeignKey(Tie, models.PROTECT, related_name="conflicts")
    question = TranslatedField(_("what is contested"))
    explanation = TranslatedField(_("explanation"), blank=True, rows=3)
    events = models.ManyToManyField(Event, related_name="conflicts", blank=True)
    claims = models.ManyToManyField(Claim, related_name="conflicts", blank=True)
    settlement = TranslatedField(_("how it was settled"), blank=True, rows=3)
    settled_at = models.DateTimeField(null=True, editable=False)

    objects = ConflictQuerySet.as_manager()

    class Meta:
        verbose_name = _("conflict")
        verbose_name_plural = _("conflicts")

    def __str__(self) -> str:
        return str(self.question)


class Remark(models.Model):
    """What a reviewer asks of the desk, and the desk's answer."""

    tie = models.ForeignKey(Tie, models.PROTECT, related_name="remarks")
    text = models.TextField(_("remark"), max_length=2000)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    author_name = models.CharField(max_length=300)
    at = models.DateTimeField(auto_now_add=True)
    answer = models.TextField(_("answer"), max_length=2000, blank=True)
    answered_by = models.CharField(max_length=300, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("remark")

    def __str__(self) -> str:
        return self.text[:80]


class Import(HandedIn):
    """A table of ties."""
