"""What runs in the background."""

from celery import shared_task

from messaging.actions import deliver_due
from messaging.sweep import wake


@shared_task(name="messaging.tasks.deliver", ignore_result=True)
def deliver(channel: str) -> None:
    """The bell rang for this channel: wake the threads of this worker's clock, or send from here if it has none."""
    if not wake(channel):
        deliver_due(channel)
