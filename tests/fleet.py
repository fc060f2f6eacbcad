"""A fleet of real processes for the stories and the faults: web, worker, beat, Valkey and the pretend phone network, on
a database of their own in the test's PostgreSQL. Each of them can be stopped, killed and started again.
"""

import fcntl
import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import psycopg
from celery import Celery
from django.db import connections

from bondgenoten.local.network.running import RunningNetwork, start_network
from bondgenoten.local.ports import HOST, free_port
from bondgenoten.local.running import CannotStart, Running
from bondgenoten.local.valkey import RunningValkey, start_valkey

from . import environment

T = TypeVar("T")
PROGRAMS = Path(sys.executable).parent
LEASE = 3  # seconds: after a crash a message goes again this soon


def eventually(look: Callable[[], T], *, within: float = 10.0, what: str = "") -> T:
    """Look again and again until there is something to see, and return that. Fails after `within` seconds."""
    deadline = time.monotonic() + within
    while True:
        seen = look()
        if seen:
            return seen
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {within:g} s: {what or look}; the last seen was {seen!r}")
        time.sleep(0.05)


@dataclass
class Fleet:
    """The processes. `url` is where the site is; nothing of DEBUG is on."""

    folder: Path
    database: str
    network: RunningNetwork
    valkey: RunningValkey
    more: dict[str, str] = field(default_factory=dict)  # settings for every process
    port: int = field(default_factory=free_port)
    web: Running = field(init=False)
    beat: Running = field(init=False)
    workers: list[Running] = field(default_factory=list)
    processes: list[Running] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.url = f"http://{HOST}:{self.port}"
        self.processes = [self.valkey, self.network]
        self.network.site(self.url)  # receipts, replies and keys go there

    def start(self, *, workers: int = 1) -> None:
        """Start web, beat and the workers, at the same time."""
        with ThreadPoolExecutor() as pool:
            web = pool.submit(self.start_web)
            crew = [pool.submit(self.start_worker, f"worker{number}") for number in range(workers)]
            beat = pool.submit(self.start_beat)
        self.web, self.workers, self.beat = web.result(), [worker.result() for worker in crew], beat.result()

    # --- starting and stopping ------------------------------------------------------------------------------------

    @property
    def worker(self) -> Running:
        """The first worker."""
        return self.workers[0]

    def start_worker(self, name: str, *, app: str = "bondgenoten.celery", ticks: bool = True, **more: str) -> Running:
        """Start a Celery worker and return it once its clock ticks (`ticks` False: once it said that it is ready).

        `app`: where its Celery is; `more`: settings for this one. It is not in `workers` by itself.
        """
        words = [str(PROGRAMS / "celery"), "-A", app, "worker", "-P", "threads", "--hostname", f"{name}@fleet"]
        log = self.folder / f"{name}.log"
        ready = (lambda: self._ticked(name)) if ticks else (lambda: f"{name}@fleet ready" in log.read_text())
        return self._run(name, "worker", [*words, "--loglevel", "INFO"], ready, more)

    def start_web(self, app: str = "bondgenoten.wsgi", **more: str) -> Running:
        """Start the web server, on the port of this fleet, and return it once its pages answer."""
        _collect_static()
        listen = ["--bind", f"{HOST}:{self.port}", "--workers", "1", "--threads", "8", "--graceful-timeout", "2"]
        words = [str(PROGRAMS / "gunicorn"), app, *listen]
        return self._run("web", "web", words, ready=lambda: self.health()[0] != 0, more=more)

    def start_beat(self, name: str = "beat") -> Running:
        """Start Celery's beat, or another one beside it under another name."""
        files = ["--schedule", str(self.folder / name), "--pidfile", ""]
        words = [str(PROGRAMS / "celery"), "-A", "bondgenoten.celery", "beat", *files, "--loglevel", "INFO"]
        return self._run(name, "worker", words, ready=lambda: True)

    def kill(self, process: Running) -> None:
        """SIGKILL, for a process and the children it started."""
        if process.alive:
            os.killpg(process.pid, signal.SIGKILL)
        process.kill()

    def freeze(self, *processes: Running) -> None:
        """Let workers or the beat hang until `all_well`, but not within a transaction: what they hold, others want."""
        for process in processes:
            process.freeze()
        while self._works():
            for process in processes:
                process.thaw()
            time.sleep(0.01)
            for process in processes:
                process.freeze()

    def all_well(self) -> None:
        """Start what is not running, thaw what is frozen, let the network behave: for the next test."""
        self.network.command_channel("ok")
        for process in self.processes:
            if process.alive:
                process.thaw()
            else:
                process.restart()

    def stop(self) -> None:
        """End everything."""
        for process in reversed(self.processes):
            process.process.terminate()
            process.thaw()
        for process in reversed(self.processes):
            process.stop()

    # --- what came of it ------------------------------------------------------------------------------------------

    def messages(self, **only: str) -> list[dict[str, Any]]:
        """What arrived on the pretend phones, oldest first; `only`: to, channel."""
        return self.network.messages(**only)

    def message(self, *, within: float = 10.0, **only: str) -> dict[str, Any]:
        """The newest message that came, waited for; `only`: to, channel."""
        return eventually(lambda: self.messages(**only), within=within, what=f"a message {only}")[-1]

    def ring(self, task: str, *arguments: str) -> None:
        """Ring for a task as beat does, when its time is too far away for a test."""
        with Celery(broker=self.valkey.url, set_as_current=False) as bell:
            bell.send_task(task, args=arguments)

    def health(self) -> tuple[int, dict[str, Any]]:
        """Status and content of /health/; (0, {}) when nothing answers. That the port is open says little: gunicorn
        listens before it can answer.
        """
        try:
            with urllib.request.urlopen(f"{self.url}/health/", timeout=2) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as problem:
            with problem:
                return problem.code, json.load(problem)
        except OSError:
            return 0, {}

    # --- how --------------------------------------------------------------------------------------------------------

    def _run(
        self, name: str, role: str, command: list[str], ready: Callable[[], bool], more: dict[str, str] | None = None
    ) -> Running:
        log = self.folder / f"{name}.log"
        env = self._environment(role) | self.more | (more or {})
        try:
            process = Running(command, ready=ready, log=log, patience=60, env=env, cwd=environment.ROOT)
        except CannotStart as problem:
            raise CannotStart(f"{problem}\n{log.read_text()[-3000:]}") from None
        self.processes.append(process)
        return process

    def _environment(self, role: str) -> dict[str, str]:
        kept = {
            name: value for name, value in os.environ.items() if name not in ("DATABASE_OWNER_URL", "PYTHONWARNINGS")
        }
        return kept | {
            "DEBUG": "false",
            "DATABASE_URL": environment.server_url(role, self.database),
            "REDIS_URL": self.valkey.url,
            "EMAIL_URL": self.network.email_url,
            "SMS_API_URL": self.network.url,
            "TWILIO_API_URL": self.network.url,
            "SITE_URL": self.url,
            "ALLOWED_HOSTS": HOST,
            "DELIVERY_LEASE": str(LEASE),
            **dict.fromkeys(("MAIL_TIMEOUT", "SMS_TIMEOUT", "VOICE_TIMEOUT", "PUSH_TIMEOUT"), str(LEASE - 1)),
            "PYTHONUNBUFFERED": "1",
        }

    def _ticked(self, name: str) -> bool:
        """Whether this worker's clock has been seen just now."""
        return self._found(
            "messaging_workerseen where name = %s and seen_at > now() - interval '1.5 seconds'", f"{name}@fleet"
        )

    def _works(self) -> bool:
        """Whether a worker is within a transaction."""
        return self._found("pg_stat_activity where datname = current_database() and usename = 'worker'"
                           " and xact_start is not null")  # fmt: skip

    def _found(self, rows: str, *values: str) -> bool:
        with psycopg.connect(environment.server_url("postgres", self.database)) as connection:
            return connection.execute(f"select from {rows} limit 1", values).fetchone() is not None


