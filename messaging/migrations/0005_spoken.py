"""The one door through which the web reads what a phone call says."""

from pathlib import Path

from django.db import migrations

SQL = (Path(__file__).parent / "spoken.sql").read_text(encoding="utf-8")


class Migration(migrations.Migration):
    dependencies = [("messaging", "0004_engine")]

    operations = [migrations.RunSQL(SQL, "drop function messaging_spoken(uuid)")]
