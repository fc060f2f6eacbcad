"""The monthly summary: only with news, never to who stopped it, never beyond the budget, once."""

import threading
from datetime import date, datetime, timedelta
from email import message_from_bytes, policy

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from alliances.models import Alliance, JournalEntry, Membership, User
from meetings import actions
from meetings.models import Agreement, Feedback, Meeting, Report, SummaryChoice, Theme
from meetings.months import due_at, news_since
from meetings.news import has_news, news_of
from messaging.models import Delivery, Message, Payload
from tests.acting import acting_as, as_worker, browser
from tests.make import (
    make_alliance,
    make_meeting,
    make_member,
    make_summary_choice,
    make_theme,
    make_user,
    member_of,
    members,
)
from tests.world import make_message

pytestmark = pytest.mark.django_db
MONTH = date(2031, 5, 1)
DUE = due_at(MONTH)  # Friday 2 May, nine o'clock
WITHIN = news_since(MONTH) + timedelta(days=10)


@pytest.fixture
def table() -> Alliance:
    return make_alliance(members=4)


@pytest.fixture
def theme(table: Alliance) -> Theme:
    return theme_at(table, WITHIN)


def theme_at(table: Alliance, at: datetime) -> Theme:
    theme = make_theme(table, raised_by=members(table)[0])
    with as_worker():
        Theme.objects.filter(pk=theme.pk).update(created_at=at)
    return theme


def run(at: datetime = DUE) -> int:
    with as_worker():
        return actions.summarise(at=at)


def told() -> list[int | None]:
    with as_worker():
        return sorted(Message.objects.filter(kind="summary").values_list("user", flat=True))


def people(table: Alliance) -> list[int]:
    return sorted(member.user_id for member in members(table))


# --- When, and to whom ------------------------------------------------------------------------------------------------


def test_every_member_is_told_once_however_often_it_runs(table: Alliance, theme: Theme):
    assert run(DUE - timedelta(minutes=1)) == 0
    assert run() == 4
    for hours in range(0, 130, 7):
        assert run(DUE + timedelta(hours=hours)) == 0
    assert told() == people(table)


def test_a_month_without_news_is_a_month_without_a_message(table: Alliance):
    theme_at(table, news_since(MONTH) - timedelta(days=1))
    assert run() == 0
    theme_at(table, DUE + timedelta(minutes=1))  # for the next one
    assert run() == 0


@pytest.mark.parametrize("state", ["paused", "ended"])
def test_a_table_that_pauses_or_ended_hears_nothing(state: str):
    theme_at(make_alliance(members=3, state=state), WITHIN)
    assert run() == 0


def test_who_pauses_left_or_is_gone_hears_nothing(table: Alliance, theme: Theme):
    away, left, gone, stays = members(table)
    with as_worker():
        Membership.objects.filter(pk=away.pk).update(paused_until=DUE.date() + timedelta(days=3))
        Membership.objects.filter(pk=left.pk).update(left_at=timezone.now())
        User.objects.filter(pk=gone.user_id).update(is_active=False)
    assert run() == 1
    assert told() == [stays.user_id]


def test_who_sits_at_two_tables_is_told_once_or_not_at_all(table: Alliance, theme: Theme):
    """Ten dinners a year bring more than 25 by themselves: then there is no room for what need not be."""
    second = make_alliance(members=2)
    both = members(table)[0].user
    make_member(second, both)
    theme_at(second, WITHIN)
    assert run() == 5
    assert both.pk not in told()
    with as_worker():
        Alliance.objects.filter(pk=second.pk).update(state="paused")
    assert run(DUE + timedelta(hours=1)) == 1
    assert told().count(both.pk) == 1


def test_after_an_outage_it_still_goes_and_then_not_any_more(table: Alliance, theme: Theme):
    assert run(DUE + timedelta(days=6)) == 0
    assert run(DUE + timedelta(days=4)) == 4


def test_one_that_fails_stops_no_other(table: Alliance, theme: Theme, caplog: pytest.LogCaptureFixture):
    first = members(table)[0].user
    with as_worker():
        User.objects.filter(pk=first.pk).update(language="x" * 3)  # a language that nobody has: no text can be made
    assert run() in (3, 4)  # what cannot be made is seen as a failed attempt, or they stay due
    assert set(told()) >= set(people(table)[1:])


@pytest.mark.django_db(transaction=True)
def test_two_beats_at_once_tell_nobody_twice():
    table = make_alliance(members=5)
    theme_at(table, WITHIN)
    start = threading.Barrier(3, timeout=30)
    outcomes: list[object] = []

    def beat() -> None:
        try:
            with as_worker():
                pass  # connected
            start.wait()
            with as_worker():
                outcomes.append(actions.summarise(at=DUE))
        except Exception as error:  # noqa: BLE001  (whatever it is, it is the outcome)
            outcomes.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=beat) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(outcomes) == [0, 0, 5]
    assert told() == people(table)


# --- The budget -------------------------------------------------------------------------------------------------------


