"""Every page, on a phone and on a desk: readable by everybody, no wider than its window. Pictures of the main ones."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from alliances.models import Alliance, Invitation, User
from meetings.models import Meeting
from tests import environment
from tests.access import ROWS, make_scene
from tests.acting import as_worker
from tests.fleet import Fleet
from tests.stories.conftest import SIZES, Tab
from tests.stories.looking import check, nl
from tests.stories.steps import link_in, raise_urgent_signal

SCREENSHOTS = environment.ROOT / "docs" / "screenshots"
NO_PAGE = {"health", "alliances:card", "meetings:ics", "meetings:answer-ics", "meetings:feed"}  # data and files
NO_PAGE |= {"signals:call-pulse", "signals:call-log-file", "alliances:worker", "alliances:manifest"}
NO_PAGE |= {"alliances:me-device"}
READERS = ("nobody", "police", "coordinator", "stranger", "administrator")


@pytest.mark.parametrize(("app", "least"), [("alliances", 28), ("meetings", 50), ("signals", 14), ("", 4)])
def test_every_page_is_readable_by_everybody(fleet: Fleet, tab: Tab, app: str, least: int):
    """Each address that shows a page to somebody, from the table of who gets what; on a phone, and made wider."""
    scene = make_scene()
    tabs = {who: tab(None if who == "nobody" else getattr(scene.cast, who)) for who in READERS}
    looked_at = set()
    for name, row in ROWS.items():
        who = next((reader for reader in READERS if row.statuses[reader] == 200), None)
        if row.method != "get" or who is None or name in NO_PAGE or name.rpartition(":")[0] != app:
            continue
        tabs[who].goto(reverse(name.split(" ", maxsplit=1)[0], kwargs=row.arguments(scene)))
        for window in SIZES.values():
            tabs[who].set_viewport_size(window)  # type: ignore[arg-type]  # a dict with these two keys
            check(tabs[who])
        looked_at.add(name)
    assert len(looked_at) >= least, "the table of addresses has become shorter"


@pytest.mark.parametrize("path", ["/nergens/", "/tafel/00000000-0000-4000-8000-000000000000/"])
def test_what_is_not_there_says_so_in_our_own_words(fleet: Fleet, tab: Tab, path: str):
    page = tab(make_scene().cast.police, expected=404)
    response = page.goto(path)
    assert response is not None
    assert response.status == 404
    check(page)


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


def test_screenshots_of_the_main_pages(demo: Fleet, tab: Tab, tmp_path: Path):
    """Into docs/screenshots when `make screenshots` asks for them, else only to see that they can be made."""
    folder = SCREENSHOTS if os.environ.get("SCREENSHOTS") else tmp_path
    folder.mkdir(parents=True, exist_ok=True)
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
        for window in SIZES.values():
            tabs[user].set_viewport_size(window)  # type: ignore[arg-type]  # a dict with these two keys
            check(tabs[user])
            tabs[user].screenshot(path=folder / f"{name}-{window['width']}.png", full_page=True)
    made = {file.name for file in folder.iterdir()}
    assert made >= {f"{name}-{window['width']}.png" for name in pages for window in SIZES.values()}
