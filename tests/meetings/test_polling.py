"""Which evening is best, what is proposed, and until when people can answer: pure, and tried with whatever comes."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetings.polling import AT_MOST, PROPOSED, Choice, Said, best, closing, propose_evenings
from meetings.timing import Evening
from tests.make import at

ROLES = ("police", "municipality", "resident")
VALUES = ("yes", "perhaps", "no")
FIRST = datetime(2027, 3, 4, 17, 30, tzinfo=UTC)

said = st.builds(Said, role=st.sampled_from(ROLES), value=st.sampled_from(VALUES))
polls = st.lists(st.lists(said, max_size=10), min_size=1, max_size=AT_MOST).map(
    lambda all_said: [Choice(FIRST + timedelta(days=n), tuple(each)) for n, each in enumerate(all_said)]
)


def choice(days: int, yes: int = 0, perhaps: int = 0, no: int = 0, roles: str = "") -> Choice:
    """An evening with so many answers of residents; `roles` "PG" adds a yes of police and of municipality."""
    answers = [Said("resident", "yes")] * yes + [Said("resident", "perhaps")] * perhaps
    answers += [Said("resident", "no")] * no
    answers += [Said({"P": "police", "G": "municipality"}[letter], "yes") for letter in roles]
    return Choice(FIRST + timedelta(days=days), tuple(answers))


def test_most_yes_wins():
    assert best([choice(0, yes=2), choice(1, yes=3, no=4)]) == choice(1, yes=3, no=4)


def test_then_fewest_no():
    assert best([choice(0, yes=3, no=2), choice(1, yes=3, no=1)]) == choice(1, yes=3, no=1)


def test_then_both_professionals():
    both = choice(1, yes=1, roles="PG")
    assert best([choice(0, yes=3), both]) == both
    assert best([choice(0, yes=2, roles="P"), both]) == both  # one of the two is not enough


def test_then_the_earliest():
    assert best([choice(2, yes=1), choice(1, yes=1)]) == choice(1, yes=1)


def test_without_any_yes_there_is_none():
    assert best([choice(0, perhaps=5), choice(1, no=2), choice(2)]) is None
    assert best([]) is None


@given(polls)
def test_nothing_beats_the_best(choices: list[Choice]):
    found = best(choices)
    if found is None:
        assert not any(each.count("yes") for each in choices)
        return
    assert found.count("yes") == max(each.count("yes") for each in choices) > 0
    for other in choices:
        if other.count("yes") == found.count("yes"):
            assert other.count("no") >= found.count("no")
            if other.count("no") == found.count("no"):
                assert found.both_professionals or not other.both_professionals
                if other.both_professionals == found.both_professionals:
                    assert other.starts_at >= found.starts_at


@given(polls, st.randoms())
def test_the_order_of_the_evenings_decides_nothing(choices: list[Choice], order: Random):
    shuffled = list(choices)
    order.shuffle(shuffled)
    assert best(shuffled) == best(choices)


@given(polls, st.sampled_from(ROLES))
def test_one_more_yes_never_harms(choices: list[Choice], role: str):
    found = best(choices)
    if found is None:
        return
    more = replace(found, said=(*found.said, Said(role, "yes")))
    assert best([more if each is found else each for each in choices]) == more


@given(polls)
def test_everybody_weighs_the_same(choices: list[Choice]):
    """Who says it does not matter beyond whether both professions are there at all: equality."""
    found = best(choices)
    for other in choices:
        if found and other.count("yes") > found.count("yes"):
            pytest.fail("fewer yes won")


def test_nobody_of_a_profession_can():
    seated = {"police": 1, "municipality": 1, "resident": 8}
    no = Choice(FIRST, (Said("police", "no"), Said("municipality", "perhaps"), Said("resident", "no")))
    assert no.nobody_can(seated) == ["police"]
    assert Choice(FIRST).nobody_can(seated) == []  # silent is not no
    assert no.nobody_can({"resident": 8}) == []  # an empty seat says nothing


# --- What is proposed ----------------------------------------------------------------------------------------------
OWN = Evening(date(2027, 3, 4), time(18, 30), time(21))  # a Thursday


def test_the_usual_weekday_in_the_weeks_around():
    found = propose_evenings(OWN, 3, date(2027, 1, 1), ())
    assert [each.day.isoformat() for each in found] == ["2027-02-18", "2027-02-25", "2027-03-04", "2027-03-11"]
    assert {(each.begin, each.end) for each in found} == {(OWN.begin, OWN.end)}


def test_the_own_evening_and_another_usual_weekday():
    days = [each.day for each in propose_evenings(OWN, 1, date(2027, 1, 1), ())]
    assert OWN.day in days
    assert [day.weekday() for day in days if day != OWN.day] == [1, 1, 1]


def test_not_on_days_that_are_taken_or_kept_free_or_too_soon():
    days = [each.day for each in propose_evenings(OWN, 3, date(2027, 2, 20), {date(2027, 3, 11)})]
    assert date(2027, 3, 11) not in days
    assert date(2027, 3, 18) in days
    assert date(2027, 3, 25) not in days  # tomorrow is Good Friday
    assert min(days) == date(2027, 2, 25)
    easter = propose_evenings(Evening(date(2027, 3, 22)), 0, date(2027, 1, 1), ())
    assert date(2027, 3, 29) not in [each.day for each in easter]  # Easter Monday


@given(
    st.dates(date(2026, 1, 1), date(2030, 12, 31)),
    st.integers(0, 6),
    st.integers(-400, 400),
    st.sets(st.integers(-40, 40)),
)
def test_proposals_are_few_different_in_order_and_to_come(day: date, weekday: int, ago: int, taken: set[int]):
    today = day + timedelta(days=ago)
    others = {day + timedelta(days=n) for n in taken if n}
    days = [each.day for each in propose_evenings(Evening(day), weekday, today, others)]
    assert days == sorted(set(days))
    assert len(days) <= PROPOSED
    assert all(each > today and each not in others for each in days)


# --- Until when ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("first", "now", "until"),
    [
        (at("2027-03-25"), at("2027-03-01", "10:00"), at("2027-03-08", "10:00")),  # a week
        (at("2027-03-06"), at("2027-03-01", "10:20"), at("2027-03-04", "18:00")),  # two days before
        (at("2027-03-02"), at("2027-03-01", "10:00"), at("2027-03-01", "18:00")), # tomorrow: half of what is left
        (at("2027-04-20"), at("2027-03-25", "10:00"), at("2027-04-01", "10:00")),  # the clock is put forward in it
    ],
)  # fmt: skip
def test_closing(first: datetime, now: datetime, until: datetime):
    found = closing(first, now)
    assert abs(found - until) <= timedelta(hours=8 if first - now < timedelta(days=2) else 1)


@given(st.datetimes(datetime(2026, 1, 1), datetime(2031, 1, 1)), st.integers(1, 60 * 24 * 90))  # noqa: DTZ001  Hypothesis wants them bare
def test_closing_is_after_now_and_before_the_first(now: datetime, minutes: int):
    moment = now.replace(tzinfo=UTC)
    first = moment + timedelta(minutes=minutes)
    assert moment < closing(first, moment) < first
