"""What a phone call says, as TwiML: the text, and what a key leads to."""

import json
import uuid

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from twilio.twiml.voice_response import Gather, VoiceResponse

VOICES = {"nl": ("nl-NL", "Polly.Lotte"), "en": ("en-GB", "Polly.Amy")}
LISTEN = 8  # seconds for a key, after the last reading
READINGS = 2  # a person who picks up in a noisy place hears it once more


def question(content: bytes, reference: uuid.UUID) -> str:
    """Read a frozen text aloud and wait for one key, which goes to our webhook for this payload."""
    language, text = _read(content)
    answer = VoiceResponse()
    keys = Gather(
        input="dtmf",
        num_digits=1,
        finish_on_key="",  # so that # is a key like all others
        timeout=LISTEN,
        method="POST",
        action=settings.SITE_URL + reverse("messaging:twilio-key", args=[reference]),
    )
    tongue, voice = VOICES.get(language, VOICES["nl"])
    keys.say(text, language=tongue, voice=voice, loop=READINGS)
    answer.append(keys)
    return str(answer)


def saved(content: bytes | None) -> str:
    """Say that the answer is kept, in the language of the text (None: it is gone), and hang up."""
    language = _read(content)[0] if content else settings.LANGUAGE_CODE
    answer = VoiceResponse()
    tongue, voice = VOICES.get(language, VOICES["nl"])
    with translation.override(language):
        answer.say(_("Thank you. Your answer is saved. Goodbye."), language=tongue, voice=voice)
    answer.hangup()
    return str(answer)


def _read(content: bytes) -> tuple[str, str]:
    value = json.loads(content)
    return str(value["language"]), str(value["text"])
