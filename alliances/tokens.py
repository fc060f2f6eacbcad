"""Secrets in links. A link's token is derived, not stored; the database keeps a fingerprint to find its row by."""

import hashlib
import logging
import re
from uuid import UUID

from django.utils.crypto import salted_hmac

# No 0, O, 1, I, l: people type these from paper. 12 characters of 57 are 70 bits.
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
LENGTH = 12


def derive(purpose: str, of: UUID, serial: int = 0) -> str:
    """The token for a row: always the same for a purpose, row and serial, unguessable without the secret key."""
    number = int.from_bytes(salted_hmac(f"link:{purpose}", f"{of}:{serial}", algorithm="sha256").digest(), "big")
    letters = []
    for _ in range(LENGTH):
        number, rest = divmod(number, len(ALPHABET))
        letters.append(ALPHABET[rest])
    return "".join(letters)


def fingerprint(token: str) -> str:
    """What the database keeps of a token: its SHA-256 in hexadecimal."""
    return hashlib.sha256(token.encode()).hexdigest()


class MaskTokens(logging.Filter):
    """Takes the secrets of links out of what is logged, so that a log opens no door."""

    LINK = re.compile(rf"(/(?:[jekvgp]|stil|agenda)/)[{ALPHABET}]{{{LENGTH}}}")

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every line through, masked."""
        record.msg, record.args = self.LINK.sub(r"\1***", record.getMessage()), None
        return True
