"""Which rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery
from django.db.models.functions import Now

from messaging.models import Channel, ContactPoint

if TYPE_CHECKING:
    from alliances.models import User

    from .models import Answer, Call, CallReach, CallRecipient, CallStep, TensionSignal  # noqa: F401  (type parameters below)


def _members_only(user: User | AnonymousUser) -> Q:
    return Q(alliance__memberships__user=user.pk, alliance__memberships__left_at__isnull=True)


class SignalQuerySet(models.QuerySet["TensionSignal"]):
    """Tension signals."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Signals of alliances in which this person has a seat."""
        return self.filter(_members_only(user))

    def real(self) -> Self:
        """What really happened: not of a practice evening."""
        return self.filter(practice=False)

    def open(self) -> Self:
        """What waits for what is done with it: real, neither closed nor withdrawn."""
        return self.real().filter(closed_at__isnull=True, withdrawn_at__isnull=True)


class CallQuerySet(models.QuerySet["Call"]):
    """Calls."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Calls of alliances in which this person has a seat."""
        return self.filter(_members_only(user))

    def running(self) -> Self:
        """Not stopped or closed."""
        return self.filter(state="running")


class RecipientQuerySet(models.QuerySet["CallRecipient"]):
    """People who are called."""

    def with_answer(self) -> Self:
        """Add `answer`, `answer_text`, `answered_at` and `via` of the newest answer (empty when silent)."""
        from_newest = self.model.answers.field.model.objects.filter(recipient=OuterRef("pk")).order_by("-at", "-id")  # type: ignore[attr-defined]
        return self.annotate(
            answer=Subquery(from_newest.values("value")[:1]),
            answer_text=Subquery(from_newest.values("text")[:1]),
            answered_at=Subquery(from_newest.values("at")[:1]),
            via=Subquery(from_newest.values("via")[:1]),
        )

    def called(self) -> Self:
        """Those who are asked by now: a stand-in in reserve is not."""
        return self.filter(called_at__isnull=False)

    def silent(self) -> Self:
        """Those who are asked, still have a seat, and have not answered at all."""
        return self.seated().called().filter(answers__isnull=True)

    def seated(self) -> Self:
        """Those who still have a seat, and stand-ins: who leaves during a call is asked nothing more."""
        return self.filter(Q(membership__left_at__isnull=True) | Q(stands_in=True))

    def of(self, user: User | int) -> Self:
        """The rows of one person: on their own seats, and where they stand in."""
        key = user if isinstance(user, int) else user.pk
        return self.filter(Q(stands_in=False, membership__user=key) | Q(stands_in=True, stand_in__user=key))


class ReachQuerySet(models.QuerySet["CallReach"]):
    """Where people are reached during a call."""

    def usable(self) -> Self:
        """Without the numbers from which STOP was texted since they were frozen."""
        stopped = ContactPoint.objects.filter(address=OuterRef("address"), stopped_at__isnull=False)
        return self.exclude(Q(channel=Channel.SMS) & Exists(stopped))


class StepQuerySet(models.QuerySet["CallStep"]):
    """Steps of ladders."""

    def due(self) -> Self:
        """Steps whose time has come by the database's clock, of calls that still run and lack people."""
        return self.filter(state="due", due_at__lte=Now(), call__state="running", call__enough_at__isnull=True)


class AnswerQuerySet(models.QuerySet["Answer"]):
    """Answers."""
