"""The second door for meetings and themes, and the categories to start with."""

from pathlib import Path
from typing import Any

from django.db import migrations

SQL = (Path(__file__).parent / "row_security.sql").read_text(encoding="utf-8")
CATEGORIES = [
    ("Overlast van jongeren", "Youth nuisance"),
    ("Criminaliteit", "Crime"),
    ("Discriminatie", "Discrimination"),
    ("Polarisatie", "Polarisation"),
    ("Radicalisering", "Radicalisation"),
    ("Komst van een voorziening", "The coming of a facility"),
    ("Leefomgeving", "Living environment"),
    ("Iets anders", "Something else"),
]


def first_categories(apps: Any, schema_editor: Any) -> None:
    category = apps.get_model("meetings", "ThemeCategory")
    category.objects.using(schema_editor.connection.alias).bulk_create(
        category(name_nl=nl, name_en=en, order=order) for order, (nl, en) in enumerate(CATEGORIES)
    )


class Migration(migrations.Migration):
    dependencies = [("meetings", "0001_initial"), ("alliances", "0002_sign_in")]

    operations = [
        migrations.RunSQL(SQL, migrations.RunSQL.noop),
        migrations.RunPython(first_categories, migrations.RunPython.noop),
    ]
