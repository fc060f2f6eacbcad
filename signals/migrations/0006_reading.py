"""What the page of a call asks of the database: its version, receipts, and the language of who is behind a link."""

from pathlib import Path

from django.db import migrations

SQL = (Path(__file__).parent / "reading.sql").read_text(encoding="utf-8")
BACK = "drop function signals_pulse(uuid), signals_receipts(uuid), app_called_language()"


class Migration(migrations.Migration):
    dependencies = [("signals", "0005_watch"), ("messaging", "0003_calls")]

    operations = [migrations.RunSQL(SQL, BACK)]
