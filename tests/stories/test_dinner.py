"""A dinner as people live it: before it, with scripts off; the evening itself; a guest who comes for one evening."""

import re
from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import Page, expect

from alliances.models import Alliance
from meetings.models import Agreement, Attendance, FoodWish, Meeting, Owner, Theme, ThemePoint
from tests.acting import as_worker, fresh
from tests.fleet import Fleet
from tests.make import make_alliance, make_attendance, make_meeting, make_theme, make_user, members
from tests.stories.conftest import SIZES, Tab
from tests.stories.looking import check, look, nl
from tests.stories.steps import tick

DAY = timedelta(days=1)


def make_table(*, residents: tuple[str, ...] = ("Noor", "Sem")) -> Alliance:
    """Wijkagent Bo, gebiedsmanager Ans, and residents."""
    return make_alliance("Plein", members=[make_user(name) for name in ("Bo", "Ans", *residents)])


def make_dinner(table: Alliance, in_days: float = 9) -> Meeting:
    """A dinner at which everybody has still to say whether they come."""
    dinner = make_meeting(table, timezone.now() + in_days * DAY)
    for seat in members(table):
        make_attendance(dinner, seat)
    return dinner


def move_clock(dinner: Meeting, by: timedelta) -> None:
    """So much later, for this evening: its times lie that much earlier."""
    with as_worker():
        now = fresh(dinner)
        begin, end = now.starts_at - by, now.ends_at - by
        Meeting.objects.filter(pk=dinner.pk).update(starts_at=begin, ends_at=end)


