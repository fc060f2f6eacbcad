"""The invite desk, and an invitation: its link, its letter, its end."""

from typing import Any
from uuid import UUID

import segno
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliances import actions, timing
from alliances.forms import InviteForm
from alliances.models import Alliance, Invitation, Role, User
from alliances.policy import Refused, may_manage_invitation, roles_to_invite
from messaging.models import Delivery

from .shared import member_or_404, posted, seat_reader, seats_of, show_form, told
from .table import around_the_table

RECENT = 60  # days that an ended invitation stays on the desk
ARRIVED = {
    "due": gettext_lazy("Waits to be sent."),
    "claimed": gettext_lazy("Waits to be sent."),
    "failed": gettext_lazy("It did not arrive. Look at the address, or share the link yourself."),
    "expired": gettext_lazy("It did not arrive. Look at the address, or share the link yourself."),
    "delivered": gettext_lazy("It arrived."),
}


@require_safe
def desk(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Who is still waiting, which seat is free again, who sits at the table."""
    member = member_or_404(request, uuid)
    now = timezone.now()
    rows = list(member.alliance.invitations.select_related("invited_by"))
    roles = roles_to_invite(member.user, member.alliance) if member.user else []
    states = delivery_states(rows)
    waiting, over = [], []
    for invitation in rows:
        row = desk_row(invitation, may=invitation.role in roles, delivery=states.get(invitation.uuid, ""))
        if row["state"] in Invitation.OPEN:
            waiting.append(row)
        elif row["state"] != Invitation.State.JOINED and (now - invitation.sent_at).days < RECENT:
            over.append(row)
    seated = list(member.alliance.memberships.active().select_related("user"))
    drawn = around_the_table(member, seated, [row["invitation"] for row in waiting])
    context = {
        **drawn,
        "alliance": member.alliance,
        "waiting": waiting,
        "over": over,
        "may_invite": Role.RESIDENT in roles,
    }
    return render(request, "alliances/desk.html", context)


def desk_row(invitation: Invitation, *, may: bool, delivery: str) -> dict[str, Any]:
    """One invitation as the desk shows it: its state by the clock, the days left, and what may be done."""
    now = timezone.now()
    state = invitation.state
    if invitation.is_open and invitation.expires_at <= now:
        state = Invitation.State.EXPIRED
    return {
        "invitation": invitation,
        "state": state,
        "days": max(0, (invitation.expires_at - now).days),
        "may": may,
        "may_nudge": may and bool(invitation.address) and now - invitation.sent_at >= timing.NUDGE_EVERY,
        "arrived": delivery,
    }


def delivery_states(invitations: list[Invitation]) -> dict[UUID, str]:
    """How the newest message of each invitation fared, in words; nothing for links that are shared by hand."""
    sent = [one.uuid for one in invitations if one.way in (Invitation.Way.MAIL, Invitation.Way.SMS) and one.is_open]
    found = Delivery.objects.filter(message__about__in=sent, message__kind="invitation").order_by("message__created_at")
    states = found.values_list("message__about", "state")
    return {about: str(ARRIVED.get(state, "")) for about, state in states if about}


@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """A member invites a resident."""
    member = member_or_404(request, uuid)
    return invite_for(request, member.alliance, Role.RESIDENT)


def invite_for(request: HttpRequest, table: Alliance, role: Role) -> HttpResponse:
    """The form for one seat; then the page with the link."""
    form = InviteForm(posted(request))
    context = {"alliance": table, "role": role}
    if request.method != "POST" or not form.is_valid():
        return show_form(request, "alliances/invite.html", context, form)
    typed = form.cleaned_data
    try:
        made = actions.invite(
            alliance=table,
            role=role,
            name=typed["name"],
            way=typed["way"],
            address=typed["address"],
            by=reader(request),
        )
    except Refused as refused:
        return show_form(request, "alliances/invite.html", context, form, refused)
    return redirect("alliances:invitation", made.uuid)


def reader(request: HttpRequest) -> User:
    """Who is signed in. PermissionDenied for nobody, which the login middleware keeps away already."""
    if not request.user.is_authenticated:
        raise PermissionDenied
    return request.user


def invitation_or_404(request: HttpRequest, uuid: UUID) -> Invitation:
    """An invitation that the reader may see; the header shows the table when they sit there."""
    user = reader(request)
    seen = Invitation.objects.visible_to(user).select_related("alliance__area", "invited_by")
    invitation = get_object_or_404(seen, uuid=uuid)
    if member := seats_of(request).filter(alliance=invitation.alliance_id).first():
        seat_reader(request, member)
    return invitation


@never_cache
@require_safe
def invitation(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The link to share, how it fares, and how to end it."""
    found = invitation_or_404(request, uuid)
    may = may_manage_invitation(reader(request), found)
    row = desk_row(found, may=may, delivery=delivery_states([found]).get(found.uuid, ""))
    link = f"{settings.SITE_URL}{found.path}" if row["state"] in Invitation.OPEN else ""
    text = _("Hello %(name)s, here is the link that we talked about: %(link)s It works for 14 days.") % {
        "name": found.name,
        "link": link,
    }
    return render(request, "alliances/invitation.html", {**row, "link": link, "text": text, "alliance": found.alliance})


@never_cache
@require_safe
def letter(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The link on paper: a code to scan, an address to type, and a person who signs."""
    found = invitation_or_404(request, uuid)
    if not found.is_open or found.expires_at <= timezone.now():
        raise Http404
    link = f"{settings.SITE_URL}{found.path}"
    code = segno.make(link, error="m", micro=False).svg_data_uri(border=1, scale=4)
    context = {"invitation": found, "code": code, "typed": link.split("://", 1)[1], "today": timezone.localdate()}
    return render(request, "alliances/letter.html", context)


@require_POST
def renew(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """A new link; the old one stops at once."""
    found = invitation_or_404(request, uuid)
    try:
        actions.renew(invitation=found, by=reader(request))
    except Refused as refused:
        return told(request, refused, "alliances:invitation", uuid)
    messages.success(request, _("There is a new link. The old one does not work any more."))
    return redirect("alliances:invitation", uuid)


@require_POST
def nudge(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The same link once more."""
    found = invitation_or_404(request, uuid)
    try:
        actions.nudge(invitation=found, by=reader(request))
    except Refused as refused:
        return told(request, refused, "alliances:invitation", uuid)
    messages.success(request, _("We sent the link once more."))
    return redirect("alliances:invitation", uuid)


@require_POST
def revoke(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The link stops working, the seat is free."""
    found = invitation_or_404(request, uuid)
    try:
        actions.revoke(invitation=found, by=reader(request))
    except Refused as refused:
        return told(request, refused, "alliances:invitation", uuid)
    messages.success(request, _("The link does not work any more. The seat is free."))
    return redirect("alliances:invitation", uuid)
