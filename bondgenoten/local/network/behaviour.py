"""How each channel behaves: well, or as badly as a test asked for."""

import threading
import time
from dataclasses import dataclass

CHANNELS = ("mail", "sms")
MODES = {
    "ok": "takes every message",
    "refuse": "answers with an error (`code`)",
    "hang": "does not answer and takes nothing, for `seconds`",
    "slow": "takes it after `seconds`",
    "mute": "takes it at once but gives no answer for `seconds`: the sender cannot know",
}
FOR_EVER = 3600.0  # seconds; a test that forgets to put things right should still end


@dataclass(frozen=True)
class Mode:
    """One behaviour. `code` is the status of a refusal: of SMTP for mail, of HTTP for SMS; 0 is the usual one."""

    name: str = "ok"
    seconds: float = FOR_EVER
    code: int = 0


class Behaviour:
    """The modes that hold now: per channel, and per address where somebody said so."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._modes: dict[tuple[str, str | None], Mode] = {}

    def set(self, mode: Mode, *, channel: str | None = None, to: str | None = None) -> None:
        """Let a channel behave so from now on, for everybody or for the address `to`.

        "ok" without an address also forgets what was said per address; without a channel it holds for all.
        Raises ValueError for an unknown channel or mode.
        """
        if mode.name not in MODES or channel not in (*CHANNELS, None):
            raise ValueError(f"mode is one of {', '.join(MODES)}; channel is one of {', '.join(CHANNELS)}")
        with self._changed:
            for each in [channel] if channel else CHANNELS:
                if mode.name == "ok" and to is None:
                    self._modes = {key: kept for key, kept in self._modes.items() if key[0] != each}
                self._modes[each, to] = mode
            self._changed.notify_all()

    def of(self, channel: str, to: str | None = None) -> Mode:
        """Return how the channel behaves now, for the address `to` when something else was said for it."""
        with self._changed:
            return self._modes.get((channel, to)) or self._modes.get((channel, None)) or Mode()

    def only_for(self, channel: str, to: str) -> Mode:
        """Return how the channel behaves for this one address, "ok" when nothing was said about it."""
        with self._changed:
            return self._modes.get((channel, to)) or Mode()

    def wait(self, channel: str, to: str | None, mode: Mode) -> None:
        """Wait as long as this mode says, or until it was changed."""
        deadline = time.monotonic() + mode.seconds
        with self._changed:
            while (left := deadline - time.monotonic()) > 0:
                if (self._modes.get((channel, to)) or self._modes.get((channel, None))) is not mode:
                    return
                self._changed.wait(left)
