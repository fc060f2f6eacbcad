"""The figures of calls.md ("Speed"), each beside what it promises: a table, and results/latest.json."""

import json
import os
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from django.test import override_settings

from tests import environment
from tests.fleet import database_of, start_fleet

from .latency import raised_to_first_send
from .sink import sink
from .throughput import bare_loop, make_people, ours, plain, plain_worker

RESULTS = Path(__file__).resolve().parents[1] / "results" / "latest.json"
ROUNDS = int(os.environ.get("ROUNDS", "5"))  # pairs that are timed
CALLS = int(os.environ.get("CALLS", "20"))  # raised one after another, with and without the broker


@dataclass(frozen=True)
class Figure:
    """A promise, what was measured, and whether that keeps it."""

    what: str
    promised: str
    measured: str
    kept: bool


def main() -> int:
    """Measure everything, print it and write it down; 0 when every promise is kept, else 1."""
    figures = []
    for figure in (*_latency(), *_throughput()):
        print(f"{'kept  ' if figure.kept else 'BROKEN'}  {figure.what:<66} {figure.promised:<16} {figure.measured}")
        figures.append(figure)
    kept = {"rounds": ROUNDS, "calls": CALLS, "figures": [asdict(figure) for figure in figures]}
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(kept, indent=2) + "\n")
    return 0 if all(figure.kept for figure in figures) else 1


def _latency() -> Iterator[Figure]:
    fleet = start_fleet("latency", workers=2)
    try:
        with database_of(fleet):
            first, nine = raised_to_first_send(fleet, CALLS)
            yield _at_most("raised to first send, p95", _p95(first), 1.0)
            yield _at_most("raised until all others have it on the first channel, p95", _p95(nine), 2.0)
            fleet.kill(fleet.valkey)
            first, _ = raised_to_first_send(fleet, CALLS)
            yield _at_most("raised to first send without the broker, p95", _p95(first), 3.0)
    finally:
        fleet.stop()


def _throughput() -> Iterator[Figure]:
    with sink(environment.folder()) as mails:
        fleet = start_fleet("throughput", workers=2, EMAIL_URL=mails.url)
        try:
            with (
                database_of(fleet),
                override_settings(EMAIL_PORT=mails.port),
                plain_worker(environment.folder(), fleet.valkey.url, mails) as worker,
            ):
                people = make_people()
                rates = [
                    (ours(fleet, people), bare_loop(), plain(worker, fleet.valkey.url, mails)) for _ in range(ROUNDS)
                ]
        finally:
            fleet.stop()
    mine, bare, plainly = (statistics.median(column) for column in zip(*rates, strict=True))
    beside_bare = statistics.median(one / other for one, other, _ in rates)
    beside_plain = statistics.median(one / other for one, _, other in rates)
    yield _at_most("1,000 first sends", 1000 / mine, 5.0)
    yield _at_least(f"throughput beside a bare loop ({mine:.0f} and {bare:.0f} a second)", beside_bare, 0.7)
    yield _at_least(f"throughput beside send_mail in a task ({mine:.0f} and {plainly:.0f} a second)", beside_plain, 3.0)


def _p95(times: Sequence[float]) -> float:
    return statistics.quantiles(times, n=20)[-1]


def _at_most(what: str, measured: float, promised: float) -> Figure:
    return Figure(what, f"<= {promised:g} s", f"{measured:.2f} s", measured <= promised)


def _at_least(what: str, measured: float, promised: float) -> Figure:
    return Figure(what, f">= {promised:g}", f"{measured:.2f}", measured >= promised)
