"""What people do, in several stories: sign in with a code, join by a link, raise a signal."""

import re
from typing import Any

from playwright.sync_api import Page, expect

from tests.fleet import Fleet, eventually

from .looking import check, nl


def link_in(message: dict[str, Any], path: str) -> str:
    """The link to a page of the site in a message that arrived on a pretend phone; as people see it, without markup."""
    found = re.search(rf"https?://\S+{path}\w+/?", message["text"])
    assert found, message["text"]
    return found[0]


def code_for(fleet: Fleet, address: str) -> str:
    """The six digits that came to an address, waited for."""

    def codes() -> list[str]:
        return [code for message in fleet.messages(to=address) for code in re.findall(r"\b\d{6}\b", message["text"])]

    return eventually(codes, what=f"a code for {address}")[-1]


def sign_in(page: Page, fleet: Fleet, address: str) -> None:
    """Type the address, and the code that comes to it."""
    page.goto("/inloggen/")
    page.locator("main form input:not([type=hidden])").fill(address)
    page.locator("main form button").first.click()
    page.locator("[name=code]").fill(code_for(fleet, address))
    page.locator("main form button").first.click()


def join(
    page: Page, fleet: Fleet, link: str, *, name: str, word: str, mobile: str = "", email: str = "", look: bool = False
) -> None:
    """From the link in the invitation to the table, through every page; with `look`, each is looked at by axe."""
    see = check if look else _pass_by
    page.goto(link)
    page.get_by_role("link", name=nl("Begin")).click()
    see(page)
    page.locator("[name=name]").fill(name)
    page.get_by_role("button", name=nl("Continue")).click()
    expect(page.get_by_role("button", name=nl("I take part"))).to_be_visible()
    see(page)
    page.get_by_role("button", name=nl("I take part")).click()
    page.locator("[name=own]").fill(word)
    see(page)
    page.get_by_role("button", name=nl("This is my word")).click()
    for kind, address in (("mobile", mobile), ("email", email)):
        page.locator(f"[name={kind}]").fill(address)
        if address:
            tick(page, f"{kind}_message")
    if mobile:
        tick(page, "mobile_phone")
    see(page)
    page.get_by_role("button", name=nl("Send me a code")).click()
    for address in filter(None, (mobile, email)):
        page.locator("[name=code]").fill(code_for(fleet, address))
        see(page)
        page.get_by_role("button", name=nl("Check")).click()
    expect(page).to_have_url(re.compile("/welkom/$"))
    see(page)


def _pass_by(_page: Page) -> None:
    """Without scripts axe cannot look."""


def tick(page: Page, name: str) -> None:
    """Say yes, where that was not said already."""
    box = page.locator(f"input[name={name}]")
    if not box.is_checked():
        page.locator(f"label[for={box.get_attribute('id')}]").click()
    expect(box).to_be_checked()


def choose(page: Page, name: str, value: str) -> None:
    """Tap the label of a choice, as a finger does."""
    option = page.locator(f"input[name={name}][value={value}]")
    page.locator(f"label[for={option.get_attribute('id')}]").click()
    expect(option).to_be_checked()


def next_question(page: Page) -> None:
    """To the next one."""
    page.get_by_role("button", name=nl("Next")).click()


def raise_urgent_signal(page: Page, table: str) -> None:
    """The four questions, up to the page that says how many people are called. `table` is the table's address."""
    page.goto(f"{table}signaal/")
    page.locator("[name=text]").fill("Er staat een groep te schreeuwen voor de winkel.")
    next_question(page)
    page.locator("[name=place]").fill("Bij het plein")
    choose(page, "when", "now")
    next_question(page)
    choose(page, "certainty", "seen")
    next_question(page)
    choose(page, "choice", "now")
    next_question(page)
