"""What the tests of themes share."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar

from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from alliances.models import Alliance, Membership
from meetings.models import Discussion, Meeting, Theme, ThemeCategory, ThemePoint
from tests.acting import Browser, acting_as, as_worker
from tests.make import make_meeting

T = TypeVar("T")


def text(response: HttpResponse) -> str:
    """The page, on one line."""
    return " ".join(response.content.decode().split())


def as_me(member: Membership, act: Callable[[], T]) -> T:
    """Do it as this member."""
    with acting_as(member.user):
        return act()


def points(theme: Theme, meeting: Meeting, member: Membership, *numbers: int) -> None:
    """Points as they are in the database."""
    with as_worker():
        for number in numbers:
            ThemePoint.objects.create(theme=theme, meeting=meeting, membership=member, number=number)


def past(alliance: Alliance, days: int) -> Meeting:
    """An evening that was, so many days ago."""
    return make_meeting(alliance, timezone.now() - timedelta(days=days), kind="extra")


def aged(theme: Theme, days: int) -> Theme:
    """The theme as if it was brought in so many days ago."""
    theme.created_at = theme.waits_since = timezone.now() - timedelta(days=days)
    with as_worker():
        Theme.objects.filter(pk=theme.pk).update(created_at=theme.created_at, waits_since=theme.created_at)
    return theme


def talked(theme: Theme, meeting: Meeting) -> Discussion:
    """They talked about it on that evening."""
    with as_worker():
        return Discussion.objects.create(theme=theme, meeting=meeting)


def category(**fields: Any) -> ThemeCategory:
    """The first kind of theme that is like this."""
    with as_worker():
        return ThemeCategory.objects.filter(**fields).order_by("order")[0]


def queries(reader: Browser, url: str) -> int:
    """How much a page asks of the database."""
    reader.get(url)
    with CaptureQueriesContext(connection) as captured:
        assert reader.get(url).status_code == 200
    return len(captured)
