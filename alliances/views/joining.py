"""Joining by a link, one question a page. What was filled in waits in the session until the end."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliances import proof, tokens
from alliances.actions import (
    Joining,
    SeatedAlready,
    SeatTaken,
    WordTaken,
    ask_again,
    decline,
    join,
    open_invitation,
)
from alliances.actor import open_link
from alliances.forms import CodeForm, NameForm, ReachForm, WordForm
from alliances.models import HouseRules, Invitation, Membership, User
from alliances.policy import Refused
from alliances.words import suggestions

from .joining_state import STEPS, State
from .shared import posted
from .texts import split_rules

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
# The drawing, for decoration: nobody is shown who sits where before they sit there.
SOME_SEATS = [{"state": "taken"}] * 6 + [{"state": "invited"}] + [{"state": "free"}] * 3
FULL = [{"state": "taken"}] * 10
TYPED = ("email", "mobile", "landline")
View = Callable[[HttpRequest, State], HttpResponse]


def with_link(view: View) -> Callable[..., HttpResponse]:
    """Find the invitation by its link, or say kindly that the link does not work. Looking changes only "opened"."""

    @login_not_required
    @never_cache
    @wraps(view)
    def inner(request: HttpRequest, token: str) -> HttpResponse:
        invitation = _find(token)
        if request.user.is_authenticated and (seat := _seat_of(request.user, invitation)):
            messages.info(request, _("You have a seat at this table already."))
            return redirect("alliances:alliance", seat.alliance.uuid)
        if invitation.state == Invitation.State.JOINED:
            return _over(request, "used", 409)
        if not invitation.is_open or invitation.expires_at <= timezone.now():
            return _over(request, "expired", 410, token=token)
        open_invitation(invitation=invitation)
        return view(request, State(request, invitation, token))

    return inner


def _find(token: str) -> Invitation:
    mark = tokens.fingerprint(token)
    open_link(mark)
    # Without its alliance: row-level security shows that only while the link works.
    invitation = Invitation.objects.filter(token_hash=mark).first()
    if invitation is None:
        raise Http404
    return invitation


def _seat_of(user: User, invitation: Invitation) -> Membership | None:
    return Membership.objects.of(user).filter(alliance=invitation.alliance_id).select_related("alliance").first()


def _over(request: HttpRequest, page: str, status: int = 200, **context: Any) -> HttpResponse:
    """A page without a way on: the same for everybody, whoever the link was for."""
    return render(request, f"join/{page}.html", {"drawing": SOME_SEATS, **context}, status=status)


def _page(request: HttpRequest, state: State, step: str, **context: Any) -> HttpResponse:
    form = context.get("form")
    context |= {
        "invitation": state.invitation,
        "token": state.token,
        "step": step,
        "back": state.before(step),
        "drawing": SOME_SEATS,
    }
    if not request.user.is_authenticated:
        context |= {"steps": [label for _key, label in STEPS], "number": [key for key, _label in STEPS].index(step) + 1}
    return render(request, f"join/{step}.html", context, status=422 if form is not None and form.errors else 200)


@require_safe
@with_link
def welcome(request: HttpRequest, state: State) -> HttpResponse:
    """Who asks you, what it is, how long it takes. The way on is a link: nothing happens here."""
    return _page(request, state, "welcome", inviter=state.invitation.invited_by, first=state.first())


@require_http_methods(["GET", "HEAD", "POST"])
@with_link
def name(request: HttpRequest, state: State) -> HttpResponse:
    """What may we call you?"""
    form = NameForm(posted(request), initial={"name": state.data.get("name", "")})
    if request.method == "POST" and form.is_valid():
        state.save(name=form.cleaned_data["name"].strip())
        return state.on()
    return _page(request, state, "name", form=form)


@require_http_methods(["GET", "HEAD", "POST"])
@with_link
def rules(request: HttpRequest, state: State) -> HttpResponse:
    """The eight rules; the button is the pledge. For who is signed in and known, this is the last step."""
    if not state.may("rules"):
        return state.on()
    newest = HouseRules.objects.latest("version")
    if request.method == "POST":
        state.save(rules=newest.pk)
        return state.on() if state.missing() else _finish(request, state)
    return _page(request, state, "rules", rules=split_rules(newest), newest=newest)


@require_http_methods(["GET", "HEAD", "POST"])
@with_link
def word(request: HttpRequest, state: State) -> HttpResponse:
    """The recognition word: the proof first, then the choice."""
    if not state.may("word"):
        return state.on()
    chosen = state.data.get("word", "")
    offered = suggestions(state.token)
    initial = {"word": chosen} if chosen in offered else {"own": chosen}
    form = WordForm(posted(request), suggestions=offered, name=state.data.get("name", ""), initial=initial)
    if request.method == "POST" and form.is_valid():
        state.save(word=form.cleaned_data["chosen"])
        return state.on() if state.missing() else _finish(request, state)
    return _page(request, state, "word", form=form, example=offered[0] if offered else "kastanje")


@require_http_methods(["GET", "HEAD", "POST"])
@with_link
def reach(request: HttpRequest, state: State) -> HttpResponse:
    """Addresses, and what each may be used for. The first code leaves here."""
    if not state.may("reach"):
        return state.on()
    initial = state.data.get("reach") or _known_address(state.invitation)
    form = ReachForm(posted(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        state.save(reach=form.cleaned_data, skipped=[], pending=None)
        try:
            return _send_next(request, state)
        except Refused as refused:
            form.add_error(None, refused.sentence)
    return _page(request, state, "reach", form=form)


def _known_address(invitation: Invitation) -> dict[str, Any]:
    """The address that the link was sent to stands there already: less to type."""
    kind = {Invitation.Way.MAIL: "email", Invitation.Way.SMS: "mobile"}.get(Invitation.Way(invitation.way))
    return {kind: invitation.address, f"{kind}_message": True} if kind else {}


def _send_next(request: HttpRequest, state: State) -> HttpResponse:
    """Send a code to the next address that needs one; with none left, take the seat."""
    left = state.unproved()
    if not left:
        state.save(pending=None)
        return _finish(request, state)
    state.save(pending=proof.send(request, left[0]).keep())
    return redirect("alliances:join-code", state.token)


@require_http_methods(["GET", "HEAD", "POST"])
@with_link
def code(request: HttpRequest, state: State) -> HttpResponse:
    """Six digits for one address; wrong is 422, right goes on to the next address or into the alliance."""
    pending = proof.Pending.of(state.data.get("pending"))
    if not state.may("code") or pending is None:
        return redirect("alliances:join-reach", state.token)
    form = CodeForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            if proof.check(request, pending, form.cleaned_data["code"]):
                state.save(verified=[*state.data.get("verified", []), pending.address], pending=None)
                return _send_next(request, state)
            state.save(pending=pending.keep())
            form.add_error("code", _wrong(proof.TRIES - pending.tries))
        except Refused as refused:
            form.add_error("code", refused.sentence)
    by_mail, skippable = "@" in pending.address, bool(state.data.get("verified"))
    shown = {"address": proof.masked(pending.address), "by_mail": by_mail, "may_skip": skippable}
    return _page(request, state, "code", form=form, **shown)


def _wrong(left: int) -> str:
    if not left:
        return _("This code is not right. Have a new code sent.")
    said = ngettext("You can try once more.", "You can try %(n)s more times.", left) % {"n": left}
    return _("This code is not right. Look once more.") + " " + said


@require_POST
@with_link
def resend(request: HttpRequest, state: State) -> HttpResponse:
    """A new code for the same address."""
    pending = proof.Pending.of(state.data.get("pending"))
    if pending is None:
        return redirect("alliances:join-reach", state.token)
    try:
        state.save(pending=proof.send(request, pending.address).keep())
        messages.success(request, _("A new code is on its way."))
    except Refused as refused:
        messages.error(request, refused.sentence)
    return redirect("alliances:join-code", state.token)


@require_POST
@with_link
def skip(request: HttpRequest, state: State) -> HttpResponse:
    """Go on without this address, when another one was proved: a mail may be slow at a dinner table."""
    pending = proof.Pending.of(state.data.get("pending"))
    if pending is None or not state.data.get("verified"):
        return redirect("alliances:join-reach", state.token)
    state.save(skipped=[*state.data.get("skipped", []), pending.address], pending=None)
    return _send_next(request, state)


@require_POST
@with_link
def refuse(request: HttpRequest, state: State) -> HttpResponse:
    """Rather not: the seat is free, nothing is kept."""
    state.forget()
    decline(invitation=state.invitation)
    return _over(request, "declined")


@login_not_required
@never_cache
@require_POST
def again(request: HttpRequest, token: str) -> HttpResponse:
    """The link is too old: ask for a new one. The same answer for every link that does not work."""
    ask_again(invitation=_find(token))
    return _over(request, "asked")


def _finish(request: HttpRequest, state: State) -> HttpResponse:
    """Take the seat, sign in, and say welcome."""
    user = request.user if request.user.is_authenticated else None
    try:
        member = join(invitation=state.invitation, joining=_joining(state), user=user)
    except SeatTaken:
        state.forget()
        return _over(request, "full", 409, drawing=FULL)
    except WordTaken as refused:
        messages.error(request, refused.sentence)
        return redirect("alliances:join-word", state.token)
    except SeatedAlready as refused:
        state.forget()
        messages.info(request, refused.sentence)
        return redirect("account_login")
    except Refused as refused:
        messages.error(request, refused.sentence)
        return redirect("alliances:join-reach" if state.data.get("reach") else "alliances:join", state.token)
    state.forget()
    if user is None and member.user:
        login(request, member.user, backend=BACKEND)
    return redirect("alliances:welcome", member.alliance.uuid)


def _joining(state: State) -> Joining:
    data, filled = state.data, state.data.get("reach") or {}
    skipped = set(data.get("skipped", []))
    return Joining(
        name=data.get("name", ""),
        word=data.get("word", ""),
        rules=HouseRules.objects.get(pk=data["rules"]),
        language=get_language() or "nl",
        **{kind: "" if filled.get(kind) in skipped else filled.get(kind, "") for kind in TYPED},
        message_by={kind for kind in ("email", "mobile") if filled.get(f"{kind}_message")},
        ring_on={kind for kind in ("mobile",) if filled.get(f"{kind}_ring")},
        phone_on={kind for kind in ("mobile", "landline") if filled.get(f"{kind}_phone")},
        verified=set(data.get("verified", [])),
    )
