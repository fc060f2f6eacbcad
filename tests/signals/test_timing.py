"""How long a mistake can be taken back."""

from datetime import UTC, datetime, timedelta

import pytest

from signals.timing import seconds_to_undo

START = datetime(2026, 10, 25, 0, 59, tzinfo=UTC)  # a minute before the clock goes back


@pytest.mark.parametrize(
    ("after", "left"), [(0, 120), (1, 120), (30, 90), (31, 90), (89, 60), (91, 30), (119, 30), (120, 0), (4000, 0)]
)
def test_what_is_left_is_told_in_half_minutes(after: int, left: int):
    assert seconds_to_undo(START, START + timedelta(seconds=after)) == left
