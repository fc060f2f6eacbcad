"""The alliance (bondgenootschap), its members and the house rules that they accepted."""

import uuid

from django.db import models
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from alliances.querysets import AllianceQuerySet, MembershipQuerySet

from .people import Role, User
from .places import Area

SEATS = 10


class HouseRules(models.Model):
    """One version of the eight rules, one rule a line. A membership remembers which version it accepted."""

    version = models.PositiveSmallIntegerField(_("version"), unique=True)
    text_nl = models.TextField(_("Dutch text"), help_text=_("One rule on each line."))
    text_en = models.TextField(_("English text"), help_text=_("One rule on each line."))
    published_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name, verbose_name_plural = _("house rules"), _("house rules")
        ordering = ["-version"]

    def __str__(self) -> str:
        return f"{self.version}"

    @property
    def rules(self) -> list[str]:
        """The rules in the language of the reader."""
        text = self.text_en if (get_language() or "").startswith("en") else self.text_nl
        return [line.strip() for line in text.splitlines() if line.strip()]


class Alliance(models.Model):
    """At most ten members who share one goal: a safe neighbourhood. Nobody chairs it.

    The ten seats, the one police and the one municipal seat are held by a trigger in the database,
    open invitations counted (migration 0001).
    """

    class State(models.TextChoices):
        FORMING = "forming", _("forming")
        ACTIVE = "active", _("active")
        PAUSED = "paused", _("paused")
        ENDED = "ended", _("ended")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    area = models.ForeignKey(Area, models.PROTECT, related_name="alliances", verbose_name=_("area"))
    name = models.CharField(_("name"), max_length=80, help_text=_("Short: the name of the street or neighbourhood."))
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.FORMING)
    paused_until = models.DateField(_("paused until"), null=True, blank=True)
    founded_at = models.DateTimeField(_("founded"), auto_now_add=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True, editable=False)

    objects = AllianceQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("alliance"), _("alliances")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="ended", ended_at__isnull=False)
                | ~models.Q(state="ended") & models.Q(ended_at__isnull=True),
                name="alliance_ended_at",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def works(self) -> bool:
        """Whether meetings, reminders and calls go on: not while paused, not after the end."""
        return self.state in (self.State.FORMING, self.State.ACTIVE)


class Membership(models.Model):
    """Somebody's seat at the table, from joining to leaving.

    History stays; the name goes if the person asks (then `user` is empty).
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    alliance = models.ForeignKey(Alliance, models.PROTECT, related_name="memberships")
    user = models.ForeignKey(User, models.SET_NULL, null=True, related_name="memberships", verbose_name=_("person"))
    role = models.CharField(_("role"), max_length=16, choices=Role)
    joined_at = models.DateTimeField(_("joined"), auto_now_add=True)
    left_at = models.DateTimeField(_("left"), null=True, blank=True)
    paused_until = models.DateField(_("paused until"), null=True, blank=True)
    house_rules = models.ForeignKey(HouseRules, models.PROTECT, related_name="+", verbose_name=_("house rules"))
    pledged_at = models.DateTimeField(_("accepted the house rules"))

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("member"), _("members")
        ordering = ["joined_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["alliance", "user"], condition=models.Q(left_at__isnull=True), name="member_once"
            ),
            models.UniqueConstraint(
                fields=["alliance"],
                condition=models.Q(left_at__isnull=True, role="police"),
                name="one_police_member",
            ),
            models.UniqueConstraint(
                fields=["alliance"],
                condition=models.Q(left_at__isnull=True, role="municipality"),
                name="one_municipal_member",
            ),
            models.CheckConstraint(
                condition=models.Q(left_at__isnull=False) | models.Q(user__isnull=False),
                name="nameless_only_after_leaving",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} {self.uuid}"

    @property
    def on_break(self) -> bool:
        """Whether nothing is sent to this member today."""
        return self.paused_until is not None and self.paused_until > timezone.localdate()

    @property
    def name(self) -> str:
        """What the others call this member; a plain word for who left and asked to be forgotten."""
        return self.user.name if self.user else str(_("a former member"))
