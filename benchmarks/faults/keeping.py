"""The results, one for each fault, in benchmarks/results/faults.json."""

import hashlib
import json
import subprocess
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from .fault import Result

ROOT = Path(__file__).resolve().parents[2]
FLOORS = ("alliances", "bondgenoten", "meetings", "messaging", "signals", "templates")
FILE = ROOT / "benchmarks" / "results" / "faults.json"


@dataclass
class Kept:
    """One row of the table. `check`: a self-check, which is green when the bench turned red."""

    name: str
    product: str
    commit: str
    seeds: int
    at: str
    seconds: float
    green: bool
    calls: int = 0
    asked: int = 0
    handed: int = 0
    later_asked: int = 0
    later_handed: int = 0
    answers: int = 0
    answers_kept: int = 0
    timeline: int = 0
    lost: int = 0
    doubled: int = 0
    marked: int = 0
    first: float = 0.0
    every: float = 0.0
    broken: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    notes: dict[str, float] = field(default_factory=dict)
    check: bool = False

    @classmethod
    def of(cls, result: Result) -> "Kept":
        """From what was just run."""
        figures = asdict(result.figures)
        del figures["firsts"]
        figures["missing"] = figures["missing"][:20]
        figures["broken"] = figures["broken"][:20]
        at = datetime.now(UTC).isoformat(timespec="seconds")
        return cls(
            name=result.name,
            product=product(),
            commit=commit(),
            seeds=result.seeds,
            at=at,
            seconds=round(result.seconds, 1),
            green=result.green,
            notes={name: round(value, 3) for name, value in result.notes.items()},
            check=result.check,
            **figures,
        )


@cache
def commit() -> str:
    """The commit that was checked out when this run began, short; "?" outside a repository."""
    return _git("rev-parse", "--short=12", "HEAD") or "?"


@cache
def product() -> str:
    """What was measured: the product's own folders at that commit. Another word in a document leaves results as true
    as they were; so does a repair of another fault.
    """
    trees = _git("rev-parse", *(f"HEAD:{floor}" for floor in FLOORS))
    return hashlib.sha256(trees.encode()).hexdigest()[:12]


def _git(*words: str) -> str:
    said = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=False)
    return said.stdout.strip()


def kept(of: str | None = None) -> list[Kept]:
    """What was kept, in the order in which it was run; of one product when that is said."""
    if not FILE.exists():
        return []
    found = [Kept(**one) for one in json.loads(FILE.read_text())]
    return [one for one in found if of is None or one.product == of]


def keep(one: Kept) -> None:
    """Add a row, instead of the one that this fault had for the same product and seeds; older ones go."""
    others = [old for old in kept(one.product) if (old.name, old.seeds) != (one.name, one.seeds)]
    FILE.parent.mkdir(exist_ok=True)
    rows = [json.dumps(asdict(row), ensure_ascii=False) for row in (*others, one)]
    FILE.write_text("[\n" + ",\n".join(rows) + "\n]\n")
