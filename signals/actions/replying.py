"""What people text back, and the keys they press: an answer to the newest call that asked them, or words beside it."""

from django.db import transaction
from django.db.models import Case, Q, Value, When
from django.db.models.functions import Now

from messaging.models import Incoming, Payload
from signals.models import Answer, Call, CallRecipient, Remark
from signals.reading import parse, shortened
from signals.timing import ANSWERS_UNTIL

from .answering import answer

Outcome = Incoming.Outcome


@transaction.atomic
def take_reply(incoming: Incoming) -> Incoming.Outcome | None:
    """Keep what came in as an answer, else as a remark. None when no call asked this person (running, or over for less
    than a week: then it shows as late). Read twice, it is kept once. For the worker.

    A key belongs to the call that was spoken of; a text message to the newest that asked, a running one before others.
    """
    if incoming.user_id is None:
        return None
    recipient = _asked(incoming, incoming.user_id)
    if recipient is None:
        return None
    value, words = parse(incoming.text, recipient.call.level)
    if value is None:
        _remark(recipient, incoming)
        return Outcome.REMARK
    via = Answer.Via.VOICE if incoming.kind == Incoming.Kind.KEY else Answer.Via.SMS
    text = shortened(words)
    answer(recipient=recipient, value=value, via=via, by=recipient.speaker, text=text, incoming=incoming)
    if text != words:
        _remark(recipient, incoming)  # the whole of it: nothing is lost
    return Outcome.ANSWER


def _asked(incoming: Incoming, user: int) -> CallRecipient | None:
    people = CallRecipient.objects.of(user).seated().called().select_related("call", "membership")
    if incoming.kind == Incoming.Kind.KEY:  # pressed during a test or a reminder, it is no answer to a call
        about = Payload.objects.filter(pk__in=[incoming.reference] if incoming.reference else []).values(
            "message__about"
        )
        return people.filter(call__uuid__in=about).first()
    lately = people.filter(Q(call__state=Call.State.RUNNING) | Q(call__ended_at__gt=Now() - ANSWERS_UNTIL))
    running = Case(When(call__state=Call.State.RUNNING, then=Value(1)), default=Value(0))
    return lately.order_by(running.desc(), "-called_at", "-pk").first()


def _remark(recipient: CallRecipient, incoming: Incoming) -> None:
    Remark.objects.get_or_create(incoming=incoming, defaults={"recipient": recipient, "text": incoming.text})
