"""What is new at a table, and the link that stops the message about it."""

from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from alliances import tokens
from alliances.actor import open_link
from alliances.models import Alliance, Membership
from alliances.views.shared import member_or_404
from meetings import actions
from meetings.models import SummaryChoice
from meetings.months import news_since
from meetings.news import news_of

from .shared import see


@require_safe
def news(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What changed since last month: the page behind the monthly message, and always there."""
    member = member_or_404(request, uuid)
    at = timezone.now()
    since = news_since(timezone.localtime(at).date())
    others = Membership.objects.of(request.user).exclude(pk=member.pk).select_related("alliance")
    context = {
        "since": since,
        "items": news_of(member.alliance, since, at),
        "others": [seat.alliance for seat in others if seat.alliance.state != Alliance.State.ENDED],
        "choice": SummaryChoice.objects.filter(user=request.user.pk).first(),
    }
    return render(request, "meetings/news.html", context)


@never_cache
@csrf_exempt  # a mail program posts here without ever having seen the page (RFC 8058): the link is the proof
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """Looking changes nothing: mail scanners look too. The button stops the monthly message, or takes that back."""
    fingerprint = tokens.fingerprint(token)
    open_link(fingerprint)
    choice = SummaryChoice.objects.filter(token_hash=fingerprint).first()
    if choice is None:
        raise Http404
    if request.method != "POST":
        return render(request, "meetings/stop.html", {"stopped": choice.stopped_at is not None})
    if "again" in request.POST:
        actions.resume_summaries(choice=choice)
    else:
        actions.stop_summaries(choice=choice)
    if "List-Unsubscribe" in request.POST:  # RFC 8058, 3.1: no redirect
        return HttpResponse(status=200, content_type="text/plain")
    return see("meetings:stop", token)
