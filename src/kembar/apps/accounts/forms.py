"""The forms of signing in, with words of our own for what allauth asks."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as account
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp import forms as totp
from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import password_validators_help_texts
from django.utils.translation import gettext_lazy as _

from kembar.apps.accounts.models import User
from kembar.apps.kit.forms import VersionedForm


def _name(form: forms.Form, **labels: Any) -> None:
    """Give fields their labels. A label says it; a placeholder would vanish under the typing."""
    for field, label in labels.items():
        if field in form.fields:
            form.fields[field].label = label
            form.fields[field].help_text = ""
            form.fields[field].widget.attrs.pop("placeholder", None)


def _name_new_password(form: forms.Form) -> None:
    _name(form, password1=_("New password"), password2=_("New password, once more"))
    form.fields["password1"].help_text = " ".join(password_validators_help_texts())


class LoginForm(account.LoginForm):  # type: ignore[misc]  # allauth has no types
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        remember = _("Stay signed in on this device for 12 hours")
        _name(self, login=_("E-mail"), password=_("Password"), remember=remember)


class ResetPasswordForm(account.ResetPasswordForm):  # type: ignore[misc]  # the same
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _name(self, email=_("E-mail"))


class ResetPasswordKeyForm(account.ResetPasswordKeyForm):  # type: ignore[misc]  # the same
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _name_new_password(self)


class SetPasswordForm(account.SetPasswordForm):  # type: ignore[misc]  # the same
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _name_new_password(self)


class ChangePasswordForm(account.ChangePasswordForm):  # type: ignore[misc]  # the same
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _name(self, oldpassword=_("Present password"))
        _name_new_password(self)


class ReauthenticateForm(account.ReauthenticateForm):  # type: ignore[misc]  # the same
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _name(self, password=_("Password"))


class AuthenticateForm(mfa.AuthenticateForm):  # type: ignore[misc]  # the same
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _name(self, code=_("Code of your authenticator app, or a recovery code"))


class ReauthenticateByCodeForm(mfa.ReauthenticateForm):  # type: ignore[misc]  # the same
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _name(self, code=_("Code of your authenticator app, or a recovery code"))


class ActivateTOTPForm(totp.ActivateTOTPForm):  # type: ignore[misc]  # the same
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _name(self, code=_("Six digits that the app shows"))
        self.fields["code"].widget.attrs["inputmode"] = "numeric"


def keep_audience(form: forms.ModelForm[Any], user: User, region_code: str) -> None:
    """Leave it to those who may share who reads a record; others see what is decided."""
    field = form.fields["audience"]
    if not user.may("ties.share", region_code):
        field.disabled = True
        field.help_text = _("The desk or the head decides who may read it.")


class MeForm(VersionedForm):
    """What a person may say of himself."""

    class Meta:
        model = User
        fields = ["name", "language"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asked = ("", _("The one my browser asks for"))
        self.fields["language"].choices = [asked, *settings.LANGUAGES]  # type: ignore[attr-defined]  # a choice
