"""What this app adds to the alliance's page and the coordinator's list (alliances/panels.py). Four queries in all."""

from collections.abc import Mapping, Sequence
from typing import cast

from django.db import connection
from django.db.models import Exists, OuterRef, Subquery
from django.http import HttpRequest
from django.utils import timezone

from alliances.models import Alliance, Membership
from alliances.panels import Panel, register_dots, register_panel

from . import agreed, words
from .models import Agreement, Attendance, DatePoll, Feedback, Meeting, Theme
from .timing import NUMBERS

AGREEMENTS, THEMES = 4, 3  # on the alliance's page; the others are one tap away


@register_panel
def date_polls(request: HttpRequest, member: Membership) -> Panel | None:
    """Which evening suits? Before "are you coming?", because it may become another evening. No query of its own."""
    asked = [meeting for meeting in _meetings(request, member) if getattr(meeting, "poll", None)]
    return Panel("next", "meetings/panels/poll.html", {"meetings": asked}) if asked else None


@register_panel
def next_dinner(request: HttpRequest, member: Membership) -> Panel | None:
    """The next evening with "Are you coming?"; while there is none, the way to one."""
    meeting = _coming_up(request, member)
    if meeting is None:
        works = member.alliance.state == Alliance.State.ACTIVE
        return Panel("next", "meetings/panels/none.html") if works else None
    answers = dict(meeting.attendances.of_members().values_list("membership", "answer"))
    context = {
        "meeting": meeting,
        "kicker": words.kicker(meeting),
        "mine": answers.get(member.pk, ""),
        "choices": Attendance.Answer.choices,
        "sentence": words.coming_sentence(answers.values()),
        "is_host": meeting.host_id == member.pk,
    }
    return Panel("next", "meetings/panels/next.html", context)


@register_panel
def first_dinner(request: HttpRequest, member: Membership) -> Panel | None:
    """For who has just joined: when everybody meets."""
    meeting = _coming_up(request, member)
    return Panel("welcome", "meetings/panels/first.html", {"meeting": meeting}) if meeting else None


@register_panel
def year(request: HttpRequest, member: Membership) -> Panel:
    """The five plates of this year; of the next one when only that is planned."""
    alliance, at = member.alliance, timezone.now()
    meetings = _meetings(request, member)
    this_year = timezone.localtime(at).year
    years = {meeting.plan.year for meeting in meetings if meeting.plan}
    shown = this_year if this_year in years or this_year + 1 not in years else this_year + 1
    plates = words.plates((m for m in meetings if m.plan and m.plan.year == shown), alliance, shown, at)
    context = {
        "year": shown,
        "plates": plates,
        "planned": shown in years,
        "sentence": words.year_sentence(plates),
        "missing": any(plate["state"] in ("missing", "empty") for plate in plates),
        "forming": alliance.state == Alliance.State.FORMING,
    }
    return Panel("year", "meetings/panels/year.html", context)


@register_panel
def themes(_request: HttpRequest, member: Membership) -> Panel:
    """What we talk about, each with what was done with it; first what was done with the reader's own and they did not
    say yet whether they recognise it, also when it rests.
    """
    asks = Exists(Feedback.objects.filter(theme=OuterRef("pk"), theme__raised_by=member, recognised=None))
    found = member.alliance.themes.annotate(asks=asks).exclude(state=Theme.State.RESTING, asks=False)
    found = found.with_feedback().by_turn()
    found = found.order_by("-asks", *found.query.order_by)
    return Panel("talk", "meetings/panels/themes.html", {"themes": list(found[:THEMES])})


@register_dots
def dots(alliances: Sequence[Alliance]) -> Mapping[int, Sequence[str]]:
    """Five states for each alliance, this year: held, planned or missing. From a function that tells no more."""
    at = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(
            "select alliance_id, number, state, starts_at <= %s from meetings_dinners(%s)",
            [at, timezone.localtime(at).year],
        )
        rows = cursor.fetchall()
    said = {alliance.pk: ["missing"] * len(NUMBERS) for alliance in alliances}
    for alliance_id, number, state, begun in rows:
        if alliance_id in said and state == Meeting.State.PLANNED:
            said[alliance_id][number - 1] = "held" if begun else "planned"
    return said


def _coming_up(request: HttpRequest, member: Membership) -> Meeting | None:
    at = timezone.now()
    planned = [m for m in _meetings(request, member) if m.state == Meeting.State.PLANNED and m.ends_at > at]
    return min(planned, key=lambda m: m.starts_at, default=None)


def _meetings(request: HttpRequest, member: Membership) -> list[Meeting]:
    """The meetings of this year's plan and whatever is to come: one query for both panels of a page."""
    kept, alliance = vars(request).setdefault("_meetings_of", {}), member.alliance
    if alliance.pk not in kept:
        at = timezone.now()
        found = alliance.meetings.of_year(timezone.localtime(at).year, at).select_related("plan", "host__user")
        polls = DatePoll.objects.open().filter(meeting=OuterRef("pk"))
        mine = polls.filter(seats__membership=member, seats__answered_at__isnull=False)
        found = found.annotate(poll=Subquery(polls.values("uuid")), said_when=Exists(mine))
        kept[alliance.pk] = list(found)
    return cast("list[Meeting]", kept[alliance.pk])


@register_panel
def agreements(_request: HttpRequest, member: Membership) -> Panel | None:
    """What we agreed, the owner first: what is open by its day, and how many are done. One query."""
    rows = list(member.alliance.agreements.with_owners().by_turn().counted()[:AGREEMENTS])
    if not rows and member.alliance.state == Alliance.State.FORMING:
        return None
    today = timezone.localdate()
    lines = [agreed.line_of(row, today, member) for row in rows if row.state == Agreement.State.OPEN]
    counts = vars(rows[0]) if rows else {"open_count": 0, "done_count": 0}
    sentence = agreed.counts_sentence(counts["open_count"], counts["done_count"]) if rows else ""
    return Panel("talk", "meetings/panels/agreements.html", {"lines": lines, "sentence": sentence})
