"""Ten members with the page of an urgent call open for a minute, while people answer, messages go out and steps come.

Counts the processor time of the web server (and, beside it, of its connections in PostgreSQL) from /proc, and how long
after each answer the last of the ten pages showed it. Exits non-zero when it is more than promised.
"""

import os
import random
import statistics
import threading
import time
from datetime import timedelta
from pathlib import Path

from django.utils import timezone

from signals.models import Call, CallStep
from tests.acting import as_worker, browser
from tests.fleet import Fleet, Visitor, database_of, start_fleet
from tests.make import make_alliance, make_user, members

from .looking import Onlooker

BROWSERS, SECONDS, EVERY = 10, 60.0, 7.0  # an answer every so many seconds
MOST, SOON = 0.05, 3.0  # of one core; seconds
TICK = os.sysconf("SC_CLK_TCK")


def main() -> int:
    """Measure, print a table; 1 when a promise is broken."""
    fleet = start_fleet("call_page")
    try:
        with database_of(fleet):
            return _measure(fleet)
    finally:
        fleet.stop()


def _measure(fleet: Fleet) -> int:
    table = make_alliance(
        members=[make_user() for _ in range(BROWSERS)], founded_at=timezone.now() - timedelta(days=30)
    )
    people = [seat.user for seat in members(table) if seat.user]
    sessions = [browser(user).cookies["sessie"].value for user in people]
    call = _raise(Visitor(fleet.url, sessions[0]), f"/tafel/{table.uuid}/signaal/")
    page = f"/oproep/{call.uuid}/"
    spread = random.Random(20261122)
    looking = [Onlooker(fleet.url, session, page, spread.uniform(0, 2)) for session in sessions]
    ended = threading.Event()
    threads = [threading.Thread(target=one.look, args=(ended,)) for one in looking]
    for thread in threads:
        thread.start()
    time.sleep(5)  # the pages are open, and the first messages are out
    begun, web, database = time.monotonic(), _web(fleet), _database(fleet)
    said = _answer(fleet, sessions[1:], page, begun)
    time.sleep(max(0.0, begun + SECONDS - time.monotonic()))
    passed = time.monotonic() - begun
    web, database = (_web(fleet) - web) / passed, (_database(fleet) - database) / passed
    ended.set()
    for thread in threads:
        thread.join()
    return _report(looking, said, web, database)


def _raise(visitor: Visitor, start: str) -> Call:
    visitor.post(start, text="Er staat een groep te schreeuwen voor de winkel.")
    visitor.post(f"{start}2/", place="Bij het plein", when="now")
    visitor.post(f"{start}3/", certainty="seen")
    key = visitor.post(f"{start}4/", choice="now").value_of("key")
    visitor.post(f"{start}versturen/", key=key)
    with as_worker():
        return Call.objects.get()


def _answer(fleet: Fleet, sessions: list[str], page: str, begun: float) -> list[float]:
    """One after another says that they cannot, so that the call goes on; steps of the ladder come in between. Returns
    when each answer was saved.
    """
    said = []
    for number, session in enumerate(sessions):
        if begun + (number + 1) * EVERY > begun + SECONDS - SOON:
            break
        time.sleep(max(0.0, begun + number * EVERY + 1 - time.monotonic()))
        Visitor(fleet.url, session).post(f"{page}antwoord/", answer="seen" if number % 2 else "cannot")
        said.append(time.monotonic())
        if number in (2, 4):
            with as_worker():
                due = CallStep.objects.filter(kind="ladder", state="due").order_by("position")[:1]
                CallStep.objects.filter(pk__in=due).update(due_at=timezone.now())
    return said


def _web(fleet: Fleet) -> float:
    """Processor seconds of the web server and its children so far."""
    return sum(_spent(stat) for stat in _processes() if int(stat[2]) == os.getpgid(fleet.web.pid))


def _database(fleet: Fleet) -> float:
    """Processor seconds so far of the connections that the web server has to its database."""
    mine = [
        entry.parent
        for entry in Path("/proc").glob("[0-9]*/cmdline")
        if f"postgres: web {fleet.database} " in _read(entry).replace("\0", " ")
    ]
    return sum(_spent(_fields(folder / "stat")) for folder in mine if _read(folder / "stat"))


def _processes() -> list[list[str]]:
    return [fields for entry in Path("/proc").glob("[0-9]*/stat") if (fields := _fields(entry))]


def _fields(stat: Path) -> list[str]:
    """What follows the name in brackets: state, parent, group, ..."""
    return _read(stat).rpartition(")")[2].split()


def _read(file: Path) -> str:
    try:
        return file.read_text()
    except OSError:
        return ""  # it has just ended


def _spent(fields: list[str]) -> float:
    user, system = fields[11:13]
    return (int(user) + int(system)) / TICK


def _report(looking: list[Onlooker], said: list[float], web: float, database: float) -> int:
    behind = [max(_seen(one, at) - at for one in looking) for at in said]
    asked = sum(one.asked for one in looking)
    took = sorted(second for one in looking for second in one.seconds)
    rows = [
        ("pages open", f"{len(looking)}"),
        ("questions, of which unchanged", f"{asked}, {sum(one.unchanged for one in looking)}"),
        ("web server, share of one core", f"{web:.1%}  (at most {MOST:.0%})"),
        ("its connections in PostgreSQL, share of one core", f"{database:.1%}"),
        ("answer of the server, median and 95%", f"{_ms(took, 0.5)}, {_ms(took, 0.95)}"),
        ("answers followed by all ten pages within (median, worst)",
         f"{statistics.median(behind):.1f} s, {max(behind):.1f} s  (at most {SOON:g} s)"),
    ]  # fmt: skip
    for what, figure in rows:
        print(f"{what:<60}{figure}")
    problems = [problem for one in looking for problem in one.problems]
    for problem in problems:
        print(problem)
    return int(web > MOST or max(behind) > SOON or bool(problems))


def _seen(one: Onlooker, at: float) -> float:
    """When this page first showed something new after a moment."""
    return next((change for change in one.changes if change > at), float("inf"))


def _ms(seconds: list[float], share: float) -> str:
    return f"{seconds[min(len(seconds) - 1, int(len(seconds) * share))] * 1000:.0f} ms"
