"""What runs in the background."""

from celery import shared_task

from messaging.sweep import look_too
from signals.actions import take_due_steps


@shared_task(name="signals.tasks.take_steps", ignore_result=True)
def take_steps() -> None:
    """Take the steps of calls that are due."""
    take_due_steps()


# Two bells: beat rings the task, and without broker or beat the workers' own clocks look too.
look_too("call steps", take_steps)
