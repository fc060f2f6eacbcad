"""School holidays come in from a list; nobody types them."""

from collections.abc import Iterable

from django.db import transaction

from meetings.models import SchoolHoliday
from meetings.school import Holiday


@transaction.atomic
def import_school_holidays(holidays: Iterable[Holiday]) -> int:
    """Add what is new and follow what changed; nothing is removed. How many there were in the list.

    No member does this and no alliance has it in its journal: the dates are the same for everybody.
    """
    rows = [
        SchoolHoliday(
            region=holiday.region,
            name=holiday.name,
            first_day=holiday.first_day,
            last_day=holiday.last_day,
            source=holiday.source,
        )
        for holiday in holidays
    ]
    SchoolHoliday.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["region", "first_day"],
        update_fields=["name", "last_day", "source"],
    )
    return len(rows)
