"""What a text message or a key means, in Dutch or English. Pure, and careful: a wrong "I am coming" keeps others from
being called, so whatever can be read two ways is no answer; it is shown to the table as it was written.
"""

import re
import unicodedata
from collections.abc import Sequence

from .models import Answer, TensionSignal

Value = Answer.Value
TEXT_AT_MOST = 300  # as Answer.text holds

URGENT = {"yes": Value.COMING, "no": Value.CANNOT, "seen": Value.SEEN}
WORRY = {"yes": Value.NOTICE, "no": Value.NOTHING, "seen": Value.UNKNOWN}
KEYS = {"1": "yes", "2": "no", "3": "seen"}

# "1", "2." and "1 over 2 uur" name a button; "2 uur", "1:30" and "3 mensen" do not.
_AFTER_BUTTON = r"(?:over|om|rond|vanaf|na|ik|ja|nee|yes|no|in|at|around|after|from|i)\b"
_BUTTON = re.compile(rf"([123])(?![\d:.,]\d)(?:\s*[.,;:!)(=-]+\s*|\s*$|\s+(?={_AFTER_BUTTON}))")
_YES = r"(?:ja+|jawel|jazeker|jep|yes|yep|yeah|sure|zeker|tuurlijk|natuurlijk|akkoord)"
_NO = r"(?:nee+n?|nope|no|helaas)"
_SMALL = (
    "nu|straks|vandaag|vanavond|wel|ook|er|today|tonight|now|also|really|echt|helaas|het|dat|daar|hier|bij|mee|zelf"
)
_FILL = rf"(?:(?:{_SMALL}) ){{0,3}}"
_SOON = "eraan|er aan|om|over|rond|straks|zo|direct|meteen|nu|wel|ook|na|vanaf|graag"
_NOTICE = "(?:merk|zie|hoor|voel)"

# Phrases, taken out of the text in this order: what says less, or no, goes before what says yes. ("maybe" is an answer
# like "seen", but a stronger one.)
_BOTH = [
    ("", "geen probleem|no problem"),
    ("maybe", "(?:ik )?weet (?:ik )?(?:(?:het|dat) )?(?:nog )?(?:(?:even|echt) )?niet(?: zeker)?"),
    ("maybe", "(?:i )?(?:do not|don t|dont) know(?: yet)?|not sure(?: yet)?|not yet|nog niet|geen idee|no idea"),
    ("maybe", "misschien|wellicht|mogelijk|maybe|perhaps|probeer|proberen|try|hopelijk|hopefully|twijfel"),
    ("seen", "gezien|gelezen|ontvangen|seen|oke|okay|ok"),
]
_URGENT = [
    ("no", rf"(?:ik )?(?:kan|kom|red|ga|haal|ben|doe) (?:ik )?{_FILL}niet(?: (?:komen|erbij|bij zijn|mee|meedoen))?"),
    ("no", rf"(?:het )?(?:lukt|gaat) (?:me |mij )?{_FILL}niet|verhinderd|afwezig"),
    ("no", "(?:i )?(?:can not|cannot|can t|cant|won t|wont|will not)(?: (?:come|make it|join|be there))?"),
    ("no", "(?:i m |i am |im )?(?:not (?:coming|able|available|joining)|unable|unavailable)"),
    ("yes", rf"ik (?:kom|doe mee|kan|ben er|ben onderweg|sluit aan)|kom(?= (?:{_SOON})\b)|^kom$"),
    ("yes", "kom eraan|er ?aan|eraan|onderweg|doe mee|doe ik mee|(?:i m |i am |im )?(?:coming|on my way|joining)"),
    ("yes", "i (?:will|can)(?: (?:come|join|be there|make it))?|i ll (?:come|join|be there)|count me in"),
]
_WORRY = [
    ("no", rf"(?:ik )?{_NOTICE} (?:ik )?(?:er |hier |daar |het |dat |hiervan |ervan )*(?:niets|niks|niet)"),
    ("no", "niets|niks|nothing|(?:i )?(?:do not|don t|dont) (?:notice|see|hear)(?: (?:it|anything|this|that))*"),
    ("yes", rf"(?:ik )?{_NOTICE} (?:ik )?(?:het|dat|dit) (?:hier |daar )?ook|herkenbaar"),
    ("yes", "i (?:notice|see|hear) (?:it|this|that) too"),
]
# What is left when no phrase took it makes a yes doubtful: not, or only if.
_DOUBT = re.compile(r"\b(?:niet|geen|nooit|niemand|not|never|none|nobody|zonder|without|als|indien|if|unless|tenzij)\b")
_LEAD = re.compile(
    rf"\W*(?:[123](?=\W|$)|{_YES}\b|{_NO}\b|gezien\b|seen\b|ok(?:ay|e|é)?\b"
    r"|ik\s+(?:kan|kom)\s+niet\b|kan\s+niet\b|ik\s+kom\b|ik\s+doe\s+mee\b)?[\W_]*",
    re.IGNORECASE,
)


