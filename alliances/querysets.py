"""Which rows."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Count, Q

if TYPE_CHECKING:
    from .models import Alliance, Invitation, Membership, Proposal, User  # noqa: F401  (type parameters below)


class AllianceQuerySet(models.QuerySet["Alliance"]):
    """Alliances."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Alliances whose content this person may see: those they are a member of now."""
        return self.filter(memberships__user=user.pk, memberships__left_at__isnull=True)

    def coordinated_by(self, user: User) -> Self:
        """Alliances in the areas that this person coordinates, at most three levels below them."""
        own = Q()
        for depth in ("area", "area__parent", "area__parent__parent", "area__parent__parent__parent"):
            own |= Q(**{f"{depth}__coordinations__user": user})
        return self.filter(own).distinct()

    def with_counts(self) -> Self:
        """Add `members`: how many people sit at the table now."""
        return self.annotate(members=Count("memberships", filter=Q(memberships__left_at__isnull=True), distinct=True))


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Members."""

    def active(self) -> Self:
        """Members who have a seat now, paused ones too."""
        return self.filter(left_at__isnull=True)

    def of(self, user: User | AnonymousUser) -> Self:
        """The seats that this person has now."""
        return self.active().filter(user=user.pk)

    def at_hand(self, on: datetime) -> Self:
        """Members who take part at a moment: seated and not pausing."""
        return self.active().filter(Q(paused_until__isnull=True) | Q(paused_until__lte=on.date()))


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """Invitations."""

    def open(self) -> Self:
        """Sent or opened, not yet answered or ended."""
        return self.filter(state__in=("sent", "opened"))

    def usable(self, at: datetime) -> Self:
        """Open, and within the fourteen days."""
        return self.open().filter(expires_at__gt=at)

    def overdue(self, at: datetime) -> Self:
        """Open, but the fourteen days are over."""
        return self.open().filter(expires_at__lte=at)


class ProposalQuerySet(models.QuerySet["Proposal"]):
    """Proposals."""

    def running(self) -> Self:
        """Not yet decided or withdrawn."""
        return self.filter(closed_at__isnull=True)
