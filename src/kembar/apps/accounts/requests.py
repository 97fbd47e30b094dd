"""A request of somebody who has signed in: views that name a right get no other."""

from __future__ import annotations

from django.http import HttpRequest

from kembar.apps.accounts.models import User


class Request(HttpRequest):
    user: User
