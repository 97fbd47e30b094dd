"""What people fill in about programmes. Each form asks first for what is at hand."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from kembar.apps.accounts.models import Post, User
from kembar.apps.accounts.rights import Audience
from kembar.apps.kit.forms import DayField, FilesField, ManyField, VersionedForm, VersionField
from kembar.apps.kit.text import PlainField, Text, reader_language
from kembar.apps.ledger.forms import NamesSource
from kembar.apps.ledger.models import Source
from kembar.apps.programmes.actions import Around, Did
from kembar.apps.programmes.models import (
    Activity,
    Attendance,
    Body,
    BudgetLine,
    Milestone,
    Programme,
    Risk,
    Site,
)
from kembar.apps.rates.forms import AmountFormField, CurrencyFormField
from kembar.apps.regions.lookup import RegionField
from kembar.apps.ties.models import Tie

LINES = forms.Textarea(attrs={"rows": 2})


def posts_of(tie: Tie) -> Any:
    """Return the posts that may own a part of a tie: those of its home region."""
    posts = Post.objects.filter(office__region_code=tie.home_id).select_related("office")
    return posts.order_by("pk")


class _Dated:
    """A form of days: every field of a column of days reads them as people write them."""

    fields: dict[str, Any]

    def read_days(self, *names: str) -> None:
        for name in names:
            old = self.fields[name]
            self.fields[name] = DayField(
                label=old.label, required=old.required, help_text=old.help_text
            )


def _line_of(name: Text, more: object) -> str:
    return f"{name} – {more}" if more else str(name)


class ProgrammeForm(NamesSource, _Dated, VersionedForm):
    """A programme: its name and when it begins; the rest can wait."""

    home_bodies = PlainField(
        label=_("Bodies of our side"),
        required=False,
        max_length=10_000,
        widget=LINES,
        help_text=_("One body a line: its name, then a dash and what it does."),
    )
    partner_bodies = PlainField(
        label=_("Bodies of the partner's side"), required=False, max_length=10_000, widget=LINES
    )
    other_bodies = PlainField(
        label=_("Other bodies"), required=False, max_length=10_000, widget=LINES
    )
    sites = PlainField(
        label=_("Sites"),
        required=False,
        max_length=10_000,
        widget=LINES,
        help_text=_(
            "One site a line: its name, then a dash and the region it lies in, by name or code."
        ),
    )
    sources = ManyField(label=_("Sources"), queryset=Source.objects.none(), required=False)

    class Meta:
        model = Programme
        fields = ["title", "sector", "starts", "ends", "owner", "purpose"]

    field_order = (
        *("title", "sector", "starts", "ends", "owner", "purpose"),
        *("home_bodies", "partner_bodies", "other_bodies", "sites"),
        *("sources", *NamesSource.NEW_SOURCE),
    )
    # A programme is begun in two minutes: these can wait.
    folded = field_order[6:]
    folded_title = _("Who takes part, where, and the sources")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.read_days("starts", "ends")
        tie = self.instance.tie
        owner: Any = self.fields["owner"]
        owner.queryset = posts_of(tie)
        self.offer_sources("sources", tie.home_id)
        self.fields["sources"].widget.attrs["size"] = 5
        self.bodies: list[Body] = []
        self.places: list[Site] = []
        if not self.instance.pk:
            return
        self.bodies = list(self.instance.bodies.order_by("pk"))
        self.places = list(self.instance.sites.select_related("region").order_by("pk"))
        for name, lines in self._lines_now().items():
            self.fields[name].initial = lines
        self.fields["sources"].initial = [s.pk for s in self.instance.sources.all()]

    def _lines_now(self) -> dict[str, str]:
        lines = {
            f"{side}_bodies": "\n".join(
                _line_of(body.name, body.does) for body in self.bodies if body.side == side
            )
            for side in Body.Side.values
        }
        sites = [_line_of(site.name, site.region_id) for site in self.places]
        return {**lines, "sites": "\n".join(sites)}

    def values_of(self, record: Any) -> dict[str, Any]:
        """Return what a programme holds now, bodies and sites among it."""
        self.bodies = list(record.bodies.order_by("pk"))
        self.places = list(record.sites.select_related("region").order_by("pk"))
        return {
            **super().values_of(record),
            **self._lines_now(),
            "sources": record.sources.all(),
        }

    def clean_home_bodies(self) -> str:
        return self._checked("home_bodies")

    def clean_partner_bodies(self) -> str:
        return self._checked("partner_bodies")

    def clean_other_bodies(self) -> str:
        return self._checked("other_bodies")

    def _checked(self, name: str) -> str:
        text = str(self.cleaned_data[name])
        for line in _lines(text):
            _short_enough(*_divided(line))
        return text

    def clean_sites(self) -> str:
        """Look up the region of each site, and keep what was found for `around`."""
        text = str(self.cleaned_data["sites"])
        self.regions: dict[str, Any] = {}
        for line in _lines(text):
            name, place = _divided(line)
            _short_enough(name)
            self.regions[line] = RegionField(required=False).clean(place)
        return text

    def around(self) -> Around:
        """Return bodies, sites and sources; texts that were not touched keep all languages."""
        given, new = self.cleaned_data, self.new_source()
        sources = [*given["sources"], *([new] if new and new not in given["sources"] else [])]
        known = {(b.side, _line_of(b.name, b.does)): b for b in self.bodies}
        bodies = []
        for side in Body.Side.values:
            for line in _lines(given[f"{side}_bodies"]):
                name, does = _divided(line)
                old = known.get((side, line))
                bodies.append(
                    Body(
                        side=side,
                        name=old.name if old else _said(name),
                        does=old.does if old else _said(does),
                    )
                )
        names = {str(site.name): site.name for site in self.places}
        sites = [
            Site(name=names.get(name) or _said(name), region=self.regions[line])
            for line in _lines(given["sites"])
            for name in [_divided(line)[0]]
        ]
        return Around(bodies, sites, sources)


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _divided(line: str) -> tuple[str, str]:
    """Return both parts of a line, divided at the first dash between spaces."""
    for dash in (" – ", " — ", " - ", "——"):
        if dash in line:
            name, _dash, more = line.partition(dash)
            return name.strip(), more.strip()
    return line, ""


def _short_enough(*texts: str) -> None:
    for text in texts:
        if len(text) > 300:
            message = _("A line is longer than 300 letters: %(line)s…")
            raise ValidationError(message, params={"line": text[:40]})


def _said(text: str) -> Text:
    return Text({reader_language(): text}) if text else Text()


class ShareForm(forms.Form):
    audience = forms.ChoiceField(
        label=_("Who may read this programme"),
        choices=Audience.choices,
        widget=forms.RadioSelect,
        help_text=_(
            "Money, risks, papers and the groups of the participants stay with your own region."
        ),
    )
    version = VersionField()


class WhyForm(forms.Form):
    """A day and a reason."""

    on = DayField(label=_("On which day?"))
    why = PlainField(label=_("Why?"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
    version = VersionField()

    def __init__(self, *args: Any, has_day: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_day:
            del self.fields["on"]

    def reason(self) -> Text:
        return _said(self.cleaned_data["why"])


class ActivityForm(NamesSource, _Dated, VersionedForm):
    """What is planned: what, where, when, who sees to it."""

    class Meta:
        model = Activity
        fields = ["title", "kind", "starts", "ends", "place", "owner", "source"]

    field_order = (
        *("title", "kind", "starts", "ends", "place", "owner"),
        *("source", *NamesSource.NEW_SOURCE),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.read_days("starts", "ends")
        tie = self.instance.programme.tie
        owner: Any = self.fields["owner"]
        owner.queryset = posts_of(tie)
        self.offer_sources("source", tie.home_id)


GROUPS = ("sex", "age", "disability", "place")
NEW_LINES = 4


class AttendanceForm(forms.ModelForm):  # type: ignore[type-arg]
    """A line of participants: how many, and what was noted of them."""

    class Meta:
        model = Attendance
        fields = ["count", *GROUPS]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["count"].required = False
        self.fields["count"].widget.attrs.update({"inputmode": "numeric", "max": 1_000_000})
        self.fields["count"].max_value = 1_000_000  # type: ignore[attr-defined]  # a number
        self.fields["place"].widget.attrs["list"] = "places"

    def clean_count(self) -> int | None:
        count: int | None = self.cleaned_data["count"]
        if count is not None and count > 1_000_000:
            raise ValidationError(_("That is more than a million; write it in smaller lines."))
        return count

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        noted = [name for name in GROUPS if data.get(name)]
        if noted and data.get("count") is None and "count" not in self.errors:
            self.add_error("count", _("Say how many they were."))
        return data

    @property
    def is_empty(self) -> bool:
        return self.cleaned_data.get("count") is None


AttendanceLines = forms.formset_factory(AttendanceForm, extra=NEW_LINES, max_num=200)


class DidForm(_Dated, VersionedForm):
    """What was done: when, how long, what came of it."""

    documents = FilesField(
        label=_("Papers"),
        required=False,
        help_text=_("PDF, Word, Excel, PowerPoint, pictures or plain text."),
    )

    class Meta:
        model = Activity
        fields = ["began", "ended", "hours", "outcome"]

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.read_days("began", "ended")
        self.fields["began"].required = True
        self.fields["ended"].help_text = _("Empty while it runs.")
        files: Any = self.fields["documents"]
        files.person = user.pk
        initial = [
            {name: getattr(line, name) for name in ("count", *GROUPS)} for line in self._lines_now()
        ]
        self.lines = AttendanceLines(
            self.data if self.is_bound else None, initial=initial, prefix="people"
        )

    def _lines_now(self) -> list[Attendance]:
        return list(self.instance.attendance.order_by("pk"))

    def is_valid(self) -> bool:
        if not super().is_valid():
            return False
        if not self.lines.is_valid():
            self.add_error(None, _("Something is wrong in a line of participants below."))
        return not self.errors

    def did(self) -> Did:
        lines = [
            Attendance(**{name: form.cleaned_data.get(name) or "" for name in GROUPS},
                       count=form.cleaned_data["count"])
            for form in self.lines
            if not form.is_empty
        ]  # fmt: skip
        return Did(lines, self.cleaned_data["documents"])


class LookForm(forms.Form):
    """What continued, and when somebody looked."""

    on = DayField(label=_("On which day did you look?"))
    continues = forms.ChoiceField(
        label=_("Did it go on?"), choices=Activity.Continued.choices, widget=forms.RadioSelect
    )
    continued = PlainField(
        label=_("What continued?"),
        max_length=5000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Who still does what, and how you know."),
    )
    version = VersionField()

    def text(self) -> Text:
        return _said(self.cleaned_data["continued"])


class MilestoneForm(_Dated, VersionedForm):
    class Meta:
        model = Milestone
        fields = ["title", "due", "reached_on", "shown_by"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.read_days("due", "reached_on")


class AmountForm(_Dated, VersionedForm):
    """An amount, in the currency in which it was said."""

    amount = AmountFormField(
        label=_("Amount"),
        help_text=_("Such as 1.250.000, 1,250,000, 12,5 miliar or 300万元."),
    )
    currency = CurrencyFormField(label=_("Currency"))

    class Meta:
        model = BudgetLine
        fields = ["kind", "amount", "currency", "on", "purse", "payer", "what_for", "activity"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.read_days("on")
        choice: Any = self.fields["activity"]
        choice.queryset = Activity.objects.filter(programme=self.instance.programme).order_by("pk")


class RiskForm(VersionedForm):
    class Meta:
        model = Risk
        fields = ["title", "likelihood", "impact", "measure", "owner"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owner: Any = self.fields["owner"]
        owner.queryset = posts_of(self.instance.programme.tie)


class PapersForm(forms.Form):
    documents = FilesField(
        label=_("Papers"), help_text=_("PDF, Word, Excel, PowerPoint, pictures or plain text.")
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        files: Any = self.fields["documents"]
        files.person = user.pk
