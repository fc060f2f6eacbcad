"""In which order an evening takes its themes: by points and by "not heard yet", residents and professionals in balance.

Pure: no clock, no database. `turns.py` reads what a turn depends on.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from uuid import UUID

from alliances.models import Role

from .models import Theme

# An evening that passes a theme over weighs as much as five points. A theme can get thirty (ten members, three points
# each), so whoever waited more than six evenings goes before everything that came later: nobody waits for ever.
PASSED_OVER = 5


class Side(Enum):
    """Whose theme it is."""

    RESIDENT = "resident"
    PROFESSIONAL = "professional"


@dataclass(frozen=True)
class Turn:
    """What one theme's turn depends on.

    points: of the members of now, for this evening. passed: evenings held while it waited.
    heard: how often the table talked about something of who raised it. since: when it was brought in. key: which one,
    and the order of two that are alike in everything.
    """

    key: UUID
    side: Side
    points: int
    passed: int
    heard: int
    since: datetime

    @property
    def weight(self) -> int:
        """Points, and the waiting; who was never heard has one evening's lead."""
        return self.points + PASSED_OVER * (self.passed + (self.heard == 0))

    @property
    def rank(self) -> tuple[int, int, datetime, str]:
        """Small comes first."""
        return (-self.weight, self.heard, self.since, str(self.key))


def in_order(turns: Iterable[Turn]) -> list[Turn]:
    """The turns, first one first.

    As long as there are themes of both residents and professionals left, their numbers differ by at most one in every
    first part of the order; within that, the heaviest first, then whoever was heard least, then the oldest.
    One evening more of waiting, or one point more, never makes a theme come later.
    """
    every = sorted(turns, key=lambda turn: turn.rank)
    queues = [[turn for turn in every if turn.side is side] for side in Side]
    order: list[Turn] = []
    for pair in zip(*queues, strict=False):
        order += sorted(pair, key=lambda turn: turn.rank)
    both = min(map(len, queues))
    return order + queues[0][both:] + queues[1][both:]


def turn_of(theme: Theme) -> Turn:
    """The turn of a theme from `turns.with_turns`; one without what that adds has no points and did not wait."""
    role = getattr(theme, "raiser_role", None)
    professional = role in (Role.POLICE, Role.MUNICIPALITY) and not theme.on_behalf
    return Turn(
        key=theme.uuid,
        side=Side.PROFESSIONAL if professional else Side.RESIDENT,
        points=getattr(theme, "points_given", 0),
        passed=getattr(theme, "passed_over", 0),
        heard=getattr(theme, "raiser_heard", 0),
        since=theme.created_at,
    )


def ordered(themes: Iterable[Theme]) -> list[Theme]:
    """Themes of `turns.with_turns`, in the order in which the evening takes them (see `in_order`).

    What a professional raises on behalf of somebody else counts as a resident's; so does a theme of somebody who was
    erased.
    """
    by_key = {theme.uuid: theme for theme in themes}
    return [by_key[turn.key] for turn in in_order(turn_of(theme) for theme in by_key.values())]
