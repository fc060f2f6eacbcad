"""What was told before the demo began: so that its beats tell nobody in a burst what everybody knows already."""

from datetime import timedelta

from django.utils import timezone

from alliances.models import Alliance
from meetings.actions import mind, owners_to_mind, remind, summarise
from meetings.models import Meeting
from meetings.timing import LONGEST
from messaging.models import Delivery, Message

AN_HOUR = timedelta(hours=1)


def tell_before(alliance: Alliance) -> None:
    """Write, by the actions of the beats, what fell due before today, and keep all of it as delivered yesterday.

    What falls due today is left to the beats of the running demo, but for the summary: that goes to all at once.
    """
    yesterday = timezone.now() - timedelta(days=1)
    for meeting in Meeting.objects.filter(alliance=alliance).to_remind(yesterday, until=yesterday + LONGEST):
        remind(meeting_id=meeting.pk, at=yesterday)
    for owner in owners_to_mind(yesterday):
        mind(owner_id=owner.pk, at=yesterday)
    for at in (yesterday, timezone.now()):
        summarise(at=at)
    Delivery.objects.filter(state=Delivery.State.DUE).update(
        state=Delivery.State.DELIVERED, due_at=yesterday, sent_at=yesterday, delivered_at=yesterday + AN_HOUR
    )
    Message.objects.update(created_at=yesterday - AN_HOUR)
