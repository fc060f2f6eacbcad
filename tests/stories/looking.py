"""What every page must be: readable by everybody (WCAG 2.2 AA, by axe), and no wider than its window."""

from collections.abc import Generator, Iterable
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from django.utils import translation
from django.utils.translation import gettext
from playwright.sync_api import Page

from tests.stories.conftest import SIZES

AXE = Axe()
# Choosing by tag also switches on the rules of WCAG 2.2, which axe leaves off by default.
WCAG = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    "resultTypes": ["violations"],
    "preload": {"assets": ["media"]},  # style sheets are fetched again only for rules that are experimental
}


def nl(words: str) -> str:
    """The Dutch of a text of the interface, so that a better wording breaks no story."""
    with translation.override("nl"):
        return gettext(words)


def violations(page: Page) -> list[dict[str, Any]]:
    """What axe has against a page. Its script is given to each page once."""
    if page.evaluate("() => !window.axe"):
        page.evaluate(AXE.axe_script)
    found: list[dict[str, Any]] = page.evaluate("async (options) => (await axe.run(options)).violations", WCAG)
    return found


def check(page: Page) -> None:
    """Fail when a page is not WCAG 2.2 AA as far as axe can see, or scrolls sideways."""
    found = [
        f"{rule['id']}: {node['target']}\n    {node['html'][:160]}\n    {node.get('failureSummary')}"
        for rule in violations(page)
        for node in rule["nodes"]
    ]
    assert not found, f"{page.url}\n" + "\n".join(found)
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{page.url} scrolls {wide} px sideways"


def at_both_sizes(page: Page) -> Generator[int, None, None]:
    """Make the window as large as a phone, then as a desk, and say how wide it is."""
    for window in SIZES.values():
        page.set_viewport_size(window)  # type: ignore[arg-type]  # a dict with these two keys
        yield window["width"]


def look(pages: Iterable[Page], address: str) -> None:
    """Open an address in each of these browsers and `check` it: also for a story without scripts, which cannot."""
    for page in pages:
        page.goto(address)
        check(page)
