"""My own things: what I am called, how I am reached, where I am signed in."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from alliances import actions, proof
from alliances.forms import AddressForm, CodeForm, ProfileForm, readable
from alliances.models import User
from alliances.policy import Refused
from messaging.models import ContactPoint

from .inviting import reader
from .shared import posted, show_form, told

KEY = "adding"  # in the session: the address that a code is on its way to, and what it may be used for


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def me(request: HttpRequest) -> HttpResponse:
    """Name, language, function; and the list of addresses."""
    user = reader(request)
    form = ProfileForm(posted(request), instance=User.objects.get(pk=user.pk))
    context = {
        "points": [(point, readable(point.address)) for point in ContactPoint.objects.visible_to(user)],
        "kinds": ContactPoint.Kind.choices,
    }
    if request.method != "POST" or not form.is_valid():
        return show_form(request, "alliances/me.html", context, form)
    actions.change_profile(user=user, **form.cleaned_data)
    messages.success(request, _("Saved."))
    return redirect("alliances:me")


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, kind: str) -> HttpResponse:
    """A new address; a code goes there first. A landline needs none: people phone it."""
    if kind not in ContactPoint.Kind.values:
        raise Http404
    user = reader(request)
    form = AddressForm(posted(request), kind=kind)
    if request.method != "POST" or not form.is_valid():
        return show_form(request, "alliances/address.html", {"kind": kind}, form)
    typed = form.cleaned_data
    agreed = {"may_message": typed.get("may_message", False), "on_call_list": typed.get("on_call_list", False)}
    try:
        if kind == ContactPoint.Kind.LANDLINE:
            actions.add_address(user=user, kind=kind, address=typed["address"], **agreed)
            messages.success(request, _("Saved."))
            return redirect("alliances:me")
        pending = proof.send(request, typed["address"], word=user.recognition_word)
    except Refused as refused:
        return show_form(request, "alliances/address.html", {"kind": kind}, form, refused)
    request.session[KEY] = {"kind": kind, **agreed, "pending": pending.keep()}
    return redirect("alliances:me-code")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """The six digits for a new address."""
    kept = request.session.get(KEY)
    pending = proof.Pending.of(kept and kept["pending"])
    if kept is None or pending is None:
        return redirect("alliances:me")
    form = CodeForm(posted(request))
    context = {"address": proof.masked(pending.address), "by_mail": "@" in pending.address, "kind": kept["kind"]}
    if request.method != "POST" or not form.is_valid():
        return show_form(request, "alliances/code.html", context, form)
    try:
        if not proof.check(request, pending, form.cleaned_data["code"]):
            request.session[KEY] = {**kept, "pending": pending.keep()}
            form.add_error("code", _("This code is not right. Look once more."))
            return show_form(request, "alliances/code.html", context, form)
        del request.session[KEY]
        agreed = {name: kept[name] for name in ("may_message", "on_call_list")}
        actions.add_address(user=reader(request), kind=kept["kind"], address=pending.address, **agreed)
    except Refused as refused:
        return show_form(request, "alliances/code.html", context, form, refused)
    messages.success(request, _("Your address is verified and saved."))
    return redirect("alliances:me")


@require_POST
def agree(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What one address may be used for."""
    user = reader(request)
    point = get_object_or_404(ContactPoint.objects.visible_to(user), uuid=uuid)
    agreed = {name: name in request.POST for name in ("may_message", "on_call_list")}
    try:
        actions.agree(user=user, point=point, **agreed)
    except Refused as refused:
        return told(request, refused, "alliances:me")
    messages.success(request, _("Saved."))
    return redirect("alliances:me")


@require_POST
def remove(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Forget one address."""
    user = reader(request)
    point = get_object_or_404(ContactPoint.objects.visible_to(user), uuid=uuid)
    try:
        actions.remove_address(user=user, point=point)
    except Refused as refused:
        return told(request, refused, "alliances:me")
    messages.success(request, _("We do not use it any more."))
    return redirect("alliances:me")


@require_POST
def sign_out_elsewhere(request: HttpRequest) -> HttpResponse:
    """Sign out on every other device, for a lost phone."""
    user = reader(request)
    actions.sign_out_elsewhere(user=user)
    update_session_auth_hash(request, user)
    messages.success(request, _("You are signed out everywhere else."))
    return redirect("alliances:me")
