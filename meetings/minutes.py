"""How the minutes of an evening are shared out over what there is to talk about. Pure; everything in minutes."""

from collections.abc import Sequence

STEP = 5  # nobody plans seven minutes
LEAST = 5


def to_talk(evening: int) -> int:
    """How much of an evening is for talking: two thirds. The rest is for eating."""
    return max(evening * 2 // 3 // STEP * STEP, 0)


def share_out(wanted: Sequence[int], planned: Sequence[int | None], evening: int) -> list[int]:
    """Minutes for each item of an evening of so many minutes, in the same order.

    wanted: what each would take if there were time. planned: what the table decided itself, which stays as it is.
    The others get what they want when it fits; else everything gets five, and what is left goes in steps of five to
    what is furthest from what it wants. So nothing on the agenda gets nothing, and a long agenda may go over the time.
    """
    given = [LEAST if own is None else own for own in planned]
    left = to_talk(evening) - sum(given)
    while left >= STEP:
        short = [n for n, own in enumerate(planned) if own is None and given[n] < wanted[n]]
        if not short:
            break
        neediest = min(short, key=lambda n: given[n] / wanted[n])
        given[neediest] += STEP
        left -= STEP
    return given
