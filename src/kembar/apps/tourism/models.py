"""Tourism: who came from where, on which flights, how many a site bears, and what was done for it.

Counts are never added to counts of another kind: a guest of a hotel crossed the border before,
and visits a park after.
"""

from __future__ import annotations

from datetime import date
from typing import Self

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kembar.apps.accounts.models import Post, rights_of
from kembar.apps.accounts.rights import Audience, visible, within
from kembar.apps.kit.addresses import AddressField
from kembar.apps.kit.concurrency import Versioned
from kembar.apps.kit.partial_dates import PartialDateField
from kembar.apps.kit.text import TranslatedField
from kembar.apps.ledger.models import HandedIn, Owned, Source
from kembar.apps.rates.models import AmountField, CurrencyField
from kembar.apps.regions.models import Region
from kembar.apps.ties.models import Tie

# Those whom a series does not tell by country: “others”, stateless, not known.
OTHER_ORIGINS = "ZZ"


class SiteQuerySet(models.QuerySet["Site"]):
    def visible_to(self, user: object) -> Self:
        own = within("owner_code", rights_of(user).regions("ties.read_all"))
        return self.filter(own | Q(audience=Audience.PUBLISHED))


class Site(Owned):
    """A place that people travel to and that bears only so many: a park, an island, a town."""

    region = models.ForeignKey(
        Region, models.PROTECT, related_name="tourism_sites", verbose_name=_("region")
    )
    name = TranslatedField(_("name of the site"))
    about = TranslatedField(_("what it is"), blank=True, rows=2)
    source = models.ForeignKey(
        Source,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="tourism_sites",
        verbose_name=_("source of what is said of it"),
    )
    # Where it came from: "example", "seed"; empty when typed in.
    origin = models.CharField(max_length=20, blank=True, editable=False)

    objects = SiteQuerySet.as_manager()

    class Meta:
        verbose_name = _("site of tourism")
        verbose_name_plural = _("sites of tourism")
        indexes = [models.Index(fields=["region", "id"], name="site_of_region")]

    def __str__(self) -> str:
        return str(self.name)

    def get_absolute_url(self) -> str:
        return reverse("tourism:site", args=[self.pk])


class Counted(models.TextChoices):
    """What a series counts. Two of these are two views of the same people, never a sum."""

    BORDER = "border", _("Foreigners entering the country here")
    VISITORS = "visitors", _("Visitors")
    GUESTS = "guests", _("Guests of hotels")


class MonthlyQuerySet(models.QuerySet):  # type: ignore[type-arg]  # at run time not generic
    """Rows of a month, each with its source and the region whose office brought it in."""

    def visible_to(self, user: object) -> Self:
        """Those of one's own region, and those whose source everybody reads."""
        own = within("owner_code", rights_of(user).regions("ties.read_all"))
        return self.filter(own | Q(source__audience=Audience.PUBLISHED))

    def standing(self) -> Self:
        return self.filter(withdrawn="")


class Monthly(Versioned):
    """What a source says of a region in a month. What another source says stands beside it."""

    # Its first day.
    month = models.DateField(_("month"))
    note = models.CharField(_("note"), max_length=300, blank=True)
    owner_code = models.CharField(max_length=40, editable=False)
    by_name = TranslatedField(blank=True, editable=False)
    at = models.DateTimeField(default=timezone.now, editable=False)
    withdrawn = models.CharField(_("why it is withdrawn"), max_length=300, blank=True)

    class Meta:
        abstract = True


class ArrivalQuerySet(MonthlyQuerySet):
    def visible_to(self, user: object) -> Self:
        own = within("owner_code", rights_of(user).regions("ties.read_all"))
        everybody = Q(source__audience=Audience.PUBLISHED)
        at_open_site = Q(site=None) | Q(site__audience=Audience.PUBLISHED)
        return self.filter(own | (everybody & at_open_site))


class Arrival(Monthly):
    """How many came in a month from one country, as a source counted them."""

    region = models.ForeignKey(
        Region, models.PROTECT, related_name="arrivals", verbose_name=_("region")
    )
    site = models.ForeignKey(
        Site,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="arrivals",
        verbose_name=_("site of tourism"),
    )
    counted = models.CharField(_("what is counted"), max_length=10, choices=Counted)
    # ISO 3166-1, or OTHER_ORIGINS.
    origin = models.CharField(_("country they came from"), max_length=2)
    people = models.PositiveBigIntegerField(_("arrivals"))
    source = models.ForeignKey(
        Source, models.PROTECT, related_name="arrivals", verbose_name=_("source")
    )

    objects = ArrivalQuerySet.as_manager()

    class Meta:
        verbose_name = _("count of arrivals")
        verbose_name_plural = _("counts of arrivals")
        constraints = [
            models.UniqueConstraint(
                fields=["region", "counted", "month", "origin", "source"],
                condition=Q(withdrawn="", site=None),
                name="arrival_once_a_source",
                violation_error_message=_("This source's count of that month is here already."),
            ),
            models.UniqueConstraint(
                fields=["site", "counted", "month", "origin", "source"],
                condition=Q(withdrawn="", site__isnull=False),
                name="arrival_at_site_once_a_source",
                violation_error_message=_("This source's count of that month is here already."),
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="arrival_of_a_month"),
        ]
        indexes = [
            models.Index(
                fields=["region", "counted", "site", "month", "origin"], name="arrival_series"
            )
        ]

    def __str__(self) -> str:
        return f"{self.region}, {self.origin}, {self.month:%Y-%m}: {self.people}"

    def get_absolute_url(self) -> str:
        return reverse("tourism:arrivals", args=[self.region_id])


