"""What runs in the background: small tidying, by what is due and not yet done."""

from celery import shared_task

from alliances.actions.tidying import tidy_up


@shared_task(name="alliances.tasks.tidy", ignore_result=True)
def tidy() -> None:
    """Once an hour; late or doubled harms nothing."""
    tidy_up()
