"""What a coordinator says of themselves."""

from django.db import transaction

from alliances.models import Coordination, User
from alliances.policy import require


@transaction.atomic
def set_duty(*, coordination: Coordination, on_duty: bool, by: User) -> None:
    """Be told, in numbers only, when a table in this area calls and chose for it; or not any more.

    Only for oneself: nobody puts another on duty.
    """
    require(coordination.user_id == by.pk)
    coordination.on_duty = on_duty
    coordination.save(update_fields=["on_duty"])
