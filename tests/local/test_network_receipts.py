"""What the pretend phone network tells the site by itself: receipts, replies, and lies when asked to."""

import random
import time

import pytest
from notifications_python_client.notifications import NotificationsAPIClient

from bondgenoten.local.network.running import RunningNetwork
from tests.fleet import eventually

from .site import Site

NIL = "00000000-0000-0000-0000-000000000000"
RECEIPTS, REPLIES = "/haken/notify/bezorgd/", "/haken/notify/antwoord/"
THEIRS = "+31612345678"


def sms(notify: NotificationsAPIClient, reference: str = "r1", to: str = THEIRS) -> None:
    notify.send_sms_notification(to, NIL, {"text": "klaproos: kijk"}, reference=reference)


def test_delivered_after_a_moment(phones: RunningNetwork, notify: NotificationsAPIClient, site: Site) -> None:
    sms(notify)
    notify.send_email_notification("fatima@bewoner.example", NIL, {"subject": "s", "text": "t"}, reference="r2")
    eventually(lambda: len(site.values(RECEIPTS)) == 2)
    told = {one["reference"]: (one["status"], one["to"], one["notification_type"]) for one in site.values(RECEIPTS)}
    assert told == {
        "r1": ("delivered", THEIRS, "sms"),
        "r2": ("delivered", "fatima@bewoner.example", "email"),
    }


@pytest.mark.parametrize(("code", "status"), [(0, "permanent-failure"), (450, "temporary-failure")])
def test_a_late_bounce(
    phones: RunningNetwork, notify: NotificationsAPIClient, site: Site, code: int, status: str
) -> None:
    phones.command_channel("bounce", channel="sms", provider="notify", seconds=0.3, code=code)
    sms(notify)
    assert notify.get_all_notifications(reference="r1")["notifications"][0]["status"] == "sending"
    eventually(lambda: site.values(RECEIPTS))
    assert site.values(RECEIPTS)[0]["status"] == status


def test_receipts_that_go_wrong(phones: RunningNetwork, notify: NotificationsAPIClient, site: Site) -> None:
    phones.receipts("lose")
    sms(notify, "lost")
    eventually(lambda: notify.get_all_notifications(reference="lost")["notifications"][0]["status"] == "delivered")
    phones.receipts("repeat", seconds=0.05)
    sms(notify, "twice")
    eventually(lambda: len(site.values(RECEIPTS)) == 2)
    phones.receipts("delay", seconds=1)
    started = time.monotonic()
    sms(notify, "late")
    eventually(lambda: len(site.values(RECEIPTS)) == 3)
    assert time.monotonic() - started > 1
    phones.receipts("shuffle", seconds=0.5)
    names = [str(number) for number in range(20)]
    for name in names:
        sms(notify, name)
    eventually(lambda: len(site.values(RECEIPTS)) == 23)
    came = [one["reference"] for one in site.values(RECEIPTS)]
    assert came[:3] == ["twice", "twice", "late"]
    assert came[3:] != names
    assert sorted(came[3:]) == sorted(names)


def test_a_site_that_is_down_is_told_again(phones: RunningNetwork, notify: NotificationsAPIClient, site: Site) -> None:
    site.answers[RECEIPTS] = (503, "")
    sms(notify)
    eventually(lambda: len(site.values(RECEIPTS)) == 1)
    site.answers[RECEIPTS] = (200, "")
    eventually(lambda: len(site.values(RECEIPTS)) == 2)
    assert [one["status"] for one in phones.callbacks()] == [503, 200]


def test_nothing_leaves_this_machine(phones: RunningNetwork, notify: NotificationsAPIClient, site: Site) -> None:
    phones.site("https://elders.example", notify_token="x")
    sms(notify)
    eventually(lambda: [one["status"] for one in phones.callbacks()] == [0])
    assert phones.callbacks()[0]["url"] == f"https://elders.example{RECEIPTS}"


def test_a_reply_comes_back_the_way_it_went(phones: RunningNetwork, notify: NotificationsAPIClient, site: Site) -> None:
    sms(notify)
    assert phones.reply(THEIRS, "1") == 200
    phones.receipts("repeat")
    assert phones.reply("+31699999999", "x" * 10_000) == 200  # nobody knows this number
    first, second, again = site.values(REPLIES)
    assert (first["source_number"], first["message"]) == (THEIRS[1:], "1")
    assert second == again
    assert len(second["message"]) == 10_000
    assert [one["content"] for one in notify.get_received_texts()["received_text_messages"]] == ["x" * 10_000, "1"]


def test_lies_have_no_token_or_a_wrong_one(phones: RunningNetwork, notify: NotificationsAPIClient, site: Site) -> None:
    sms(notify)
    [true] = phones.messages()
    for signed in ("no", "wrong"):
        assert phones.forge("receipt", number=true["number"], status="permanent-failure", signed=signed) == 403
        assert phones.forge("reply", signed=signed, text="1") == 403
    assert phones.forge("receipt", reference="never-was", signed="yes") == 200


def test_a_scanner_opens_every_link_twice(phones: RunningNetwork, notify: NotificationsAPIClient, site: Site) -> None:
    text = f"Kijk: {site.url}/k/een en {site.url}/k/twee en https://elders.example/k/drie"
    notify.send_sms_notification(THEIRS, NIL, {"text": text})
    [arrived] = phones.messages()
    assert phones.open(arrived) == [
        {"url": f"{site.url}/k/{name}", "head": 200, "get": 200} for name in ("een", "twee")
    ]
    assert [(one.method, one.path) for one in site.heard if one.path.startswith("/k/")] == [
        ("HEAD", "/k/een"), ("GET", "/k/een"), ("HEAD", "/k/twee"), ("GET", "/k/twee"),
    ]  # fmt: skip


def test_five_hundred_with_receipts_take_seconds(
    phones: RunningNetwork, notify: NotificationsAPIClient, site: Site
) -> None:
    names = [str(number) for number in range(500)]
    random.Random(1).shuffle(names)
    started = time.monotonic()
    for name in names:
        sms(notify, name, to=f"+316{int(name):08}")
    eventually(lambda: {one["reference"] for one in site.values(RECEIPTS)} == set(names), within=20)
    assert time.monotonic() - started < 15
    assert {one["reference"] for one in phones.messages(brief=1)} == set(names)
    assert [one["reference"] for one in phones.messages_of(["7", "8"])] == ["7", "8"]
