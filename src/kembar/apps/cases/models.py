"""The running procedure of a tie: its pinned rulebooks, and a log that is only added to."""

from __future__ import annotations

from typing import Any, Never, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kembar.apps.accounts.models import Holding, Post, rights_of
from kembar.apps.accounts.rights import Audience, visible, within
from kembar.apps.kit.concurrency import Versioned
from kembar.apps.kit.text import TranslatedField
from kembar.apps.ledger.models import Claim, Source, StoredFile
from kembar.apps.ties.models import Event, Tie

# Letters of the code of a step, gate, rule or paper, at most.
CODE = 64


class Sub(models.TextChoices):
    """Which procedure of the rulebooks a case runs through."""

    ESTABLISH = "establish", _("Establishing the tie")
    TRAVEL = "travel", _("Official trip abroad")
    RENEWAL = "renewal", _("Renewal")
    AMENDMENT = "amendment", _("Amendment")
    ENDING = "ending", _("Ending the tie")


class Side(models.TextChoices):
    HOME = "home", _("Home side")
    PARTNER = "partner", _("Partner side")


class Closed(models.TextChoices):
    FINISHED = "finished", _("Finished")
    STOPPED = "stopped", _("Stopped")


class Returned(models.TextChoices):
    """Why something was sent back, coded so that it can be counted."""

    INCOMPLETE = "incomplete", _("Papers are missing")
    FORM = "form", _("Form, signature or authority is not in order")
    CONTENT = "content", _("The content must be changed")
    LAW = "law", _("It does not agree with the law, or lies outside the competence")
    POLICY = "policy", _("It does not agree with policy or plans")
    BUDGET = "budget", _("The money is not secured")
    LANGUAGES = "languages", _("The texts in the languages do not say the same")
    OTHER = "other", _("Another reason")


class PinnedRulebook(models.Model):
    """A rulebook as it was written when a case began: later versions change nothing for it."""

    code = models.CharField(_("rulebook"), max_length=CODE)
    version = models.CharField(_("version"), max_length=40)
    sha256 = models.CharField(max_length=64, unique=True)
    text = models.TextField(editable=False)

    class Meta:
        verbose_name = _("pinned rulebook")
        verbose_name_plural = _("pinned rulebooks")

    def __str__(self) -> str:
        return f"{self.code} {self.version}"


# What a page of a case does not tell of its tie, its regions and its rulebooks: long texts, most
# of them in three languages.
UNTOLD = (
    *(f"tie__{name}" for name in ("stands", "purpose", "sectors", "target_note", "next_step")),
    *(f"tie__{name}" for name in ("next_basis", "waiting_on", "funding", "doing_body", "theme")),
    *("tie__note", "tie__last_contact", "tie__next_event", "tie__rhythm_days"),
    *(f"tie__{side}__{name}" for side in ("home", "partner") for name in ("aliases", "spelt")),
    *("home_book__text", "partner_book__text"),
)


class CaseQuerySet(models.QuerySet["Case"]):
    def visible_to(self, user: object) -> Self:
        return self.filter(
            visible(
                rights_of(user),
                owner="tie__home__code",
                partner="tie__partner__code",
                audiences=["audience", "tie__audience"],
            )
        )

    def read_whole_by(self, user: object) -> Self:
        """Cases whose log and files a person reads, not only where they stand."""
        return self.filter(within("tie__home__code", rights_of(user).regions("ties.read_all")))

    def running(self) -> Self:
        return self.filter(closed="")

    def named(self) -> Self:
        """With the names of both regions and the rulebooks' marks, but without long texts."""
        related = self.select_related("tie__home", "tie__partner", "home_book", "partner_book")
        return related.defer(*UNTOLD)


