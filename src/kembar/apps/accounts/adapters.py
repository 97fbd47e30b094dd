"""How people come in: only those whom an administrator has given a post."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: Any) -> bool:
        return False


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    """A sign-in service vouches for people we know; it makes no new ones."""

    def is_open_for_signup(self, request: Any, sociallogin: Any) -> bool:
        return False
