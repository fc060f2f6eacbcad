"""After the dinner, as people live it: five lines that two write at once, an agreement that does not work out, a plan,
and what who raised the theme reads of it. And what was thought through, when it does get tense.
"""

import re
from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.dateformat import format as write
from playwright.sync_api import Page, expect

from alliances.models import Alliance
from meetings.models import Agreement, Meeting, Owner, Report, Theme
from messaging.models import Delivery
from signals.models import TensionSignal
from tests.acting import as_worker, fresh
from tests.fleet import Fleet, eventually
from tests.make import make_agreement, make_attendance, make_meeting, make_report, make_theme, members
from tests.stories.conftest import SIZES, Tab
from tests.stories.looking import check, look, nl
from tests.stories.steps import link_in, raise_urgent_signal
from tests.stories.test_dinner import make_table

NEUTRAL = ("Plein", "Vuurwerk", "Bo", "Ans", "Noor", "Sem", "Schakel", "olitie", "emeente")


def make_dinner_of_yesterday(table: Alliance) -> Meeting:
    """A dinner at which everybody was."""
    dinner = make_meeting(table, timezone.now() - timedelta(hours=26))
    for seat in members(table):
        made = make_attendance(dinner, seat, "coming")
        with as_worker():
            type(made).objects.filter(pk=made.pk).update(present=True)
    return dinner


def arrived(fleet: Fleet, kind: str, to: str) -> dict[str, Any]:
    """What came to an address, as people see it; what waits for the end of the quiet hours goes now."""
    waiting = Delivery.objects.filter(message__kind=kind)
    with as_worker():
        eventually(waiting.exists, what=f"{kind} was written")
        waiting.filter(state="due").update(due_at=timezone.now())
    message = fleet.message(to=to)
    said = message.get("subject") or message["text"]
    assert not [word for word in NEUTRAL if word in said], said
    return message


def change(page: Page, line: str, text: str) -> None:
    """Better one line of a shared report, in place."""
    form = page.locator(f"form[action$='/verslag/{line}/']")
    page.locator("details", has=form).locator("summary").click()
    form.locator("[name=text]").fill(text)
    form.get_by_role("button", name=nl("Save my words")).click()


def test_five_lines_that_two_write_at_once(fleet: Fleet, tab: Tab):
    table = make_table()
    bo, ans, noor, _sem = members(table)
    dinner = make_dinner_of_yesterday(table)
    make_theme(table, raised_by=noor, title="Vuurwerk in december", state="agenda", meeting=dinner)
    at = f"/etentje/{dinner.uuid}/verslag/"
    hers, his = tab(ans.user, "desk"), tab(bo.user, "desk", expected=409)
    for page in (hers, his):
        page.goto(at)
        expect(page.locator("[name=discussed]")).to_have_value("Vuurwerk in december.")
    hers.locator("[name=discussed]").fill("Het vuurwerk, en de angst van ouderen.")
    hers.locator("[name=outside]").fill("Dat er vrijdag iemand loopt.")
    check(hers)
    hers.get_by_role("button", name=nl("Save, share later")).click()
    his.locator("[name=discussed]").fill("Het vuurwerk bij de school.")
    his.locator("[name=agreed]").fill("Bo vraagt een vuilnisbak aan.")
    his.get_by_role("button", name=nl("Save and share")).click()
    expect(his.get_by_role("heading", level=1)).to_have_text(nl("Somebody wrote at the same time"))
    expect(his.get_by_role("alert")).to_contain_text("Het vuurwerk, en de angst van ouderen.")
    expect(his.locator("[name=discussed]")).to_have_value("Het vuurwerk bij de school.")
    expect(his.locator("[name=agreed]")).to_have_value("Bo vraagt een vuilnisbak aan.")
    check(his)
    with as_worker():
        assert Report.objects.get(meeting=dinner).shared_at is None
    assert fleet.messages() == []
    his.locator("[name=discussed]").fill("Het vuurwerk bij de school, en de angst van ouderen.")
    his.get_by_role("button", name=nl("Save and share")).click()
    expect(his.locator(".bond-report")).to_contain_text("Dat er vrijdag iemand loopt.")
    hers.goto(at)  # she reads whose words stand there now, and that hers are not lost
    line = hers.locator(".bond-report__line").first
    expect(line).to_contain_text("Bo verbeterde dit.")
    expect(line.locator("del")).to_have_text("Het vuurwerk, en de angst van ouderen.")

    assert noor.user.email
    mail = arrived(fleet, "report_shared", noor.user.email)
    assert link_in(mail, "/etentje/[0-9a-f-]+/") == f"{fleet.url}{at}"
    assert not fleet.messages(to=str(bo.user.email))  # who shared it knows


