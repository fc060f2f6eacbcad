"""Stand-ins: what the table sees and decides, and the page behind the colleague's link."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliances import actions, proof, timing, tokens
from alliances.actions import standing_in
from alliances.actions.joining import WordTaken
from alliances.actor import open_link
from alliances.forms.standing_in import StandInForm, StandInYesForm
from alliances.models import Membership, Role, StandIn
from alliances.policy import Refused, may_agree_to_stand_in, may_name_stand_in
from alliances.words import suggestions

from .joining import SOME_SEATS
from .shared import member_or_404, posted, seat_reader, seats_of, show_form, told

PROFESSIONALS = (Role.POLICE, Role.MUNICIPALITY)
View = Callable[[HttpRequest, StandIn, str], HttpResponse]


# --- At the table -------------------------------------------------------------------------------------------------


@require_safe
def stand_ins(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Who stands in for whom, and what is still needed for it."""
    member = member_or_404(request, uuid)
    seated = {one.role: one for one in member.alliance.memberships.active().select_related("user")}
    named = {one.role: one for one in StandIn.objects.current().filter(alliance=member.alliance)}
    rows = [_row(role, seated.get(role), named.get(role), member) for role in PROFESSIONALS]
    rows = [row for row in rows if row["seat"] or row["stand_in"]]
    return render(request, "alliances/stand_ins.html", {"rows": rows, "heading": _heading(rows)})


def _row(role: Role, seat: Membership | None, stand_in: StandIn | None, member: Membership) -> dict[str, Any]:
    state = _state(stand_in)
    return {
        "role": role,
        "seat": seat,
        "stand_in": stand_in,
        "state": state,
        "may_name": state == "none" and member.role == role and may_name_stand_in(member, member.alliance),
        "may_agree": state == "named" and stand_in is not None and may_agree_to_stand_in(member, stand_in),
        "may_ask_again": state == "asked"
        and stand_in is not None
        and stand_in.agreed_at is not None
        and timezone.now() - stand_in.agreed_at >= timing.NUDGE_EVERY,
    }


def _state(stand_in: StandIn | None) -> str:
    if stand_in is None:
        return "none"
    if stand_in.ready:
        return "ready"
    if stand_in.agreed_at is None:
        return "named"
    return "asked" if standing_in.is_asked(stand_in) else "silent"


def _heading(rows: list[dict[str, Any]]) -> str:
    """What needs the reader first; then how it stands."""
    for row in rows:
        if row["may_agree"]:
            return _("Is %(name)s a good stand-in?") % {"name": row["stand_in"].name}
    ready = sum(row["state"] == "ready" for row in rows)
    if ready:
        return ngettext("One colleague stands in", "%(n)s colleagues stand in", ready) % {"n": ready}
    if any(row["stand_in"] for row in rows):
        return _("A stand-in was named, and is not there yet")
    return _("Nobody stands in yet")


