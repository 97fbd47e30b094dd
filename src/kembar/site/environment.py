"""Settings from the environment. Each is named here, and in docs/reference/settings.md."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path
from urllib.parse import SplitResult, urlsplit
from zoneinfo import ZoneInfo

from django.core.exceptions import ImproperlyConfigured

TRUE, FALSE = ("true", "yes", "on", "1"), ("false", "no", "off", "0", "")

# name: (default, what it is for)
SETTINGS: dict[str, tuple[str, str]] = {
    "KEMBAR_HOME": ("~/.kembar", "folder for the database, files and secret key"),
    "KEMBAR_DEBUG": ("false", "show errors in the browser; never on a server"),
    "KEMBAR_SECRET_KEY": ("", "signs sessions; empty: made once and kept in KEMBAR_HOME"),
    "KEMBAR_HOSTS": ("127.0.0.1,localhost,[::1]", "names under which people reach it"),
    "KEMBAR_ADDRESS": ("", "where people reach it, for links in mail; empty: the first host"),
    "KEMBAR_HTTPS": ("false", "true behind HTTPS: secure cookies, HSTS, trusted origins"),
    "KEMBAR_LANGUAGE": ("id", "language where the browser asks for none of ours"),
    "KEMBAR_TIME_ZONE": ("Asia/Makassar", "time zone in which a day begins"),
    "KEMBAR_REQUIRE_MFA": ("false", "true: nobody works without a second factor"),
    "KEMBAR_OIDC_NAME": ("", "name on the button of the sign-in service"),
    "KEMBAR_OIDC_URL": ("", "issuer address of the OpenID Connect service"),
    "KEMBAR_OIDC_CLIENT_ID": ("", "client id at that service"),
    "KEMBAR_OIDC_SECRET": ("", "client secret at that service"),
    "KEMBAR_EMAIL_URL": ("", "smtp://user:password@host:587?tls=1; empty: mail is not sent"),
    "KEMBAR_EMAIL_FROM": ("kembar@localhost", "sender of the mail"),
    "KEMBAR_UPLOAD_MB": ("20", "largest file that may be handed in, in megabytes"),
    "KEMBAR_LEAD_QUIET_DAYS": ("30", "days without contact after which a lead counts as quiet"),
    "DATABASE_URL": ("", "postgres://user:password@host/name; empty: SQLite in KEMBAR_HOME"),
}


def text(name: str) -> str:
    """Return a setting as text, or its default."""
    return os.environ.get(name) or SETTINGS[name][0]


def boolean(name: str) -> bool:
    """Return a yes-or-no setting; anything else is an error that says what is allowed."""
    value = text(name).strip().lower()
    if value in TRUE:
        return True
    if value in FALSE:
        return False
    msg = f'{name} is "{text(name)}"; use "true" or "false".'
    raise ImproperlyConfigured(msg)


def number(name: str) -> int:
    """Return a setting that counts something."""
    value = text(name).strip()
    if value.isascii() and value.isdigit() and int(value):
        return int(value)
    msg = f'{name} is "{text(name)}"; use a whole number from 1 on.'
    raise ImproperlyConfigured(msg)


def time_zone(name: str) -> str:
    """Return a time zone that this machine knows."""
    try:
        return ZoneInfo(text(name)).key
    except (KeyError, ValueError, OSError) as error:
        msg = f'{name} is "{text(name)}"; use a name such as Asia/Jakarta.'
        raise ImproperlyConfigured(msg) from error


def address(name: str, schemes: tuple[str, ...], like: str) -> SplitResult | None:
    """Return an address with one of these schemes, None if none is set.

    It may hold a password, so what is wrong names no more of it than its scheme.
    """
    if not text(name):
        return None
    try:
        parts = urlsplit(text(name))
        is_whole = bool(parts.scheme) and parts.port != 0
    except ValueError:
        is_whole = False
    if not is_whole:
        raise ImproperlyConfigured(f"{name} is no address; use one such as {like}.")
    if parts.scheme not in schemes:
        raise ImproperlyConfigured(f'{name} begins with "{parts.scheme}:"; use {like}.')
    return parts


def names(name: str) -> list[str]:
    """Return a comma-separated setting as a list."""
    return [part.strip() for part in text(name).split(",") if part.strip()]


def home() -> Path:
    """Return the folder of this installation, made for its owner alone if it is new."""
    folder = Path(text("KEMBAR_HOME")).expanduser()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def kept_secret(path: Path, new: str) -> str:
    """Return the secret that this file keeps for its owner alone; a new one if there is no file.

    Processes that begin at once agree: the file has its name only when it is whole, and whoever
    comes second takes what the first one wrote.
    """
    if not path.exists():
        descriptor, unnamed = tempfile.mkstemp(dir=path.parent)  # readable by its owner only
        with os.fdopen(descriptor, "w") as file:
            file.write(new)
        with suppress(FileExistsError):
            os.link(unnamed, path)
        os.unlink(unnamed)
    return path.read_text().strip()
