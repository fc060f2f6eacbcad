"""Row-level security of messaging, in plain SQL next to this file. The roles `web` and `worker` exist: provisioning makes them."""

from pathlib import Path

from django.conf import settings
from django.db import migrations

SQL = (Path(__file__).parent / "row_security.sql").read_text(encoding="utf-8")
BACK = """
drop function messaging_overdue(integer);
drop function messaging_cancel(uuid, text[], bigint);
drop function messaging_reach(bigint);
drop policy everybody_looks on messaging_workerseen;
drop policy with_its_message on messaging_delivery;
drop policy staff_reads on messaging_message;
drop policy own_messages on messaging_message;
drop policy anyone_posts on messaging_delivery;
drop policy anyone_posts on messaging_payload;
drop policy anyone_posts on messaging_message;
drop policy own_points on messaging_contactpoint;
drop policy worker_all on messaging_workerseen;
drop policy worker_all on messaging_delivery;
drop policy worker_all on messaging_payload;
drop policy worker_all on messaging_message;
drop policy worker_all on messaging_contactpoint;
alter table messaging_workerseen   disable row level security;
alter table messaging_delivery     disable row level security;
alter table messaging_payload      disable row level security;
alter table messaging_message      disable row level security;
alter table messaging_contactpoint disable row level security;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("messaging", "0001_initial"),
        migrations.swappable_dependency(
            settings.AUTH_USER_MODEL
        ),  # its first migration makes app_user() and app_staff()
    ]

    operations = [migrations.RunSQL(SQL, BACK)]
