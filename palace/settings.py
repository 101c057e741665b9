"""Settings of the portal. Everything that differs between installations comes from the environment.

``docs/operations.md`` lists every variable. Production is the default: it refuses to start without a secret,
hosts and a database. ``DEMO=1`` is the demonstration, ``TEST=1`` the test run; DEBUG stays off in both.
"""

from pathlib import Path

import environ
from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _
from whitenoise.compress import Compressor

from palace.pages.admin_theme import COLORS

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

DEMO = env.bool("DEMO", default=False)
TEST = env.bool("TEST", default=False)
DEBUG = env.bool("DEBUG", default=False)
PRODUCTION = not (DEMO or TEST or DEBUG)


def required(name: str, default: str) -> str:
    """The variable ``name``; production has no default for it."""
    value = env.str(name, default="")
    if not value and PRODUCTION:
        raise ImproperlyConfigured(f"Set {name}: production does not start without it (docs/operations.md).")
    return value or default


for _mode, _why in (
    (DEMO, "DEMO=1 and PRODUCTION=1 exclude each other: the demonstration skips the second factor."),
    (TEST, "TEST=1 and PRODUCTION=1 exclude each other: tests skip the second factor and hash passwords weakly."),
    (DEBUG, "DEBUG=1 and PRODUCTION=1 exclude each other: error pages would show settings and data to everybody."),
):
    if _mode and env.bool("PRODUCTION", default=False):
        raise ImproperlyConfigured(_why)

SHORTEST_SECRET = 40
SECRET_KEY = required("SECRET_KEY", "not-secret-demonstration-and-tests-only")
if PRODUCTION and len(SECRET_KEY) < SHORTEST_SECRET:
    raise ImproperlyConfigured(
        f"SECRET_KEY is too short: production wants {SHORTEST_SECRET} characters or more, as from "
        'python -c "import secrets; print(secrets.token_urlsafe(48))"'
    )
ALLOWED_HOSTS = [host.strip() for host in required("ALLOWED_HOSTS", "*").split(",")]
if PRODUCTION and "*" in ALLOWED_HOSTS:
    raise ImproperlyConfigured("ALLOWED_HOSTS=* answers to any name: production wants the names of the portal.")
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
DATA_DIR = Path(env.str("DATA_DIR", default=str(BASE_DIR / "data")))
SITE_URL = env.str("SITE_URL", default="http://127.0.0.1:8000")

# --- databases: "default" is the application's role, "owner" migrates -----------------------------------------
DATABASE_URL = required("DATABASE_URL", "postgresql://palace_app@127.0.0.1:5432/palace")
OWNER_DATABASE_URL = env.str("OWNER_DATABASE_URL", default=DATABASE_URL)
# A lock pile-up ends in a clear refusal, not in a hang (docs/operations.md, "Limits").
SESSION_LIMITS = "-c lock_timeout=3s -c statement_timeout=10s -c idle_in_transaction_session_timeout=15s"


def database(url: str, limits: str) -> dict:
    config = env.db_url_config(url)
    config["ENGINE"] = "django.db.backends.postgresql"
    config["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=600)
    config["CONN_HEALTH_CHECKS"] = True
    options = config.setdefault("OPTIONS", {})
    options["options"] = " ".join(filter(None, [options.get("options", ""), limits, "-c timezone=UTC"]))
    options.setdefault("connect_timeout", 5)
    return config


DATABASES = {
    "default": database(DATABASE_URL, SESSION_LIMITS),
    "owner": database(OWNER_DATABASE_URL, "-c lock_timeout=2s"),
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Redis: cache and the hand-over to Celery ------------------------------------------------------------------
REDIS_URL = env.str("REDIS_URL", default="")
CACHES = {
    "default": {"BACKEND": "palace.core.cache.PatientRedisCache", "LOCATION": REDIS_URL}
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
}
CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", default=REDIS_URL or "filesystem://")
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_TASK_SOFT_TIME_LIMIT = 240
CELERY_TASK_TIME_LIMIT = 300
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "Asia/Shanghai"
# The visibility timeout exceeds the longest task; the restore settings find abandoned messages within seconds.
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, int | str] = {
    "visibility_timeout": 600,
    "unacked_restore_interval": 2,
    "unacked_restore_throttle": 1,
    "socket_timeout": 5,
    "socket_connect_timeout": 5,
}
if CELERY_BROKER_URL.startswith("filesystem"):
    _spool = DATA_DIR / "spool"
    for _name in ("in", "control", "processed"):
        (_spool / _name).mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(_spool / "in"),
        "data_folder_out": str(_spool / "in"),
        "control_folder": str(_spool / "control"),
        "processed_folder": str(_spool / "processed"),
    }