def parse(text: str, level: str) -> tuple[Answer.Value | None, str]:
    """The answer that a text holds to a call of this level, and the words besides ("over 2 uur"); None and the whole
    text when it holds none, or more than one. Never raises, whatever was typed.
    """
    said = _tidy(text)
    worry = level == TensionSignal.Level.WORRY
    found = _meaning(_plain(said), _WORRY if worry else _URGENT)
    if found is None:
        return None, said
    return (WORRY if worry else URGENT)[found], _besides(said)


def shortened(words: str) -> str:
    """Words as they fit with an answer."""
    return words if len(words) <= TEXT_AT_MOST else words[: TEXT_AT_MOST - 1].rstrip() + "…"


def _tidy(text: str) -> str:
    """One line of readable characters: no control characters, no invisible or direction marks."""
    kept = (" " if unicodedata.category(sign)[0] == "Z" or sign in "\r\n\t\v\f" else sign for sign in text)
    kept = (sign for sign in kept if unicodedata.category(sign) not in ("Cc", "Cf", "Cs", "Co", "Cn"))
    return " ".join("".join(kept).split())


def _plain(said: str) -> str:
    """Lower case, without accents, in ordinary letters and digits."""
    flat = unicodedata.normalize("NFKD", said).casefold()
    flat = "".join(sign for sign in flat if not unicodedata.combining(sign))
    return " ".join(flat.replace("’", "'").replace("`", "'").split())


def _meaning(words: str, phrases: Sequence[tuple[str, str]]) -> str | None:
    """yes, no or seen: the one thing that is said; None for nothing, or for more than one."""
    found: set[str] = set()
    if button := _BUTTON.match(words):
        found.add(KEYS[button.group(1)])
        words = words[button.end() :]
    words = " ".join(re.sub(r"[^\w\s]|_", " ", words).split())
    for meaning, first in (("yes", _YES), ("no", _NO)):
        if opening := re.match(rf"{first}\b ?", words):
            found.add(meaning)
            words = words[opening.end() :]
            break
    said: set[str] = set()
    for meaning, phrase in (*_BOTH, *phrases):
        words, times = re.subn(rf"\b(?:{phrase})\b", " ", words)
        words = " ".join(words.split())
        if times and meaning:
            said.add(meaning)
    return _one(found | said, said, doubtful=bool(_DOUBT.search(words)))


def _one(found: set[str], said: set[str], *, doubtful: bool) -> str | None:
    if "maybe" in found:
        return "seen"  # whatever else was said, they do not know yet
    if {"yes", "no"} <= found or ("yes" in found and doubtful):
        return None
    if found == {"yes", "seen"}:
        return "yes" if "yes" in said else "seen"  # "ja, gezien" promises nothing
    return next((meaning for meaning in ("no", "yes", "seen") if meaning in found), None)


def _besides(said: str) -> str:
    """The words besides the answer itself, as they were written."""
    rest = said[_LEAD.match(said).end() :]  # type: ignore[union-attr]  # it matches the empty text too
    if not any(sign.isalnum() for sign in rest) or _plain(rest) in KEYS:  # a digit of another script is one too
        return ""
    return rest.strip()
