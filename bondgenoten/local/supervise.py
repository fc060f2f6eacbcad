"""The configuration of supervisor, which starts the demo's processes and starts again what dies."""

import os
import signal
from collections.abc import Mapping, Sequence
from configparser import RawConfigParser
from dataclasses import dataclass, field
from pathlib import Path
from shlex import join


@dataclass(frozen=True)
class Program:
    """One process to keep alive. `patience`: seconds between `stop` and SIGKILL."""

    name: str
    command: Sequence[str]
    stop: signal.Signals = signal.SIGTERM
    patience: int = 5
    environment: Mapping[str, str] = field(default_factory=dict)
    group: str = "product"


def _plain(text: str) -> str:
    return text.replace("%", "%%")  # supervisor reads %(...)s


def write(programs: Sequence[Program], *, folder: Path, cwd: Path) -> Path:
    """Write the configuration into `folder` and return its path. Logs go to `folder`/log.

    Groups end one after the other, the last one first, and what is in one group ends together: so the product stops at
    once and the servers below it after that, all within ten seconds.
    """
    logs = folder / "log"
    logs.mkdir(parents=True, exist_ok=True)
    config = RawConfigParser()
    config["supervisord"] = {
        "nodaemon": "true",
        "silent": "true",
        "logfile": _plain(str(logs / "supervisor.log")),
        "logfile_maxbytes": "1MB",
        "logfile_backups": "1",
        "pidfile": _plain(str(folder / "supervisord.pid")),
        "childlogdir": _plain(str(logs)),
    }
    if os.geteuid() == 0:
        config["supervisord"]["user"] = "root"  # said aloud, else it warns
    groups: dict[str, list[str]] = {}
    for program in programs:
        groups.setdefault(program.group, []).append(program.name)
        config[f"program:{program.name}"] = {
            "command": _plain(join(program.command)),
            "directory": _plain(str(cwd)),
            "environment": _plain(",".join(f'{name}="{value}"' for name, value in program.environment.items())),
            "autorestart": "true",
            "startsecs": "1",
            "startretries": "60",
            "stopsignal": program.stop.name.removeprefix("SIG"),
            "stopwaitsecs": str(program.patience),
            "killasgroup": "true",
            "redirect_stderr": "true",
            "stdout_logfile": _plain(str(logs / f"{program.name}.log")),
            "stdout_logfile_maxbytes": "2MB",
            "stdout_logfile_backups": "1",
        }
    for priority, (group, names) in enumerate(groups.items(), 1):
        config[f"group:{group}"] = {"programs": ",".join(names), "priority": str(priority)}
    path = folder / "supervisord.conf"
    with path.open("w") as file:
        config.write(file)
    return path
