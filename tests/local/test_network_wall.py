"""The wall of phones, as somebody without scripts uses it: forms that go back to the phone they were on."""

import re

import pytest
import requests
from notifications_python_client.notifications import NotificationsAPIClient
from twilio.rest import Client

from bondgenoten.local.network.running import RunningNetwork

from .site import TWILIO_SID, TWILIO_TOKEN, Site

NIL = "00000000-0000-0000-0000-000000000000"
THEIRS, OURS = "+31612345678", "+3197010240001"
BROWSER = {"Accept": "text/html"}


@pytest.fixture
def ringing(phones: RunningNetwork, site: Site) -> int:
    """A phone that rings, for longer than a test: its number in the book."""
    phones.rings(30)
    client = Client(TWILIO_SID, TWILIO_TOKEN)
    client.api.base_url = phones.url
    script = f'<Response><Gather action="{site.url}/key/"><Say>Er is een vraag.</Say></Gather></Response>'
    client.calls.create(to=THEIRS, from_=OURS, twiml=script)
    return int(phones.messages()[-1]["number"])


def page(phones: RunningNetwork) -> str:
    return requests.get(phones.url, headers=BROWSER, timeout=5).text


def send(phones: RunningNetwork, path: str, **fields: object) -> requests.Response:
    """Send a form that stands on the page, and nothing that does not."""
    form = next((form for form in re.findall(r"<form .*?</form>", page(phones), re.DOTALL) if f'"{path}"' in form), "")
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))
    assert form, f"no form for {path}"
    return requests.post(phones.url + path, hidden | fields, headers=BROWSER, timeout=5, allow_redirects=False)


def test_a_phone_rings_and_a_key_is_pressed(phones: RunningNetwork, site: Site, ringing: int) -> None:
    site.answers["/key/"] = (200, "<Response><Say>Opgeslagen.</Say></Response>")
    assert "Wordt nu gebeld" in page(phones)
    assert "Er is een vraag." not in page(phones)  # nobody hears it yet
    assert send(phones, "/pick-up").headers["Location"] == "/#tel1"
    assert "Er is een vraag." in page(phones)
    send(phones, "/press", digits="2")
    assert "Toets 2 gekozen" in page(phones)
    assert 'action="/press"' not in page(phones)
    assert site.values("/key/")[0]["Digits"] == "2"
    late = requests.post(
        phones.url + "/press", {"number": ringing, "digits": "1"}, headers=BROWSER, timeout=5, allow_redirects=False
    )
    assert late.status_code == 303  # a page that was old: it shows how things are now


def test_a_call_is_declined(phones: RunningNetwork, ringing: int) -> None:
    send(phones, "/hang-up")
    assert "In gesprek of weggedrukt" in page(phones)
    assert "Nam niet op" in page(phones)


def test_texting_back(phones: RunningNetwork, site: Site, notify: NotificationsAPIClient) -> None:
    notify.send_sms_notification(THEIRS, NIL, {"text": "klaproos: kom je?"})
    assert send(phones, "/reply", text="ja <b>graag</b>").status_code == 303
    assert site.values("/haken/notify/antwoord/")[0]["message"] == "ja <b>graag</b>"
    assert "ja &lt;b&gt;graag&lt;/b&gt;" in page(phones)


def test_a_line_refuses_and_works_again(phones: RunningNetwork, notify: NotificationsAPIClient) -> None:
    assert "Alles werkt" in page(phones)
    answer = send(phones, "/command", mode="refuse")
    assert answer.headers["Location"] == "/#storing"
    assert "Mail: weigert" in page(phones)
    notify.send_sms_notification(THEIRS, NIL, {"text": "klaproos"})
    send(phones, "/command", mode="ok")
    assert "Alles werkt" in page(phones)


def test_forms_of_other_sites_are_refused(phones: RunningNetwork) -> None:
    for origin, status in (("https://elders.example", 403), (phones.url, 200)):
        answer = requests.post(f"{phones.url}/command", {"mode": "ok"}, headers={"Origin": origin}, timeout=5)
        assert answer.status_code == status
