"""How many are enough."""

from typing import Any

import pytest

from signals.quorum import Quorum, needed_of, quorum

POLICE, MUNICIPALITY, RESIDENT = "police", "municipality", "resident"


def state(residents: int, coming: str, professionals: str = "pm") -> Quorum:
    """People as letters: p, m and r for each who comes."""
    roles = {"p": POLICE, "m": MUNICIPALITY, "r": RESIDENT}
    needed = needed_of([roles[letter] for letter in professionals] + [RESIDENT] * residents)
    return quorum(needed, [roles[letter] for letter in coming])


@pytest.mark.parametrize(
    ("residents", "coming", "needed", "missing"),
    [
        (8, "", 5, [(POLICE, 1), (MUNICIPALITY, 1), (RESIDENT, 3)]),
        (8, "prrr", 5, [(MUNICIPALITY, 1)]),
        (8, "prrrrrrr", 5, [(MUNICIPALITY, 1)]),  # more residents are no municipality
        (8, "pmrrr", 5, []),
        (8, "pmrr", 5, [(RESIDENT, 1)]),
        (3, "pmr", 4, [(RESIDENT, 1)]),  # half of three, rounded up
        (2, "pmr", 3, []),
        (0, "pm", 2, []),
    ],
)
def test_each_professional_and_half_of_the_residents(
    residents: int, coming: str, needed: int, missing: list[tuple[str, int]]
):
    found = state(residents, coming)
    assert (found.needed, list(found.missing)) == (needed, missing)
    assert found.short == sum(number for _role, number in missing)
    assert found.enough is (not missing)


def test_an_empty_professional_seat_is_not_waited_for():
    assert list(state(4, "rr", professionals="p").missing) == [(POLICE, 1)]


@pytest.mark.parametrize(
    ("chosen", "needed"),
    [
        ({"police": False}, {MUNICIPALITY: 1, RESIDENT: 3}),
        ({"municipality": False, "residents": 1}, {POLICE: 1, RESIDENT: 1}),
        ({"residents": 0}, {POLICE: 1, MUNICIPALITY: 1}),
        ({"residents": 8}, {POLICE: 1, MUNICIPALITY: 1, RESIDENT: 6}),  # never more than are called
    ],
)
def test_an_alliance_may_want_others(chosen: dict[str, Any], needed: dict[str, int]):
    assert needed_of([POLICE, MUNICIPALITY] + [RESIDENT] * 6, **chosen) == needed


def test_nobody_called_needs_nobody():
    assert state(0, "", professionals="").enough
