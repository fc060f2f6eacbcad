"""What an evening must still be told of, and what each member was told last."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("meetings", "0004_five_dinners_rows"),
    ]

    operations = [
        migrations.AddField(
            model_name="attendance",
            name="told_ends_at",
            field=models.DateTimeField(editable=False, help_text="Empty before the first message.", null=True),
        ),
        migrations.AddField(
            model_name="attendance",
            name="told_place",
            field=models.CharField(blank=True, editable=False, max_length=160),
        ),
        migrations.AddField(
            model_name="meeting",
            name="changed_at",
            field=models.DateTimeField(
                editable=False,
                help_text="When the place or the end changed, until everybody heard who must.",
                null=True,
            ),
        ),
    ]
