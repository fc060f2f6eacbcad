"""Valkey and PostgreSQL: gone, frozen, emptied, restarted, full."""

import time
from statistics import median
from typing import Any, ClassVar

import psycopg
import redis

from tests import environment

from .counting import Count
from .fault import Fault
from .scene import Scene
from .table import Table

SOON = 3.5  # seconds: the workers look every two by themselves
TIMES, WAITS = 3, 0.4  # how many times longer, and the seconds besides, that a page may take without Redis


class ValkeyDownAtTheStart(Fault):
    """Gone before the workers start, and back after the calls were made."""

    name = "Redis down at the start"
    most = SOON

    def prepare(self, scene: Scene) -> None:
        scene.fleet.kill(scene.fleet.valkey)
        for worker in scene.fleet.workers:
            scene.fleet.kill(worker)
            worker.restart()

    def act(self, scene: Scene) -> None:
        scene.until(self.window + 2)
        scene.fleet.valkey.restart()


class ValkeyGoesMidway(Fault):
    """The first half of the calls is raised before, the second while it is not there: the page takes its usual time."""

    most = SOON

    def check(self, scene: Scene, figures: Count) -> list[str]:
        half = len(scene.tables) // 2
        before, during = (median(table.took for table in some) for some in (scene.tables[:half], scene.tables[half:]))
        scene.notes |= {"page before": before, "page during": during}
        slow = during > TIMES * before + WAITS
        return [f"the page took {during:.1f} s without Redis, {before:.1f} s with it"] if slow else []


class ValkeyDiesMidway(ValkeyGoesMidway):
    name = "Redis dies midway"

    def act(self, scene: Scene) -> None:
        scene.until(self.window / 2)
        scene.crash(scene.fleet.valkey, away=self.window / 2)


class ValkeyFlushed(Fault):
    """Emptied again and again, so that rings are lost."""

    name = "Redis flushed"
    most = SOON

    def act(self, scene: Scene) -> None:
        with redis.Redis.from_url(scene.fleet.valkey.url) as link:
            while scene.clock < self.window + 2:
                link.flushall()
                scene.sleep(0.02, 0.2)


class ValkeyHangs(ValkeyGoesMidway):
    """Keeps its connections open and answers nothing."""

    name = "Redis hangs"

    def act(self, scene: Scene) -> None:
        scene.until(self.window / 2)
        with scene.frozen(scene.fleet.valkey):
            scene.until(self.window + 4)


class ValkeyNeverAgain(Fault):
    """Must show 2: stopped before the call and never started again; the whole ladder runs, up to the telephone."""

    name = "Redis stopped, never started again"
    most = 3.0

    def prepare(self, scene: Scene) -> None:
        scene.fleet.kill(scene.fleet.valkey)

    def check(self, scene: Scene, figures: Count) -> list[str]:
        scene.notes["rung"] = len({entry.to for entry in scene.counting().book if entry.channel == "voice"})
        return [] if scene.notes["rung"] else ["the ladder never came to the telephone"]


class PostgresRestarted(Fault):
    """A tidy restart that throws everybody out, and later a crash of the whole server."""

    name = "PostgreSQL restarted midway"
    answers = False

    def act(self, scene: Scene) -> None:
        assert scene.postgres, "this fault needs a PostgreSQL of its own"
        scene.sleep(0.5, 1.5)
        scene.postgres.stop()
        time.sleep(0.5)
        scene.postgres.restart()
        scene.sleep(1.0, 2.0)
        scene.postgres.kill()
        time.sleep(0.3)
        scene.postgres.restart()


class ConnectionsExhausted(Fault):
    """Somebody else takes every connection that is left, for three seconds, and half of ours are ended meanwhile."""

    name = "PostgreSQL connections exhausted"
    answers = False

    def prepare(self, scene: Scene) -> None:
        """Take all, and give a few back: the last ones go quickly, in the middle of the calls."""
        self.taken: list[psycopg.Connection[Any]] = []
        while self._take(scene):
            pass
        self._give_back(20)

    def act(self, scene: Scene) -> None:
        scene.sleep(0.2, 1.0)
        end = scene.clock + 3
        while scene.clock < end:
            if not self._take(scene):
                scene.notes["refused"] = scene.notes.get("refused", 0) + 1
                self._end_some(scene)
                time.sleep(0.1)
        self._give_back(len(self.taken))

    def _take(self, scene: Scene) -> bool:
        try:
            self.taken.append(
                psycopg.connect(environment.server_url("web", scene.fleet.database), application_name="bench")
            )
        except psycopg.OperationalError:
            return False
        return True

    def _give_back(self, number: int) -> None:
        for _ in range(number):
            self.taken.pop().close()

    @staticmethod
    def _end_some(scene: Scene) -> None:
        """Connections of ours that break meanwhile find no new one."""
        scene.rows(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database()"
            " and application_name <> 'bench' and usename = 'worker' and random() < 0.2"
        )

    def check(self, scene: Scene, figures: Count) -> list[str]:
        return [] if "refused" in scene.notes else ["the connections were never exhausted"]


class BackendsTerminated(Fault):
    """Every connection of web and workers is cut, some times, at random moments."""

    name = "PostgreSQL backend terminated"
    answers = False

    def act(self, scene: Scene) -> None:
        for _ in range(5):
            scene.sleep(0.2, 1.2)
            cut = scene.rows(
                "select pg_terminate_backend(pid) from pg_stat_activity"
                " where datname = current_database() and usename in ('web', 'worker')"
            )
            scene.notes["cut"] = scene.notes.get("cut", 0) + len(cut)


class Deadlock(Fault):
    """Somebody locks the rows of each call in the wrong order, slowly, so that answers and steps end in deadlocks."""

    name = "PostgreSQL deadlock"
    answers = False
    DEADLOCKS: ClassVar[str] = "select deadlocks from pg_stat_database where datname = current_database()"

    def prepare(self, scene: Scene) -> None:
        scene.rows("alter system set deadlock_timeout = '50ms'")
        scene.rows("select pg_reload_conf()")

    def act(self, scene: Scene) -> None:
        end = self.window + 8
        while scene.clock < end:
            for table in scene.tables:
                if table.call:
                    self._lock(scene, table)
            time.sleep(0.05)
        scene.rows("alter system reset deadlock_timeout")
        scene.rows("select pg_reload_conf()")

    def _lock(self, scene: Scene, table: Table) -> None:
        """Deliveries first, then the people from the last to the first: the reverse of what answers and steps do."""
        url = environment.server_url(database=scene.fleet.database)
        try:
            with psycopg.connect(url) as link:
                link.execute("set deadlock_timeout = '5s'")  # so that it is the other who gives way
                link.execute(
                    "select 1 from messaging_delivery d join messaging_message m on m.id = d.message_id"
                    " where m.about = %s and d.state = 'due' for update of d skip locked",
                    [table.call],
                )
                people = link.execute(
                    "select r.id from signals_callrecipient r join signals_call c on c.id = r.call_id"
                    " where c.uuid = %s order by r.id desc",
                    [table.call],
                ).fetchall()
                for (person,) in people:
                    link.execute("select 1 from signals_callrecipient where id = %s for update", [person])
                    time.sleep(scene.rng.uniform(0, 0.02))
        except psycopg.errors.DeadlockDetected:
            scene.notes["ours"] = scene.notes.get("ours", 0) + 1

    def check(self, scene: Scene, figures: Count) -> list[str]:
        time.sleep(1)  # the statistics are written now and then
        scene.notes["deadlocks"] = scene.rows(self.DEADLOCKS)[0][0]
        return [] if scene.notes["deadlocks"] else ["there was no deadlock"]
