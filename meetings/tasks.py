"""What runs in the background."""

import logging

from celery import shared_task
from django.utils import timezone

from messaging.replies import register_reader

from .actions import remind, take_reply
from .models import Meeting
from .timing import LONGEST

logger = logging.getLogger(__name__)


@shared_task
def send_reminders() -> int:
    """Write the reminders that are due and not yet told; returns how many. One meeting that fails stops no other."""
    at = timezone.now()
    told = 0
    for meeting_id in (
        Meeting.objects.to_remind(at, until=at + LONGEST).order_by("starts_at").values_list("pk", flat=True)
    ):
        try:
            told += remind(meeting_id=meeting_id, at=at)
        except Exception:  # the row stays due: the next round tries again
            logger.exception("No reminders for meeting %s", meeting_id)
    return told


register_reader(take_reply)
