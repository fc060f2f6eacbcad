"""The ladder: who is called when, and by what. Pure: seconds and names in, steps out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from messaging.models import Channel

from .models import Ladder, TensionSignal

PUSH, MAIL, SMS, VOICE = "push", "mail", "sms", "voice"
CALL_LIST, STAND_IN, DUTY = "call_list", "stand_in", "duty"
CHANNELS = {PUSH: Channel.PUSH, MAIL: Channel.MAIL, SMS: Channel.SMS, VOICE: Channel.VOICE}
WAYS = (*CHANNELS, CALL_LIST, STAND_IN, DUTY)
Pace = Ladder.Pace


@dataclass(frozen=True)
class Step:
    """So many seconds after the start of the call, by these ways."""

    after: int
    ways: tuple[str, ...]

    @property
    def channels(self) -> tuple[Channel, ...]:
        """The channels by which this step writes to or rings people."""
        return tuple(CHANNELS[way] for way in self.ways if way in CHANNELS)


DEFAULTS: dict[str, tuple[Step, ...]] = {
    Pace.NOW: (
        Step(0, (PUSH, MAIL, SMS)),
        Step(2 * 60, (SMS,)),
        Step(5 * 60, (VOICE,)),
        Step(10 * 60, (VOICE, CALL_LIST)),
        Step(15 * 60, (STAND_IN,)),
    ),
    Pace.LATER: (Step(0, (PUSH, MAIL, SMS)), Step(30 * 60, (SMS,)), Step(60 * 60, (CALL_LIST,))),
    Pace.WORRY: (Step(0, (PUSH, MAIL)), Step(24 * 3600, (PUSH, MAIL))),
}


def pace_of(level: str, moment: str) -> str:
    """How fast a call of this level and moment goes."""
    if level == TensionSignal.Level.WORRY:
        return Pace.WORRY
    return Pace.NOW if moment == TensionSignal.Moment.NOW else Pace.LATER


def steps_of(ladder: Ladder | None, pace: str) -> tuple[Step, ...]:
    """The steps that an alliance chose for a pace, or the default."""
    return read(ladder.steps) if ladder else DEFAULTS[pace]


def read(kept: Sequence[dict[str, Any]]) -> tuple[Step, ...]:
    """Steps from what `Ladder.steps` holds."""
    return tuple(Step(int(step["after"]), tuple(step["ways"])) for step in kept)


def written(steps: Sequence[Step]) -> list[dict[str, Any]]:
    """Steps as `Ladder.steps` holds them."""
    return [{"after": step.after, "ways": list(step.ways)} for step in steps]


def reserve_of(steps: Sequence[Step]) -> tuple[Channel, ...]:
    """The channels that take over at once when one of the first step fails for good: those of the later steps, and last
    the text message, so that who has nothing else is asked at all.
    """
    first = steps[0].channels
    later = [channel for step in steps[1:] for channel in step.channels]
    return tuple(dict.fromkeys(channel for channel in (*later, Channel.SMS) if channel not in first))
