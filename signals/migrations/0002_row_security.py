"""The second door for signals and calls."""

from pathlib import Path

from django.db import migrations

SQL = (Path(__file__).parent / "row_security.sql").read_text(encoding="utf-8")


class Migration(migrations.Migration):
    dependencies = [("signals", "0001_initial"), ("meetings", "0002_row_security")]

    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]
