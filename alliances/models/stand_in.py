"""A stand-in: a colleague who comes when the professional of a table cannot. No eleventh member."""

import uuid

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from alliances import tokens
from alliances.querysets import StandInQuerySet

from .alliance import Alliance, Membership
from .people import Role, User


class StandIn(models.Model):
    """Named by the professional, agreed to by a member of another role and by the colleague: only then called.

    Sees the practical page of a call and no content.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    alliance = models.ForeignKey(Alliance, models.CASCADE, related_name="stand_ins")
    role = models.CharField(
        _("for"),
        max_length=16,
        choices=[(Role.POLICE.value, Role.POLICE.label), (Role.MUNICIPALITY.value, Role.MUNICIPALITY.label)],
    )
    user = models.ForeignKey(User, models.SET_NULL, null=True, related_name="stands_in")
    name = models.CharField(_("name"), max_length=60)
    address = models.CharField(_("mail address or mobile number"), max_length=254, blank=True)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    named_by = models.ForeignKey(Membership, models.SET_NULL, null=True, related_name="+")
    named_at = models.DateTimeField(auto_now_add=True)
    agreed_by = models.ForeignKey(Membership, models.SET_NULL, null=True, related_name="+")
    agreed_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = StandInQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("stand-in"), _("stand-ins")
        ordering = ["role", "-named_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["alliance", "role"], condition=models.Q(ended_at__isnull=True), name="one_stand_in_a_role"
            ),
            models.CheckConstraint(condition=models.Q(role__in=["police", "municipality"]), name="stand_in_role"),
            models.CheckConstraint(
                condition=models.Q(accepted_at__isnull=True)
                | models.Q(user__isnull=False)
                | models.Q(ended_at__isnull=False),
                name="stand_in_who_accepted",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} {self.uuid}"

    @property
    def token(self) -> str:
        """The secret part of the link by which the colleague says yes."""
        return tokens.derive("stand-in", self.uuid)

    @property
    def path(self) -> str:
        """The link without the site's address."""
        return reverse("alliances:stand-in-asked", args=[self.token])

    @property
    def ready(self) -> bool:
        """Whether this person is called when the member cannot."""
        return bool(self.accepted_at and self.agreed_at and self.user_id and not self.ended_at)
