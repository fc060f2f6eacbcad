"""Settings: one file, read from the environment, safe by default.

A missing or wrong value stops the start with a sentence that says what to set. `.env.example` explains every variable.
"""

from collections.abc import Mapping
from pathlib import Path

import django_stubs_ext
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _
from environs import Env, EnvValidationError
from marshmallow.validate import Length, Range, Regexp

BASE_DIR = Path(__file__).resolve().parent.parent
django_stubs_ext.monkeypatch()  # lets classes such as ModelAdmin[Area] name their model

env = Env(eager=False)
if (BASE_DIR / ".env").exists():
    env.read_env(BASE_DIR / ".env", recurse=False)

# --- What the environment says -----------------------------------------------------------------------------------
DEBUG = env.bool("DEBUG", False)
SECRET_KEY = env.str("SECRET_KEY", validate=Length(min=50, error="needs at least 50 characters; make them at random"))
ALLOWED_HOSTS: list[str] = env.list(
    "ALLOWED_HOSTS", validate=Length(min=1, error="name the hosts of this site, with commas between")
)
SITE_URL = env.str(
    "SITE_URL",
    validate=Regexp(
        r"^https?://[^/\s]+$", error="give the address of this site, such as https://tafel.example, no slash at the end"
    ),
)
_database = env.dj_db_url("DATABASE_URL", conn_max_age=60, conn_health_checks=True)
_owner = env.dj_db_url("DATABASE_OWNER_URL", default="") if env.str("DATABASE_OWNER_URL", "") else None
REDIS_URL = env.str(
    "REDIS_URL", validate=Regexp(r"^(rediss?|unix)://", error="give the broker's address, such as redis://host:6379/0")
)
_email = env.dj_email_url("EMAIL_URL")
MAIL_FROM = env.str(
    "MAIL_FROM",
    validate=Regexp(r".+@.+", error="give the sender of every mail, such as Bericht voor jou <bericht@tafel.example>"),
)
MAIL_DOMAIN = env.str("MAIL_DOMAIN", validate=Regexp(r"^[\w.-]+$", error="give the domain that mails are sent from"))
SMS_API_URL = env.str(
    "SMS_API_URL", validate=Regexp(r"^https?://", error="give the address of the NotifyNL or GOV.UK Notify API")
)
SMS_API_KEY = env.str(
    "SMS_API_KEY", validate=Length(min=74, error="give a Notify key: name, service id and secret with dashes between")
)
SMS_TEMPLATE_ID = env.str(
    "SMS_TEMPLATE_ID", validate=Length(equal=36, error="give the id of a Notify template that holds only ((text))")
)
CONTACT_NUMBER = env.str(
    "CONTACT_NUMBER", validate=Length(min=3, error="give the phone number that is printed in every message")
)
APPLICATION_NAME = env.str("APPLICATION_NAME", "Aan tafel")
DELIVERY_LEASE = env.int("DELIVERY_LEASE", 30, validate=Range(min=1, error="give seconds, at least 1"))
THEME_CSS = env.str("THEME_CSS", "")
THEME_CLASS = env.str("THEME_CLASS", "")
HTTPS = env.bool("HTTPS", True)

try:
    env.seal()
except EnvValidationError as error:
    said = error.error_messages if isinstance(error.error_messages, Mapping) else {"settings": error.error_messages}
    lines = "\n".join(f"  {name}: {' '.join(map(str, why))}" for name, why in said.items())
    raise ImproperlyConfigured(f"Set these in the environment or in .env (see .env.example):\n{lines}") from None

# --- The application ---------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "django_htmx",
    "crispy_forms",
    "allauth",
    "allauth.account",
    "messaging",
    "alliances",
    "meetings",
    "signals",
]
MIDDLEWARE = [
    "bondgenoten.health.HealthFirst",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "alliances.middleware.ActorTransaction",
    "alliances.middleware.ChosenLanguage",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
ROOT_URLCONF = "bondgenoten.urls"
WSGI_APPLICATION = "bondgenoten.wsgi.application"
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
                "django.template.context_processors.i18n",
                "alliances.context.looks",
            ],
            "libraries": {"nlds": "templates.tags.nlds", "bond": "templates.tags.bond"},
        },
    }
]
FORM_RENDERER = "templates.renderer.NldsFormRenderer"
CRISPY_ALLOWED_TEMPLATE_PACKS = ("nlds",)
CRISPY_TEMPLATE_PACK = "nlds"
CRISPY_FAIL_SILENTLY = False  # a misspelt field in a layout must fail a test

