"""Which rows."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Count, Q

if TYPE_CHECKING:
    from .models import Alliance, Area, Invitation, Membership, Proposal, StandIn, User  # noqa: F401  (type parameters below)


DEPTHS = ("", "parent", "parent__parent", "parent__parent__parent")  # street, neighbourhood, district, city


class AreaQuerySet(models.QuerySet["Area"]):
    """Areas."""

    def coordinated_by(self, user: User) -> Self:
        """The areas that this person watches over, with everything that lies in them."""
        own = Q()
        for depth in DEPTHS:
            own |= Q(**{f"{depth}__coordinations__user".removeprefix("__"): user})
        return self.filter(own).distinct()


class AllianceQuerySet(models.QuerySet["Alliance"]):
    """Alliances."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Alliances whose content this person may see: those they are a member of now."""
        return self.filter(memberships__user=user.pk, memberships__left_at__isnull=True)

    def coordinated_by(self, user: User) -> Self:
        """Alliances in the areas that this person coordinates, at most three levels below them."""
        own = Q()
        for depth in DEPTHS:
            own |= Q(**{"__".join(part for part in ("area", depth, "coordinations__user") if part): user})
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

    def visible_to(self, user: User) -> Self:
        """Those of one's own table.

        And of tables in the areas that one coordinates, only those for the two professionals.
        """
        own = Q(alliance__memberships__user=user.pk, alliance__memberships__left_at__isnull=True)
        watched = Q(role__in=("police", "municipality"))
        areas = Q()
        for depth in DEPTHS:
            areas |= Q(
                **{"__".join(part for part in ("alliance__area", depth, "coordinations__user") if part): user.pk}
            )
        return self.filter(own | watched & areas).distinct()

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

    def visible_to(self, user: User) -> Self:
        """Those of the alliances that this person is a member of now."""
        return self.filter(alliance__memberships__user=user.pk, alliance__memberships__left_at__isnull=True)

    def running(self) -> Self:
        """Not yet decided or withdrawn."""
        return self.filter(closed_at__isnull=True)

    def ending(self) -> Self:
        """Decided: the alliance ends on a day, `until`."""
        return self.filter(kind="end", seconded_by__isnull=False, until__isnull=False)


class StandInQuerySet(models.QuerySet["StandIn"]):
    """Stand-ins."""

    def visible_to(self, user: User) -> Self:
        """Those of the alliances that this person is a member of now."""
        return self.filter(alliance__memberships__user=user.pk, alliance__memberships__left_at__isnull=True)

    def current(self) -> Self:
        """Not ended."""
        return self.filter(ended_at__isnull=True)

    def ready(self) -> Self:
        """Agreed to by the table and by the colleague: may be called."""
        return self.current().filter(agreed_at__isnull=False, accepted_at__isnull=False, user__isnull=False)
