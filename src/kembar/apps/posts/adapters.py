"""What a person does with his own access is remembered too: allauth tells us of it."""

from __future__ import annotations

from typing import Any

from kembar.apps.accounts import adapters
from kembar.apps.accounts.models import User
from kembar.apps.audit.actions import Deed, record
from kembar.apps.posts.actions import region_of


def own_deed(notice: str, person: User) -> Deed | None:
    """Return what a person has done of which allauth sends him this notice."""
    region = region_of(person)
    password = Deed("posts.password_set", person, region)
    return {
        "account/email/password_changed": password,
        "account/email/password_set": password,
        "account/email/password_reset": password,
        "mfa/email/totp_activated": Deed("posts.second_factor_set_up", person, region),
        "mfa/email/totp_deactivated": Deed("posts.second_factor_given_up", person, region),
        "mfa/email/recovery_codes_generated": Deed("posts.recovery_codes_made", person, region),
        "socialaccount/email/account_connected": Deed("posts.service_linked", person, region),
    }.get(notice)


class AccountAdapter(adapters.AccountAdapter):
    """Writes history in the one place where allauth says all that changes how somebody comes in.

    Its signals would say the same at a distance, and its forms know only a part of it.
    """

    def send_notification_mail(
        self, template_prefix: str, user: User, *args: Any, **kwargs: Any
    ) -> None:
        if deed := own_deed(template_prefix, user):
            record(deed, by=user)
        super().send_notification_mail(template_prefix, user, *args, **kwargs)