def test_who_was_there_betters_the_report(fleet: Fleet, tab: Tab):
    table = make_table()
    bo, ans, noor, sem = members(table)
    dinner = make_dinner_of_yesterday(table)
    make_report(dinner, written_by=bo, agreed="Bo vraagt een vuilnisbak aan.")
    at = f"/etentje/{dinner.uuid}/verslag/"
    page = tab(noor.user, javascript=False)
    page.goto(at)
    change(page, "agreed", "Bo en Sem vragen samen een vuilnisbak aan.")
    expect(page.locator(".bond-report__line").nth(1).locator("del")).to_have_text("Bo vraagt een vuilnisbak aan.")
    first, second = tab(sem.user), tab(ans.user, expected=409)
    for one in (first, second):
        one.goto(at)
    change(first, "next", "Ook de jongerenwerker erbij.")
    expect(first.locator(".bond-report")).to_contain_text("Ook de jongerenwerker erbij.")
    change(second, "next", "Liefst op een donderdag.")
    expect(second.get_by_role("heading", level=1)).to_have_text(nl("Somebody wrote at the same time"))
    expect(second.get_by_role("alert")).to_contain_text("Ook de jongerenwerker erbij.")
    check(second)
    expect(second.locator("[name=text]")).to_have_value("Liefst op een donderdag.")
    second.locator("[name=text]").fill("Ook de jongerenwerker erbij, liefst op een donderdag.")
    second.get_by_role("button", name=nl("Save my words")).click()
    page.goto(at)
    expect(page.locator("del", has_text="Ook de jongerenwerker erbij.")).to_have_count(1)
    page.get_by_role("button", name=nl("Yes, this is right")).click()
    expect(page.locator("main")).to_contain_text(nl("You said yes."))
    look([tab(noor.user, size) for size in SIZES], at)


def test_an_agreement_from_the_own_yes_to_herken_je_dit(fleet: Fleet, tab: Tab):
    table = make_table()
    _bo, ans, noor, sem = members(table)
    words = "In december durft mijn moeder niet naar buiten."
    theme = make_theme(table, raised_by=noor, title="Vuurwerk in december", text=words, state="discussed")
    agreement = make_agreement(table, sem, said=None, text="Elke vrijdag een ronde", theme=theme, made_by=ans)
    page = tab(sem.user, javascript=False)
    page.goto(f"/tafel/{table.uuid}/")
    page.get_by_role("link", name="Elke vrijdag een ronde").first.click()
    page.get_by_role("button", name=nl("Yes, I will do it")).click()
    expect(page).to_have_url(re.compile(f"/afspraak/{agreement.uuid}/$"))
    expect(page.get_by_role("button", name=nl("Yes, I will do it"))).to_have_count(0)
    with as_worker():
        assert Owner.objects.get(agreement=agreement).yes_at is not None
        Agreement.objects.filter(pk=agreement.pk).update(due_on=timezone.localdate() - timedelta(days=1))
    fleet.ring("meetings.tasks.mind_owners")  # beat does so every five minutes
    assert sem.user.mobile
    told = arrived(fleet, "agreement_due", sem.user.mobile)
    assert str(agreement.uuid) in told["text"]
    assert {message["to"] for message in fleet.messages()} <= {sem.user.mobile, sem.user.email}  # the owner only

    eyes = [tab(sem.user, size) for size in SIZES]
    look(eyes, page.url)
    page.get_by_role("link", name=nl("It did not work")).click()
    page.locator("[name=outcome]").fill("Niemand had tijd op vrijdag.")
    expect(page.locator("[name=told]")).to_have_value(re.compile("Elke vrijdag een ronde"))
    look(eyes, page.url)
    page.get_by_role("button", name=nl("Save")).click()
    expect(page.locator("main")).to_contain_text("Niemand had tijd op vrijdag.")

    raiser, eyes = tab(noor.user, javascript=False), [tab(noor.user, size) for size in SIZES]
    raiser.goto(f"/tafel/{table.uuid}/")
    raiser.get_by_role("link", name=nl("You brought this in. Do you recognise what was done?")).click()
    expect(raiser.locator(".bond-beside__then")).to_contain_text(words)
    expect(raiser.locator(".bond-beside__now")).to_contain_text("Elke vrijdag een ronde. Niemand had tijd op vrijdag.")
    look(eyes, raiser.url)
    raiser.get_by_role("button", name=nl("No, not yet")).click()
    with as_worker():
        assert Theme.objects.get(pk=theme.pk).state == "proposed"
    expect(raiser.locator("main")).to_contain_text(nl("Not recognised: on the table again"))
    assert len([one for one in fleet.messages() if one["to"] == noor.user.mobile]) == 0  # it stands on her page


