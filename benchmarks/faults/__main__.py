"""`python -m benchmarks.faults`: run the faults and the self-checks, print the table, write docs/reliability.md.

SEEDS=n calls for each fault; FAULTS=name,name only these; FRESH=1 also those that are done for this code and SEEDS;
LOGS=folder keeps the logs of what turned red.
Exits with 1 when a promise was broken, or a self-check did not turn red.
"""

import os
import sys

from .ground import begin


def main() -> int:
    """Run what is asked for."""
    seeds = int(os.environ.get("SEEDS") or 5)
    only = [name.strip() for name in os.environ.get("FAULTS", "").split(",") if name.strip()]
    postgres = begin()
    from .running import run_all  # not before the settings are there

    return run_all(seeds=seeds, only=only, fresh=bool(os.environ.get("FRESH")), postgres=postgres)


if __name__ == "__main__":
    sys.exit(main())
