"""Answers from every channel, through real processes: link, text message, phone key, two at once. And what fetches
every link of every message answers nothing.
"""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db.models.functions import Now
from django.forms.models import model_to_dict
from django.utils import timezone
from playwright.sync_api import expect

from alliances.models import Alliance, User
from messaging.models import Delivery, Incoming, Payload
from signals.models import Answer, Call, CallStep
from tests.acting import as_worker, browser
from tests.fleet import Fleet, Visitor, eventually
from tests.make import make_alliance, make_attendance, make_invitation, make_meeting, make_user, members
from tests.stories.conftest import Tab
from tests.stories.looking import nl
from tests.stories.steps import link_in

# A look may be noted; people are seen by it neither in nor out.
TAKEN = (200, 204)
A_MOMENT, AN_HOUR = timedelta(seconds=5), timedelta(hours=1)
NOTED = {"opened_at", "last_login", "seen_at", "swept_at", "reached_at", "tried_at"}


@pytest.fixture
def people() -> list[User]:
    """Who sits at the table: the first one calls, all have a mobile number that may be rung."""
    return [make_user(f"Bewoner {number}", by=("mail", "sms", "voice")) for number in range(5)]


@pytest.fixture
def call(fleet: Fleet, people: list[User]) -> Call:
    """A call that is out on everybody's phone."""
    return call_from(fleet, make_alliance("Plein", members=people), people)


def call_from(fleet: Fleet, table: Alliance, people: list[User]) -> Call:
    caller = Visitor(fleet.url, browser(people[0]).cookies["sessie"].value)
    start = f"/tafel/{table.uuid}/signaal/"
    caller.post(start, text="Er staat een groep te schreeuwen voor de winkel.")
    caller.post(f"{start}2/", place="Bij het plein", when="now")
    caller.post(f"{start}3/", certainty="seen")
    caller.post(f"{start}versturen/", key=caller.post(f"{start}4/", choice="now").value_of("key"))
    for person in people[1:]:
        fleet.message(to=str(person.mobile), channel="sms")
    with as_worker():
        return Call.objects.select_related("alliance").get(alliance=table)


def said(call: Call, person: User) -> list[tuple[str, str, str]]:
    """What somebody answered: value, words and by what, newest first."""
    with as_worker():
        answers = Answer.objects.filter(recipient__call=call, recipient__membership__user=person)
        return list(answers.values_list("value", "text", "via"))


def waited_for(call: Call, person: User) -> list[tuple[str, str, str]]:
    return eventually(lambda: said(call, person), what=f"an answer of {person}")


def test_by_the_link_without_scripts(fleet: Fleet, tab: Tab, people: list[User], call: Call):
    page = tab(javascript=False)
    page.goto(link_in(fleet.message(to=str(people[1].mobile), channel="sms"), "/k/"))
    page.locator("button[name=answer][value=coming]").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(nl("Your answer was saved"))
    page.locator("button[name=over][value='120']").click()
    assert said(call, people[1]) == [("coming", "over 2 uur", "link"), ("coming", "", "link")]


def test_by_a_text_message_in_their_own_words(fleet: Fleet, tab: Tab, people: list[User], call: Call):
    watching = tab(people[2])
    watching.goto(f"/oproep/{call.uuid}/")
    assert fleet.network.reply(str(people[1].mobile), "Ja, over 2 uur") in TAKEN
    assert waited_for(call, people[1])[0][::2] == ("coming", "sms")
    assert "over 2 uur" in said(call, people[1])[0][1]
    expect(watching.locator("#call-people")).to_contain_text("over 2 uur")  # by itself
    fleet.network.reply(str(people[3].mobile), "Wie is dit?")
    expect(watching.locator("#call-log")).to_contain_text("Wie is dit?")
    assert said(call, people[3]) == []


def test_by_a_key_during_the_phone_call(fleet: Fleet, people: list[User], call: Call):
    with as_worker():
        voice = CallStep.objects.filter(call=call, ways__contains=["voice"]).order_by("position")[:1]
        CallStep.objects.filter(call=call, position__lt=voice[0].position, state="due").update(
            state="taken", taken_at=Now()
        )
        CallStep.objects.filter(pk__in=[voice[0].pk]).update(due_at=Now())
    fleet.ring("signals.tasks.take_steps")
    ringing = fleet.message(to=str(people[1].mobile), channel="voice", within=20)
    fleet.network.press(ringing, "1")
    assert waited_for(call, people[1]) == [("coming", "", "voice")]


