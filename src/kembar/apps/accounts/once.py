"""A form whose button is pressed twice is done once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from kembar.apps.accounts.models import Sent
from kembar.apps.accounts.requests import Request

REMEMBERED = timedelta(days=1)
View = Callable[..., HttpResponse]


def once(view: View) -> View:
    """Answer a form that is sent a second time, unchanged, as it was answered the first time.

    The second waits until the first is done. A page shown anew, or something else typed, is
    another form; one that was refused may be sent again.
    """

    @wraps(view)
    def answered(request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        # Django writes its token in another way whenever it shows a page: it names the page.
        if request.method != "POST" or "csrfmiddlewaretoken" not in request.POST:
            return view(request, *args, **kwargs)
        now = timezone.now()
        Sent.objects.filter(at__lt=now - REMEMBERED).delete()
        with transaction.atomic():
            sent, is_new = Sent.objects.get_or_create(key=_key(request), defaults={"at": now})
            if not is_new:
                return _as_before(request, sent)
            response = view(request, *args, **kwargs)
            if response.status_code == 302:
                sent.answer = {"to": response["Location"], "said": _said(request)}
                sent.save(update_fields=["answer"])
            else:
                sent.delete()
        return response

    return answered


def _key(request: Request) -> str:
    """Return a hash of who sent what where."""
    digest = hashlib.sha256(repr((request.user.pk, request.path)).encode())
    for field in sorted(request.POST.lists()):
        digest.update(repr(field).encode())
    for name, files in sorted(request.FILES.lists()):
        for file in files:
            digest.update(repr((name, file.name)).encode())
            for chunk in file.chunks():
                digest.update(chunk)
            file.seek(0)
    return digest.hexdigest()


def _said(request: Request) -> list[tuple[int, str, str]]:
    """Return what the next page will say, and leave it to be said."""
    storage: Any = messages.get_messages(request)
    said = [(each.level or 0, str(each.message), each.extra_tags or "") for each in storage]
    storage.used = False
    return said


def _as_before(request: Request, sent: Sent) -> HttpResponse:
    for level, message, tags in sent.answer["said"]:
        messages.add_message(request, level, message, extra_tags=tags)
    return redirect(sent.answer["to"])
