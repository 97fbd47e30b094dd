"""What people fill in about cases."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kembar.apps.accounts.models import Post, User
from kembar.apps.accounts.rights import Audience
from kembar.apps.cases import words
from kembar.apps.cases.actions import Paper, Told
from kembar.apps.cases.models import Case, Closed, Returned, Side, Sub
from kembar.apps.kit.forms import DayField, FilesField, ManyField, VersionedForm, VersionField
from kembar.apps.kit.text import PlainField, Text, reader_language
from kembar.apps.ledger.models import Claim
from kembar.apps.ties.models import Event, Tie
from kembar.engines.procedure.joining import Act, Procedure

LONG = forms.Textarea(attrs={"rows": 3})


class _OnACase(forms.Form):
    """A form about a case remembers which version of it was looked at."""

    version = VersionField()

    def told_text(self) -> Text:
        text = self.cleaned_data.get("text", "")
        return Text({reader_language(): text}) if text else Text()


class RecordForm(_OnACase):
    """What happened on an act: the day, why, and the papers that prove it."""

    on = DayField(label=_("On which day?"))
    reason = forms.ChoiceField(label=_("Why did it come back?"), choices=Returned.choices)
    text = PlainField(label=_("Note"), max_length=5000, required=False, widget=LONG)
    event = forms.ModelChoiceField(
        label=_("Event on the timeline"), queryset=Event.objects.none(), required=False
    )

    # What one has to say, by what is recorded; elsewhere a remark is enough.
    WHY = {
        "skipped": _("Why is it left out?"),
        "returned": _("What was said?"),
    }

    def __init__(
        self,
        *args: Any,
        kind: str,
        act: Act,
        procedure: Procedure,
        tie: Tie,
        user: User,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.kind, self.act = kind, act
        if kind != "returned":
            del self.fields["reason"]
        self.fields["text"].label = self.WHY.get(kind, _("Note"))
        self.fields["text"].required = kind == "skipped"
        event: Any = self.fields["event"]
        event.queryset = Event.objects.standing().filter(tie=tie).newest_first()
        self.papers = self._papers(kind, act)
        for code in self.papers:
            name = words.paper_name(procedure, code)
            field = FilesField(label=str(name), required=False)
            field.person = user.pk
            self.fields[f"paper_{code}"] = field
        self.order_fields(["version", "on", "reason", *self._paper_names(), "text", "event"])

    @staticmethod
    def _papers(kind: str, act: Act) -> list[str]:
        if kind == "asked":
            return list(act.needs)
        if kind in ("done", "returned"):
            return list(act.yields)
        return list(dict.fromkeys((*act.yields, *act.needs))) if kind == "noted" else []

    def _paper_names(self) -> list[str]:
        return [f"paper_{code}" for code in self.papers]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        says = data.get("text") or any(data.get(name) for name in self._paper_names())
        if self.kind == "noted" and not self.errors and not says:
            raise ValidationError(_("Write a note, or add a paper."))
        return data

    def told(self) -> Told:
        data = self.cleaned_data
        return Told(
            self.kind,
            data["on"],
            self.act.code,
            data.get("reason", ""),
            self.told_text(),
            papers=[
                Paper(code, file, name)
                for code in self.papers
                for file, name in data[f"paper_{code}"] or []
            ],
            event=data["event"],
        )


class OverrideForm(_OnACase):
    """Who passes which block, on what legal ground, and on which paper."""

    key = forms.ChoiceField(label=_("What is passed?"), widget=forms.RadioSelect)
    decided_by = PlainField(
        label=_("Who takes it on himself?"),
        max_length=200,
        help_text=_("Name and post. It stays in sight for as long as the case is kept."),
    )
    text = PlainField(
        label=_("On what legal ground?"),
        max_length=5000,
        widget=LONG,
        help_text=_("Name the article, or the decision that allows it."),
    )
    on = DayField(label=_("On which day?"))
    paper = FilesField(label=_("Paper that the override rests on"))

    def __init__(
        self, *args: Any, blocks: Sequence[tuple[str, str]], user: User, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        key: Any = self.fields["key"]
        key.choices = blocks
        paper: Any = self.fields["paper"]
        paper.person = user.pk

    def papers(self) -> list[Paper]:
        return [
            Paper(words.BASIS_OF_OVERRIDE, file, name) for file, name in self.cleaned_data["paper"]
        ]


class AnnulForm(_OnACase):
    text = PlainField(
        label=_("Why was it a mistake?"), max_length=5000, widget=forms.Textarea(attrs={"rows": 2})
    )


class AnswerForm(_OnACase):
    """The answer to what a rule asks: yes or no, a number, or one of a list."""

    def __init__(self, *args: Any, procedure: Procedure, key: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        label = str(words.question(procedure, key))
        choices: list[tuple[str, Any]] = []
        for rule in procedure.rules.values():
            if rule.by == key:
                choices = [(each, words.text(name)) for each, name in rule.choices.items()]
            elif rule.ask == key and rule.check == "answer":
                choices = [("yes", _("Yes")), ("no", _("No"))]
        if choices:
            self.fields["value"] = forms.ChoiceField(
                label=label, choices=choices, widget=forms.RadioSelect
            )
        else:
            self.fields["value"] = forms.IntegerField(label=label, min_value=0, max_value=100_000)

    def answered(self) -> str:
        return str(self.cleaned_data["value"])


class DaysForm(_OnACase):
    day = DayField(label=_("Which day?"))


class NewCaseForm(forms.ModelForm):  # type: ignore[type-arg]
    """Which procedure begins, since when, and who keeps it."""

    opened_on = DayField(label=_("Since when does it run?"))

    class Meta:
        model = Case
        fields = ["sub", "side", "title", "opened_on", "owner"]

    def __init__(self, *args: Any, tie: Tie, may_establish: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.tie = tie
        sub: Any = self.fields["sub"]
        sub.choices = [
            (value, label)
            for value, label in Sub.choices
            if may_establish or value != Sub.ESTABLISH
        ]
        side: Any = self.fields["side"]
        side.choices = [
            ("", _("nobody: it is no trip")),
            (Side.HOME, str(tie.home)),
            (Side.PARTNER, str(tie.partner)),
        ]
        offer_posts(self, tie)

    def clean_opened_on(self) -> date:
        day: date = self.cleaned_data["opened_on"]
        if day > timezone.localdate():
            raise ValidationError(_("A case begins today or earlier."), code="future")
        return day

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        travels = data.get("sub") == Sub.TRAVEL
        if travels and not data.get("side"):
            self.add_error("side", _("Say who travels."))
        if not travels:
            # Chosen for a trip, then another procedure: nobody travels.
            data["side"] = ""
        return data


def offer_posts(form: forms.ModelForm[Any], tie: Tie) -> None:
    """Offer the posts of the home region to keep a case."""
    owner: Any = form.fields["owner"]
    owner.queryset = Post.objects.filter(office__region_code=tie.home_id).select_related("office")


class CaseForm(VersionedForm):
    class Meta:
        model = Case
        fields = ["title", "owner"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_posts(self, self.instance.tie)


class ShareCaseForm(_OnACase):
    audience = forms.ChoiceField(
        label=_("Who may see where this case stands"),
        choices=Audience.choices,
        widget=forms.RadioSelect,
        help_text=_("Others never see its log, its remarks or its files."),
    )


class CloseForm(_OnACase):
    closed = forms.ChoiceField(
        label=_("How does it end?"), choices=Closed.choices, widget=forms.RadioSelect
    )
    on = DayField(label=_("On which day?"))
    text = PlainField(
        label=_("Why is it closed?"), max_length=5000, widget=forms.Textarea(attrs={"rows": 2})
    )


class ClaimsForm(forms.Form):
    """Which claims on the tie are about a step."""

    claims = ManyField(label=_("Claims"), queryset=Claim.objects.none())

    def __init__(self, *args: Any, tie: Tie, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        claims: Any = self.fields["claims"]
        claims.queryset = tie.claims.standing().order_by("number", "pk")
        claims.widget.attrs["size"] = 8
