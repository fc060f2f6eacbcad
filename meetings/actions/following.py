"""The address at which somebody's own calendar looks: one a person, secret, and gone when they say so."""

from uuid import uuid4

from django.db import transaction

from alliances import tokens
from alliances.models import User
from meetings.models import CalendarFeed


@transaction.atomic
def new_feed(*, user: User) -> CalendarFeed:
    """Give a person an address for their calendar. One that they had is dead from here on. Two at once: one stays."""
    made = CalendarFeed(user=user, uuid=uuid4())
    made.token_hash = tokens.fingerprint(made.token)
    kept, _new = CalendarFeed.objects.update_or_create(
        user=user, defaults={"uuid": made.uuid, "token_hash": made.token_hash}
    )
    return kept


@transaction.atomic
def end_feed(*, user: User) -> None:
    """No calendar looks here any more."""
    CalendarFeed.objects.filter(user=user).delete()
