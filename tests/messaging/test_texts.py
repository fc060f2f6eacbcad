"""The words of every kind, in both languages: short enough, neutral, complete."""

import json
import re
import uuid
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from messaging import codes, gsm7
from messaging.kinds import NEEDS
from messaging.models import Channel, Way
from messaging.rendering import render
from messaging.timing import back_off, last_moment

LONGEST_LINK = "https://tafel.example/k/" + "x" * 14  # 38 places
LONGEST_DAY = datetime(2026, 9, 30, 17, 30, tzinfo=UTC)  # woensdag 30 september
CONTEXT: dict[str, Any] = {
    "name": "Noor",
    "word": "tandenborstel",  # the longest that we suggest
    "contact_number": "085 000 01 23",
    "site_url": "https://tafel.example",
    "inviter": "Ans",
    "code": "012345",
    "begin": LONGEST_DAY,
    "end": LONGEST_DAY + timedelta(hours=2),
    "until": date(2026, 9, 30),
    "count": 9,
    "asked": 10,
    "coming": 10,
    "silent": 10,
    "place": "De Zaal",
    **dict.fromkeys(("link", "link_yes", "link_perhaps", "link_no", "link_stop"), LONGEST_LINK),
}
SECRET = re.compile(r"bondgeno|politie|police|gemeente|municip|signa|overvecht|radicali|thema|theme", re.IGNORECASE)
FOLDER = Path(settings.BASE_DIR) / "templates" / "messages"


def sms(kind: str, language: str, **more: Any) -> str:
    content = render(kind=kind, way=Way(channel=Channel.SMS, address="+31612345678"), context=CONTEXT | more,
                     language=language, payload_id=uuid.uuid4(), at=timezone.now())  # fmt: skip
    assert content is not None
    return content.decode()


def mail(kind: str, language: str, **more: Any) -> Any:
    content = render(kind=kind, way=Way(channel=Channel.MAIL, address="noor@voorbeeld.example"), context=CONTEXT | more,
                     language=language, payload_id=uuid.uuid4(), at=timezone.now())  # fmt: skip
    assert content is not None
    return message_from_bytes(content, policy=policy.default)


def test_every_kind_is_in_the_table_of_needs() -> None:
    assert {folder.name for folder in FOLDER.iterdir() if folder.is_dir()} >= set(NEEDS)


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("kind", NEEDS)
def test_every_kind_reads_well(kind: str, language: str) -> None:
    text = sms(kind, language)
    assert gsm7.length(text) <= gsm7.ONE_MESSAGE, text
    assert gsm7.fold(text) == text
    message = mail(kind, language)
    plain = message.get_body(("plain",)).get_content()
    html = message.get_body(("html",)).get_content()
    for part in (text, message["Subject"], plain, html):
        assert part.strip()
        assert not SECRET.search(part)
        assert "{" not in part
    assert f'<html lang="{language}">' in html
    assert "Noor" not in message["Subject"]
    assert "De Zaal" not in message["Subject"] + text
    for name in NEEDS[kind]:
        if name.startswith("link"):
            assert CONTEXT[name] in plain
            assert f'href="{CONTEXT[name]}"' in html
    assert "\n\n\n" not in plain


@pytest.mark.parametrize("kind", [kind for kind in NEEDS if kind != "invitation"])
def test_the_word_is_in_every_message_and_stays_away_when_there_is_none(kind: str) -> None:
    assert sms(kind, "nl").startswith("tandenborstel: ")
    without = sms(kind, "nl", word="")
    assert without[0].isupper()
    assert "tandenborstel" not in without
    subject = mail(kind, "nl", word="")["Subject"]
    assert subject[0].isupper()
    if kind != "code":
        assert "tandenborstel" in mail(kind, "nl").as_string()


CALLS = [kind for kind in NEEDS if kind.startswith("call_")]
ASKS = ("call_urgent", "call_urgent_again", "call_stand_in")
PUSH = Way(channel=Channel.PUSH, address="https://push.example/1", keys={"p256dh": "x", "auth": "y"})