def fill(user: User, kind: str, many: int, at: datetime) -> None:
    with as_worker():
        for _ in range(many):
            message = make_message(user)
            Message.objects.filter(pk=message.pk).update(kind=kind, created_at=at)


def test_never_beyond_25_in_a_year(table: Alliance, theme: Theme):
    full, almost, asked, stopped = (member.user for member in members(table))
    fill(full, "meeting_reminder", 25, DUE - timedelta(days=300))
    fill(almost, "meeting_reminder", 24, DUE - timedelta(days=350))
    fill(asked, "code", 40, DUE - timedelta(days=3))
    fill(asked, "call_urgent", 40, DUE - timedelta(days=3))
    fill(stopped, "meeting_reminder", 30, DUE - timedelta(days=3))
    with as_worker():
        Message.objects.filter(user=stopped).update(cancelled_at=timezone.now())  # stopped before they went
        Delivery.objects.filter(message__user=stopped).update(state="cancelled")
    assert run() == 3
    assert full.pk not in told()


def test_a_message_that_went_counts_though_its_reserve_was_stopped(table: Alliance, theme: Theme):
    user = members(table)[0].user
    fill(user, "meeting_reminder", 25, DUE - timedelta(days=3))
    with as_worker():
        Message.objects.filter(user=user).update(cancelled_at=timezone.now())
        Delivery.objects.filter(message__user=user).update(state="sent", sent_at=timezone.now())
    run()
    assert user.pk not in told()


def test_messages_of_longer_than_a_year_ago_do_not_count(table: Alliance, theme: Theme):
    fill(members(table)[0].user, "meeting_reminder", 25, DUE - timedelta(days=366))
    assert run() == 4


def test_dinners_that_are_planned_take_their_part(table: Alliance, theme: Theme):
    """Five dinners may bring twenty messages, and some that nobody plans: with five told there is no room."""
    for number in range(1, 6):
        make_meeting(table, DUE + timedelta(days=70 * number), number=number)
    busy = members(table)[0].user
    fill(busy, "meeting_reminder", 5, DUE - timedelta(days=10))
    run()
    assert busy.pk not in told()
    assert set(told()) == set(people(table)) - {busy.pk}


def test_an_evening_that_nobody_planned_yet_takes_its_part_too(table: Alliance, theme: Theme):
    """Six within a hundred days and no plan: the five dinners that will follow leave no room."""
    busy = members(table)[0].user
    fill(busy, "meeting_reminder", 6, DUE - timedelta(days=1))
    run()
    assert busy.pk not in told()
    assert set(told()) == set(people(table)) - {busy.pk}


def test_it_asks_as_much_for_many_as_for_few():
    def asked(size: int) -> int:
        table = make_alliance(members=size)
        theme_at(table, WITHIN)
        with as_worker():
            for member in members(table):
                make_summary_choice(member.user, stopped_at=timezone.now())
        with CaptureQueriesContext(connection) as captured, as_worker():
            actions.summarise(at=DUE)
        return len(captured)

    assert asked(2) <= asked(10) + 4


# --- One click --------------------------------------------------------------------------------------------------------


def mail_of(user: User):
    with as_worker():
        payload = Payload.objects.get(message__user=user, message__kind="summary", channel="mail")
    return message_from_bytes(bytes(payload.content), policy=policy.default)


def test_the_mail_is_neutral_with_one_link_and_the_button_of_rfc_8058(table: Alliance, theme: Theme):
    run()
    me = members(table)[1]
    mail = mail_of(me.user)
    with as_worker():
        choice = SummaryChoice.objects.get(user=me.user)
    stop = f"http://testserver/stil/{choice.token}/"
    assert mail["List-Unsubscribe"] == f"<{stop}>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    text = mail.get_body(("plain",)).get_content()
    assert f"/tafel/{table.uuid}/nieuws/" in text
    assert stop in text
    for secret in (table.name, table.area.name, theme.title, theme.text, "politie", "gemeente", "ondgeno"):
        assert secret not in f"{mail['Subject']} {text}"


def test_looking_at_the_link_stops_nothing_and_the_button_does(table: Alliance, theme: Theme):
    run()
    me = members(table)[0].user
    with as_worker():
        choice = SummaryChoice.objects.get(user=me)
        assert Delivery.objects.filter(message__user=me, state="due").exists()
    visitor = browser(enforce_csrf_checks=True)
    address = reverse("meetings:stop", args=[choice.token])
    for _ in range(2):
        assert visitor.get(address).status_code == 200
    with as_worker():
        assert SummaryChoice.objects.get(user=me).stopped_at is None
    answer = visitor.post(address, {"stop": "1"})
    assert (answer.status_code, answer.headers["Location"]) == (303, address)
    assert "gestopt" in visitor.get(address).content.decode()
    with as_worker():
        assert SummaryChoice.objects.get(user=me).stopped_at is not None
        assert set(Delivery.objects.filter(message__user=me).values_list("state", flat=True)) == {"cancelled"}
    assert visitor.post(address, {"stop": "1"}).status_code == 303  # a second tap
    assert visitor.post(address, {"again": "1"}).status_code == 303
    with as_worker():
        assert SummaryChoice.objects.get(user=me).stopped_at is None


