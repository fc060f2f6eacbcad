"""One fault's stage: the fleet on an empty database, the tables of its seeds, and a clock from the first call on."""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import Any

import psycopg

from bondgenoten.local.postgres import RunningPostgres
from bondgenoten.local.running import Running
from tests import environment
from tests.fleet import Fleet

from .counting import Counting, Entry, entry_of
from .table import Person, Reaction, Table

LOOK = 0.1  # seconds between two looks into the book


@dataclass
class Scene:
    """What a fault works with. `postgres` is None when the server is not ours to restart."""

    fleet: Fleet
    tables: list[Table]
    rng: Random
    postgres: RunningPostgres | None = None
    began: float = field(default_factory=time.monotonic)
    book: list[Entry] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    notes: dict[str, float] = field(default_factory=dict)
    real: Callable[[datetime], datetime] = lambda at: at  # what a moment of the rows is by the clock on the wall
    _over: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)
    _reactions: list[threading.Event] = field(default_factory=list)
    _reading: threading.Lock = field(default_factory=threading.Lock)
    _last: int = 0

    # --- time ---------------------------------------------------------------------------------------------------------

    @property
    def clock(self) -> float:
        """Seconds since the window opened."""
        return time.monotonic() - self.began

    def until(self, moment: float) -> None:
        """Wait for a moment of the scene's clock."""
        time.sleep(max(0.0, moment - self.clock))

    def sleep(self, least: float, most: float) -> None:
        """Wait a random while."""
        time.sleep(self.rng.uniform(least, most))

    # --- the players --------------------------------------------------------------------------------------------------

    def call(self, tables: Sequence[Table]) -> None:
        """Let the tables be called at their moments, each by a person of its own; returns at once."""
        for table in tables:
            self._thread(self._press, table)

    def look(self) -> None:
        """Begin to read the book, and let people react to what they get."""
        self._thread(self._read)

    def end(self) -> None:
        """Nobody acts any more."""
        self._over.set()
        for thread in self._threads:
            thread.join(20)

    def _thread(self, run: Callable[..., None], *args: Any) -> None:
        def guarded() -> None:
            try:
                run(*args)
            except Exception as problem:  # noqa: BLE001  it belongs in the table of results
                self.broken.append(f"{type(problem).__name__}: {problem}"[:300])

        thread = threading.Thread(target=guarded, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _press(self, table: Table) -> None:
        self.until(table.moment)
        table.press()

    def _read(self) -> None:
        people = {
            address: (table, person)
            for table in self.tables
            for person in table.people
            for address in person.ways.values()
        }
        with ThreadPoolExecutor(8) as reacting:
            while not self._over.is_set():
                for message in self._news():
                    table, person = people.get(message["to"], (None, None))
                    if table and person and person.reaction and person.reaction.after == message["channel"]:
                        done = threading.Event()
                        self._reactions.append(done)  # first, so that there is no moment at which nobody reacts
                        reaction, person.reaction = person.reaction, None
                        reacting.submit(self._react, table, person, reaction, message, done)
                time.sleep(LOOK)

    @property
    def reacting(self) -> bool:
        """Whether somebody is answering, or will when they are asked. Who was asked and was not heard may be asked
        again, but need not be.
        """
        asked = {(entry.to, entry.channel) for entry in self.book}
        unasked = any(
            person.reaction and (person.ways[person.reaction.after], person.reaction.after) not in asked
            for table in self.tables
            for person in table.people
        )
        return unasked or not all(done.is_set() for done in self._reactions)

    def _react(
        self, table: Table, person: Person, reaction: Reaction, message: dict[str, Any], done: threading.Event
    ) -> None:
        try:
            table.answer(person, reaction, message)
        except Exception as problem:  # noqa: BLE001  it belongs in the table of results
            self.broken.append(f"{person.user.name} could not answer: {type(problem).__name__} {problem}"[:300])
        finally:
            done.set()

    def _news(self) -> list[dict[str, Any]]:
        """What arrived since the last look: the facts, without the words."""
        with contextlib.suppress(OSError):
            news = self.fleet.network.messages(since=self._last, brief=1)
            with self._reading:
                self._last = max([self._last, *(int(message["number"]) for message in news)])
                self.book += [entry_of(message) for message in news]
            return news
        return []

    # --- looking ------------------------------------------------------------------------------------------------------

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """What a query of the superuser finds; tried again while PostgreSQL comes back."""
        for last in (*[False] * 40, True):
            try:
                with psycopg.connect(environment.server_url(database=self.fleet.database), autocommit=True) as link:
                    done = link.execute(sql, values or None)  # type: ignore[call-overload]  # our own text
                    return done.fetchall() if done.description else []
            except psycopg.OperationalError:
                if last:
                    raise
                time.sleep(0.25)
        return []

    def counting(self) -> Counting:
        """The rows and the book as they are now."""
        return Counting(self.tables, self._book_now, self.rows, self.real)

    def _book_now(self) -> list[Entry]:
        """The book with what came since the last look; who reacts still sees that as news."""
        with self._reading:
            seen, last = list(self.book), self._last
        return seen + [entry_of(message) for message in self.fleet.network.messages(since=last, brief=1)]

    def wait_for(self, look: Callable[[], Any], within: float) -> Any:
        """What `look` saw first that is true, or what it saw last."""
        deadline = time.monotonic() + within
        while not (seen := look()) and time.monotonic() < deadline:
            time.sleep(0.1)
        return seen

    # --- processes ----------------------------------------------------------------------------------------------------

    def crash(self, process: Running, *, away: float) -> None:
        """SIGKILL, nothing for a while, and start it again as a process manager does."""
        self.fleet.kill(process)
        time.sleep(away)
        process.restart()

    def replace_worker(self, number: int, name: str, *, ticks: bool = True, **more: str) -> None:
        """Another worker instead of this one: broken as `more` says (broken.py), else a healthy one."""
        app = "benchmarks.faults.broken" if any(more.values()) else "bondgenoten.celery"
        self.dismiss(self.fleet.workers[number])
        self.fleet.workers[number] = self.fleet.start_worker(name, app=app, ticks=ticks, **more)

    def dismiss(self, process: Running) -> None:
        """End a process that nobody starts again."""
        self.fleet.kill(process)
        if process in self.fleet.processes:
            self.fleet.processes.remove(process)

    @contextlib.contextmanager
    def borrowed(self) -> Iterator[None]:
        """Give the fleet back with the workers that it had, for it is not ours."""
        workers, processes = list(self.fleet.workers), list(self.fleet.processes)
        try:
            yield
        finally:
            for process in [one for one in self.fleet.processes if one not in processes]:
                self.dismiss(process)
            self.fleet.workers[:], self.fleet.processes[:] = workers, processes
            for worker in workers:
                if not worker.alive:
                    worker.restart()

    @contextlib.contextmanager
    def frozen(self, process: Running) -> Iterator[None]:
        """Within it this process hangs."""
        process.freeze()
        try:
            yield
        finally:
            process.thaw()