class Case(Versioned):
    """One procedure of a tie, such as its establishment or a trip, as two countries run it."""

    tie = models.ForeignKey(Tie, models.PROTECT, related_name="cases", verbose_name=_("tie"))
    sub = models.CharField(_("procedure"), max_length=10, choices=Sub, default=Sub.ESTABLISH)
    # Of a trip, which runs by the traveller's rulebook alone: that is `home_book` then.
    side = models.CharField(_("who travels"), max_length=10, choices=Side, blank=True)
    title = TranslatedField(_("what it is about"), blank=True)
    home_book = models.ForeignKey(
        PinnedRulebook, models.PROTECT, related_name="+", verbose_name=_("rulebook")
    )
    partner_book = models.ForeignKey(
        PinnedRulebook,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("partner's rulebook"),
    )
    opened_on = models.DateField(_("opened on"))
    owner = models.ForeignKey(
        Post,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="cases",
        verbose_name=_("owner post"),
    )
    audience = models.CharField(
        _("who may read it"), max_length=10, choices=Audience, default=Audience.OWN
    )
    closed = models.CharField(_("closed"), max_length=10, choices=Closed, blank=True)
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    closed_reason = TranslatedField(_("why it is closed"), blank=True, rows=2)
    # What was ticked of what to prepare, by step, in the rulebook's English words: when a new
    # version words an item anew, its tick falls away instead of moving to another item.
    prepared = models.JSONField(_("what is prepared"), default=dict, blank=True, editable=False)
    # Where the record came from: "example"; empty when typed in.
    origin = models.CharField(max_length=20, blank=True, editable=False)

    # Drawn from the log at every deed (`standing.put`). Days only, never counts of days: a day
    # that passes changes nothing here.
    stands = models.JSONField(default=dict, blank=True, editable=False)
    # What was handed in and what came back, and how often something did, by reason: as
    # `standing.pending` and `standing.came_back` say.
    pending = models.JSONField(default=list, blank=True, editable=False)
    came_back = models.JSONField(default=dict, blank=True, editable=False)
    # Of a trip its departure, until that is over.
    target = models.DateField(_("target date"), null=True, editable=False)
    waiting_on = models.CharField(_("waiting on"), max_length=80, blank=True, editable=False)
    waiting_since = models.DateField(_("waiting since"), null=True, editable=False)
    missing = models.PositiveSmallIntegerField(_("what is missing"), default=0, editable=False)
    next_act = models.CharField(_("next step"), max_length=CODE, blank=True, editable=False)
    signed_on = models.DateField(_("signed on"), null=True, editable=False)

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        constraints = [
            models.UniqueConstraint(
                fields=["tie"],
                condition=Q(sub="establish", closed=""),
                name="case_establishes_once",
                violation_error_message=_("This tie has a running case for its establishment."),
            ),
            models.CheckConstraint(
                condition=Q(sub="travel") ^ Q(side=""),
                name="case_trip_has_a_side",
                violation_error_message=_("Say who travels; only a trip needs it."),
            ),
            models.CheckConstraint(
                condition=Q(closed="", closed_on=None) | ~Q(closed="") & Q(closed_on__isnull=False),
                name="case_closed_on_a_day",
                violation_error_message=_("Say on which day the case was closed."),
            ),
        ]
        indexes = [
            models.Index(fields=["tie", "sub"], name="case_of_tie"),
            models.Index(fields=["closed", "-missing"], name="case_incomplete"),
            models.Index(fields=["closed", "waiting_since"], name="case_waiting"),
        ]

    def __str__(self) -> str:
        name = str(self.title) or str(Sub(self.sub).label)
        return f"{name}: {self.tie}"

    def get_absolute_url(self) -> str:
        return reverse("cases:case", args=[self.pk])

    @property
    def countries(self) -> tuple[str, ...]:
        """The countries whose working days count, in the order of the rulebooks."""
        home, partner = self.tie.home.country, self.tie.partner.country
        if self.sub == Sub.TRAVEL:
            return (partner,) if self.side == Side.PARTNER else (home,)
        return (home, partner) if self.partner_book_id else (home,)


