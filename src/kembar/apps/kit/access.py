"""Deny by default: a view that names no permission answers nobody."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

View = TypeVar("View", bound=Callable[..., HttpResponseBase])

ANYONE = "anyone"
SIGNED_IN = "signed in"
# In the session of somebody whose form came when he was signed out.
UNSENT = "unsent"


def allow(permission: str) -> Callable[[View], View]:
    """Name the permission that a view asks for: `ANYONE`, `SIGNED_IN`, or one of the rights."""

    def name_it(view: View) -> View:
        view.permission = permission  # type: ignore[attr-defined]  # read by DenyByDefault
        return view

    return name_it


def permission_of(view: Callable[..., Any]) -> str | None:
    """Return the permission a view names, or the one settled for its foreign package."""
    named = getattr(view, "permission", None)
    if named is not None:
        return str(named)
    target = getattr(view, "view_class", view)
    module = f"{target.__module__}.{target.__name__}"
    for prefix, permission in settings.FOREIGN_VIEWS.items():
        if module.startswith(prefix):
            return str(permission)
    return None


class DenyByDefault:
    """Ask for the permission before any view runs."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        permission = permission_of(view)
        if permission is None:
            msg = f"{view.__module__}.{view.__name__} names no permission; add @allow(…)."
            raise ImproperlyConfigured(msg)
        if permission == ANYONE:
            return None
        if not request.user.is_authenticated:
            return redirect_to_login(_way_back(request))
        if permission != SIGNED_IN and not request.user.may(permission):
            raise PermissionDenied
        return None


def _way_back(request: HttpRequest) -> str:
    """Return where to go after signing in: to the page asked for, or to that with the form."""
    if request.method in ("GET", "HEAD"):
        return request.get_full_path()
    messages.warning(
        request, _("You are no longer signed in, so nothing was saved. Sign in and send it again.")
    )
    request.session[UNSENT] = True
    return _page_before(request) or request.get_full_path()


def _page_before(request: HttpRequest) -> str:
    """Return the address of the page that sent a form; empty if it does not lie here."""
    page = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(page, request.get_host(), request.is_secure()):
        return ""
    parts = urlsplit(page)
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    # A path that begins with two slashes is a host to a browser.
    return path if url_has_allowed_host_and_scheme(path, None) else ""
