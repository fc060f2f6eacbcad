"""Lines of the journal at another moment.

The journal is append-only, also for the demo: only the owner of the tables can set its trigger aside, and only here.
"""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import connection


def redate(moments: Mapping[UUID, datetime]) -> None:
    """Give lines, by their key, another moment."""
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")  # nothing may be pending while a table changes
        cursor.execute("alter table alliances_journalentry disable trigger stays")
        cursor.executemany(
            "update alliances_journalentry set at = %s where id = %s", [(at, key) for key, at in moments.items()]
        )
        cursor.execute("alter table alliances_journalentry enable trigger stays")
