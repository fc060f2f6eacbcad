"""A provider may refuse while another still tries; cancelling also stops what lies in reserve."""

from pathlib import Path

from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

SQL = (Path(__file__).parent / "cancel.sql").read_text(encoding="utf-8")


class Migration(migrations.Migration):
    dependencies = [
        ("messaging", "0003_calls"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="delivery",
            name="refused",
            field=models.BooleanField(default=False),
        ),
        migrations.RemoveConstraint(model_name="delivery", name="failed_says_why"),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.CheckConstraint(
                condition=Q(
                    Q(("state", "failed"), Q(("error", ""), _negated=True)),
                    Q(Q(("state", "failed"), _negated=True), ("error", ""), ("permanent", False), ("refused", False)),
                    _connector="OR",
                ),
                name="failed_says_why",
            ),
        ),
        migrations.RunSQL(SQL, migrations.RunSQL.noop),
    ]