def test_a_plan_with_everybodys_consent(fleet: Fleet, tab: Tab):
    table = make_table(residents=("Noor",))
    bo, ans, noor = members(table)
    theme = make_theme(table, raised_by=noor, title="Vuurwerk in december")
    page = tab(ans.user, "desk", expected=422)
    page.goto(f"/tafel/{table.uuid}/plannen/nieuw/")
    page.locator("[name=title]").fill("Een rustige december")
    page.locator("[name=text]").fill("We lopen samen, en de vuilnisbakken gaan op tijd dicht.")
    page.locator("[name=review_on]").fill((timezone.localdate() + timedelta(days=40)).isoformat())
    page.locator("[name=theme]").select_option(label=theme.title)
    check(page)
    page.get_by_role("button", name=nl("Lay it on the table")).click()
    expect(page).to_have_url(re.compile("/plan/[0-9a-f-]{36}/$"))
    plan = page.url

    officer = tab(bo.user, "desk", expected=422)
    say(officer, plan, "object")
    expect(officer.locator("main")).to_contain_text(
        nl("Write why you object. Then the others can do something with it.")
    )
    check(officer)
    officer.locator("[name=why]").fill("Op oudejaarsdag kan ik niet.")
    officer.get_by_role("button", name=nl("Say it")).click()
    resident = tab(noor.user, javascript=False)
    say(resident, plan, "agree")
    page.goto(plan)
    assert "1 bezwaar" in page.locator(".bond-lead").inner_text()
    assert page.locator(".bond-consent").first.inner_text() == "Bo: Ik heb bezwaar. Op oudejaarsdag kan ik niet."
    look([tab(noor.user, size) for size in SIZES], plan)
    say(officer, plan, "live", why="")
    page.goto(f"/thema/{theme.uuid}/")
    expect(page.locator(".bond-story")).to_contain_text(nl("Everybody can live with it."))
    check(page)


def say(page: Page, plan: str, value: str, **fields: str) -> None:
    """Say what one thinks of a plan."""
    page.goto(plan)
    page.locator(f"label[for={page.locator(f'input[name=value][value={value}]').get_attribute('id')}]").click()
    for name, text in fields.items():
        page.locator(f"[name={name}]").fill(text)
    page.locator("form:has([name=value]) button").click()


