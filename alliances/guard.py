"""The guard on free text: what looks like data about one person. It asks; the member decides (method, rule 2)."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

import phonenumbers
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from phonenumbers import PhoneNumberMatcher, PhoneNumberType

# Numbers that everybody may write: 0800, 0900 and the like belong to organisations.
PUBLIC = {
    PhoneNumberType.TOLL_FREE,
    PhoneNumberType.PREMIUM_RATE,
    PhoneNumberType.SHARED_COST,
    PhoneNumberType.UAN,
    PhoneNumberType.UNKNOWN,
}
# The shapes of Dutch plates: L a letter, 9 a digit (RDW, "sidecodes" 1 to 14).
PLATES = """
    LL-99-99 99-99-LL 99-LL-99 LL-99-LL LL-LL-99 99-LL-LL 99-LLL-9
    9-LLL-99 LL-999-L L-999-LL LLL-99-L L-99-LLL 9-LL-999 999-LL-9
"""
MONTHS = (
    "januari|februari|maart|april|mei|juni|juli|augustus|september|oktober|november|december|"
    "january|february|march|may|june|july|august|october"
)
STREET = (
    "straat|laan|dreef|weg|plein|hof|kade|gracht|singel|pad|steeg|dijk|plantsoen|baan|boulevard|markt|poort|wal|park"
)
# After "Julianaplein 10" these say that ten is no house number.
COUNTED = (
    rf"uur|u\b|jong|mensen|man\b|mannen|vrouw|kind|person|meter|keer|minut|auto|scooter|fiets|huizen|woning|{MONTHS}|%|euro|"
    "meisjes|buren|bewoners|leden|people|boys|girls|cars"
)
HOUSE = r"\d{1,4}(?:\s?[a-z]\b|-\d{1,3}|\s?(?:bis|hs|hoog)\b)?"
# Words with a capital that begin a sentence and are no name.
OPENERS = """
    de het een in op er we wij ik ze zij je hij dit dat die deze sinds vanaf voor na om al ook en maar toen daar hier
    gisteren vandaag morgen geboren geb the a on at since there we he she it this that
"""


@dataclass(frozen=True)
class Finding:
    """Something that looks like data about one person: its kind, and the words for it in the reader's language."""

    kind: str
    label: str | Promise


def findings(text: str) -> list[Finding]:
    """What the text may hold that points at one person; each kind once, an empty list for a text about a situation."""
    return [Finding(kind, label) for kind, label, found in _checks() if found(text)]


def _checks() -> Iterable[tuple[str, str | Promise, Callable[[str], bool]]]:
    return (
        ("citizen_number", _("citizen service number"), has_citizen_number),
        ("phone", _("phone number"), has_phone),
        ("plate", _("number plate"), has_plate),
        ("address", _("house address"), has_address),
        ("born", _("name with a date of birth"), has_birth_date),
    )


def has_citizen_number(text: str) -> bool:
    """Whether nine digits (or eight in a row) pass the eleven test of the Dutch citizen service number."""
    for match in re.finditer(r"(?<![\d+])(?:\d(?:[ .-]?\d){8}|\d{8})(?![\d])", text):
        digits = [int(letter) for letter in match[0] if letter.isdigit()]
        digits = [0] * (9 - len(digits)) + digits
        weighed = sum(weight * digit for weight, digit in zip([9, 8, 7, 6, 5, 4, 3, 2, -1], digits, strict=True))
        if any(digits) and weighed % 11 == 0:
            return True
    return False


def has_plate(text: str) -> bool:
    """Whether a Dutch number plate stands in it: with dashes, in capitals with spaces, or in one piece."""
    for shape in PLATES.split():
        groups = [part.replace("L", "[A-Z]").replace("9", r"\d") for part in shape.split("-")]
        ways = [("-", re.IGNORECASE), (" ", 0)]
        if shape != "99-99-LL":  # in one piece that is a postal code
            ways.append(("", re.IGNORECASE))
        if any(re.search(rf"(?<![\w-]){between.join(groups)}(?![\w-])", text, flags) for between, flags in ways):
            return True
    return False


def has_phone(text: str) -> bool:
    """Whether a person's phone number stands in it; 0800 and 0900 numbers are nobody's own."""
    return any(
        phonenumbers.number_type(match.number) not in PUBLIC
        for match in PhoneNumberMatcher(text, "NL", leniency=phonenumbers.Leniency.VALID)
    )


def has_address(text: str) -> bool:
    """Whether a street with a house number stands in it, or a postal code with one."""
    not_counted = rf"(?!\d)(?!\s*(?:{COUNTED}))(?![.:]\d\d)"
    dutch = rf"\b[A-Z][\w'.-]*(?:{STREET})\s+{HOUSE}{not_counted}"
    lane = rf"\b(?:Laan|Plein|Weg|Pad|Park)\s+(?:van|der|den|de|het|'t)(?:\s\w+){{1,3}}?\s+{HOUSE}{not_counted}"
    lower = rf"\b[a-z]{{3,}}(?:straat|laan|dreef|plein|gracht|singel|kade)\s+{HOUSE}{not_counted}"
    postal = r"\b[1-9]\d{3}\s?[A-Z]{2}[\s,]+(?:nr\.?\s?|nummer\s)?\d{1,4}\b"
    english = r"\b\d{1,4}\s(?:[A-Z]\w+\s){1,3}(?:Street|Road|Lane|Avenue|Square)\b"
    return any(re.search(pattern, text) for pattern in (dutch, lane, lower, postal, english))


def has_birth_date(text: str) -> bool:
    """Whether a date of long ago stands beside what looks like a name, or after "born"."""
    date = rf"\b\d{{1,2}}(?:\s?[-/.]\s?\d{{1,2}}\s?[-/.]\s?|\s(?:{MONTHS})\s)(\d{{4}})\b"
    if re.search(
        rf"\b(?:geb\.?|geboren|born)\b.{{0,12}}?\d{{1,2}}[-/. ](?:\d{{1,2}}|{MONTHS})[-/. ]\d{{2,4}}\b",
        text,
        re.IGNORECASE,
    ):
        return True
    long_ago = datetime.now(UTC).year - 8
    for match in re.finditer(date, text, re.IGNORECASE):
        if not 1920 <= int(match[1]) <= long_ago:
            continue
        around = text[max(0, match.start() - 50) : match.start()] + " " + text[match.end() : match.end() + 30]
        if any(word.lower() not in OPENERS.split() for word in re.findall(r"\b[A-ZÀ-Þ][\w'’-]+", around)):
            return True
    return False