class EntryQuerySet(models.QuerySet["Entry"]):
    def visible_to(self, user: object) -> Self:
        """The log is for those who read the whole case."""
        reach = rights_of(user).regions("ties.read_all")
        return self.filter(within("case__tie__home__code", reach))

    def update(self, **kwargs: Any) -> Never:
        raise TypeError("The log of a case cannot be changed.")

    def delete(self) -> Never:
        raise TypeError("The log of a case cannot be deleted.")


class Entry(models.Model):
    """What happened on a case. The database itself refuses to change or delete it.

    What was entered by mistake is annulled by another entry; both stay.
    """

    class Kind(models.TextChoices):
        ASKED = "asked", _("Handed in")
        RETURNED = "returned", _("Came back")
        DONE = "done", _("Done")
        SKIPPED = "skipped", _("Left out")
        OVERRIDDEN = "overridden", _("Override")
        ANSWERED = "answered", _("Answer")
        DATED = "dated", _("Date")
        ANNULLED = "annulled", _("Annulled")
        NOTED = "noted", _("Note")

    case = models.ForeignKey(Case, models.PROTECT, related_name="entries")
    number = models.PositiveIntegerField(_("number"))
    kind = models.CharField(_("kind of entry"), max_length=10, choices=Kind)
    on = models.DateField(_("date"))
    step = models.CharField(_("step"), max_length=CODE, blank=True)
    # The name that the step, gate, rule or question had then; the rulebook may name it anew.
    title = TranslatedField(_("what it is about"), blank=True, editable=False)
    reason = models.CharField(_("reason"), max_length=12, choices=Returned, blank=True)
    text = TranslatedField(_("note or reason"), blank=True, rows=3)
    # Of an override the gate or rule, of an answer the question, of a date which one, of an
    # annulment the number of what is annulled.
    key = models.CharField(_("gate, rule, question or number"), max_length=CODE, blank=True)
    # Of an answer what was answered, of a date the day; of an override who took it on himself.
    value = models.CharField(_("value"), max_length=200, blank=True)
    # Codes of the papers attached; their files are in `CasePaper`.
    papers = models.JSONField(_("papers"), default=list, blank=True)
    event = models.ForeignKey(
        Event,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("event on the timeline"),
    )
    post = models.ForeignKey(Post, models.PROTECT, null=True, editable=False, related_name="+")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    # Who it was, and from which post, for readers of each language then.
    person_name = TranslatedField(blank=True, editable=False)
    at = models.DateTimeField(editable=False)

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("entry of a case")
        verbose_name_plural = _("entries of a case")
        constraints = [
            models.UniqueConstraint(fields=["case", "number"], name="entry_number_once"),
        ]
        indexes = [models.Index(fields=["step", "kind"], name="entry_step")]

    def __str__(self) -> str:
        kind = Entry.Kind(self.kind).label
        return f"{self.title} – {kind} ({self.case.tie})" if self.title else f"{kind}: {self.case}"

    def get_absolute_url(self) -> str:
        return reverse("cases:entry", args=[self.pk])

    def delete(self, *args: Any, **kwargs: Any) -> Never:
        raise TypeError("The log of a case cannot be deleted.")


class CasePaper(models.Model):
    """A file that came with an entry, and which paper of the rulebook it is. It stays too."""

    entry = models.ForeignKey(Entry, models.PROTECT, related_name="files")
    code = models.CharField(_("paper"), max_length=CODE)
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    name = models.CharField(_("file name"), max_length=200)

    class Meta:
        verbose_name = _("paper of a case")
        verbose_name_plural = _("papers of a case")

    def __str__(self) -> str:
        return self.name


