"""Small things around every request."""

from __future__ import annotations

import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation

LARGEST_KEY = 2**63 - 1
Handler = Callable[[HttpRequest], HttpResponse]


def server_timing(get_response: Handler) -> Handler:
    """Say in a header how long the server took, so that a bench and a browser can read it."""

    def middleware(request: HttpRequest) -> HttpResponse:
        started = time.perf_counter()
        response = get_response(request)
        response["Server-Timing"] = f"app;dur={(time.perf_counter() - started) * 1000:.2f}"
        return response

    return middleware


def private_answers(get_response: Handler) -> Handler:
    """Let no browser and no proxy keep what was written for somebody who signed in."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if request.user.is_authenticated:
            response["Cache-Control"] = "no-store, private"
        return response

    return middleware


def person_language(get_response: Handler) -> Handler:
    """Speak the language a signed-in person chose, whatever the browser asks for."""

    def middleware(request: HttpRequest) -> HttpResponse:
        chosen = getattr(request.user, "language", "")
        if chosen and settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
            translation.activate(chosen)
            request.LANGUAGE_CODE = chosen
        response = get_response(request)
        response.headers.setdefault("Content-Language", translation.get_language() or "id")
        return response

    return middleware


def only_so_large(get_response: Handler) -> Handler:
    """Refuse by its announced length what is too large, before a byte of it is read.

    `kembar serve` has thrown the bytes away by then (`cli.draining`); another server has not yet
    read them.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if int(request.META.get("CONTENT_LENGTH") or 0) < settings.REQUEST_MAX_BYTES:
            return get_response(request)
        status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        context = {"most": settings.UPLOAD_MAX_BYTES}
        return render(request, "kit/too_large.html", context, status=status)

    return middleware


def only_sent(get_response: Handler) -> Handler:
    """Give a page with a way back where an address takes only what a form sends."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.status_code != HTTPStatus.METHOD_NOT_ALLOWED:
            return response
        page = render(request, "kit/only_sent.html", status=response.status_code)
        page["Allow"] = response["Allow"]
        return page

    return middleware


class ImpossibleAddress:
    """Find nothing where an address asks for a key or a sign that no database can keep."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: object, args: Any, keys: Any) -> None:
        if "\0" in request.path_info or "%00" in request.META.get("QUERY_STRING", ""):
            raise Http404
        if any(isinstance(key, int) and key > LARGEST_KEY for key in keys.values()):
            raise Http404
