"""Every address of the site."""

from allauth.account import views as account
from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.i18n import set_language

from alliances.views.table import home

from .health import health

admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]  # administrators too get a code

# Of allauth only what signing in with a code needs: sign-up, passwords and address pages stay shut.
sign_in = [
    path("", account.request_login_code, name="account_login"),
    path("vraag/", account.request_login_code, name="account_request_login_code"),
    path("code/", account.confirm_login_code, name="account_confirm_login_code"),
    path("uit/", account.logout, name="account_logout"),
    path("gesloten/", account.account_inactive, name="account_inactive"),
]

urlpatterns = [
    path("", home, name="home"),
    path("", include("alliances.urls")),
    path("", include("meetings.urls")),
    path("", include("signals.urls")),
    path("inloggen/", include(sign_in)),
    path("haken/", include("messaging.urls")),
    path("taal/", login_not_required(set_language), name="set_language"),
    path("beheer/", admin.site.urls),
    path("health/", health, name="health"),
]
