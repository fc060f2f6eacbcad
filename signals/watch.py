"""What the watch over a running urgent call finds to do. Pure: what is written down in, what should follow out."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from .models import Answer, CallStep
from .quorum import PROFESSIONALS, quorum

SEEN_AGAIN_AFTER = timedelta(minutes=30)


@dataclass(frozen=True, kw_only=True)
class Person:
    """One recipient: `asked` once they are called, `here` while they have their seat (a stand-in always)."""

    key: int
    role: str
    stands_in: bool
    asked: bool
    here: bool
    answer: str
    answered_at: datetime | None

    @property
    def out(self) -> bool:
        """Somebody whose stand-in is needed: said that they cannot, or left the table."""
        return self.answer == Answer.Value.CANNOT or not self.here


@dataclass(frozen=True, kw_only=True)
class Findings:
    """What differs from what is written down. `enough` is None when the quorum stands as it stood."""

    enough: bool | None = None
    stand_ins: tuple[int, ...] = ()  # stand-ins to call now
    alone: tuple[int, ...] = ()  # professionals who are out and have no stand-in
    seen: Mapping[int, datetime] | None = None  # who has only seen it, and when to ask them once more

    def __bool__(self) -> bool:
        return self.enough is not None or bool(self.stand_ins or self.alone or self.seen)


def findings(
    people: Sequence[Person],
    *,
    needed: Mapping[str, int],
    enough: bool,
    alone: Collection[int] = (),
    again: Mapping[int, tuple[str, datetime]] | None = None,
) -> Findings:
    """Compare the people of a call with what is written down of it.

    `enough` is what the call says now; `alone` are the professionals of whom it is noted that nobody stands in; `again`
    tells the state and due time of each person's step "asked once more who had seen it".
    """
    there = enough_of(people, needed)
    return Findings(
        enough=there if there != enough else None,
        stand_ins=() if there else tuple(_to_call(people)),
        alone=() if there else tuple(key for key in _alone(people) if key not in alone),
        seen=_seen(people, again or {}),
    )


def enough_of(people: Sequence[Person], needed: Mapping[str, int]) -> bool:
    """Whether enough people come. Who left the table comes no more; a stand-in counts as the role."""
    return quorum(needed, [one.role for one in people if one.here and one.answer == Answer.Value.COMING]).enough


def _to_call(people: Sequence[Person]) -> list[int]:
    out = {one.role for one in people if not one.stands_in and one.role in PROFESSIONALS and one.out}
    return [one.key for one in people if one.stands_in and not one.asked and one.role in out]


def _alone(people: Sequence[Person]) -> list[int]:
    stood_in = {one.role for one in people if one.stands_in}
    return [one.key for one in people if one.out and one.role in PROFESSIONALS and one.role not in stood_in]


def _seen(people: Sequence[Person], again: Mapping[int, tuple[str, datetime]]) -> dict[int, datetime]:
    """When to ask again: 30 minutes after they last said so, unless that is planned already or was done."""
    due = {}
    for one in people:
        if not one.here or one.answer != Answer.Value.SEEN or one.answered_at is None:
            continue
        state, planned = again.get(one.key, (None, None))
        at = one.answered_at + SEEN_AGAIN_AFTER
        if state is None or state == CallStep.State.CANCELLED or (state == CallStep.State.DUE and planned != at):
            due[one.key] = at
    return due
