"""What somebody says to a call. A later answer replaces an earlier one; history stays."""

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from alliances.actions import record
from alliances.models import Membership
from alliances.policy import Refused, require
from signals.models import URGENT_ANSWERS, WORRY_ANSWERS, Answer, Call, CallRecipient, TensionSignal
from signals.policy import may_answer, may_answer_for

from .telling import cancel_asks


def answers_to(call: Call) -> tuple[Answer.Value, ...]:
    """The three answers that fit the level of a call."""
    return URGENT_ANSWERS if call.level == TensionSignal.Level.URGENT else WORRY_ANSWERS


@transaction.atomic
def answer(*, recipient: CallRecipient, value: str, via: str, by: Membership, text: str = "") -> Answer:
    """Keep what this person says themselves, by link or on the site. Also when the call is over: then it shows as late.

    The same answer twice is one (two taps). `text` says when they can be there. Raises Refused for an answer that does
    not fit the call. May run for the holder of a link, who sees nothing but this recipient, its call and membership.
    """
    require(may_answer(by, recipient))
    return _keep(recipient, value=value, via=via, by=by, text=text, verb="answered")


@transaction.atomic
def answer_on_behalf(*, recipient: CallRecipient, value: str, by: Membership, text: str = "") -> Answer:
    """Keep what this person said to another member on the phone; recorded as such."""
    require(may_answer_for(by, recipient))
    return _keep(recipient, value=value, via=Answer.Via.BEHALF, by=by, text=text, verb="answered_for")


def note_opened(recipient: CallRecipient) -> None:
    """Remember when the link was first opened. No more than that: scanners open links too."""
    CallRecipient.objects.filter(pk=recipient.pk, opened_at__isnull=True).update(opened_at=Now())


def _keep(recipient: CallRecipient, *, value: str, via: str, by: Membership, text: str, verb: str) -> Answer:
    call = recipient.call
    if value not in answers_to(call):
        raise Refused(_("Choose one of the three answers."))
    # A step that writes to the silent locks the same row: either it sees this answer, or its message is stopped below.
    CallRecipient.objects.select_for_update(no_key=True).get(pk=recipient.pk)
    newest = Answer.objects.filter(recipient=recipient).first()
    if newest and (newest.value, newest.via) == (value, via) and text in ("", newest.text):
        return newest
    kept = Answer.objects.create(recipient=recipient, value=value, text=text, via=via, by=by)
    cancel_asks(call, recipient)
    record(verb, alliance_id=call.alliance_id, by=by, thing=recipient)
    return kept
