"""Six digits that prove that somebody reads an address: made here, kept only as a keyed hash."""

import secrets

from django.utils.crypto import constant_time_compare, salted_hmac

DIGITS = 6


def make_code() -> str:
    """Six random digits; zeros in front are kept."""
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"


def hash_code(*, code: str, address: str) -> str:
    """Hash a code so that it may be kept: keyed with SECRET_KEY and bound to the address that it was sent to."""
    return salted_hmac("messaging.codes", f"{address}\n{code}", algorithm="sha256").hexdigest()


def is_right(*, typed: str, address: str, kept: str) -> bool:
    """Whether what was typed (spaces and dashes do not matter) is the code of this address.

    The caller counts: five tries, ten minutes.
    """
    digits = "".join(letter for letter in typed if letter in "0123456789")
    return constant_time_compare(hash_code(code=digits, address=address), kept)
