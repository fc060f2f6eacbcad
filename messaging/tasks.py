"""What runs in the background."""

from celery import shared_task

from messaging.actions import deliver_due, read_incoming
from messaging.actions.receive import INCOMING
from messaging.models import Channel
from messaging.sweep import look_now, look_too, wake


@shared_task(name="messaging.tasks.deliver", ignore_result=True)
def deliver(name: str) -> None:
    """The bell rang for this channel, or for what `look_too` brought: wake the threads of this worker's clock, or do it
    from here if it has none.
    """
    if wake(name):
        return
    if name in Channel.values:
        deliver_due(name)
    else:
        look_now(name)


look_too(INCOMING, read_incoming)
