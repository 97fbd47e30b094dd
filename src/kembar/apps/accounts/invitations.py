"""A link by which a person sets his password: works once, and for a few days."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import translation

from kembar.apps.accounts.models import User

DAYS = settings.PASSWORD_RESET_TIMEOUT // 86_400


def link_for(person: User, request: HttpRequest) -> str:
    """Return the whole address at which the person sets his password."""
    # The key is drawn from his present password and last sign-in: used once, it is worth nothing.
    key = default_token_generator.make_token(person)
    ids = {"uidb36": user_pk_to_url_str(person), "key": key}
    return request.build_absolute_uri(reverse("account_reset_password_from_key", kwargs=ids))


def mail_link(person: User, request: HttpRequest) -> None:
    """Send the link in the person's language."""
    with translation.override(person.language or translation.get_language()):
        context = {"person": person, "link": link_for(person, request), "days": DAYS}
        get_adapter(request).send_mail("account/email/invitation", person.email, context)
