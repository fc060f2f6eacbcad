"""The pretend phone network: does it speak SMTP and Notify, and can it misbehave on command?"""

import base64
import smtplib
import threading
import time
from email.message import EmailMessage
from pathlib import Path

import pytest
import requests
from notifications_python_client.errors import HTTPError, InvalidResponse
from notifications_python_client.notifications import NotificationsAPIClient

from bondgenoten.local.network.behaviour import Behaviour
from bondgenoten.local.network.book import Arrived, Book, Content
from bondgenoten.local.network.people import People
from bondgenoten.local.network.running import RunningNetwork
from bondgenoten.local.network.wall import at_this_moment, page
from tests.fleet import eventually

NIL = "00000000-0000-0000-0000-000000000000"
LINK = "http://127.0.0.1:8000/k/geheim"
CALENDAR = b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"


def a_mail(to: str = "fatima@bewoner.example") -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "Bericht voor jou <bericht@tafel.example>", to, "klaproos: café?"
    mail["Message-ID"] = "<een@tafel.example>"
    mail.set_content(f"Dag Fatima.\n\nBekijk en antwoord:\n{LINK}\n\nNu gevaar? Bel 112.")
    mail.add_alternative(f'<p>Dag Fatima.</p><a href="{LINK}">Bekijk en antwoord</a>', subtype="html")
    mail.add_attachment(CALENDAR, maintype="text", subtype="calendar", filename="afspraak.ics")
    return mail


def send(phones: RunningNetwork, mail: EmailMessage, timeout: float = 5) -> None:
    with smtplib.SMTP("127.0.0.1", phones.smtp_port, timeout=timeout) as server:
        server.send_message(mail)


def sms(notify: NotificationsAPIClient, to: str = "+31612345678", reference: str = "r1") -> dict[str, str]:
    answer: dict[str, str] = notify.send_sms_notification(
        to, NIL, {"text": f"klaproos: kijk en antwoord: {LINK} Bel 085 000 01 23."}, reference=reference
    )
    return answer


def test_mail_arrives_whole(phones: RunningNetwork) -> None:
    send(phones, a_mail("Fatima@bewoner.example"))
    [arrived] = phones.messages(to="fatima@bewoner.example")
    assert arrived["channel"] == "mail"
    assert arrived["subject"] == "klaproos: café?"
    assert "Nu gevaar?" in arrived["text"]
    assert "<p>" in arrived["html"]
    assert arrived["links"] == [LINK]
    assert arrived["reference"] == "<een@tafel.example>"
    [file] = arrived["attachments"]
    assert (file["name"], file["type"], base64.b64decode(file["content"])) == (
        "afspraak.ics",
        "text/calendar",
        CALENDAR,
    )


def test_sms_arrives_and_is_found_by_our_reference(phones: RunningNetwork, notify: NotificationsAPIClient) -> None:
    answer = sms(notify)
    [arrived] = phones.messages(channel="sms")
    assert (arrived["to"], arrived["reference"], arrived["links"]) == ("+31612345678", "r1", [LINK])
    eventually(lambda: notify.get_notification_by_id(answer["id"])["status"] == "delivered")
    assert [one["id"] for one in notify.get_all_notifications(reference="r1")["notifications"]] == [answer["id"]]
    assert notify.get_all_notifications(reference="other")["notifications"] == []


def test_sms_needs_a_key_and_a_number(phones: RunningNetwork, notify: NotificationsAPIClient) -> None:
    assert requests.post(f"{phones.url}/v2/notifications/sms", json={}, timeout=5).status_code == 401
    with pytest.raises(HTTPError) as refused:
        notify.send_sms_notification("", NIL)
    assert refused.value.status_code == 400
    with pytest.raises(HTTPError) as unknown:
        notify.get_notification_by_id(NIL)
    assert unknown.value.status_code == 404


def test_a_refusing_channel_leaves_the_other_alone(phones: RunningNetwork, notify: NotificationsAPIClient) -> None:
    phones.command_channel("refuse", channel="mail")
    with pytest.raises(smtplib.SMTPSenderRefused) as refused:
        send(phones, a_mail())
    assert refused.value.smtp_code == 451
    sms(notify)
    phones.command_channel("ok", channel="mail")
    phones.command_channel("refuse", channel="sms", code=429)
    send(phones, a_mail())
    with pytest.raises(HTTPError) as failed:
        sms(notify)
    assert failed.value.status_code == 429
    assert [message["channel"] for message in phones.messages()] == ["sms", "mail"]


def test_one_address_can_be_refused(phones: RunningNetwork) -> None:
    phones.command_channel("refuse", channel="mail", to="weg@bewoner.example")
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        send(phones, a_mail("weg@bewoner.example"))
    assert refused.value.recipients["weg@bewoner.example"][0] == 550
    send(phones, a_mail())
    assert len(phones.messages()) == 1


def test_hanging_takes_nothing_and_holds_up_nobody(phones: RunningNetwork, notify: NotificationsAPIClient) -> None:
    phones.command_channel("hang", channel="mail", to="fatima@bewoner.example")
    phones.command_channel("hang", channel="sms", to="+31612345678", seconds=0.3)
    with pytest.raises(smtplib.SMTPServerDisconnected):
        send(phones, a_mail(), timeout=0.3)
    with pytest.raises(HTTPError):  # the client makes a 503 of a lost connection
        sms(notify)
    started = time.monotonic()
    send(phones, a_mail("ruud@bewoner.example"))
    sms(notify, to="+31612345679")
    assert time.monotonic() - started < 1
    assert [message["to"] for message in phones.messages()] == ["ruud@bewoner.example", "+31612345679"]