# --- PostgreSQL holds everything: rows, sessions, rate limits ------------------------------------------------------
# `default` is a role that owns nothing (web, or worker in Celery); `owner` migrates; `cache` has a connection of its
# own, because a rate limit must not wait for the request's own transaction.
DATABASES = {"default": _database, "cache": {**_database, "TEST": {"MIRROR": "default"}}}
if _owner:
    DATABASES["owner"] = _owner
DATABASE_ROUTERS = ["bondgenoten.routers.CacheRouter"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"}}
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 180 * 24 * 3600  # half a year on one's own device: a resident remembers no password
SESSION_COOKIE_NAME = "sessie"

# --- Celery: the doorbell. A bell that does not answer must not hold up the web (0.1 s) ----------------------------
CELERY_BROKER_URL = REDIS_URL
CELERY_BROKER_TRANSPORT_OPTIONS = {"max_retries": 0, "socket_connect_timeout": 0.1, "socket_timeout": 0.1}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # otherwise the worker exits when the broker stays away
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_STORE_ERRORS_EVEN_IF_IGNORED = False
CELERY_WORKER_POOL = "threads"
CELERY_WORKER_CONCURRENCY = 8
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "Europe/Amsterdam"

# --- Messages ------------------------------------------------------------------------------------------------------
EMAIL_HOST, EMAIL_PORT = _email["EMAIL_HOST"], _email["EMAIL_PORT"]
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _email["EMAIL_HOST_USER"], _email["EMAIL_HOST_PASSWORD"]
EMAIL_USE_TLS, EMAIL_USE_SSL = _email["EMAIL_USE_TLS"], _email["EMAIL_USE_SSL"]
DEFAULT_FROM_EMAIL = SERVER_EMAIL = MAIL_FROM
EMAIL_TIMEOUT = MAIL_TIMEOUT = 5  # seconds
SMS_TIMEOUT = 5  # seconds

# --- People and sign-in (allauth): a code by mail or SMS, no password ----------------------------------------------
AUTH_USER_MODEL = "alliances.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "alliances.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email", "phone"}
ACCOUNT_SIGNUP_FIELDS = ["email", "phone"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 600  # seconds, as the message says
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = ACCOUNT_PHONE_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_EMAIL_VERIFICATION = "optional"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_FORMS = {
    "request_login_code": "alliances.forms.sign_in.RequestCodeForm",
    "confirm_login_code": "alliances.forms.sign_in.ConfirmCodeForm",
}
# Per address few, per IP many: a dinner table of ten shares one Wi-Fi.
ACCOUNT_RATE_LIMITS = {
    "login": "120/m/ip",
    "login_failed": "60/m/ip,10/10m/key",
    "request_login_code": "60/m/ip,4/10m/key",
    "verify_phone": "60/m/ip,6/10m/key",
    "confirm_email": "4/10m/key",
}
SILENCED_SYSTEM_CHECKS = ["account.W001"]  # login methods and sign-up fields differ on purpose: sign-up is closed

# --- Language and time ---------------------------------------------------------------------------------------------
LANGUAGE_CODE = "nl"
LANGUAGES = [("nl", _("Dutch")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGE_COOKIE_NAME = "taal"
TIME_ZONE = "Europe/Amsterdam"
USE_TZ = True

# --- Static files --------------------------------------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = DEBUG
if not DEBUG:
    STORAGES = {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
    }

# --- Safe by default ----------------------------------------------------------------------------------------------
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_TRUSTED_ORIGINS = [SITE_URL]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],  # data: holds the tick of the design system's checkbox
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "manifest-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"mask": {"()": "alliances.tokens.MaskTokens"}},
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain", "filters": ["mask"]}},
    "root": {"handlers": ["console"], "level": "INFO"},
}
