"""Themes with what their turn depends on, read in one query: points, waiting, and whether who raised it was heard."""

from datetime import datetime

from django.db.models import Count, F, Model, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from alliances.models import Membership

from .models import Discussion, Meeting, ThemePoint
from .querysets import ThemeQuerySet


def with_turns(
    themes: ThemeQuerySet, meeting: Meeting | None, at: datetime, *, reader: Membership | None = None
) -> ThemeQuerySet:
    """The same themes for `order.ordered`, with `points_given` for this evening (of who still has a seat),
    `passed_over`, `raiser_heard` and `raiser_role`; with a reader also `points_mine`. No query more.

    meeting: whose points count; None while no evening is planned. at: evenings that ended before it passed by.
    """
    points = ThemePoint.objects.filter(theme=OuterRef("pk"), meeting=meeting, membership__left_at__isnull=True)
    held = Meeting.objects.filter(
        alliance=OuterRef("alliance"), state=Meeting.State.PLANNED, ends_at__lte=at, ends_at__gt=OuterRef("waits_since")
    ).exclude(kind=Meeting.Kind.URGENT)
    heard = Discussion.objects.filter(theme__raised_by=OuterRef("raised_by"))
    mine = points.filter(membership=reader)
    return themes.annotate(
        raiser_role=F("raised_by__role"),
        points_given=_number(points, "theme"),
        points_mine=_number(mine, "theme"),
        passed_over=_number(held, "alliance"),
        raiser_heard=_number(heard, "theme__raised_by"),
    )


def spent(meeting: Meeting, member: Membership) -> int:
    """How many of the three points a member gave for an evening. One query."""
    return ThemePoint.objects.filter(meeting=meeting, membership=member).count()


def _number(rows: "QuerySet[Model]", by: str) -> Coalesce:
    """How many rows: of a subquery that is narrowed to one `by`."""
    counted = rows.order_by().values(by).annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted), 0)
