"""Django's settings, all derived from config.toml; nothing is set twice.

To import them changes nothing: folders and the signing key are made by `runtime.startup`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from newsletter.conf.config import Config, load
from newsletter.conf.database_url import SQLITE, postgresql_parameters, sqlite_path
from newsletter.conf.signing_key import find_key, find_old_keys

CONFIG = load()
PACKAGE = Path(__file__).parent.parent
#: Seconds until a server that does not answer counts as away, unless the address says otherwise.
CONNECT_TIMEOUT_SECONDS = "10"
#: Django's names for what libpq calls otherwise.
POSTGRESQL_KEYS = {
    "NAME": "dbname",
    "USER": "user",
    "PASSWORD": "password",
    "HOST": "host",
    "PORT": "port",
}


#: A connection may be idle for minutes.  A firewall that forgets idle ones would swallow what comes
#: next, and whoever asks would wait for the quarter of an hour of TCP: so each says every minute
#: that it is there, and ends when nothing is answered for a minute
#: (https://www.postgresql.org/docs/current/libpq-connect.html, under `keepalives_idle`).
KEPT_CONNECTIONS = {
    "keepalives_idle": "60",
    "keepalives_interval": "10",
    "keepalives_count": "6",
    "tcp_user_timeout": "60000",
}


def database(config: Config) -> dict[str, Any]:
    """Return Django's description of the database that `database.url` names."""
    url = config.database.url
    if url.startswith(SQLITE):
        return sqlite(config.root / sqlite_path(url))
    parameters = postgresql_parameters(url)
    # With SQLite nothing of it is loaded.
    from psycopg import IsolationLevel

    own = {name: parameters.pop(key, "") for name, key in POSTGRESQL_KEYS.items()}
    return {
        "ENGINE": "newsletter.postgresql",
        **own,
        # What is left are options of libpq, such as sslmode: psycopg takes them all.
        # A machine that swallows packets must not hold a thread for the two minutes of TCP.
        # Whoever waited for a lock looks again at what was committed meanwhile, whatever the
        # default of the server is: so do the triggers in the place of the keys of deliveries.
        "OPTIONS": {
            "connect_timeout": CONNECT_TIMEOUT_SECONDS,
            **KEPT_CONNECTIONS,
            "isolation_level": IsolationLevel.READ_COMMITTED,
            **parameters,
        },
        # Threads that rest look once a minute: longer than that, or each look would connect.
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
    }


def sqlite(path: Path) -> dict[str, Any]:
    """Return the description of a SQLite file that several threads and processes share.

    FULL: with WAL and NORMAL a power cut may forget the last commits, and with them that a
    batch had been submitted.  IMMEDIATE: a transaction takes the write lock when it begins,
    so it waits its turn instead of failing half-way.  Temporary tables stay in memory: an
    audience is counted through one, a chunk at a time.  A new file can give back pages that
    deleting frees (`newsletter.sqlite`).
    """
    return {
        "ENGINE": "newsletter.sqlite",
        "NAME": path,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "lock_timeout_seconds": 30,
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA temp_store=MEMORY;"
            ),
        },
        "TEST": {"NAME": path.with_name("test.sqlite3")},
    }


# Empty in a checkout, where nothing is signed: Django refuses to sign with an empty key.
SECRET_KEY = find_key(CONFIG)
SECRET_KEY_FALLBACKS = find_old_keys(CONFIG)
DEBUG = False
# The path below which everything stands; empty at the root of a host.
PREFIX = CONFIG.site.prefix
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]", *CONFIG.site.hosts]
CSRF_TRUSTED_ORIGINS = [CONFIG.site.origin, *CONFIG.site.addresses.values()]

INSTALLED_APPS = [
    "newsletter.desk",
    "newsletter.monitoring",
    "newsletter.publishing",
    "newsletter.scheduling",
    "newsletter.sending",
    "newsletter.throttling",
    "newsletter.tracking",
    "subscribers",
    "wagtail.snippets",
    "wagtail.images",
    "wagtail.users",
    "wagtail.admin",
    "wagtail.search",
    "wagtail.sites",
    "wagtail",
    "wagtail.contrib.sitemaps",
    "modelcluster",
    "taggit",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.sitemaps",
    "django_otp",
    "django_otp.plugins.otp_static",
    "django_otp.plugins.otp_totp",
]
if not CONFIG.database.url.startswith("sqlite:"):
    # Its tables are PostgreSQL's only; they wait there until the engine is chosen.
    INSTALLED_APPS.append("procrastinate.contrib.django")
