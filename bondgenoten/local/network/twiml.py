"""TwiML: what Twilio does with a call, as the site writes it."""

from dataclasses import dataclass
from xml.etree import ElementTree as ET

LIMIT = 64_000  # characters; Twilio's own


@dataclass(frozen=True)
class Say:
    """Words, read aloud."""

    text: str
    language: str = ""


@dataclass(frozen=True)
class Gather:
    """Words, and then a wait of `timeout` seconds for at most `digits` keys, which go to `action`."""

    action: str
    says: tuple[Say, ...]
    digits: int = 0
    timeout: float = 5.0
    finish: str = "#"  # the key that ends them, and is none of them


@dataclass(frozen=True)
class Redirect:
    """Go on with the TwiML at this address."""

    url: str


@dataclass(frozen=True)
class Hangup:
    """The end of the call."""


Verb = Say | Gather | Redirect | Hangup


def read(text: str) -> list[Verb]:
    """Return the verbs of a document in order; verbs that make no difference here are left out.

    Raises ValueError when it is no TwiML.
    """
    if len(text) > LIMIT:
        raise ValueError("TwiML is too long")
    try:
        root = ET.fromstring(text)  # noqa: S314 -- written by our own site; the demo has nobody else
    except ET.ParseError as problem:
        raise ValueError(f"TwiML is no XML: {problem}") from problem
    if root.tag != "Response":
        raise ValueError(f"TwiML begins with Response and not with {root.tag}")
    verbs = [_verb(element) for element in root]
    return [verb for verb in verbs if verb]


def _verb(element: ET.Element) -> Verb | None:
    match element.tag:
        case "Say":
            return _say(element)
        case "Gather":
            return Gather(
                element.get("action", ""),
                tuple(_say(say) for say in element.iter("Say")),
                int(element.get("numDigits", 0)),
                float(element.get("timeout", 5)),
                element.get("finishOnKey", "#"),
            )
        case "Redirect":
            return Redirect((element.text or "").strip())
        case "Hangup" | "Reject":
            return Hangup()
        case "Pause" | "Play":
            return None
        case other:
            raise ValueError(f"this phone network does not know the verb {other}")


def _say(element: ET.Element) -> Say:
    return Say(" ".join("".join(element.itertext()).split()), element.get("language", ""))
