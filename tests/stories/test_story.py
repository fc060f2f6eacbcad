"""The whole story in real browsers, against real processes: from founding an alliance to a call that reaches nine
people, its answers, its end, and a reminder that ends up in a calendar.
"""

import re
import time
from base64 import b64decode
from datetime import timedelta
from typing import Any

import icalendar
from django.utils import timezone
from ical.calendar_stream import IcsCalendarStream
from playwright.sync_api import Page, expect

from alliances.models import Alliance, Membership, User
from meetings.models import Meeting, Theme
from messaging.models import Delivery
from signals.models import Answer, CallStep
from tests.acting import as_worker
from tests.fleet import Fleet, eventually
from tests.make import (
    make_area,
    make_attendance,
    make_coordinator,
    make_meeting,
    make_member,
    make_user,
    member_of,
    members,
)
from tests.stories.conftest import Tab
from tests.stories.looking import nl
from tests.stories.steps import choose, join, link_in, raise_urgent_signal, sign_in

POLICE, MUNICIPALITY = "bo@politie.example", "ans@gemeente.example"
NOOR, SEM = "+31620000001", "+31620000002"


def test_the_whole_story(fleet: Fleet, tab: Tab):
    found_and_join(fleet, tab)
    with as_worker():
        table = Alliance.objects.get(name="Plein")
        assert table.state == "active"
    for number in range(6):  # the six who joined last week
        make_member(table, make_user(f"Bewoner {number}", by=("mail", "sms") if number % 2 else ("sms",)))
    address = f"{fleet.url}/tafel/{table.uuid}/"
    plan_the_year(tab, table, address)
    bring_in_a_theme(tab, table, address)
    call_and_answer(fleet, tab, table, address)
    remind(fleet, table)


def found_and_join(fleet: Fleet, tab: Tab) -> None:
    city = make_area("Voorbeeldstad", level="city")
    make_area("Plein en omgeving", parent=city)
    coordinator = make_coordinator(city, "Coördinator Kim", by=("mail",))

    kim = tab(size="desk")
    assert coordinator.email is not None
    sign_in(kim, fleet, coordinator.email)
    expect(kim).to_have_url(f"{fleet.url}/gebied/")
    kim.get_by_role("link", name=nl("Found an alliance")).first.click()
    kim.locator("[name=area]").select_option(label="Plein en omgeving")
    kim.locator("[name=name]").fill("Plein")
    kim.locator("main form button").last.click()
    expect(kim).to_have_url(re.compile(r"/gebied/[0-9a-f-]{36}/$"))
    for role, address in (("police", POLICE), ("municipality", MUNICIPALITY)):
        kim.locator(f"a[href$='/uitnodigen/{role}/']").first.click()
        kim.locator("[name=name]").fill("Collega")
        choose(kim, "way", "send")
        kim.locator("[name=address]").fill(address)
        kim.locator("main form button").last.click()
        expect(kim).to_have_url(re.compile("/uitnodiging/"))
        kim.goto("/gebied/")
        kim.get_by_role("link", name="Plein").first.click()

    bo = tab(size="desk")
    join(bo, fleet, link_in(fleet.message(to=POLICE), "/j/"), name="Bo", word="egelhuis", email=POLICE, look=True)
    ans = tab(size="desk")
    link = link_in(fleet.message(to=MUNICIPALITY), "/j/")
    join(ans, fleet, link, name="Ans", word="boomhut", email=MUNICIPALITY)

    noors_link = invite(ans, "Noor", way="send", address="06 20 00 00 01")
    assert noors_link == link_in(fleet.message(to=NOOR), "/j/")
    noor = tab()
    join(noor, fleet, noors_link, name="Noor", word="merel", mobile=NOOR, look=True)
    sems_link = invite(noor, "Sem", way="link")
    sem = tab(javascript=False)
    join(sem, fleet, sems_link, name="Sem", word="zonsopgang", mobile=SEM)


def invite(page: Page, name: str, *, way: str, address: str = "") -> str:
    """A new member invites somebody from the page that welcomed them; the link that the page then shows."""
    page.goto(page.url.replace("/welkom/", "/uitnodigen/nieuw/"))
    page.locator("[name=name]").fill(name)
    choose(page, "way", way)
    page.locator("[name=address]").fill(address)
    page.locator("main form button").last.click()
    return page.locator("#link").input_value()


def plan_the_year(tab: Tab, table: Alliance, address: str) -> None:
    ans = tab(person(MUNICIPALITY), "desk")
    year = timezone.localdate().year + 1
    ans.goto(f"{address}jaar/plannen/?year={year}")
    ans.get_by_role("button", name=nl("Plan these five evenings")).click()
    expect(ans).to_have_url(re.compile("/jaar/"))
    with as_worker():
        dinners = Meeting.objects.filter(alliance=table, plan__year=year)
        assert sorted(dinners.values_list("number", flat=True)) == [1, 2, 3, 4, 5]


def bring_in_a_theme(tab: Tab, table: Alliance, address: str) -> None:
    noor = tab(person(NOOR))
    noor.goto(f"{address}themas/nieuw/")
    noor.locator("[name=title]").fill("Fietsen op de stoep")
    noor.locator("[name=text]").fill("Met een kinderwagen kom je er niet langs.")
    noor.locator("[name=category]").select_option(index=1)
    noor.get_by_role("button", name=nl("Bring it in")).click()
    expect(noor.get_by_role("heading", name="Fietsen op de stoep")).to_be_visible()
    with as_worker():
        assert Theme.objects.get(alliance=table).raised_by == seat(table, NOOR)


