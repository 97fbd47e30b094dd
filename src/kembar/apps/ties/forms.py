"""What people fill in about ties. Each form asks first for what a busy officer has at hand."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from kembar.apps.accounts.forms import keep_audience
from kembar.apps.accounts.models import Post, User
from kembar.apps.accounts.rights import Audience
from kembar.apps.kit.forms import DayInput, FilesField, ManyField, VersionedForm, VersionField
from kembar.apps.kit.partial_dates import readable
from kembar.apps.kit.text import PlainField, Text, reader_language
from kembar.apps.ledger.forms import NamesSource
from kembar.apps.ledger.models import Claim, Source
from kembar.apps.regions.lookup import RegionField
from kembar.apps.ties.models import Attachment, Conflict, Event, Participant, Sector, Tie


class TieForm(VersionedForm):
    """Where a tie stands, what comes next and who keeps it."""

    sectors = forms.MultipleChoiceField(
        label=_("Focus sectors"),
        choices=Sector.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = Tie
        fields = [
            "state",
            "stands",
            "next_step",
            "next_basis",
            "next_by",
            "waiting_on",
            "waiting_since",
            "owner",
            "target",
            "target_note",
            "sectors",
            "purpose",
            "doing_body",
            "theme",
            "funding",
            "renewal",
            "kind",
            "note",
            "as_of",
        ]
        widgets = {
            "next_by": DayInput,
            "waiting_since": DayInput,
            "target": DayInput,
            "renewal": DayInput,
            "as_of": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        home = self.instance.home_id
        posts = Post.objects.filter(office__region_code=home).select_related("office")
        self.fields["owner"].queryset = posts  # type: ignore[attr-defined]  # a model choice


class NewTieForm(forms.ModelForm):  # type: ignore[type-arg]
    """The file of a new tie: two regions and a kind; the rest can wait."""

    home = RegionField(label=_("Home region"))
    partner = RegionField(label=_("Partner region"))

    class Meta:
        model = Tie
        fields = ["home", "partner", "kind", "state", "cycle", "purpose"]

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        homes = sorted(user.rights.regions("ties.write"))
        if len(homes) == 1 and not self.is_bound:
            self.fields["home"].initial = homes[0]

    def clean_home(self) -> Any:
        home = self.cleaned_data["home"]
        if not self.user.may("ties.write", home.code):
            raise ValidationError(
                _("You write for %(regions)s, not for %(home)s."),
                params={
                    "regions": ", ".join(sorted(self.user.rights.regions("ties.write"))),
                    "home": home,
                },
            )
        return home


class ShareForm(forms.Form):
    audience = forms.ChoiceField(
        label=_("Who may read this tie"), choices=Audience.choices, widget=forms.RadioSelect
    )
    version = VersionField()


PEOPLE_HELP = _(
    "One person a line: name, then a dash and the post. Degrees such as S.H. belong to the name."
)

# Degrees behind a name: with points (S.H., M. Si, Ph.D) or, as many write them, without.
_POINTED = re.compile(r"(?:[ABMS]|Ed|LL|Ph|Sp)(?:\.[A-Za-z]{1,5})+\.?")
_PLAIN = re.compile(
    r"(?i:ak|amd|ba|bba|beng|bsc|dea|drs?|lc|llb|llm|ma|mag|map|mba|meng|mh|mhum|mikom|mip|mkes"
    r"|mkom|mm|mp|mpa|mpd|mph|mpp|msc|msi|mt|phd|sag|se|sh|shut|sikom|sip|skm|skom|sp|spd|spi|spt"
    r"|ssi|ssos|sst|sstp|st|stp)\.?|博士|硕士"
)
_DASH = re.compile(r"(?:^|\s+)[–—-](?:\s+|$)|\s*——\s*")
_COMMA = re.compile(r"\s*[,，]\s*")
_MARKS = " ,，–—-"


def _is_degree(part: str) -> bool:
    words = re.sub(r"\.\s+", ".", part).split()
    return bool(words) and all(_POINTED.fullmatch(word) or _PLAIN.fullmatch(word) for word in words)


def _name_and_post(line: str) -> tuple[str, str]:
    """Return both parts of a line: divided at a dash, else at the first comma before no degree."""
    if dash := _DASH.search(line):
        return line[: dash.start()].strip(_MARKS), line[dash.end() :].strip(_MARKS)
    for comma in _COMMA.finditer(line):
        name, rest = line[: comma.start()].strip(_MARKS), line[comma.end() :]
        if not name or not _is_degree(_COMMA.split(rest, maxsplit=1)[0]):
            return name, rest.strip(_MARKS)
    return line.strip(_MARKS), ""


class PeopleField(forms.CharField):
    """Reads people one a line: “Zhang Zhisheng – consul general”."""

    widget = forms.Textarea

    def __init__(self, side: str, **kwargs: Any) -> None:
        self.side = side
        super().__init__(required=False, max_length=10_000, **kwargs)
        self.widget.attrs.update({"rows": 2})

    def to_python(self, value: Any) -> list[Participant]:  # type: ignore[override]
        text = str(super().to_python(value))
        super().run_validators(text)
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        return [self._person(line) for line in lines]

    def _person(self, line: str) -> Participant:
        name, post = _name_and_post(line)
        if not name:
            raise ValidationError(
                _("The name is missing in “%(line)s”; write it before the post."),
                params={"line": line[:60]},
            )
        if len(name) > 200:
            raise ValidationError(
                _("A name is longer than 200 letters: %(name)s…"), params={"name": name[:40]}
            )
        return Participant(name=name, post=Text({reader_language(): post}), side=self.side)

    def validate(self, value: Any) -> None:
        """Nobody has to have been there."""

    def run_validators(self, value: Any) -> None:
        """The text was looked at before it was divided into lines."""

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, list):
            return "\n".join(map(_line_of, value))
        return value


def _line_of(person: Participant) -> str:
    """Return a person as a line that is read as the same person again."""
    line = str(person)
    # A name with a comma of its own: the dash says that no post follows.
    return line if person.post or _name_and_post(line) == (line, "") else f"{line} –"


def _dated(event: Event) -> str:
    return f"{readable(event.on)} · {event.title}"


class EventForm(NamesSource, VersionedForm):
    """A meeting in a minute: what, when, where, who. The rest is folded away."""

    home_people = PeopleField("home", label=_("From our side"), help_text=PEOPLE_HELP)
    partner_people = PeopleField("partner", label=_("From the partner's side"))
    other_people = PeopleField("other", label=_("Others"))
    attached = FilesField(
        label=_("Files"),
        required=False,
        help_text=_("PDF, Word, Excel, PowerPoint, pictures or plain text."),
    )
    taken_off = ManyField(
        label=_("Files to take off"),
        queryset=Attachment.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    sources = ManyField(label=_("Sources"), queryset=Source.objects.none(), required=False)
    contradicts = ManyField(
        label=_("Contradicts"),
        queryset=Event.objects.none(),
        required=False,
        help_text=_("Both stay on the timeline, marked as contested."),
    )

    class Meta:
        model = Event
        fields = [
            "title",
            "on",
            "until",
            "kind",
            "place",
            "detail",
            "milestone",
            "confidence",
            "audience",
        ]
        widgets = {"on": DayInput, "until": DayInput}

    FIRST = ("title", "on", "kind", "place", "home_people", "partner_people")
    MORE = (
        "detail",
        "until",
        "other_people",
        "attached",
        "taken_off",
        "sources",
        *NamesSource.NEW_SOURCE,
        "contradicts",
        "milestone",
        "confidence",
        "audience",
    )

    def __init__(self, *args: Any, tie: Tie, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        keep_audience(self, user, tie.home_id)
        self.tie = tie
        self.instance.tie = tie
        files: Any = self.fields["attached"]
        files.person = user.pk
        self.posts_before: dict[tuple[str, str], list[Text]] = defaultdict(list)
        others = Event.objects.standing().filter(tie=tie).exclude(pk=self.instance.pk)
        if self.instance.pk:
            contested = self.instance.conflicts.filter(settled_at=None)
            others = others.exclude(conflicts__in=contested)
        choice: Any = self.fields["contradicts"]
        choice.queryset = others.newest_first()
        choice.label_from_instance = _dated
        self.offer_sources("sources", tie.home_id)
        for name in ("sources", "contradicts"):
            self.fields[name].widget.attrs["size"] = 6
        if not self.instance.pk:
            self.initial["kind"] = Event.Kind.MEETING
            del self.fields["taken_off"]
            return
        taken_off: Any = self.fields["taken_off"]
        taken_off.queryset = self.instance.attachments.order_by("pk")
        people: dict[str, list[Participant]] = {"home": [], "partner": [], "other": []}
        for person in self.instance.participants.order_by("pk"):
            people[person.side].append(person)
            self.posts_before[person.side, person.name].append(person.post)
        for side, persons in people.items():
            self.fields[f"{side}_people"].initial = persons
        self.fields["sources"].initial = [s.pk for s in self.instance.sources.all()]

    def first_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.FIRST if name in self.fields]

    def more_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.MORE if name in self.fields]

    def more_is_open(self) -> bool:
        wrong = any(self[name].errors for name in self.MORE if name in self.fields)
        files: Any = self.fields["attached"]
        return wrong or bool(self.instance.pk or files.kept)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        on, until = data.get("on"), data.get("until")
        if on and until and until.last < on.first:
            self.add_error("until", _("The end lies before the beginning."))
        return data

    def participants(self) -> list[Participant]:
        people = [
            person
            for side in ("home", "partner", "other")
            for person in self.cleaned_data.get(f"{side}_people") or []
        ]
        # One language of a post was shown to be corrected; the others are as they were.
        for person in people:
            if person.post:
                person.post = self._in_all_languages(person)
        return people

    def _in_all_languages(self, person: Participant) -> Text:
        before = self.posts_before[person.side, person.name]
        same = [post for post in before if str(post) == str(person.post)]
        if same:
            return same[0]
        return Text({**before[0], **person.post}) if len(before) == 1 else Text(person.post)

    def values_of(self, record: Any) -> dict[str, Any]:
        """Return what an event holds now, people and sources among it."""
        values = super().values_of(record)
        for side in Participant.Side.values:
            values[f"{side}_people"] = list(record.participants.filter(side=side).order_by("pk"))
        return {**values, "sources": record.sources.all()}


class WithdrawForm(forms.Form):
    reason = PlainField(
        label=_("Why is it withdrawn?"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )
    version = VersionField()


class NewConflictForm(forms.ModelForm):  # type: ignore[type-arg]
    """What is contested, and what contradicts each other in it."""

    claims = ManyField(label=_("Claims"), queryset=Claim.objects.none(), required=False)
    events = ManyField(label=_("Events"), queryset=Event.objects.none(), required=False)

    class Meta:
        model = Conflict
        fields = ["question", "explanation"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tie = self.instance.tie
        events: Any = self.fields["events"]
        events.queryset = Event.objects.standing().filter(tie=tie).newest_first()
        events.label_from_instance = _dated
        claims: Any = self.fields["claims"]
        claims.queryset = tie.claims.standing().order_by("number", "pk")
        for choice in (events, claims):
            choice.widget.attrs["size"] = 6

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if len(data.get("events", ())) + len(data.get("claims", ())) < 2:
            raise ValidationError(
                _("Choose at least two claims or events that contradict each other.")
            )
        return data


class ConflictForm(forms.ModelForm):  # type: ignore[type-arg]
    """How a contradiction was settled."""

    class Meta:
        model = Conflict
        fields = ["settlement"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["settlement"].required = True


class ClaimForm(NamesSource, VersionedForm):
    """What somebody said about a tie, or about a region."""

    about_region = RegionField(label=_("About the region"), required=False)

    class Meta:
        model = Claim
        fields = [
            "statement",
            "language",
            "said_by",
            "said_on",
            "about_region",
            "source",
            "number",
            "audience",
        ]

    field_order = (
        *("statement", "language", "said_by", "said_on", "about_region"),
        *("source", *NamesSource.NEW_SOURCE),
        *("number", "audience"),
    )

    def __init__(self, *args: Any, home: str, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        keep_audience(self, user, home)
        self.offer_sources("source", home)
        if not self.instance.pk:
            self.initial["language"] = reader_language()

    def clean_about_region(self) -> str:
        region = self.cleaned_data["about_region"]
        return region.code if region else ""


class RemarkForm(forms.Form):
    text = PlainField(
        label=_("Remark to the desk"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )


class AnswerForm(forms.Form):
    answer = PlainField(
        label=_("Answer"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )


class ImportForm(forms.Form):
    file = forms.FileField(
        label=_("Table"),
        help_text=_("CSV (UTF-8) or Excel (.xlsx), at most 20,000 rows."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.xlsx,.txt"}),
    )
