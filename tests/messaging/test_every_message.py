"""Every message that can be sent, in every language, by every way: its outside says not who, where or about what.

The words are read twice: which values a template prints at all, and what it makes of values that must not be seen.
"""

import json
import re
import uuid
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone

from messaging.kinds import essential
from messaging.models import Channel, Way
from messaging.rendering import Attachment, render

from .test_texts import CONTEXT, SECRET

FOLDER = Path(settings.BASE_DIR) / "templates" / "messages"
KINDS = sorted(folder.name for folder in FOLDER.iterdir() if folder.is_dir())
LANGUAGES = [code for code, _name in settings.LANGUAGES]
WAYS = {
    "sms": Way(channel=Channel.SMS, address="+31612345678"),
    "voice": Way(channel=Channel.VOICE, address="+31302345678"),
    "push": Way(channel=Channel.PUSH, address="https://push.example/1", keys={"p256dh": "x", "auth": "y"}),
}
# What a text may print: moments, numbers, links and the reader's own. A new name here means that something new leaves.
PRINTED = {
    "name", "word", "code", "contact_number", "site_url", "language", "subject",
    "link", "link_yes", "link_perhaps", "link_no", "link_stop", "href", "label",
    "begin", "end", "until", "day", "from", "to", "place",
    "count", "asked", "coming", "silent", "practice", "inviter", "digit",
}  # fmt: skip
SAYS_WHO_ASKS = ("invitation", "stand_in_asked")  # they follow a talk
READER, WHERE, ASKER = "Roodkapje", "Bakkerij Zoetekauw", "Grootmoeder"
HIDDEN = "Zonnebloem"  # whatever else a caller puts in the context: an alliance, an area, a theme, another member
TEMPTING = dict.fromkeys(
    ("alliance", "area", "theme", "title", "text", "role", "member", "host", "about", "user", "summary", "what"), HIDDEN
)
VALUES = {**CONTEXT, **TEMPTING, "name": READER, "place": WHERE, "inviter": ASKER}


def text_of(kind: str, way: str, language: str) -> str:
    """What arrives by SMS, is spoken or stands on a locked screen; nothing when this kind does not go that way."""
    content = render(
        kind=kind, way=WAYS[way], context=VALUES, language=language, payload_id=uuid.uuid4(), at=timezone.now()
    )
    if content is None:
        return ""
    if way == "sms":
        return content.decode()
    read = json.loads(content)
    return read["text"] if way == "voice" else read["news"]["text"]


def mail_of(kind: str, language: str, **more: object):
    file = Attachment(name="afspraak.ics", content=b"BEGIN:VCALENDAR", content_type="application/ics")
    content = render(
        kind=kind, way=Way(channel=Channel.MAIL, address="noor@voorbeeld.example"), context=VALUES | more,
        language=language, payload_id=uuid.uuid4(), at=timezone.now(), attachments=[file],
    )  # fmt: skip
    assert content is not None
    return message_from_bytes(content, policy=policy.default)


@pytest.mark.parametrize("file", sorted(FOLDER.rglob("*.*")), ids=lambda file: f"{file.parent.name}/{file.name}")
def test_a_text_prints_nothing_but_what_is_known_to_be_harmless(file: Path):
    source = file.read_text(encoding="utf-8")
    printed = set(re.findall(r"\{\{\s*([\w.]+)", source))
    assert printed <= PRINTED, printed - PRINTED
    made = set(re.findall(r"(?:with|and|trimmed)\s+(\w+)=([\w.]+)", source))
    assert {value for _name, value in made} <= PRINTED | {"_"}, made


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_the_outside_of_a_mail_names_nobody_and_nothing(kind: str, language: str):
    mail = mail_of(kind, language)
    outside = " ".join([*(str(value) for value in mail.values()), *(part.get_filename() or "" for part in mail.walk())])
    for secret in (READER, WHERE, ASKER, HIDDEN):
        assert secret not in outside
    assert not SECRET.search(str(mail["Subject"]))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_the_inside_of_a_mail_names_only_the_reader(kind: str, language: str):
    mail = mail_of(kind, language)
    for form in ("plain", "html"):
        body = mail.get_body((form,)).get_content()
        assert HIDDEN not in body
        assert kind in SAYS_WHO_ASKS or ASKER not in body
        assert not SECRET.search(body.replace(HIDDEN, ""))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("kind", KINDS)
def test_what_is_short_names_nobody_and_nothing(kind: str, way: str, language: str):
    text = text_of(kind, way, language)
    for secret in (WHERE, HIDDEN):
        assert secret not in text
    assert kind in SAYS_WHO_ASKS or not re.search(f"{READER}|{ASKER}", text)
    assert not SECRET.search(text)
    if way == "push":
        assert CONTEXT["word"] not in text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_what_belongs_to_taking_part_says_why_it_comes(kind: str, language: str):
    why = {"nl": "Je krijgt dit omdat je meedoet.", "en": "You get this because you take part."}[language]
    mail = mail_of(kind, language)
    for form in ("plain", "html"):
        assert (why in mail.get_body((form,)).get_content()) == essential(kind)


def test_only_what_may_be_stopped_has_the_button_that_stops_it():
    for kind in KINDS:
        stop = {} if kind == "summary" else {"link_stop": ""}
        assert ("List-Unsubscribe" in mail_of(kind, "nl", **stop)) == (kind == "summary")
