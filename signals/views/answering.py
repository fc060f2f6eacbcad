"""Answering by the link in a message: no password, no names, no place. Looking changes nothing; the buttons post.

They act as the holder of a link: the database shows them one recipient, its call and its membership, nothing else.
"""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from alliances.actor import open_link
from alliances.policy import Refused
from alliances.tokens import fingerprint
from signals import actions
from signals.actions.answering import answers_to
from signals.forms import SOON_ENOUGH, AnswerForm
from signals.models import Answer, CallRecipient, TensionSignal

ICONS = {
    Answer.Value.COMING: "check",
    Answer.Value.CANNOT: "x",
    Answer.Value.SEEN: "eye-check",
    Answer.Value.NOTICE: "check",
    Answer.Value.NOTHING: "x",
    Answer.Value.UNKNOWN: "question-mark",
}
YES = (Answer.Value.COMING, Answer.Value.NOTICE)


@login_not_required
@never_cache
@require_safe
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
            by=recipient.membership,
        )
    except Refused:
        return redirect("signals:answer", token)
    return redirect("signals:answer-saved", token)


@login_not_required
@never_cache
@require_safe
def saved(request: HttpRequest, token: str) -> HttpResponse:
    """It was saved: what was said, what happens now, and what else can be done."""
    recipient = _behind(token)
    context = _context(recipient, token)
    if not context["answer"]:
        return redirect("signals:answer", token)
    return render(request, "signals/answer_saved.html", context)


def choices(recipient: CallRecipient) -> list[dict[str, Any]]:
    """The three buttons for this call, with what was answered before."""
    chosen = getattr(recipient, "answer", None)
    return [
        {"value": value, "label": value.label, "icon": ICONS[value], "yes": value in YES, "pressed": value == chosen}
        for value in answers_to(recipient.call)
    ]


def _behind(token: str) -> CallRecipient:
    """Whom this link is for. 404 for a link that nobody knows, and for who has left the table."""
    secret = fingerprint(token)
    open_link(secret)
    found = CallRecipient.objects.seated().with_answer().select_related("call", "membership")
    recipient = found.filter(token_hash=secret).first()
    if recipient is None:
        raise Http404
    return recipient


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
    }
