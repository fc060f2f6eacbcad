"""An invitation: the link by which one person joins one seat."""

import uuid

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from alliances import tokens
from alliances.querysets import InvitationQuerySet

from .alliance import Alliance
from .people import Role, User


class Invitation(models.Model):
    """For one role, one link, fourteen days. An open invitation takes a seat.

    The link's token is derived from the secret key, this row and `serial`; the row keeps only its fingerprint.
    Renewing raises `serial`, which kills the old link.
    """

    class State(models.TextChoices):
        SENT = "sent", _("sent")
        OPENED = "opened", _("opened")
        JOINED = "joined", _("joined")
        DECLINED = "declined", _("declined")
        REVOKED = "revoked", _("revoked")
        EXPIRED = "expired", _("expired")

    class Way(models.TextChoices):
        MAIL = "mail", _("by mail")
        SMS = "sms", _("by text message")
        LINK = "link", _("I share the link myself")
        LETTER = "letter", _("by letter, on paper")

    OPEN = (State.SENT, State.OPENED)

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    alliance = models.ForeignKey(Alliance, models.CASCADE, related_name="invitations")
    role = models.CharField(_("role"), max_length=16, choices=Role)
    name = models.CharField(_("name"), max_length=60, help_text=_("What you call this person."))
    way = models.CharField(_("how"), max_length=8, choices=Way)
    address = models.CharField(_("address"), max_length=254, blank=True)
    invited_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("invited by"))
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.SENT)
    serial = models.PositiveSmallIntegerField(default=0, editable=False)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(_("sent"))
    opened_at = models.DateTimeField(_("opened"), null=True, blank=True)
    ended_at = models.DateTimeField(_("answered or ended"), null=True, blank=True)
    expires_at = models.DateTimeField(_("works until"))

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("invitation"), _("invitations")
        ordering = ["-sent_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["sent", "opened"], ended_at__isnull=True)
                | ~models.Q(state__in=["sent", "opened"]) & models.Q(ended_at__isnull=False),
                name="invitation_ended_at",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} {self.uuid}"

    @property
    def is_open(self) -> bool:
        """Whether the state still allows joining; whether the fourteen days are over is for `usable(at)` to say."""
        return self.state in self.OPEN

    @property
    def token(self) -> str:
        """The secret part of the link as it works now."""
        return tokens.derive("invitation", self.uuid, self.serial)

    @property
    def path(self) -> str:
        """The link without the site's address."""
        return reverse("alliances:join", args=[self.token])
