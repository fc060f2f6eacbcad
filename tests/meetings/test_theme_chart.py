"""What became of the themes: counted per category, drawn, and in a table."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from meetings.chart import Counted, Outcome, chart, counted, outcome_of
from meetings.models import Agreement, Feedback
from templates.tags.themes import point_dots, theme_bar
from tests.acting import acting_as, as_worker, browser
from tests.make import make_alliance, make_theme, members

from .talking import aged, category, past, talked, text

themes = st.lists(
    st.builds(
        Counted,
        category=st.sampled_from(["Criminaliteit", "Discriminatie", "Leefomgeving"]),
        order=st.just(1),
        outcome=st.sampled_from(Outcome),
    )
)


@given(themes)
def test_every_theme_is_counted_once(found: list[Counted]):
    made = chart(found)
    assert made.total == len(found) == sum(row.total for row in made.rows)
    for row in made.rows:
        for outcome, number in row.counts:
            assert number == sum(one.category == row.category and one.outcome is outcome for one in found)
    assert all(row.total for row in made.rows)
    assert made.most == max([row.total for row in made.rows], default=1)


def test_categories_stand_in_their_own_order():
    made = chart([Counted("B", 2, Outcome.DONE), Counted("A", 5, Outcome.WAITS), Counted("C", 1, Outcome.TALKED)])
    assert [row.category for row in made.rows] == ["C", "B", "A"]


@pytest.mark.parametrize(("done", "failed", "talked_of", "outcome"), [
    (True, True, True, Outcome.DONE),
    (False, True, True, Outcome.FAILED),
    (False, False, True, Outcome.TALKED),
    (False, False, False, Outcome.WAITS),
])  # fmt: skip
def test_what_became_of_it(done: bool, failed: bool, talked_of: bool, outcome: Outcome):
    assert outcome_of(done=done, failed=failed, talked=talked_of) is outcome


@given(st.lists(st.tuples(st.sampled_from(Outcome), st.integers(0, 40)), max_size=4), st.integers(40, 200))
def test_a_bar_is_as_long_as_its_share(counts: list[tuple[Outcome, int]], most: int):
    drawn = str(theme_bar(counts, most))
    assert drawn.count("<rect") == sum(number > 0 for _outcome, number in counts)
    ends = [float(x) + float(width) for x, width in re.findall(r'x="([\d.]+)" y="\d+" width="([\d.]+)"', drawn)]
    assert all(end <= 101 * sum(n for _o, n in counts) / most + 1 for end in ends)
    assert "style" not in drawn


def test_dots_own_first_and_no_more_than_fit():
    drawn = str(point_dots(4, 2))
    assert (drawn.count("bond-points__mine"), drawn.count("bond-points__others")) == (2, 2)
    assert drawn.index("mine") < drawn.index("others")
    assert str(point_dots(30, 3)).count("<circle") == 12
    assert str(point_dots(0, 0)) == ""


@pytest.mark.django_db
def test_from_the_database_to_the_page():
    table = make_alliance(members=3)
    seat = members(table)[2]
    kind = category(name_en="Crime")
    done, recognised_not, failed, discussed, old = (make_theme(table, category=kind) for _n in range(5))
    make_theme(table, category=category(name_en="Polarisation"))
    make_theme(make_alliance(members=1))
    now = timezone.now()
    talked(discussed, past(table, 3))
    aged(old, 365 * 5)
    with as_worker():
        Feedback.objects.create(theme=done, text="Ja.")
        Feedback.objects.create(theme=recognised_not, text="Nee.", recognised=False, recognised_at=now)
        Agreement.objects.create(
            alliance=table, theme=failed, text="x", state="failed", outcome="Omdat.", closed_at=now
        )
    with acting_as(seat.user):
        made = chart(counted(table, now - timedelta(days=900)))
    assert [(row.category, [number for _outcome, number in row.counts]) for row in made.rows] == [
        ("Criminaliteit", [1, 1, 1, 1]),
        ("Polarisatie", [0, 0, 0, 1]),
    ]
    page = text(browser(seat.user).get(reverse("meetings:themes", args=[table.uuid])))
    assert "Wat is er van onze thema’s geworden?" in page
    assert page.count('class="bond-bar"') == 2
    cells = re.findall(r'<td class="utrecht-table__cell">(\d+)</td>', page)
    assert cells == ["1", "1", "1", "1", "4", "0", "0", "0", "1", "1", "1", "1", "1", "2", "5"]


@pytest.mark.django_db
def test_without_themes_there_is_no_chart():
    table = make_alliance(members=3)
    page = text(browser(members(table)[0].user).get(reverse("meetings:themes", args=[table.uuid])))
    assert "bond-bar" not in page
