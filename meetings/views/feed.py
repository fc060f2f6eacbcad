"""One's own calendar: the address that it follows, and the page where one gets it, changes it or ends it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from alliances import tokens
from alliances.actor import open_link
from alliances.views.inviting import reader
from meetings import actions, feeds
from meetings.models import CalendarFeed

from .shared import see


@login_not_required
@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """What the calendar reads. It carries its own secret; one that was ended is as unknown as one never made (404)."""
    open_link(tokens.fingerprint(token))
    found = feeds.read()
    if found is None:
        raise Http404
    response = HttpResponse(found.content, content_type="text/calendar; charset=utf-8")
    response.headers["ETag"] = found.etag
    response.headers["Cache-Control"] = "private, no-cache"
    if found.changed_at:
        response.headers["Last-Modified"] = http_date(found.changed_at.timestamp())
    # By the ETag alone: who leaves a table has an older last change, and must not keep what they had.
    answer: HttpResponse = get_conditional_response(request, etag=found.etag, response=response) or response
    return answer


@never_cache
@require_safe
def calendar(request: HttpRequest) -> HttpResponse:
    """My calendar: what it is, and the buttons once there is an address."""
    mine = CalendarFeed.objects.filter(user=reader(request)).first()
    context = {"address": feeds.address(mine), "links": feeds.links(mine)} if mine else {}
    return render(request, "meetings/calendar.html", context)


@require_POST
def renew(request: HttpRequest) -> HttpResponse:
    """An address, or another one: the one before is dead at once."""
    user = reader(request)
    had = CalendarFeed.objects.filter(user=user).exists()
    actions.new_feed(user=user)
    if had:
        messages.success(request, _("You have a new address. The old one does not work any more."))
    return see("meetings:calendar")


@require_POST
def end(request: HttpRequest) -> HttpResponse:
    """No address any more."""
    actions.end_feed(user=reader(request))
    messages.success(request, _("Your calendar does not look here any more. What stands in it you take out there."))
    return see("meetings:calendar")
