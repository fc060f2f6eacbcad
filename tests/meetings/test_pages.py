"""Every page of the year: who may see it, what changes something, and what it costs."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from alliances.models import Alliance
from meetings.models import Attendance, Meeting
from tests.acting import Browser, as_worker, browser
from tests.cast import Cast
from tests.make import make_attendance, make_meeting, make_theme, members

pytestmark = pytest.mark.django_db


def test_another_table_is_not_there(cast: Cast):
    meeting, theme = make_meeting(cast.table), make_theme(cast.table)
    stranger = browser(cast.neighbour)
    for name in ("meeting", "edit", "cancel", "agenda", "ics"):
        assert stranger.get(reverse(f"meetings:{name}", args=[meeting.uuid])).status_code == 404
    for name in ("attend", "host", "unhost", "cancel", "restore", "edit"):
        assert stranger.post(reverse(f"meetings:{name}", args=[meeting.uuid])).status_code == 404
    for name in ("theme", "theme-feedback", "theme-rest"):
        assert stranger.get(reverse(f"meetings:{name}", args=[theme.uuid])).status_code == 404
    for name in ("theme-agenda", "theme-off", "theme-discussed"):
        assert stranger.post(reverse(f"meetings:{name}", args=[theme.uuid])).status_code == 404
    for name in ("year", "plan", "extra", "themes", "theme-new"):
        assert stranger.get(reverse(f"meetings:{name}", args=[cast.table.uuid])).status_code == 404


@pytest.mark.parametrize(
    "name", ["attend", "host", "unhost", "restore", "theme-agenda", "theme-off", "theme-discussed"]
)
def test_what_changes_something_asks_for_a_post(mine: Browser, meeting: Meeting, name: str):
    assert mine.get(reverse(f"meetings:{name}", args=[meeting.uuid])).status_code == 405


def queries(reader: Browser, url: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert reader.get(url).status_code == 200
    # Not savepoints, nor the test client forgetting who acted.
    return sum(not query["sql"].startswith(("SAVEPOINT", "RELEASE")) for query in captured.captured_queries) - 1


def fill(table: Alliance, meeting: Meeting, times: int) -> None:
    """Answers of everybody, and `times` themes on the agenda."""
    for index, member in enumerate(members(table)):
        if not Attendance.objects.filter(meeting=meeting, membership=member).exists():
            make_attendance(meeting, member, ["coming", "perhaps", "not", ""][index % 4])
    for _n in range(times):
        make_theme(table, state="agenda", meeting=meeting, raised_by=members(table)[1])


@pytest.mark.parametrize("name", ["meeting", "year", "themes", "agenda"])
def test_queries_stay_the_same_with_ten_times_the_rows(table: Alliance, mine: Browser, meeting: Meeting, name: str):
    """meeting: session, person, actor, meeting, seat, members, attendances, themes, what apps add, coordinates."""
    of = meeting if name in ("meeting", "agenda") else table
    url = reverse(f"meetings:{name}", args=[of.uuid])
    with as_worker():
        fill(table, meeting, 3)
    mine.get(url)
    few = queries(mine, url)
    with as_worker():
        fill(table, meeting, 27)
        for _n in range(20):
            make_meeting(table, timezone.now() + timedelta(days=50 + _n), kind="extra")
    assert queries(mine, url) == few
    assert few <= 15
