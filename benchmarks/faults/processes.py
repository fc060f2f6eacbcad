"""Workers, web and beat: killed at every point, absent, doubled, restarted."""

import time
from typing import ClassVar

from .counting import Count
from .fault import Fault
from .scene import Scene

AWAY = 0.7  # seconds between a crash and the process manager's new start


class Nothing(Fault):
    """The measure for all others."""

    name = "nothing goes wrong"
    most = 3.0


class WorkerDies(Fault):
    """Both workers end by SIGKILL at one point of sending, each at a random pass, and are started again."""

    point: ClassVar[str] = ""
    off: ClassVar[str] = ""

    def prepare(self, scene: Scene) -> None:
        self._broken(scene)

    def _broken(self, scene: Scene) -> None:
        """Two workers that will die, instead of those that would not."""
        self.armed = scene.fleet.folder / "armed"
        self.armed.unlink(missing_ok=True)
        for number in range(len(scene.fleet.workers)):
            after = scene.rng.randint(1, 4 * len(scene.tables))
            more = {"FAULT_DIE_AT": self.point, "FAULT_DIE_AFTER": str(after), "FAULT_OFF": self.off}
            more["FAULT_ARMED"] = str(self.armed)
            scene.replace_worker(number, f"dying{number}", **more)

    def act(self, scene: Scene) -> None:
        self.armed.touch()
        died = 0
        for number, worker in enumerate(list(scene.fleet.workers)):
            if scene.wait_for(lambda worker=worker: not worker.alive, within=8.0):  # type: ignore[misc]
                died += 1
                time.sleep(AWAY)
                scene.replace_worker(number, f"next{number}", FAULT_OFF=self.off)
        scene.notes["died"] = died

    def check(self, scene: Scene, figures: Count) -> list[str]:
        return [] if scene.notes["died"] else ["no worker died: this proves nothing"]


class BeforeTheClaim(WorkerDies):
    name = "worker killed before the claim"
    point = "before the claim"


class AfterTheClaim(WorkerDies):
    name = "worker killed after the claim"
    point = "after the claim"


class DuringTheSend(WorkerDies):
    name = "worker killed during the send"
    point = "during the send"

    def prepare(self, scene: Scene) -> None:
        super().prepare(scene)
        scene.fleet.network.command_channel("slow", seconds=0.2)

    def act(self, scene: Scene) -> None:
        super().act(scene)
        scene.fleet.network.command_channel("ok")


class AfterAcceptance(WorkerDies):
    name = "worker killed after acceptance, before recording"
    point = "after acceptance"


class Stuck(Fault):
    """A worker hangs past its lease, another takes over, and when the first goes on its provider refuses: what it has
    to say comes too late and must count for nothing.
    """

    name = "worker hangs past its lease"
    off: ClassVar[str] = ""
    window = 2.0
    reactions = False

    def prepare(self, scene: Scene) -> None:
        self.victims = [table.people[-1] for table in scene.tables]
        self.address = self.victims[0].ways["mail"]
        once = scene.fleet.folder / "once"
        once.unlink(missing_ok=True)
        for number in range(len(scene.fleet.workers)):
            more = {"FAULT_STUCK": self.address, "FAULT_STUCK_SECONDS": "8", "FAULT_OFF": self.off}
            more["FAULT_ONCE"] = str(once)
            scene.replace_worker(number, f"stuck{number}", **more)

    def act(self, scene: Scene) -> None:
        """One worker hangs on this person's mail; another look, when its lease is over, sends it."""
        got = scene.wait_for(lambda: any(entry.to == self.address for entry in scene.book), within=8)
        scene.notes["taken over"] = scene.clock if got else -1
        scene.fleet.network.command_channel("refuse", channel="mail", to=self.address, code=550)
        scene.until(max(table.moment for table in scene.tables) + 10)

    def check(self, scene: Scene, figures: Count) -> list[str]:
        return [] if scene.notes["taken over"] > 0 else ["nobody took over"]


class WebKilled(Fault):
    """The site is gone right after the last page that calls was answered, for three seconds."""

    name = "web killed right after the commit"
    answers = False

    def act(self, scene: Scene) -> None:
        first = min(scene.tables, key=lambda table: table.moment)
        scene.wait_for(lambda: first.call, within=10)
        scene.crash(scene.fleet.web, away=1.0)
        scene.sleep(0.2, 1.5)
        scene.crash(scene.fleet.web, away=1.0)


class NoBeat(Fault):
    name = "no beat at all"

    def prepare(self, scene: Scene) -> None:
        scene.fleet.kill(scene.fleet.beat)


class TwoBeats(Fault):
    name = "two beats"

    def prepare(self, scene: Scene) -> None:
        scene.fleet.start_beat("beat2")


class RollingRestart(Fault):
    """Every process gets SIGTERM and is started again, one after another, as at an update."""

    name = "rolling restart (SIGTERM)"
    answers = False

    def act(self, scene: Scene) -> None:
        scene.sleep(0.3, 1.5)
        for process in (*scene.fleet.workers, scene.fleet.web, scene.fleet.beat):
            process.stop(timeout=12)
            process.restart()
