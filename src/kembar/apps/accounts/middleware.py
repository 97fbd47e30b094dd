"""Where a second factor is asked for, nobody works without one."""

from __future__ import annotations

from collections.abc import Callable

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

Handler = Callable[[HttpRequest], HttpResponse]

# Signing in and out, setting the factor up, the look and the language of the page.
OPEN = ("/account/", "/static/", "/language/")


def second_factor(get_response: Handler) -> Handler:
    """Lead a person without a second factor to where he sets one up."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if not settings.REQUIRE_MFA or not request.user.is_authenticated:
            return get_response(request)
        # Not `path`: it begins with the prefix of a server that puts Kembar below its root.
        if request.path_info.startswith(OPEN):
            return get_response(request)
        # Recovery codes alone are none: they run out.
        if is_mfa_enabled(request.user, [Authenticator.Type.TOTP]):
            return get_response(request)
        messages.warning(request, _("Set up a second factor first: this installation asks for it."))
        return redirect("mfa_activate_totp")

    return middleware