class CaseClaim(models.Model):
    """A claim about a step, such as that a letter was signed: shown there with its verdict."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="claims")
    step = models.CharField(_("step"), max_length=CODE)
    claim = models.ForeignKey(
        Claim, models.PROTECT, related_name="+", verbose_name=Claim._meta.verbose_name
    )

    class Meta:
        verbose_name = _("claim about a step")
        verbose_name_plural = _("claims about steps")
        constraints = [
            models.UniqueConstraint(
                fields=["case", "step", "claim"],
                name="claim_once_a_step",
                violation_error_message=_("This claim stands at the step already."),
            )
        ]

    def __str__(self) -> str:
        return str(self.claim)


class LimitSetting(Versioned):
    """A limit that no text seen gives, or that an installation knows better; with its source."""

    key = models.CharField(_("setting"), max_length=CODE)
    # Whose law it belongs to, as in the rulebook.
    country = models.CharField(_("country"), max_length=2)
    days = models.PositiveSmallIntegerField(_("days"))

    class Count(models.TextChoices):
        WORKING = "working", _("working days")
        CALENDAR = "calendar", _("days of the calendar")

    count = models.CharField(_("counted in"), max_length=10, choices=Count, default=Count.WORKING)
    source = models.ForeignKey(
        Source, models.PROTECT, related_name="+", verbose_name=Source._meta.verbose_name
    )
    note = TranslatedField(_("what the source says"), blank=True, rows=2)

    class Meta:
        verbose_name = _("limit of a step")
        verbose_name_plural = _("limits of steps")
        constraints = [
            models.UniqueConstraint(
                fields=["country", "key"],
                name="limit_set_once",
                violation_error_message=_("This limit is set already; change it instead."),
            )
        ]

    def __str__(self) -> str:
        return self.key


class BookChangeQuerySet(models.QuerySet["BookChange"]):
    def standing(self) -> Self:
        return self.filter(undone_at=None)


class BookChange(models.Model):
    """A running case taken to another version of its rulebooks, and perhaps taken back."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="book_changes")
    old_home = models.ForeignKey(PinnedRulebook, models.PROTECT, related_name="+")
    old_partner = models.ForeignKey(PinnedRulebook, models.PROTECT, null=True, related_name="+")
    new_home = models.ForeignKey(
        PinnedRulebook, models.PROTECT, related_name="+", verbose_name=_("rulebook")
    )
    new_partner = models.ForeignKey(
        PinnedRulebook,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("partner's rulebook"),
    )
    reason = TranslatedField(_("reason"), rows=3)
    # What the dry run said: entries that lose their step, steps that are open behind them.
    dry_run = models.JSONField(editable=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    by_name = models.CharField(max_length=300, editable=False)
    at = models.DateTimeField(editable=False)
    undone_at = models.DateTimeField(null=True, editable=False)
    undone_by = models.CharField(max_length=300, blank=True, editable=False)
    undone_reason = TranslatedField(_("why it is undone"), blank=True, rows=2, editable=False)

    objects = BookChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("change of rulebooks")
        verbose_name_plural = _("changes of rulebooks")

    def __str__(self) -> str:
        return f"{self.old_home} → {self.new_home}"


# Reminders -----------------------------------------------------------------------------


class FeedQuerySet(models.QuerySet["Feed"]):
    def standing(self) -> Self:
        return self.filter(withdrawn_at=None)


class Feed(models.Model):
    """A calendar that a holder of a post subscribed to; it ends with his time in the post.

    Whoever knows the secret address reads it, so only a hash of it is kept.
    """

    holding = models.ForeignKey(Holding, models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(_("made on"))
    withdrawn_at = models.DateTimeField(_("withdrawn on"), null=True)

    objects = FeedQuerySet.as_manager()

    class Meta:
        verbose_name = _("calendar feed")
        verbose_name_plural = _("calendar feeds")
        constraints = [
            models.UniqueConstraint(
                fields=["holding"],
                condition=Q(withdrawn_at=None),
                name="feed_one_a_holding",
                violation_error_message=_("This post has a calendar feed; make it anew instead."),
            )
        ]

    def __str__(self) -> str:
        return str(self.holding.post)


class Reminder(models.Model):
    """A digest that was sent to a person: one a day at most."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    on = models.DateField(_("date"))
    matters = models.PositiveSmallIntegerField(_("how many matters"))
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        constraints = [
            models.UniqueConstraint(fields=["person", "on"], name="reminder_once_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.person}, {self.on}"