def other(kind: str, language: str, way: Way, **more: Any) -> Any:
    """What is spoken, or shown on a locked screen."""
    content = render(
        kind=kind, way=way, context=CONTEXT | more, language=language, payload_id=uuid.uuid4(), at=timezone.now()
    )
    assert content is not None
    return json.loads(content)


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("kind", CALLS)
def test_a_locked_screen_says_only_that_there_is_a_message(kind: str, language: str) -> None:
    text = other(kind, language, PUSH)["news"]["text"]
    assert 10 < len(text) <= 100
    assert text[0].isupper()
    assert not SECRET.search(text)
    assert "tandenborstel" not in text
    assert LONGEST_LINK not in text


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("kind", ASKS)
def test_what_is_spoken_begins_with_the_word_and_tells_the_keys(kind: str, language: str) -> None:
    spoken = other(kind, language, Way(channel=Channel.VOICE, address="+31302345678"))
    text = spoken["text"]
    assert spoken["language"] == language
    assert text.index("tandenborstel") < 30
    assert not SECRET.search(text)
    assert LONGEST_LINK not in text
    for key in ("1", "2", "3", "085 000 01 23", "112"):
        assert key in text
    assert ("sterretje" if language == "nl" else "star") in text


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("kind", CALLS)
def test_a_practice_says_so_in_front(kind: str, language: str) -> None:
    marked = "OEFENING" if language == "nl" else "PRACTICE"
    text = sms(kind, language, practice=True)
    assert text.startswith(f"tandenborstel: {marked}: ")
    assert gsm7.length(text) <= gsm7.ONE_MESSAGE, text
    assert sms(kind, language, practice=True, word="").startswith(marked)
    message = mail(kind, language, practice=True)
    assert message["Subject"].startswith(f"tandenborstel: {marked}: ")
    for part in ("plain", "html"):
        assert marked in message.get_body((part,)).get_content()
    assert other(kind, language, PUSH, practice=True)["news"]["text"].startswith(f"{marked}: ")
    if kind in ASKS:
        spoken = other(kind, language, Way(channel=Channel.VOICE, address="+31302345678"), practice=True)["text"]
        assert marked in spoken[:60]
    assert marked not in sms(kind, language)


def test_whom_we_cannot_reach_is_counted() -> None:
    assert "9 mensen" in sms("call_unreached", "nl")
    assert "1 persoon" in sms("call_unreached", "nl", count=1)
    assert "niemand" in sms("call_unreached", "nl", nobody=True)


def test_english_is_english() -> None:
    for kind in NEEDS:
        assert sms(kind, "nl") != sms(kind, "en")


def test_who_comes_is_asked_another_question() -> None:
    assert "Je zei dat je komt." in mail("meeting_reminder", "nl", coming=True).get_body(("plain",)).get_content()


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Eén café, naïve Zoë", "Eén café, naive Zoe"),
        ("‘ja’ – “nee”…", "'ja' - \"nee\"..."),
        ("€5 ĳs", "€5 ijs"),
        ("👍 ok\u200d", "? ok"),
        ("Şükrü Çelik", "Sükrü Çelik"),
    ],
)
def test_fold(text: str, folded: str) -> None:
    assert gsm7.fold(text) == folded
    assert gsm7.length("€[a]") == 7


def test_back_off_grows_and_ends() -> None:
    gaps = [back_off(round_).total_seconds() for round_ in range(1, 12)]
    assert gaps[:8] == [5, 15, 30, 60, 120, 300, 600, 1800]
    assert gaps[8:] == [1800] * 3
    made = timezone.now()
    assert last_moment(made, None) == made + timedelta(hours=24)
    assert last_moment(made, made + timedelta(minutes=1)) == made + timedelta(minutes=1)


def test_codes() -> None:
    made = {codes.make_code() for _ in range(50)}
    assert len(made) > 45
    assert all(re.fullmatch(r"\d{6}", code) for code in made)
    kept = codes.hash_code(code="012345", address="a@b.example")
    assert "012345" not in kept
    assert codes.is_right(typed=" 012-345", address="a@b.example", kept=kept)
    assert not codes.is_right(typed="12345", address="a@b.example", kept=kept)
    assert not codes.is_right(typed="012345", address="c@b.example", kept=kept)


def test_no_page_or_message_speaks_of_the_kind_of_a_calendar_file() -> None:
    """People know Google Calendar, Outlook and Apple."""
    root = Path(settings.BASE_DIR)
    files = [file for kind in ("html", "txt", "svg") for file in (root / "templates").rglob(f"*.{kind}")]
    tags = re.compile(r"{[%{#].*?[%}#]}|<[^>]*>", re.DOTALL)
    seen = [tags.sub("", file.read_text(encoding="utf-8")) for file in files]
    catalogue = (root / "locale/nl/LC_MESSAGES/django.po").read_text(encoding="utf-8")
    seen += re.findall(r'^(?:msg.*)?".*"$', catalogue, flags=re.MULTILINE)
    assert len(seen) > 1000
    assert [text for text in seen if re.search(r"\.ics\b|\bical", text, re.IGNORECASE)] == []
