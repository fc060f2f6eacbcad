"""How a table calls: the three ladders, who would be called when, and changing one of them."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliances.models import Alliance, Membership, StandIn
from alliances.policy import Refused
from alliances.reach import Reachability, reachability
from alliances.views.shared import member_or_404, told
from messaging.channels import providers
from messaging.models import Channel
from signals import actions
from signals.forms.ladder import BaseStepFormSet, QuorumForm, StepFormSet, rows_of, rows_typed
from signals.ladder import DEFAULTS, steps_of
from signals.ladder_words import TITLES, Person, enough, forecast, rungs, switched_off
from signals.models import Call, Ladder
from signals.quorum import needed_of

# What stands in the address.
PACES: dict[str, str] = {"nu": Ladder.Pace.NOW, "vandaag": Ladder.Pace.LATER, "zorg": Ladder.Pace.WORRY}


@require_safe
def ladders(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The three ladders, and for one of them who would be called when."""
    member = member_or_404(request, uuid)
    seated = list(member.alliance.memberships.active().select_related("user"))
    chosen = {one.pace: one for one in _chosen(member.alliance)}
    shown = PACES.get(request.GET.get("tempo", ""), Ladder.Pace.NOW)
    on = [channel.value for channel in Channel if providers(channel)]
    people = _people(member, seated, on)
    stand_ins = list(StandIn.objects.ready().filter(alliance=member.alliance))
    context = {
        "heading": _heading(people),
        "paces": [_drawn(slug, pace, chosen.get(pace), seated) for slug, pace in PACES.items()],
        "shown": shown,
        "forecast": forecast(steps_of(chosen.get(shown), shown), people, on=on),
        "switched_off": switched_off(steps_of(chosen.get(shown), shown), on),
        "stand_ins": [] if shown == Ladder.Pace.WORRY else stand_ins,
        "active": member.alliance.state == Alliance.State.ACTIVE,
    }
    return render(request, "signals/ladders.html", context)


def _chosen(alliance: Alliance) -> list[Ladder]:
    return list(Ladder.objects.filter(alliance=alliance).select_related("changed_by__user"))


def _drawn(slug: str, pace: str, chosen: Ladder | None, seated: list[Membership]) -> dict[str, Any]:
    return {
        "slug": slug,
        "pace": pace,
        "title": TITLES[pace],
        "rungs": rungs(steps_of(chosen, pace)),
        "enough": "" if pace == Ladder.Pace.WORRY else enough(_needed(chosen, seated)),
        "chosen": chosen,
    }


def _needed(chosen: Ladder | None, seated: list[Membership]) -> dict[str, int]:
    roles = [one.role for one in seated if not one.on_break]
    if chosen is None:
        return needed_of(roles)
    return needed_of(roles, police=chosen.police, municipality=chosen.municipality, residents=chosen.residents)


def _people(member: Membership, seated: list[Membership], on: list[str]) -> list[Person]:
    """How everybody at the table is reached now; channels that this house cannot send by do not count."""
    known = reachability(member.alliance_id, only=on)
    people = []
    for one in seated:
        reach = known.get(one.pk, Reachability())
        people.append(
            Person(
                name=one.name,
                role=one.role,
                channels=reach.channels,
                phones=reach.phones,
                stopped=reach.stopped,
                failing=reach.failing,
                on_break=one.on_break,
                me=one.pk == member.pk,
            )
        )
    return people


def _heading(people: list[Person]) -> str:
    """Who gets no message: that is the news."""
    called = [one for one in people if not one.on_break]
    if without := [one for one in called if one.silent_line]:
        said = ngettext("One of us gets no message", "%(n)s of us get no message", len(without))
        return said % {"n": len(without)}
    return _("We can reach everybody")


