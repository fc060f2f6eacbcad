"""Who can be reached, without where: for the members of one table."""

from pathlib import Path

from django.db import migrations

SQL = (Path(__file__).parent / "reachability.sql").read_text(encoding="utf-8")


class Migration(migrations.Migration):
    dependencies = [
        ("alliances", "0003_calls"),
        ("messaging", "0003_calls"),
    ]

    operations = [migrations.RunSQL(SQL, "drop function app_reachability(bigint)")]
