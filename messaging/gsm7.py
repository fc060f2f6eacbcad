"""The alphabet of an SMS (GSM 03.38): one letter outside it, and a text of 160 letters becomes three messages."""

import unicodedata

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED = frozenset("^{}\\[~]|€\f")  # these count double
ONE_MESSAGE = 160
PLAIN = str.maketrans(
    {
        "‘": "'",
        "’": "'",
        "‚": "'",
        "`": "'",
        "´": "'",
        "“": '"',
        "”": '"',
        "„": '"',
        "–": "-",
        "—": "-",
        "‑": "-",
        "−": "-",
        "…": "...",
        "•": "-",
        "ı": "i",
        "ł": "l",
        "Ł": "L",
        "đ": "d",
        "Đ": "D",
        "œ": "oe",
        "Œ": "OE",
        "\u00a0": " ",
        "\u202f": " ",
        "\t": " ",
    }
)


def fold(text: str) -> str:
    """Write a text in the SMS alphabet: ë becomes e, and what has no look-alike becomes a question mark."""
    return "".join(_fold_letter(letter) for letter in unicodedata.normalize("NFC", text).translate(PLAIN))


def _fold_letter(letter: str) -> str:
    if letter in BASIC or letter in EXTENDED:
        return letter
    bare = "".join(part for part in unicodedata.normalize("NFKD", letter) if not unicodedata.combining(part))
    if bare and all(part in BASIC or part in EXTENDED for part in bare):
        return bare
    return "" if unicodedata.category(letter) in ("Mn", "Cf", "Cc") else "?"


def length(text: str) -> int:
    """How many of the 160 places a folded text takes."""
    return sum(2 if letter in EXTENDED else 1 for letter in text)
