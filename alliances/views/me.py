"""My own page: whether I can be reached, and by what; what I am called; where I am signed in."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from alliances import actions, ways
from alliances.forms import ProfileForm, QuietForm
from alliances.models import User
from messaging.channels import providers
from messaging.models import Channel, QuietHours

from .inviting import reader
from .reaching import TYPED
from .shared import posted, show_form


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def me(request: HttpRequest) -> HttpResponse:
    """How we reach me; below it my name, language and function, which are posted here."""
    user = reader(request)
    form = ProfileForm(posted(request), instance=User.objects.get(pk=user.pk))
    if request.method != "POST" or not form.is_valid():
        return _page(request, user, form, _quiet_form(user))
    actions.change_profile(user=user, **form.cleaned_data)
    messages.success(request, _("Saved."))
    return redirect("alliances:me")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def quiet(request: HttpRequest) -> HttpResponse:
    """When I want quiet; looking at it is looking at my page."""
    user = reader(request)
    form = _quiet_form(user, posted(request))
    if request.method != "POST" or not form.is_valid():
        return _page(request, user, ProfileForm(instance=user), form)
    starts, ends = form.cleaned_data["starts"], form.cleaned_data["ends"]
    actions.set_quiet_hours(user=user, starts=starts, ends=ends)
    messages.success(request, _("Saved."))
    return redirect("alliances:me")


def _quiet_form(user: User, typed: Any = None) -> QuietForm:
    kept = QuietHours.objects.filter(user_id=user.pk).first()
    return QuietForm(typed, initial={"starts": kept.starts, "ends": kept.ends} if kept else None)


def _page(request: HttpRequest, user: User, profile: ProfileForm, quiet_form: QuietForm) -> HttpResponse:
    shown = ways.ways_of(user)
    numbers = [way for way in shown if way.point.kind in TYPED]
    wrong: forms.BaseForm = quiet_form if quiet_form.errors else profile
    context = {
        "ways": shown,
        "news": ways.news_of(shown),
        "kinds": [(kind, kind.label) for kind in TYPED],
        "devices": len(shown) - len(numbers),
        "push": bool(providers(Channel.PUSH)),
        "profile": profile,
        "quiet": quiet_form,
        "waiting": any(result.waiting for way in shown for result in way.tests),
    }
    return show_form(request, "alliances/me.html", context, wrong)


@require_POST
def sign_out_elsewhere(request: HttpRequest) -> HttpResponse:
    """Sign out on every other device, for a lost phone; messages on those devices end too."""
    user = reader(request)
    actions.sign_out_elsewhere(user=user, this_device=request.POST.get("this_device", ""))
    update_session_auth_hash(request, user)
    messages.success(request, _("You are signed out everywhere else."))
    return redirect("alliances:me")
