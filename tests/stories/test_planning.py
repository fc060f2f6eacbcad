"""Planning a year in a browser: with the mouse, with the keyboard, and with scripts off."""

import time
from datetime import date, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from alliances.models import Alliance
from meetings.models import Meeting
from tests.acting import as_worker
from tests.fleet import Fleet
from tests.make import make_alliance, make_user
from tests.stories.conftest import Tab
from tests.stories.looking import check, nl

NEXT_YEAR = timezone.localdate().year + 1


@pytest.fixture
def table(fleet: Fleet) -> Alliance:
    return make_alliance("Plein", members=[make_user(), make_user("Joost"), make_user("Noor")])


def open_plan(tab: Tab, table: Alliance, size: str, **how: bool) -> Page:
    with as_worker():
        joost = table.memberships.select_related("user").get(role="municipality").user
    page = tab(joost, size, **how)
    page.goto(f"/tafel/{table.uuid}/jaar/plannen/?year={NEXT_YEAR}")
    return page


def day_of(page: Page, number: int) -> date:
    return date.fromisoformat(page.locator(f"[name=day_{number}]").input_value())


def planned(table: Alliance) -> list[date]:
    with as_worker():
        return [timezone.localtime(meeting.starts_at).date() for meeting in Meeting.objects.filter(alliance=table)]


def test_arrow_keys_move_an_evening_and_the_focus_stays(table: Alliance, tab: Tab):
    page = open_plan(tab, table, "desk")
    before = day_of(page, 2)
    slider = page.get_by_role("slider", name="Avond 2")
    slider.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowLeft")
    expect(page.locator("[data-plan-said]")).not_to_be_empty()  # the server answered, and it was said aloud
    after = before + timedelta(weeks=1)
    assert day_of(page, 2) == after
    expect(slider).to_be_focused()
    expect(page.locator("#evening-2 legend")).to_contain_text(f"{after.day} ")
    check(page)
    page.get_by_role("button", name=nl("Plan these five evenings")).last.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(str(NEXT_YEAR))
    assert after in planned(table)


@pytest.mark.parametrize("size", ["phone", "desk"])
def test_an_evening_is_dragged(table: Alliance, tab: Tab, size: str):
    page = open_plan(tab, table, size)
    before = day_of(page, 3)
    mark = page.locator("[data-evening='3'] b")
    line = page.locator("[data-strip-line]").bounding_box()
    box = mark.bounding_box()
    assert line
    assert box
    middle, week = box["x"] + box["width"] / 2, line["width"] / 53
    page.mouse.move(middle, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(middle - 2 * week, box["y"], steps=4)
    page.mouse.up()
    expect(page.locator("[data-plan-said]")).not_to_be_empty()
    assert timedelta(weeks=1) <= before - day_of(page, 3) <= timedelta(weeks=3)
    assert (before - day_of(page, 3)).days % 7 == 0
    assert not planned(table)  # moving keeps nothing


def test_the_arrow_keys_do_not_leave_the_year(table: Alliance, tab: Tab):
    page = open_plan(tab, table, "desk")
    page.get_by_role("slider", name="Avond 5").focus()
    for _press in range(12):
        page.keyboard.press("ArrowUp")
    expect(page.locator("[data-plan-said]")).not_to_be_empty()
    assert day_of(page, 5).year == NEXT_YEAR
    assert day_of(page, 5) >= date(NEXT_YEAR, 12, 18)


def test_a_year_in_two_minutes_with_scripts_off(table: Alliance, tab: Tab):
    """From the home page: plan, a week later, accept. Three taps; the clock counts the pages, not a person reading."""
    page = open_plan(tab, table, "phone", javascript=False)
    page.goto("/")
    began = time.monotonic()
    page.get_by_role("link", name=nl("Plan the year")).first.click()
    before = day_of(page, 1)
    page.locator("#evening-1").get_by_role("button", name=nl("Week later")).click()
    assert day_of(page, 1) == before + timedelta(weeks=1)
    page.get_by_role("button", name=nl("Plan these five evenings")).last.click()
    assert len(planned(table)) == 5
    assert time.monotonic() - began < 60
