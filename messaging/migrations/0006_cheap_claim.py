"""The index of the claim, so that claiming changes none; and one index less: attempts are kept apart by payload."""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

SQL = (Path(__file__).parent / "cheap_claim.sql").read_text(encoding="utf-8")
BACK = """
drop index delivery_claim;
alter table messaging_delivery drop column is_open;
alter table messaging_delivery reset (fillfactor);
"""


class Migration(migrations.Migration):
    dependencies = [("messaging", "0005_spoken")]

    operations = [
        migrations.RemoveIndex(model_name="delivery", name="delivery_claim"),
        migrations.AlterField(
            model_name="delivery",
            name="payload",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="deliveries",
                to="messaging.payload",
            ),
        ),
        migrations.RunSQL(SQL, BACK),
    ]
