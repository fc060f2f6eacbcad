"""Which rows."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import Case, Count, Exists, F, IntegerField, OuterRef, Q, Subquery, Value, When, Window
from django.db.models.functions import JSONObject

if TYPE_CHECKING:
    from alliances.models import User

    from .models import (  # noqa: F401  (type parameters below)
        ActionPlan,
        Agreement,
        Attendance,
        DatePoll,
        JointQuestion,
        Meeting,
        TensionDate,
        Theme,
    )


def _members_only(user: User | AnonymousUser) -> Q:
    return Q(alliance__memberships__user=user.pk, alliance__memberships__left_at__isnull=True)


class MeetingQuerySet(models.QuerySet["Meeting"]):
    """Meetings."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Meetings of alliances in which this person has a seat."""
        return self.filter(_members_only(user))

    def planned(self) -> Self:
        """Not cancelled."""
        return self.filter(state="planned")

    def coming_up(self, at: datetime) -> Self:
        """Planned and not over, the next one first."""
        return self.planned().filter(ends_at__gt=at).order_by("starts_at")

    def to_remind(self, at: datetime, until: datetime) -> Self:
        """Planned, beginning after `at` and at the latest `until`, of alliances that do not pause."""
        return self.planned().filter(starts_at__gt=at, starts_at__lte=until, alliance__state__in=("forming", "active"))

    def changed(self, settled_before: datetime, begins_before: datetime) -> Self:
        """With another place or end that may not be told yet: settled by then, or too near to wait for that."""
        return self.filter(
            Q(changed_at__lte=settled_before) | Q(changed_at__isnull=False, starts_at__lte=begins_before)
        )

    def of_year(self, year: int, at: datetime) -> Self:
        """What the pages of a year show: its plan, and whatever is still to come."""
        return self.filter(Q(plan__year=year) | Q(ends_at__gt=at) | Q(plan=None, starts_at__year=year))


class AttendanceQuerySet(models.QuerySet["Attendance"]):
    """Answers to "are you coming?"."""

    def of_members(self) -> Self:
        """Of those who still have a seat."""
        return self.filter(membership__left_at__isnull=True)


class TensionDateQuerySet(models.QuerySet["TensionDate"]):
    """Rows of the tension calendar."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Rows of alliances in which this person has a seat."""
        return self.filter(_members_only(user))

    def own(self) -> Self:
        """What the alliance wrote itself; not the public days that it hides."""
        return self.exclude(title="")


class ThemeQuerySet(models.QuerySet["Theme"]):
    """Themes."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Themes of alliances in which this person has a seat."""
        return self.filter(_members_only(user))

    def open(self) -> Self:
        """Proposed, on the agenda or discussed: not resting."""
        return self.exclude(state="resting")

    def by_turn(self) -> Self:
        """What comes up first, then what waits (the longest first), then what was discussed, then what rests."""
        turns = ("agenda", "proposed", "discussed", "resting")
        turn = Case(*(When(state=state, then=n) for n, state in enumerate(turns)), output_field=IntegerField())
        waiting = Case(When(state="proposed", then="created_at"))
        comes_up = Case(When(state="agenda", then="meeting__starts_at"))
        return self.order_by(turn, comes_up.asc(), waiting.asc(), "-created_at")

    def with_feedback(self) -> Self:
        """With category and evening, and what was done as `feedback.all()`, the newest first. One query more."""
        return self.select_related("category", "meeting").prefetch_related("feedback")


class AgreementQuerySet(models.QuerySet["Agreement"]):
    """Agreements."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Agreements of alliances in which this person has a seat."""
        return self.filter(_members_only(user))

    def open(self) -> Self:
        """Neither done, nor failed, nor dropped."""
        return self.filter(state="open")

    def with_owners(self) -> Self:
        """With who does it as `who` (member, role, name, left, yes, no; in order), and the theme. No query more."""
        owners = apps.get_model("meetings.Owner")._default_manager.filter(agreement=OuterRef("pk")).order_by("number")
        said = JSONObject(
            member="membership_id",
            role="membership__role",
            name="membership__user__name",
            left="membership__left_at",
            yes="yes_at",
            no="no_at",
        )
        return self.select_related("theme").annotate(who=ArraySubquery(owners.values(said=said)))

    def by_turn(self) -> Self:
        """What is open first, by its day; then what was closed, the last one first."""
        closed = Case(When(state="open", then=0), default=1, output_field=IntegerField())
        return self.order_by(closed, F("closed_at").desc(nulls_first=True), F("due_on").asc(nulls_last=True), "made_at")

    def counted(self) -> Self:
        """With `open_count` and `done_count` of the whole list beside each row, whatever is cut off later."""
        return self.annotate(
            open_count=Window(Count("pk", filter=Q(state="open"))),
            done_count=Window(Count("pk", filter=Q(state="done"))),
        )


class ActionPlanQuerySet(models.QuerySet["ActionPlan"]):
    """Plans of action."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Plans of alliances in which this person has a seat."""
        return self.filter(_members_only(user))

    def with_everybody(self) -> Self:
        """With `everybody`: "agree" or "live" when everybody at the table goes along, else empty.

        At the table is who sat there when the last one spoke: who comes later takes nothing back by saying nothing.
        """
        membership, consent = apps.get_model("alliances.Membership"), apps.get_model("meetings.Consent")
        said = consent.objects.filter(plan=OuterRef("pk"))
        along = consent.objects.filter(membership=OuterRef("pk"), plan=OuterRef(OuterRef("pk"))).exclude(value="object")
        there = membership.objects.filter(alliance=OuterRef("alliance"), joined_at__lte=OuterRef("said_at"))
        there = there.exclude(left_at__lte=OuterRef("said_at"))
        counted = self.annotate(said_at=Subquery(said.order_by("-at").values("at")[:1]))
        nobody_yet = Q(said_at=None) | Exists(there.exclude(Exists(along)))
        live = Exists(said.filter(value="live"))
        return counted.annotate(
            everybody=Case(When(nobody_yet, then=Value("")), When(live, then=Value("live")), default=Value("agree"))
        )


class JointQuestionQuerySet(models.QuerySet["JointQuestion"]):
    """Joint questions."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Questions of alliances in which this person has a seat."""
        return self.filter(_members_only(user))


class DatePollQuerySet(models.QuerySet["DatePoll"]):
    """Date polls."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Polls of alliances in which this person has a seat."""
        seats = "meeting__alliance__memberships"
        return self.filter(**{f"{seats}__user": user.pk, f"{seats}__left_at__isnull": True})

    def open(self) -> Self:
        """Not closed."""
        return self.filter(closed_at__isnull=True)

    def due(self, at: datetime) -> Self:
        """Open, while their time has come, of alliances that do not pause."""
        return self.open().filter(closes_at__lte=at, meeting__alliance__state__in=("forming", "active"))
