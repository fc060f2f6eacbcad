"""What a practice showed, in numbers: how many answered, how fast and by what. Pure; times are seconds after the call.

It counts and blames nobody: no order of people, no mark for the table.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

MINUTE, HOUR = 60, 3600
WIDTH, HEIGHT, LEFT, TOP = 600, 190, 34, 14  # of the drawing; LEFT and below it is room for the words


@dataclass(frozen=True)
class Asked:
    """Somebody who was called: when they first answered (seconds, None for no answer) and by which way."""

    after: float | None = None
    via: str = ""


@dataclass(frozen=True)
class Result:
    """The outcome. `within` is when the last of the answers came, `half` when half of who was asked had answered,
    `enough` since when there were enough people: seconds, None when it did not come to that.
    """

    asked: int
    answered: int
    within: int | None
    half: int | None
    enough: int | None
    ways: tuple[tuple[str, int], ...]
    curve: tuple[tuple[int, int], ...]

    @property
    def silent(self) -> int:
        """How many did not answer."""
        return self.asked - self.answered


@dataclass(frozen=True)
class Climb:
    """The drawing of the curve, in the units of its view box: whole numbers, as SVG wants them."""

    line: str
    area: str
    dots: tuple[tuple[int, int], ...]
    enough: int | None
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    top: int = TOP


def result(people: Sequence[Asked], *, enough: float | None = None) -> Result:
    """Count the answers. An answer before the call (a clock that ran behind) counts as at once."""
    times = sorted(max(0, round(one.after)) for one in people if one.after is not None)
    half = -(-len(people) // 2)
    return Result(
        asked=len(people),
        answered=len(times),
        within=times[-1] if times else None,
        half=times[half - 1] if half and len(times) >= half else None,
        enough=None if enough is None else max(0, round(enough)),
        ways=tuple(Counter(one.via for one in people if one.after is not None).most_common()),
        curve=tuple((seconds, number) for number, seconds in enumerate(times, start=1)),
    )


def climb(found: Result) -> Climb | None:
    """The curve: across the time until the last answer, up the number of answers. None without an answer."""
    if not found.curve:
        return None
    longest = max(found.within or 0, found.enough or 0, MINUTE)

    def across(seconds: int) -> int:
        return LEFT + round(seconds / longest * (WIDTH - LEFT - 10))

    def up(number: int) -> int:
        return HEIGHT - round(number / found.asked * (HEIGHT - TOP))

    points, before = [(LEFT, HEIGHT)], 0
    for seconds, number in found.curve:
        points += [(across(seconds), up(before)), (across(seconds), up(number))]
        before = number
    points.append((WIDTH - 10, up(before)))
    line = " ".join(f"{x},{y}" for x, y in points)
    return Climb(
        line=line,
        area=f"{line} {WIDTH - 10},{HEIGHT} {LEFT},{HEIGHT}",
        dots=tuple((across(seconds), up(number)) for seconds, number in found.curve),
        enough=None if found.enough is None else across(found.enough),
    )


def about(seconds: int) -> str:
    """A duration as people say it: 40 seconds, 4 minutes, 3 hours; rounded up, so that it never sounds faster."""
    if seconds < MINUTE:
        return ngettext("%(n)d second", "%(n)d seconds", max(1, seconds)) % {"n": max(1, seconds)}
    if seconds <= 2 * HOUR:
        minutes = -(-seconds // MINUTE)
        return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}
    hours = -(-seconds // HOUR)
    return ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours}


def headline(found: Result) -> str:
    """The news: 9 of the 10 in 4 minutes."""
    if found.within is None:
        return _("Nobody has answered yet")
    said = {"n": found.answered, "all": found.asked, "time": about(found.within)}
    return _("%(n)d of the %(all)d in %(time)s") % said
