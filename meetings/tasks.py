"""What runs in the background."""

import logging
from collections.abc import Callable
from typing import Any

from celery import shared_task
from django.db.models import QuerySet
from django.utils import timezone

from messaging.replies import register_reader

from .actions import (
    changed_meetings,
    close_due_poll,
    forget_food,
    mind,
    owners_to_mind,
    remind,
    summarise,
    take_reply,
    tell_change,
)
from .models import DatePoll, Meeting
from .timing import LONGEST

logger = logging.getLogger(__name__)


@shared_task
def send_reminders() -> int:
    """Write the reminders that are due and not yet told; returns how many. One meeting that fails stops no other."""
    at = timezone.now()
    due = Meeting.objects.to_remind(at, until=at + LONGEST).order_by("starts_at")
    return _each(due, lambda key: remind(meeting_id=key, at=at), "No reminders for meeting %s")


@shared_task
def send_changes() -> int:
    """Tell who was told of another place or end; returns how many. One meeting that fails stops no other.

    What is due as a reminder goes first: it says the new place itself.
    """
    at = timezone.now()
    return _each(
        changed_meetings(at).order_by("starts_at"),
        lambda key: remind(meeting_id=key, at=at) + tell_change(meeting_id=key, at=at),
        "No word of the change of meeting %s",
    )


@shared_task
def close_polls() -> int:
    """Close the date polls of which the time has come; returns how many. One that fails stops no other."""
    at = timezone.now()
    due = DatePoll.objects.due(at).order_by("closes_at")
    return _each(due, lambda key: close_due_poll(poll_id=key, at=at), "Date poll %s stays open")


@shared_task
def send_summaries() -> int:
    """Write the monthly summaries when they are due; returns how many."""
    return summarise(at=timezone.now())


@shared_task
def mind_owners() -> int:
    """Tell the owners of agreements whose day has come and who were not told yet; returns how many."""
    at = timezone.now()
    return _each(owners_to_mind(at).order_by("pk"), lambda key: mind(owner_id=key, at=at), "Owner %s was not told")


@shared_task
def forget_food_wishes() -> int:
    """Delete what people eat and bring of the dinners before today; returns how many rows."""
    return forget_food(at=timezone.now())


def _each(due: QuerySet[Any], act: Callable[[int], int], lost: str) -> int:
    """Act on each row, by its key, and add up what was done; one that fails is said, and stops no other."""
    done = 0
    for key in due.values_list("pk", flat=True):
        try:
            done += act(key)
        except Exception:  # the row stays due: the next round tries again
            logger.exception(lost, key)
    return done


register_reader(take_reply)
