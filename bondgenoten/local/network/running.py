"""Start the network as a process of its own, for the demo and the tests."""

import json
import sys
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

from bondgenoten.local.ports import HOST, answers, free_port
from bondgenoten.local.running import Running

ROOT = Path(__file__).resolve().parents[3]


def command(port: int, smtp_port: int, people: Path | None = None) -> list[str]:
    """Return the command that runs the network in the foreground."""
    words = [sys.executable, "-m", "bondgenoten.local.network", "--port", str(port), "--smtp-port", str(smtp_port)]
    return [*words, "--people", str(people)] if people else words


class RunningNetwork(Running):
    """A pretend phone network on 127.0.0.1. After restart() it has forgotten every message and command."""

    def __init__(self, folder: Path, port: int, smtp_port: int, people: Path | None = None) -> None:
        self.port = port
        self.smtp_port = smtp_port
        self.url = f"http://{HOST}:{port}"
        self.email_url = f"smtp://{HOST}:{smtp_port}"
        super().__init__(
            command(port, smtp_port, people),
            ready=lambda: answers(port) and answers(smtp_port),
            log=folder / "log.txt",
            cwd=ROOT,
        )

    def messages(self, **only: str) -> list[dict[str, Any]]:
        """Return what arrived, oldest first; `only`: to, channel, reference or since (a number)."""
        query = urllib.parse.urlencode(only)
        found: list[dict[str, Any]] = self._ask(f"/messages.json?{query}")
        return found

    def command_channel(self, mode: str, **how: Any) -> None:
        """Let a channel behave: mode ok, refuse, hang, slow or mute; `how`: channel, to, seconds, code."""
        self._ask("/command", {"mode": mode, **how})

    def clear(self) -> None:
        """Forget every message."""
        self._ask("/clear", {})

    def _ask(self, path: str, body: dict[str, Any] | None = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        with urllib.request.urlopen(urllib.request.Request(self.url + path, data=data), timeout=5) as answer:
            return json.load(answer)


def start_network(
    folder: Path, *, port: int | None = None, smtp_port: int | None = None, people: Path | None = None
) -> RunningNetwork:
    """Start the network with its log in `folder` and return it, ready. Ports None are chosen. Raises CannotStart."""
    folder.mkdir(parents=True, exist_ok=True)
    return RunningNetwork(folder, port or free_port(), smtp_port or free_port(), people)
