"""Start the network as a process of its own, for the demo and the tests."""

import json
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from bondgenoten.local.network import push
from bondgenoten.local.ports import HOST, answers, free_port
from bondgenoten.local.running import Running

ROOT = Path(__file__).resolve().parents[3]
PATIENCE = 30.0  # seconds: some commands wait for the site


class Refused(Exception):
    """The network cannot do this, such as pressing a key of a phone that does not ring. Its text says why."""


def command(
    port: int, smtp_port: int, people: Path | None = None, *, site: str = "", rings: float | None = None
) -> list[str]:
    """Return the command that runs the network in the foreground.

    `site` is where receipts, replies and keys go; the tokens for it come by the environment (NOTIFY_WEBHOOK_TOKEN,
    TWILIO_AUTH_TOKEN, TWILIO_ACCOUNT_SID). `rings`: seconds that a phone rings.
    """
    words = [sys.executable, "-m", "bondgenoten.local.network", "--port", str(port), "--smtp-port", str(smtp_port)]
    words += ["--people", str(people)] if people else []
    words += ["--site", site] if site else []
    return words + (["--rings", str(rings)] if rings is not None else [])


class RunningNetwork(Running):
    """A pretend phone network on 127.0.0.1. After restart() it has forgotten every message and command, but not the
    site, the ringing time and the subscriptions.
    """

    def __init__(
        self, folder: Path, port: int, smtp_port: int, people: Path | None = None, *, site: str = "", rings: float = 2.0
    ) -> None:
        self.port = port
        self.smtp_port = smtp_port
        self.url = f"http://{HOST}:{port}"
        self.email_url = f"smtp://{HOST}:{smtp_port}"
        self._site: dict[str, str] = {}
        super().__init__(
            command(port, smtp_port, people, site=site, rings=rings),
            ready=lambda: answers(port) and answers(smtp_port),
            log=folder / "log.txt",
            cwd=ROOT,
        )

    def restart(self) -> None:
        """Stop it and start it on the same ports, for the same site."""
        super().restart()
        if self._site:
            self.site(**self._site)

    # --- what came ----------------------------------------------------------------------------------------------------

    def messages(self, **only: Any) -> list[dict[str, Any]]:
        """Return what arrived, oldest first; `only`: to, channel, provider, reference, since (a number), and brief=1
        for the facts without the words, which is much quicker for thousands.
        """
        return list(self._ask(f"/messages.json?{urllib.parse.urlencode(only)}"))

    def messages_of(self, references: Iterable[object]) -> list[dict[str, Any]]:
        """Return what arrived with one of these references."""
        return list(self._ask("/messages.json", {"references": [str(each) for each in references]}))

    def attempts(self, since: int = 0) -> list[dict[str, Any]]:
        """Return every request to hand something over, also refused ones: at, channel, provider, to, reference, outcome
        (the mode that held then).
        """
        return list(self._ask(f"/attempts.json?since={since}"))

    def callbacks(self, since: int = 0) -> list[dict[str, Any]]:
        """Return every request that we made to the site: at, url, values, headers, status (0: no answer)."""
        return list(self._ask(f"/callbacks.json?since={since}"))

    def clear(self) -> None:
        """Forget every message, call and STOP; commands stay."""
        self._ask("/clear", {})

    # --- how it behaves -----------------------------------------------------------------------------------------------

    def command_channel(self, mode: str, **how: Any) -> None:
        """Let a channel behave: `mode` is one of behaviour.MODES; `how`: channel, provider, to (an address or a list),
        seconds, code. "ok" without a channel puts everything right, receipts too.
        """
        self._ask("/command", {"mode": mode, **how})

    def receipts(self, mode: str, **how: Any) -> None:
        """Let receipts go back ok, lose, repeat, shuffle or delay; `how`: seconds, channel."""
        self._ask("/receipts", {"mode": mode, **how})

    def rings(self, seconds: float) -> None:
        """Let phones ring so long before nobody has picked up."""
        self._ask("/rings", {"seconds": seconds})

    def site(self, url: str, **tokens: str) -> None:
        """Say where the site is; `tokens`: notify_token, twilio_token, twilio_sid (else those of the environment)."""
        self._site = {"url": url, **tokens}
        self._ask("/site", self._site)

    # --- what people do -----------------------------------------------------------------------------------------------

    def reply(self, from_: str, text: str, *, provider: str | None = None, to: str = "") -> int:
        """Text back from a number; return the status of the site's answer. It goes the way the last SMS came."""
        return int(self._ask("/reply", {"from": from_, "text": text, "provider": provider, "to": to})["status"])

    def pick_up(self, entry: Mapping[str, Any] | int) -> list[str]:
        """Pick a ringing phone up; return what was said. Raises Refused."""
        return list(self._ask("/pick-up", {"number": _number(entry)})["said"])

    def press(self, entry: Mapping[str, Any] | int, digits: str) -> dict[str, Any]:
        """Press keys of a ringing or picked up phone; return {"status", "said", "over"}. Raises Refused."""
        return dict(self._ask("/press", {"number": _number(entry), "digits": digits}))

    def hang_up(self, entry: Mapping[str, Any] | int) -> None:
        """Put a phone down; one that rings is busy then. Raises Refused."""
        self._ask("/hang-up", {"number": _number(entry)})

    def open(self, entry: Mapping[str, Any] | int) -> list[dict[str, Any]]:
        """Fetch every link of a message as a scanner does (HEAD, GET); return [{"url", "head", "get"}]."""
        return list(self._ask("/open", {"number": _number(entry)}))

    def forge(self, what: str, **lie: Any) -> int:
        """Tell the site something untrue and return the status of its answer.

        `what`: receipt, reply, status (of a call) or key; `lie`: signed (no, wrong, yes), provider, number (of a true
        message), reference, status, from, to, text, digits, url.
        """
        return int(self._ask("/forge", {"what": what, **lie})["status"])

    def subscription(self, name: str = "") -> dict[str, Any]:
        """Return a new push subscription as a browser words it ({"endpoint", "keys": {"p256dh", "auth"}}), or the one
        with this name, which is the same each time.
        """
        return push.subscription(self.url, name)

    def _ask(self, path: str, body: dict[str, Any] | None = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        asked = urllib.request.Request(self.url + path, data=data, headers={"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(asked, timeout=PATIENCE) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as problem:
            with problem:
                said = json.load(problem)
            raise Refused(str(said.get("error", problem))) from None


def _number(entry: Mapping[str, Any] | int) -> int:
    return entry if isinstance(entry, int) else int(entry["number"])


def start_network(
    folder: Path,
    *,
    port: int | None = None,
    smtp_port: int | None = None,
    people: Path | None = None,
    site: str = "",
    rings: float = 2.0,
) -> RunningNetwork:
    """Start the network with its log in `folder` and return it, ready. Ports None are chosen. Raises CannotStart."""
    folder.mkdir(parents=True, exist_ok=True)
    return RunningNetwork(folder, port or free_port(), smtp_port or free_port(), people, site=site, rings=rings)
