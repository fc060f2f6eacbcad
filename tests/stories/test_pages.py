"""Every page, on a phone and on a desk: readable by everybody, no wider than its window."""

import pytest
from django.urls import reverse

from tests.access import ROWS, make_scene
from tests.fleet import Fleet
from tests.stories.conftest import Tab
from tests.stories.looking import at_both_sizes, check

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
        for _width in at_both_sizes(tabs[who]):
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
