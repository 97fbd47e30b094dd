"""What the province offers, who is interested, and what came of it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Never, Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kembar.apps.accounts.models import Post, rights_of
from kembar.apps.accounts.rights import Audience, visible, within
from kembar.apps.investment.readiness import ladder
from kembar.apps.kit.addresses import AddressField
from kembar.apps.kit.concurrency import Versioned
from kembar.apps.kit.partial_dates import PartialDateField
from kembar.apps.kit.text import TranslatedField
from kembar.apps.ledger.models import Source, StoredFile
from kembar.apps.rates.models import AmountField, CurrencyField
from kembar.apps.regions.models import Region
from kembar.apps.ties.models import Event, Sector, Tie


class OfferQuerySet(models.QuerySet["Offer"]):
    def visible_to(self, user: object) -> Self:
        """Own offers, published ones, and those shared over a tie with the reader's region."""
        own = visible(
            rights_of(user), owner="home__code", partner="tie__partner__code",
            audiences=["audience"],
        )  # fmt: skip
        return self.filter(own)

    def open(self) -> Self:
        return self.filter(state=Offer.State.OPEN)


class Offer(Versioned):
    """A site or a project of the province for which it seeks an investor."""

    class State(models.TextChoices):
        OPEN = "open", _("Open to investors")
        NEGOTIATING = "negotiating", _("In negotiation")
        TAKEN = "taken", _("Taken")
        SUSPENDED = "suspended", _("Suspended")

    class Land(models.TextChoices):
        UNKNOWN = "", _("Not known")
        STATE = "state", _("State or regional land")
        TITLED = "titled", _("Titled private land")
        LEASED = "leased", _("Right to cultivate or to build granted")
        CUSTOMARY = "customary", _("Customary land")
        SEA = "sea", _("Sea area; needs a spatial permit")
        CONTESTED = "contested", _("Contested")

    home = models.ForeignKey(
        Region, models.PROTECT, related_name="offers", verbose_name=_("home region")
    )
    # The tie over which it is offered, if it is not for everybody.
    tie = models.ForeignKey(
        Tie, models.PROTECT, null=True, blank=True, related_name="offers", verbose_name=_("tie")
    )
    title = TranslatedField(_("what is offered"))
    sector = models.CharField(_("sector"), max_length=20, choices=Sector)
    summary = TranslatedField(_("in short"), blank=True, rows=5)
    place = TranslatedField(_("where"), blank=True)
    area_ha = models.DecimalField(
        _("area in hectares"), max_digits=12, decimal_places=2, null=True, blank=True
    )
    land = models.CharField(_("land status"), max_length=12, choices=Land, blank=True)
    land_note = TranslatedField(_("more about the land"), blank=True, rows=2)
    power = TranslatedField(_("electricity"), blank=True)
    water = TranslatedField(_("water"), blank=True)
    port = TranslatedField(_("port and road"), blank=True)
    # Empty where nobody knows it: a prospectus says so, and never prints a nought.
    sought = AmountField(_("value sought"), null=True, blank=True)
    secured = AmountField(_("of it secured already"), null=True, blank=True)
    currency = CurrencyField(_("currency"), blank=True)
    irr_percent = models.DecimalField(
        _("internal rate of return in %"), max_digits=6, decimal_places=2, null=True, blank=True
    )
    payback_years = models.DecimalField(
        _("payback in years"), max_digits=5, decimal_places=1, null=True, blank=True
    )
    return_source = models.ForeignKey(
        Source,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("source of value and return"),
    )
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.OPEN)
    state_reason = TranslatedField(_("why it stands so"), blank=True, rows=2)
    owner = models.ForeignKey(
        Post,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="offers",
        verbose_name=_("owner post"),
    )
    contact = TranslatedField(_("whom to ask"), blank=True)
    as_of = models.DateField(_("record as of"), null=True, blank=True)
    audience = models.CharField(
        _("who may read it"), max_length=10, choices=Audience, default=Audience.OWN
    )
    sources = models.ManyToManyField(Source, related_name="offers", blank=True)
    origin = models.CharField(max_length=20, blank=True, editable=False)
    # Drawn from its papers (`readiness.py`), so that lists can be ordered by it.
    readiness = models.PositiveSmallIntegerField(_("readiness level"), default=0, editable=False)
    # The last day on which that level holds: then a paper that it rests on runs out.
    ready_until = models.DateField(null=True, editable=False, db_index=True)

    objects = OfferQuerySet.as_manager()

    class Meta:
        verbose_name = _("offer")
        verbose_name_plural = _("offers")
        constraints = [
            models.CheckConstraint(
                condition=Q(sought=None, secured=None) | ~Q(currency=""),
                name="offer_amount_has_currency",
                violation_error_message=_("Say in which currency the amount is."),
            ),
            models.CheckConstraint(
                condition=Q(irr_percent=None, payback_years=None) | Q(return_source__isnull=False),
                name="offer_return_has_source",
                violation_error_message=_(
                    "Name the source of the return; without one leave it out."
                ),
            ),
        ]
        indexes = [
            models.Index(fields=["home", "state", "-readiness", "id"], name="offer_in_the_list"),
            models.Index(fields=["owner", "state"], name="offer_of_post"),
            # Read from its end, a list of all that a reader may see stops at its page.
            models.Index(fields=["readiness", "id"], name="offer_readiest"),
        ]

    def __str__(self) -> str:
        return str(self.title)

    def get_absolute_url(self) -> str:
        return reverse("investment:offer", args=[self.pk])


