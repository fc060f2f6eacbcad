"""Decisions that an alliance takes by itself: two members of different roles decide together."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from alliances.querysets import ProposalQuerySet

from .alliance import Alliance, Membership


class Proposal(models.Model):
    """Pausing, ending, or asking somebody to leave. Binding once a second member, of another role, agrees.

    Who is asked to leave is heard first: a second member can agree only after an answer, or from `heard_from` on.
    """

    class Kind(models.TextChoices):
        PAUSE = "pause", _("pause the alliance")
        END = "end", _("end the alliance")
        REMOVE = "remove", _("ask somebody to leave")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    alliance = models.ForeignKey(Alliance, models.CASCADE, related_name="proposals")
    kind = models.CharField(max_length=8, choices=Kind)
    about = models.ForeignKey(Membership, models.CASCADE, null=True, related_name="proposals_about")
    until = models.DateField(_("until"), null=True, blank=True)
    reason = models.TextField(_("why"), blank=True, max_length=500)
    proposed_by = models.ForeignKey(Membership, models.CASCADE, related_name="+")
    proposed_at = models.DateTimeField(auto_now_add=True)
    heard_from = models.DateTimeField(null=True)
    answer = models.TextField(_("answer"), blank=True, max_length=1000)
    answered_at = models.DateTimeField(null=True)
    seconded_by = models.ForeignKey(Membership, models.CASCADE, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)

    objects = ProposalQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("proposal"), _("proposals")
        ordering = ["-proposed_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind="remove", about__isnull=False, heard_from__isnull=False)
                | ~models.Q(kind="remove") & models.Q(about__isnull=True),
                name="proposal_about",
            ),
            models.CheckConstraint(
                condition=models.Q(seconded_by__isnull=True)
                | ~models.Q(seconded_by=models.F("proposed_by")) & models.Q(closed_at__isnull=False),
                name="proposal_takes_two",
            ),
            models.UniqueConstraint(
                fields=["alliance", "kind", "about"],
                condition=models.Q(closed_at__isnull=True),
                nulls_distinct=False,
                name="proposal_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.uuid}"
