"""The page of a call in its states, and all of it on one page, on a phone and on a desk."""

import pytest

from tests.fleet import Fleet
from tests.stories.called import STATES
from tests.stories.conftest import Tab
from tests.stories.looking import at_both_sizes, check


@pytest.mark.parametrize("name", STATES)
def test_a_call_in_its_states(fleet: Fleet, tab: Tab, name: str):
    """Says where it stands, shows ten chairs, and is readable by everybody."""
    happen, heading = STATES[name]
    fleet.freeze(fleet.worker)  # it would go on with half a story; the next test thaws it
    story = happen()
    page = tab(story.seats["Noor Bakker"].user)
    for path in (f"/oproep/{story.call.uuid}/?stil=1", f"/oproep/{story.call.uuid}/alles/"):
        page.goto(path)
        if path.endswith("stil=1"):
            assert page.locator("h1").inner_text() == heading
            assert page.locator(".bond-chair__seat").count() == 10
        for _width in at_both_sizes(page):
            check(page)
