"""Settings: one file, read from the environment, safe by default.

A missing or wrong value stops the start with a sentence that says what to set. `.env.example` explains every variable.
"""

from collections.abc import Mapping
from pathlib import Path

import django_stubs_ext
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _
from environs import Env, EnvValidationError
from marshmallow.validate import ContainsOnly, Length, Range, Regexp

BASE_DIR = Path(__file__).resolve().parent.parent
django_stubs_ext.monkeypatch()  # lets classes such as ModelAdmin[Area] name their model

env = Env(eager=False)
if (BASE_DIR / ".env").exists():
    env.read_env(BASE_DIR / ".env", recurse=False)

_secret = Length(min=20, error="give a secret of at least 20 characters, made at random")
_seconds = Range(min=0.1, max=60, error="give seconds, from 0.1 to 60")


def _address(what: str) -> Regexp:
    return Regexp(r"^https?://[^/\s]+", error=what)


def _among(*names: str) -> ContainsOnly:
    return ContainsOnly(names, error=f"choose from: {', '.join(names)}")


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
CONTACT_NUMBER = env.str(
    "CONTACT_NUMBER", validate=Length(min=3, error="give the phone number that is printed in every message")
)
APPLICATION_NAME = env.str("APPLICATION_NAME", "Aan tafel")
THEME_CSS = env.str("THEME_CSS", "")
THEME_CLASS = env.str("THEME_CLASS", "")
HTTPS = env.bool("HTTPS", True)

# How messages travel. Each channel has providers in order: the second one takes over when the first one fails. Only
# what a chosen provider needs must be set.
MAIL_PROVIDERS: list[str] = env.list(
    "MAIL_PROVIDERS", ["smtp"], validate=[Length(min=1, error="name one at least"), _among("smtp", "notify")]
)
SMS_PROVIDERS: list[str] = env.list("SMS_PROVIDERS", ["notify"], validate=_among("notify", "twilio"))
VOICE_PROVIDERS: list[str] = env.list("VOICE_PROVIDERS", [], validate=_among("twilio"))
VAPID_SUBJECT = env.str("VAPID_SUBJECT", "")  # empty: no push
_chosen = {*(MAIL_PROVIDERS or ()), *(SMS_PROVIDERS or ()), *(VOICE_PROVIDERS or ())}  # None: not read well

_email = env.dj_email_url("EMAIL_URL") if "smtp" in _chosen else {}
MAIL_FROM = env.str(
    "MAIL_FROM",
    validate=Regexp(r".+@.+", error="give the sender of every mail, such as Bericht voor jou <bericht@tafel.example>"),
)
MAIL_DOMAIN = env.str("MAIL_DOMAIN", validate=Regexp(r"^[\w.-]+$", error="give the domain that mails are sent from"))

SMS_API_URL = SMS_API_KEY = SMS_TEMPLATE_ID = MAIL_TEMPLATE_ID = NOTIFY_WEBHOOK_TOKEN = ""
if "notify" in _chosen:
    SMS_API_URL = env.str("SMS_API_URL", validate=_address("give the address of the NotifyNL or GOV.UK Notify API"))
    SMS_API_KEY = env.str(
        "SMS_API_KEY",
        validate=Length(min=74, error="give a Notify key: name, service id and secret with dashes between"),
    )
    if env.str("NOTIFY_WEBHOOK_TOKEN", ""):  # empty: what Notify tells us is refused
        NOTIFY_WEBHOOK_TOKEN = env.str("NOTIFY_WEBHOOK_TOKEN", validate=_secret)
if "notify" in (SMS_PROVIDERS or ()):
    SMS_TEMPLATE_ID = env.str(
        "SMS_TEMPLATE_ID", validate=Length(equal=36, error="give the id of a Notify template that holds only ((text))")
    )
if "notify" in (MAIL_PROVIDERS or ()):
    MAIL_TEMPLATE_ID = env.str(
        "MAIL_TEMPLATE_ID",
        validate=Length(equal=36, error="give the id of a Notify template with subject ((subject)) and text ((text))"),
    )

TWILIO_ACCOUNT_SID = TWILIO_AUTH_TOKEN = TWILIO_API_URL = TWILIO_SMS_FROM = TWILIO_VOICE_FROM = ""
if "twilio" in _chosen:
    TWILIO_ACCOUNT_SID = env.str("TWILIO_ACCOUNT_SID", validate=Regexp("^AC[0-9a-f]{32}$", error="give the AC... id"))
    TWILIO_AUTH_TOKEN = env.str("TWILIO_AUTH_TOKEN", validate=_secret)
    TWILIO_API_URL = env.str(
        "TWILIO_API_URL", "https://api.twilio.com", validate=_address("give the address of Twilio's API")
    )
