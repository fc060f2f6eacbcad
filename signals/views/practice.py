"""The practice: calling each other for nothing, and what it showed."""

import uuid as uuids
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from alliances.models import Alliance, Membership
from alliances.policy import Refused
from alliances.views.shared import member_or_404, posted, seat_reader, seats_of, show_form
from meetings.models import Meeting
from messaging.models import Channel, Delivery
from signals import actions
from signals.actions.calling import people_to_call
from signals.forms.practice import PracticeForm
from signals.models import Answer, Call, CallEvent, CallRecipient
from signals.practice import Asked, about, climb, headline, result

BEFORE = 5  # practices of before that are shown


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def practise(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What a practice is, the scenario, and the button that begins it."""
    member = member_or_404(request, uuid)
    initial = {"key": uuids.uuid4(), "meeting": request.GET.get("etentje", "")}
    form = PracticeForm(posted(request), initial=initial)
    context = {
        "others": len(people_to_call(member.alliance, member)) - 1,
        "active": member.alliance.state == Alliance.State.ACTIVE,
        "before": Call.objects.filter(alliance=member.alliance, practice=True)[:BEFORE],
        "guard_asks": form.is_bound and not form.is_valid() and hasattr(form.fields["text"], "guard_kind"),
    }
    if request.method != "POST" or not form.is_valid():
        return show_form(request, "signals/practise.html", context, form)
    typed = form.cleaned_data
    try:
        signal = actions.practise(
            alliance=member.alliance,
            by=member,
            text=typed["text"],
            meeting=Meeting.objects.filter(alliance=member.alliance, uuid=typed["meeting"]).first(),
            key=typed["key"],
        )
    except Refused as refused:
        return show_form(request, "signals/practise.html", context, form, refused)
    messages.success(request, _("The practice has begun. Everybody gets OEFENING in front of the message."))
    return redirect("signals:call", signal.calls.get().uuid)


@require_safe
def outcome(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What the practice showed: how many, how fast, by what, and what to mend."""
    call = get_object_or_404(Call.objects.visible_to(request.user).filter(practice=True), uuid=uuid)
    member = seats_of(request).filter(alliance=call.alliance_id).first()
    if member is None:
        raise Http404
    seat_reader(request, member)
    people = _people(call)
    enough = (call.enough_at - call.started_at).total_seconds() if call.enough_at else None
    found = result([Asked(one["after"], one["via"]) for one in people], enough=enough)
    context = {
        "call": call,
        "found": found,
        "heading": headline(found),
        "half": None if found.half is None else about(found.half),
        "enough": None if found.enough is None else about(found.enough),
        "within": None if found.within is None else about(found.within),
        "climb": climb(found),
        "people": people,
        "ways": [(Answer.Via(via).label, count) for via, count in found.ways],
        "mend": _to_mend(call, member),
    }
    return render(request, "signals/practice_result.html", context)


def _people(call: Call) -> list[dict[str, Any]]:
    """Who was called, in the order in which they joined, with their first answer. Who began the practice is not."""
    asked = CallRecipient.objects.filter(call=call).called().select_related("membership__user", "stand_in")
    others = asked.exclude(membership=call.started_by_id, stands_in=False).order_by("membership__joined_at", "pk")
    people = []
    for one in others.prefetch_related("answers"):
        first = min(one.answers.all(), key=lambda answer: answer.at, default=None)
        since = one.called_at or call.started_at
        after = (first.at - since).total_seconds() if first else None
        people.append(
            {
                "name": one.name,
                "after": after,
                "via": first.via if first else "",
                "time": about(max(0, round(after))) if after is not None else "",
                "way": first.get_via_display() if first else "",
            }
        )
    return people


def _to_mend(call: Call, member: Membership) -> list[dict[str, Any]]:
    """Per person what did not work: a channel whose message failed for good, or a step that found no way to them."""
    seated = Membership.objects.filter(alliance=call.alliance_id).select_related("user").order_by("joined_at", "pk")
    by_user = {one.user_id: one for one in seated if one.user_id}
    said: dict[int, dict[str, None]] = {}
    failed = Delivery.objects.filter(message__about=call.uuid, state=Delivery.State.FAILED, permanent=True)
    for user, channel in failed.values_list("message__user", "channel").order_by("channel").distinct():
        if user in by_user:
            said.setdefault(by_user[user].pk, {})[_failed(channel)] = None
    skipped = CallEvent.objects.filter(call=call, kind=CallEvent.Kind.SKIPPED, recipient__isnull=False)
    for seat, way, why in skipped.values_list("recipient__membership", "way", "why").order_by("way"):
        if sentence := _skipped(way, why):
            said.setdefault(seat, {})[sentence] = None
    return [
        {"name": one.name, "me": one.pk == member.pk, "lines": list(said[one.pk])}
        for one in by_user.values()
        if one.pk in said
    ]


def _failed(channel: str) -> str:
    return {
        Channel.MAIL.value: _("The mail did not arrive."),
        Channel.SMS.value: _("The text message did not arrive."),
        Channel.VOICE.value: _("The phone call did not work."),
        Channel.PUSH.value: _("The message on the phone did not arrive."),
    }.get(channel, _("A message did not arrive."))


def _skipped(way: str, why: str) -> str:
    """Only what is worth mending: who had answered lacks nothing, and who gets text messages can do without mail."""
    if why == CallEvent.Why.STOPPED:
        return _("Texted STOP, so got no text message.")
    if why != CallEvent.Why.NO_WAY:
        return ""
    return {
        Channel.SMS.value: _("Has no mobile number for text messages here."),
        Channel.VOICE.value: _("Has no number that the computer may phone."),
    }.get(way, "")
