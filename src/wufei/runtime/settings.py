"""Django settings, from the environment and the data directory; nothing here is read by logic of a room."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from secrets import token_urlsafe

from wufei.runtime.database.services import django_databases, read_secrets
from wufei.runtime.environment import environment

_ENVIRONMENT = environment()
_SOURCE_DIR = Path(__file__).resolve().parents[1]

# A key is kept with the data directory; until that is made this process has one that nobody can know.
SECRET_KEY = read_secrets(_ENVIRONMENT.data_dir).signing_key or token_urlsafe(32)
DEBUG = _ENVIRONMENT.debug
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", *_ENVIRONMENT.allowed_hosts]
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in _ENVIRONMENT.allowed_hosts]

DATABASES = django_databases(_ENVIRONMENT)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.staticfiles",
    "wufei.runtime.identity",
    "wufei.runtime.access",
    "wufei.runtime.people",
    "wufei.runtime.outbox",
    "wufei.runtime.audit",
    "wufei.runtime.files",
    "wufei.runtime.notices",
    "wufei.runtime.signing",
    "wufei.runtime.forms",
    "wufei.runtime.review",
    "wufei.records.catalogue",
    "wufei.records.registry",
    "wufei.records.observations",
    "wufei.records.ledger",
    "wufei.records.plans",
    "wufei.measures.indicators",
    "wufei.actions.tasks",
    "wufei.actions.assessment",
    "wufei.actions.reports",
    "wufei.actions.cases",
    "wufei.web",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "wufei.runtime.api.middleware.PolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "wufei.runtime.identity.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "wufei.runtime.api.middleware.ProblemMiddleware",
    "wufei.runtime.audit.middleware.AuditMiddleware",
    "wufei.runtime.api.middleware.ApiKeyMiddleware",
    "wufei.runtime.access.middleware.ScopeMiddleware",
    "wufei.runtime.identity.middleware.DutiesMiddleware",
]

ROOT_URLCONF = "wufei.web.urls"
WSGI_APPLICATION = "wufei.runtime.wsgi.application"
APPEND_SLASH = False

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
            ]
        },
    }
]

AUTH_USER_MODEL = "identity.User"
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
# ``off``, ``remind`` or ``required``, for the roles of identity.core.granting.SECOND_FACTOR_ROLES.
SECOND_FACTOR = _ENVIRONMENT.second_factor
OIDC = {
    "issuer": _ENVIRONMENT.oidc_issuer,
    "client_id": _ENVIRONMENT.oidc_client_id,
    "client_secret": _ENVIRONMENT.oidc_client_secret,
    "title": _ENVIRONMENT.oidc_title,
    "title_en": _ENVIRONMENT.oidc_title_en,
}
LOGIN_URL = "/sign-in"
LOGIN_REDIRECT_URL = "/"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LANGUAGE_COOKIE_NAME = "wufei_language"
LANGUAGE_COOKIE_SAMESITE = "Lax"
LOCALE_PATHS = [_SOURCE_DIR / "web" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

FILE_UPLOAD_HANDLERS = [
    "wufei.runtime.files.services.BoundedUpload",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

STATIC_URL = "/static/"
# Files are served from where the rooms keep them: nothing has to be collected before the first page.
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 3600

SESSION_ENGINE = "wufei.runtime.identity.services.sessions"
SESSION_IDLE = timedelta(hours=_ENVIRONMENT.session_idle_h)
SESSION_LIFETIME = timedelta(days=_ENVIRONMENT.session_days)
SESSION_COOKIE_NAME = "wufei_session"
# The cookie lasts as long as a session can; the server ends it earlier when nobody works in it.
SESSION_COOKIE_AGE = int(SESSION_LIFETIME.total_seconds())
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = _ENVIRONMENT.https
CSRF_COOKIE_NAME = "wufei_csrf"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = _ENVIRONMENT.https
CSRF_FAILURE_VIEW = "wufei.runtime.api.views.csrf_failed"
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if _ENVIRONMENT.https else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _ENVIRONMENT.https else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# Scripts are files: an injected one does not run. Inline styles stay allowed, as charts set them.
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; object-src 'none'; base-uri 'self'; "
    "form-action 'self'; frame-ancestors 'none'"
)

# structlog writes the log (wufei.runtime.logs); Django's own loggers flow into it.
LOGGING_CONFIG = None
