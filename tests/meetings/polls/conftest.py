"""Four people, their next evening, and a question about it."""

import pytest

from alliances.models import Alliance, Membership
from meetings.models import DatePoll, Meeting
from tests.make import make_alliance, make_meeting, make_poll, make_user, members


@pytest.fixture
def table() -> Alliance:
    people = [make_user(name) for name in ("Ruud", "Gemma", "Noor", "Ans")]
    return make_alliance("Pleinzicht", members=people)


@pytest.fixture
def me(table: Alliance) -> Membership:
    return members(table)[2]


@pytest.fixture
def meeting(table: Alliance) -> Meeting:
    return make_meeting(table)


@pytest.fixture
def poll(meeting: Meeting) -> DatePoll:
    return make_poll(meeting)