# --- Changing one -------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, uuid: UUID, pace: str) -> HttpResponse:
    """The steps and the quorum of one pace. Buttons in the form add a row or take one out; nothing typed is lost."""
    member = member_or_404(request, uuid)
    kind = _pace_or_404(pace)
    # Two members at once: the second one waits here, and is told below.
    if request.method == "POST":
        Alliance.objects.select_for_update(no_key=True).get(pk=member.alliance_id)
    chosen = next((one for one in _chosen(member.alliance) if one.pace == kind), None)
    roles = list(member.alliance.memberships.active().values_list("role", flat=True))
    if request.method != "POST":
        steps = StepFormSet(pace=kind, initial=rows_of(steps_of(chosen, kind)))
        return _form(request, pace, chosen, steps, _quorum(kind, roles, chosen))
    quorum = None if kind == Ladder.Pace.WORRY else QuorumForm(request.POST, roles=roles)
    if "add" in request.POST or "remove" in request.POST:
        return _other_rows(request, pace, chosen, roles)
    steps = StepFormSet(request.POST, pace=kind)
    if not all([steps.is_valid(), quorum is None or quorum.is_valid()]):
        return _form(request, pace, chosen, steps, quorum, status=422)
    if request.POST.get("seen", "") != _mark(chosen):
        return _form(request, pace, chosen, steps, quorum, status=409, changed=True)
    try:
        actions.keep_ladder(
            alliance=member.alliance,
            pace=kind,
            steps=steps.steps,
            by=member,
            **(quorum.cleaned_data if quorum else {}),
        )
    except Refused as refused:
        return _form(request, pace, chosen, steps, quorum, status=422, refused=refused.sentence)
    messages.success(request, _("Saved. From the next call on we call each other like this."))
    return redirect("signals:ladders", uuid)


def _other_rows(request: HttpRequest, pace: str, chosen: Ladder | None, roles: list[str]) -> HttpResponse:
    """The form once more as it was typed, with a row more or less; nothing is judged yet."""
    number = request.POST.get("remove", "")
    remove = int(number) if number.isdecimal() else None
    rows = rows_typed(request.POST, add="add" in request.POST, remove=remove)
    steps = StepFormSet(pace=PACES[pace], initial=rows)
    quorum = None
    if PACES[pace] != Ladder.Pace.WORRY:
        typed = {name: name in request.POST for name in ("police", "municipality")}
        quorum = QuorumForm(initial={**typed, "residents": request.POST.get("residents", "")}, roles=roles)
    return _form(request, pace, chosen, steps, quorum, seen=request.POST.get("seen", ""), added="add" in request.POST)


def _quorum(kind: str, roles: list[str], chosen: Ladder | None) -> QuorumForm | None:
    if kind == Ladder.Pace.WORRY:
        return None
    usual = {"police": True, "municipality": True, "residents": None}
    own = {name: getattr(chosen, name) for name in usual} if chosen else usual
    return QuorumForm(initial=own, roles=roles)


def _form(
    request: HttpRequest,
    pace: str,
    chosen: Ladder | None,
    steps: BaseStepFormSet,
    quorum: QuorumForm | None,
    *,
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    faults = steps.is_bound and (any(steps.errors) or bool(quorum and quorum.errors))
    context = {
        "pace": pace,
        "title": TITLES[PACES[pace]],
        "chosen": chosen,
        "now": rungs(steps_of(chosen, PACES[pace])),
        "seen": _mark(chosen),
        "steps": steps,
        "quorum": quorum,
        "faults": faults,
        "running": Call.objects.running().filter(alliance=request.member.alliance).exists(),  # type: ignore[attr-defined]
        **context,
    }
    return render(request, "signals/ladder.html", context, status=status)


@require_POST
def reset(request: HttpRequest, uuid: UUID, pace: str) -> HttpResponse:
    """Back to the usual ladder."""
    member = member_or_404(request, uuid)
    try:
        actions.reset_ladder(alliance=member.alliance, pace=_pace_or_404(pace), by=member)
    except Refused as refused:
        return told(request, refused, "signals:ladders", uuid)
    messages.success(request, _("From the next call on it goes the usual way again."))
    return redirect("signals:ladders", uuid)


def _pace_or_404(slug: str) -> str:
    if PACES.get(slug) not in DEFAULTS:
        raise Http404
    return PACES[slug]


def _mark(chosen: Ladder | None) -> str:
    """Which version of the ladder somebody looks at."""
    return chosen.changed_at.isoformat() if chosen else ""
