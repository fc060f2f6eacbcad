"""The table, on the screen and in docs/reliability.md."""

import os
from datetime import datetime

from .keeping import ROOT, Kept

DOCUMENT = ROOT / "docs" / "reliability.md"
START, END = "<!-- the table: written by make faults -->", "<!-- the end of the table -->"
COLUMNS = (
    "calls",
    "asked",
    "handed over",
    "later steps",
    "answers",
    "in the timeline",
    "lost",
    "doubled (marked)",
    "first word (s)",
    "every way (s)",
)
NARROW = ("calls", "asked", "handed", "later", "answers", "timeline", "lost", "doubled", "first", "every")


def heading() -> str:
    """The first line on the screen."""
    return f"{'fault':50}" + "".join(f"{name:>11}" for name in NARROW) + "   took"


def as_row(one: Kept) -> str:
    """One line on the screen."""
    said = (
        f"{one.seconds:5.0f} s  {'green' if one.green else 'RED'}{'  (as it should: red)' * (one.check and one.green)}"
    )
    return f"{one.name:50}" + "".join(f"{cell:>11}" for cell in _cells(one)) + f" {said}  {_notes(one)}"


def write(rows: list[Kept]) -> None:
    """Put the table into the document, between its markers: the runs with the most seeds."""
    if not rows or not DOCUMENT.exists():
        return
    seeds = max(row.seeds for row in rows)
    shown = [row for row in rows if row.seeds == seeds]
    text = DOCUMENT.read_text()
    before, after = text[: text.index(START) + len(START)], text[text.index(END) :]
    DOCUMENT.write_text("\n".join([before, "", *_table(shown, seeds), "", after]))


def _table(rows: list[Kept], seeds: int) -> list[str]:
    faults, checks = [row for row in rows if not row.check], [row for row in rows if row.check]
    newest = max(rows, key=lambda row: row.at)
    last = datetime.fromisoformat(newest.at)
    minutes = sum(row.seconds for row in rows) / 60
    red = [row.name for row in rows if not row.green]
    lost, unmarked = sum(row.lost for row in faults), sum(row.doubled - row.marked for row in faults)
    lines = [
        f"`make faults SEEDS={seeds}` at commit `{newest.commit}`, {last:%Y-%m-%d}, on {_cores()}:",
        f"{len(faults)} faults and {len(checks)} self-checks in {minutes:.0f} minutes.",
        f"Lost: **{lost}**. Doubles that were not marked: **{unmarked}**. Red: {', '.join(red) or '**none**'}.",
        "",
        "| fault | " + " | ".join(COLUMNS) + " | also measured |",
        "|---|" + "---:|" * len(COLUMNS) + "---|",
    ]
    lines += [
        f"| {row.name}{'' if row.green else ' **RED**'} | {' | '.join(_cells(row))} | {_notes(row)} |" for row in faults
    ]
    if checks:
        lines += ["", "| self-check (must be red) | broken promises | the first of them | |", "|---|---:|---|---|"]
        lines += [
            f"| {row.name.removeprefix('self-check: ')} | {row.lost} | {(row.broken or ['nothing'])[0]} "
            f"| {'red, as it should be' if row.green else '**not red: the bench cannot see it**'} |"
            for row in checks
        ]
    return lines


def _cells(one: Kept) -> list[str]:
    return [
        str(one.calls),
        str(one.asked),
        str(one.handed),
        f"{one.later_handed}/{one.later_asked}",
        f"{one.answers_kept}/{one.answers}",
        str(one.timeline),
        str(one.lost),
        f"{one.doubled} ({one.marked})",
        f"{one.first:.1f}",
        f"{one.every:.1f}",
    ]


def _notes(one: Kept) -> str:
    return ", ".join(f"{name} {value:.3g}" for name, value in one.notes.items() if name not in ("start", "laid"))


def _cores() -> str:
    number = os.cpu_count() or 1
    return {1: "one core", 2: "two cores", 4: "four cores"}.get(number, f"{number} cores")
