"""The bench must be able to fail: with the lease, the fencing or the sweep switched off it turns red.

Each check runs the fault that the switched-off thing is for, and is green when the bench saw a promise broken.
"""

from collections.abc import Callable

from bondgenoten.local.postgres import RunningPostgres

from .fault import Fault, Result, run
from .processes import AfterTheClaim, Stuck
from .scene import Scene
from .stores import ValkeyDownAtTheStart

Check = Callable[[int, RunningPostgres], Result]
CHECKS: dict[str, Check] = {}


class NoLease(AfterTheClaim):
    """A worker dies with claims that nobody takes over."""

    name = ""
    patience = 12.0
    off = "lease"


class NoFencing(Stuck):
    """A worker that lost its claim long ago has the last word."""

    name = ""
    off = "fencing"


class NoSweep(ValkeyDownAtTheStart):
    """No bell, and nobody looks by themselves."""

    name = ""
    patience = 8.0

    def prepare(self, scene: Scene) -> None:
        for number in range(len(scene.fleet.workers)):
            scene.replace_worker(number, f"deaf{number}", ticks=False, FAULT_OFF="sweep")
        scene.fleet.kill(scene.fleet.valkey)

    def act(self, scene: Scene) -> None:
        """It stays away."""


def _check(name: str, fault: type[Fault], sign: str) -> None:
    def check(seeds: int, postgres: RunningPostgres) -> Result:
        result = run(fault(), min(seeds, 3), postgres=postgres)
        result.name, result.seeds, result.check = name, seeds, True
        # Only what the switched-off thing is there for counts as seen.
        seen = result.figures.broken + [f"lost: {one}" for one in result.figures.missing]
        result.figures.broken = [sentence for sentence in seen if sign in sentence]
        result.figures.lost = len(result.figures.broken)
        return result

    CHECKS[name] = check


_check("self-check: the lease switched off", NoLease, "lost: table")
_check("self-check: the fencing switched off", NoFencing, "arrived, and the rows say failed")
_check("self-check: the sweep switched off", NoSweep, "lost: table")