# Deadlines are facts in the database; beat only wakes the sweeps. Apps add their lines in palace/celery.py.

# --- applications ---------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "palace.core",
    "palace.unions",
    "palace.accounts",
    "palace.notices",
    "venues",
    "bookings",
    "palace.pages",
    "palace.demo",
    "unfold.apps.BasicAppConfig",  # the site is ours
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "palace.pages.admin_config.PortalAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "axes",
    "csp",
    "django_filters",
    "django_htmx",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
]

MIDDLEWARE = [
    "palace.core.middleware.HotPath",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "palace.core.middleware.Language",
    "django.middleware.common.CommonMiddleware",
    "palace.pages.errors.OtherMethod",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "palace.accounts.middleware.StaffSession",
    "palace.core.middleware.Actor",
    "palace.pages.middleware.CurrentPalace",
    "palace.pages.middleware.Access",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
]

HOT_VIEWS = "palace.urls.hot_views"
ROOT_URLCONF = "palace.urls"
WSGI_APPLICATION = "palace.wsgi.application"
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
                "palace.core.context.portal",
            ],
        },
    }
]
# Fields are drawn by templates/_components/field.html.
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# --- people ---------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "palace.accounts.backends.PhoneBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
if TEST:  # tests make hundreds of accounts
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 8}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True

# Staff sign in with a second factor everywhere but in the demonstration; tests switch it on where they are about it.
SECOND_FACTOR = not (DEMO or TEST)
STAFF_IDLE_SECONDS = 30 * 60
MFA_ADAPTER = "palace.accounts.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_TOLERANCE = 1
# Codes by text message: the pause between two, and the most for a number in a day and for a network address in an hour.
CODE_LIMITS = {
    "seconds_between": env.int("CODE_SECONDS_BETWEEN", default=1 if DEMO else 60),
    "phone_per_day": env.int("CODE_PHONE_PER_DAY", default=1000 if DEMO else 10),
    "address_per_hour": env.int("CODE_ADDRESS_PER_HOUR", default=10000 if DEMO else 60),
}

# Keys of the vault of ID numbers; each is derived from SECRET_KEY unless given (docs/operations.md, "Keys").
VAULT_KEY = env.str("VAULT_KEY", default="")
VAULT_OLD_KEYS = env.list("VAULT_OLD_KEYS", default=[])

# --- language, time, places -------------------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["palace.core.formats"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

STATIC_URL = "/static/"
STATIC_ROOT = env.str("STATIC_ROOT", default=str(DATA_DIR / "static"))
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if TEST
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
# Hashed copies only, and no packed source maps: gathering takes a fifth of the time.
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = (*Compressor.SKIP_COMPRESS_EXTENSIONS, "map")
MEDIA_URL = "/media/"
MEDIA_ROOT = env.str("MEDIA_ROOT", default=str(DATA_DIR / "media"))

# --- security -------------------------------------------------------------------------------------------------
HTTPS = env.bool("HTTPS", default=PRODUCTION)
SECURE_SSL_REDIRECT = HTTPS
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("BEHIND_PROXY", default=False) else None
PROXY_COUNT = env.int("PROXY_COUNT", default=0)  # of our own, in front: the caller's address (palace/core/actor.py)
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
    }
}

# --- admin site: the theme's wishes (palace/pages/admin_site.py) -----------------------------------------------
UNFOLD = {
    "SITE_TITLE": "palace.pages.admin_site.site_title",
    "SITE_HEADER": "palace.pages.admin_site.site_header",
    "SITE_SUBHEADER": "palace.pages.admin_site.site_subheader",
    "SITE_ICON": "palace.pages.admin_site.icon",
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": "palace.pages.admin_site.icon"}],
    "SITE_URL": "/",
    "THEME": "palace.pages.admin_site.theme",
    "ENVIRONMENT": "palace.pages.admin_site.environment",
    "STYLES": ["palace.pages.admin_site.styles"],
    "BORDER_RADIUS": "3px",
    "COLORS": COLORS,
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_HISTORY": True,
    "ACCOUNT": {"navigation": "palace.pages.admin_site.account_links"},
    "SIDEBAR": {"show_search": False, "navigation": "palace.pages.admin_navigation.navigation"},
}
IMPORT_EXPORT_ESCAPE_ILLEGAL_CHARS_ON_EXPORT = True

