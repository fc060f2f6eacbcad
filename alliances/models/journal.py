"""The journal: what happened, by reference only. Never changed, never deleted: a trigger sees to it."""

import uuid

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .alliance import Alliance


class JournalEntry(models.Model):
    """Who (by reference) did what with which thing.

    No names and no typed text, so that a person can be erased elsewhere without touching it.
    """

    class Actor(models.TextChoices):
        MEMBER = "member", _("member")
        COORDINATOR = "coordinator", _("coordinator")
        STAFF = "staff", _("administrator")
        INVITED = "invited", _("invited person")
        SYSTEM = "system", _("the application")

    # Made here, not by the database: a coordinator writes lines that they may not read back (row-level security).
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    alliance = models.ForeignKey(Alliance, models.PROTECT, related_name="journal", null=True)
    at = models.DateTimeField(_("when"), default=timezone.now)
    actor_kind = models.CharField(_("who"), max_length=12, choices=Actor)
    actor = models.UUIDField(_("reference"), null=True, help_text="A membership's uuid for a member, else the user's.")
    verb = models.CharField(_("what"), max_length=40)
    object_type = models.CharField(_("of what"), max_length=40, blank=True)
    object = models.UUIDField(null=True)

    class Meta:
        verbose_name, verbose_name_plural = _("journal entry"), _("journal")
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["alliance", "-at"], name="journal_of_alliance")]

    def __str__(self) -> str:
        return f"{self.verb} {self.object_type}"
