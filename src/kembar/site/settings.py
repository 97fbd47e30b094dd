"""Django's settings. What an installation may choose comes from `environment`."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlparse

import dj_database_url
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from kembar.site import environment as env

PACKAGE = Path(__file__).resolve().parent.parent
HOME = env.home()

DEBUG = env.boolean("KEMBAR_DEBUG")
HTTPS = env.boolean("KEMBAR_HTTPS")
ALLOWED_HOSTS = env.names("KEMBAR_HOSTS")


def _address() -> str:
    """Return the address for links where no request tells it: in mail that a command sends."""
    like = "https://kembar.example.go.id"
    if url := env.address("KEMBAR_ADDRESS", ("http", "https"), like):
        return url.geturl().rstrip("/")
    host = next((host for host in ALLOWED_HOSTS if "*" not in host), "localhost")
    return f"{'https' if HTTPS else 'http'}://{host.lstrip('.')}"


ADDRESS = _address()


SECRET_KEY = env.text("KEMBAR_SECRET_KEY") or env.kept_secret(
    HOME / "secret-key", secrets.token_urlsafe(50)
)

INSTALLED_APPS = [
    "kembar.apps.kit",
    "kembar.apps.accounts",
    "kembar.apps.audit",
    "kembar.apps.search",
    "kembar.apps.ledger",
    "kembar.apps.regions",
    "kembar.apps.posts",
    "kembar.apps.rates",
    "kembar.apps.scouting",
    "kembar.apps.ties",
    "kembar.apps.cases",
    "kembar.apps.programmes",
    "kembar.apps.tourism",
    "kembar.apps.investment",
    "kembar.apps.commitments",
    "kembar.apps.boards",
    "kembar.site",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "django_htmx",
    "template_partials",
    "csp",
    "whitenoise.runserver_nostatic",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
]

MIDDLEWARE = [
    "kembar.apps.kit.middleware.server_timing",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "kembar.apps.kit.middleware.private_answers",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "kembar.apps.kit.middleware.person_language",
    "kembar.apps.kit.middleware.only_so_large",
    "kembar.apps.kit.middleware.only_sent",
    "kembar.apps.kit.middleware.ImpossibleAddress",
    "kembar.apps.kit.access.DenyByDefault",
    "kembar.apps.accounts.middleware.second_factor",
    "kembar.apps.ties.middleware.DayOfThePulses",
]

ROOT_URLCONF = "kembar.site.urls"
WSGI_APPLICATION = "kembar.site.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "kembar.site.navigation.navigation",
            ],
            "builtins": [
                "kembar.apps.kit.templatetags.kit",
                "kembar.apps.ledger.templatetags.ledger",
                "kembar.apps.regions.templatetags.regions",
            ],
        },
    }
]


def _database() -> dict[str, Any]:
    like = "postgres://user:password@host/name"
    if url := env.address("DATABASE_URL", ("postgres", "postgresql"), like):
        asked = dj_database_url.parse(url.geturl(), conn_max_age=600, conn_health_checks=True)
        return {**asked}
    file = HOME / "kembar.sqlite3"
    if not file.exists():
        # Made here, for SQLite lets everybody on the machine read what it makes.
        file.touch(mode=0o600)
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": file,
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            # A write takes its lock at the start: two writers wait for each other instead
            # of failing half-way.
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
                " PRAGMA cache_size=-65536; PRAGMA mmap_size=268435456;"
            ),
        },
    }


DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Guesses at a password are counted in the database, so that every process counts together.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
        # Django keeps 300 by default, then throws some away: a stranger could flush the counts
        # of his guesses by guessing at 300 names.
        "OPTIONS": {"MAX_ENTRIES": 50_000},
    }
}

# Sign-in -------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
AUTH_PASSWORD_VALIDATORS[1]["OPTIONS"] = {"min_length": 10}  # type: ignore[assignment]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
    "django.contrib.auth.hashers.ScryptPasswordHasher",
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "kembar.apps.posts.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = None
ACCOUNT_PREVENT_ENUMERATION = True
# Five wrong tries for one e-mail lock it for five minutes; an office behind one address has more.
ACCOUNT_RATE_LIMITS = {"login": "60/m/ip", "login_failed": "20/m/ip,5/5m/key"}
# Behind HTTPS stands a proxy, and only it knows from where a guess comes.
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if HTTPS else 0
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = "[Kembar] "
ACCOUNT_FORMS = {
    "login": "kembar.apps.accounts.forms.LoginForm",
    "reset_password": "kembar.apps.accounts.forms.ResetPasswordForm",
    "reset_password_from_key": "kembar.apps.accounts.forms.ResetPasswordKeyForm",
    "set_password": "kembar.apps.accounts.forms.SetPasswordForm",
    "change_password": "kembar.apps.accounts.forms.ChangePasswordForm",
    "reauthenticate": "kembar.apps.accounts.forms.ReauthenticateForm",
}
MFA_ADAPTER = "kembar.apps.accounts.adapters.MFAAdapter"
MFA_FORMS = {
    "authenticate": "kembar.apps.accounts.forms.AuthenticateForm",
    "reauthenticate": "kembar.apps.accounts.forms.ReauthenticateByCodeForm",
    "activate_totp": "kembar.apps.accounts.forms.ActivateTOTPForm",
}
# An administrator wrote the e-mail down; nobody proves it, and it must not bar a second factor.
MFA_ALLOW_UNVERIFIED_EMAIL = True
# One code before and after: the clock of an old telephone is not right to the second.
MFA_TOTP_TOLERANCE = 1
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Kembar"
REQUIRE_MFA = env.boolean("KEMBAR_REQUIRE_MFA")
SOCIALACCOUNT_ADAPTER = "kembar.apps.accounts.adapters.SocialAccountAdapter"


def _oidc() -> dict[str, Any]:
    keys = ("KEMBAR_OIDC_URL", "KEMBAR_OIDC_CLIENT_ID", "KEMBAR_OIDC_SECRET")
    given = {key: env.text(key) for key in keys}
    if not any(given.values()):
        return {}
    if missing := [key for key, value in given.items() if not value]:
        msg = f"Sign-in by OpenID Connect also needs {', '.join(missing)}."
        raise ImproperlyConfigured(msg)
    url = env.address(keys[0], ("https", "http"), "https://login.example.go.id/realms/asn")
    assert url is not None  # noqa: S101  # it is not among the missing
    app = {
        "provider_id": "oidc",
        "name": env.text("KEMBAR_OIDC_NAME") or url.hostname,
        "client_id": given[keys[1]],
        "secret": given[keys[2]],
        "settings": {"server_url": given[keys[0]]},
    }
    return {"openid_connect": {"APPS": [app]}}


SOCIALACCOUNT_PROVIDERS = _oidc()


def _oidc_origin() -> list[str]:
    """Return where the sign-in form leads to, for the browser follows it only if it is told."""
    if not SOCIALACCOUNT_PROVIDERS:
        return []
    url = urlparse(env.text("KEMBAR_OIDC_URL"))
    return [f"{url.scheme}://{url.netloc}"]


# Views of other packages, and the permission each asks for (kit.access.DenyByDefault).
FOREIGN_VIEWS = {
    "allauth.": "anyone",
    "django.views.i18n.set_language": "anyone",
    "django.views.static.serve": "anyone",
}

# Mail ----------------------------------------------------------------------------------


def _mail() -> dict[str, Any]:
    like = "smtp://user:password@host:587?tls=1"
    url = env.address("KEMBAR_EMAIL_URL", ("smtp", "smtps", "console"), like)
    if url is None:
        return {"EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend"}
    query = parse_qs(url.query)
    return {
        "EMAIL_BACKEND": f"django.core.mail.backends.{url.scheme.rstrip('s')}.EmailBackend",
        "EMAIL_HOST": url.hostname or "localhost",
        "EMAIL_PORT": url.port or (465 if url.scheme == "smtps" else 25),
        "EMAIL_HOST_USER": url.username or "",
        "EMAIL_HOST_PASSWORD": url.password or "",
        "EMAIL_USE_SSL": url.scheme == "smtps",
        "EMAIL_USE_TLS": query.get("tls", ["0"])[0] in env.TRUE,
    }


globals().update(_mail())
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.text("KEMBAR_EMAIL_FROM")
EMAIL_SUBJECT_PREFIX = "[Kembar] "

# Languages and time --------------------------------------------------------------------

LANGUAGES = [("id", "Bahasa Indonesia"), ("zh-hans", "简体中文"), ("en", "English")]
LANGUAGE_CODE = env.text("KEMBAR_LANGUAGE")
if LANGUAGE_CODE not in dict(LANGUAGES):
    msg = f'KEMBAR_LANGUAGE is "{LANGUAGE_CODE}"; use {", ".join(dict(LANGUAGES))}.'
    raise ImproperlyConfigured(msg)
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = HTTPS
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LOCALE_PATHS = [PACKAGE / "locale"]
FORMAT_MODULE_PATH = ["kembar.site.formats"]
TIME_ZONE = env.time_zone("KEMBAR_TIME_ZONE")
USE_I18N = USE_TZ = True

# Files ---------------------------------------------------------------------------------

STATIC_URL = "static/"
STATIC_ROOT = HOME / "static"
# Empty until somebody collects; WhiteNoise warns when it is missing.
STATIC_ROOT.mkdir(exist_ok=True)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_ALLOW_ALL_ORIGINS = False
# Files handed in lie here under their SHA-256; no address leads into this folder.
FILES_ROOT = HOME / "files"
UPLOAD_MAX_BYTES = env.number("KEMBAR_UPLOAD_MB") * 2**20
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 2**20
# All files of a form together, and what is typed beside them; more is answered by 413.
REQUEST_MAX_BYTES = UPLOAD_MAX_BYTES + DATA_UPLOAD_MAX_MEMORY_SIZE

# Rhythms -------------------------------------------------------------------------------

LEAD_QUIET_DAYS = env.number("KEMBAR_LEAD_QUIET_DAYS")

# Safety --------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF, *_oidc_origin()],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
CSRF_FAILURE_VIEW = "kembar.site.views.csrf_failure"
if HTTPS:
    SECURE_SSL_REDIRECT = True
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS]

# What the rooms above `accounts` add to a hand-over: what a post's successor inherits.
INHERITANCES = [
    "kembar.apps.ties.queries.inheritance",
    "kembar.apps.scouting.queries.inheritance",
    "kembar.apps.cases.queries.inheritance",
    "kembar.apps.commitments.queries.inheritance",
    "kembar.apps.programmes.queries.inheritance",
    "kembar.apps.investment.queries.inheritance",
    "kembar.apps.investment.offers.inheritance",
    "kembar.apps.tourism.queries.inheritance",
]
# What they add to the tabs of a tie.
TIE_TABS = [
    "kembar.apps.boards.parts.tab_of_tie",
    "kembar.apps.cases.parts.tab_of_tie",
    "kembar.apps.commitments.parts.tab_of_tie",
    "kembar.apps.programmes.parts.tab_of_tie",
    "kembar.apps.investment.parts.tab_of_tie",
    "kembar.apps.tourism.parts.tab_of_tie",
]
# What they put into the search of a tie: said anew when it is shared, or its regions are renamed.
TIE_LINES = [
    "kembar.apps.cases.actions.lines_of_ties",
    "kembar.apps.commitments.actions.lines_of_ties",
    "kembar.apps.programmes.actions.lines_of_ties",
    "kembar.apps.tourism.actions.lines_of_ties",
]
# What they add to the page of a region.
REGION_PARTS = [
    "kembar.apps.ties.parts.ties_of_region",
    "kembar.apps.scouting.parts.studies_of_region",
    "kembar.apps.ties.parts.claims_on_region",
    "kembar.apps.tourism.parts.tourism_of_region",
]
# What they add to the page of a claim.
CLAIM_PARTS = [
    "kembar.apps.ties.parts.place_of_claim",
    "kembar.apps.scouting.parts.tests_of_claim",
]
# What they know of possible partners: a study counts it beside the atlas.
SCOUTING_FACTS = ["kembar.apps.ties.facts.known_of_partners"]
# What they know of the use of a source: who reads what names it may read a shared source.
SOURCE_USES = [
    "kembar.apps.ties.queries.uses_of_source",
    "kembar.apps.investment.offers.uses_of_source",
    "kembar.apps.programmes.queries.uses_of_source",
    "kembar.apps.tourism.queries.uses_of_source",
    "kembar.apps.commitments.queries.uses_of_source",
]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
}
