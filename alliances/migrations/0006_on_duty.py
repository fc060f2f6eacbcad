"""Coordinators themselves say whether they are on duty."""

from pathlib import Path

from django.db import migrations

SQL = (Path(__file__).parent / "on_duty.sql").read_text(encoding="utf-8")


class Migration(migrations.Migration):
    dependencies = [
        ("alliances", "0005_standing_in"),
    ]

    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]
