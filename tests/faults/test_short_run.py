"""Six faults of the bench (`make faults`), two calls each, with ladders of a few seconds: nobody may be missed."""

import pytest

from benchmarks.faults import channels, mails, processes, stores  # noqa: F401  each brings its faults
from benchmarks.faults.fault import FAULTS, run
from tests.fleet import Fleet

LADDER = ({"after": 0, "ways": ["push", "mail", "sms"]}, {"after": 2, "ways": ["sms"]}, {"after": 3, "ways": ["voice"]})


@pytest.mark.parametrize(
    "name",
    [
        "worker killed during the send",
        "web killed right after the commit",
        "Redis stopped, never started again",
        "Redis hangs",
        "mail refused",
        "mail hangs",
    ],
)
def test_nobody_is_missed(fleet: Fleet, name: str):
    fault = FAULTS[name]()
    fault.window, fault.rest, fault.lasts, fault.ladder = 1.0, 0.5, (1.0, 1.5), LADDER
    result = run(fault, 2, fleet=fleet)
    assert result.figures.lost == 0, result.figures.missing
    assert result.figures.broken == []
