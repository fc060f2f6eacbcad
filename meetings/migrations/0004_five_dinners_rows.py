"""The second door for everything that is planned, brought, written and agreed."""

from pathlib import Path

from django.db import migrations

SQL = (Path(__file__).parent / "five_dinners.sql").read_text(encoding="utf-8")


class Migration(migrations.Migration):
    dependencies = [("meetings", "0003_five_dinners"), ("alliances", "0002_sign_in")]

    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]
