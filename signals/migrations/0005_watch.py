# Why a way was not used, the clock of answers, and what the worker's watch and the administration need of the database.

from pathlib import Path

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

SQL = (Path(__file__).parent / "watch.sql").read_text(encoding="utf-8")


class Migration(migrations.Migration):
    dependencies = [
        ("alliances", "0004_reachability"),
        ("messaging", "0003_calls"),
        ("signals", "0004_calls"),
    ]

    operations = [
        migrations.AlterField(
            model_name="callevent",
            name="why",
            field=models.CharField(
                blank=True,
                choices=[
                    ("answered", "has answered"),
                    ("no_way", "has no such number or address"),
                    ("stopped", "wants no text messages"),
                    ("waiting", "the first message still waits for the morning"),
                    ("left", "has left the table"),
                    ("nobody", "nobody was agreed on"),
                    ("off", "this way is not set up here"),
                ],
                default="",
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="answer",
            name="at",
            field=models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
        ),
        migrations.AlterField(
            model_name="answer",
            name="by",
            field=models.ForeignKey(
                help_text="Null for a stand-in, who has no seat.",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="alliances.membership",
            ),
        ),
        migrations.RunSQL(SQL, migrations.RunSQL.noop),
    ]
