"""The rotation of hosts: fair from any history, whoever comes, goes or takes a break."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from meetings.rotation import Candidate, Hosted, order, whose_turn

START = datetime(2020, 1, 1, tzinfo=UTC)
Table = list[Candidate]
Past = list[Hosted]


def day(number: int) -> datetime:
    return START + timedelta(days=number)


# Up to ten members, and any past: also of people who left, twice in a row, or nobody ever.
tables = st.lists(
    st.builds(Candidate, key=st.integers(0, 20), since=st.integers(0, 900).map(day), able=st.booleans()),
    max_size=10,
    unique_by=lambda candidate: candidate.key,
)
pasts = st.lists(st.builds(Hosted, key=st.integers(0, 25), at=st.integers(0, 999).map(day)), max_size=30)


def everybody(table: Table) -> Table:
    return [replace(candidate, able=True) for candidate in table]


def play(table: Table, past: Past, evenings: int) -> list[int]:
    """Who hosts when everybody says yes when it is their turn."""
    past = list(past)
    for evening in range(evenings):
        turn = whose_turn(table, past)
        assert turn is not None
        past.append(Hosted(turn.key, day(1001 + evening)))
    return [hosted.key for hosted in past[len(past) - evenings :]]


@given(tables, pasts)
def test_everybody_able_is_in_the_order_once_and_nobody_else(table: Table, past: Past):
    assert sorted(c.key for c in order(table, past)) == sorted(c.key for c in table if c.able)


@given(tables, pasts)
def test_the_order_does_not_depend_on_the_order_of_asking(table: Table, past: Past):
    assert order(table, past) == order(table[::-1], past[::-1])


@given(tables, pasts)
def test_nobody_able_is_nobodys_turn(table: Table, past: Past):
    assert whose_turn([replace(candidate, able=False) for candidate in table], past) is None


@given(tables, pasts, st.integers(1, 20))
def test_nobody_hosts_twice_before_everybody_able_did_once(table: Table, past: Past, evenings: int):
    """Of any n dinners in a row, with n able: n hosts. From whatever went before."""
    if not (n := sum(candidate.able for candidate in table)):
        return
    hosts = play(table, past, evenings + n)
    for begin in range(evenings):
        assert len(set(hosts[begin : begin + n])) == n, hosts


@given(tables, pasts)
def test_who_joins_late_has_one_turn_like_the_others(table: Table, past: Past):
    table = [*everybody(table), Candidate(key=99, since=day(1001))]
    assert play(table, past, len(table)).count(99) == 1


@given(tables, pasts, st.integers(0, 9))
def test_who_takes_a_turn_out_of_order_comes_last_after_it(table: Table, past: Past, which: int):
    if not table:
        return
    table = everybody(table)
    eager = table[which % len(table)].key
    assert play(table, [*past, Hosted(eager, day(1000))], len(table))[-1] == eager


@given(tables, st.lists(st.integers(0, 20), max_size=20, unique=True))
def test_the_rule_in_its_own_words(table: Table, hosts: list[int]):
    """Least often, then longest ago, then longest at the table: where nobody ever fell behind."""
    past = [Hosted(key, day(number)) for number, key in enumerate(hosts)]
    times, last = Counter(hosts), {hosted.key: hosted.at for hosted in past}
    found = order(table, past)
    expected = sorted(found, key=lambda c: (times[c.key], last.get(c.key, START - timedelta(1)), c.since, c.key))
    assert found == expected


def test_four_neighbours():
    table = [Candidate(key=key, since=day(key)) for key in (1, 2, 3, 4)]
    assert [c.key for c in order(table, [])] == [1, 2, 3, 4]  # longest at the table
    past = [Hosted(1, day(100)), Hosted(3, day(200))]
    assert [c.key for c in order(table, past)] == [2, 4, 1, 3]  # least, then longest ago
    past.append(Hosted(2, day(300)))
    table[3] = replace(table[3], able=False)
    assert [c.key for c in order(table, past)] == [1, 3, 2]  # passed over
