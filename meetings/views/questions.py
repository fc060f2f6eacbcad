"""Questions of the whole table to a mayor, a housing corporation, and what was answered."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliances.models import Alliance
from alliances.policy import Refused
from alliances.views.shared import member_or_404, posted, show_form
from meetings import actions, agreed
from meetings.forms import AnswerKeptForm, PromiseForm, QuestionForm
from meetings.models import JointQuestion

from .agreed import question_or_404, themes_of
from .shared import see

SHOWN = 30  # questions on one page


@require_safe
def questions(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What waits for an answer first, by the promised day; then what was answered."""
    member = member_or_404(request, uuid)
    found = list(member.alliance.questions.select_related("theme").order_by("-asked_on")[:SHOWN])
    waiting = [one for one in found if not one.answered_on]
    waiting.sort(key=lambda one: (one.promised_on is None, one.promised_on or one.asked_on))
    context = {
        "waiting": [_shown(one) for one in waiting],
        "answered": [_shown(one) for one in found if one.answered_on],
        "works": member.alliance.state != Alliance.State.ENDED,
    }
    return render(request, "meetings/questions.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Write down what was asked of whom."""
    member = member_or_404(request, uuid)
    initial = {"theme": request.GET.get("thema", ""), "asked_on": timezone.localdate()}
    form = QuestionForm(posted(request), themes=themes_of(member.alliance), initial=initial)
    context = {"alliance": member.alliance}
    if request.method != "POST" or not form.is_valid():
        return show_form(request, "meetings/question_new.html", context, form)
    try:
        question = actions.ask_together(alliance=member.alliance, by=member, **form.cleaned_data)
    except Refused as refused:
        return show_form(request, "meetings/question_new.html", context, form, refused)
    messages.success(request, _("Written down. Everybody at the table can read it."))
    return see("meetings:question", question.uuid)


@require_safe
def question(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One question, and its answer."""
    found, _member = question_or_404(request, uuid)
    form = PromiseForm(initial={"promised_on": found.promised_on})
    return render(request, "meetings/question.html", {**_shown(found), "form": form})


@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What was answered."""
    found, member = question_or_404(request, uuid)
    form = AnswerKeptForm(posted(request))
    context = {"question": found}
    if request.method != "POST" or not form.is_valid():
        return show_form(request, "meetings/question_answer.html", context, form)
    try:
        actions.keep_answer(question=found, answer=form.cleaned_data["answer"], by=member)
    except Refused as refused:
        return show_form(request, "meetings/question_answer.html", context, form, refused)
    messages.success(request, _("Saved. Everybody at the table can read it."))
    return see("meetings:question", uuid)


@require_POST
def promise(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Another day by which the answer was promised."""
    found, member = question_or_404(request, uuid)
    form = PromiseForm(request.POST)
    if not form.is_valid():
        return show_form(request, "meetings/question.html", _shown(found), form)
    try:
        actions.promise_answer(question=found, promised_on=form.cleaned_data["promised_on"], by=member)
    except Refused as refused:
        return show_form(request, "meetings/question.html", _shown(found), form, refused)
    messages.success(request, _("Changed."))
    return see("meetings:question", uuid)


def _shown(question: JointQuestion) -> dict[str, Any]:
    sentence, late = agreed.question_sentence(question, timezone.localdate())
    return {"question": question, "sentence": sentence, "late": late}
