"""What people say back to a reminder: a key during the phone call, or a word by text message."""

import re
from datetime import timedelta

from django.db import transaction
from django.db.models.functions import Now

from alliances.policy import Refused
from meetings.models import Attendance
from messaging.models import Channel, Delivery, Incoming, Message, Payload

from .coming import answer

Outcome, Given = Incoming.Outcome, Attendance.Answer
A_DAY = timedelta(days=1)
KINDS = (
    "meeting_reminder",
    "meeting_moved",
    "meeting_changed",
    "poll_result",
)  # the messages that ask "will you come?"
KEYS = {"1": Given.COMING, "2": Given.PERHAPS, "3": Given.NOT}  # as templates/messages/meeting_reminder/voice.txt says
# Only as the whole text, in Dutch or English: whatever else somebody writes is no answer to this question.
WORDS = {
    Given.COMING: ("ja", "ja graag", "ja ik kom", "ik kom", "ja hoor", "tot dan", "yes", "yes please", "i am coming"),
    Given.PERHAPS: ("misschien", "weet ik nog niet", "ik weet het nog niet", "perhaps", "maybe"),
    Given.NOT: ("nee", "nee helaas", "helaas niet", "nee ik kan niet", "ik kan niet", "ik kom niet", "no", "sorry nee"),
}
MEANT = {word: given for given, words in WORDS.items() for word in words}


@transaction.atomic
def take_reply(incoming: Incoming) -> Incoming.Outcome | None:
    """Keep what came in as an answer to "will you come?"; None when nothing of ours asked. For the worker.

    A key belongs to the reminder that was spoken. A text message belongs to it only when a reminder is the newest that
    this person got by SMS: calls come first. What is no answer to this question is left to other readers, except a key.
    """
    if incoming.kind == Incoming.Kind.KEY:
        spoken = _spoken(incoming)
        return None if spoken is None else _keep(spoken, KEYS.get(incoming.text.strip()))
    given = meant(incoming.text)
    asked = _newest(incoming) if given else None
    return None if asked is None else _keep(asked, given)


def meant(text: str) -> str | None:
    """What a text message says to "will you come?"; None when that is not plain."""
    return MEANT.get(" ".join(re.sub(r"[\W_]+", " ", text[:100].casefold()).split()))


def _spoken(incoming: Incoming) -> Message | None:
    if incoming.reference is None:
        return None
    payload = Payload.objects.select_related("message").filter(pk=incoming.reference, message__kind__in=KINDS).first()
    return payload.message if payload else None


def _newest(incoming: Incoming) -> Message | None:
    """The last message that this person got by SMS, when it asked whether they come and no call did since yesterday."""
    if incoming.user_id is None:
        return None
    calls = Message.objects.filter(user=incoming.user_id, kind__startswith="call_", created_at__gt=Now() - A_DAY)
    if calls.exists():
        return None
    went = (Delivery.State.SENT, Delivery.State.DELIVERED)
    texted = Delivery.objects.filter(message__user=incoming.user_id, channel=Channel.SMS, state__in=went)
    last = texted.exclude(message__kind__in=("code", "test")).select_related("message").order_by("-sent_at").first()
    return last.message if last and last.message.kind in KINDS else None


def _keep(message: Message, given: str | None) -> Incoming.Outcome:
    """Keep the answer; a wrong key and an evening that is over are nothing."""
    if message.about is None or message.user_id is None or given is None:
        return Outcome.NOBODY_ASKED
    attendance = (
        Attendance.objects.select_related("meeting", "membership")
        .filter(meeting__uuid=message.about, membership__user=message.user_id, membership__left_at=None)
        .first()
    )
    if attendance is None:
        return Outcome.NOBODY_ASKED
    try:
        answer(attendance=attendance, answer=given)
    except Refused:
        return Outcome.NOBODY_ASKED
    return Outcome.ANSWER
