"""What the views of agreements, plans and questions share: a thing of one's own table, and what can be chosen there."""

from typing import TypeVar
from uuid import UUID

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from alliances.models import Alliance, Membership
from alliances.views.shared import seat_reader
from meetings.models import ActionPlan, Agreement, JointQuestion, Theme

T = TypeVar("T", ActionPlan, Agreement, JointQuestion)
CHOICES = 30  # themes or plans to choose from


def agreement_or_404(request: HttpRequest, uuid: UUID) -> tuple[Agreement, Membership]:
    """The agreement with its owners, theme, plan, evening and alliance, and the reader's seat. 404 for others."""
    found = Agreement.objects.visible_to(request.user).with_owners()
    found = found.select_related("alliance__area", "theme", "plan", "meeting", "made_by__user")
    return _seated(request, get_object_or_404(found, uuid=uuid))


def plan_or_404(request: HttpRequest, uuid: UUID) -> tuple[ActionPlan, Membership]:
    """The plan with its theme and alliance, and the reader's seat. 404 for others."""
    found = ActionPlan.objects.visible_to(request.user).select_related("alliance__area", "theme", "made_by__user")
    return _seated(request, get_object_or_404(found, uuid=uuid))


def question_or_404(request: HttpRequest, uuid: UUID) -> tuple[JointQuestion, Membership]:
    """The question with its theme and alliance, and the reader's seat. 404 for others."""
    found = JointQuestion.objects.visible_to(request.user).select_related("alliance__area", "theme", "made_by__user")
    return _seated(request, get_object_or_404(found, uuid=uuid))


def themes_of(alliance: Alliance) -> list[Theme]:
    """The themes that something can be about, what comes up first."""
    return list(alliance.themes.open().by_turn()[:CHOICES])


def _seated(request: HttpRequest, thing: T) -> tuple[T, Membership]:
    seats = Membership.objects.of(request.user).filter(alliance=thing.alliance_id).select_related("user")
    member = seats.first()
    if member is None:  # left between two queries
        raise Http404
    member.alliance = thing.alliance
    return thing, seat_reader(request, member)
