"""Django's settings.

What differs from place to place comes from the environment (:mod:`review.site.env`); everything
else is the same wherever Winnow runs. Celery's and the security settings have files of their own.
"""

from typing import Any

from review.site.logs import logging_settings
from review.site.settings_celery import *  # noqa: F403
from review.site.settings_env import BASE_DIR, EMBEDDED, ENV
from review.site.settings_security import *  # noqa: F403

SECRET_KEY = ENV.secret_key
DEBUG = ENV.debug
SITE_URL = ENV.site_url.geturl()
SITE_IS_LOCAL = ENV.is_local

INSTALLED_APPS = [
    "review.site",
    "review",
    "screening",
    "extraction",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_celery_beat",
    "django_htmx",
    "import_export",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "review.site.middleware.no_store",
    "review.site.middleware.sandbox_files",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "review.site.middleware.limit_body",
    "review.site.login.LoginRequired",
    "review.site.middleware.own_clock",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "review.site.urls"
WSGI_APPLICATION = "review.site.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

# The database. Writers of SQLite take their lock at once and wait for it; without this about half
# of twenty concurrent writes fail.
# What is saved is on the disk before anybody is told so, and nobody waits for a lock for ever.
DATABASES = {"default": ENV.database | {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}}
if ENV.database["ENGINE"].endswith("sqlite3"):
    options: dict[str, Any] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
            # REPLACE must fire the triggers that keep the history append-only
            "PRAGMA recursive_triggers=ON;"
        ),
    }
    # In memory, parallel requests of a live server fail on each other's locks.
    DATABASES["default"]["TEST"] = {"NAME": str(ENV.data / "test.sqlite3")}
else:
    options = {"connect_timeout": 5, "options": "-c synchronous_commit=on -c lock_timeout=20s"}
DATABASES["default"]["OPTIONS"] = options | ENV.database.get("OPTIONS", {})  # the URL's win

# Rate limits need a cache that all processes share.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "site_cache",
    }
    if EMBEDDED
    else {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": ENV.redis_url,
        "KEY_PREFIX": "winnow",
        "OPTIONS": {"socket_connect_timeout": 3, "socket_timeout": 3},  # a page waits for it
    }
}

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "UTC"
USE_I18N = False
USE_TZ = True

# Files. Nothing below the data folder is served, except the collected static files.
STATIC_URL = "/static/"
STATIC_ROOT = ENV.static
STATIC_ROOT.mkdir(exist_ok=True)
MEDIA_ROOT = ENV.data / "media"
FULLTEXT_DIR = ENV.data / "fulltext"
EXPORT_DIR = ENV.data / "exports"
IMPORT_DIR = ENV.data / "imports"  # files as they were uploaded
ENTREZ_DIR = ENV.data / "entrez"  # where Biopython keeps DTDs; its own choice may be read-only
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# Mail. Without it, one-time links are shown to the person who made them.
MAIL_IS_SENT = bool(ENV.email)
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if MAIL_IS_SENT else 'dummy'}.EmailBackend"
DEFAULT_FROM_EMAIL = SERVER_EMAIL = f"winnow@{ENV.site_url.hostname}"
globals().update(ENV.email)

# PubMed
NCBI_EMAIL = ENV.ncbi_email
NCBI_API_KEY = ENV.ncbi_api_key
NCBI_TOOL = ENV.ncbi_tool
EUTILS_BASE_URL = ENV.eutils_base_url

LOGGING_CONFIG = "review.site.logs.configure"
LOGGING = logging_settings(debug=DEBUG)
