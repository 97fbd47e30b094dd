"""A file that somebody hands in: kept, looked at, and loaded only as it was shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kembar.apps.accounts.requests import Request
from kembar.apps.kit.concurrency import StaleError, one_at_a_time
from kembar.apps.kit.errors import sentence
from kembar.apps.kit.files import Kept, check_size, keep, open_kept
from kembar.apps.ledger.actions import stored
from kembar.apps.ledger.models import HandedIn
from kembar.engines.errors import KembarError


class Planned(Protocol):
    """What a file would do; `digest` is a hash of all of it."""

    @property
    def digest(self) -> str: ...


P = TypeVar("P", bound=Planned)
Done = TypeVar("Done")


def take_in(
    request: Request, form: forms.BaseForm, handed_in: HandedIn, plan: Callable[[bytes], Planned]
) -> bool:
    """Keep the file of a form with a hash of what it would do; if it cannot be read, say why.

    Parameters
    ----------
    form
        A valid form with the field `file`.
    handed_in
        The record that is filled in and saved.
    plan
        What a file would do.
    """
    upload = form.cleaned_data["file"]
    handed_in.name, handed_in.by = (upload.name or "file")[:200], request.user
    try:
        check_size(upload.size, handed_in.name)
        data = upload.read()
        handed_in.plan = plan(data).digest
        kept = keep_data(data, upload.name or "table")
    except KembarError as error:
        form.add_error("file", sentence(error))
    except ValidationError as error:
        form.add_error("file", error)
    else:
        handed_in.file = stored(kept)
        handed_in.save()
        return True
    return False


def bytes_of(handed_in: HandedIn) -> bytes:
    """Return a file that was handed in, as it came."""
    with open_kept(handed_in.file.sha256) as file:
        return file.read()


def keep_data(data: bytes, name: str) -> Kept:
    """Keep a file whose kind its reader knows by its content, whatever it is called."""
    stem = name.rsplit(".", 1)[0]
    return keep(iter([data]), f"{stem}{'.xlsx' if data.startswith(b'PK') else '.csv'}")


@transaction.atomic
def load_as_shown(
    handed_in: HandedIn, *, plan: Callable[[], P], load: Callable[[P], Done]
) -> Done | None:
    """Load a file as it was shown; None, and nothing done, if it would do something else now.

    Raises
    ------
    StaleError
        If it has been loaded already.
    """
    # Race: files of a kind are loaded one after the other, each worked out when the one before
    # is done.
    one_at_a_time(handed_in._meta.label_lower)
    handed_in.refresh_from_db()
    if handed_in.applied_at:
        raise StaleError(handed_in)
    planned = plan()
    if planned.digest != handed_in.plan:
        handed_in.plan = planned.digest
        handed_in.save(update_fields=["plan"])
        return None
    handed_in.applied_at = timezone.now()
    handed_in.save(update_fields=["applied_at"])
    return load(planned)


def tell_loaded(request: Request, load: Callable[[], dict[str, int] | None]) -> None:
    """Load a file, and tell the person what came of it."""
    try:
        counts = load()
    except StaleError:
        messages.warning(request, _("This file has been loaded already."))
        return
    if counts is None:
        messages.warning(
            request, _("What is on record changed since you looked: this is what it would do now.")
        )
        return
    messages.success(
        request,
        _(
            "%(add)s added, %(update)s brought up to date, %(same)s as they were,"
            " %(refused)s refused."
        )
        % counts,
    )
