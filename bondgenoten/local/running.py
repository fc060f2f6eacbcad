"""One server process that this package started: stop it, kill it, freeze it, start it again."""

import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path


class CannotStart(Exception):
    """A server is missing or does not come up. Its text is one sentence that says what to do."""


class Running:
    """A server as a child process, ready to be used once the constructor returns.

    `command` runs it in the foreground, `ready` says whether it answers (and must not wait long), `log` collects what
    it says, `stop_signal` ends it tidily. Raises CannotStart when it is not ready within `patience` seconds. A server
    that ends at once is tried again within that time: after a kill -9 PostgreSQL refuses for a moment.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        ready: Callable[[], bool],
        log: Path,
        stop_signal: signal.Signals = signal.SIGTERM,
        patience: float = 10.0,
        env: dict[str, str] | None = None,
        cwd: Path | None = None,
    ) -> None:
        self.command = list(command)
        self.ready = ready
        self.log = log
        self.stop_signal = stop_signal
        self.patience = patience
        self.env = env
        self.cwd = cwd
        self.process = self._start()

    @property
    def pid(self) -> int:
        """The process id, which changes with restart()."""
        return self.process.pid

    @property
    def alive(self) -> bool:
        """Whether the process exists (a frozen one does)."""
        return self.process.poll() is None

    def stop(self, timeout: float = 8.0) -> None:
        """End it tidily, or with SIGKILL when that takes more than `timeout` seconds. Harmless when it has ended."""
        if self.alive:
            self.process.send_signal(signal.SIGCONT)  # a frozen process hears nothing else
            self.process.send_signal(self.stop_signal)
        try:
            self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """End it with SIGKILL, as a crash would."""
        if self.alive:
            self.process.kill()
        self.process.wait()

    def freeze(self) -> None:
        """Let it hang: connections stay open and nothing is answered."""
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let a frozen process go on."""
        self.process.send_signal(signal.SIGCONT)

    def restart(self) -> None:
        """Stop it when it runs and start it with the same command, so on the same port. Raises CannotStart."""
        self.stop()
        self.process = self._start()

    def _start(self) -> "subprocess.Popen[bytes]":
        deadline = time.monotonic() + self.patience
        process = self._launch()
        while not self.ready():
            if time.monotonic() > deadline:
                process.kill()
                process.wait()
                raise CannotStart(f"{Path(self.command[0]).name} did not start; its last words: {self._last_words()}")
            if process.poll() is not None:
                time.sleep(0.3)
                process = self._launch()
            time.sleep(0.02)
        return process

    def _launch(self) -> "subprocess.Popen[bytes]":
        with self.log.open("ab") as log:
            return subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self.env,
                cwd=self.cwd,
                start_new_session=True,
            )

    def _last_words(self) -> str:
        lines = self.log.read_text(errors="replace").strip().splitlines()
        return lines[-1] if lines else "none"


def run_in_foreground(command: Sequence[str], *, stop_signal: signal.Signals) -> int:
    """Run a server until it ends and return its exit status; SIGTERM and SIGINT reach it as `stop_signal`.

    PostgreSQL takes SIGTERM for "wait until every client has gone", which no process manager has time for.
    """
    server = subprocess.Popen(list(command), start_new_session=True)

    def pass_on(_number: int, _frame: object) -> None:
        if server.poll() is None:
            server.send_signal(stop_signal)

    signal.signal(signal.SIGTERM, pass_on)
    signal.signal(signal.SIGINT, pass_on)
    return server.wait()
