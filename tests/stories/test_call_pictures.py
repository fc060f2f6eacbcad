"""The page of a call in its states, on a phone and on a desk."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.fleet import Fleet
from tests.stories.called import Story, calling, closed, enough, nobody_answers
from tests.stories.conftest import SIZES, Tab
from tests.stories.looking import check, nl
from tests.stories.test_pages import SCREENSHOTS

STATES: dict[str, tuple[Callable[[], Story], str]] = {
    "calling": (calling, "Nog 1 nodig: de gemeente"),
    "enough": (enough, nl("There are enough people")),
    "nobody": (nobody_answers, nl("Nobody answers. Phone them now")),
    "closed": (closed, nl("This has been closed")),
}


@pytest.mark.parametrize("name", STATES)
def test_screenshots_of_a_call_in_its_states(fleet: Fleet, tab: Tab, tmp_path: Path, name: str):
    """Into docs/screenshots when `make screenshots` asks for them, else only to see that they can be made."""
    folder = SCREENSHOTS if os.environ.get("SCREENSHOTS") else tmp_path
    happened, heading = STATES[name]
    fleet.freeze(fleet.worker)  # it would go on with half a story; the next test thaws it
    story = happened()
    reader = story.seats["Noor Bakker"].user
    for size, window in SIZES.items():
        page = tab(reader, size)
        page.goto(f"/oproep/{story.call.uuid}/?stil=1")
        assert page.locator("h1").inner_text() == heading
        assert page.locator(".bond-chair__seat").count() == 10
        check(page)
        page.screenshot(path=folder / f"call-{name}-{window['width']}.png", full_page=True)
        page.goto(f"/oproep/{story.call.uuid}/alles/")
        check(page)
