"""How many people are enough. Pure: roles and answers in, what is missing out."""

from collections import Counter
from collections.abc import Iterable, Mapping
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


def needed_of(
    roles: Iterable[str], *, police: bool = True, municipality: bool = True, residents: int | None = None
) -> dict[str, int]:
    """How many of each role must come when these people are called: frozen when the call starts.

    Each professional role that is filled must come (unless the alliance said otherwise), and half of the residents,
    rounded up, but at most three (or `residents`); never more than are called.
    """
    called = Counter(roles)
    asked = {"police": police, "municipality": municipality}
    needed = {role: 1 for role in PROFESSIONALS if called[role] and asked[role]}
    usual = min(RESIDENTS_AT_MOST, -(-called[RESIDENT] // 2))
    if number := usual if residents is None else min(residents, called[RESIDENT]):
        needed[RESIDENT] = number
    return needed


def quorum(needed: Mapping[str, int], coming: Iterable[str]) -> Quorum:
    """What is missing, from how many of each role must come and the roles of who does (a stand-in counts as the role).

    More residents do not make up for the police: the count alone is not enough.
    """
    coming = Counter(coming)
    missing = {role: number - min(number, coming[role]) for role, number in needed.items()}
    total = sum(needed.values())
    return Quorum(
        needed=total,
        there=total - sum(missing.values()),
        missing=tuple((role, number) for role, number in missing.items() if number),
    )
