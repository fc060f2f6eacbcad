"""Answering by the link in a message: no password, no names, no place. Looking changes nothing; the buttons post.

They act as the holder of a link: the database shows them one recipient, its call and its membership, nothing else.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from alliances.actor import open_link
from alliances.models import Membership
from alliances.policy import Refused
from alliances.tokens import fingerprint
from signals import actions, rows
from signals.actions.answering import answers_to
from signals.forms import SOON_ENOUGH, AnswerForm
from signals.models import Answer, CallRecipient, TensionSignal
from signals.state import asks_whether_good

ICONS = {
    Answer.Value.COMING: "check",
    Answer.Value.CANNOT: "x",
    Answer.Value.SEEN: "eye-check",
    Answer.Value.NOTICE: "check",
    Answer.Value.NOTHING: "x",
    Answer.Value.UNKNOWN: "question-mark",
}
SAID_GOOD = {"yes": True, "no": False}
YES = (Answer.Value.COMING, Answer.Value.NOTICE)


View = Callable[[HttpRequest, str], HttpResponse]


def behind_link(view: View) -> View:
    """A page for whoever holds the link, in the language of the person to whom it was sent: they chose it, and the one
    cookie that could say otherwise is on another device. A choice made in this browser goes first.
    """

    @wraps(view)
    def with_link_open(request: HttpRequest, token: str) -> HttpResponse:
        open_link(fingerprint(token))
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME) in dict(settings.LANGUAGES)
        if not chosen and not request.user.is_authenticated and (language := rows.language_behind_link()):
            translation.activate(language)  # until the middleware puts its own back
        response = view(request, token)
        response.headers["Content-Language"] = translation.get_language() or settings.LANGUAGE_CODE
        return response

    return with_link_open


@login_not_required
@never_cache
@require_safe
@behind_link
def question(request: HttpRequest, token: str) -> HttpResponse:
    """What is asked, and three big buttons. Notes that it was opened."""
    recipient = _behind(token)
    actions.note_opened(recipient)
    template = "signals/answer.html" if recipient.call.runs else "signals/answer_over.html"
    return render(request, template, _context(recipient, token))


# The secret is in the address, which no other site knows; and a browser that keeps no cookies must be able to answer.
@csrf_exempt
@login_not_required
@require_POST
@behind_link
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """Save the answer at once; also after the call ended, when it is kept as late."""
    recipient = _behind(token)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return redirect("signals:answer", token)
    try:
        actions.answer(
            recipient=recipient,
            value=form.cleaned_data["answer"],
            text=form.words(),
            via=Answer.Via.LINK,
            by=_by(recipient),
        )
    except Refused:
        return redirect("signals:answer", token)
    return redirect("signals:answer-saved", token)


@login_not_required
@never_cache
@require_safe
@behind_link
def saved(request: HttpRequest, token: str) -> HttpResponse:
    """It was saved: what was said, what happens now, and what else can be done."""
    recipient = _behind(token)
    context = _context(recipient, token)
    if not context["answer"]:
        return redirect("signals:answer", token)
    return render(request, "signals/answer_saved.html", context)


@csrf_exempt
@login_not_required
@require_POST
@behind_link
def good(request: HttpRequest, token: str) -> HttpResponse:
    """Afterwards: was it right to call? Shown to the table as a count."""
    recipient = _behind(token)
    said = request.POST.get("good")
    if said in SAID_GOOD and asks_whether_good(recipient.call):
        actions.say_good(recipient=recipient, good=SAID_GOOD[said], by=_by(recipient))
    return redirect("signals:answer", token)


def choices(recipient: CallRecipient) -> list[dict[str, Any]]:
    """The three buttons for this call, with what was answered before."""
    chosen = getattr(recipient, "answer", None)
    return [
        {"value": value, "label": value.label, "icon": ICONS[value], "yes": value in YES, "pressed": value == chosen}
        for value in answers_to(recipient.call)
    ]


def _behind(token: str) -> CallRecipient:
    """Whom this link is for. 404 for a link that nobody knows, and for who has left the table."""
    found = CallRecipient.objects.seated().called().with_answer().select_related("call", "membership")
    recipient = found.filter(token_hash=fingerprint(token)).first()
    if recipient is None:
        raise Http404
    return recipient


def _by(recipient: CallRecipient) -> Membership | None:
    """Who says it: the member, or nobody at the table when a stand-in does."""
    return None if recipient.stands_in else recipient.membership


def _context(recipient: CallRecipient, token: str) -> dict[str, Any]:
    call, said = recipient.call, getattr(recipient, "answer", None)
    return {
        "token": token,
        "call": call,
        "urgent": call.level == TensionSignal.Level.URGENT,
        "choices": choices(recipient),
        "answer": Answer.Value(said) if said else None,
        "answered_at": getattr(recipient, "answered_at", None),
        "answer_text": getattr(recipient, "answer_text", ""),
        "late": bool(call.ended_at and said and recipient.answered_at > call.ended_at),  # type: ignore[attr-defined]  # with_answer() adds it
        "soon_enough": SOON_ENOUGH.items(),
        "stands_in": recipient.stands_in,
        "asks_whether_good": asks_whether_good(call),
        "good": recipient.good_call,
        "waits": call.runs and call.begins_at > timezone.now(),
    }
