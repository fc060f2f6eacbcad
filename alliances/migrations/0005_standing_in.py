"""Stand-ins: narrower rights for who holds the link, and the yes of the right people."""

from pathlib import Path

from django.db import migrations

SQL = (Path(__file__).parent / "standing_in.sql").read_text(encoding="utf-8")


class Migration(migrations.Migration):
    dependencies = [
        ("alliances", "0004_reachability"),
        ("messaging", "0003_calls"),
    ]

    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]
