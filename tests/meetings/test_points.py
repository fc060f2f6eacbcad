"""Three equal points a member and evening, and the order that follows from them."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from alliances.models import Alliance, JournalEntry, Membership
from alliances.policy import Refused
from meetings import actions
from meetings.models import Meeting, Theme, ThemePoint
from meetings.order import Side, ordered, turn_of
from meetings.turns import with_turns
from tests.acting import Browser, acting_as, as_worker
from tests.make import make_alliance, make_meeting, make_theme, members

from .talking import aged, as_me, past, points, queries, talked, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def table() -> Alliance:
    return make_alliance(members=6)


@pytest.fixture
def me(table: Alliance) -> Membership:
    return members(table)[3]


def turns(member: Membership, meeting: Meeting) -> list[Theme]:
    """The themes of the table as one member gets them, in order."""
    with acting_as(member.user):
        of_table = Theme.objects.filter(alliance=meeting.alliance_id)
        return ordered(with_turns(of_table, meeting, timezone.now(), reader=member))


def test_three_points_and_not_four(me: Membership, meeting: Meeting):
    one, two = make_theme(meeting.alliance), make_theme(meeting.alliance)
    for theme in (one, one, two):
        as_me(me, lambda theme=theme: actions.give_point(theme=theme, meeting=meeting, by=me))  # type: ignore[misc]
    with pytest.raises(Refused, match="Haal er eerst een terug"):
        as_me(me, lambda: actions.give_point(theme=two, meeting=meeting, by=me))
    as_me(me, lambda: actions.take_point(theme=one, meeting=meeting, by=me))
    as_me(me, lambda: actions.give_point(theme=two, meeting=meeting, by=me))
    other = make_theme(meeting.alliance)
    with pytest.raises(Refused, match="geen punt"):
        as_me(me, lambda: actions.take_point(theme=other, meeting=meeting, by=me))
    with as_worker():
        assert sorted(ThemePoint.objects.values_list("theme_id", flat=True)) == sorted([one.pk, two.pk, two.pk])
        verbs = JournalEntry.objects.order_by("at").values_list("verb", "object")
        assert {about for _verb, about in verbs} == {meeting.uuid}  # never which theme
        assert [verb for verb, _about in verbs].count("gave_point") == 4


def test_every_evening_has_its_own_three(me: Membership, meeting: Meeting):
    later, theme = make_meeting(meeting.alliance), make_theme(meeting.alliance)
    points(theme, meeting, me, 1, 2, 3)
    as_me(me, lambda: actions.give_point(theme=theme, meeting=later, by=me))


@pytest.mark.parametrize(("fields", "sentence"), [
    ({"state": "cancelled"}, "Deze avond gaat niet door"),
    ({"starts_at": timezone.now() - timedelta(days=3)}, "Deze avond is voorbij"),
])  # fmt: skip
def test_no_points_on_an_evening_that_is_off_or_over(
    mine: Browser, me: Membership, table: Alliance, fields: dict[str, object], sentence: str
):
    evening = make_meeting(table, fields.pop("starts_at", None), kind="extra", **fields)  # type: ignore[arg-type]
    theme = make_theme(table)
    points(theme, evening, me, 1)
    for name in ("point-give", "point-take"):
        told = mine.post(reverse(f"meetings:{name}", args=[evening.uuid]), {"theme": str(theme.uuid)}, follow=True)
        assert sentence in text(told)
        assert "Geef een punt" not in text(told)
    with as_worker():
        assert ThemePoint.objects.count() == 1


def test_a_resting_theme_gets_no_points(me: Membership, meeting: Meeting):
    theme = make_theme(meeting.alliance, state="resting")
    with pytest.raises(Refused, match="rust"):
        as_me(me, lambda: actions.give_point(theme=theme, meeting=meeting, by=me))


def test_not_for_another_table_and_not_by_who_left(me: Membership, meeting: Meeting):
    elsewhere = make_theme(make_alliance(members=2))
    with pytest.raises(PermissionDenied):
        as_me(me, lambda: actions.give_point(theme=elsewhere, meeting=meeting, by=me))
    me.left_at = timezone.now()
    theme = make_theme(meeting.alliance)
    with pytest.raises(PermissionDenied):
        as_me(me, lambda: actions.give_point(theme=theme, meeting=meeting, by=me))


def test_points_of_who_left_do_not_count(me: Membership, meeting: Meeting):
    other = members(meeting.alliance)[4]
    theme = make_theme(meeting.alliance)
    points(theme, meeting, me, 1)
    points(theme, meeting, other, 1, 2, 3)
    assert turns(me, meeting)[0].points_given == 4  # type: ignore[attr-defined]
    with as_worker():
        Membership.objects.filter(pk=other.pk).update(left_at=timezone.now())
    assert turns(me, meeting)[0].points_given == 1  # type: ignore[attr-defined]


def test_what_a_turn_depends_on(me: Membership, table: Alliance, meeting: Meeting):
    police = members(table)[0]
    old, new, of_police = (
        aged(make_theme(table, raised_by=me), 200),
        aged(make_theme(table, raised_by=me), 5),
        aged(make_theme(table, raised_by=police), 5),
    )
    first, _second = past(table, 150), past(table, 50)
    make_meeting(table, timezone.now() - timedelta(days=20), kind="extra", state="cancelled")
    make_meeting(table, timezone.now() - timedelta(days=20), kind="urgent")
    talked(old, first)
    points(of_police, meeting, me, 1, 2)
    by_key = {theme.pk: theme for theme in turns(me, meeting)}
    assert by_key[old.pk].passed_over == 2  # type: ignore[attr-defined]
    assert by_key[new.pk].passed_over == 0  # type: ignore[attr-defined]
    assert by_key[old.pk].raiser_heard == 1  # type: ignore[attr-defined]
    assert by_key[of_police.pk].raiser_heard == 0  # type: ignore[attr-defined]
    assert by_key[of_police.pk].points_mine == 2  # type: ignore[attr-defined]
    assert turn_of(by_key[of_police.pk]).side is Side.PROFESSIONAL
    assert turn_of(by_key[new.pk]).side is Side.RESIDENT


@pytest.mark.parametrize("state", ["discussed", "resting"])
def test_it_waits_anew_when_it_comes_back(me: Membership, table: Alliance, meeting: Meeting, state: str):
    back, waits = (aged(make_theme(table, raised_by=me, state=one), 200) for one in (state, "proposed"))
    past(table, 150)
    for theme in (back, waits):
        as_me(me, lambda theme=theme: actions.put_on_agenda(theme=theme, meeting=meeting, by=me))  # type: ignore[misc]
        as_me(me, lambda theme=theme: actions.take_off(theme=theme, by=me))  # type: ignore[misc]
    assert {theme.pk: theme.passed_over for theme in turns(me, meeting)} == {back.pk: 0, waits.pk: 1}  # type: ignore[attr-defined]


def test_on_behalf_of_somebody_else_counts_as_a_residents(me: Membership, table: Alliance, meeting: Meeting):
    make_theme(table, raised_by=members(table)[0], on_behalf=True)
    assert turn_of(turns(me, meeting)[0]).side is Side.RESIDENT


def test_giving_and_taking_back_on_the_page(mine: Browser, me: Membership, meeting: Meeting):
    theme, other = make_theme(meeting.alliance, title="Donker pad"), make_theme(meeting.alliance)
    points(theme, meeting, members(meeting.alliance)[4], 1, 2)
    page = reverse("meetings:points", args=[meeting.uuid])
    assert "Je hebt nog 3 punten" in text(mine.get(page))
    give, take = (reverse(f"meetings:{name}", args=[meeting.uuid]) for name in ("point-give", "point-take"))
    given = mine.post(give, {"theme": str(theme.uuid)})
    assert given.status_code == 303
    assert given["Location"] == f"{page}#thema-{theme.uuid}"
    shown = text(mine.get(page))
    assert "Je hebt nog 2 punten" in shown
    assert "3 punten" in shown
    assert "waarvan 1 van jou" in shown
    assert shown.count("bond-points__mine") == 1
    assert shown.count("bond-points__others") == 2
    for _n in range(2):
        mine.post(give, {"theme": str(other.uuid)})
    shown = text(mine.get(page))
    assert "Je hebt je drie punten gegeven" in shown
    assert "Geef een punt" not in shown
    assert "Haal er eerst een terug" in text(mine.post(give, {"theme": str(theme.uuid)}, follow=True))
    mine.post(take, {"theme": str(other.uuid)})
    assert "Je hebt nog 1 punt" in text(mine.get(page))


@pytest.mark.parametrize("theme", ["", "x", "00000000-0000-4000-8000-000000000000"])
def test_a_strange_theme_is_told(mine: Browser, meeting: Meeting, theme: str):
    told = mine.post(reverse("meetings:point-give", args=[meeting.uuid]), {"theme": theme}, follow=True)
    assert "Kies een thema van deze tafel" in text(told)


def test_the_list_has_the_same_buttons(mine: Browser, me: Membership, meeting: Meeting):
    theme = make_theme(meeting.alliance)
    listed = reverse("meetings:themes", args=[meeting.alliance.uuid])
    assert "heb je nog 3 punten" in text(mine.get(listed))
    given = mine.post(reverse("meetings:point-give", args=[meeting.uuid]), {"theme": str(theme.uuid), "back": "themes"})
    assert given["Location"] == f"{listed}#thema-{theme.uuid}"
    assert "heb je nog 2 punten" in text(mine.get(listed))


def test_the_list_follows_the_turns(mine: Browser, me: Membership, meeting: Meeting):
    """What waits longest and has the points stands above what is newer; what comes up stays first."""
    table = meeting.alliance
    late, early = aged(make_theme(table, title="Later"), 10), aged(make_theme(table, title="Vroeger"), 20)
    make_theme(table, title="Staat erop", state="agenda", meeting=meeting)
    shown = [theme.title for theme in mine.get(reverse("meetings:themes", args=[table.uuid])).context["open"]]
    assert shown == ["Staat erop", "Vroeger", "Later"]
    points(late, meeting, me, 1)
    shown = [theme.title for theme in mine.get(reverse("meetings:themes", args=[table.uuid])).context["open"]]
    assert shown == ["Staat erop", "Later", "Vroeger"]
    assert early.pk


@pytest.mark.parametrize("name", ["points", "themes"])
def test_ten_times_the_rows_ask_no_more(mine: Browser, me: Membership, meeting: Meeting, name: str):
    table, seats = meeting.alliance, members(meeting.alliance)
    url = reverse(f"meetings:{name}", args=[meeting.uuid if name == "points" else table.uuid])

    def more(times: int) -> None:
        for n in range(times):
            theme = make_theme(table, raised_by=seats[n % 6])
            talked(theme, past(table, 30 + n))
            if n < 3:
                points(theme, meeting, seats[int(times > 3)], n + 1)

    more(3)
    few = queries(mine, url)
    more(27)
    assert queries(mine, url) == few
    assert few <= 15
