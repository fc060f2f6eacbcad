"""What a fault is, and how one is run: prepare, raise the calls, break, mend, wait until the dust settles, count."""

import contextlib
import os
import re
import shutil
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from statistics import median
from typing import Any, ClassVar

from django.db import connections
from django.utils import timezone

from bondgenoten.local.postgres import RunningPostgres
from signals.reconcile import Difference, reconcile
from tests.acting import as_worker
from tests.fleet import Fleet, database_of, start_fleet

from .counting import Count
from .scene import Scene
from .table import CANNOT, COMING, LADDER, MAIL, SMS, VOICE, Person, Reaction, Table, lay

RINGS = 3.0  # seconds that a pretend phone rings
SLOWEST = 10.0  # seconds that no page may take, however busy the machine is
APART = 0.6  # seconds between two calls on average: closer is a measure of one web server on two cores, not of faults
HOUR = timedelta(hours=1)
FAULTS: dict[str, type["Fault"]] = {}


class Fault:
    """One thing that goes wrong. Subclasses say what breaks and when; all else is the same for each."""

    name: ClassVar[str] = ""
    window: ClassVar[float] = 4.0  # seconds over which the seeds raise their signals, each at a moment of its own
    patience: ClassVar[float] = 25.0  # seconds after the window within which everything that is due has come
    rest: ClassVar[float] = 1.5  # seconds more, for what should not come
    ladder: ClassVar[tuple[Mapping[str, Any], ...]] = LADDER
    by: ClassVar[tuple[str, ...]] = (MAIL, SMS, VOICE)
    push: ClassVar[int] = 2
    workers: ClassVar[int] = 2
    answers: ClassVar[bool] = True  # whether the site answers throughout; else the page may fail and be sent again
    most: ClassVar[float | None] = None  # seconds until the first word to a person, p95 of all, where that is promised
    reactions: ClassVar[bool] = True
    reconciles: ClassVar[bool] = True  # whether reconcile_calls must find nothing
    settings: ClassVar[Mapping[str, str]] = {}
    calls: ClassVar[int | None] = None  # a number of tables of its own

    def __init_subclass__(cls) -> None:
        if cls.name:
            FAULTS[cls.name] = cls

    # --- what a fault may say -----------------------------------------------------------------------------------------

    def start(self, name: str) -> Fleet:
        """Start the processes."""
        return start_fleet(name, workers=self.workers, **self.settings)

    def lay(self, fleet: Fleet, seed: int) -> Table:
        """Make the table of one seed, and say who will answer what."""
        table = lay(fleet, seed, self.name, ladder=self.ladder, push=self.push, by=self.by)
        if self.reactions:
            self.react(table)
        return table

    def react(self, table: Table) -> None:
        """By default three residents answer, each by another way; the police and the municipality never do, so that
        there are not enough people and the ladder goes on for everybody else.
        """
        residents = [person for person in table.people if person.role == "resident"]
        residents[0].reaction = Reaction(SMS, "link", COMING, table.rng.uniform(0.2, 1.5))
        residents[1].reaction = Reaction(SMS, "sms", COMING, table.rng.uniform(0.2, 1.5))
        residents[2].reaction = Reaction(VOICE, "voice", CANNOT, table.rng.uniform(0.1, 0.5))

    def plan(self, tables: Sequence[Table]) -> None:
        """Choose when each table is called, in seconds after the window opened: each in a part of the window of its
        own, for a crowd at the door says how fast one web server is, and nothing about faults.
        """
        part = self.window / len(tables)
        for number, table in enumerate(tables):
            table.moment = (number + table.rng.random()) * part

    def prepare(self, scene: Scene) -> None:
        """Before the first call."""

    def act(self, scene: Scene) -> None:
        """Break and mend, by the scene's clock, which begins with the window."""

    def dead(self, table: Table, person: Person, way: str) -> bool:
        """Whether a way cannot work for this person, however often it is tried."""
        return False

    def stopped(self, scene: Scene) -> dict[Any, datetime]:
        """Calls that ended or had enough people, and since when: nothing more is promised for them."""
        return {}

    def check(self, scene: Scene, figures: Count) -> list[str]:
        """The promises of this fault that were broken, each a sentence."""
        return []


@dataclass
class Result:
    """What came of one fault."""

    name: str
    seeds: int
    figures: Count
    seconds: float
    notes: dict[str, float]
    check: bool = False  # a self-check: red is what it should be

    @property
    def green(self) -> bool:
        """Whether every promise was kept, and for a self-check whether one was seen to be broken."""
        return (not self.figures.broken and not self.figures.lost) != self.check


