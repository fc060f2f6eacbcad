"""The pages of a date poll: the link, who can when, and how little they query."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from alliances.models import Alliance, Membership
from meetings.models import DatePoll, Meeting, PollVote
from tests.acting import as_worker, browser, fresh
from tests.make import make_meeting, make_poll, members

from .voting import moments_of, seat_of

pytestmark = pytest.mark.django_db


NOISE = ("SAVEPOINT", "RELEASE SAVEPOINT")
# Who acts (1), session (1), person (1), the poll with its meeting and table (1), seat (1), evenings (1), members (1),
# votes (1), and what every page's header asks (1).
AT_MOST = 9


def text_of(response: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def votes() -> list[str]:
    with as_worker():
        return list(PollVote.objects.order_by("moment__starts_at").values_list("value", flat=True))


# --- By the link ---------------------------------------------------------------------------------------------------


def link(poll: DatePoll, member: Membership) -> str:
    return reverse("meetings:poll-answer", args=[seat_of(poll, member).token])


def test_a_tap_is_saved_and_the_page_comes_back_there(poll: DatePoll, me: Membership):
    page, second = link(poll, me), moments_of(poll)[1]
    client = browser()
    answered = client.post(page, {"moment": str(second.uuid), "value": "perhaps"})
    assert (answered.status_code, answered["Location"]) == (303, f"{page}#avond-2")
    assert votes() == ["perhaps"]
    shown = client.get(page)
    assert "Bewaard: als het moet" in text_of(shown)
    assert shown.content.decode().count('aria-pressed="true"') == 1
    assert "Je antwoordde bij 1 van de 3 avonden" in text_of(shown)


def test_everything_suits_with_one_tap(poll: DatePoll, me: Membership):
    client = browser()
    assert client.post(link(poll, me), {"all": "1"}).status_code == 303
    assert votes() == ["yes", "yes", "yes"]
    page = client.get(link(poll, me))
    assert "Je bent klaar" in text_of(page)
    assert 'name="all"' not in page.content.decode()  # nothing to overwrite by a slip of the finger


@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_looking_changes_nothing(poll: DatePoll, me: Membership, method: str):
    getattr(browser(), method)(f"{link(poll, me)}?all=1&value=yes&moment={moments_of(poll)[0].uuid}")
    assert votes() == []


def test_the_page_names_nobody_and_is_not_kept(poll: DatePoll, me: Membership):
    with as_worker():
        PollVote.objects.create(
            seat=seat_of(poll, members(poll.meeting.alliance)[0]), moment=moments_of(poll)[0], value="no"
        )
    page = browser().get(link(poll, me))
    said = page.content.decode()
    for secret in (
        "Ruud",
        "Gemma",
        "Noor",
        "Ans",
        "Pleinzicht",
        poll.meeting.alliance.area.name,
        "politie",
        me.user.recognition_word,
    ):
        assert secret not in said
    assert "no-store" in page["Cache-Control"]
    assert "<title>Welke avond?</title>" in said


@pytest.mark.parametrize("data", [{}, {"moment": "x", "value": "yes"}, {"value": "yes"}, {"moment": "", "value": "ja"}])
def test_a_strange_tap_gets_a_sentence(poll: DatePoll, me: Membership, data: dict[str, str]):
    page = browser().post(link(poll, me), data)
    assert page.status_code == 409
    assert page.context["refused"].sentence in page.content.decode()
    assert votes() == []


def test_a_strange_value_gets_a_sentence(poll: DatePoll, me: Membership):
    page = browser().post(link(poll, me), {"moment": str(moments_of(poll)[0].uuid), "value": "wellicht"})
    assert "Kies ja, als het moet of nee" in text_of(page)


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("chosen", "Het wordt"),
        ("closed", "Deze vraag is gesloten"),
        ("off", "De avond gaat niet door"),
        ("late", "Deze vraag is gesloten"),
    ],
)
def test_a_link_that_is_over_says_so(poll: DatePoll, me: Membership, what: str, said: str):
    now = timezone.now()
    with as_worker():
        if what == "late":
            DatePoll.objects.update(closes_at=now - timedelta(seconds=1))
        else:
            chosen = poll.moments.all()[1] if what == "chosen" else None
            DatePoll.objects.update(closed_at=now, chosen=chosen)
        if what == "off":
            Meeting.objects.update(state="cancelled")
    page = browser().get(link(poll, me))
    assert page.status_code == 200
    assert said in text_of(page)
    assert "<button" not in page.content.decode().split("<main")[1].split("</main")[0]
    tap = browser().post(link(poll, me), {"moment": str(moments_of(poll)[0].uuid), "value": "yes"})
    assert tap.status_code == 409
    assert "Je tik telde niet meer mee" in text_of(tap)
    assert votes() == []


def test_the_link_of_who_left_is_gone(poll: DatePoll, me: Membership):
    address = link(poll, me)
    with as_worker():
        Membership.objects.filter(pk=me.pk).update(left_at=timezone.now())
    assert browser().get(address).status_code == 404
    assert browser().post(address, {"all": "1"}).status_code == 404
    assert browser().get(reverse("meetings:poll-answer", args=["abcdefghijkm"])).status_code == 404


# --- Signed in -----------------------------------------------------------------------------------------------------


def page_of(poll: DatePoll, member: Membership) -> Any:
    return browser(member.user).get(reverse("meetings:poll", args=[poll.uuid]))


def vote(poll: DatePoll, member: Membership, number: int, value: str) -> None:
    with as_worker():
        PollVote.objects.create(seat=seat_of(poll, member), moment=moments_of(poll)[number], value=value)


def test_who_can_when(poll: DatePoll, table: Alliance, me: Membership):
    police, municipality, noor, ans = members(table)
    vote(poll, police, 0, "no")
    vote(poll, municipality, 0, "yes")
    vote(poll, noor, 0, "yes")
    vote(poll, noor, 1, "perhaps")
    said = text_of(page_of(poll, me))
    assert "2 ja: Gemma, Noor. 1 nee: Ruud." in said
    assert "1 als het moet: Noor." in said
    assert said.count("Niemand van de politie kan.") == 1
    assert "Niemand van de gemeente kan." not in said
    assert said.count("Beste tot nu toe.") == 1
    assert "Nog geen antwoord: Ans." in said
    assert ans.name == "Ans"


def test_a_tap_signed_in(poll: DatePoll, me: Membership):
    address = reverse("meetings:poll", args=[poll.uuid])
    client = browser(me.user)
    answered = client.post(address, {"moment": str(moments_of(poll)[2].uuid), "value": "no"})
    assert (answered.status_code, answered["Location"]) == (303, f"{address}#avond-3")
    assert votes() == ["no"]
    strange = client.post(address, {"moment": "x", "value": "no"}, follow=True)
    assert "Deze avond staat niet in de vraag" in text_of(strange)


def test_choosing_moves_the_meeting(poll: DatePoll, meeting: Meeting, me: Membership):
    second = moments_of(poll)[1]
    client = browser(me.user)
    answered = client.post(reverse("meetings:poll-choose", args=[poll.uuid]), {"moment": str(second.uuid)}, follow=True)
    assert "Het wordt" in text_of(answered)
    assert "Deze avond is gekozen." in text_of(answered)
    assert fresh(meeting).starts_at == second.starts_at
    again = client.post(reverse("meetings:poll-choose", args=[poll.uuid]), {"moment": str(second.uuid)}, follow=True)
    assert "Iemand was je voor" in text_of(again)


def test_choosing_nothing_gets_a_sentence(poll: DatePoll, me: Membership):
    answered = browser(me.user).post(reverse("meetings:poll-choose", args=[poll.uuid]), {}, follow=True)
    assert "Deze avond staat niet in de vraag" in text_of(answered)
    assert fresh(poll).closed_at is None


def test_stopping_keeps_the_evening(poll: DatePoll, meeting: Meeting, me: Membership):
    answered = browser(me.user).post(reverse("meetings:poll-stop", args=[poll.uuid]), follow=True)
    assert "De geplande avond blijft" in text_of(answered)
    assert "Niemand zei ja" not in text_of(answered)  # nobody was waited for
    assert fresh(meeting).starts_at == meeting.starts_at


def test_nobody_said_yes_is_told_on_the_page(poll: DatePoll, me: Membership):
    vote(poll, me, 1, "perhaps")
    now = timezone.now()
    with as_worker():
        DatePoll.objects.update(closed_at=now, closes_at=now - timedelta(minutes=1))
    said = text_of(page_of(poll, me))
    assert "Niemand zei ja tegen een avond" in said
    assert "De avond blijft op" in said


def queries(poll: DatePoll, member: Membership) -> list[str]:
    client = browser(member.user)
    address = reverse("meetings:poll", args=[poll.uuid])
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return [query["sql"] for query in captured.captured_queries[:-1] if not query["sql"].startswith(NOISE)]


def test_the_page_asks_the_same_with_ten_times_the_history(table: Alliance, me: Membership):
    first = make_poll(make_meeting(table, kind="extra"), 8)
    for member in members(table):
        vote(first, member, 0, "yes")
    few = queries(first, me)
    for n in range(10):
        older = make_poll(make_meeting(table, timezone.now() + timedelta(days=30 + n), kind="extra"), 8)
        for member in members(table):
            for number in range(8):
                vote(older, member, number, "yes")
    for member in members(table):
        for number in range(1, 8):
            vote(first, member, number, "no")
    many = queries(first, me)
    assert len(few) == len(many) <= AT_MOST, "\n".join(many)


def test_a_resident_answers_from_the_mail_with_a_handful_of_bytes(poll: DatePoll, me: Membership):
    """On a slow line too: the page itself is small, and asks the same little of the database."""
    address, client = link(poll, me), browser()
    with CaptureQueriesContext(connection) as captured:
        page = client.get(address)
    assert len(page.content) < 20_000
    assert len([one for one in captured.captured_queries if not one["sql"].startswith(NOISE)]) <= 7


# --- Where it is found ---------------------------------------------------------------------------------------------


def test_the_table_and_the_evening_say_that_it_is_asked(
    poll: DatePoll, table: Alliance, meeting: Meeting, me: Membership
):
    home, evening = reverse("alliances:alliance", args=[table.uuid]), reverse("meetings:meeting", args=[meeting.uuid])
    address = reverse("meetings:poll", args=[poll.uuid])
    client = browser(me.user)
    for page in (home, evening):
        said = client.get(page).content.decode()
        assert f'href="{address}"' in said
        assert "Welke avond kan jij?" in said
    client.post(address, {"all": "1"})
    assert "Bekijk wie wanneer kan" in client.get(home).content.decode()
    client.post(reverse("meetings:poll-stop", args=[poll.uuid]))
    for page in (home, evening):
        assert address not in client.get(page).content.decode()
    assert f'href="{reverse("meetings:poll-new", args=[meeting.uuid])}"' in client.get(evening).content.decode()