if "twilio" in (SMS_PROVIDERS or ()):
    TWILIO_SMS_FROM = env.str(
        "TWILIO_SMS_FROM", validate=Regexp(r"^\+\d{7,15}$", error="give our number for SMS, such as +3197000000000")
    )
if "twilio" in (VOICE_PROVIDERS or ()):
    TWILIO_VOICE_FROM = env.str(
        "TWILIO_VOICE_FROM",
        validate=Regexp(r"^\+\d{7,15}$", error="give the number we ring from, such as +31850000000"),
    )

VAPID_PRIVATE_KEY, PUSH_HOSTS = "", list[str]()
if VAPID_SUBJECT:
    VAPID_SUBJECT = env.str("VAPID_SUBJECT", validate=Regexp("^(mailto:.+@|https://).+", error="give mailto:address"))
    VAPID_PRIVATE_KEY = env.str(
        "VAPID_PRIVATE_KEY",
        validate=Regexp(r"^[\w-]{43}$", error="give the private key: 32 bytes in base64url without ="),
    )
    PUSH_HOSTS = env.list(
        "PUSH_HOSTS",
        [  # of Chrome and Android, Firefox, Safari and iPhone, Edge; a dot first means: and what is below it
            "fcm.googleapis.com",
            ".push.services.mozilla.com",
            ".push.apple.com",
            ".notify.windows.com",
        ],
    )

# Hard limits in seconds on one network call from start to end; a lease must last longer.
MAIL_TIMEOUT = env.float("MAIL_TIMEOUT", 5.0, validate=_seconds)
SMS_TIMEOUT = env.float("SMS_TIMEOUT", 3.0, validate=_seconds)  # so that the second provider has it within 5 seconds
VOICE_TIMEOUT = env.float("VOICE_TIMEOUT", 5.0, validate=_seconds)
PUSH_TIMEOUT = env.float("PUSH_TIMEOUT", 5.0, validate=_seconds)
DELIVERY_LEASE = env.int("DELIVERY_LEASE", 30, validate=Range(min=1, error="give seconds, at least 1"))
HEARTBEAT_URL = env.str("HEARTBEAT_URL", "")  # empty: nobody is told

try:
    if HEARTBEAT_URL:
        env.str("HEARTBEAT_URL", validate=_address("give the address of an outside monitor"))
    env.seal()
except EnvValidationError as error:
    said = error.error_messages if isinstance(error.error_messages, Mapping) else {"settings": error.error_messages}
    lines = "\n".join(f"  {name}: {' '.join(map(str, why))}" for name, why in said.items())
    raise ImproperlyConfigured(f"Set these in the environment or in .env (see .env.example):\n{lines}") from None
if max(MAIL_TIMEOUT, SMS_TIMEOUT, VOICE_TIMEOUT, PUSH_TIMEOUT) >= DELIVERY_LEASE:
    raise ImproperlyConfigured(
        "DELIVERY_LEASE: must be more than MAIL_TIMEOUT, SMS_TIMEOUT, VOICE_TIMEOUT and PUSH_TIMEOUT"
        " (else a second worker takes what the first is still sending)"
    )

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
            "libraries": {
                "nlds": "templates.tags.nlds",
                "bond": "templates.tags.bond",
                "themes": "templates.tags.themes",
            },
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
EMAIL_HOST, EMAIL_PORT = _email.get("EMAIL_HOST", ""), _email.get("EMAIL_PORT", 25)
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _email.get("EMAIL_HOST_USER", ""), _email.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS, EMAIL_USE_SSL = _email.get("EMAIL_USE_TLS", False), _email.get("EMAIL_USE_SSL", False)
DEFAULT_FROM_EMAIL = SERVER_EMAIL = MAIL_FROM
EMAIL_TIMEOUT = MAIL_TIMEOUT

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
        "worker-src": ["'self'"],
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
    "loggers": {  # they log numbers and what servers said of them; the channels say what went wrong without
        "notifications_python_client": {"level": "CRITICAL"},
        "twilio": {"level": "CRITICAL"},
        "urllib3": {"level": "ERROR"},
    },
}
