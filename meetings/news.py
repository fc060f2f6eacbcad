"""What changed at a table since last month: for the page, and for whether a summary goes at all."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import islice

from django.urls import reverse
from django.utils import timezone
from django.utils.dateformat import format as write
from django.utils.translation import gettext as _

from alliances.models import Alliance, JournalEntry

from .models import Agreement, Feedback, Meeting, Report, Theme
from .timing import DAY, moment

AT_MOST = 40  # on the page: who was away for long has the pages themselves
MOVES = ("planned", "moved", "cancelled")


@dataclass(frozen=True)
class NewsItem:
    """One thing that changed, with the page that tells more. `about` is its day, or the words that somebody wrote."""

    at: datetime
    icon: str
    sentence: str
    about: str
    url: str


def has_news(alliance: Alliance, since: datetime, until: datetime) -> bool:
    """Whether anything changed between two aware moments. At most five queries."""
    return next(_found(alliance, since, until), None) is not None


def news_of(alliance: Alliance, since: datetime, until: datetime) -> list[NewsItem]:
    """What changed between two aware moments, the newest first. Six queries, however much there is."""
    return sorted(_found(alliance, since, until), key=lambda item: item.at, reverse=True)[:AT_MOST]


def _found(alliance: Alliance, since: datetime, until: datetime) -> Iterator[NewsItem]:
    yield from _evenings(alliance, since, until)
    yield from _themes(alliance, since, until)
    yield from _feedback(alliance, since, until)
    yield from _agreements(alliance, since, until)
    yield from _reports(alliance, since, until)


def _evenings(alliance: Alliance, since: datetime, until: datetime) -> Iterator[NewsItem]:
    """The journal says which evenings changed; each is told once, as it is now."""
    lines = JournalEntry.objects.filter(alliance=alliance, verb__in=MOVES, at__gt=since, at__lte=until)
    changed = {key: at for key, at in lines.order_by("at").values_list("object", "at") if key}
    for meeting in Meeting.objects.filter(alliance=alliance, uuid__in=list(changed)[-AT_MOST:]):
        off = meeting.state == Meeting.State.CANCELLED
        day = write(timezone.localtime(meeting.starts_at), "l j F Y")
        said = _("An evening is off") if off else _("An evening is on this day now")
        url = reverse("meetings:meeting", args=[meeting.uuid])
        icon = "calendar-off" if off else "calendar-event"
        yield NewsItem(changed[meeting.uuid], icon, said, day, url)


def _themes(alliance: Alliance, since: datetime, until: datetime) -> Iterator[NewsItem]:
    found = Theme.objects.filter(alliance=alliance, created_at__gt=since, created_at__lte=until)
    for theme in found.order_by("-created_at")[:AT_MOST]:
        url = reverse("meetings:theme", args=[theme.uuid])
        yield NewsItem(theme.created_at, "message-2", _("A new theme"), theme.title, url)


def _feedback(alliance: Alliance, since: datetime, until: datetime) -> Iterator[NewsItem]:
    found = Feedback.objects.filter(theme__alliance=alliance, at__gt=since, at__lte=until).select_related("theme")
    for feedback in found[:AT_MOST]:
        url = reverse("meetings:theme", args=[feedback.theme.uuid])
        yield NewsItem(feedback.at, "check", _("Something was done with a theme"), feedback.theme.title, url)


def _agreements(alliance: Alliance, since: datetime, until: datetime) -> Iterator[NewsItem]:
    """What was closed, and what should have been by now."""
    url = reverse("meetings:agreements", args=[alliance.uuid])
    sentences = {
        Agreement.State.DONE: ("circle-check", _("An agreement was done")),
        Agreement.State.FAILED: ("x", _("An agreement did not work")),
    }
    mine = Agreement.objects.filter(alliance=alliance)
    closed = mine.filter(closed_at__gt=since, closed_at__lte=until, state__in=sentences)
    for agreement in closed.order_by("-closed_at")[:AT_MOST]:
        icon, said = sentences[Agreement.State(agreement.state)]
        yield NewsItem(agreement.closed_at or until, icon, said, agreement.text, url)
    from_day, to_day = (timezone.localtime(at).date() for at in (since, until))
    late = mine.open().filter(due_on__gte=from_day, due_on__lt=to_day)
    for agreement in islice(late, AT_MOST):
        at = _morning_after(agreement.due_on) if agreement.due_on else until
        yield NewsItem(at, "hourglass", _("The day of an agreement is over"), agreement.text, url)


def _reports(alliance: Alliance, since: datetime, until: datetime) -> Iterator[NewsItem]:
    found = Report.objects.filter(meeting__alliance=alliance, final_at__gt=since, final_at__lte=until)
    for report in found.select_related("meeting")[:AT_MOST]:
        day = write(timezone.localtime(report.meeting.starts_at), "l j F Y")
        url = reverse("meetings:report", args=[report.meeting.uuid])
        yield NewsItem(report.final_at or until, "file-text", _("A report is final"), day, url)


def _morning_after(day: date) -> datetime:
    return moment(day + DAY, time(8))
