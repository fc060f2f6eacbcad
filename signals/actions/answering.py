"""What somebody says to a call. A later answer replaces an earlier one; history stays."""

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from alliances.actions import record
from alliances.models import Membership
from alliances.policy import Refused, require
from messaging.bell import ring_on_commit
from messaging.models import Incoming
from signals.models import URGENT_ANSWERS, WORRY_ANSWERS, Answer, Call, CallRecipient, TensionSignal
from signals.policy import may_answer, may_answer_for

from .calling import CALL_STEPS
from .telling import cancel_asks


def answers_to(call: Call) -> tuple[Answer.Value, ...]:
    """The three answers that fit the level of a call."""
    return URGENT_ANSWERS if call.level == TensionSignal.Level.URGENT else WORRY_ANSWERS


@transaction.atomic
def answer(
    *,
    recipient: CallRecipient,
    value: str,
    via: str,
    by: Membership | None,
    text: str = "",
    incoming: Incoming | None = None,
) -> Answer:
    """Keep what this person says themselves, by link, on the site, or in what came in (`incoming`: a text message, a
    key). Also when the call is over: then it shows as late. `by` is `recipient.speaker`.

    The same answer twice is one (two taps), and so is one `incoming` read twice. `text` says when they can be there.
    Raises Refused for an answer that does not fit the call. May run for the holder of a link, who sees nothing but this
    recipient, its call and membership.
    """
    require(may_answer(by, recipient))
    verb = "answered" if by else "stand_in_answered"
    return _keep(recipient, value=value, via=via, by=by, text=text, verb=verb, incoming=incoming)


@transaction.atomic
def answer_on_behalf(*, recipient: CallRecipient, value: str, by: Membership, text: str = "") -> Answer:
    """Keep what this person said to another member on the phone; recorded as such."""
    require(may_answer_for(by, recipient))
    return _keep(recipient, value=value, via=Answer.Via.BEHALF, by=by, text=text, verb="answered_for")


@transaction.atomic
def say_good(*, recipient: CallRecipient, good: bool, by: Membership | None) -> None:
    """Was it right to call? Asked when the call is over, may change, and is shown as counts only. `by` is
    `recipient.speaker`. Raises Refused while the call runs.
    """
    require(may_answer(by, recipient))
    if recipient.call.runs:
        raise Refused(_("You can say this when the call is over."))
    CallRecipient.objects.filter(pk=recipient.pk).update(good_call=good)
    record("looked_back", alliance_id=recipient.call.alliance_id, by=by, thing=recipient.call)


def note_opened(recipient: CallRecipient) -> None:
    """Remember when the link was first opened. No more than that: scanners open links too."""
    CallRecipient.objects.filter(pk=recipient.pk, opened_at__isnull=True).update(opened_at=Now())


def _keep(
    recipient: CallRecipient,
    *,
    value: str,
    via: str,
    by: Membership | None,
    text: str,
    verb: str,
    incoming: Incoming | None = None,
) -> Answer:
    call = recipient.call
    if value not in answers_to(call):
        raise Refused(_("Choose one of the three answers."))
    # A step that writes to the silent locks the same row: either it sees this answer, or its message is stopped below.
    CallRecipient.objects.select_for_update(no_key=True).get(pk=recipient.pk)
    earlier = Answer.objects.filter(recipient=recipient)
    newest = earlier.first() if incoming is None else earlier.filter(incoming=incoming).first()
    if newest and (incoming or ((newest.value, newest.via) == (value, via) and text in ("", newest.text))):
        return newest
    kept = Answer.objects.create(recipient=recipient, value=value, text=text, via=via, by=by, incoming=incoming)
    cancel_asks(call, recipient)
    record(verb, alliance_id=call.alliance_id, by=by, thing=recipient)
    if call.runs and call.level == TensionSignal.Level.URGENT:
        ring_on_commit([CALL_STEPS])  # enough people, or a stand-in is needed: the worker sees everybody's answers
    return kept
