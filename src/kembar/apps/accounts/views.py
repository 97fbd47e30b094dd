"""Two doors of allauth, with what it does not say: no mail, no answer from the sign-in service."""

from __future__ import annotations

from allauth.account.views import password_reset as allauth_password_reset
from allauth.socialaccount.providers.openid_connect import views as openid_connect
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from requests import RequestException

from kembar.apps.accounts.adapters import mail_works
from kembar.apps.kit.access import ANYONE, allow


@allow(ANYONE)
def password_reset(request: HttpRequest) -> HttpResponse:
    if not mail_works():
        return render(request, "account/password_reset_ask.html")
    response: HttpResponse = allauth_password_reset(request)
    return response


@allow(ANYONE)
def openid_connect_login(request: HttpRequest, provider_id: str) -> HttpResponse:
    try:
        response: HttpResponse = openid_connect.login(request, provider_id)
    except RequestException:
        return render(request, "socialaccount/authentication_error.html", status=503)
    return response


@allow(ANYONE)
def openid_connect_callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    try:
        response: HttpResponse = openid_connect.callback(request, provider_id)
    except RequestException:
        return render(request, "socialaccount/authentication_error.html", status=503)
    return response