def call_and_answer(fleet: Fleet, tab: Tab, table: Alliance, address: str) -> None:
    others = [other.user for other in members(table) if other.user and other.user != person(NOOR)]
    fleet.network.clear()
    noor = tab(person(NOOR))
    raise_urgent_signal(noor, address)
    expect(noor.get_by_role("heading", level=1)).to_have_text("Je roept 9 mensen op.")
    pressed = time.monotonic()
    noor.get_by_role("button", name=nl("Yes, call them")).click()
    eventually(lambda: {user.pk for user in others if reached(fleet, user)} == {user.pk for user in others},
               within=5 - (time.monotonic() - pressed), what="nine people reached in five seconds")  # fmt: skip
    assert not reached(fleet, person(NOOR)), "who calls gets no message"
    expect(noor).to_have_url(re.compile("/oproep/"))

    # Two taps: the link, the button. Once by SMS without scripts, once from a mail on a desk.
    comes, cannot = person(SEM), person(POLICE)
    answer(tab(javascript=False), link_of_call(fleet, comes), "coming")
    watching = tab(person(MUNICIPALITY), "desk")
    watching.goto(noor.url)
    before = watching.get_by_role("heading", level=1).inner_text()
    answer(tab(size="desk"), link_of_call(fleet, cannot), "cannot")
    expect(watching.locator("#call-people")).to_contain_text(f"Bo: {nl('I cannot')}")  # by itself: the page is live
    expect(watching.locator("#call-people")).to_contain_text(f"Sem: {nl('I am coming')}")
    answer(tab(), link_of_call(fleet, others[-1]), "coming")
    expect(watching.locator("#call-people")).to_contain_text(f"{others[-1].name}: {nl('I am coming')}")
    expect(watching.get_by_role("heading", level=1)).not_to_have_text(before)

    # Two minutes later. Only who is silent and has a mobile number hears it again.
    with as_worker():
        CallStep.objects.filter(kind="ladder", position=1).update(due_at=timezone.now())
    answered = {comes.pk, cannot.pk, others[-1].pk}
    silent = {user.pk for user in others if user.pk not in answered and user.mobile}
    eventually(lambda: {user.pk for user in others if second_sms(fleet, user)} >= silent, within=20,
               what="a second SMS to the silent")  # fmt: skip
    assert {user.pk for user in others if second_sms(fleet, user)} == silent

    # Closed, with what was done; who raised it reads that.
    watching.get_by_role("link", name=nl("Close it")).click()
    watching.locator("[name=outcome]").fill("We zijn samen gaan kijken. Iedereen is naar huis.")
    watching.get_by_role("button", name=nl("Close it and let everybody read it")).click()
    expect(watching.locator("main")).to_contain_text("Iedereen is naar huis.")
    noor.goto(watching.url)
    expect(noor.locator("main")).to_contain_text("Iedereen is naar huis.")
    with as_worker():
        assert Answer.objects.filter(recipient__call__alliance=table, via="link").count() == 3


def remind(fleet: Fleet, table: Alliance) -> None:
    fleet.network.clear()
    dinner = make_meeting(table, timezone.now() + timedelta(days=3), place="Buurthuis De Schakel")
    for each in members(table):
        make_attendance(dinner, each)
    fleet.ring("meetings.tasks.send_reminders")  # beat does so every five minutes
    without_waiting_for_the_morning()
    mail = fleet.message(to=MUNICIPALITY, channel="mail")
    assert "Plein" not in mail["subject"]
    assert "Buurthuis De Schakel" in mail["text"]
    assert link_in(mail, "/e/")
    (file,) = [file for file in mail["attachments"] if file["name"].endswith(".ics")]
    text = b64decode(file["content"]).decode()
    (event,) = icalendar.Calendar.from_ical(text).walk("VEVENT")
    assert event.decoded("DTSTART") == dinner.starts_at.replace(microsecond=0)
    assert "Plein" not in str(event["SUMMARY"])
    (same,) = IcsCalendarStream.calendar_from_ics(text).events
    assert same.dtstart == event.decoded("DTSTART")
    assert same.uid == event["UID"]
    fleet.ring("meetings.tasks.send_reminders")  # twice is not twice
    with as_worker():
        told = sum(1 for each in members(table) if each.user and each.user.email)
    eventually(lambda: len(fleet.messages(channel="mail")) == told, what="one mail each")


def without_waiting_for_the_morning() -> None:
    """A reminder written in the quiet hours waits until 07.30; this story may be told at night."""
    with as_worker():
        reminders = Delivery.objects.filter(message__kind="meeting_reminder")
        eventually(reminders.exists, what="reminders are written")
        reminders.filter(state="due").update(due_at=timezone.now())


# --- Who and what --------------------------------------------------------------------------------------------------


def person(address: str) -> User:
    with as_worker():
        return User.objects.get(**{"email" if "@" in address else "mobile": address})


def seat(table: Alliance, address: str) -> Membership:
    return member_of(table, person(address))


def reached(fleet: Fleet, user: User) -> list[dict[str, Any]]:
    """What came to somebody, by mail or SMS."""
    return [message for address in (user.email, user.mobile) if address for message in fleet.messages(to=address)]


def second_sms(fleet: Fleet, user: User) -> bool:
    return bool(user.mobile) and len(fleet.messages(to=str(user.mobile), channel="sms")) > 1


def link_of_call(fleet: Fleet, user: User) -> str:
    return link_in(reached(fleet, user)[0], "/k/")


def answer(page: Page, link: str, value: str) -> None:
    """The second tap; the first one was the link."""
    page.goto(link)
    page.locator(f"button[name=answer][value={value}]").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(nl("Your answer was saved"))
