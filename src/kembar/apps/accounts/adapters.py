"""How people come in: only those whom an administrator has given a post."""

from __future__ import annotations

import logging
from smtplib import SMTPException
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest
from django.shortcuts import redirect, resolve_url
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kembar.apps.accounts.models import User
from kembar.apps.kit.access import UNSENT

logger = logging.getLogger(__name__)


def mail_works() -> bool:
    """Return whether this installation can send mail."""
    return not str(settings.EMAIL_BACKEND).endswith("dummy.EmailBackend")


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": _("This person no longer has access. Ask your administrator."),
        "email_password_mismatch": _("E-mail or password is wrong. Look at both and try again."),
        "enter_current_password": _("This is not your present password."),
        "incorrect_code": _("This code is wrong or too old. Type the one shown now."),
        "incorrect_password": _("This is not your password."),
        "invalid_password_reset": _("This link no longer works. Ask for a new one."),
        "rate_limited": _("Too many tries. Wait a minute, then try again."),
        "too_many_login_attempts": _(
            "Too many wrong tries. Wait five minutes, then try again. If you have forgotten"
            " your password, ask your administrator for a link to set a new one."
        ),
    }

    def is_open_for_signup(self, request: Any) -> bool:
        return False

    def login(self, request: Any, user: Any) -> None:
        """Sign in, and remind of what came too late to be saved."""
        is_unsent = request.session.pop(UNSENT, False)
        super().login(request, user)
        if is_unsent:
            messages.warning(request, gettext("What you sent was not saved: please send it again."))

    def get_password_change_redirect_url(self, request: Any) -> str:
        return resolve_url("posts:me")

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send a mail; a mail server that is down undoes nothing that a person has done.

        Only somebody who has signed in is told: a stranger who asks for a link would learn from
        it whose e-mail is known here.
        """
        try:
            super().send_mail(template_prefix, email, context)
        except (SMTPException, OSError):
            logger.exception("Mail %s could not be sent.", template_prefix)
            if self.request.user.is_authenticated:
                text = gettext("The mail could not be sent. Tell your administrator.")
                messages.error(self.request, text)


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no types
    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": AccountAdapter.error_messages["incorrect_code"],
        "cannot_generate_recovery_codes": _("Set up the authenticator app first."),
    }

    def get_totp_label(self, user: User) -> str:
        return user.email


class SocialAccountAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # the same
    """A sign-in service vouches for people we know; it makes no new ones."""

    def is_open_for_signup(self, request: Any, sociallogin: Any) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Know a person by the e-mail that the service has verified, when he comes first.

        allauth could do this itself, but then takes away his password: it cannot know that an
        administrator, not a stranger, wrote the e-mail down here.
        """
        if sociallogin.state.get("process", "login") != "login":
            # Else somebody signed in could tie the identity of another person to himself.
            raise ImmediateHttpResponse(redirect("account_login"))
        if sociallogin.is_existing:
            return
        # Some services say "true" and "false" in words, and every word is true to Python.
        verified = [
            address.email.lower()
            for address in sociallogin.email_addresses
            if address.verified is True or str(address.verified).lower() == "true"
        ]
        person = User.objects.filter(email__in=verified, is_active=True).first()
        if person:
            sociallogin.connect(request, person)
