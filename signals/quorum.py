"""How many people are enough. Pure: roles and answers in, what is missing out."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

PROFESSIONALS = ("police", "municipality")
RESIDENT = "resident"
RESIDENTS_AT_MOST = 3


@dataclass(frozen=True)
class Quorum:
    """How many must come, how many of those do, and which roles are missing how often."""

    needed: int
    there: int
    missing: tuple[tuple[str, int], ...]

    @property
    def enough(self) -> bool:
        """Whether nobody is missing."""
        return not self.missing

    @property
    def short(self) -> int:
        """How many are still needed."""
        return self.needed - self.there


def quorum(people: Iterable[tuple[str, bool]]) -> Quorum:
    """What is missing, from the role of each person called and whether they come.

    Each professional role that is filled must come, and half of the residents (rounded up) but at most three. More
    residents do not make up for the police: the count alone is not enough.
    """
    called: Counter[str] = Counter()
    coming: Counter[str] = Counter()
    for role, comes in people:
        called[role] += 1
        coming[role] += comes
    needed = {role: 1 for role in PROFESSIONALS if called[role]}
    if called[RESIDENT]:
        needed[RESIDENT] = min(RESIDENTS_AT_MOST, -(-called[RESIDENT] // 2))
    missing = {role: number - min(number, coming[role]) for role, number in needed.items()}
    total = sum(needed.values())
    return Quorum(
        needed=total,
        there=total - sum(missing.values()),
        missing=tuple((role, number) for role, number in missing.items() if number),
    )
