"""How agreements went, quarter by quarter: what the drawing and the table behind it show. Pure.

It counts what was agreed and what became of it; it is no mark for a neighbourhood or for people (method, rule 13).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

KINDS = ("done", "running", "late", "failed", "dropped")
QUARTERS = 6
HEIGHT, WIDTH, GAP, TOP = 120, 40, 18, 24  # of the drawing, in its own units


@dataclass(frozen=True)
class Fact:
    """One agreement: the day on which it was made, its state, and the day by which it should be done."""

    made_on: date
    state: str
    due_on: date | None = None


@dataclass(frozen=True)
class Quarter:
    """How many agreements of one quarter are done, run, are late, failed or were dropped."""

    year: int
    number: int
    counts: dict[str, int]

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.counts.values())


@dataclass(frozen=True)
class Piece:
    """One part of a bar; numbers as text, because localisation would write a comma."""

    kind: str
    count: int
    y: str
    height: str
    middle: str


@dataclass(frozen=True)
class Bar:
    """One quarter, drawn."""

    quarter: Quarter
    x: str
    centre: str
    pieces: Sequence[Piece]


def kind_of(fact: Fact, today: date) -> str:
    """What became of it so far. Late is only what is open after its day."""
    if fact.state != "open":
        return fact.state
    return "late" if fact.due_on and fact.due_on < today else "running"


def quarters(facts: Iterable[Fact], today: date, count: int = QUARTERS) -> list[Quarter]:
    """The last `count` quarters up to today, the oldest first, from the first one in which something was agreed.

    What was agreed before them is left out; an empty list when there is nothing to show.
    """
    last = today.year * 4 + (today.month - 1) // 3
    found: dict[int, dict[str, int]] = {}
    for fact in facts:
        at = min(fact.made_on.year * 4 + (fact.made_on.month - 1) // 3, last)
        if at > last - count:
            counts = found.setdefault(at, dict.fromkeys(KINDS, 0))
            counts[kind_of(fact, today)] += 1
    first = min(found, default=last + 1)
    return [Quarter(at // 4, at % 4 + 1, found.get(at, dict.fromkeys(KINDS, 0))) for at in range(first, last + 1)]


def bars(shown: Sequence[Quarter]) -> list[Bar]:
    """Where each piece is drawn: done at the bottom, then what runs, is late, failed and was dropped."""
    most = max((quarter.total for quarter in shown), default=0) or 1
    unit = HEIGHT / most
    drawn = []
    for place, quarter in enumerate(shown):
        x = GAP / 2 + place * (WIDTH + GAP)
        below, pieces = TOP + float(HEIGHT), []
        for kind in KINDS:
            count = quarter.counts[kind]
            if count:
                below -= count * unit
                height = count * unit
                pieces.append(Piece(kind, count, _text(below), _text(height), _text(below + height / 2)))
        drawn.append(Bar(quarter, _text(x), _text(x + WIDTH / 2), pieces))
    return drawn


def size(shown: Sequence[Quarter]) -> tuple[int, int]:
    """Width and height of the drawing, in its own units."""
    return max(len(shown), 1) * (WIDTH + GAP), TOP + HEIGHT + 30


def _text(number: float) -> str:
    return f"{number:.1f}"
