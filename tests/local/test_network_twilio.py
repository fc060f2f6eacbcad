"""Twilio's half of the pretend phone network, with Twilio's own client and its own check of signatures."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
from twilio.base.exceptions import TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client
from twilio.rest.api.v2010.account.call import CallInstance
from twilio.rest.api.v2010.account.message import MessageInstance
from twilio.twiml.voice_response import Gather, VoiceResponse

from bondgenoten.local.network.running import Refused, RunningNetwork
from tests.fleet import eventually

from .site import TWILIO_SID, TWILIO_TOKEN, Site

OURS, THEIRS = "+3197010240001", "+31612345678"
REFERENCE = str(uuid.uuid4())
STATUS, KEY, STATE, MACHINE = (f"/haken/twilio/{what}/{REFERENCE}/" for what in ("sms-stand", "toets", "stand", "amd"))
ENDS = ("busy", "no-answer", "failed", "completed")


@pytest.fixture
def twilio(phones: RunningNetwork) -> Client:
    """Twilio's own client, pointed at the pretend network."""
    client = Client(TWILIO_SID, TWILIO_TOKEN, http_client=TwilioHttpClient(timeout=5))
    client.api.base_url = phones.url
    return client


def text(twilio: Client, site: Site | None = None, **more: Any) -> MessageInstance:
    callback = {"status_callback": site.url + STATUS} if site else {}
    return twilio.messages.create(**{"to": THEIRS, "from_": OURS, "body": "klaproos: kijk"} | callback | more)


def ring(twilio: Client, site: Site, **more: Any) -> CallInstance:
    response = VoiceResponse()
    gather = Gather(num_digits=1, action=site.url + KEY, timeout=1)
    gather.say("Klaproos. Er is een dringende vraag voor je. Toets 1.", language="nl-NL")
    response.append(gather)
    response.say("Dag.")
    return twilio.calls.create(
        **{
            "to": THEIRS,
            "from_": OURS,
            "twiml": str(response),
            "status_callback": site.url + STATE,
            "status_callback_event": ["initiated", "ringing", "answered", "completed"],
            "machine_detection": "Enable",
        }
        | more
    )


def states(site: Site) -> list[str]:
    """What the site heard of the call, in the order in which it happened."""
    told = sorted(site.values(STATE), key=lambda values: int(values["SequenceNumber"]))
    return [values["CallStatus"] for values in told]


def entry(phones: RunningNetwork):
    return phones.messages(channel="voice")[-1]


def test_sms_is_sent_then_delivered_and_found_again(phones: RunningNetwork, twilio: Client, site: Site) -> None:
    sent = text(twilio, site)
    assert (sent.status, sent.to, sent.error_code) == ("queued", THEIRS, None)
    eventually(lambda: len(site.values(STATUS)) == 2)
    assert {one["MessageStatus"] for one in site.values(STATUS)} == {"sent", "delivered"}
    assert {one["MessageSid"] for one in site.values(STATUS)} == {sent.sid}
    [arrived] = phones.messages(to=THEIRS, reference=REFERENCE)
    assert (arrived["provider"], arrived["text"], arrived["id"]) == ("twilio", "klaproos: kijk", sent.sid)
    assert twilio.messages(sent.sid).fetch().status == "delivered"
    now = datetime.now(UTC)
    hour = timedelta(hours=1)
    assert [one.sid for one in twilio.messages.list(to=THEIRS, date_sent_after=now - hour)] == [sent.sid]
    assert twilio.messages.list(to=THEIRS, date_sent_before=now - hour) == []
    assert twilio.messages.list(to=THEIRS, date_sent_after=now + hour) == []
    assert twilio.messages.list(to="+31600000000") == []


@pytest.mark.parametrize(
    ("wrong", "code"), [({"to": "0612"}, 21211), ({"status_callback": "nergens"}, 21609), ({"body": "x" * 1601}, 21617)]
)
def test_what_twilio_refuses(twilio: Client, wrong: dict[str, str], code: int) -> None:
    with pytest.raises(TwilioRestException) as refused:
        text(twilio, **wrong)
    assert (refused.value.status, refused.value.code) == (400, code)


def test_another_token_is_refused(phones: RunningNetwork) -> None:
    stranger = Client(TWILIO_SID, "verkeerd")
    stranger.api.base_url = phones.url
    with pytest.raises(TwilioRestException) as refused:
        text(stranger)
    assert refused.value.status == 401
    assert phones.messages() == []


def test_modes_in_twilios_words(phones: RunningNetwork, twilio: Client, site: Site) -> None:
    for mode, how, status, code in (
        ("throttle", {}, 429, 20429),
        ("refuse", {}, 503, 20503),
        ("refuse", {"code": 21610}, 400, 21610),
        ("gone", {}, 400, 21211),
    ):
        phones.command_channel(mode, channel="sms", provider="twilio", **how)
        with pytest.raises(TwilioRestException) as refused:
            text(twilio)
        assert (refused.value.status, refused.value.code) == (status, code)
    phones.command_channel("hang", channel="sms", provider="twilio", seconds=0.2)
    with pytest.raises(requests.ConnectionError):
        text(twilio)
    assert phones.messages() == []
    phones.command_channel("bounce", channel="sms", provider="twilio", seconds=0.3)
    text(twilio, site)
    eventually(lambda: [one for one in site.values(STATUS) if one["MessageStatus"] == "failed"])
    assert site.values(STATUS)[-1]["ErrorCode"] == "30005"


