"""The page of a call, live while it runs, and what members do there."""

from functools import partial
from uuid import UUID
from zlib import crc32

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliances.models import Membership
from alliances.policy import Refused
from alliances.views.shared import seat_reader, seats_of, told
from signals import actions, rows, state
from signals.forms import SOON_ENOUGH, AnswerForm
from signals.headline import counted, listed, missing
from signals.models import Answer, Call, CallRecipient
from signals.state import asks_whether_good

from .answering import choices
from .sharing import Shared, share

NO_CONTENT = 204
SAID_GOOD = {"yes": True, "no": False}


@never_cache
@require_safe
def call(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What is missing, who comes, who is silent, what happened. `?stil=1` stops the refreshing."""
    felt = rows.pulse(uuid)
    found, _member = call_or_404(request, uuid)
    if felt is None:
        raise Http404
    shown = state.load(found, felt)
    live = found.runs and request.GET.get("stil") != "1"
    return render(request, "signals/call.html", {**_context(shown), "live": live})


@never_cache
@require_safe
def pulse(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What changed since version `v`: nothing (204), or the moving parts of the page. When the heading or the reader's
    own answer is another one than in `h`, also those, and one sentence for who cannot see it.
    """
    felt = rows.pulse(uuid)
    if felt is None:
        raise Http404
    if felt.version == request.GET.get("v"):
        return HttpResponse(status=NO_CONTENT)
    shared = share(uuid, felt.facts, lambda: state.load(_known_or_404(request, uuid), felt))
    shown = state.for_reader(shared.shown, felt)
    context = {**_context(shown), "live": shown.call.runs}
    context |= {"news": request.GET.get("h") != context["mark"], **_drawn_once(shared, shown, context)}
    return render(request, "signals/call_pulse.html", context)


def _drawn_once(shared: Shared, shown: state.CallState, context: dict[str, object]) -> dict[str, str]:
    """The parts that are the same for everybody, and who is silent, which is the same for everybody else."""
    language, silent = get_language(), shown.me.recipient.pk if shown.me in shown.silent else None
    parts = {"head": ("head", language), "log": ("log", language), "people": ("people", language, silent)}

    def draw(name: str) -> str:
        return render_to_string(f"signals/call/{name}.html", {**context, "oob": 1})

    return {f"drawn_{name}": shared.part(key, partial(draw, name)) for name, key in parts.items()}


@require_POST
def answer(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """My own answer."""
    found, member = call_or_404(request, uuid)
    mine = CallRecipient.objects.select_related("call")
    recipient = get_object_or_404(mine, call=found, membership=member, stands_in=False)
    form = AnswerForm(request.POST)
    if form.is_valid():
        try:
            actions.answer(
                recipient=recipient,
                value=form.cleaned_data["answer"],
                text=form.words(),
                via=Answer.Via.SITE,
                by=member,
            )
        except Refused as refused:
            return told(request, refused, "signals:call", uuid)
        messages.success(request, _("Your answer was saved."))
    return redirect("signals:call", uuid)


@require_http_methods(["GET", "HEAD", "POST"])
def answer_for(request: HttpRequest, uuid: UUID, recipient: UUID) -> HttpResponse:
    """What another member said to me on the phone."""
    found, member = call_or_404(request, uuid)
    people = CallRecipient.objects.called().with_answer()
    people = people.select_related("call__alliance", "membership__user", "stand_in")
    other = get_object_or_404(people, call=found, uuid=recipient)
    form = AnswerForm(request.POST) if request.method == "POST" else None
    if form and form.is_valid():
        try:
            actions.answer_on_behalf(recipient=other, value=form.cleaned_data["answer"], text=form.words(), by=member)
        except Refused as refused:
            return told(request, refused, "signals:call", uuid)
        messages.success(request, _("Written down. Thank you for phoning."))
        return redirect("signals:call", uuid)
    context = {"call": found, "other": other, "choices": choices(other)}
    return render(request, "signals/answer_for.html", context)


@require_POST
def good(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Afterwards: was it right to call?"""
    found, member = call_or_404(request, uuid)
    mine = CallRecipient.objects.select_related("call")
    recipient = get_object_or_404(mine, call=found, membership=member, stands_in=False)
    said = request.POST.get("good")
    if said in SAID_GOOD and asks_whether_good(found):
        actions.say_good(recipient=recipient, good=SAID_GOOD[said], by=member)
        messages.success(request, _("Thank you. It counts, without your name."))
    return redirect("signals:call", uuid)


@require_POST
def mistake(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """I was wrong: within two minutes."""
    found, member = call_or_404(request, uuid)
    try:
        actions.mistake(call=found, by=member)
    except Refused as refused:
        return told(request, refused, "signals:call", uuid)
    messages.success(request, _("The call was taken back. Who got a message hears that nothing is needed any more."))
    return redirect("signals:call", uuid)


@require_POST
def stop(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Any member stops it."""
    found, member = call_or_404(request, uuid)
    try:
        actions.stop(call=found, by=member)
    except Refused as refused:
        return told(request, refused, "signals:call", uuid)
    messages.success(request, _("The call was stopped. Who got a message hears that nothing is needed any more."))
    return redirect("signals:call", uuid)


def _known_or_404(request: HttpRequest, uuid: UUID) -> Call:
    found = rows.known(uuid, request.user)
    if found is None:
        raise Http404
    return found


def call_or_404(request: HttpRequest, uuid: UUID) -> tuple[Call, Membership]:
    """The call, and the reader's seat at its table. 404 for everybody else."""
    found = _known_or_404(request, uuid)
    member = seats_of(request).filter(alliance=found.alliance_id).first()
    if member is None:
        raise Http404
    found.alliance = member.alliance
    return found, seat_reader(request, member)


def _mark(shown: state.CallState) -> str:
    """The heading and the reader's answer, short enough for an address and without a word of them."""
    me = shown.me
    return format(crc32(f"{shown.headline} {me.answer_label} {me.answer_text}".encode() if me else b""), "x")


def _context(shown: state.CallState) -> dict[str, object]:
    me = shown.me
    return {
        "shown": shown,
        "call": shown.call,
        "signal": shown.call.signal,
        "me": me,
        "mark": _mark(shown),
        "counted": counted([person.role for person in shown.drawn("coming")]) if shown.urgent else "",
        "missing": missing(shown.quorum),
        "unreachable": listed([person.name for person in shown.unreachable]),
        "choices": choices(me.recipient) if me else [],
        "soon_enough": SOON_ENOUGH.items(),
    }
