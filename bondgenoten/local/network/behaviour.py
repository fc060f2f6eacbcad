"""How each channel behaves: well, or as badly as a test asked for."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

CHANNELS = ("mail", "sms", "voice", "push")
PROVIDERS = ("smtp", "notify", "twilio", "push")
MODES = {
    "ok": "takes every message; a phone rings until somebody presses a key",
    "refuse": "answers with an error (`code`)",
    "throttle": "answers that it is too much (429)",
    "gone": "answers that this address or subscription does not exist (any more)",
    "hang": "does not answer and takes nothing, for `seconds`",
    "slow": "takes it after `seconds`",
    "mute": "takes it at once but gives no answer for `seconds`: the sender cannot know",
    "cut": "takes it and then breaks the connection: the sender cannot know",
    "wrong": "takes it and answers with nonsense: the sender cannot know",
    "bounce": "takes it and says `seconds` later that it did not arrive (`code` 4xx: perhaps later, else never)",
    "busy": "voice: the line is busy",
    "no_answer": "voice: nobody picks up",
    "voicemail": "voice: a machine picks up",
    "picked_up": "voice: somebody picks up and presses nothing",
}
RECEIPTS = ("ok", "lose", "repeat", "shuffle", "delay")
FOR_EVER = 3600.0  # seconds; a test that forgets to put things right should still end
GLANCE = 0.5  # seconds; how soon we see that a sender gave up


@dataclass(frozen=True)
class Mode:
    """One behaviour. `code` is the status of a refusal: of SMTP for mail, of HTTP elsewhere; 0 is the usual one.

    `seconds` None is what is usual for this mode.
    """

    name: str = "ok"
    seconds: float | None = None
    code: int = 0

    def lasts(self, usual: float = FOR_EVER) -> float:
        """Seconds."""
        return usual if self.seconds is None else self.seconds


@dataclass(frozen=True)
class Receipts:
    """How receipts go back: as they should, never, twice, in any order within `seconds`, or `seconds` later."""

    name: str = "ok"
    seconds: float | None = None


Place = tuple[str, str | None, str | None]  # channel, provider, address; None is all of them


class Behaviour:
    """The modes that hold now: per channel, per provider, and per address where somebody said so."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._modes: dict[Place, Mode] = {}
        self._receipts: dict[str, Receipts] = {}

    def set(
        self, mode: Mode, *, channel: str | None = None, provider: str | None = None, to: str | None = None
    ) -> None:
        """Let a channel behave so from now on: for everybody or for the address `to`, at all or at one provider.

        "ok" without an address also forgets what was said per address; without a channel it holds for all.
        Raises ValueError for an unknown channel, provider or mode.
        """
        if mode.name not in MODES or channel not in (*CHANNELS, None) or provider not in (*PROVIDERS, None):
            raise ValueError(
                f"mode is one of {', '.join(MODES)}; channel is one of {', '.join(CHANNELS)}; "
                f"provider is one of {', '.join(PROVIDERS)}"
            )
        to = to.lower() if to else None
        with self._changed:
            for each in [channel] if channel else CHANNELS:
                if mode.name == "ok" and to is None:
                    self._modes = {
                        place: kept
                        for place, kept in self._modes.items()
                        if place[0] != each or (provider is not None and place[1] != provider)
                    }
                self._modes[each, provider, to] = mode
            self._changed.notify_all()

    def of(self, channel: str, to: str | None = None, provider: str | None = None) -> Mode:
        """Return how the channel behaves now; what was said most precisely holds."""
        with self._changed:
            return self._of(channel, to, provider)

    def _of(self, channel: str, to: str | None, provider: str | None) -> Mode:
        to = to.lower() if to else None
        places: list[Place] = [(channel, provider, to), (channel, None, to), (channel, provider, None)]
        for place in places:
            if place in self._modes:
                return self._modes[place]
        return self._modes.get((channel, None, None)) or Mode()

    def only_for(self, channel: str, to: str, provider: str | None = None) -> Mode:
        """Return how the channel behaves for this one address, "ok" when nothing was said about it."""
        to = to.lower()
        with self._changed:
            return self._modes.get((channel, provider, to)) or self._modes.get((channel, None, to)) or Mode()

    def wait(
        self,
        channel: str,
        to: str | None,
        mode: Mode,
        *,
        provider: str | None = None,
        left: Callable[[], bool] = lambda: False,
    ) -> None:
        """Wait as long as this mode says, or until it was changed, or the sender has `left`."""
        deadline = time.monotonic() + mode.lasts()
        with self._changed:
            while (seconds := deadline - time.monotonic()) > 0:
                if self._of(channel, to, provider) is not mode or left():
                    return
                self._changed.wait(min(seconds, GLANCE))

    def set_receipts(self, receipts: Receipts, channel: str | None = None) -> None:
        """Let receipts of a channel (None: all) go back so. Raises ValueError for an unknown channel or name."""
        if receipts.name not in RECEIPTS or channel not in (*CHANNELS, None):
            raise ValueError(f"receipts are one of {', '.join(RECEIPTS)}; channel is one of {', '.join(CHANNELS)}")
        with self._changed:
            self._receipts |= dict.fromkeys([channel] if channel else CHANNELS, receipts)

    def receipts(self, channel: str) -> Receipts:
        """Return how the receipts of this channel go back now."""
        with self._changed:
            return self._receipts.get(channel) or Receipts()
