"""How we reach me: one address, number or device at a time. The page that shows them all is `me`."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from alliances import actions, proof
from alliances.forms import AddressForm, CodeForm
from alliances.models import User
from alliances.policy import Refused
from messaging.channels import providers
from messaging.models import Channel, ContactPoint

from .inviting import reader
from .shared import posted, show_form

KEY = "adding"  # in the session: the address that a code is on its way to, and what it may be used for
USES = ("may_message", "may_ring", "on_call_list")
TYPED = (ContactPoint.Kind.EMAIL, ContactPoint.Kind.MOBILE, ContactPoint.Kind.LANDLINE)


def back_to(point: ContactPoint) -> HttpResponseRedirect:
    """To my page, where this address stands."""
    return HttpResponseRedirect(f"{reverse('alliances:me')}#p-{point.uuid}")


def own_point(request: HttpRequest, uuid: UUID) -> tuple[User, ContactPoint]:
    """Who reads, and one of their own addresses; 404 for another's."""
    user = reader(request)
    return user, get_object_or_404(ContactPoint.objects.visible_to(user), uuid=uuid)


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, kind: str) -> HttpResponse:
    """A new address; a code goes there first. A landline that only people phone needs none."""
    if kind not in TYPED:
        raise Http404
    user = reader(request)
    form = AddressForm(posted(request), kind=kind)
    context = {"kind": kind, "spoken": kind == ContactPoint.Kind.LANDLINE and bool(providers(Channel.VOICE))}
    if request.method != "POST" or not form.is_valid():
        return show_form(request, "alliances/address.html", context, form)
    typed = form.cleaned_data
    agreed = {name: bool(typed.get(name)) for name in USES}
    try:
        if kind == ContactPoint.Kind.LANDLINE and not agreed["may_ring"]:
            actions.add_address(user=user, kind=kind, address=typed["address"], verified=False, **agreed)
            messages.success(request, _("Saved."))
            return redirect("alliances:me")
        return _send_code(request, user, kind, typed["address"], agreed)
    except Refused as refused:
        return show_form(request, "alliances/address.html", context, form, refused)


def _send_code(
    request: HttpRequest, user: User, kind: str, address: str, agreed: dict[str, bool]
) -> HttpResponseRedirect:
    """Have a code sent, or spoken on a landline, and remember for what. Raises Refused."""
    spoken = kind == ContactPoint.Kind.LANDLINE
    pending = proof.send(request, address, word=user.recognition_word, spoken=spoken)
    request.session[KEY] = {"kind": kind, **agreed, "pending": pending.keep()}
    return redirect("alliances:me-code")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """The six digits for a new address, or for one that has to prove itself again."""
    kept = request.session.get(KEY)
    pending = proof.Pending.of(kept and kept["pending"])
    if kept is None or pending is None:
        return redirect("alliances:me")
    form = CodeForm(posted(request))
    context = {"address": proof.masked(pending.address), "way": pending.way, "kind": kept["kind"]}
    if request.method != "POST" or not form.is_valid():
        return show_form(request, "alliances/code.html", context, form)
    try:
        if not proof.check(request, pending, form.cleaned_data["code"]):
            request.session[KEY] = {**kept, "pending": pending.keep()}
            form.add_error("code", _("This code is not right. Look once more."))
            return show_form(request, "alliances/code.html", context, form)
        del request.session[KEY]
        agreed = {name: kept.get(name, False) for name in USES}
        actions.add_address(user=reader(request), kind=kept["kind"], address=pending.address, **agreed)
    except Refused as refused:
        return show_form(request, "alliances/code.html", context, form, refused)
    messages.success(request, _("Your address is verified and saved."))
    return redirect("alliances:me")


@require_POST
def code_again(request: HttpRequest) -> HttpResponse:
    """The code did not come, or the phone rang in vain: once more."""
    kept = request.session.get(KEY)
    pending = proof.Pending.of(kept and kept["pending"])
    if kept is None or pending is None:
        return redirect("alliances:me")
    try:
        _send_code(request, reader(request), kept["kind"], pending.address, {name: kept[name] for name in USES})
        messages.success(request, _("A new code is on its way."))
    except Refused as refused:
        messages.error(request, refused.sentence)
    return redirect("alliances:me-code")


@require_POST
def agree(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What one address may be used for. To be rung on a number that no code proved yet, a code goes there first."""
    user, point = own_point(request, uuid)
    agreed: dict[str, Any] = {name: name in request.POST for name in USES}
    try:
        if agreed["may_ring"] and point.verified_at is None:
            return _send_code(request, user, point.kind, point.address, agreed)
        actions.agree(user=user, point=point, **agreed)
        messages.success(request, _("Saved."))
    except Refused as refused:
        messages.error(request, refused.sentence)
    return back_to(point)


@require_POST
def prove(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """A code to an address that failed: when it arrives, the address works again."""
    user, point = own_point(request, uuid)
    try:
        return _send_code(request, user, point.kind, point.address, {name: getattr(point, name) for name in USES})
    except Refused as refused:
        messages.error(request, refused.sentence)
    return back_to(point)


@require_POST
def move(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One place up, or down."""
    _user, point = own_point(request, uuid)
    actions.order_address(point=point, up=request.POST.get("to") != "down")
    return back_to(point)


@require_POST
def text_again(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """After a STOP: text messages are welcome again."""
    _user, point = own_point(request, uuid)
    actions.text_again(point=point)
    messages.success(request, _("We send you text messages again."))
    return back_to(point)


@require_POST
def test(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Something harmless by this way, now: what became of it stands on my page."""
    user, point = own_point(request, uuid)
    channel = request.POST.get("channel", "")
    if channel not in Channel.values:
        messages.error(request, _("We send nothing there. First say that we may."))
    elif not proof.within(request, "test_send", f"{point.uuid}:{channel}"):
        messages.error(request, _("You tried this a few times already. Wait ten minutes."))
    else:
        try:
            actions.send_test(user=user, point=point, channel=Channel(channel))
        except Refused as refused:
            messages.error(request, refused.sentence)
    return back_to(point)


@require_POST
def remove(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Forget one address, number or device."""
    user, point = own_point(request, uuid)
    try:
        actions.remove_address(user=user, point=point)
    except Refused as refused:
        messages.error(request, refused.sentence)
        return back_to(point)
    messages.success(request, _("We do not use it any more."))
    return redirect("alliances:me")
