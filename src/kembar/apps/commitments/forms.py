"""What people fill in about commitments."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kembar.apps.accounts.forms import keep_audience
from kembar.apps.accounts.models import Post, User
from kembar.apps.accounts.rights import Audience
from kembar.apps.commitments.models import Commitment
from kembar.apps.commitments.turning import NO_REASON, SHOWN_BY_EVIDENCE, Kind, Told
from kembar.apps.kit.forms import DayInput, KeptFileField, VersionedForm, VersionField
from kembar.apps.kit.partial_dates import PartialDateFormField, readable
from kembar.apps.kit.text import PlainField, Text, TextFormField, reader_language
from kembar.apps.ledger.forms import NamesSource
from kembar.apps.ledger.models import Source
from kembar.apps.ties.models import Event, Tie
from kembar.engines.dates import PartialDate


def posts_of(home: str) -> QuerySet[Post]:
    """Return the posts of a region, any of which may keep a promise of its ties."""
    posts = Post.objects.filter(office__region_code=home).select_related("office")
    return posts.order_by("office", "pk")


def post_in_a_list(post: Post) -> str:
    return f"{post} – {post.office}"


class CommitmentForm(NamesSource, VersionedForm):
    """A promise in a minute: what, who, whose, until when. The rest is folded away."""

    class Meta:
        model = Commitment
        fields = [
            "what",
            "made_by",
            "made_by_words",
            "made_to",
            "firmness",
            "way",
            "said_on",
            "owner",
            "due",
            "measure",
            "source",
            "article",
            "event",
            "claim",
            "sector",
            "programme",
            "audience",
        ]
        widgets = {"said_on": DayInput, "due": DayInput}
        help_texts = {
            "due": _("A month or a year is enough. Without a date nothing can be late."),
            "measure": _("By what will anybody see that it is done?"),
            "firmness": _("As it was said, not as one would like it."),
        }

    FIRST = (
        *("what", "made_by", "made_by_words", "made_to", "firmness", "way", "said_on"),
        *("owner", "due", "measure"),
    )
    MORE = (
        *("source", *NamesSource.NEW_SOURCE, "article", "event", "claim"),
        *("sector", "programme", "audience"),
    )

    def __init__(self, *args: Any, tie: Tie, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.tie = tie
        keep_audience(self, user, tie.home_id)
        self.offer_sources("source", tie.home_id)
        choices: dict[str, Any] = {
            "owner": posts_of(tie.home_id),
            "event": Event.objects.standing().filter(tie=tie).newest_first(),
            "claim": tie.claims.standing().order_by("number", "pk"),
            "programme": tie.programmes.order_by("pk"),
        }
        for name, rows in choices.items():
            field: Any = self.fields[name]
            field.queryset = rows
        owner: Any = self.fields["owner"]
        owner.label_from_instance, owner.empty_label = post_in_a_list, _("Nobody yet")
        event: Any = self.fields["event"]
        event.label_from_instance = lambda event: f"{readable(event.on)} · {event.title}"

    def first_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.FIRST]

    def more_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.MORE]

    def more_is_open(self) -> bool:
        return bool(self.instance.pk) or any(self[name].errors for name in self.MORE)


class TurnForm(NamesSource, forms.Form):
    """What became of a promise: the day, the reason, the evidence; of new terms, what is new."""

    version = VersionField()
    on = PartialDateFormField(label=_("On which day?"), widget=DayInput)
    new_due = PartialDateFormField(label=_("Due from now on"), required=False, widget=DayInput)
    new_what = TextFormField(label=_("What is promised from now on"), required=False, rows=2)
    reason = PlainField(
        label=_("Reason"),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    source = forms.ModelChoiceField(
        label=_("Evidence: a source"), queryset=Source.objects.none(), required=False
    )
    file = KeptFileField(label=_("Evidence: a file"), required=False)

    field_order = (
        *("version", "on", "new_due", "new_what", "reason", "source"),
        *(*NamesSource.NEW_SOURCE, "file"),
    )

    ASKED: dict[str, Any] = {
        Kind.KEPT: _("What was done?"),
        Kind.PARTLY: _("What was done, and what was not?"),
        Kind.RENEGOTIATED: _("Why, and with whom was it agreed?"),
        Kind.BROKEN: _("What happened?"),
        Kind.LAPSED: _("Why does nobody wait for it any more?"),
        Kind.WITHDRAWN: _("Why does it not belong in the register?"),
        Kind.REOPENED: _("Why is it open again?"),
    }

    def __init__(self, *args: Any, commitment: Commitment, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.commitment, self.kind = commitment, kind
        self.offer_sources("source", commitment.tie.home_id)
        self.initial = {
            "version": commitment.version,
            "on": str(PartialDate.from_date(timezone.localdate())),
            "new_due": commitment.due,
            "new_what": commitment.what,
            **self.initial,
        }
        self.fields["reason"].label = self.ASKED[kind]
        if kind != Kind.RENEGOTIATED:
            del self.fields["new_due"], self.fields["new_what"]
        # Without it the sentence of `turning` is said; marked here, it is not called optional.
        self.fields["reason"].required = kind not in SHOWN_BY_EVIDENCE
        self.fields["reason"].error_messages["required"] = NO_REASON
        if kind in (Kind.WITHDRAWN, Kind.REOPENED):
            for name in ("source", *self.NEW_SOURCE, "file"):
                del self.fields[name]
            self.folded = ()

    def clean_new_dated(self) -> Any:
        return super().clean_new_dated() if "new_dated" in self.fields else None

    def told(self) -> Told:
        given = self.cleaned_data
        reason = given["reason"]
        return Told(
            self.kind,
            given["on"],
            Text({reader_language(): reason}) if reason else Text(),
            new_due=given.get("new_due"),
            new_what=given.get("new_what") or Text(),
            source=self.new_source() or given.get("source"),
            file=given.get("file"),
        )

    def look_again(self, commitment: Commitment) -> None:
        """Keep what was typed beside a commitment that somebody else changed meanwhile."""
        data: Any = self.data.copy()  # type: ignore[attr-defined]  # a QueryDict
        data["version"] = str(commitment.version)
        self.data = data
        message = _(
            "Somebody else changed this promise while you were writing: it stands at “%(state)s”"
            " now. What you typed is kept below; save again if it still holds."
        )
        self.add_error(
            None, ValidationError(message, params={"state": commitment.get_state_display()})
        )


class AssignForm(forms.Form):
    """Who keeps it: one choice, from the page of the promise itself."""

    version = VersionField()
    owner = forms.ModelChoiceField(
        label=_("Who keeps it?"), queryset=Post.objects.none(), empty_label=_("Nobody yet")
    )

    def __init__(self, *args: Any, commitment: Commitment, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {
            "version": commitment.version,
            "owner": commitment.owner_id,
            **self.initial,
        }
        owner: Any = self.fields["owner"]
        owner.queryset = posts_of(commitment.tie.home_id)
        owner.label_from_instance = post_in_a_list


class ShareForm(forms.Form):
    audience = forms.ChoiceField(
        label=_("Who may read this promise"), choices=Audience.choices, widget=forms.RadioSelect
    )
    version = VersionField()


class ImportForm(forms.Form):
    file = forms.FileField(
        label=_("Table"),
        help_text=_("CSV (UTF-8) or Excel (.xlsx), at most 20,000 rows."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.xlsx,.txt"}),
    )
