"""The pictures of docs/screenshots: `make screenshots` makes them again. No test, so `make test` passes it by."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from alliances.models import Alliance, Invitation, User
from meetings.models import Meeting
from tests import environment
from tests.acting import as_worker
from tests.fleet import Fleet
from tests.stories.called import STATES
from tests.stories.conftest import Tab
from tests.stories.looking import at_both_sizes, check, nl
from tests.stories.steps import link_in, raise_urgent_signal

SCREENSHOTS = environment.ROOT / "docs" / "screenshots"


def take(page: Page, name: str) -> None:
    """A picture of the whole page on a phone and on a desk; of no page that is not readable by everybody."""
    for width in at_both_sizes(page):
        check(page)
        page.screenshot(path=SCREENSHOTS / f"{name}-{width}.png", full_page=True)


@pytest.fixture
def demo(fleet: Fleet, tmp_path: Path) -> Fleet:
    """The fleet with the people and the past of `make demo`."""
    subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "bondgenoten.local.demodata", "--people", str(tmp_path / "people.json")],
        cwd=environment.ROOT,
        env=os.environ
        | {
            "DATABASE_OWNER_URL": environment.server_url("bondgenoten", fleet.database),
            "SITE_URL": fleet.url,
            "REDIS_URL": fleet.valkey.url,
        },
        check=True,
        capture_output=True,
    )
    return fleet


def test_the_main_pages(demo: Fleet, tab: Tab):
    with as_worker():
        table = Alliance.objects.get(name="Zamenhofdreef")
        dinner = Meeting.objects.filter(alliance=table).coming_up(timezone.now()).first()
        link = Invitation.objects.get(alliance__name="Neckardreef", name="Anouk").path
        wilma, ruud, petra = (User.objects.get(name=name) for name in ("Wilma", "Ruud", "Petra"))
    assert dinner is not None
    at = f"{demo.url}/tafel/{table.uuid}/"
    caller = tab(ruud)
    raise_urgent_signal(caller, at)
    caller.get_by_role("button", name=nl("Yes, call them")).click()
    expect(caller).to_have_url(re.compile("/oproep/"))
    answer = link_in(demo.message(to="hanneke@politie.example", channel="mail"), "/k/")
    for address, value in (("joost@gemeente.example", "coming"), ("+31612345606", "coming"), ("+31612345608", "seen")):
        other = tab()
        other.goto(link_in(demo.message(to=address), "/k/"))
        other.locator(f"button[name=answer][value={value}]").click()
    pages = {
        "join": (None, link),
        "table": (wilma, at),
        "year": (wilma, f"{at}jaar/"),
        "plan": (wilma, f"{at}jaar/plannen/?year={timezone.localdate().year + 1}"),
        "dinner": (wilma, f"/etentje/{dinner.uuid}/"),
        "themes": (wilma, f"{at}themas/"),
        "signal": (wilma, f"{at}signaal/"),
        "call": (wilma, caller.url),
        "answer": (None, answer),
        "area": (petra, "/gebied/"),
    }
    tabs = {user: tab(user) for user in (None, wilma, petra)}
    for name, (user, path) in pages.items():
        tabs[user].goto(path)
        take(tabs[user], name)


@pytest.mark.parametrize("name", STATES)
def test_a_call_in_its_states(fleet: Fleet, tab: Tab, name: str):
    fleet.freeze(fleet.worker)  # it would go on with half a story; the next test thaws it
    story = STATES[name][0]()
    page = tab(story.seats["Noor Bakker"].user)
    page.goto(f"/oproep/{story.call.uuid}/?stil=1")
    take(page, f"call-{name}")
