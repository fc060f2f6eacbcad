"""What a resident does, with scripts off: JavaScript only adds."""

import re
from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import expect

from meetings.models import Attendance, Theme
from signals.models import Call, TensionSignal
from tests.acting import as_worker
from tests.fleet import Fleet
from tests.make import make_alliance, make_attendance, make_meeting, make_user, members
from tests.stories.conftest import Tab
from tests.stories.looking import nl
from tests.stories.steps import raise_urgent_signal, sign_in


def test_a_resident_with_scripts_off(fleet: Fleet, tab: Tab):
    noor = make_user("Noor", by=("sms",))
    table = make_alliance("Plein", members=[make_user(), make_user(), noor, make_user()])
    dinner = make_meeting(table, timezone.now() + timedelta(days=9), kind="extra")
    for each in members(table):
        make_attendance(dinner, each)
    address = f"{fleet.url}/tafel/{table.uuid}/"
    page = tab(javascript=False, expected=422)  # the guard asks

    assert noor.mobile is not None
    sign_in(page, fleet, noor.mobile)
    expect(page).to_have_url(address)
    page.locator("button[name=answer][value=coming]").first.click()
    with as_worker():
        assert Attendance.objects.get(meeting=dinner, membership__user=noor).answer == "coming"

    page.goto(f"{address}themas/nieuw/")
    page.locator("[name=title]").fill("Licht op het pad")
    page.locator("[name=text]").fill("Bel buurman Jan op 06 12 34 56 78.")
    page.locator("[name=category]").select_option(index=1)
    page.get_by_role("button", name=nl("Bring it in")).click()
    page.locator("button[name=guard][value=adjust]").click()  # the guard asks; this is about one person
    page.locator("[name=text]").fill("Het is er donker. Mensen lopen om.")
    page.get_by_role("button", name=nl("Bring it in")).click()
    with as_worker():
        assert Theme.objects.get(alliance=table).text == "Het is er donker. Mensen lopen om."

    raise_urgent_signal(page, address)
    page.get_by_role("button", name=nl("Yes, call them")).click()
    expect(page).to_have_url(re.compile("/oproep/"))
    page.get_by_role("button", name=nl("I made a mistake")).click()
    with as_worker():
        assert Call.objects.get(alliance=table).state == "mistake"
        assert TensionSignal.objects.get(alliance=table).withdrawn_at is not None
