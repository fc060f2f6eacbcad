"""When steps are due, and how long a mistake can be taken back."""

from datetime import UTC, datetime, timedelta

import pytest

from signals.models import CallStep, TensionSignal
from signals.timing import LADDERS, ladder, seconds_to_undo

START = datetime(2026, 10, 25, 0, 59, tzinfo=UTC)  # a minute before the clock goes back


@pytest.mark.parametrize(
    ("after", "left"), [(0, 120), (1, 120), (30, 90), (31, 90), (89, 60), (91, 30), (119, 30), (120, 0), (4000, 0)]
)
def test_what_is_left_is_told_in_half_minutes(after: int, left: int):
    assert seconds_to_undo(START, START + timedelta(seconds=after)) == left


def test_steps_follow_each_other_and_are_known():
    for (level, moment), steps in LADDERS.items():
        assert level in TensionSignal.Level.values
        assert moment in ["", *TensionSignal.Moment.values]
        times = [after for _kind, after in steps]
        assert times == sorted(times)
        assert {kind for kind, _after in steps} <= set(CallStep.Kind.values)


def test_watch_calls_nobody():
    assert ladder("watch", "") == ()
