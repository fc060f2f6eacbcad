"""Whether it works: quiet hours, a test, and what does not work says so, with what to do."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from messaging.models import ContactPoint, Delivery, Message, QuietHours
from tests.acting import Browser, as_worker, browser, fresh
from tests.cast import Cast
from tests.make import make_user
from tests.stories.looking import nl

from .addresses import CODE, add_point, change, last_code, point_of, text_of, to

# --- Quiet hours ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("starts", "ends", "kept"),
    [("22.15", "06:30", ("22:15", "06:30")), ("23", "7", ("23:00", "07:00")), ("08:00", "08:00", ("08:00", "08:00"))],
)
def test_quiet_hours_as_people_write_them(
    cast: Cast, client: Browser, starts: str, ends: str, kept: tuple[str, str]
) -> None:
    client.post(reverse("alliances:me-quiet"), {"starts": starts, "ends": ends})
    with as_worker():
        hours = QuietHours.objects.get(user=cast.resident)
    assert (f"{hours.starts:%H:%M}", f"{hours.ends:%H:%M}") == kept


@pytest.mark.parametrize(
    ("starts", "ends", "sentence"),
    [
        ("laat", "07:00", "Fill in a time, such as 21.30."),
        ("", "07:00", "Fill in a time, such as 21.30."),
        ("25:00", "07:00", "Fill in a time, such as 21.30."),
        ("08:00", "07:00", "Leave at least 8 hours a day in which a message may come."),
    ],
)
def test_quiet_hours_that_are_none_get_a_sentence(
    cast: Cast, client: Browser, starts: str, ends: str, sentence: str
) -> None:
    page = client.post(reverse("alliances:me-quiet"), {"starts": starts, "ends": ends})
    assert page.status_code == 422
    assert nl(sentence) in page.content.decode()
    assert f'value="{ends}"' in page.content.decode()
    with as_worker():
        assert not QuietHours.objects.exists()


def test_the_usual_quiet_hours_stand_there(client: Browser) -> None:
    page = text_of(client)
    assert 'value="21:30"' in page
    assert 'value="07:30"' in page


# --- Does it work? --------------------------------------------------------------------------------------------------


def test_a_test_goes_by_one_way_at_once(cast: Cast) -> None:
    client = browser(cast.police)
    mobile = point_of(cast.police, "mobile")
    client.post(to("test", mobile), {"channel": "sms"})
    with as_worker():
        (sent,) = Delivery.objects.filter(message__user=cast.police, message__kind="test")
        assert (sent.channel, sent.state, sent.message.about) == ("sms", "due", mobile.uuid)
        text = bytes(sent.payload.content).decode()
    assert cast.police.recognition_word in text
    assert nl("On its way.") in text_of(client)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"state": "delivered", "sent_at": timezone.now(), "delivered_at": timezone.now()}, "It arrived."),
        ({"state": "sent", "sent_at": timezone.now()}, "It was sent. Does it not come? Then check the number."),
        ({"state": "failed", "failed_at": timezone.now(), "error": "no route", "permanent": True}, "It did not work."),
    ],
)
def test_what_became_of_a_test(cast: Cast, client: Browser, fields: dict[str, object], sentence: str) -> None:
    point = point_of(cast.resident, "mobile")
    client.post(to("test", point), {"channel": "sms"})
    with as_worker():
        Delivery.objects.filter(message__kind="test").update(**fields)
    page = text_of(client)
    assert nl(sentence) in page
    assert "no route" not in page


@pytest.mark.parametrize(("minutes", "asks"), [(0, True), (3, False)])
def test_the_page_waits_for_the_receipt_and_not_for_ever(
    cast: Cast, client: Browser, minutes: int, *, asks: bool
) -> None:
    client.post(to("test", point_of(cast.resident, "mobile")), {"channel": "sms"})
    with as_worker():
        Delivery.objects.filter(message__kind="test").update(state="sent", sent_at=timezone.now())
        Message.objects.filter(kind="test").update(created_at=timezone.now() - timedelta(minutes=minutes))
    assert ("hx-trigger" in text_of(client)) == asks


def test_an_old_test_says_nothing_any_more(cast: Cast, client: Browser) -> None:
    client.post(to("test", point_of(cast.resident, "mobile")), {"channel": "sms"})
    with as_worker():
        Message.objects.filter(kind="test").update(created_at=timezone.now() - timedelta(hours=2))
    assert nl("On its way.") not in text_of(client)


@pytest.mark.parametrize("channel", ["voice", "mail", "", "pigeon"])
def test_no_test_by_a_way_that_was_not_agreed_to(cast: Cast, client: Browser, channel: str) -> None:
    client.post(to("test", point_of(cast.resident, "mobile")), {"channel": channel})
    with as_worker():
        assert not Message.objects.filter(kind="test").exists()
    assert nl("We send nothing there. First say that we may.") in text_of(client)


def test_tests_are_not_for_fun(cast: Cast, client: Browser) -> None:
    for _ in range(5):
        client.post(to("test", point_of(cast.resident, "mobile")), {"channel": "sms"})
    with as_worker():
        assert Message.objects.filter(kind="test").count() == 3
    assert nl("You tried this a few times already. Wait ten minutes.") in text_of(client)


def test_stop_is_told_with_the_way_back(cast: Cast, client: Browser) -> None:
    point = point_of(cast.resident, "mobile")
    change(point, stopped_at=timezone.now())
    page = text_of(client)
    assert nl("We cannot reach you now") in page
    assert nl("You texted STOP. So we send you no text messages, also not when something is urgent.") in page.replace(
        "&#x27;", "'"
    )
    client.post(to("text-again", point))
    assert fresh(point).stopped_at is None
    assert nl("We can reach you") in text_of(client)


def test_what_fails_is_told_and_a_code_mends_it(cast: Cast) -> None:
    client = browser(cast.police)
    mail = point_of(cast.police, "email")
    change(mail, failed_at=timezone.now(), failure="550 no such mailbox", on_call_list=False)
    page = text_of(client)
    assert "1 manier om je te bereiken werkt niet" in page
    assert "no such mailbox" not in page
    assert client.post(to("prove", mail)).url == CODE
    client.post(CODE, {"code": last_code("mail")})
    now = fresh(mail)
    assert (now.failed_at, now.failure, now.may_message) == (None, "", True)
    assert nl("We can reach you") in text_of(client)


def test_a_landline_cannot_be_texted_and_a_mail_address_not_rung(cast: Cast) -> None:
    """Whatever a page or an action forgets."""
    for kind, address, use in (
        ("landline", "+31301234567", "may_message"),
        ("email", "a@voorbeeld.example", "may_ring"),
        ("push", "https://fcm.googleapis.com/1", "on_call_list"),
    ):
        keys = {"p256dh": "x", "auth": "y"} if kind == "push" else None
        with pytest.raises(IntegrityError), transaction.atomic():
            add_point(cast.resident, kind, address, keys=keys, verified_at=timezone.now(), **{use: True})


def test_somebody_without_anything_gets_told(cast: Cast) -> None:
    user = make_user()
    with as_worker():
        ContactPoint.objects.filter(user=user).delete()
    assert nl("We cannot reach you now") in text_of(browser(user))
