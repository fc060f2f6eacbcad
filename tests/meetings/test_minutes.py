"""The minutes of an evening: they fit when they can, nothing gets nothing, and what the table decided stays."""

from hypothesis import given
from hypothesis import strategies as st

from meetings.minutes import LEAST, STEP, share_out, to_talk

items = st.lists(
    st.tuples(st.integers(1, 6).map(lambda n: n * STEP), st.none() | st.integers(1, 240)), min_size=1, max_size=40
)
evenings = st.integers(1, 600)


@given(items, evenings)
def test_it_fits_when_it_can(agenda: list[tuple[int, int | None]], evening: int):
    wanted, planned = zip(*agenda, strict=True)
    given_ = share_out(wanted, planned, evening)
    least = sum(LEAST if own is None else own for own in planned)
    assert sum(given_) <= max(to_talk(evening), least)
    assert to_talk(evening) <= evening


@given(items, evenings)
def test_what_the_table_decided_stays_and_nothing_gets_nothing(agenda: list[tuple[int, int | None]], evening: int):
    wanted, planned = zip(*agenda, strict=True)
    for minutes, want, own in zip(share_out(wanted, planned, evening), wanted, planned, strict=True):
        if own is None:
            assert LEAST <= minutes <= want
            assert minutes % STEP == 0
        else:
            assert minutes == own


@given(items, evenings)
def test_no_time_is_left_while_something_is_short(agenda: list[tuple[int, int | None]], evening: int):
    wanted, planned = zip(*agenda, strict=True)
    given_ = share_out(wanted, planned, evening)
    short = any(own is None and got < want for got, want, own in zip(given_, wanted, planned, strict=True))
    assert not short or to_talk(evening) - sum(given_) < STEP


def test_an_evening_as_in_the_picture():
    assert to_talk(150) == 100
    assert share_out([10, 20, 30, 10, 15, 10], [None] * 6, 150) == [10, 20, 30, 10, 15, 10]
    assert share_out([10, 20, 30, 20], [None, None, 45, None], 120) == [10, 15, 45, 10]
