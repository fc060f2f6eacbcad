"""Since when a theme waits; of those that are there already: since they were brought in."""

import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("meetings", "0005_changed_evenings"),
    ]

    operations = [
        migrations.AddField(
            model_name="theme",
            name="waits_since",
            field=models.DateTimeField(default=django.utils.timezone.now, editable=False),
        ),
        migrations.RunSQL("update meetings_theme set waits_since = created_at", migrations.RunSQL.noop),
    ]
