"""What people send back: who reads it, and the words that are for us. The apps above bring readers."""

import re
from collections.abc import Callable

from messaging.models import Incoming

Reader = Callable[[Incoming], Incoming.Outcome | None]

# What carriers honour by themselves, and what people write in Dutch. Only as the whole text: "stop met schreeuwen" may
# be about the street, and silencing somebody by mistake is worse than asking once too often. "Yes" means START to some
# carriers; here it is an answer.
STOP_WORDS = frozenset(
    (
        *("stop", "stopall", "stop all", "unsubscribe", "cancel", "end", "quit"),
        *(
            "stoppen",
            "stop sms",
            "stop aub",
            "stop berichten",
            "geen sms",
            "geen berichten",
            "afmelden",
            "uitschrijven",
        ),
    )
)
START_WORDS = frozenset(("start", "unstop", "begin", "starten", "aanmelden"))

_readers: list[Reader] = []


def register_reader(read: Reader) -> None:
    """Have replies and keys read by `read`, which says what it made of one, or None when it is nothing for it.

    Called in the worker, in a transaction, at most once for each that it took; `incoming.user` is who it is from. Call
    this in `AppConfig.ready`.
    """
    if read not in _readers:
        _readers.append(read)


def ask_readers(incoming: Incoming) -> Incoming.Outcome | None:
    """What the first reader made of it that knows what to do with it. Raises what a reader raises."""
    for read in _readers:
        outcome = read(incoming)
        if outcome is not None:
            return outcome
    return None


def wish(text: str) -> Incoming.Outcome | None:
    """Whether somebody wants no more text messages (STOP), or wants them again (START)."""
    words = " ".join(re.sub(r"[\W_]+", " ", text.casefold()).split())
    if words in STOP_WORDS:
        return Incoming.Outcome.STOP
    return Incoming.Outcome.START if words in START_WORDS else None
