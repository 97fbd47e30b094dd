"""What is done on a tie after the signature: programmes, their activities, money, people, risks."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, Self

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kembar.apps.accounts.models import Post, rights_of
from kembar.apps.accounts.rights import Audience, shared, within
from kembar.apps.kit.concurrency import Versioned
from kembar.apps.kit.text import TranslatedField
from kembar.apps.ledger.models import Source, StoredFile
from kembar.apps.programmes.plan import State
from kembar.apps.rates.models import AmountField, CurrencyField, currency_choices
from kembar.apps.regions.models import Region
from kembar.apps.ties.models import Sector, Tie


class ProgrammeQuerySet(models.QuerySet["Programme"]):
    def visible_to(self, user: object) -> Self:
        """Programmes of a reader's own region; others if they and their tie are shared with him.

        Ties are asked for by their keys alone: joined to each programme, a nation's list would
        read the file of every tie.
        """
        rights, audience = rights_of(user), ["audience"]
        ties = Tie.objects.order_by()
        own = ties.filter(within("home__code", rights.regions("ties.read_all")))
        published = ties.filter(audience=Audience.PUBLISHED)
        condition = Q(tie__in=own.values("pk"))
        condition |= Q(tie__in=published.values("pk"), audience=Audience.PUBLISHED)
        if rights.partnerships:
            let_in = shared(rights, owner="home__code", partner="partner__code", audiences=audience)
            condition |= Q(
                tie__in=ties.filter(let_in).values("pk"),
                audience__in=[Audience.SHARED, Audience.PUBLISHED],
            )
        return self.filter(condition)

    def in_state(self, state: str, today: date) -> Self:
        """Programmes in one state of a day: the same rules as `plan.programme_state`."""
        return self.filter(is_in(State(state), today))


def is_in(state: State, today: date) -> Q:
    """Return the condition that a programme is in a state on a day, as `plan.programme_state`."""
    stopped = Q(stopped_on__isnull=False)
    late = ~stopped & Q(late_from__lte=today)
    on_time = ~stopped & (Q(late_from=None) | Q(late_from__gt=today))
    over = on_time & Q(ends__lt=today)
    ahead = on_time & (Q(ends=None) | Q(ends__gte=today))
    return {
        State.STOPPED: stopped,
        State.LATE: late,
        State.DONE: over,
        State.RUNNING: ahead & Q(begun_on__isnull=False),
        State.PLANNED: ahead & Q(begun_on=None),
    }[state]


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
    sources = models.ManyToManyField(
        Source, related_name="programmes", blank=True, verbose_name=_("sources")
    )
    origin = models.CharField(max_length=20, blank=True, editable=False)

    # Drawn from its parts at every deed (`plan.drawn`). Days only: a day that passes changes
    # nothing here, and lists of any length know each programme's state.
    begun_on = models.DateField(_("begun on"), null=True, editable=False)
    late_from = models.DateField(_("late from"), null=True, editable=False)
    # None: nobody counted. Who came twice is counted twice.
    people = models.PositiveIntegerField(_("participants"), null=True, editable=False)

    objects = ProgrammeQuerySet.as_manager()

    class Meta:
        verbose_name = _("programme")
        verbose_name_plural = _("programmes")
        constraints = [
            models.CheckConstraint(
                condition=Q(starts=None) | Q(ends=None) | Q(ends__gte=F("starts")),
                name="programme_ends_after_it_began",
                violation_error_message=_("A programme cannot end before it began."),
            ),
        ]
        indexes = [
            models.Index(fields=["tie", "sector"], name="programme_of_tie"),
            models.Index(fields=["owner"], name="programme_of_post"),
            models.Index(fields=["late_from"], name="programme_late"),
            # Holds all that a page of the list is chosen by.
            models.Index(
                fields=["id", "tie", "audience", "sector", "stopped_on", "late_from", "ends"],
                name="programme_in_the_list",
            ),
        ]

    def __str__(self) -> str:
        return str(self.title)

    def get_absolute_url(self) -> str:
        return reverse("programmes:programme", args=[self.pk])


class PartQuerySet(models.QuerySet[Any]):
    """Parts of a programme, which are read by whoever reads it."""

    def visible_to(self, user: object) -> Self:
        return self.filter(programme__in=Programme.objects.visible_to(user).values("pk"))


class InnerQuerySet(models.QuerySet[Any]):
    """Parts of a programme that its own region keeps to itself: money, risks and papers."""

    def visible_to(self, user: object) -> Self:
        reach = rights_of(user).regions("ties.read_all")
        return self.filter(within("programme__tie__home__code", reach))


class Body(models.Model):
    """An office, a university, a company or a group that takes part, and what it does."""

    class Side(models.TextChoices):
        HOME = "home", _("Home side")
        PARTNER = "partner", _("Partner side")
        OTHER = "other", _("Others")

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="bodies")
    name = TranslatedField(_("name of the body"))
    side = models.CharField(_("side"), max_length=10, choices=Side)
    does = TranslatedField(_("what it does"), blank=True)

    class Meta:
        verbose_name = _("partner body")
        verbose_name_plural = _("partner bodies")

    def __str__(self) -> str:
        return str(self.name)


class Site(models.Model):
    """A place where a programme works: a field, a pond, a school."""

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="sites")
    name = TranslatedField(_("name of the site"))
    region = models.ForeignKey(
        Region, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("region")
    )

    class Meta:
        verbose_name = _("site")
        verbose_name_plural = _("sites")

    def __str__(self) -> str:
        return str(self.name)


class ActivityQuerySet(PartQuerySet):
    def to_be_looked_at(self, today: date) -> Self:
        """Activities over for a year at least, of which nobody has said what continued."""
        return self.filter(look_from__lte=today, looked_on=None)


class Activity(Versioned):
    """One thing that a programme does: a trial, a course, an exchange."""

    class Kind(models.TextChoices):
        TRIAL = "trial", _("Trial in the field or at sea")
        TRAINING = "training", _("Training")
        STUDY_VISIT = "study_visit", _("Study visit")
        EXCHANGE = "exchange", _("Exchange of people")
        SCHOLARSHIP = "scholarship", _("Scholarships")
        ARTS = "arts", _("Arts and culture")
        LANGUAGE_CLASS = "language_class", _("Language class")
        CAMPAIGN = "campaign", _("Promotion")
        RESEARCH = "research", _("Research")
        OTHER = "other", _("Something else")

    class Continued(models.TextChoices):
        YES = "yes", _("It went on")
        PARTLY = "partly", _("Some of it went on")
        NO = "no", _("Nothing went on")
        UNKNOWN = "unknown", _("It could not be found out")

    programme = models.ForeignKey(
        Programme, models.PROTECT, related_name="activities", verbose_name=_("programme")
    )
    kind = models.CharField(_("kind"), max_length=15, choices=Kind)
    title = TranslatedField(_("what is done"))
    place = TranslatedField(_("where"), blank=True)
    # What is planned, and what came of it.
    starts = models.DateField(_("planned from"), null=True, blank=True)
    ends = models.DateField(_("planned until"), null=True, blank=True)
    began = models.DateField(_("begun on"), null=True, blank=True)
    ended = models.DateField(_("finished on"), null=True, blank=True)
    hours = models.DecimalField(
        _("hours for each participant"),
        max_digits=7,
        decimal_places=1,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal("0.1"))],
    )
    owner = models.ForeignKey(
        Post,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="activities",
        verbose_name=_("owner post"),
    )
    outcome = TranslatedField(_("what came of it"), blank=True, rows=3)
    dropped_on = models.DateField(_("called off on"), null=True, blank=True, editable=False)
    dropped_reason = TranslatedField(_("why it is called off"), blank=True, editable=False)
    source = models.ForeignKey(
        Source,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="activities",
        verbose_name=_("source"),
    )
    # What continued a year later, and when somebody looked.
    looked_on = models.DateField(_("looked on"), null=True, blank=True, editable=False)
    continues = models.CharField(
        _("did it go on?"), max_length=10, choices=Continued, blank=True, editable=False
    )
    continued = TranslatedField(_("what continued"), blank=True, rows=3, editable=False)
    # Drawn: a year after the end, and the participants of all lines; None where nobody counted.
    look_from = models.DateField(null=True, editable=False)
    people = models.PositiveIntegerField(_("participants"), null=True, editable=False)

    objects = ActivityQuerySet.as_manager()

    class Meta:
        verbose_name = _("activity")
        verbose_name_plural = _("activities")
        constraints = [
            models.CheckConstraint(
                condition=Q(starts=None) | Q(ends=None) | Q(ends__gte=F("starts")),
                name="activity_planned_forward",
                violation_error_message=_("The planned end lies before the beginning."),
            ),
            models.CheckConstraint(
                condition=Q(ended=None) | Q(began__isnull=False, ended__gte=F("began")),
                name="activity_ended_after_it_began",
                violation_error_message=_(
                    "Say when it began, and a day of its end that is not earlier."
                ),
            ),
            models.CheckConstraint(
                condition=Q(ended=None) | Q(dropped_on=None),
                name="activity_done_or_dropped",
                violation_error_message=_("What is finished cannot be called off."),
            ),
            models.CheckConstraint(
                condition=Q(looked_on=None, continues="")
                | Q(looked_on__isnull=False, ended__isnull=False),
                name="activity_looked_at_after_its_end",
                violation_error_message=_("Only of what is finished can be said what continued."),
            ),
        ]
        indexes = [
            models.Index(fields=["programme", "starts"], name="activity_of_programme"),
            models.Index(fields=["owner"], name="activity_of_post"),
            # Holds all that is added up of what was done with people.
            models.Index(
                fields=[
                    *("programme", "kind", "people", "hours", "continues"),
                    *("look_from", "looked_on", "ended"),
                ],
                condition=Q(ended__isnull=False),
                name="activity_done",
            ),
            models.Index(
                fields=["-looked_on", "-id", "kind", "programme", "ended"],
                condition=Q(looked_on__isnull=False),
                name="activity_looked_at",
            ),
            models.Index(
                fields=["look_from", "id", "kind", "programme", "ended"],
                condition=Q(looked_on=None, look_from__isnull=False),
                name="activity_to_look_at",
            ),
        ]

    def __str__(self) -> str:
        return str(self.title)

    def get_absolute_url(self) -> str:
        return reverse("programmes:activity", args=[self.pk])


class Milestone(Versioned):
    """A point that a programme wants to reach by a day."""

    programme = models.ForeignKey(
        Programme, models.PROTECT, related_name="milestones", verbose_name=_("programme")
    )
    title = TranslatedField(_("what is reached"))
    due = models.DateField(_("to be reached by"), null=True, blank=True)
    reached_on = models.DateField(_("reached on"), null=True, blank=True)
    shown_by = TranslatedField(_("what shows it"), blank=True, rows=2)
    # Why it is aimed at no more; the record itself stays.
    withdrawn = models.CharField(
        _("why it is withdrawn"), max_length=300, blank=True, editable=False
    )

    objects = PartQuerySet.as_manager()

    class Meta:
        verbose_name = _("milestone")
        verbose_name_plural = _("milestones")
        indexes = [models.Index(fields=["programme", "due"], name="milestone_of_programme")]

    def __str__(self) -> str:
        return str(self.title)

    def get_absolute_url(self) -> str:
        return reverse("programmes:milestone", args=[self.pk])


class BudgetLine(Versioned):
    """An amount that is planned, committed or spent, and from which purse."""

    class Kind(models.TextChoices):
        PLANNED = "planned", _("Planned")
        COMMITTED = "committed", _("Committed")
        SPENT = "spent", pgettext_lazy("kind of amount", "Spent")

    class Purse(models.TextChoices):
        APBD = "apbd", _("Regional budget (APBD)")
        APBN = "apbn", _("State budget (APBN)")
        PARTNER = "partner", _("The partner")
        GRANT = "grant", _("Grant")
        COMPANY = "company", _("Company")
        OTHER = "other", _("Another source")

    programme = models.ForeignKey(
        Programme, models.PROTECT, related_name="budget", verbose_name=_("programme")
    )
    activity = models.ForeignKey(
        Activity,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="budget",
        verbose_name=_("activity"),
    )
    kind = models.CharField(_("kind of amount"), max_length=10, choices=Kind)
    amount = AmountField(_("amount"), validators=[MinValueValidator(Decimal("0.001"))])
    currency = CurrencyField(_("currency"), choices=currency_choices)
    on = models.DateField(_("date"), help_text=_("The rate of this day converts it."))
    purse = models.CharField(_("source of the money"), max_length=10, choices=Purse)
    payer = TranslatedField(_("who pays"), blank=True)
    what_for = TranslatedField(_("what for"), blank=True)
    # Why it does not count; the record itself stays.
    withdrawn = models.CharField(
        _("why it is withdrawn"), max_length=300, blank=True, editable=False
    )

    objects = InnerQuerySet.as_manager()

    class Meta:
        verbose_name = _("amount of a programme")
        verbose_name_plural = _("amounts of a programme")
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0),
                name="budget_above_nothing",
                violation_error_message=_(
                    "An amount is more than nothing; leave out what is not known."
                ),
            ),
        ]
        indexes = [models.Index(fields=["programme", "kind", "on"], name="budget_of_programme")]

    def __str__(self) -> str:
        return f"{self.amount.normalize():f} {self.currency}"

    def get_absolute_url(self) -> str:
        return reverse("programmes:amount", args=[self.pk])


class Attendance(models.Model):
    """How many took part in an activity, of one group; what nobody noted is empty.

    A line without sex, age or place counts in the total like any other.
    """

    class Sex(models.TextChoices):
        FEMALE = "female", _("Women and girls")
        MALE = "male", _("Men and boys")
        __empty__ = _("Not noted")

    class Age(models.TextChoices):
        CHILD = "child", _("Under 18")
        YOUTH = "youth", _("18 to 30")
        ADULT = "adult", _("31 to 59")
        OLD = "old", _("60 and over")
        __empty__ = _("Not noted")

    class Disability(models.TextChoices):
        YES = "yes", _("With a disability")
        NO = "no", _("Without a disability")
        __empty__ = _("Not noted")

    activity = models.ForeignKey(Activity, models.CASCADE, related_name="attendance")
    count = models.PositiveIntegerField(_("how many"))
    sex = models.CharField(_("sex"), max_length=6, choices=Sex, blank=True)
    age = models.CharField(_("age group"), max_length=5, choices=Age, blank=True)
    disability = models.CharField(_("disability"), max_length=3, choices=Disability, blank=True)
    place = models.CharField(_("where they come from"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("line of participants")
        verbose_name_plural = _("lines of participants")

    def __str__(self) -> str:
        return str(self.count)


class Document(models.Model):
    """A file of a programme with the name it was handed in under."""

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="documents")
    activity = models.ForeignKey(
        Activity, models.PROTECT, null=True, blank=True, related_name="documents"
    )
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    name = models.CharField(_("file name"), max_length=200)

    objects = InnerQuerySet.as_manager()

    class Meta:
        verbose_name = _("paper of a programme")
        verbose_name_plural = _("papers of a programme")

    def __str__(self) -> str:
        return self.name


class Risk(Versioned):
    """What could go wrong, how likely and how bad, and what is done about it."""

    class Grade(models.IntegerChoices):
        LOW = 1, _("Low")
        MIDDLE = 2, _("Middle")
        HIGH = 3, _("High")
        __empty__ = _("Not judged yet")

    programme = models.ForeignKey(
        Programme, models.PROTECT, related_name="risks", verbose_name=_("programme")
    )
    title = TranslatedField(_("what could go wrong"))
    likelihood = models.PositiveSmallIntegerField(
        _("how likely"), choices=Grade, null=True, blank=True
    )
    impact = models.PositiveSmallIntegerField(_("how bad"), choices=Grade, null=True, blank=True)
    measure = TranslatedField(_("what is done about it"), blank=True, rows=2)
    owner = models.ForeignKey(
        Post,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="risks",
        verbose_name=_("who watches it"),
    )
    closed_on = models.DateField(_("closed on"), null=True, editable=False)
    closed_reason = TranslatedField(_("why it is closed"), blank=True, editable=False)

    objects = InnerQuerySet.as_manager()

    class Meta:
        verbose_name = _("risk")
        verbose_name_plural = _("risks")
        indexes = [models.Index(fields=["programme", "closed_on"], name="risk_of_programme")]

    def __str__(self) -> str:
        return str(self.title)

    def get_absolute_url(self) -> str:
        return reverse("programmes:risk", args=[self.pk])

    @property
    def weight(self) -> int | None:
        """Likelihood times impact, 1 to 9; None until both are judged."""
        if self.likelihood is None or self.impact is None:
            return None
        return self.likelihood * self.impact
