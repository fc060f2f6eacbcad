"""Whose turn it is to receive the group. Pure: who sits there and who hosted when goes in; a proposal comes out."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Candidate:
    """A member as the rotation sees them; `key` is the membership's."""

    key: int
    since: datetime  # at the table
    able: bool = True  # seated, not on a break that day, did not say no


@dataclass(frozen=True)
class Hosted:
    """An evening, held or planned, and the key of the membership that is its host."""

    key: int
    at: datetime


def order(candidates: Collection[Candidate], evenings: Iterable[Hosted]) -> list[Candidate]:
    """Who is able, in the order in which it is their turn: hosted least, then longest ago, then longest at the table.

    Who joined late or was away is at most one turn behind the others: nobody has to catch up a year of dinners, so
    that nobody hosts twice before everybody able did once.
    """
    able = [candidate for candidate in candidates if candidate.able]
    turns = {candidate.key: 0 for candidate in able}
    last: dict[int, datetime] = {}
    most = 0
    for evening in sorted(evenings, key=lambda evening: (evening.at, evening.key)):
        if evening.key in turns:
            turns[evening.key] = max(turns[evening.key], most - 1) + 1
            most = max(most, turns[evening.key])
            last[evening.key] = evening.at

    def turn(candidate: Candidate) -> tuple[int, datetime, datetime, int]:
        taken = max(turns[candidate.key], most - 1)
        return taken, last.get(candidate.key, LONG_AGO), candidate.since, candidate.key

    return sorted(able, key=turn)


def whose_turn(candidates: Collection[Candidate], evenings: Iterable[Hosted]) -> Candidate | None:
    """The one to ask first; None when nobody is able."""
    return next(iter(order(candidates, evenings)), None)