class Seats(Monthly):
    """How many seats were flown, or are planned, from one airport to another in a month."""

    class State(models.TextChoices):
        FLOWN = "flown", _("Flown")
        PLANNED = "planned", _("Planned")

    region = models.ForeignKey(
        Region, models.PROTECT, related_name="seats", verbose_name=_("region flown to")
    )
    # Codes of IATA; the countries are those of the airports.
    departs = models.CharField(_("from airport"), max_length=3)
    lands = models.CharField(_("to airport"), max_length=3)
    origin = models.CharField(_("country flown from"), max_length=2)
    state = models.CharField(
        _("flown or planned"), max_length=10, choices=State, default=State.FLOWN
    )
    flights = models.PositiveIntegerField(_("flights"))
    # None: the source gives flights only.
    seats = models.PositiveIntegerField(_("seats"), null=True, blank=True)
    source = models.ForeignKey(
        Source, models.PROTECT, related_name="seats", verbose_name=_("source")
    )

    objects = MonthlyQuerySet.as_manager()

    class Meta:
        verbose_name = _("seats on a route")
        verbose_name_plural = _("seats on routes")
        constraints = [
            models.UniqueConstraint(
                fields=["departs", "lands", "month", "state", "source", "owner_code"],
                condition=Q(withdrawn=""),
                name="seats_once_a_source",
                violation_error_message=_("This source's count of that month is here already."),
            ),
            models.CheckConstraint(
                condition=~Q(departs=models.F("lands")),
                name="seats_between_two_airports",
                violation_error_message=_("A flight ends at another airport than it began."),
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="seats_of_a_month"),
        ]
        indexes = [
            models.Index(fields=["region", "month", "departs", "lands"], name="seats_of_region")
        ]

    def __str__(self) -> str:
        return f"{self.departs} – {self.lands}, {self.month:%Y-%m}"

    def get_absolute_url(self) -> str:
        return reverse("tourism:seats", args=[self.region_id])


class LimitQuerySet(models.QuerySet["Limit"]):
    def visible_to(self, user: object) -> Self:
        own = within("site__owner_code", rights_of(user).regions("ties.read_all"))
        everybody = Q(source__audience=Audience.PUBLISHED, site__audience=Audience.PUBLISHED)
        return self.filter(own | everybody)

    def standing(self) -> Self:
        return self.filter(withdrawn="")


class Limit(Versioned):
    """How many people a site bears, as an office or a study set it."""

    class Per(models.TextChoices):
        DAY = "day", _("a day")
        MONTH = "month", _("a month")
        YEAR = "year", _("a year")

    site = models.ForeignKey(
        Site, models.PROTECT, related_name="limits", verbose_name=_("site of tourism")
    )
    people = models.PositiveBigIntegerField(
        _("people at most"), validators=[MinValueValidator(1, _("A limit is one person or more."))]
    )
    per = models.CharField(_("in which time"), max_length=5, choices=Per)
    # From when on it is in force; of two for the same time the later one is.
    since = PartialDateField(_("in force since"))
    note = TranslatedField(_("note"), blank=True, rows=2)
    source = models.ForeignKey(Source, models.PROTECT, related_name="+", verbose_name=_("source"))
    by_name = TranslatedField(blank=True, editable=False)
    at = models.DateTimeField(default=timezone.now, editable=False)
    withdrawn = models.CharField(_("why it is withdrawn"), max_length=300, blank=True)

    objects = LimitQuerySet.as_manager()

    class Meta:
        verbose_name = _("limit of a site")
        verbose_name_plural = _("limits of sites")
        constraints = [
            models.CheckConstraint(
                condition=Q(people__gt=0),
                name="limit_above_nothing",
                violation_error_message=_("A limit is one person or more."),
            ),
            models.UniqueConstraint(
                fields=["site", "per", "since", "source"],
                condition=Q(withdrawn=""),
                name="limit_once_a_source",
                violation_error_message=_("This source's limit is here already."),
            ),
            models.CheckConstraint(condition=Q(since__isnull=False), name="limit_has_a_date"),
        ]

    def __str__(self) -> str:
        return f"{self.site}: {self.people} {self.get_per_display()}"

    @property
    def first_day(self) -> date:
        """The first day on which it may be in force."""
        return self.since.first if self.since else date.min

    def get_absolute_url(self) -> str:
        return reverse("tourism:site", args=[self.site_id])


