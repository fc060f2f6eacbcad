"""What the tests of meetings share."""

from typing import Any

import pytest
from hypothesis import settings

from alliances.models import Alliance, Membership
from meetings.models import Meeting
from tests.acting import Browser, browser
from tests.make import make_alliance, make_meeting, members

# The first example builds a calendar of holidays; machines differ, and how long it takes is no property of a date.
settings.register_profile("dates", deadline=None)
settings.load_profile("dates")


@pytest.fixture
def table() -> Alliance:
    return make_alliance(members=10)


@pytest.fixture
def me(table: Alliance) -> Membership:
    return members(table)[4]


@pytest.fixture
def mine(me: Membership) -> Browser:
    return browser(me.user)


@pytest.fixture
def meeting(table: Alliance) -> Meeting:
    return make_meeting(table)


@pytest.fixture
def november(time_machine: Any) -> None:
    """A day on which 2027 is planned."""
    time_machine.move_to("2026-11-22 12:00+01:00")