# --- lock-out -------------------------------------------------------------------------------------------------
AXES_FAILURE_LIMIT = 5
AXES_HANDLER = "palace.accounts.lockout.GrowingPause"  # says how long
AXES_COOLOFF_TIME = 24  # hours without a wrong password, after which the count begins anew
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_CLIENT_IP_CALLABLE = "palace.accounts.sessions.place_of"
AXES_USERNAME_CALLABLE = "palace.accounts.lockout.name_of"
AXES_LOCKOUT_CALLABLE = "palace.accounts.lockout.answer"
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_DISABLE_ACCESS_LOG = True
AXES_SENSITIVE_PARAMETERS = ["phone", "username", "password", "csrfmiddlewaretoken"]
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False

# --- messages out of the house --------------------------------------------------------------------------------
EMAIL_CONFIG = env.email_url("EMAIL_URL", default="consolemail://")
EMAIL_BACKEND = EMAIL_CONFIG["EMAIL_BACKEND"]
EMAIL_HOST = EMAIL_CONFIG.get("EMAIL_HOST") or "localhost"
EMAIL_PORT = EMAIL_CONFIG.get("EMAIL_PORT") or 25
EMAIL_HOST_USER = EMAIL_CONFIG.get("EMAIL_HOST_USER") or ""
EMAIL_HOST_PASSWORD = EMAIL_CONFIG.get("EMAIL_HOST_PASSWORD") or ""
EMAIL_USE_TLS = EMAIL_CONFIG.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = EMAIL_CONFIG.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="palace@localhost")
# The provider's HTTP interface; the demonstration points it at its own stand-in, which speaks the same protocol.
SMS_ENDPOINT = env.str("SMS_ENDPOINT", default="http://127.0.0.1:9/" if TEST else "")
SMS_ACCESS_KEY_ID = env.str("SMS_ACCESS_KEY_ID", default="demo" if DEMO or TEST else "")
SMS_ACCESS_KEY_SECRET = env.str("SMS_ACCESS_KEY_SECRET", default="demo" if DEMO or TEST else "")
SMS_SIGN_NAME = env.str("SMS_SIGN_NAME", default="工人文化宫" if DEMO or TEST else "")
SMS_REGION = env.str("SMS_REGION", default="cn-hangzhou")
# Codes of the templates that the provider approved: {"booking_confirmed": "SMS_…", "booking_confirmed.en": "SMS_…"}.
SMS_TEMPLATES = env.json("SMS_TEMPLATES", default={})
SMS_TIMEOUT = 5  # seconds
SMS_CODE_TIMEOUT = 3  # somebody waits for it

# --- API ------------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["palace.accounts.tokens.TokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["palace.core.parsers.StrictJSONParser"],
    "DEFAULT_THROTTLE_CLASSES": ["palace.core.throttles.AddressThrottle", "palace.core.throttles.AccountThrottle"],
    "DEFAULT_FILTER_BACKENDS": ["palace.core.api.StrictFilters"],
    "DEFAULT_PAGINATION_CLASS": "palace.core.api.Pages",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "palace.core.api.exception_handler",
    "DEFAULT_THROTTLE_RATES": {
        "account": env.str("THROTTLE_ACCOUNT", default="6000/min" if DEMO or TEST else "120/min"),
        "address": env.str("THROTTLE_ADDRESS", default="60000/min" if DEMO or TEST else "600/min"),
        "token": env.str("THROTTLE_TOKEN", default="600/min" if DEMO or TEST else "20/min"),
    },
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Workers' cultural palace",
    "VERSION": "1.0.0",
    "DESCRIPTION": "Palaces, venues, units, free slots and bookings.",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1/",
    "ENUM_NAME_OVERRIDES": {
        "UnitMode": "venues.models.UnitMode.values",
        "VenueKind": "venues.models.VenueKind.values",
        "BookingStatus": "bookings.models.BookingStatus.values",
    },
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "defaultModelsExpandDepth": 0},
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
}

# --- logs -----------------------------------------------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"()": "palace.core.logs.Masking", "format": "{asctime} {levelname} {name} {message}", "style": "{"}
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env.str("LOG_LEVEL", default="WARNING")},
}