@dataclass(frozen=True)
class Page:
    """What came back, and where it is."""

    url: str
    html: str

    def value_of(self, name: str) -> str:
        """The value of a hidden field."""
        found = re.search(rf'name="{name}" value="([^"]*)"', self.html)
        assert found, f"no field {name} on {self.url}"
        return found[1]


class Visitor:
    """A browser without scripts: keeps cookies, follows redirects, fills in the token against forged requests."""

    def __init__(self, site: str, session: str) -> None:
        self._site = site
        self._cookies = {"sessie": session, "csrftoken": "t" * 32}
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
        self._opener.addheaders = [("Cookie", "; ".join(f"{name}={value}" for name, value in self._cookies.items()))]

    def get(self, path: str) -> Page:
        """Open a page."""
        return self._ask(path, None)

    def post(self, path: str, **fields: str) -> Page:
        """Send a form, and end on the page after it."""
        return self._ask(path, urllib.parse.urlencode({**fields, "csrfmiddlewaretoken": "t" * 32}).encode())

    def _ask(self, path: str, data: bytes | None) -> Page:
        with self._opener.open(urllib.request.Request(self._site + path, data=data), timeout=20) as answer:
            return Page(answer.url, answer.read().decode())


def start_fleet(name: str, *, workers: int = 1, **more: str) -> Fleet:
    """Start one, on a fresh database; `more` are settings for its processes. Takes about ten seconds."""
    folder = environment.folder() / name
    folder.mkdir(exist_ok=True)
    environment.create_database(name)
    fleet = Fleet(folder, name, start_network(folder / "network"), start_valkey(folder / "valkey"), more)
    try:
        fleet.start(workers=workers)
    except CannotStart:
        fleet.stop()
        raise
    return fleet


@contextmanager
def database_of(fleet: Fleet) -> Generator[None, None, None]:
    """Within it, factories and queries of the test are about the fleet's database; committed at once."""
    before = {alias: connections[alias].settings_dict["NAME"] for alias in connections}
    _use(dict.fromkeys(before, fleet.database))
    try:
        yield
    finally:
        _use(before)


def _use(names: dict[str, str]) -> None:
    connections.close_all()
    for alias, name in names.items():
        connections[alias].settings_dict["NAME"] = name


def _collect_static() -> None:
    """Once a run: without DEBUG the pages ask for files with a digest in their name."""
    done = environment.folder() / "static-collected"
    with (environment.folder() / "static.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            subprocess.run(
                [sys.executable, "-W", "ignore", "manage.py", "collectstatic", "--no-input", "--verbosity", "0"],
                cwd=environment.ROOT,
                env=os.environ | {"DEBUG": "false"},
                check=True,
            )
            done.touch()
