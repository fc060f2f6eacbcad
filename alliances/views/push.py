"""Messages in the browser: the service worker, what the site is called on a home screen, and a device that joins in."""

import json
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.templatetags.static import static
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_http_methods, require_safe

from alliances import actions
from alliances.devices import device_of
from alliances.policy import Refused
from messaging.channels import providers
from messaging.models import Channel, ContactPoint
from messaging.push import public_key

from .inviting import reader

MOST = 4000  # bytes of what a browser says of its subscription: more is no subscription
KEYS = ("p256dh", "auth")


@login_not_required
@require_safe
@cache_control(no_cache=True)
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker. At the root, because it may only look after pages below its own address; asked anew each
    time, because an old one would live for as long as a browser likes.
    """
    context = {"icon": static("icons/192.png"), "something": _("There is a message for you.")}
    return render(request, "push/worker.js", context, content_type="text/javascript; charset=utf-8")


@login_not_required
@require_safe
@cache_control(public=True, max_age=3600)
def manifest(_request: HttpRequest) -> JsonResponse:
    """What the site is called on a home screen: the neutral name, whoever looks over a shoulder."""
    sizes = (("icons/192.png", "192x192"), ("icons/512.png", "512x512"))
    told = {
        "id": "/",
        "name": settings.APPLICATION_NAME,
        "short_name": settings.APPLICATION_NAME,
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": "#ffffff",
        "theme_color": "#0b5368",
        "icons": [{"src": static(name), "sizes": size, "type": "image/png"} for name, size in sizes],
    }
    return JsonResponse(told, content_type="application/manifest+json")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def device(request: HttpRequest) -> HttpResponse:
    """For push.js and the service worker. GET: our key, what a POST must carry, and which subscriptions are mine.
    POST, as JSON: the subscription of this browser, and the one that it replaces.

    Needs no code: it comes from the browser itself, which asked its owner.
    """
    if not providers(Channel.PUSH):
        raise Http404
    user = reader(request)
    if request.method != "POST":
        mine = ContactPoint.objects.visible_to(user).filter(kind=ContactPoint.Kind.PUSH)
        known = list(mine.values_list("address", flat=True))
        return JsonResponse({"key": public_key(), "csrf": get_token(request), "known": known})
    said = _subscription(request)
    if said is None:
        return JsonResponse({"error": _("This browser cannot get messages from us.")}, status=422)
    label = device_of(request.headers.get("User-Agent", ""))
    try:
        actions.add_device(user=user, device=label, **said)
    except Refused as refused:
        return JsonResponse({"error": refused.sentence}, status=409)
    return JsonResponse({}, status=201)


def _subscription(request: HttpRequest) -> dict[str, Any] | None:
    """Endpoint, keys and what it replaces; None when it is nothing that a browser would say."""
    if len(request.body) > MOST:
        return None
    try:
        said = json.loads(request.body)
    except ValueError:
        return None
    if not isinstance(said, dict) or not isinstance(said.get("keys"), dict):
        return None
    keys = {name: said["keys"].get(name) for name in KEYS}
    texts = [said.get("endpoint"), said.get("replaces", ""), *keys.values()]
    if not all(isinstance(text, str) and len(text) <= 1000 for text in texts) or not all(keys.values()):
        return None
    return {"endpoint": said["endpoint"], "keys": keys, "replaces": said.get("replaces", "")}
