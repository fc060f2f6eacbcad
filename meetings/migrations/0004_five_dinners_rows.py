"""The second door for everything that is planned, brought, written and agreed."""

from pathlib import Path
from typing import Any

from django.db import migrations

from meetings.school import shipped

SQL = (Path(__file__).parent / "five_dinners.sql").read_text(encoding="utf-8")


def fill_school_holidays(apps: Any, _schema_editor: Any) -> None:
    """The list that was shipped when the database was made; a newer one comes by `import_school_holidays`."""
    school_holiday = apps.get_model("meetings", "SchoolHoliday")
    school_holiday.objects.bulk_create(school_holiday(**vars(holiday)) for holiday in shipped())


class Migration(migrations.Migration):
    dependencies = [("meetings", "0003_five_dinners"), ("alliances", "0002_sign_in")]

    operations = [
        migrations.RunSQL(SQL, migrations.RunSQL.noop),
        migrations.RunPython(fill_school_holidays, migrations.RunPython.noop),
    ]
