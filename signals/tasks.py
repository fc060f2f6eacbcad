"""What runs in the background."""

from celery import shared_task

from signals.actions import take_due_steps


@shared_task(name="signals.tasks.take_steps", ignore_result=True)
def take_steps() -> None:
    """Take the steps of calls that are due."""
    take_due_steps()
