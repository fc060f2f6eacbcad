"""All faults, one after another; what is done is kept, so that a run that was stopped goes on where it was."""

import sys
import time
import traceback

from bondgenoten.local.postgres import RunningPostgres

from . import changes, channels, mails, people, processes, selfcheck, stores, times  # noqa: F401  each brings its faults
from .counting import Count
from .fault import FAULTS, Result, run
from .keeping import Kept, keep, kept, product
from .report import as_row, heading, write
from .selfcheck import CHECKS


def run_all(*, seeds: int, only: list[str], fresh: bool, postgres: RunningPostgres) -> int:
    """Run the faults that are asked for (all of them when `only` is empty); 1 when one is red, else 0."""
    names = [name for name in (*FAULTS, *CHECKS) if not only or any(word.lower() in name.lower() for word in only)]
    if not names:
        sys.exit(f"FAULTS names none of: {', '.join([*FAULTS, *CHECKS])}")
    done = {} if fresh else {one.name: one for one in kept(product()) if one.seeds == seeds}
    began, red = time.monotonic(), 0
    print(heading(), flush=True)
    for name in names:
        one = done.get(name)
        if one is None:
            one = Kept.of(_run(name, seeds, postgres))
            keep(one)
        print(as_row(one), flush=True)
        for sentence in () if one.green else one.broken:
            print(f"    {sentence}")
        red += not one.green
    print(f"{len(names)} rows, {red} red, {time.monotonic() - began:.0f} s")
    write(kept(product()))
    return 1 if red else 0


def _run(name: str, seeds: int, postgres: RunningPostgres) -> Result:
    """One fault; what the bench itself trips over is a broken promise too."""
    began = time.monotonic()
    try:
        if name in CHECKS:
            return CHECKS[name](seeds, postgres)
        return run(FAULTS[name](), seeds, postgres=postgres)
    except Exception as problem:  # noqa: BLE001  the other faults still run, and this one is red
        traceback.print_exc()
        count = Count(broken=[f"{type(problem).__name__}: {problem}"[:500]])
        return Result(name, seeds, count, time.monotonic() - began, {})
