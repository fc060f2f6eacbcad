"""A resident answers a date poll from a mail: on a small phone, without a password, without scripts, in seconds."""

import re
from datetime import timedelta
from email import message_from_bytes, policy
from time import monotonic

from django.utils import timezone
from playwright.sync_api import expect

from meetings import actions
from meetings.models import DatePoll, PollVote
from meetings.timing import Evening
from messaging.models import Payload
from tests.acting import acting_as, as_worker, fresh
from tests.fleet import Fleet
from tests.make import make_alliance, make_meeting, make_user, members
from tests.stories.conftest import Tab
from tests.stories.looking import check, nl

SECONDS = 20
SMALL = {"width": 375, "height": 667}


def link_in_the_mail(poll: DatePoll, person: str) -> str:
    """What the resident taps: the address in the mail as it was frozen. Quiet hours may hold it until the morning."""
    with as_worker():
        payload = Payload.objects.get(message__kind="poll_asked", message__user__name=person, channel="mail")
    mail = message_from_bytes(bytes(payload.content), policy=policy.default)
    found = re.search(r"https?://\S+/p/\w+/", mail.get_body(("plain",)).get_content())  # type: ignore[union-attr]
    assert found, mail
    return found[0]


def test_from_the_mail_on_a_small_phone_without_scripts(fleet: Fleet, tab: Tab):
    table = make_alliance("Plein", members=[make_user(), make_user(), make_user("Noor"), make_user("Ans")])
    meeting = make_meeting(table)
    noor = members(table)[2]
    with acting_as(noor.user):
        evenings = [Evening(timezone.localdate() + timedelta(days=days)) for days in (14, 18, 21, 25)]
        poll = actions.make_poll(meeting=meeting, evenings=evenings, by=noor)
    with as_worker():
        assert not PollVote.objects.exists()
    page = tab(javascript=False)
    page.set_viewport_size(SMALL)  # type: ignore[arg-type]
    begun = monotonic()
    page.goto(link_in_the_mail(poll, "Noor"))
    expect(page.get_by_role("heading", level=1)).to_have_text(nl("Which evening suits you?"))
    for number, value in enumerate(("yes", "perhaps", "no", "yes"), 1):
        page.locator(f"#avond-{number} button[value={value}]").click()
        expect(page).to_have_url(re.compile(rf"/p/\w+/#avond-{number}$"))
        expect(page.locator(f"#avond-{number} button[value={value}]")).to_have_attribute("aria-pressed", "true")
        expect(page.locator(f"#avond-{number}")).to_be_in_viewport()
    expect(page.get_by_role("status")).to_contain_text("Je bent klaar")
    took = monotonic() - begun
    assert took < SECONDS, f"{took:.1f} s"
    with as_worker():
        said = PollVote.objects.filter(seat__membership=noor).order_by("moment__starts_at")
        assert list(said.values_list("value", flat=True)) == ["yes", "perhaps", "no", "yes"]


def test_a_poll_from_the_evening_to_the_result(fleet: Fleet, tab: Tab):
    table = make_alliance("Plein", members=[make_user("Ruud"), make_user("Gemma"), make_user("Noor")])
    meeting = make_meeting(table)
    page = tab(members(table)[1].user, "desk", expected=422)
    page.goto(f"/etentje/{meeting.uuid}/")
    page.get_by_role("link", name=nl("Ask which day suits")).click()
    before = page.locator("fieldset").count()
    page.get_by_role("button", name=nl("One more evening")).click()
    expect(page.locator("fieldset")).to_have_count(before + 1)
    check(page)
    page.get_by_role("button", name=nl("Ask everybody")).last.click()  # the row that was left empty is left out
    expect(page).to_have_url(re.compile("/prikker/"))
    check(page)
    page.get_by_role("button", name=nl("I can on every evening")).click()
    expect(page.get_by_text(nl("Best so far."))).to_have_count(1)
    second = page.locator("#avond-2")
    second.locator("summary").click()
    second.get_by_role("button", name=re.compile("^Ja, ")).click()
    expect(page.get_by_text(nl("This evening was chosen."))).to_have_count(1)
    check(page)
    with as_worker():
        poll = DatePoll.objects.select_related("chosen").get(meeting=meeting)
        assert poll.chosen is not None
        assert fresh(meeting).starts_at == poll.chosen.starts_at
