"""What runs in the background."""

from celery import shared_task

from messaging.replies import register_reader
from messaging.sweep import look_too
from signals.actions import take_due_steps, take_reply
from signals.actions.calling import CALL_STEPS


@shared_task(name="signals.tasks.take_steps", ignore_result=True)
def take_steps() -> None:
    """Watch over running calls, and take the steps that are due."""
    take_due_steps()


# Two bells: an answer and beat ring, and without broker or beat the workers' own clocks look too.
look_too(CALL_STEPS, take_steps)
register_reader(take_reply)
