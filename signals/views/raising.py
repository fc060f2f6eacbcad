"""Raising a signal: four pages with one question each, a look at what was written, and sending it.

What was typed waits in the session until it is sent; the draft's key makes two taps one signal.
"""

import uuid as uuids
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliances.models import Alliance, Membership
from alliances.policy import Refused
from alliances.views.shared import member_or_404, show_form, told
from meetings.models import Scenario, Theme
from messaging.models import Channel, Way
from messaging.rendering import render as render_message
from signals import actions
from signals.actions.calling import people_to_call
from signals.actions.telling import link_of
from signals.forms import LevelForm, Step, SureForm, ThemeForm, WhatForm, WhereForm
from signals.models import TensionSignal

DRAFT_LIVES = timedelta(hours=2)
STEPS: dict[int, type[Step]] = {1: WhatForm, 2: WhereForm, 3: SureForm, 4: LevelForm}
FIELDS = {1: ("text",), 2: ("place", "when"), 3: ("certainty",), 4: ("level",)}
SCENARIOS = 5  # on the last page: who is in a hurry reads no list
EXAMPLE_TOKEN = "k7Qm2xV9aB3d"  # noqa: S105  a link as the others get it, that opens nothing


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, uuid: UUID, step: int) -> HttpResponse:
    """One question."""
    member = member_or_404(request, uuid)
    if step not in STEPS:
        raise Http404
    draft = _draft(request, member)
    missing = _first_missing(draft)
    if step > missing:
        return _to_step(member, missing)
    form = _form(step, member, draft, request)
    if request.method == "POST" and form.is_valid():
        draft |= form.to_draft()
        _keep(request, member, draft)
        return _to_step(member, _first_missing(draft))
    asked = any(getattr(field, "guard_kind", None) for field in form.fields.values())
    context = {"step": step, "steps": range(1, len(STEPS) + 1), "back": step - 1, "guard_asks": asked}
    return show_form(request, "signals/raise.html", context, form)


@never_cache
@require_safe
def review(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Who will be called, what was written, and the two buttons."""
    member = member_or_404(request, uuid)
    draft = _draft(request, member)
    if (missing := _first_missing(draft)) in STEPS:
        return _to_step(member, missing)
    people = people_to_call(member.alliance, member)
    signal = TensionSignal(
        **{name: draft.get(name, "") for name in ("text", "place", "when", "certainty", "level", "moment")}
    )
    seats = [
        {"state": "taken", "role": p.role, "initials": p.user.initials if p.user else "", "me": p.pk == member.pk}
        for p in people
    ]
    context = {
        "signal": signal,
        "form": ThemeForm(member=member),
        "scenarios": _thought_through(member.alliance),
        "key": draft["key"],
        "others": len(people) - 1,
        "seats": (seats + [{"state": "free"}] * 10)[:10],
        "sms": None if signal.level == TensionSignal.Level.WATCH else _example(member, signal),
    }
    return render(request, "signals/review.html", context)


@require_POST
def send(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Yes, send it. The second of two taps lands on what the first one made."""
    member = member_or_404(request, uuid)
    draft = _draft(request, member)
    if made := _already_made(request, member):
        return _to_signal(made)
    if (missing := _first_missing(draft)) in STEPS:
        return _to_step(member, missing)
    form = ThemeForm(request.POST, member=member)
    if not form.is_valid():
        messages.error(request, _("Choose a theme of this table, or none."))
        return _to_step(member, missing)
    try:
        signal = actions.raise_signal(
            alliance=member.alliance,
            by=member,
            theme=form.cleaned_data["theme"],
            text=draft["text"],
            place=draft["place"],
            when=draft["when"],
            certainty=draft["certainty"],
            level=draft["level"],
            moment=draft["moment"],
            key=UUID(draft["key"]),
        )
    except Refused as refused:
        return told(request, refused, "signals:raise-step", member.alliance.uuid, 4)
    request.session.pop(_slot(member.alliance), None)
    if signal.level == TensionSignal.Level.WATCH:
        messages.success(request, _("Thank you. It is written down."))
    return _to_signal(signal)


def _thought_through(alliance: Alliance) -> list[Scenario]:
    """What the table thought through about its themes, what was changed last first: to open while raising a signal."""
    themes = Theme.objects.filter(alliance=alliance).open()
    return list(Scenario.objects.filter(theme__in=themes).order_by("-edited_at")[:SCENARIOS])


def _slot(alliance: Alliance) -> str:
    return f"signal:{alliance.uuid}"


def _draft(request: HttpRequest, member: Membership) -> dict[str, str]:
    """What was filled in so far; a new one when the last is old: yesterday's half signal is not today's."""
    draft: dict[str, str] = request.session.get(_slot(member.alliance), {})
    begun = parse_datetime(draft.get("begun", ""))
    if begun is None or begun < timezone.now() - DRAFT_LIVES:
        return {"key": str(uuids.uuid4()), "begun": timezone.now().isoformat()}
    return dict(draft)


def _keep(request: HttpRequest, member: Membership, draft: dict[str, str]) -> None:
    request.session[_slot(member.alliance)] = draft


def _first_missing(draft: dict[str, str]) -> int:
    """The first question without an answer; one more than there are when all have one."""
    return next((step for step, names in FIELDS.items() if not all(draft.get(name) for name in names)), len(STEPS) + 1)


def _form(step: int, member: Membership, draft: dict[str, str], request: HttpRequest) -> Step:
    options: dict[str, Any] = {"data": request.POST if request.method == "POST" else None, "initial": dict(draft)}
    if step == 4:
        options["initial"]["choice"] = draft.get("moment") or draft.get("level", "")
        options["others"] = len(people_to_call(member.alliance, member)) - 1
        options["can_call"] = member.alliance.state == Alliance.State.ACTIVE
    return STEPS[step](**options)


def _to_step(member: Membership, step: int) -> HttpResponseRedirect:
    if step == 1:
        return redirect("signals:raise", member.alliance.uuid)
    if step in STEPS:
        return redirect("signals:raise-step", member.alliance.uuid, step)
    return redirect("signals:raise-review", member.alliance.uuid)


def _already_made(request: HttpRequest, member: Membership) -> TensionSignal | None:
    try:
        key = UUID(request.POST.get("key", ""))
    except ValueError:
        return None
    return TensionSignal.objects.visible_to(request.user).filter(uuid=key, alliance=member.alliance).first()


def _to_signal(signal: TensionSignal) -> HttpResponseRedirect:
    call = signal.calls.first()
    return redirect("signals:call", call.uuid) if call else redirect("signals:signal", signal.uuid)


def _example(member: Membership, signal: TensionSignal) -> str:
    """The text message as it goes out, with the reader's own word."""
    content = render_message(
        kind="call_urgent" if signal.level == TensionSignal.Level.URGENT else "call_worry",
        way=Way(channel=Channel.SMS, address=""),
        context={
            "word": member.user.recognition_word if member.user else "",
            "contact_number": settings.CONTACT_NUMBER,
            "link": link_of(EXAMPLE_TOKEN),
        },
        language=get_language() or settings.LANGUAGE_CODE,
        payload_id=uuids.uuid4(),
        at=timezone.now(),
    )
    return (content or b"").decode()