def test_a_question_to_the_mayor_with_scripts_off(fleet: Fleet, tab: Tab):
    table = make_table(residents=("Noor",))
    _bo, ans, noor = members(table)
    theme = make_theme(table, raised_by=noor, title="Vuurwerk in december")
    today = timezone.localdate()
    page = tab(noor.user, javascript=False, expected=422)
    page.goto(f"/tafel/{table.uuid}/themas/")
    page.get_by_role("link", name=nl("Questions to others")).click()
    page.get_by_role("link", name=nl("Write a question down")).click()
    page.locator("[name=to]").fill("De burgemeester")
    page.locator("[name=text]").fill("Komt er toezicht op oudejaarsavond?")
    page.locator("[name=theme]").select_option(label=theme.title)
    page.locator("[name=promised_on]").fill((today - timedelta(days=1)).isoformat())
    page.get_by_role("button", name=nl("Write it down")).click()
    refused = page.get_by_text(nl("The answer cannot be promised for a day before you asked."))
    expect(refused.first).to_be_visible()
    expect(page.locator("[name=text]")).to_have_value("Komt er toezicht op oudejaarsavond?")
    page.locator("[name=promised_on]").fill((today + timedelta(days=20)).isoformat())
    page.get_by_role("button", name=nl("Write it down")).click()
    expect(page).to_have_url(re.compile("/vraag/[0-9a-f-]{36}/$"))
    asked = page.url

    other = tab(ans.user, "desk")
    other.goto(asked)
    other.locator("summary", has_text=nl("Another day was promised")).click()
    other.locator("[name=promised_on]").fill((today + timedelta(days=30)).isoformat())
    check(other)
    other.get_by_role("button", name=nl("Save")).click()
    expect(other.locator(".bond-agreement__state")).to_contain_text(write(today + timedelta(days=30), "j"))
    other.get_by_role("link", name=nl("Write the answer down")).click()
    other.locator("[name=answer]").fill("Ja, de hele avond.")
    other.get_by_role("button", name=nl("Save")).click()
    look([tab(noor.user, size) for size in SIZES], asked)
    page.goto(asked)
    expect(page.locator("main")).to_contain_text("Ja, de hele avond.")
    page.get_by_role("link", name=theme.title).click()
    expect(page.locator("main")).to_contain_text("De burgemeester")


def test_what_was_thought_through_is_one_tap_away(fleet: Fleet, tab: Tab):
    table = make_table()
    bo, _ans, noor, _sem = members(table)
    theme = make_theme(table, raised_by=noor, title="Vuurwerk in december")
    page = tab(bo.user, "desk")
    page.goto(f"/thema/{theme.uuid}/")
    page.get_by_role("link", name=nl("Write down a what-if")).click()
    page.locator("[name=what]").fill("Er gaat een filmpje rond van een gewonde jongen.")
    page.locator("[name=talks]").fill("De trainer met de ouders.")
    page.locator("[name=first]").fill("Bel de trainer.")
    page.locator("[name=second]").fill("Kom samen in de kantine.")
    check(page)
    page.get_by_role("button", name=nl("Save")).click()
    expect(page.locator(".bond-steps li")).to_have_text(["Bel de trainer.", "Kom samen in de kantine."])
    look([tab(noor.user, size) for size in SIZES], page.url)
    page.emulate_media(media="print")  # paper lies about: what to do, and not whose it is
    expect(page.locator("ol.bond-steps")).to_be_visible()
    for hidden in (".bond-header", "nav", ".bond-buttons", "footer"):
        expect(page.locator(hidden).first).to_be_hidden()
    assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4"))) == 1

    phone = tab(noor.user)
    raise_urgent_signal(phone, f"{fleet.url}/tafel/{table.uuid}/")
    thought = phone.locator("details", has_text="Er gaat een filmpje rond")
    expect(thought.get_by_text("Bel de trainer.")).to_be_hidden()
    thought.locator("summary").click()  # one tap, and nothing that was filled in is gone
    expect(thought.get_by_text("Bel de trainer.")).to_be_visible()
    check(phone)
    phone.locator("[name=theme]").select_option(label=theme.title)
    phone.get_by_role("button", name=nl("Yes, call them")).click()
    expect(phone).to_have_url(re.compile("/oproep/"))
    with as_worker():
        assert fresh(TensionSignal.objects.get(alliance=table)).theme_id == theme.pk
    other = tab(bo.user)
    look([other], phone.url)
    other.get_by_role("link", name=re.compile("Er gaat een filmpje rond")).click()
    expect(other.locator(".bond-steps")).to_contain_text("Bel de trainer.")
