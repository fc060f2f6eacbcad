"""The date poll (datumprikker): which moment suits?"""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from alliances import tokens
from alliances.models import Membership
from meetings.querysets import DatePollQuerySet

from .planning import Meeting


class DatePoll(models.Model):
    """Moments for one meeting. It closes by itself at `closes_at`, or by a member; then the meeting moves there."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="polls")
    made_by = models.ForeignKey(Membership, models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    closes_at = models.DateTimeField(_("closes"))
    closed_at = models.DateTimeField(null=True)
    chosen = models.ForeignKey("PollMoment", models.SET_NULL, null=True, related_name="+")

    objects = DatePollQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("date poll"), _("date polls")
        constraints = [
            models.UniqueConstraint(
                fields=["meeting"], condition=models.Q(closed_at__isnull=True), name="one_open_poll"
            ),
            models.CheckConstraint(
                condition=models.Q(chosen__isnull=True) | models.Q(closed_at__isnull=False),
                name="chosen_is_closed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.made_at:%Y-%m-%d}"


class PollMoment(models.Model):
    """One moment that may suit. Stored in UTC, meant in Europe/Amsterdam."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    poll = models.ForeignKey(DatePoll, models.CASCADE, related_name="moments")
    starts_at = models.DateTimeField(_("begins"))
    ends_at = models.DateTimeField(_("ends"))

    class Meta:
        ordering = ["starts_at"]
        constraints = [
            models.UniqueConstraint(fields=["poll", "starts_at"], name="each_moment_once"),
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")), name="moment_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d}"


class PollSeat(models.Model):
    """One member's part in a poll, with the link by which they answer without signing in."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    poll = models.ForeignKey(DatePoll, models.CASCADE, related_name="seats")
    membership = models.ForeignKey(Membership, models.CASCADE, related_name="poll_seats")
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["poll", "membership"], name="one_part_in_a_poll")]

    def __str__(self) -> str:
        return f"{self.poll_id}"

    @property
    def token(self) -> str:
        """The secret part of the link."""
        return tokens.derive("poll", self.uuid)


class PollVote(models.Model):
    """What one member says of one moment."""

    class Value(models.TextChoices):
        YES = "yes", _("Yes")
        IF_NEED_BE = "perhaps", _("If need be")
        NO = "no", _("No")

    seat = models.ForeignKey(PollSeat, models.CASCADE, related_name="votes")
    moment = models.ForeignKey(PollMoment, models.CASCADE, related_name="votes")
    value = models.CharField(max_length=7, choices=Value)
    at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["seat", "moment"], name="one_vote_a_moment")]

    def __str__(self) -> str:
        return self.value
