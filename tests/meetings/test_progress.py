"""What the drawing of the agreements shows: everything once, in its own quarter."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from meetings.progress import HEIGHT, KINDS, QUARTERS, TOP, Fact, bars, kind_of, quarters, size

TODAY = date(2031, 5, 15)
DAYS = st.dates(date(2028, 1, 1), TODAY)
FACTS = st.lists(
    st.builds(
        Fact,
        made_on=DAYS,
        state=st.sampled_from(["open", "done", "failed", "dropped"]),
        due_on=st.none() | st.dates(date(2028, 1, 1), date(2033, 1, 1)),
    ),
    max_size=60,
)


@given(FACTS)
def test_each_agreement_of_the_last_quarters_is_counted_once(facts: list[Fact]):
    shown = quarters(facts, TODAY)
    assert len(shown) <= QUARTERS
    since = date(2030, 1, 1)  # five quarters before the one of TODAY
    assert sum(quarter.total for quarter in shown) == sum(fact.made_on >= since for fact in facts)
    assert all(list(quarter.counts) == list(KINDS) for quarter in shown)
    if shown:
        assert (shown[-1].year, shown[-1].number) == (2031, 2)
        assert shown[0].total


@given(FACTS)
def test_the_pieces_fill_their_bar_and_lie_on_each_other(facts: list[Fact]):
    shown = quarters(facts, TODAY)
    most = max((quarter.total for quarter in shown), default=0)
    for bar in bars(shown):
        bottom = TOP + float(HEIGHT)
        for piece in bar.pieces:
            assert abs(float(piece.y) + float(piece.height) - bottom) < 0.2
            bottom = float(piece.y)
        assert bottom >= TOP - 0.2
        assert abs((TOP + HEIGHT - bottom) - HEIGHT * bar.quarter.total / most) < 0.5
        assert float(bar.x) < size(shown)[0]


def test_late_is_only_what_is_open_after_its_day():
    assert kind_of(Fact(TODAY, "open", date(2031, 5, 14)), TODAY) == "late"
    assert kind_of(Fact(TODAY, "open", TODAY), TODAY) == "running"
    assert kind_of(Fact(TODAY, "open"), TODAY) == "running"
    assert kind_of(Fact(TODAY, "done", date(2031, 1, 1)), TODAY) == "done"


def test_nothing_agreed_is_nothing_to_draw():
    assert quarters([], TODAY) == []
    assert quarters([Fact(date(2020, 1, 1), "done")], TODAY) == []
