"""The order of an evening's themes: fair to residents and professionals, and nobody waits for ever."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from meetings.order import PASSED_OVER, Side, Turn, in_order

START = datetime(2027, 1, 1, tzinfo=UTC)
MOST = 30  # points: ten members, three each
turns = st.builds(
    Turn,
    key=st.uuids(),
    side=st.sampled_from(Side),
    points=st.integers(0, MOST),
    passed=st.integers(0, 12),
    heard=st.integers(0, 6),
    since=st.integers(0, 700).map(lambda days: START + timedelta(days=days)),
)
evenings = st.lists(turns, max_size=16, unique_by=lambda turn: turn.key)


def turn(number: int, side: Side = Side.RESIDENT, **fields: int) -> Turn:
    said = {"points": 0, "passed": 0, "heard": 1} | fields
    return Turn(key=UUID(int=number), side=side, since=START + timedelta(days=number), **said)


def numbers(order: list[Turn]) -> list[int]:
    return [one.key.int for one in order]


@given(evenings)
def test_everybody_has_a_turn_and_one(themes: list[Turn]):
    assert sorted(numbers(in_order(themes))) == sorted(numbers(themes))


@given(evenings, st.randoms())
def test_the_order_does_not_depend_on_the_order_of_asking(themes: list[Turn], random: Random):
    shuffled = list(themes)
    random.shuffle(shuffled)
    assert in_order(shuffled) == in_order(themes)


@given(evenings)
def test_residents_and_professionals_stay_in_balance(themes: list[Turn]):
    """In every first part of the order, as long as both remain."""
    order = in_order(themes)
    for taken in range(len(order)):
        rest = {one.side for one in order[taken:]}
        if len(rest) == len(Side):
            sides = [one.side for one in order[:taken]]
            assert abs(sides.count(Side.RESIDENT) - sides.count(Side.PROFESSIONAL)) <= 1


@given(evenings)
def test_on_each_side_the_heaviest_goes_first(themes: list[Turn]):
    for side in Side:
        weights = [one.weight for one in in_order(themes) if one.side is side]
        assert weights == sorted(weights, reverse=True)


@given(evenings.filter(bool), st.integers(min_value=0), st.integers(0, 10), st.integers(0, 10))
def test_waiting_and_points_never_make_it_later(themes: list[Turn], which: int, passed: int, points: int):
    """A theme that is passed over rises."""
    which %= len(themes)
    before = themes[which]
    after = replace(before, passed=before.passed + passed, points=before.points + points)
    risen = [*themes[:which], after, *themes[which + 1 :]]
    assert in_order(risen).index(after) <= in_order(themes).index(before)


@given(st.lists(st.tuples(st.sampled_from(Side), st.integers(0, MOST)), min_size=1, max_size=3), st.sampled_from(Side))
def test_nobodys_theme_waits_for_ever(newcomers: list[tuple[Side, int]], side: Side):
    """One theme without a point, one place an evening, and every evening as many loved newcomers as you like."""
    mine = turn(0, side, heard=5)
    waiting = [mine]
    for evening in range(1, 60):
        waiting += [turn(evening * 10 + n, of, points=MOST, heard=0) for n, (of, _points) in enumerate(newcomers)]
        first = in_order(waiting)[0]
        if first == mine:
            return
        waiting = [replace(one, passed=one.passed + 1) for one in waiting if one != first]
        mine = next(one for one in waiting if one.key == mine.key)
    raise AssertionError("it still waits")


@given(turns, turns)
def test_who_came_seven_evenings_later_does_not_go_first(early: Turn, late: Turn):
    early = replace(early, side=late.side, passed=late.passed + MOST // PASSED_OVER + 2)
    if early.key != late.key:
        assert in_order([late, early]) == [early, late]


def test_points_count():
    assert numbers(in_order([turn(1, points=1), turn(2, points=4)])) == [2, 1]


def test_at_equal_points_who_was_heard_least():
    assert numbers(in_order([turn(1, heard=4), turn(2, heard=2)])) == [2, 1]


def test_who_was_never_heard_has_a_lead():
    assert numbers(in_order([turn(1, points=4), turn(2, heard=0)])) == [2, 1]
    assert numbers(in_order([turn(1, points=6), turn(2, heard=0)])) == [1, 2]


def test_at_equal_everything_the_oldest():
    assert numbers(in_order([turn(2), turn(1)])) == [1, 2]


def test_a_loved_theme_of_residents_does_not_push_the_professionals_away():
    themes = [turn(n, points=20) for n in (1, 2, 3)] + [turn(9, Side.PROFESSIONAL)]
    assert numbers(in_order(themes)) == [1, 9, 2, 3]
