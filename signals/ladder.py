"""The ladder: who is called when, and by what. Pure: seconds and names in, steps and sentences out."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from messaging.models import Channel

from .models import Ladder, TensionSignal

PUSH, MAIL, SMS, VOICE = "push", "mail", "sms", "voice"
CALL_LIST, STAND_IN, DUTY = "call_list", "stand_in", "duty"
CHANNELS = {PUSH: Channel.PUSH, MAIL: Channel.MAIL, SMS: Channel.SMS, VOICE: Channel.VOICE}
WAYS: dict[str, str | Promise] = {
    PUSH: Channel.PUSH.label,
    MAIL: Channel.MAIL.label,
    SMS: Channel.SMS.label,
    VOICE: Channel.VOICE.label,
    CALL_LIST: gettext_lazy("the call list opens"),
    STAND_IN: gettext_lazy("the stand-in of a silent professional"),
    DUTY: gettext_lazy("the coordinator on duty, in numbers"),
}
Pace = Ladder.Pace
LAST = 48 * 3600  # seconds
MOST_STEPS = 12


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


def fault_in_steps(steps: Sequence[Step], pace: str, *, available: Collection[str]) -> str:
    """The sentence that says what is impossible about these steps; empty when nothing is. `available` are the channels
    by which at least one person at the table can be reached.
    """
    if not steps:
        return _("A ladder has at least one step.")
    if len(steps) > MOST_STEPS:
        words = ngettext("A ladder has at most %(count)d step.", "A ladder has at most %(count)d steps.", MOST_STEPS)
        return words % {"count": MOST_STEPS}
    if steps[0].after != 0 or not steps[0].channels:
        return _("The first step comes at once, and sends a message or rings.")
    earlier = -1
    for number, step in enumerate(steps, start=1):
        if fault := _fault_in_step(step, pace, earlier, available):
            return _("Step %(number)d: %(fault)s") % {"number": number, "fault": fault}
        earlier = step.after
    return ""


def _fault_in_step(step: Step, pace: str, earlier: int, available: Collection[str]) -> str:
    unknown = [str(way) for way in step.ways if way not in WAYS]
    only_channels = len(step.channels) == len(step.ways)
    fault = ""
    if unknown:
        fault = _("we do not know the way “%(way)s”.") % {"way": unknown[0]}
    elif not step.ways:
        fault = _("choose at least one way.")
    elif step.after <= earlier:
        fault = _("it must come later than the step before it.")
    elif step.after > LAST:
        fault = _("it comes later than 48 hours.")
    elif pace == Pace.WORRY and not {*step.ways} <= {PUSH, MAIL, SMS}:
        fault = _("for a worry we only send messages. We do not ring.")
    elif only_channels and not {*step.channels} & {*available}:
        ways = ", ".join(str(WAYS[way]) for way in step.ways)
        fault = _("nobody at the table can be reached this way (%(ways)s).") % {"ways": ways}
    return fault


def fault_in_quorum(*, police: bool, municipality: bool, residents: int | None, at_the_table: Collection[str]) -> str:
    """The sentence that says why these people can never be enough; empty when they can. `at_the_table` are the roles of
    who sits there now.
    """
    seated = list(at_the_table).count("resident")
    if residents is not None and residents < 0:
        return _("The number of residents cannot be below zero.")
    if residents is not None and residents > seated:
        words = ngettext(
            "There is %(count)d resident at the table. More cannot come.",
            "There are %(count)d residents at the table. More cannot come.",
            seated,
        )
        return words % {"count": seated}
    if not (police or municipality or residents is None or residents):
        return _("Somebody must come: choose who.")
    return ""
