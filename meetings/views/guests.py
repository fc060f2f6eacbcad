"""Guests: their list for the members, and the page that their link opens."""

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliances import tokens
from alliances.actor import open_link
from alliances.policy import Refused
from alliances.views.shared import posted, show_form
from meetings import actions
from meetings.forms import GuestForm
from meetings.models import Guest, Meeting

from .shared import do, meeting_or_404, see


@require_http_methods(["GET", "HEAD", "POST"])
def guests(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Who is asked as an expert, each with the link to give; and a form for one more."""
    evening, member = meeting_or_404(request, uuid)
    form = GuestForm(posted(request))
    refused = None
    if request.method == "POST" and form.is_valid():
        try:
            actions.invite_guest(meeting=evening, by=member, **form.cleaned_data)
        except Refused as error:
            refused = error
        else:
            return see("meetings:guests", uuid)
    asked = Guest.objects.filter(meeting=evening, revoked_at__isnull=True)
    open_ = evening.state == Meeting.State.PLANNED and evening.ends_at > timezone.now()
    context = {
        "meeting": evening,
        "guests": [(guest, settings.SITE_URL + reverse("meetings:guest", args=[guest.token])) for guest in asked],
        "open": open_,
    }
    if request.method != "POST":
        return render(request, "meetings/guests.html", {**context, "form": form})
    return show_form(request, "meetings/guests.html", context, form, refused)


@require_POST
def revoke(request: HttpRequest, uuid: UUID, guest: UUID) -> HttpResponse:
    """The link dies."""
    evening, member = meeting_or_404(request, uuid)
    found = get_object_or_404(Guest.objects.select_related("meeting__alliance"), meeting=evening, uuid=guest)
    said = _("The link does not work any more.")
    return do(request, lambda: actions.revoke_guest(guest=found, by=member), said, "meetings:guests", uuid)


@login_not_required
@require_safe
def guest(request: HttpRequest, token: str) -> HttpResponse:
    """What a guest needs: when, where, how to get there. Says that it is over when it is; an unknown link is 404."""
    fingerprint = tokens.fingerprint(token)
    open_link(fingerprint)
    # Said here too: who reads it as a member sees more than the link shows.
    alive = {"guests__revoked_at__isnull": True, "ends_at__gt": timezone.now() - timedelta(days=1)}
    rows = Meeting.objects.filter(guests__token_hash=fingerprint, **alive)
    evening = rows.only("starts_at", "ends_at", "place", "route", "access", "costs", "food", "state").first()
    if evening is None and not _was_one():
        raise Http404
    off = evening is not None and evening.state == Meeting.State.CANCELLED
    gone = evening is None or off
    context = {"meeting": evening, "off": off, "gone": gone}
    response = render(request, "meetings/guest.html", context, status=410 if gone else 200)
    response.headers["Cache-Control"] = "no-store"
    return response


def _was_one() -> bool:
    """Whether the link that was opened is a guest's, of an evening that is over or taken back."""
    with connection.cursor() as cursor:
        cursor.execute("select app_guest_known()")
        return bool(cursor.fetchone()[0])
