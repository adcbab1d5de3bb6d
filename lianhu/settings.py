"""Settings of 联村联户. Everything that differs between counties comes from the environment."""

import os
from pathlib import Path
from typing import Any

import dj_database_url
import django_stubs_ext
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from lianhu.environment import (
    env_bool,
    env_choices,
    env_data_keys,
    env_folder,
    env_hosts,
    env_int,
    env_secret,
    env_token,
    load_env_file,
)

# Make Django's generic classes subscriptable at run time: ModelAdmin[Visit].
django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent
load_env_file(BASE_DIR / ".env")

DEBUG = env_bool("DEBUG", False)
SECRET_KEY = env_secret("SECRET_KEY", debug=DEBUG)
DATA_KEYS = env_data_keys("DATA_KEY", debug=DEBUG)
ALLOWED_HOSTS = env_hosts("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"])

INSTALLED_APPS = [
    "lianhu",
    "reports",
    "registers",
    "visits",
    "surveys",
    "households",
    "villages",
    "units",
    "core",
    "lianhu.apps.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "axes",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "core.middleware.NoStoreMiddleware",
    "csp.middleware.CSPMiddleware",
    "lianhu.demo_guard.DemoMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "core.middleware.ActingMiddleware",
    "core.middleware.StaleMiddleware",
    "core.middleware.PasswordMiddleware",
    "units.middleware.PhonesMiddleware",
    "units.middleware.LimitMiddleware",
    "units.sessions.SeenMiddleware",
    "units.middleware.FirstPasswordMiddleware",
    "units.middleware.SecondFactorMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "lianhu.urls"
WSGI_APPLICATION = "lianhu.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "units.context.frame",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = CRISPY_TEMPLATE_PACK = "bootstrap5"

# Measured: with these, SQLite lets 16 people write beside an import. FULL waits for the disk at each commit:
# some 140 commits a second instead of 2,000, still more than needed, and a power cut loses nothing that was
# saved.
SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-64000;",
}

# Measured: JIT compilation of a page's query takes PostgreSQL seconds, running it milliseconds. A dead server
# is reported after five seconds; without the limit a page would hang for minutes.
POSTGRES_OPTIONS = {"options": "-c jit=off", "connect_timeout": 5}


def database() -> dict[str, Any]:
    """Return the one database: SQLite beside the code, or the PostgreSQL that DATABASE_URL names."""
    url = os.environ.get("DATABASE_URL") or f"sqlite:///{BASE_DIR / 'lianhu.sqlite3'}"
    try:
        config: dict[str, Any] = dict(dj_database_url.parse(url, conn_max_age=600, conn_health_checks=True))
    except (ValueError, KeyError) as error:
        raise ImproperlyConfigured("DATABASE_URL 看不懂，应像 postgres://用户:口令@主机/库名。") from error
    if config["ENGINE"] == "django.db.backends.sqlite3":
        config["OPTIONS"] = {**config.get("OPTIONS", {}), **SQLITE_OPTIONS}
    elif config["ENGINE"] == "django.db.backends.postgresql":
        config["OPTIONS"] = {**POSTGRES_OPTIONS, **config.get("OPTIONS", {})}
    else:
        raise ImproperlyConfigured("DATABASE_URL 只认 sqlite 和 postgres。")
    if not config["NAME"]:
        raise ImproperlyConfigured("DATABASE_URL 没有写库名，应像 postgres://用户:口令@主机/库名。")
    return config


DATABASES = {"default": database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "units.Cadre"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "units.accounts.PhoneOrStaffNumberBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "units.accounts.LongEnough", "OPTIONS": {"min_length": 8}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["phone", "staff_no", "name", "pinyin"]},
    },
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"
# A session ends with the browser, half an hour after the last request, and after half a day at the latest.
# With 这是我自己的手机 only the last limit applies.
SESSION_ENGINE = "units.session_store"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_AGE = 30 * 60
SESSION_LONGEST = 12 * 60 * 60
SESSION_COOKIE_HTTPONLY = True

CODE_DAYS = env_int("CODE_DAYS", 30, least=1, most=365)
SECOND_FACTOR_REQUIRED = env_choices("SECOND_FACTOR_REQUIRED", ("office", "leader", "cadre", "viewer"))
LOGIN_FAILURES_AN_HOUR = env_int("LOGIN_FAILURES_AN_HOUR", 200, least=10, most=100_000)
# Ten wrong passwords lock the pair of account and address for half an hour, so that a stranger elsewhere
# cannot lock the owner out.
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = 0.5
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_TEMPLATE = "registration/locked.html"
AXES_DISABLE_ACCESS_LOG = True
# The rate limit per address and the security report read every failure.
AXES_ENABLE_ACCESS_FAILURE_LOG = True
AXES_ACCESS_FAILURE_LOG_PER_USER_LIMIT = 100_000
AXES_VERBOSE = False
AXES_USERNAME_FORM_FIELD = "username"
AXES_USERNAME_CALLABLE = "units.accounts.attempted_name"
AXES_SENSITIVE_PARAMETERS = ["username", "password", "code", "credential", "csrfmiddlewaretoken", "next"]
AXES_CLIENT_IP_CALLABLE = "units.accounts.client_address"

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_TZ = True
USE_THOUSAND_SEPARATOR = False

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = True
MEDIA_ROOT = env_folder("MEDIA_ROOT", BASE_DIR / "media")
FILE_UPLOAD_PERMISSIONS = 0o600
STORAGES = {
    "default": {"BACKEND": "core.storage.WholeFiles"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# An uploaded workbook is never on disk unencrypted: it is held in memory; nginx and the form limit its size.
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "core.uploads.TooLargeHandler",
]
FILE_UPLOAD_MAX_MEMORY_SIZE = 60 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
DATA_UPLOAD_MAX_MEMORY_SIZE = 30 * 1024 * 1024

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
# Behind https (nginx sets the header) cookies are marked secure; on a plain internal network they cannot be.
HTTPS = env_bool("HTTPS", False)
# Demo accounts have a public password, so demo data is not served over https unless this is set.
ALLOW_DEMO = env_bool("ALLOW_DEMO", False)
# A browser that has received the header uses only https for this many days, even if the certificate fails.
HSTS_DAYS = env_int("HSTS_DAYS", 0, most=3650)
if HSTS_DAYS and not HTTPS:
    raise ImproperlyConfigured("HSTS_DAYS 要和 HTTPS=1 一起用：没有 https 时浏览器就打不开这个网站了。")
SECURE_HSTS_SECONDS = HSTS_DAYS * 24 * 60 * 60
SECURE_HSTS_INCLUDE_SUBDOMAINS = env_bool("HSTS_SUBDOMAINS", False)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
# On plain http, browsers ignore this header and log an error for each page.
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin" if HTTPS else None
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS if HTTPS and host != "*"]
CSRF_FAILURE_VIEW = "core.views.csrf_failure"

# Limits checked by `/readyz`.
READY_TOKEN = env_token("READY_TOKEN")
READY_DISK_MB = env_int("READY_DISK_MB", 1024, most=10_000_000)
READY_QUEUE_MINUTES = env_int("READY_QUEUE_MINUTES", 15, most=10_000)
READY_BACKUP_HOURS = env_int("READY_BACKUP_HOURS", 36, most=10_000)

SILENCED_SYSTEM_CHECKS: list[str] = []
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "core.logs.MaskedFormatter",
            "format": "{asctime} {levelname} {name} {message}",
            "style": "{",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {"django.server": {"level": "WARNING"}, "axes": {"level": "WARNING"}},
}