class OfferPaper(models.Model):
    """A paper or a check of an offer, such as a permit; `readiness.toml` lists them."""

    offer = models.ForeignKey(Offer, models.PROTECT, related_name="papers")
    code = models.CharField(_("paper"), max_length=40)
    on = PartialDateField(_("dated"), blank=True)
    by = TranslatedField(_("issued or checked by"), blank=True)
    note = TranslatedField(_("what it says"), blank=True, rows=2)
    source = models.ForeignKey(
        Source, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=Source._meta.verbose_name,
    )  # fmt: skip
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField(_("file name"), max_length=200, blank=True)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    # Taken back with a reason; the record stays.
    withdrawn = models.CharField(_("why it is withdrawn"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("paper of an offer")
        verbose_name_plural = _("papers of an offer")
        indexes = [models.Index(fields=["offer", "code"], name="paper_of_offer")]

    def __str__(self) -> str:
        kind = ladder().papers.get(self.code)
        return str(kind.name) if kind else self.code


class CompanyQuerySet(models.QuerySet["Company"]):
    def visible_to(self, user: object) -> Self:
        """Who asks about a company is a matter of the own region: never shared nor published."""
        return self.filter(within("owner_code", rights_of(user).regions("ties.read_all")))


class Company(Versioned):
    """A company that may invest, as far as its registration shows who it is."""

    owner_code = models.CharField(max_length=40, db_index=True, editable=False)
    name = TranslatedField(_("name"))
    country = models.CharField(
        _("country"), max_length=2, help_text=_("Two letters of ISO 3166, such as CN or ID.")
    )
    region = models.ForeignKey(
        Region, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("region")
    )
    registration = models.CharField(
        _("registration number"),
        max_length=60,
        blank=True,
        help_text=_("In China the unified social credit code (统一社会信用代码)."),
    )
    proof = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+")
    proof_name = models.CharField(_("proof of registration"), max_length=200, blank=True)
    proof_source = models.ForeignKey(
        Source, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("register in which it was seen"),
    )  # fmt: skip
    sectors = models.JSONField(_("sectors"), default=list, blank=True)
    website = AddressField(_("web address"), blank=True)
    note = TranslatedField(_("note"), blank=True, rows=3)
    origin = models.CharField(max_length=20, blank=True, editable=False)
    # Its names in all languages and its number, without case, accents and marks: lists are
    # searched by it.
    spelt = models.TextField(default="", editable=False)

    objects = CompanyQuerySet.as_manager()

    # Set by the list of companies.
    lead_count: int = 0

    class Meta:
        verbose_name = _("company")
        verbose_name_plural = _("companies")
        constraints = [
            models.UniqueConstraint(
                fields=["owner_code", "country", "registration"],
                condition=~Q(registration=""),
                name="company_once",
                violation_error_message=_(
                    "A company with this registration number is here already."
                ),
            )
        ]

    def __str__(self) -> str:
        return str(self.name)

    def get_absolute_url(self) -> str:
        return reverse("investment:company", args=[self.pk])

    def sector_names(self) -> list[str]:
        return [str(Sector(key).label) for key in self.sectors if key in Sector.values]

    @property
    def is_proved(self) -> bool:
        """Whether a paper or a register shows that the company exists."""
        return bool(self.registration and (self.proof_id or self.proof_source_id))


class Stage(models.TextChoices):
    """How far a lead has come. From which stage a field is required stands in `stages.toml`."""

    PROSPECT = "prospect", _("Prospect")
    ASSIGNED = "assigned", _("Assigned")
    # Not “Active”: that is how a tie stands, and other languages say it otherwise.
    ACTIVE = "active", _("In talks")
    VERIFYING = "verifying", _("Win to be verified")
    WON = "won", _("Won")


class Ending(models.TextChoices):
    """Why a lead is no longer worked on. A delayed one may be taken up again."""

    LOST = "lost", _("Lost to another place")
    ABANDONED = "abandoned", _("Abandoned")
    DELAYED = "delayed", _("Delayed")


class LeadQuerySet(models.QuerySet["Lead"]):
    def visible_to(self, user: object) -> Self:
        """Leads hold what companies said in confidence: only their own region reads them."""
        return self.filter(within("home__code", rights_of(user).regions("ties.read_all")))

    def running(self) -> Self:
        return self.filter(ending="").exclude(stage=Stage.WON)

    def quiet(self, today: date, days: int) -> Self:
        """Running ones with which nobody had contact for so many days."""
        return self.running().filter(quiet_since__lte=today - timedelta(days=days))


class Lead(Versioned):
    """A company that may invest in the province, and how far that has come."""

    class Likelihood(models.TextChoices):
        UNKNOWN = "", _("Not judged")
        LOW = "low", _("Low")
        MEDIUM = "medium", _("Medium")
        HIGH = "high", _("High")

    class Way(models.TextChoices):
        VISIT = "visit", _("Visit of a delegation")
        MISSION = "mission", _("Embassy or consulate")
        PARTNER = "partner", _("Partner's office")
        FAIR = "fair", _("Fair or forum")
        DIASPORA = "diaspora", _("Diaspora or intermediary")
        ASKED = "asked", _("The company asked")
        SOUGHT = "sought", _("We approached it")
        PRESENT = "present", _("It has invested here already")
        OTHER = "other", _("Another way")

    home = models.ForeignKey(
        Region, models.PROTECT, related_name="leads", verbose_name=_("home region")
    )
    tie = models.ForeignKey(
        Tie, models.PROTECT, null=True, blank=True, related_name="leads", verbose_name=_("tie")
    )
    offer = models.ForeignKey(
        Offer, models.PROTECT, null=True, blank=True, related_name="leads", verbose_name=_("offer")
    )
    company = models.ForeignKey(
        Company, models.PROTECT, related_name="leads", verbose_name=_("company")
    )
    title = TranslatedField(_("what the company wants"))
    sector = models.CharField(_("sector"), max_length=20, choices=Sector, blank=True)
    way = models.CharField(_("how it came"), max_length=10, choices=Way)
    event = models.ForeignKey(
        Event, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("event on the timeline"),
    )  # fmt: skip
    source = models.ForeignKey(
        Source, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=Source._meta.verbose_name,
    )  # fmt: skip
    contacts = TranslatedField(_("people at the company"), blank=True, rows=3)
    drivers = TranslatedField(_("what it seeks and what it needs"), blank=True, rows=3)
    likelihood = models.CharField(_("likelihood"), max_length=6, choices=Likelihood, blank=True)
    owner = models.ForeignKey(
        Post,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="leads",
        verbose_name=_("owner post"),
    )
    # Keys of the posts that looked after it before: who held one has worked on it.
    former_owners = models.JSONField(default=list, editable=False)
    next_step = TranslatedField(_("next step"), blank=True)
    next_by = models.DateField(_("to be done by"), null=True, blank=True)
    place = TranslatedField(_("where it invests"), blank=True)
    started_on = models.DateField(_("works since"), null=True, blank=True)
    stage = models.CharField(
        _("stage"), max_length=10, choices=Stage, default=Stage.PROSPECT, editable=False
    )
    opened_on = models.DateField(_("opened on"))
    ending = models.CharField(_("ended"), max_length=10, choices=Ending, blank=True, editable=False)
    ended_on = models.DateField(_("ended on"), null=True, editable=False)
    ended_reason = TranslatedField(_("why it ended"), blank=True, editable=False)
    lost_to = models.CharField(_("lost to which place"), max_length=200, blank=True, editable=False)
    again_on = models.DateField(_("to be taken up again on"), null=True, editable=False)
    # Who asked that a win be verified: he may not verify it himself.
    verify_asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    # Drawn from the contacts: empty if there was none, and then it is quiet since `opened_on`.
    last_contact = models.DateField(_("last contact"), null=True, editable=False)
    quiet_since = models.DateField(editable=False)
    origin = models.CharField(max_length=20, blank=True, editable=False)

    objects = LeadQuerySet.as_manager()

    class Meta:
        verbose_name = _("lead")
        verbose_name_plural = _("leads")
        constraints = [
            models.CheckConstraint(
                condition=Q(ending="", ended_on=None) | ~Q(ending="") & Q(ended_on__isnull=False),
                name="lead_ended_on_a_day",
                violation_error_message=_("Say on which day the lead ended."),
            ),
        ]
        indexes = [
            models.Index(fields=["home", "ending", "stage", "quiet_since"], name="lead_in_list"),
            models.Index(fields=["owner", "ending", "stage"], name="lead_of_post"),
            models.Index(fields=["tie", "ending", "stage"], name="lead_of_tie"),
            # Each gives a list its order, and holds beside it all that the list is chosen by.
            models.Index(
                fields=["ending", "next_by", "id", "stage", "home", "sector"], name="lead_next"
            ),
            models.Index(
                fields=["ending", "quiet_since", "id", "stage", "home"], name="lead_quiet"
            ),
            models.Index(fields=["opened_on", "id", "home"], name="lead_newest"),
            models.Index(fields=["ending", "lost_to", "home"], name="lead_lost_to"),
        ]

    def __str__(self) -> str:
        return f"{self.company}: {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("investment:lead", args=[self.pk])


class _KeptQuerySet(models.QuerySet[Any]):
    def delete(self) -> Never:
        raise TypeError("What happened on a lead cannot be deleted.")


class LeadContact(models.Model):
    """A contact with the company: when, how, with whom, what was said."""

    class Kind(models.TextChoices):
        MEETING = "meeting", _("Meeting")
        CALL = "call", _("Call")
        LETTER = "letter", _("Letter or e-mail")
        SITE = "site", _("Visit to the site")
        AFTERCARE = "aftercare", _("Aftercare")

    lead = models.ForeignKey(Lead, models.PROTECT, related_name="contact_notes")
    on = models.DateField(_("date"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    with_whom = models.CharField(_("with whom"), max_length=300, blank=True)
    note = TranslatedField(_("what was said"), rows=3)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    by_name = TranslatedField(blank=True, editable=False)
    at = models.DateTimeField(editable=False)

    objects = _KeptQuerySet.as_manager()

    class Meta:
        verbose_name = _("contact with a company")
        verbose_name_plural = _("contacts with companies")
        indexes = [models.Index(fields=["lead", "-on", "-id"], name="contact_of_lead")]


class StageMove(models.Model):
    """A lead went to another stage, or ended, or was taken up again; only added to."""

    lead = models.ForeignKey(Lead, models.PROTECT, related_name="moves")
    old = models.CharField(max_length=10)
    new = models.CharField(max_length=10)
    on = models.DateField()
    reason = TranslatedField(_("reason"), blank=True, rows=2)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    by_name = TranslatedField(blank=True, editable=False)
    at = models.DateTimeField(editable=False)

    objects = _KeptQuerySet.as_manager()

    class Meta:
        verbose_name = _("stage of a lead")
        verbose_name_plural = _("stages of leads")

    @property
    def old_name(self) -> str:
        return _state_name(self.old)

    @property
    def new_name(self) -> str:
        return _state_name(self.new)


def _state_name(state: str) -> str:
    """Return how a stage or an ending is called."""
    return str((Ending if state in Ending.values else Stage)(state).label)


class YieldQuerySet(models.QuerySet["Yield"]):
    def standing(self) -> Self:
        return self.filter(withdrawn="")

    def counted(self) -> Self:
        """The newest standing record of each firmness of each lead."""
        newer = Yield.objects.standing().filter(
            Q(on__gt=models.OuterRef("on"))
            | Q(on=models.OuterRef("on"), pk__gt=models.OuterRef("pk")),
            lead=models.OuterRef("lead"),
            firmness=models.OuterRef("firmness"),
        )
        return self.standing().filter(~models.Exists(newer))


class Yield(Versioned):
    """Money and jobs that a lead brings: as promised, as committed on paper, as realised.

    Each firmness is a record of its own, with its date and its proof; the newest of a firmness
    that is not withdrawn counts.
    """

    class Firmness(models.TextChoices):
        PROMISED = "promised", _("Promised")
        COMMITTED = "committed", _("Committed on paper")
        REALISED = "realised", _("Realised")

    lead = models.ForeignKey(Lead, models.PROTECT, related_name="yields")
    firmness = models.CharField(_("how firm"), max_length=10, choices=Firmness)
    on = models.DateField(_("date"))
    # None is "cannot say", never nothing.
    money = AmountField(_("investment"), null=True, blank=True)
    currency = CurrencyField(_("currency"), blank=True)
    foreign_share_percent = models.PositiveSmallIntegerField(
        _("foreign share in %"), null=True, blank=True, validators=[MaxValueValidator(100)]
    )
    new_jobs = models.PositiveIntegerField(_("new jobs"), null=True, blank=True)
    safeguarded_jobs = models.PositiveIntegerField(_("safeguarded jobs"), null=True, blank=True)
    local_percent = models.PositiveSmallIntegerField(
        _("local people in %"), null=True, blank=True, validators=[MaxValueValidator(100)]
    )
    wage_low = AmountField(_("monthly wage from"), currency="wage_currency", null=True, blank=True)
    wage_high = AmountField(_("monthly wage to"), currency="wage_currency", null=True, blank=True)
    # Mostly not that of the investment: wages are paid where people work.
    wage_currency = CurrencyField(_("currency of the wage"), blank=True)
    source = models.ForeignKey(
        Source, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=Source._meta.verbose_name,
    )  # fmt: skip
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField(_("file name"), max_length=200, blank=True)
    note = TranslatedField(_("note"), blank=True, rows=2)
    withdrawn = models.CharField(
        _("why it is withdrawn"), max_length=300, blank=True, editable=False
    )

    objects = YieldQuerySet.as_manager()

    class Meta:
        verbose_name = _("money and jobs")
        verbose_name_plural = _("money and jobs")
        constraints = [
            models.CheckConstraint(
                condition=Q(money=None) | ~Q(currency=""),
                name="yield_amount_has_currency",
                violation_error_message=_("Say in which currency the amount is."),
            ),
            models.CheckConstraint(
                condition=Q(wage_low=None, wage_high=None) | ~Q(wage_currency=""),
                name="yield_wage_has_currency",
                violation_error_message=_("Say in which currency the wage is."),
            ),
            models.CheckConstraint(
                condition=Q(wage_low=None)
                | Q(wage_high=None)
                | Q(wage_high__gte=models.F("wage_low")),
                name="yield_wage_in_order",
                violation_error_message=_("The lower wage comes first."),
            ),
            models.CheckConstraint(
                condition=Q(money__isnull=False)
                | Q(new_jobs__isnull=False)
                | Q(safeguarded_jobs__isnull=False),
                name="yield_says_something",
                violation_error_message=_("Fill in money or jobs."),
            ),
        ]
        indexes = [models.Index(fields=["lead", "firmness", "-on"], name="yield_of_lead")]

    def __str__(self) -> str:
        return f"{self.get_firmness_display()} ({self.on})"

    @property
    def is_proved(self) -> bool:
        """Whether a paper or a source shows it."""
        return bool(self.file_id or self.source_id)


class Verification(models.Model):
    """Somebody who did not work on a lead looked whether a win is one."""

    class Finding(models.TextChoices):
        HOLDS = "holds", _("It holds")
        HOLDS_NOT = "holds_not", _("It does not hold")

    lead = models.ForeignKey(Lead, models.PROTECT, related_name="verifications")
    on = models.DateField(_("date"))
    finding = models.CharField(_("finding"), max_length=10, choices=Finding)
    method = TranslatedField(_("what was looked at"), rows=3)
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField(_("file name"), max_length=200, blank=True)
    # Of which record of money and jobs it speaks.
    about = models.ForeignKey(Yield, models.PROTECT, null=True, related_name="+", editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    by_name = TranslatedField(blank=True, editable=False)
    at = models.DateTimeField(editable=False)

    objects = _KeptQuerySet.as_manager()

    class Meta:
        verbose_name = _("verification of a win")
        verbose_name_plural = _("verifications of wins")


class Confirmation(models.Model):
    """What the investor himself says of a win: asked for by a private link, answered once."""

    lead = models.ForeignKey(Lead, models.PROTECT, related_name="confirmations")
    about = models.ForeignKey(Yield, models.PROTECT, related_name="+")
    # SHA-256 of the token: whoever reads the database cannot answer for the investor.
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    asked_at = models.DateTimeField(editable=False)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    ends_at = models.DateTimeField(editable=False)
    # In which the page behind the link opens; the investor may choose another.
    language = models.CharField(
        _("language"), max_length=10, choices=settings.LANGUAGES, default="en"
    )
    answered_at = models.DateTimeField(null=True, editable=False)
    agrees = models.BooleanField(_("the figures are right"), null=True)
    name = models.CharField(_("your name and post"), max_length=200, blank=True)
    remark = models.TextField(
        _("what is not right, or what you want to say"), max_length=2000, blank=True
    )
    # How much our help mattered, as he sees it.
    helped = models.PositiveSmallIntegerField(
        _("how much our help mattered, from 1 to 5"), null=True, blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(5)],
    )  # fmt: skip
    withdrawn_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("investor's confirmation")
        verbose_name_plural = _("investors' confirmations")


class InterestQuerySet(models.QuerySet["Interest"]):
    def barring(self, today: date) -> Self:
        """Those that have not ended, and those whose end nobody else has confirmed."""
        return self.filter(Q(until=None) | Q(until__gte=today) | Q(end_seen_by=None))


class Interest(Versioned):
    """A conflict of interest that somebody declares: he does not decide on leads of the company."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="interests", verbose_name=_("person")
    )
    company = models.ForeignKey(
        Company, models.PROTECT, related_name="interests", verbose_name=_("company")
    )
    what = TranslatedField(_("what the interest is"), rows=2)
    since = models.DateField(_("since"))
    until = models.DateField(_("until"), null=True, blank=True)
    # Who else confirmed that it ended: whoever declared it could else end it and decide at once.
    end_seen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+",
        verbose_name=_("who confirmed the end"),
    )  # fmt: skip

    objects = InterestQuerySet.as_manager()

    class Meta:
        verbose_name = _("declared interest")
        verbose_name_plural = _("declared interests")

    def __str__(self) -> str:
        return str(self.company)


class GiftQuerySet(models.QuerySet["Gift"]):
    def visible_to(self, user: object) -> Self:
        return self.filter(within("owner_code", rights_of(user).regions("ties.read_all")))


class Gift(Versioned):
    """A gift between an official and a company, and what became of it."""

    class Way(models.TextChoices):
        RECEIVED = "received", _("Received")
        GIVEN = "given", _("Given")
        REFUSED = "refused", _("Offered and refused")

    owner_code = models.CharField(max_length=40, db_index=True, editable=False)
    way = models.CharField(_("received or given"), max_length=10, choices=Way)
    on = models.DateField(_("date"))
    company = models.ForeignKey(
        Company, models.PROTECT, null=True, blank=True, related_name="gifts",
        verbose_name=_("company"),
    )  # fmt: skip
    other_party = models.CharField(_("from or to whom"), max_length=200, blank=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="gifts",
        verbose_name=_("which of us"),
    )  # fmt: skip
    what = TranslatedField(_("what"))
    value = AmountField(_("value"), null=True, blank=True)
    currency = CurrencyField(_("currency"), blank=True)
    became = TranslatedField(_("what became of it"), blank=True)
    reported_on = models.DateField(
        _("reported to the anti-corruption body on"), null=True, blank=True
    )

    objects = GiftQuerySet.as_manager()

    class Meta:
        verbose_name = _("gift")
        verbose_name_plural = _("gifts")
        constraints = [
            models.CheckConstraint(
                condition=Q(value=None) | ~Q(currency=""),
                name="gift_value_has_currency",
                violation_error_message=_("Say in which currency the amount is."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.what)