def test_from_two_channels_at_once_both_are_kept_and_the_newest_counts(fleet: Fleet, people: list[User], call: Call):
    link = link_in(fleet.message(to=str(people[1].mobile), channel="sms"), "/k/").removeprefix(fleet.url)
    visitor = Visitor(fleet.url, "")
    with ThreadPoolExecutor() as both:
        by_link = both.submit(visitor.post, f"{link}antwoord/", answer="cannot")
        by_text = both.submit(fleet.network.reply, str(people[1].mobile), "ja")
        assert "opgeslagen" in by_link.result().html
        assert by_text.result() in TAKEN
    answers = eventually(lambda: found if len(found := said(call, people[1])) == 2 else [], what="both answers")
    assert {(value, via) for value, _text, via in answers} == {("cannot", "link"), ("coming", "sms")}
    page = Visitor(fleet.url, browser(people[2]).cookies["sessie"].value).get(f"/oproep/{call.uuid}/").html
    counts = nl("I am coming") if answers[0][0] == "coming" else nl("I cannot")
    assert f"{people[1].name}</bdi></strong>: {counts}" in page


def state_of_everything() -> dict[str, list[dict[str, Any]]]:
    """Every row of people, meetings and calls, without what only notes that somebody looked."""
    with as_worker():
        return {
            model._meta.label: [
                {name: value for name, value in model_to_dict(row).items() if name not in NOTED}
                | {"uneditable": {
                    field.attname: getattr(row, field.attname)
                    for field in model._meta.concrete_fields
                    if not field.editable and field.attname not in NOTED
                }}
                for row in model._default_manager.order_by("pk")
            ]
            for app in ("alliances", "meetings", "signals")
            for model in apps.get_app_config(app).get_models()
        }  # fmt: skip


def nothing_under_way() -> bool:
    """Whether nothing waits to be sent or read. A receipt for a message that is not there is about the test before this
    one: it came after the tables were emptied, and waits a day for its message.
    """
    with as_worker():
        sending = Delivery.objects.filter(state__in=["due", "claimed"], due_at__lte=Now() + A_MOMENT)
        unread = Incoming.objects.filter(handled_at=None, reference__in=Payload.objects.values("pk"))
        return not sending.exists() and not unread.exists()


def keep_still(fleet: Fleet, call: Call) -> None:
    """Wait until all is sent and read, and let only the site do something: what changes from now on, it changed."""
    with as_worker():
        CallStep.objects.filter(call=call, state="due").update(due_at=Now() + AN_HOUR)
    eventually(nothing_under_way, within=60, what="nothing under way")
    fleet.freeze(fleet.beat, fleet.worker)


def test_a_scanner_that_fetches_every_link_changes_nothing(fleet: Fleet, people: list[User], call: Call):
    """Also those of a reminder and of an invitation. HEAD and GET, as mail scanners and previews do."""
    dinner = make_meeting(call.alliance, timezone.now() + timedelta(days=3))
    for seat in members(call.alliance):
        make_attendance(dinner, seat)
    make_invitation(call.alliance)
    fleet.ring("meetings.tasks.send_reminders")
    with as_worker():
        reminders = Delivery.objects.filter(message__kind="meeting_reminder")
        eventually(reminders.exists, what="reminders are written")
        reminders.filter(state="due").update(due_at=Now())
    eventually(lambda: any("/e/" in message["text"] for message in fleet.messages()), what="a reminder that came")
    keep_still(fleet, call)
    before = state_of_everything()
    opened = [(message["channel"], visit) for message in fleet.messages() for visit in fleet.network.open(message)]
    assert {channel for channel, _visit in opened} >= {"mail", "sms"}
    assert len({visit["url"] for _channel, visit in opened if "/k/" in visit["url"]}) == len(people) - 1
    assert all(visit["get"] == 200 for _channel, visit in opened if "/k/" in visit["url"])
    assert state_of_everything() == before