def test_mute_takes_it_without_saying_so(phones: RunningNetwork, notify: NotificationsAPIClient) -> None:
    phones.command_channel("mute", seconds=0.2)
    with pytest.raises(HTTPError):  # the client makes a 503 of a lost connection
        sms(notify)
    with pytest.raises(smtplib.SMTPDataError):
        send(phones, a_mail())
    assert len(phones.messages()) == 2


def test_slow_is_freed_by_the_next_command(phones: RunningNetwork) -> None:
    phones.command_channel("slow", channel="mail", seconds=60)
    sender = threading.Thread(target=send, args=(phones, a_mail()))
    sender.start()
    phones.command_channel("ok", channel="mail")
    sender.join(5)
    assert not sender.is_alive()
    assert len(phones.messages()) == 1


def test_cut_and_nonsense_leave_the_sender_in_doubt(phones: RunningNetwork, notify: NotificationsAPIClient) -> None:
    phones.command_channel("cut")
    with pytest.raises(smtplib.SMTPServerDisconnected):
        send(phones, a_mail())
    with pytest.raises(HTTPError):
        sms(notify)
    phones.command_channel("wrong")
    with pytest.raises(smtplib.SMTPDataError) as odd:
        send(phones, a_mail())
    assert odd.value.smtp_code == -1
    with pytest.raises(InvalidResponse):
        sms(notify)
    assert [message["channel"] for message in phones.messages()] == ["mail", "sms", "mail", "sms"]
    assert [attempt["outcome"] for attempt in phones.attempts()] == ["cut", "cut", "wrong", "wrong"]


def test_too_much_and_gone_are_said_as_each_provider_says_it(
    phones: RunningNetwork, notify: NotificationsAPIClient
) -> None:
    phones.command_channel("throttle")
    phones.command_channel("gone", to=["weg@bewoner.example", "+31600000009"])
    with pytest.raises(HTTPError) as throttled:
        sms(notify)
    with pytest.raises(HTTPError) as gone:
        sms(notify, to="+31600000009")
    assert (throttled.value.status_code, gone.value.status_code) == (429, 400)
    with pytest.raises(smtplib.SMTPSenderRefused) as busy:
        send(phones, a_mail())
    assert busy.value.smtp_code == 451
    assert phones.messages() == []


def test_one_provider_is_down_and_the_other_is_not(phones: RunningNetwork, notify: NotificationsAPIClient) -> None:
    phones.command_channel("refuse", channel="mail", provider="smtp")
    with pytest.raises(smtplib.SMTPSenderRefused):
        send(phones, a_mail())
    notify.send_email_notification(
        "fatima@bewoner.example", NIL, {"subject": "klaproos", "text": f"Dag Fatima. {LINK}"}, reference="m1"
    )
    [arrived] = phones.messages()
    assert (arrived["provider"], arrived["subject"], arrived["links"]) == ("notify", "klaproos", [LINK])
    assert [(attempt["provider"], attempt["outcome"]) for attempt in phones.attempts()] == [
        ("smtp", "refuse"),
        ("notify", "ok"),
    ]


def test_thousands_are_found_as_quickly_as_ten() -> None:
    book = Book()
    book.add(*(Arrived("sms", f"+316{n:08}", Content("x"), reference=str(n)) for n in range(25_000)))
    assert len(book.all()) == 20_000
    assert [message.number for message in book.all(since=24_998)] == [24_999, 25_000]
    assert [message.to for message in book.with_reference("24999")] == ["+31600024999"]
    assert book.with_reference("4999") == book.to("+31600004999") == []  # the oldest are forgotten, everywhere
    assert book.find(5_000) is None


def test_unknown_commands_are_refused(phones: RunningNetwork) -> None:
    for wrong in ({"mode": "explode"}, {"mode": "ok", "channel": "fax"}, {}):
        assert requests.post(f"{phones.url}/command", json=wrong, timeout=5).status_code == 400


def test_a_followed_link_shows_and_clearing_empties(phones: RunningNetwork) -> None:
    send(phones, a_mail())
    [arrived] = phones.messages()
    requests.post(f"{phones.url}/opened/{arrived['number']}", timeout=5)
    assert "Geopend om" in requests.get(phones.url, timeout=5).text
    file = requests.get(f"{phones.url}/attachment/{arrived['number']}/0", timeout=5)
    assert file.content == CALENDAR
    left = requests.post(f"{phones.url}/clear", headers={"Accept": "text/html"}, timeout=5, allow_redirects=False)
    assert (left.status_code, phones.messages()) == (303, [])


def test_mail_and_sms_of_one_person_are_one_phone(tmp_path: Path) -> None:
    file = tmp_path / "people.json"
    fatima = '{"name": "Fatima", "about": "bewoner"}'
    file.write_text(f'{{"Fatima@bewoner.example": {fatima}, "+31612345678": {fatima}}}')
    messages = [
        Arrived("sms", "+31612345678", Content("een")),
        Arrived("mail", "fatima@bewoner.example", Content("twee")),
        Arrived("sms", "+31600000000", Content("drie")),
    ]
    known, unknown = People(file).phones(messages)
    assert (known.name, [message.content.text for message in known.messages]) == ("Fatima", ["twee", "een"])
    assert (unknown.name, len(unknown.messages)) == ("+31600000000", 1)


def test_the_page_runs_nothing_that_others_wrote() -> None:
    content = Content(
        subject="<script>alert(1)</script>",
        text="<img src=x onerror=alert(1)>",
        html="<script>alert(1)</script>",
        links={'http://x.example/"onclick="alert(1)': "<b>klik</b>"},
    )
    nasty = Arrived("mail", "x@bewoner.example", content)
    html = page(People().phones([nasty]), Behaviour(), at_this_moment(), 1)
    assert "<script>alert" not in html
    assert "<img" not in html
    assert '"onclick' not in html
    assert "<b>" not in html