# The engine registers its task itself; no module of another app is to be looked for.
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = ""
MIDDLEWARE = [
    # First: what comes after it may believe the request.
    "newsletter.runtime.proxies.TrustedProxies",
    "newsletter.runtime.request_ids.RequestIds",
    "newsletter.runtime.tracing.TraceRequests",
    "newsletter.runtime.security_headers.SecurityHeaders",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    # After the one that knows whose account it is.
    "newsletter.desk.accounts.languages.DeskLanguage",
    "django.contrib.messages.middleware.MessageMiddleware",
    "newsletter.desk.accounts.sessions.NoteSessions",
    "newsletter.desk.accounts.second_step.RequireSecondStep",
    "newsletter.throttling.middleware.Throttled",
    "newsletter.desk.protection.RefuseInWords",
    "newsletter.desk.publications.lost_zones.NameLostZone",
]
ROOT_URLCONF = "newsletter.urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [*CONFIG.template_folders],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
            "libraries": {"wagtailadmin_tags": "newsletter.desk.templatetags.wagtailadmin_tags"},
        },
    }
]
# Our `wagtailadmin_tags` takes the place of Wagtail's, under its name: that is meant.
SILENCED_SYSTEM_CHECKS = ["templates.W003"]
DATABASES = {"default": database(CONFIG)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = CONFIG.site.time_zone
LANGUAGE_CODE = "en"
FORMAT_MODULE_PATH = "newsletter.formats"
# Of the desk and the commands; a publication may be in any other. Each under its own name.
LANGUAGES = WAGTAILADMIN_PERMITTED_LANGUAGES = [("en", "English"), ("ja", "日本語")]
# The desk's words come before those of Wagtail, also in English.
LOCALE_PATHS = [PACKAGE / "desk" / "wording", PACKAGE / "locale"]

STATIC_URL = f"{PREFIX}/static/"
# From where they are installed: nothing needs collecting first, so no STATIC_ROOT.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
MEDIA_URL = f"{PREFIX}/media/"
MEDIA_ROOT = CONFIG.data / "media"
# We serve them ourselves.  Django would open them to the whole machine.
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
# Headers are those of `newsletter.runtime.security_headers`.
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = CONFIG.site.base_url.startswith("https:")
SESSION_COOKIE_PATH = CSRF_COOKIE_PATH = f"{PREFIX}/"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
# Tries are counted before a password is looked at; the second is Django's own, with profiles.
AUTHENTICATION_BACKENDS = [
    "newsletter.throttling.logins.LimitedLogin",
    "newsletter.desk.accounts.backend.DeskAccounts",
]
# What an app calls the account.
OTP_TOTP_ISSUER = CONFIG.site.name
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000

# Mail of the desk itself, about passwords and approvals, leaves as the mail of issues does.
EMAIL_BACKEND = "newsletter.desk.accounts.own_mail.TransportBackend"

WAGTAIL_SITE_NAME = CONFIG.site.name
WAGTAILADMIN_BASE_URL = CONFIG.site.base_url
WAGTAIL_AUTO_UPDATE_PREVIEW_INTERVAL = 250
# Approval is a step of ours (an edition is approved, not a page), not a workflow of pages.
WAGTAIL_WORKFLOW_ENABLED = False
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = True
WAGTAILADMIN_USER_LOGIN_FORM = "newsletter.desk.accounts.logins.LoginForm"
# Looks at the header of an upload before anything decodes it.
# In bytes; `uploads.MAX_UPLOAD_BYTES` says why.
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 20_000_000
WAGTAILIMAGES_IMAGE_FORM_BASE = "newsletter.publishing.content.uploads.PictureForm"

#: A command says what is wrong, and no more than the settings want.
QUIET = "ERROR" if CONFIG.logging.level == "error" else "WARNING"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    # The log says once that the database is away, not for each request.
    "filters": {
        "outages": {"()": "newsletter.runtime.availability.OutageFilter"},
        "busy": {"()": "newsletter.scheduling.busy.BusyClockFilter"},
        "refused": {"()": "newsletter.runtime.refused_requests.RefusedRequestFilter"},
        "missing": {"()": "newsletter.runtime.refused_requests.MissingPageFilter"},
        "lines": {"()": "newsletter.runtime.log_lines.OneLineFilter"},
    },
    "formatters": {
        "text": {
            "()": "newsletter.runtime.log_lines.TextFormatter",
            "fmt": "%(asctime)s %(levelname)s %(name)s: %(message)s",
        },
        "json": {"()": "newsletter.runtime.log_lines.JsonFormatter"},
    },
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "formatter": CONFIG.logging.format,
            "filters": ["refused", "lines"],
        }
    },
    "root": {
        "handlers": ["stderr"],
        "level": QUIET,
    },
    "loggers": {
        # Programs that stay say more: `newsletter.runtime.startup.speak_up`.
        "newsletter": {"level": QUIET},
        "subscribers": {"level": QUIET},
        "django.request": {"filters": ["outages", "missing"]},
        # At DEBUG it prints the API key and every address.
        "python_http_client": {"level": "CRITICAL", "propagate": False},
        "apscheduler": {"level": "WARNING"},
        # A filter holds for the logger it is at only, not for those below: so at this one.
        "apscheduler.scheduler": {"filters": ["busy"]},
        # Its pool says every second that the database does not answer; we say so once.
        "psycopg.pool": {"level": "CRITICAL"},
    },
}
