"""Which rows."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Count, Q

if TYPE_CHECKING:
    from alliances.models import User

    from .models import Attendance, Meeting, Theme  # noqa: F401  (type parameters below)


def _members_only(user: User | AnonymousUser, path: str) -> Q:
    return Q(**{f"{path}memberships__user": user.pk, f"{path}memberships__left_at__isnull": True})


class MeetingQuerySet(models.QuerySet["Meeting"]):
    """Meetings."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Meetings of alliances in which this person has a seat."""
        return self.filter(_members_only(user, "alliance__"))

    def planned(self) -> Self:
        """Not cancelled."""
        return self.filter(state="planned")

    def coming_up(self, at: datetime) -> Self:
        """Planned and not over, the next one first."""
        return self.planned().filter(ends_at__gt=at).order_by("starts_at")

    def with_counts(self) -> Self:
        """Add `coming` and `perhaps`: how many members said so."""
        return self.annotate(
            coming=Count("attendances", filter=Q(attendances__answer="coming", attendances__membership__left_at__isnull=True)),
            perhaps=Count("attendances", filter=Q(attendances__answer="perhaps", attendances__membership__left_at__isnull=True)),
        )


class AttendanceQuerySet(models.QuerySet["Attendance"]):
    """Answers to "are you coming?"."""

    def of_members(self) -> Self:
        """Of those who still have a seat."""
        return self.filter(membership__left_at__isnull=True)


class ThemeQuerySet(models.QuerySet["Theme"]):
    """Themes."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Themes of alliances in which this person has a seat."""
        return self.filter(_members_only(user, "alliance__"))

    def open(self) -> Self:
        """Proposed, on the agenda or discussed: not resting."""
        return self.exclude(state="resting")
