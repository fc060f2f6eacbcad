"""The page on which a date poll is made, with and without mistakes."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from alliances.models import Membership
from meetings.models import DatePoll, Habit, Meeting, PollMoment
from messaging.models import Message
from tests.acting import as_worker, browser

pytestmark = pytest.mark.django_db


def day(days: int) -> str:
    return (timezone.localdate() + timedelta(days=days)).isoformat()


def rows(*days: str, begin: str = "18:30", end: str = "21:00") -> dict[str, str]:
    """What the form sends for these days."""
    sent: dict[str, str] = {}
    for n, each in enumerate(days, 1):
        sent |= {f"day_{n}": each, f"begin_{n}": begin, f"end_{n}": end}
    return sent


def ask_page(meeting: Meeting) -> str:
    return reverse("meetings:poll-new", args=[meeting.uuid])


def post(me: Membership, meeting: Meeting, data: dict[str, str]) -> Any:
    return browser(me.user).post(ask_page(meeting), data)


def text_of(response: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


# --- Asking --------------------------------------------------------------------------------------------------------


def test_the_proposal_is_good_enough_to_send(meeting: Meeting, me: Membership):
    with as_worker():
        Habit.objects.create(alliance=meeting.alliance, weekday=1, begin="18:00", end="20:00")
    page = browser(me.user).get(ask_page(meeting))
    form = page.context["form"]
    days = [form[f"day_{n}"].value() for n in range(1, form.rows + 1)]
    assert 2 <= len(days) <= 4
    own = timezone.localdate(meeting.starts_at)
    assert own in days
    assert all(each.weekday() == 1 for each in days if each != own)
    sent = {name: value for name in form.fields if (value := form[name].value()) not in (None, "")}
    answered = post(me, meeting, {name: str(value) for name, value in sent.items()})
    assert answered.status_code == 303
    with as_worker():
        poll = DatePoll.objects.get(meeting=meeting)
        assert [timezone.localdate(moment.starts_at) for moment in poll.moments.all()] == sorted(days)
        assert Message.objects.filter(kind="poll_asked").count() == 4
    assert answered["Location"] == reverse("meetings:poll", args=[poll.uuid])


def test_a_button_adds_a_row_and_nothing_typed_is_lost(meeting: Meeting, me: Membership):
    typed = rows(day(20), "31-2-2027") | {"begin_2": "half zeven", "closes_day": day(3), "add": "1"}
    page = post(me, meeting, typed)
    form = page.context["form"]
    assert (page.status_code, form.rows) == (200, 3)
    for name, value in typed.items():
        if name != "add":
            assert form[name].value() == value, name
            assert f'value="{value}"' in page.content.decode()
    assert not form.errors
    assert form["begin_3"].value() == "half zeven"  # as the row above
    with as_worker():
        assert not DatePoll.objects.exists()


def test_no_ninth_row(meeting: Meeting, me: Membership):
    page = post(me, meeting, rows(*[day(n) for n in range(10, 18)]) | {"add": "1"})
    assert page.context["form"].rows == 8
    assert 'name="add"' not in page.content.decode()


def test_an_empty_row_is_left_out(meeting: Meeting, me: Membership):
    assert post(me, meeting, rows(day(20), "", day(27))).status_code == 303
    with as_worker():
        assert PollMoment.objects.count() == 2


SENTENCES = [
    (rows(), "Kies minstens twee avonden"),
    (rows("", ""), "Kies minstens twee avonden"),
    (rows(day(20)), "Met één avond valt er niets te kiezen"),
    (rows(*[day(n) for n in range(10, 19)]), "hooguit acht avonden"),
    (rows(day(-2), day(20)), "al geweest"),
    (rows(day(20), day(20)), "staat er twee keer in"),
    (rows(day(20), day(21)) | {"end_2": "17:00"}, "Het einde moet na het begin komen"),
    (rows(day(20), day(21)) | {"begin_2": ""}, "Kies een tijd"),
    (rows(day(20), "31-2-2027"), "Deze dag bestaat niet"),
    (rows(day(20), day(21)) | {"begin_1": "25:00"}, "Deze tijd bestaat niet"),
    (rows(day(20), "2027-03-28") | {"begin_2": "02:30", "end_2": "05:00"}, "die nacht niet"),
    (rows(day(20), "2099-01-01"), "meer dan twee jaar"),
    (rows(day(20), day(27)) | {"closes_day": day(-1)}, "Dat is voorbij"),
    (rows(day(20), day(27)) | {"closes_day": day(20), "closes_clock": "20:00"}, "vóór de eerste avond"),
]


@pytest.mark.parametrize(("data", "sentence"), SENTENCES)
def test_bad_input_gets_a_sentence_and_stays(meeting: Meeting, me: Membership, data: dict[str, str], sentence: str):
    page = post(me, meeting, data)
    assert page.status_code == 422
    assert sentence in text_of(page), text_of(page)
    for name, value in data.items():
        assert page.context["form"][name].value() == value
    with as_worker():
        assert not DatePoll.objects.exists()


def test_many_rows_at_once_cost_little(meeting: Meeting, me: Membership):
    page = post(me, meeting, {f"day_{n}": day(n) for n in range(1, 1000)})
    assert page.status_code == 422
    assert page.context["form"].rows <= 99


def test_until_when_may_be_said(meeting: Meeting, me: Membership):
    post(me, meeting, rows(day(20), day(27)) | {"closes_day": day(4), "closes_clock": "12.15"})
    with as_worker():
        closes = timezone.localtime(DatePoll.objects.get().closes_at)
    assert (closes.date().isoformat(), closes.hour, closes.minute) == (day(4), 12, 15)


def test_a_second_poll_leads_to_the_first(poll: DatePoll, me: Membership):
    page = browser(me.user).get(ask_page(poll.meeting))
    assert page["Location"] == reverse("meetings:poll", args=[poll.uuid])
