"""A mail server in C that throws all away and counts: Postfix's `smtp-sink`, so that the sink is not measured."""

import os
import pwd
import re
import shutil
import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bondgenoten.local.ports import HOST, answers, free_port
from bondgenoten.local.running import CannotStart, Running

ROOT = Path(__file__).resolve().parents[2]
UNPACKED = ROOT / ".local" / "postfix"
USUAL = ("/usr/sbin/smtp-sink", "/usr/local/sbin/smtp-sink")
COUNTED = re.compile(rb"mesg=(\d+)")


@dataclass(frozen=True)
class Sink:
    """A running sink: where it listens, and how many mails it took."""

    port: int
    log: Path

    @property
    def url(self) -> str:
        """Its address as EMAIL_URL."""
        return f"smtp://{HOST}:{self.port}"

    @property
    def taken(self) -> int:
        """How many mails it took since it started."""
        found = COUNTED.findall(self.log.read_bytes()[-200:])
        return int(found[-1]) if found else 0


@contextmanager
def sink(folder: Path) -> Generator[Sink, None, None]:
    """Run a sink. Raises CannotStart when the machine has none and cannot fetch one."""
    program, env = _program()
    log, port = folder / "sink.log", free_port()
    words = [program, "-c"]
    if os.geteuid() == 0:
        words += ["-u", pwd.getpwnam("nobody").pw_name]
    running = Running([*words, f"{HOST}:{port}", "256"], ready=lambda: answers(port), log=log, env=env)
    try:
        yield Sink(port, log)
    finally:
        running.kill()


def _program() -> tuple[str, dict[str, str]]:
    """The program and its environment; when it is not there, from Debian's package postfix, unpacked, not installed."""
    there = shutil.which("smtp-sink") or next((path for path in USUAL if Path(path).exists()), None)
    if there:
        return there, dict(os.environ)
    program = UNPACKED / "usr/sbin/smtp-sink"
    if not program.exists():
        _unpack()
    return str(program), os.environ | {"LD_LIBRARY_PATH": str(UNPACKED / "usr/lib/postfix")}


def _unpack() -> None:
    UNPACKED.mkdir(parents=True, exist_ok=True)
    try:
        subprocess.run(["apt-get", "download", "-qq", "postfix"], cwd=UNPACKED, check=True, stderr=subprocess.DEVNULL)
        package = next(UNPACKED.glob("postfix_*.deb"))
        subprocess.run(["dpkg", "-x", str(package), str(UNPACKED)], check=True)
    except (OSError, subprocess.CalledProcessError, StopIteration):
        raise CannotStart("No smtp-sink here: install postfix, or only unpack its package (it need not run).") from None