def test_a_mail_program_stops_it_with_one_post_without_cookies(table: Alliance, theme: Theme):
    run()
    me = members(table)[0].user
    with as_worker():
        token = SummaryChoice.objects.get(user=me).token
    answer = browser(enforce_csrf_checks=True).post(
        f"/stil/{token}/", "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded"
    )
    assert answer.status_code == 200  # no redirect
    with as_worker():
        assert SummaryChoice.objects.get(user=me).stopped_at is not None


def test_who_stopped_it_hears_nothing_and_their_evenings_still_come(table: Alliance, theme: Theme):
    me = members(table)[0].user
    make_summary_choice(me, stopped_at=timezone.now())
    assert run() == 3
    assert me.pk not in told()
    meeting = make_meeting(table, DUE + timedelta(days=2))
    with as_worker():
        assert actions.remind(meeting_id=meeting.pk, at=DUE) == 4


def test_the_link_says_nothing_about_whom_and_opens_nothing_else(table: Alliance, theme: Theme):
    run()
    me = members(table)[0]
    with as_worker():
        token = SummaryChoice.objects.get(user=me.user).token
    page = browser().get(f"/stil/{token}/").content.decode()
    for secret in (me.user.name, table.name, table.area.name, theme.title):
        assert secret not in page
    with acting_as(token):
        assert SummaryChoice.objects.count() == 1
        assert not Alliance.objects.exists()


# --- What is new ------------------------------------------------------------------------------------------------------


def note(verb: str, meeting: Meeting) -> None:
    """A line in the journal, written within the month; nobody can change it afterwards."""
    JournalEntry.objects.create(
        alliance=meeting.alliance, at=WITHIN, actor_kind="system", verb=verb, object_type="meeting", object=meeting.uuid
    )


def test_the_page_tells_each_kind_of_news_and_only_of_this_table(table: Alliance, theme: Theme):
    me = members(table)[0]
    since, until = news_since(MONTH), DUE
    meeting = make_meeting(table, DUE + timedelta(days=30))
    held = make_meeting(table, WITHIN - timedelta(days=9))
    theme_at(make_alliance(members=2), WITHIN)
    with as_worker():
        note("planned", meeting)
        feedback = Feedback.objects.create(theme=theme, by=me, text="De lamp is gemaakt.")
        Feedback.objects.filter(pk=feedback.pk).update(at=WITHIN)
        Agreement.objects.create(alliance=table, text="Samira belt de school", state="done", closed_at=WITHIN)
        Agreement.objects.create(alliance=table, text="Bo kijkt bij het plein", due_on=WITHIN.date())
        Agreement.objects.create(alliance=table, text="Later", due_on=DUE.date() + timedelta(days=2))
        Report.objects.create(
            meeting=held, discussed="Van alles", shared_at=WITHIN - timedelta(days=8), final_at=WITHIN
        )
    with acting_as(me.user):
        found = news_of(table, since, until)
        assert has_news(table, since, until)
    said = [item.sentence for item in found]
    assert len(found) == 6, said
    assert {item.about for item in found} > {theme.title, "Samira belt de school", "Bo kijkt bij het plein"}
    assert all(item.about for item in found)
    assert [item.at for item in found] == sorted((item.at for item in found), reverse=True)
    for item in found:
        assert browser(me.user).get(item.url).status_code == 200


def test_an_evening_that_moved_twice_is_news_once(table: Alliance):
    me = members(table)[0]
    meeting = make_meeting(table, DUE + timedelta(days=30))
    with as_worker():
        for verb in ("planned", "moved", "cancelled", "answered"):
            note(verb, meeting)
    with acting_as(me.user):
        assert len(news_of(table, news_since(MONTH), DUE)) == 1


def test_an_answer_is_no_news(table: Alliance):
    me = members(table)[0]
    with as_worker():
        note("answered", make_meeting(table))
    with acting_as(me.user):
        assert not has_news(table, news_since(MONTH), DUE)


def test_the_page_asks_the_same_with_ten_times_the_news():
    user = make_user()
    table = make_alliance(members=[make_user(), make_user(), user])
    page = reverse("meetings:news", args=[table.uuid])
    client = browser(user)

    def asked() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(page).status_code == 200
        return len([query for query in captured.captured_queries if "SAVEPOINT" not in query["sql"]])

    def more(many: int) -> None:
        for _ in range(many):
            theme = make_theme(table, raised_by=member_of(table, user))
            with as_worker():
                Feedback.objects.create(theme=theme, text="Gedaan.")
                Agreement.objects.create(alliance=table, text="Iets", state="done", closed_at=timezone.now())

    more(1)
    asked()
    few = asked()
    more(10)
    assert asked() == few <= 15
    assert "Er zijn 33 dingen nieuw" in client.get(page).content.decode()


def test_without_news_the_page_says_so(table: Alliance):
    page = browser(members(table)[0].user).get(reverse("meetings:news", args=[table.uuid])).content.decode()
    assert "Er is niets nieuws" in page
