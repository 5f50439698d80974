"""Django's settings, all derived from the installation.

Nothing here is meant to be edited: ports, database, public address and language are fields of
``allo.installation.Installation``. Secrets come from the installation's own file.
"""

from __future__ import annotations

import ipaddress
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import dj_database_url
from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _

from allo import installation

INSTALLATION = installation.current()
WEB = Path(__file__).resolve().parent
HOURS_OF_A_LONG_SHIFT = 14

DEBUG = False
SECRET_KEY = INSTALLATION.secrets().django_secret_key
ROOT_URLCONF = "allo.web.urls"
ASGI_APPLICATION = "allo.web.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "axes",
    "csp",
    "allo.data",
    "allo.web",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "allo.web.middleware.StaticFilesMiddleware",
    "allo.web.middleware.NeverKeptMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allo.web.middleware.PasswordChangeMiddleware",
    "axes.middleware.AxesMiddleware",
]

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "allo.web.context.page",
            ],
            "builtins": ["django.templatetags.i18n", "allo.web.templatetags.allo", "allo.web.templatetags.setup_tags"],
        },
    }
]

# Database ---------------------------------------------------------------------------------------------------------


def database(url: str) -> dict[str, Any]:
    """Options for the database at ``url``: write-ahead log and immediate locks on SQLite, short waits on PostgreSQL."""
    options: dict[str, Any] = {**dj_database_url.parse(url, conn_max_age=60, conn_health_checks=True)}
    if options["ENGINE"].endswith("sqlite3"):
        options["CONN_MAX_AGE"] = 0
        options["OPTIONS"] = {
            # A write transaction takes its lock at the start: no "database is locked" halfway through.
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
        }
    else:
        # A server whose network has gone is noticed in seconds; else a thread would wait for it for minutes.
        quick = {"connect_timeout": 5, "keepalives_idle": 5, "keepalives_interval": 5, "keepalives_count": 2}
        options["OPTIONS"] = {**quick, "tcp_user_timeout": 15_000, **options.get("OPTIONS", {})}
    return options


DATABASES = {"default": database(INSTALLATION.effective_database_url)}

# What strangers do is counted here: as many as come in an hour, or limits would be forgotten.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 20_000}}}

# People -----------------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "data.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in (
        ("UserAttributeSimilarityValidator", {"user_attributes": ("username", "display_name")}),
        ("MinimumLengthValidator", {"min_length": 10}),
        ("CommonPasswordValidator", {}),
        ("NumericPasswordValidator", {}),
    )
]
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "accounts:login"

AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = timedelta(minutes=10)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "allo.web.accounts.views.locked_out"
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address"]
AXES_VERBOSE = False
AXES_DISABLE_ACCESS_LOG = True  # who signed in when and from where is kept nowhere, and would be for ever
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # it is over when we said so; and nothing more is written down
AXES_ENABLE_ADMIN = False

# Served to whom, and how --------------------------------------------------------------------------------------------

_origin = urlsplit(INSTALLATION.origin)
IS_HTTPS = _origin.scheme == "https"


def is_loopback(address: str) -> bool:
    """Whether only this very machine can reach ``address``."""
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return address == "localhost"


# On loopback demo passwords are fine; as soon as others can reach the pages they must be changed.
ONLY_LOOPBACK = is_loopback(str(INSTALLATION.web_address)) and not INSTALLATION.public_origin
ALLOWED_HOSTS = (
    ["localhost", "127.0.0.1", "[::1]", "testserver"]
    if ONLY_LOOPBACK
    else [_origin.hostname or "localhost", "localhost", "127.0.0.1", "[::1]", str(INSTALLATION.web_address)]
)
CSRF_TRUSTED_ORIGINS = [INSTALLATION.public_origin] if INSTALLATION.public_origin else []
CSRF_FAILURE_VIEW = "allo.web.errors.csrf_failure"
CSRF_COOKIE_SECURE = SESSION_COOKIE_SECURE = IS_HTTPS
CSRF_COOKIE_SAMESITE = SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = HOURS_OF_A_LONG_SHIFT * 3600
SESSION_COOKIE_NAME = "allo_session"
CSRF_COOKIE_NAME = "allo_csrf"
LANGUAGE_COOKIE_NAME = "allo_language"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_SAMESITE = "Lax"
if IS_HTTPS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 30 * 24 * 3600
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024

# Browser telephones: through the reverse proxy, or on this very machine straight to Asterisk.
_websocket_origin = [INSTALLATION.public_origin.replace("http", "ws", 1)] if INSTALLATION.public_origin else []
if ONLY_LOOPBACK:
    _websocket_origin = [f"ws://127.0.0.1:{INSTALLATION.asterisk_http_port}"]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        # Styles only from our files; the nonce is for the waveform, which styles its shadow root.
        "style-src": [SELF, NONCE],
        # Attributes carry numbers of bars (``style="--share: 40%"``), never text of a person.
        "style-src-attr": ["'unsafe-inline'"],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "media-src": [SELF, "blob:"],
        "worker-src": [SELF, "blob:"],
        "connect-src": [SELF, *_websocket_origin],
        "form-action": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
    }
}

# Words and time -----------------------------------------------------------------------------------------------------

USE_I18N = True
USE_TZ = True
# Django also puts this into TZ: anything else would make the centre's own zone unknown to this process.
TIME_ZONE = INSTALLATION.zone.key
LANGUAGE_CODE = INSTALLATION.language
LANGUAGES = [("en", _("English")), ("ru", _("Russian"))]
LOCALE_PATHS = [WEB / "locale"]

# Static files -------------------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "allo.web.static_files.VersionedStaticFiles"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_MAX_AGE = 7 * 24 * 3600

MESSAGE_STORAGE = "django.contrib.messages.storage.fallback.FallbackStorage"
SILENCED_SYSTEM_CHECKS = [
    "axes.W003",  # our backend list has axes' backend first, which is what the check wants to hear
]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "allo.logs.Lines", "fmt": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    # Axes logs user names and addresses at INFO and above; refusals are kept in its tables instead.
    "loggers": {
        "axes": {"level": "CRITICAL"},
        "django.request": {"level": "ERROR"},  # refusals and addresses that do not exist are answers, not events
        "httpx": {"level": "WARNING"},
        "httpcore": {"level": "WARNING"},
    },
}