def run(fault: Fault, seeds: int, *, fleet: Fleet | None = None, postgres: RunningPostgres | None = None) -> Result:
    """Run one fault, on processes of its own or on a fleet that is there, and count."""
    began = time.monotonic()
    own = fleet is None
    fleet = fleet or fault.start("faults")
    with database_of(fleet):
        try:
            result = _play(fault, seeds, fleet, postgres, began)
        finally:
            if own:
                _end(fleet)
    if not result.green and (folder := os.environ.get("LOGS")):
        shutil.copytree(
            fleet.folder, Path(folder) / re.sub(r"\W+", "-", fault.name or type(fault).__name__), dirs_exist_ok=True
        )
    return result


def _play(fault: Fault, seeds: int, fleet: Fleet, postgres: RunningPostgres | None, began: float) -> Result:
    started = time.monotonic() - began
    number = fault.calls or seeds
    if fault.calls is None:
        fault.window = max(fault.window, APART * number)  # type: ignore[misc]  # for this run
    tables = [fault.lay(fleet, seed) for seed in range(1, number + 1)]
    fault.plan(tables)
    scene = Scene(fleet, tables, Random(f"{fault.name}:{seeds}"), postgres)
    laid = time.monotonic() - began
    with scene.borrowed() if postgres is None else contextlib.nullcontext():
        fault.prepare(scene)
        fleet.network.rings(RINGS)
        scene.look()
        scene.began = time.monotonic()
        scene.call(tables)
        fault.act(scene)
        scene.until(max(table.moment for table in tables))
        _settle(fault, scene)
        time.sleep(fault.rest)
        scene.end()
    figures = _count(fault, scene)
    _judge(fault, scene, figures)
    scene.notes |= {"start": started, "laid": laid - started}
    return Result(fault.name, seeds, figures, time.monotonic() - began, scene.notes)


def _settle(fault: Fault, scene: Scene) -> None:
    """Wait until all is handed over that should be, and every answer is kept."""

    def settled() -> bool:
        if any(table.call is None for table in scene.tables):
            return False
        reacting = fault.reactions and scene.reacting  # asked first: who is done by now is in the count
        figures = _count(fault, scene)
        stopped = fault.stopped(scene)
        steps = [
            call
            for (call,) in scene.rows(
                "select c.uuid from signals_callstep s join signals_call c on c.id = s.call_id"
                " where s.state = 'due' and c.state = 'running' and s.kind = 'ladder'"
            )
            if call not in stopped
        ]
        complete = figures.lost == 0 and figures.later_handed >= figures.later_asked
        return complete and not steps and not reacting and figures.answers == figures.answers_kept

    deadline = time.monotonic() + fault.patience
    while time.monotonic() < deadline and not settled():
        time.sleep(0.5)


def _count(fault: Fault, scene: Scene) -> Count:
    return scene.counting().count(dead=fault.dead, stopped=fault.stopped(scene))


def _judge(fault: Fault, scene: Scene, figures: Count) -> None:
    figures.broken += scene.broken
    figures.broken += [f"table {table.seed} was never called" for table in scene.tables if table.call is None]
    if figures.later_handed < figures.later_asked:
        figures.broken.append(
            f"{figures.later_asked - figures.later_handed} of the later steps did not reach a silent person"
        )
    took = [table.took for table in scene.tables]
    scene.notes |= {"page": median(took), "slowest page": max(took)}
    if fault.answers and max(took) > SLOWEST:
        figures.broken.append(f"a page took {max(took):.1f} s")
    if fault.most is not None:
        firsts = sorted(figures.firsts)
        late = scene.notes["first word p95"] = firsts[int(0.95 * (len(firsts) - 1) + 0.5)] if firsts else 99.0
        if late > fault.most:
            figures.broken.append(f"the first word took {late:.1f} s (p95), {fault.most:g} s was promised")
    figures.broken += fault.check(scene, figures)
    if fault.reconciles:
        connections.close_all()  # PostgreSQL may have been restarted
        with as_worker():
            found = reconcile(timezone.now() - HOUR).differences
        figures.broken += [f"reconcile_calls: {_explained(scene, one)}" for one in found]
    figures.broken = [
        f"{times} times: {said}" if times > 1 else said for said, times in Counter(figures.broken).items()
    ]


def _explained(scene: Scene, difference: Difference) -> str:
    """What does not add up, and the rows that it is about."""
    said = [difference.what]
    for name, value in (str(one).split("=", 1) for one in difference.ids if "=" in str(one)):
        if name == "incoming":
            said += scene.rows(
                "select i.provider, i.kind, i.status, i.outcome, d.state, d.attempt, d.error from messaging_incoming i"
                " left join messaging_delivery d on d.id = i.delivery_id where i.id::text = %s",
                value,
            )
        elif name == "delivery":
            said += scene.rows(
                "select channel, state, attempt, provider, error from messaging_delivery where id::text = %s",
                value,
            )
        else:
            said.append(f"{name} {value}")
    return " ".join(map(str, said))


def _end(fleet: Fleet) -> None:
    """Processes that are thrown away need no tidy end."""
    for process in reversed(fleet.processes):
        fleet.kill(process)
