"""Which rows. Moments come from the database's clock: workers and web may run on machines whose clocks differ."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models.functions import Now

if TYPE_CHECKING:
    from messaging.models import ContactPoint, Delivery, Message, Recipient, WorkerSeen  # noqa: F401  (type parameters below)


class ContactPointQuerySet(models.QuerySet["ContactPoint"]):
    """Ways to reach people."""

    def visible_to(self, user: "Recipient") -> Self:
        """One's own; what a call list shows is decided by the apps above."""
        return self.filter(user_id=user.pk)

    def verified(self) -> Self:
        return self.filter(verified_at__isnull=False)

    def for_messages(self) -> Self:
        """Where messages may go: verified, and the person agreed."""
        return self.verified().filter(may_message=True)

    def for_call_list(self) -> Self:
        """Numbers that members may phone."""
        return self.filter(on_call_list=True)


class MessageQuerySet(models.QuerySet["Message"]):
    """Messages."""

    def visible_to(self, user: "Recipient") -> Self:
        return self.filter(user_id=user.pk)


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    """Attempts to deliver."""

    def visible_to(self, user: "Recipient") -> Self:
        return self.filter(message__user_id=user.pk)

    def about(self, about: Any) -> Self:
        """All attempts that follow from one meeting, call or invitation (its UUID)."""
        return self.filter(message__about=about)

    def overdue(self, *, seconds: int) -> Self:
        """Should have been sent this long ago and was not even tried, or hangs in a claim that ran out."""
        before = Now() - timedelta(seconds=seconds)
        return self.filter(models.Q(state="due", due_at__lt=before) | models.Q(state="claimed", lease_until__lt=before))


class WorkerSeenQuerySet(models.QuerySet["WorkerSeen"]):
    """Workers."""

    def seen_within(self, seconds: int) -> Self:
        """Workers whose clock ticked in these last seconds."""
        return self.filter(seen_at__gt=Now() - timedelta(seconds=seconds))

    def swept_within(self, seconds: int) -> Self:
        """Workers that looked at every channel in these last seconds."""
        return self.filter(swept_at__gt=Now() - timedelta(seconds=seconds))
