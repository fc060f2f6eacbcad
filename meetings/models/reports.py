"""The report of an evening: five lines, open to correction for seven days, then final."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from alliances.models import Membership

from .planning import Meeting


class Report(models.Model):
    """Five lines. Not shared yet while `shared_at` is empty; final after `final_at`, and the database keeps it so."""

    class Line(models.TextChoices):
        DISCUSSED = "discussed", _("What we talked about")
        AGREED = "agreed", _("What we agreed")
        WHO = "who", _("Who does what")
        OUTSIDE = "outside", _("What we tell outside")
        NEXT = "next", _("Next time")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    meeting = models.OneToOneField(Meeting, models.CASCADE, related_name="report")
    discussed = models.TextField(Line.DISCUSSED.label, max_length=600, blank=True)
    agreed = models.TextField(Line.AGREED.label, max_length=600, blank=True)
    who = models.TextField(Line.WHO.label, max_length=600, blank=True)
    outside = models.TextField(Line.OUTSIDE.label, max_length=600, blank=True)
    next = models.TextField(Line.NEXT.label, max_length=600, blank=True)
    written_by = models.ForeignKey(Membership, models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    shared_at = models.DateTimeField(null=True)
    final_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name, verbose_name_plural = _("report"), _("reports")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(shared_at__isnull=True, final_at__isnull=True)
                | models.Q(shared_at__isnull=False, final_at__gt=models.F("shared_at")),
                name="report_final_after_shared",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.made_at:%Y-%m-%d}"


class Correction(models.Model):
    """A line bettered by somebody: the old words stay readable. Append-only."""

    report = models.ForeignKey(Report, models.CASCADE, related_name="corrections")
    line = models.CharField(max_length=9, choices=Report.Line)
    before = models.TextField(max_length=600, blank=True)
    after = models.TextField(max_length=600, blank=True)
    by = models.ForeignKey(Membership, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["at"]

    def __str__(self) -> str:
        return self.line


class ReportYes(models.Model):
    """Somebody who was there says that the report is right."""

    report = models.ForeignKey(Report, models.CASCADE, related_name="yeses")
    membership = models.ForeignKey(Membership, models.CASCADE, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["report", "membership"], name="one_yes_each")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d}"