def test_a_reply_comes_signed_and_stop_is_kept(phones: RunningNetwork, twilio: Client, site: Site) -> None:
    text(twilio)
    assert phones.reply(THEIRS, "ja over 2 uur") == 200
    [said] = site.values("/haken/twilio/sms/")
    assert (said["From"], said["To"], said["Body"]) == (THEIRS, OURS, "ja over 2 uur")
    assert phones.messages()[0]["replies"] == ["ja over 2 uur"]
    assert phones.reply(THEIRS, "STOP") == 200
    with pytest.raises(TwilioRestException) as refused:
        text(twilio)
    assert refused.value.code == 21610
    phones.reply(THEIRS, "START")
    assert text(twilio).status == "queued"


def test_a_call_is_picked_up_and_a_key_is_pressed(phones: RunningNetwork, twilio: Client, site: Site) -> None:
    site.answers[KEY] = (200, "<Response><Say>Opgeslagen.</Say><Hangup/></Response>")
    phones.rings(10)
    made = ring(twilio, site)
    assert entry(phones)["status"] == "ringing"
    pressed = phones.press(entry(phones), "1#")
    assert pressed == {"status": 200, "said": ["Opgeslagen."], "over": True}
    [key] = site.values(KEY)
    assert (key["Digits"], key["CallSid"], key["CallStatus"], key["AnsweredBy"]) == (
        "1",
        made.sid,
        "in-progress",
        "human",
    )
    eventually(lambda: len(states(site)) == 4)
    assert states(site) == ["initiated", "ringing", "in-progress", "completed"]
    now = entry(phones)
    assert (now["pressed"], now["reference"], now["headers"]["Content-Language"]) == ("1", REFERENCE, "nl-NL")
    assert now["text"].startswith("Klaproos.")
    assert twilio.calls(made.sid).fetch().status == "completed"
    assert [call.answered_by for call in twilio.calls.list(to=THEIRS, status="completed")] == ["human"]
    with pytest.raises(Refused):
        phones.press(now, "2")


def test_a_star_repeats_and_the_call_goes_on(phones: RunningNetwork, twilio: Client, site: Site) -> None:
    again = f'<Response><Gather numDigits="1" action="{site.url}{KEY}"><Say>Nog een keer.</Say></Gather></Response>'
    site.answers[KEY] = (200, again)
    phones.rings(10)
    ring(twilio, site)
    assert phones.pick_up(entry(phones)) == ["Klaproos. Er is een dringende vraag voor je. Toets 1."]
    assert phones.press(entry(phones), "*") == {"status": 200, "said": ["Nog een keer."], "over": False}
    site.answers[KEY] = (500, "stuk")
    broken = phones.press(entry(phones), "2")
    assert (broken["status"], broken["over"]) == (500, True)
    assert "application error" in broken["said"][0]
    assert [values["Digits"] for values in site.values(KEY)] == ["*", "2"]


@pytest.mark.parametrize(
    ("mode", "end", "by"),
    [
        ("ok", "no-answer", ""),
        ("no_answer", "no-answer", ""),
        ("busy", "busy", ""),
        ("bounce", "failed", ""),
        ("voicemail", "completed", "machine_start"),
        ("picked_up", "completed", "human"),
    ],
)
def test_a_call_that_nobody_presses(
    phones: RunningNetwork, twilio: Client, site: Site, mode: str, end: str, by: str
) -> None:
    phones.command_channel(mode, channel="voice", **({"seconds": 0.2} if mode == "bounce" else {}))
    ring(twilio, site)
    eventually(lambda: set(states(site)) & set(ENDS))
    last = max(site.values(STATE), key=lambda values: int(values["SequenceNumber"]))
    assert (last["CallStatus"], last.get("AnsweredBy", "")) == (end, by)
    assert site.values(KEY) == []


def test_an_answering_machine_can_be_told_while_the_call_goes_on(
    phones: RunningNetwork, twilio: Client, site: Site
) -> None:
    phones.command_channel("voicemail", channel="voice")
    ring(twilio, site, async_amd="true", async_amd_status_callback=site.url + MACHINE)
    eventually(lambda: site.values(MACHINE))
    assert site.values(MACHINE)[0]["AnsweredBy"] == "machine_start"
    with pytest.raises(Refused):
        phones.press(entry(phones), "1")


def test_the_site_can_end_a_call_and_a_person_can_decline(phones: RunningNetwork, twilio: Client, site: Site) -> None:
    phones.rings(10)
    made = ring(twilio, site)
    assert twilio.calls(made.sid).update(status="completed").status == "canceled"
    ring(twilio, site)
    phones.hang_up(entry(phones))
    assert [message["status"] for message in phones.messages(channel="voice")] == ["canceled", "busy"]


def test_a_call_carries_its_own_words(twilio: Client, site: Site) -> None:
    for wrong in ("<Response>", "<Say>los</Say>", "<Response><Dial>+31600000000</Dial></Response>"):
        with pytest.raises(TwilioRestException) as refused:
            ring(twilio, site, twiml=wrong)
        assert refused.value.status == 400


def test_lies_are_unsigned_or_wrongly_signed(phones: RunningNetwork, twilio: Client, site: Site) -> None:
    text(twilio, site)
    [true] = phones.messages()
    for signed in ("no", "wrong"):
        assert phones.forge("receipt", number=true["number"], status="failed", signed=signed) == 403
        assert phones.forge("reply", provider="twilio", signed=signed, text="1") == 403
        assert phones.forge("key", provider="twilio", reference=REFERENCE, signed=signed, digits="1") == 403
        assert phones.forge("status", provider="twilio", reference=REFERENCE, signed=signed) == 403
    assert phones.forge("key", provider="twilio", reference=REFERENCE, signed="yes", digits="1") == 200
    assert site.values(KEY)[0]["Digits"] == "1"
