"""Questions of the whole table to somebody outside, and the day by which an answer was promised."""

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from alliances.actions import record
from alliances.models import Alliance, Membership
from alliances.policy import Refused, may_act_in, not_ended, require
from meetings.models import JointQuestion, Theme


@transaction.atomic
def ask_together(
    *,
    alliance: Alliance,
    to: str,
    text: str,
    asked_on: date,
    by: Membership,
    promised_on: date | None = None,
    theme: Theme | None = None,
) -> JointQuestion:
    """Keep what was asked of whom, and by when they promised an answer (days in Europe/Amsterdam).

    Raises Refused after the end of the alliance, and for a promise that lies before the question.
    """
    require(may_act_in(by, alliance) and (theme is None or theme.alliance_id == alliance.pk))
    not_ended(alliance)
    if promised_on and promised_on < asked_on:
        raise Refused(_("The answer cannot be promised for a day before you asked."))
    question = JointQuestion.objects.create(
        alliance=alliance, to=to, text=text, asked_on=asked_on, promised_on=promised_on, theme=theme, made_by=by
    )
    record("asked_together", alliance_id=alliance.pk, by=by, thing=question)
    return question


@transaction.atomic
def promise_answer(*, question: JointQuestion, promised_on: date | None, by: Membership) -> None:
    """Another day by which an answer was promised; None: no day was named."""
    question = _locked(question, by)
    if promised_on and promised_on < question.asked_on:
        raise Refused(_("The answer cannot be promised for a day before you asked."))
    question.promised_on = promised_on
    question.save(update_fields=["promised_on"])
    record("promised_answer", alliance_id=question.alliance_id, by=by, thing=question)


@transaction.atomic
def keep_answer(*, question: JointQuestion, answer: str, by: Membership) -> None:
    """This was the answer; for all to read. Raises Refused when there is one already."""
    question = _locked(question, by)
    if question.answer:
        raise Refused(_("Somebody wrote the answer down already."))
    question.answer, question.answered_on = answer, timezone.localdate()
    question.save(update_fields=["answer", "answered_on"])
    record("kept_answer", alliance_id=question.alliance_id, by=by, thing=question)


def _locked(question: JointQuestion, by: Membership) -> JointQuestion:
    found = JointQuestion.objects.select_for_update(of=("self",)).select_related("alliance").get(pk=question.pk)
    require(may_act_in(by, found.alliance))
    return found
