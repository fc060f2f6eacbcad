"""Notify: subject and text out of a frozen mail, and what may go wrong at its API."""

import uuid

import pytest

from messaging.channels import ChannelError, send
from messaging.channels.mail_notify import read

from .conftest import TEXT, Post, mail

MAIL = ("mail", "notify")


def test_a_mail_as_frozen(post: Post) -> None:
    send(*MAIL, post.parcel("mail"))
    (arrived,) = post.came("mail")
    assert (arrived["provider"], arrived["subject"], arrived["text"].strip()) == ("notify", "merel: een bericht", TEXT)


@pytest.mark.parametrize(
    ("method", "language", "words"),
    [
        ("REQUEST", "nl", "Na je antwoord zie je knoppen voor Google Agenda, Outlook en Apple."),
        ("REQUEST", "en", "After your answer you see buttons for Google Calendar, Outlook and Apple."),
        ("CANCEL", "nl", "Staat de afspraak in je agenda? Haal hem er dan zelf uit."),
    ],
)
def test_an_appointment_is_not_lost_without_a_word(method: str, language: str, words: str) -> None:
    frozen = mail(uuid.uuid4())
    frozen.add_alternative(b"BEGIN:VCALENDAR", "text", "calendar", params={"method": method})
    frozen.add_attachment(b"BEGIN:VCALENDAR", maintype="application", subtype="ics", filename="afspraak.ics")
    frozen["Content-Language"] = language
    _subject, text = read(frozen.as_bytes())
    assert text.startswith(TEXT)
    assert text.endswith(words)
    assert "ics" not in text


def test_letters_of_all_kinds() -> None:
    frozen = mail(uuid.uuid4(), text="Fatıma, één koffie ☕ bij Łukasz?\n\nTot zo")
    frozen.replace_header("Subject", "koolmees: één bericht")
    assert read(frozen.as_bytes()) == ("koolmees: één bericht", "Fatıma, één koffie ☕ bij Łukasz?\n\nTot zo")


def test_a_mail_without_text() -> None:
    with pytest.raises(ChannelError) as caught:
        read(b"Content-Type: image/png\r\n\r\nx")
    assert caught.value.permanent
