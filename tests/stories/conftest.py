"""A real browser against the fleet: tabs that fail on whatever a script or the security policy complains of."""

import os
import shutil
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Response

from alliances.models import User
from tests.acting import browser as test_client
from tests.fleet import Fleet

CHROMIUM = os.environ.get("CHROMIUM") or next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), "chromium"
)
FLAGS = [
    "--no-sandbox",  # as root, and in containers
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SIZES = {"phone": {"width": 390, "height": 844}, "desk": {"width": 1280, "height": 900}}
Tab = Callable[..., Page]


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": FLAGS}


@pytest.fixture
def tab(fleet: Fleet, browser: Browser, request: pytest.FixtureRequest, tmp_path: Path) -> Generator[Tab, None, None]:
    """`tab(user, "phone")`: a page in a browser of its own, in which `user` is signed in (nobody, when it is None).

    Addresses are those of the fleet: `page.goto("/ik/")`. With `javascript=False` scripts are off. `expected` is a
    status that is meant, though the browser complains of it.
    """
    complaints: list[str] = []
    contexts = []

    def listen(message: ConsoleMessage, expected: int | None) -> None:
        if message.type in ("error", "warning") and f"status of {expected} " not in message.text:
            complaints.append(f"{message.text} ({message.location.get('url')})")

    def look(response: Response) -> None:
        if response.status >= 500:
            complaints.append(f"{response.status} {response.url}")

    def open_tab(
        user: User | None = None, size: str = "phone", *, javascript: bool = True, expected: int | None = None
    ) -> Page:
        context = browser.new_context(
            base_url=fleet.url,
            viewport=SIZES[size],  # type: ignore[arg-type]  # a dict with these two keys
            java_script_enabled=javascript,
            locale="nl-NL",
            timezone_id="Europe/Amsterdam",
            reduced_motion="reduce",
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        if user is not None:
            session = test_client(user).cookies["sessie"].value
            context.add_cookies([{"name": "sessie", "value": session, "url": fleet.url}])
        page = context.new_page()
        page.on("console", lambda message: listen(message, expected))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("response", look)
        return page

    yield open_tab
    failed = getattr(request.node, "failed", False)
    for number, context in enumerate(contexts):
        if failed and context.pages:
            _show(context.pages[0], tmp_path / f"{number}.png")
        context.close()
    assert complaints == []


def _show(page: Page, picture: Path) -> None:
    """What a tab shows when its story failed: in the report, and as a picture."""
    print(f"--- {page.url} ({picture})\n{page.locator('body').inner_text()[:1500]}")
    page.screenshot(path=picture, full_page=True)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Tell the fixtures of a story that it failed."""
    report = yield
    if report.when == "call":
        item.failed = report.failed  # type: ignore[attr-defined]  # read by `tab`
    return report