def bring_in(page: Page, table: Alliance, title: str, text: str, *, on_behalf: bool = False) -> Theme:
    """Bring in a theme, by its form."""
    page.goto(f"/tafel/{table.uuid}/themas/nieuw/")
    page.get_by_label(nl("What is it about?")).fill(title)
    page.get_by_label(nl("What do you notice of it here?")).fill(text)
    page.locator("[name=category]").select_option(index=1)
    if on_behalf:
        tick(page, "on_behalf")
    page.get_by_role("button", name=nl("Bring it in")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    with as_worker():
        return Theme.objects.get(alliance=table, title=title)


def test_a_resident_on_a_phone_with_scripts_off(fleet: Fleet, tab: Tab):
    table = make_table()
    bo, _ans, noor, _sem = members(table)
    dinner = make_dinner(table)
    other = make_theme(table, raised_by=bo, title="Fietsen op de stoep")
    page = tab(noor.user, javascript=False)
    eyes = [tab(noor.user, size) for size in SIZES]

    mine = bring_in(page, table, "Licht op het pad", "Het is er donker. Mensen lopen om.")
    hers = bring_in(page, table, "Lawaai in de nacht", "Zij slaapt slecht door de brommers.", on_behalf=True)
    expect(page.locator("main")).to_contain_text("Namens iemand anders")
    with as_worker():
        assert (fresh(mine).on_behalf, fresh(hers).on_behalf) == (False, True)
    look(eyes, page.url)

    page.goto(f"/tafel/{table.uuid}/")
    page.get_by_role("link", name=nl("What do we talk about?")).first.click()
    expect(page).to_have_url(re.compile(f"/etentje/{dinner.uuid}/$"))
    page.get_by_role("link", name=nl("Give your points")).click()
    look(eyes, page.url)
    for theme in (mine, mine, other):
        page.locator(f"#thema-{theme.uuid}").get_by_role("button", name=nl("Give a point")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(nl("You gave your three points"))
    expect(page.get_by_role("button", name=nl("Give a point"))).to_have_count(0)
    with as_worker():
        given = ThemePoint.objects.filter(membership=noor, meeting=dinner).values_list("theme", flat=True)
        assert sorted(given) == sorted([mine.pk, mine.pk, other.pk])

    page.goto(f"/etentje/{dinner.uuid}/")
    page.get_by_role("button", name=nl("I will be the host")).click()
    expect(page.locator("main")).to_contain_text(nl("You are the host."))
    page.get_by_role("link", name=nl("What I do not eat")).click()
    look(eyes, page.url)
    page.locator("label[for$=_wishes_0]").click()
    page.get_by_role("button", name=nl("Save")).click()
    expect(page.locator(".bond-wishes")).to_contain_text("1 zonder vlees")
    page.locator("button[name=answer][value=coming]").first.click()
    expect(page.locator("button[name=answer][value=coming]").first).to_have_attribute("aria-pressed", "true")
    look(eyes, page.url)
    with as_worker():
        assert fresh(dinner).host_id == noor.pk
        assert FoodWish.objects.get(membership=noor).wishes == ["vegetarian"]
        assert Attendance.objects.get(meeting=dinner, membership=noor).answer == "coming"
    assert fleet.messages() == []  # all of this stands on the page: nobody gets a message of it


def test_the_agenda_by_points_and_by_not_heard_yet(fleet: Fleet, tab: Tab):
    table = make_table()
    bo, ans, noor, sem = members(table)
    waits = make_theme(table, raised_by=sem, title="Rommel bij de containers")
    make_meeting(table, timezone.now() - 50 * DAY)  # an evening that passed it over
    with as_worker():
        Theme.objects.filter(pk=waits.pk).update(waits_since=timezone.now() - 60 * DAY)
    dinner = make_dinner(table)
    popular = make_theme(table, raised_by=bo, title="Vuurwerk in december")
    new = make_theme(table, raised_by=noor, title="Fietsen op de stoep")
    with as_worker():
        Theme.objects.filter(alliance=table).update(state="agenda", meeting=dinner)
        for number in (1, 2, 3):
            ThemePoint.objects.create(theme=popular, meeting=dinner, membership=ans, number=number)
    page = tab(ans.user, "desk")

    page.goto(f"/etentje/{dinner.uuid}/punten/")
    expect(page.locator(f"#thema-{waits.uuid}")).to_contain_text("Wacht al 1 avond")
    titles = [theme.title for theme in (waits, popular, new)]  # who waited, the points, and both sides in turn
    assert page.locator(".bond-theme__title").all_inner_texts() == titles
    check(page)
    page.goto(f"/etentje/{dinner.uuid}/")
    shown = page.locator(".bond-agenda__title").all_inner_texts()
    assert [title for title in shown if title in titles] == titles
    check(page)


def test_the_evening_itself(fleet: Fleet, tab: Tab):
    table = make_table()
    _bo, ans, noor, sem = members(table)
    dinner = make_dinner(table, in_days=0)
    theme = make_theme(table, raised_by=noor, title="Vuurwerk in december", state="agenda", meeting=dinner)
    page = tab(ans.user, "desk")
    page.goto(f"/etentje/{dinner.uuid}/")
    page.get_by_role("link", name=nl("Begin the evening")).click()
    for seat in (ans, noor, sem):
        page.locator("#who").get_by_role("button", name=seat.name, exact=True).click()
        there = page.locator("#who").get_by_role("button", name=seat.name, exact=True)
        expect(there).to_have_attribute("aria-pressed", "true")
    item = page.locator(f"#item-theme-{theme.uuid}")
    item.locator("summary").click()
    item.get_by_label(nl("Notes")).fill("De jongerenwerker gaat op vrijdag mee.")
    item.get_by_role("button", name=nl("Save")).click()
    expect(page).to_have_url(re.compile(f"#item-theme-{theme.uuid}$"))
    expect(item.get_by_label(nl("Notes"))).to_have_value("De jongerenwerker gaat op vrijdag mee.")
    look([tab(ans.user, size) for size in SIZES], f"/etentje/{dinner.uuid}/avond/")

    page.get_by_role("link", name=nl("Write the report: five lines")).click()
    check(page)
    page.get_by_role("link", name=nl("Write down an agreement of this evening")).click()
    page.locator("[name=text]").fill("Elke vrijdag een ronde langs het veld")
    page.locator("label", has_text=re.compile(r"^\s*Sem\s*$")).click()
    page.locator("[name=due_on]").fill((timezone.localdate() + 30 * DAY).isoformat())
    page.locator("[name=theme]").select_option(label=theme.title)
    check(page)
    page.get_by_role("button", name=nl("Write it down")).click()
    expect(page).to_have_url(re.compile("/verslag/$"))
    expect(page.locator("[name=agreed]")).to_have_value("Elke vrijdag een ronde langs het veld.")
    with as_worker():
        agreement = Agreement.objects.get(alliance=table)
        assert (agreement.meeting_id, agreement.theme_id) == (dinner.pk, theme.pk)
        owner = Owner.objects.get(agreement=agreement)
        assert (owner.membership_id, owner.yes_at, owner.no_at) == (sem.pk, None, None)
        here = Attendance.objects.filter(meeting=dinner, present=True)
        assert set(here.values_list("membership", flat=True)) == {ans.pk, noor.pk, sem.pk}
    assert fleet.messages() == []


def test_a_guest_sees_one_evening_and_the_day_after_nothing(fleet: Fleet, tab: Tab):
    table = make_table()
    _bo, ans, noor, _sem = members(table)
    dinner = make_dinner(table, in_days=2)
    make_theme(table, raised_by=noor, title="Vuurwerk in december", state="agenda", meeting=dinner)
    page = tab(ans.user, "desk")
    page.goto(f"/etentje/{dinner.uuid}/")
    page.get_by_role("link", name=nl("Ask an expert for this evening")).click()
    page.locator("[name=name]").fill("Fatima")
    page.locator("[name=about]").fill("Vuurwerk")
    check(page)
    page.get_by_role("button", name=nl("Make the link")).click()
    link = page.locator("#link-1").input_value()
    check(page)
    assert link.startswith(f"{fleet.url}/g/")

    guest = tab(javascript=False, expected=410)
    guest.goto(link)
    expect(guest.locator("main")).to_contain_text("Buurthuis De Schakel")
    shown = guest.content()
    for hidden in ("Plein", "Bo", "Ans", "Noor", "Fatima", "Vuurwerk", "politie", "gemeente"):
        assert not re.search(rf"\b{hidden}\b", shown), hidden
    look([tab(size=size) for size in SIZES], link)
    for path in ("/", f"/etentje/{dinner.uuid}/", f"/tafel/{table.uuid}/"):  # the link opens nothing else
        guest.goto(path)
        expect(guest).to_have_url(re.compile("/inloggen/"))

    move_clock(dinner, 2 * DAY + timedelta(hours=4))  # an hour after the end
    guest.goto(link)
    expect(guest.locator("main")).to_contain_text("Buurthuis De Schakel")
    move_clock(dinner, DAY)
    response = guest.goto(link)
    assert response is not None
    assert response.status == 410
    expect(guest.get_by_role("heading", level=1)).to_have_text(nl("This link does not work any more"))
    assert "Schakel" not in guest.content()
