"""Who tries next: pure. A payload goes round its channel's providers; one that refused it for good is passed over."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Tried:
    """One attempt that failed: by whom, and whether that one said never."""

    provider: str
    refused: bool


@dataclass(frozen=True)
class Next:
    """The next attempt: by whom (nobody in particular: whoever is first by then), and at once or after how many
    rounds of waiting.
    """

    provider: str
    rounds: int  # 0: at once


def next_try(providers: Sequence[str], tried: Iterable[Tried]) -> Next | None:
    """What follows after these failed attempts, oldest first; None when nobody is left to try.

    `providers` are those of the channel in the order of now. Whoever did not try yet in this round does so at once;
    when all have, the next round begins after a while.
    """
    tried = list(tried)
    refused = {one.provider for one in tried if one.refused}
    willing = [name for name in providers if name not in refused]
    if not willing:
        return None
    times = Counter(one.provider for one in tried)
    rounds = max(times[name] for name in willing)
    untried = [name for name in willing if times[name] < rounds]
    # Whoever never tried does so at once, also when all others refused.
    untried = untried or [name for name in willing if not times[name]]
    if untried:
        return Next(untried[0], 0)
    return Next(willing[0] if refused else "", rounds)