class Channel(models.TextChoices):
    WECHAT = "wechat", _("WeChat")
    DOUYIN = "douyin", _("Douyin")
    XIAOHONGSHU = "xiaohongshu", _("Xiaohongshu")
    WEIBO = "weibo", _("Weibo")
    TRAVEL_SITE = "travel_site", _("Travel site or booking site")
    FAIR = "fair", _("Travel fair")
    TRADE_VISIT = "trade_visit", _("Visit of travel agents or reporters")
    ROADSHOW = "roadshow", _("Roadshow or sales mission")
    AIRLINE = "airline", _("With an airline")
    PRESS = "press", _("Press, radio or television")
    OUTDOOR = "outdoor", _("Posters and screens")
    OTHER = "other", _("Another channel")


class CampaignQuerySet(models.QuerySet["Campaign"]):
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


class Campaign(Versioned):
    """What was done so that people of a market hear of the region, at what cost."""

    class Reach(models.TextChoices):
        """What a number of reach counts: a view is not a person, a person not a guest."""

        VIEWS = "views", _("Times shown or viewed")
        PEOPLE = "people", _("People who saw it")
        ANSWERS = "answers", _("People who answered: followed, asked, signed up")
        PRESENT = "present", _("People who were present")

    tie = models.ForeignKey(Tie, models.PROTECT, related_name="campaigns", verbose_name=_("tie"))
    title = TranslatedField(_("name of the campaign"))
    about = TranslatedField(_("what is done"), blank=True, rows=3)
    # ISO 3166-1.
    market = models.CharField(_("market"), max_length=2)
    channels = models.JSONField(_("channels"), default=list, blank=True)
    starts = models.DateField(_("begins"), null=True, blank=True)
    ends = models.DateField(_("ends"), null=True, blank=True)
    owner = models.ForeignKey(
        Post,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="campaigns",
        verbose_name=_("owner post"),
    )
    spend = AmountField(_("spent"), null=True, blank=True)
    currency = CurrencyField(_("currency"), blank=True)
    # By the rate of this day the amount is converted.
    spent_on = models.DateField(_("spent on"), null=True, blank=True)
    reach = models.PositiveBigIntegerField(_("reach"), null=True, blank=True)
    reach_counts = models.CharField(
        _("what the reach counts"), max_length=10, choices=Reach, blank=True
    )
    source = models.ForeignKey(
        Source,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="campaigns",
        verbose_name=_("source of spend and reach"),
    )
    audience = models.CharField(
        _("who may read it"), max_length=10, choices=Audience, default=Audience.OWN
    )
    # Where it came from: "example", "seed"; empty when typed in.
    origin = models.CharField(max_length=20, blank=True, editable=False)
    withdrawn = models.CharField(
        _("why it is withdrawn"), max_length=300, blank=True, editable=False
    )

    objects = CampaignQuerySet.as_manager()

    class Meta:
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
        constraints = [
            models.CheckConstraint(
                condition=Q(starts=None) | Q(ends=None) | Q(ends__gte=models.F("starts")),
                name="campaign_ends_after_start",
                violation_error_message=_("It ends before it begins."),
            ),
            models.CheckConstraint(
                condition=Q(spend=None) | (~Q(currency="") & Q(spent_on__isnull=False)),
                name="campaign_spend_is_whole",
                violation_error_message=_("An amount needs its currency and its day."),
            ),
            models.CheckConstraint(
                condition=Q(spend=None) | Q(spend__gte=0),
                name="campaign_spend_not_negative",
                violation_error_message=_("An amount is not less than nothing."),
            ),
            models.CheckConstraint(
                condition=Q(reach=None) | ~Q(reach_counts=""),
                name="campaign_reach_says_what",
                violation_error_message=_("Say what the number of reach counts."),
            ),
        ]
        indexes = [models.Index(fields=["tie", "id"], name="campaign_of_tie")]

    def __str__(self) -> str:
        return str(self.title)

    def get_absolute_url(self) -> str:
        return reverse("tourism:campaign", args=[self.pk])

    def channel_names(self) -> list[str]:
        return [str(Channel(key).label) for key in self.channels if key in Channel.values]


class TourismImport(HandedIn):
    """A table of arrivals, of seats or of limits, with what was said of it beside."""

    class Kind(models.TextChoices):
        ARRIVALS = "arrivals", _("Arrivals")
        SEATS = "seats", _("Seats and flights")
        LIMITS = "limits", _("Limits of sites")

    kind = models.CharField(max_length=10, choices=Kind, editable=False)
    # For the rows that do not say these themselves.
    region = models.ForeignKey(
        Region, models.PROTECT, null=True, related_name="+", verbose_name=_("region")
    )
    counted = models.CharField(_("what is counted"), max_length=10, choices=Counted, blank=True)
    publisher = models.CharField(_("publisher"), max_length=200, blank=True)
    title = models.CharField(_("headline"), max_length=400, blank=True)
    address = AddressField(_("address"), max_length=800, blank=True)
    published = PartialDateField(_("date"), blank=True)
    audience = models.CharField(
        _("who may read it"), max_length=10, choices=Audience, default=Audience.OWN
    )