@require_http_methods(["GET", "HEAD", "POST"])
def name(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """A professional names a colleague."""
    member = member_or_404(request, uuid)
    if not may_name_stand_in(member, member.alliance):
        raise PermissionDenied
    form = StandInForm(posted(request))
    if request.method != "POST" or not form.is_valid():
        return show_form(request, "alliances/stand_in_name.html", {}, form)
    try:
        made = actions.name_stand_in(alliance=member.alliance, by=member, **form.cleaned_data)
    except Refused as refused:
        return show_form(request, "alliances/stand_in_name.html", {}, form, refused)
    said = _("Written down. We ask %(name)s once somebody else at the table agrees.")
    messages.success(request, said % {"name": made.name})
    return redirect("alliances:stand-ins", member.alliance.uuid)


def _verb(act: Callable[..., object], said: Callable[[StandIn], str]) -> Callable[..., HttpResponse]:
    @require_POST
    def view(request: HttpRequest, uuid: UUID) -> HttpResponse:
        """One button on the table's page."""
        stand_in = get_object_or_404(StandIn.objects.filter(alliance__in=_tables(request)), uuid=uuid)
        member = seats_of(request).get(alliance=stand_in.alliance_id)
        stand_in.alliance = seat_reader(request, member).alliance
        try:
            act(stand_in=stand_in, by=member)
        except Refused as refused:
            return told(request, refused, "alliances:stand-ins", member.alliance.uuid)
        messages.success(request, said(stand_in))
        return redirect("alliances:stand-ins", member.alliance.uuid)

    return view


def _tables(request: HttpRequest) -> Any:
    return seats_of(request).values("alliance")


agree = _verb(
    actions.agree_to_stand_in,
    lambda one: _("Agreed. %(name)s now gets the question by mail or text message.") % {"name": one.name},
)
again = _verb(actions.ask_stand_in_again, lambda _one: _("We sent the link once more."))
end = _verb(actions.end_stand_in, lambda one: _("%(name)s does not stand in any more.") % {"name": one.name})


# --- Behind the link ----------------------------------------------------------------------------------------------


def with_link(view: View) -> Callable[..., HttpResponse]:
    """Find who was asked by the link; it opens this one row and signs nobody in."""

    @login_not_required
    @never_cache
    @wraps(view)
    def inner(request: HttpRequest, token: str) -> HttpResponse:
        mark = tokens.fingerprint(token)
        open_link(mark)
        stand_in = StandIn.objects.filter(token_hash=mark).first()
        if stand_in is None:
            raise Http404
        if not (stand_in.ready or standing_in.is_asked(stand_in)):
            return _page(request, "over", token, status=410)
        return view(request, stand_in, token)

    return inner


def _page(request: HttpRequest, page: str, token: str, *, status: int = 200, **context: Any) -> HttpResponse:
    shown = {"token": token, "drawing": SOME_SEATS, **context}
    return render(request, f"alliances/stand_in_{page}.html", shown, status=status)


def _asked(request: HttpRequest, stand_in: StandIn, token: str, form: StandInYesForm | None) -> HttpResponse:
    offered = suggestions(token)
    context = {
        "form": form,
        "asker": standing_in.asker(),
        "example": offered[0] if offered else "kastanje",
        "mobile": "@" not in stand_in.address,
        "address": proof.masked(stand_in.address),
        "until": timing.expires(stand_in.agreed_at or stand_in.named_at),
    }
    return _page(request, "asked", token, status=422 if form and form.errors else 200, **context)


def _form(request: HttpRequest, stand_in: StandIn, token: str) -> StandInYesForm | None:
    """What is asked with the yes: nothing of somebody whom we know already."""
    if standing_in.owner_of_address():
        return None
    mobile = "@" not in stand_in.address
    return StandInYesForm(posted(request), suggestions=suggestions(token), name=stand_in.name, mobile=mobile)


@require_safe
@with_link
def asked(request: HttpRequest, stand_in: StandIn, token: str) -> HttpResponse:
    """What it is, in three lines, and the two buttons; or, after the yes, that it is so. Looking changes nothing."""
    if stand_in.ready:
        return _page(request, "ready", token, asker=standing_in.asker())
    return _asked(request, stand_in, token, _form(request, stand_in, token))


@require_POST
@with_link
def accept(request: HttpRequest, stand_in: StandIn, token: str) -> HttpResponse:
    """Yes, I stand in."""
    if stand_in.ready:
        return redirect("alliances:stand-in-asked", token)
    form = _form(request, stand_in, token)
    if form is not None and not form.is_valid():
        return _asked(request, stand_in, token, form)
    typed = form.cleaned_data if form is not None else {}
    try:
        actions.accept_to_stand_in(
            stand_in=stand_in,
            word=typed.get("chosen", ""),
            language=get_language() or "nl",
            may_ring=typed.get("may_ring", False),
        )
    except WordTaken as refused:
        if form is not None:
            form.add_error("own" if typed.get("own") else "word", refused.sentence)
        return _asked(request, stand_in, token, form)
    except Refused as refused:
        return told(request, refused, "alliances:stand-in-asked", token)
    return redirect("alliances:stand-in-asked", token)


@require_POST
@with_link
def decline(request: HttpRequest, stand_in: StandIn, token: str) -> HttpResponse:
    """Rather not, or not any more."""
    said_yes = stand_in.ready
    actions.decline_to_stand_in(stand_in=stand_in)
    return _page(request, "declined", token, said_yes=said_yes)
