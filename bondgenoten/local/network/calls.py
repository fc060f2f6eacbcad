"""Phone calls: they ring, are picked up or not, say what the site's TwiML says, and pass on the keys.

A call that nobody touches rings for a while and then ends as "no-answer". What the site hears of it are Twilio's
status callbacks.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlsplit

from bondgenoten.local.network import twiml
from bondgenoten.local.network.behaviour import Mode
from bondgenoten.local.network.book import Arrived, Content
from bondgenoten.local.network.courier import Answer
from bondgenoten.local.network.exchange import Exchange

RINGS = 20.0  # seconds
SOON = 0.05  # seconds between the steps of a call that nobody waits for
EVENTS = {"initiated": "initiated", "ringing": "ringing", "in-progress": "answered"}  # the rest is "completed"
SIP = {"completed": "200", "busy": "486", "no-answer": "487", "failed": "404"}
OVER = ("completed", "busy", "no-answer", "failed", "canceled")


SORRY = twiml.Say("We are sorry, an application error has occurred. Goodbye.", "en")


class NotPossible(Exception):
    """This call cannot be picked up or pressed any more. Its text says why."""


@dataclass
class PhoneCall:
    """One call. `turn` goes up with every step, so that what was planned before it is void."""

    entry: Arrived
    account: str
    script: list[twiml.Verb]
    callback: str = ""
    events: tuple[str, ...] = ("completed",)
    detects: str = ""  # answering machine detection: Enable or DetectMessageEnd
    detected_at: str = ""  # where the outcome of it goes, when the call does not wait for it
    timeout: float = 60.0
    gather: twiml.Gather | None = None
    turn: int = 0
    told: int = 0
    started_at: datetime | None = None
    ended_at: datetime | None = None
    said: list[str] = field(default_factory=list)

    @property
    def over(self) -> bool:
        """Whether it has ended."""
        return self.entry.status in OVER

    @property
    def seconds(self) -> int:
        """How long it was connected."""
        return round((self.ended_at - self.started_at).total_seconds()) if self.started_at and self.ended_at else 0


class Switchboard:
    """All calls, by the number of their entry in the book and by Twilio's id."""

    def __init__(self, exchange: Exchange) -> None:
        self.exchange = exchange
        self.rings = RINGS
        self._lock = threading.RLock()
        self._by_number: dict[int, PhoneCall] = {}
        self._by_sid: dict[str, PhoneCall] = {}

    def find(self, number: int) -> PhoneCall | None:
        """Return the call with this number in the book."""
        return self._by_number.get(number)

    def known(self, sid: str) -> PhoneCall | None:
        """Return the call to which Twilio gave this id."""
        return self._by_sid.get(sid)

    def clear(self) -> None:
        """Forget all calls; what was ringing is silent."""
        with self._lock:
            for call in self._by_number.values():
                call.turn += 1
            self._by_number.clear()
            self._by_sid.clear()

    # --- how it goes --------------------------------------------------------------------------------------------------

    def dial(self, call: PhoneCall, mode: Mode) -> None:
        """Let it ring, and go on as the mode says."""
        with self._lock:
            self._by_number[call.entry.number] = self._by_sid[call.entry.uuid] = call
            self._become(call, "initiated")
            rings = min(self.rings, call.timeout)
            if mode.name == "busy":
                self._plan(call, SOON, lambda: self._end(call, "busy"))
            elif mode.name == "bounce":
                self._plan(call, mode.lasts(1.0), lambda: self._end(call, "failed"))
            else:
                self._become(call, "ringing")
                if mode.name in ("voicemail", "picked_up"):
                    by = "machine_start" if mode.name == "voicemail" else "human"
                    self._plan(call, rings / 2, lambda: self._answered(call, by))
                else:
                    self._plan(call, rings, lambda: self._end(call, "no-answer"))

    def pick_up(self, number: int) -> PhoneCall:
        """Let a person pick up, and hear what is said. Raises NotPossible."""
        with self._lock:
            call = self._ringing(number)
            self._answered(call, "human")
            return call

    def press(self, number: int, digits: str) -> dict[str, Any]:
        """Press keys, after picking up when it rings still; return {"status", "said", "over"} of what came of it.

        `status` is what the site answered, 0 when it did not answer. Raises NotPossible.
        """
        with self._lock:
            call = self._by_number.get(number)
            if call is None or call.over or (call.entry.answered_by or "human") != "human":
                raise NotPossible("Deze telefoon gaat niet (meer) over.")
            if call.entry.status != "in-progress":
                self._answered(call, "human")
            gather = call.gather
            if gather is None or not gather.action:
                raise NotPossible("Dit gesprek vraagt niet om een toets.")
            pressed = digits.rstrip(gather.finish or None)[: gather.digits or None]
            call.turn += 1  # it no longer waits
            call.gather = None
            call.entry.pressed += pressed
            before = len(call.said)
        answer = self.exchange.courier.signed(gather.action, self._values(call) | {"Digits": pressed})
        with self._lock:
            call.script = self._script(answer)
            self._go_on(call)
            return {"status": answer.status, "said": call.said[before:], "over": call.over}

    def hang_up(self, number: int) -> None:
        """Let a person put the phone down, also while it rings. Raises NotPossible."""
        with self._lock:
            call = self._by_number.get(number)
            if call is None or call.over:
                raise NotPossible("Dit gesprek is al voorbij.")
            self._end(call, "completed" if call.entry.status == "in-progress" else "busy")

    def cancel(self, call: PhoneCall, status: str) -> None:
        """Let the site end a call (POST Calls/<sid>.json); harmless when it is over."""
        with self._lock:
            if not call.over:
                self._end(call, "completed" if call.entry.status == "in-progress" else status)

    # --- its steps, all under the lock --------------------------------------------------------------------------------

    def _ringing(self, number: int) -> PhoneCall:
        call = self._by_number.get(number)
        if call is None or call.over or call.entry.status == "in-progress":
            raise NotPossible("Deze telefoon gaat niet (meer) over.")
        return call

    def _answered(self, call: PhoneCall, by: str) -> None:
        call.entry.answered_by = by
        if by != "human" and call.detects == "DetectMessageEnd":
            call.entry.answered_by = "machine_end_beep"
        call.started_at = datetime.now(UTC)
        self._become(call, "in-progress")
        if call.detects and call.detected_at:
            values = self._values(call)
            values |= {"AnsweredBy": call.entry.answered_by, "MachineDetectionDuration": "1200"}
            self.exchange.courier.soon("voice", lambda: self.exchange.courier.signed(call.detected_at, values))
        self._go_on(call)

    def _go_on(self, call: PhoneCall) -> None:
        """Play the script until it waits for a key or ends."""
        while call.script:
            verb, *call.script = call.script
            match verb:
                case twiml.Say():
                    self._say(call, verb)
                case twiml.Gather():
                    for say in verb.says:
                        self._say(call, say)
                    call.gather = verb
                    # A person needs longer to find the key on the wall than on a real phone.
                    wait = max(verb.timeout, self.rings) if call.entry.answered_by == "human" else self.rings / 2
                    self._plan(call, wait, lambda: self._nothing_pressed(call))
                    return
                case twiml.Redirect():
                    self._redirect(call, verb.url)
                case twiml.Hangup():
                    break
        self._end(call, "completed")

    def _nothing_pressed(self, call: PhoneCall) -> None:
        call.gather = None
        self._go_on(call)

    def _redirect(self, call: PhoneCall, url: str) -> None:
        call.script = self._script(self.exchange.courier.signed(url, self._values(call)))

    def _script(self, answer: Answer) -> list[twiml.Verb]:
        """What the site wants now; what Twilio says when that cannot be read."""
        try:
            return twiml.read(answer.body if answer.status == 200 else "")
        except ValueError:
            return [SORRY]

    def _say(self, call: PhoneCall, say: twiml.Say) -> None:
        call.said.append(say.text)
        if isinstance(call.entry.written, Content) and say.text not in call.entry.written.text:
            text = f"{call.entry.written.text}\n{say.text}".strip()
            headers = call.entry.written.headers | ({"Content-Language": say.language} if say.language else {})
            call.entry.written = replace(call.entry.written, text=text, headers=headers)
        self.exchange.book.touch()

    def _end(self, call: PhoneCall, status: str) -> None:
        call.ended_at = datetime.now(UTC)
        call.gather = None
        self._become(call, status)

    def _become(self, call: PhoneCall, status: str) -> None:
        call.turn += 1
        call.entry.status = status
        self.exchange.book.touch()
        event = EVENTS.get(status, "completed")
        if call.callback and event in call.events:
            values = self._values(call) | self._progress(call)
            self.exchange.courier.soon("voice", lambda: self.exchange.courier.signed(call.callback, values))
        call.told += 1

    def _plan(self, call: PhoneCall, seconds: float, step: Callable[[], None]) -> None:
        turn = call.turn

        def do() -> None:
            with self._lock:
                if call.turn == turn:
                    step()

        self.exchange.later.after(seconds, do)

    def _values(self, call: PhoneCall) -> dict[str, str]:
        values = {
            "AccountSid": call.account,
            "ApiVersion": "2010-04-01",
            "CallSid": call.entry.uuid,
            "CallStatus": call.entry.status,
            "Called": call.entry.to,
            "Caller": call.entry.sender,
            "Direction": "outbound-api",
            "From": call.entry.sender,
            "To": call.entry.to,
        }
        # Who finds out while the call goes on hears it at another address, and only there.
        if call.detects and not call.detected_at and call.entry.answered_by:
            values["AnsweredBy"] = call.entry.answered_by
        return values

    def _progress(self, call: PhoneCall) -> dict[str, str]:
        values = {
            "CallbackSource": "call-progress-events",
            "SequenceNumber": str(call.told),
            "Timestamp": format_datetime(datetime.now(UTC)),
        }
        if call.entry.status in SIP:
            values["SipResponseCode"] = SIP[call.entry.status]
        if call.entry.status == "completed":
            values |= {"CallDuration": str(call.seconds), "Duration": str(-(-call.seconds // 60))}
        return values


def is_address(url: str) -> bool:
    """Whether this can be called: Twilio refuses what is no absolute address."""
    parts = urlsplit(url)
    return parts.scheme in ("http", "https") and bool(parts.hostname)
