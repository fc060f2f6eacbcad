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

from signals import actions
from signals.models import Call, CallRecipient, CallStep
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
    begun = time.monotonic()
    spending = Spending(fleet)
    said: list[float] = []
    answering = threading.Thread(target=_answer, args=(call, begun, said))
    answering.start()
    while time.monotonic() < begun + SECONDS:
        spending.look()
        time.sleep(0.5)  # between two looks at what was spent
    answering.join()
    spending.look()
    passed = time.monotonic() - begun
    web, database = spending.web / passed, spending.database / passed
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


def _answer(call: Call, begun: float, said: list[float]) -> None:
    """One after another texts back what is not enough, so that the call goes on (a worker keeps it: the web server has
    no part in it); steps of the ladder come in between. Notes in `said` when each answer began to be kept.
    """
    with as_worker():
        silent = CallRecipient.objects.filter(call=call, answers__isnull=True)
        people = list(silent.select_related("call__alliance", "membership__user").order_by("pk"))
    for number, person in enumerate(people):
        if begun + number * EVERY + 1 > begun + SECONDS - 2 * SOON:
            break
        time.sleep(max(0.0, begun + number * EVERY + 1 - time.monotonic()))
        said.append(time.monotonic())
        with as_worker():
            value = "seen" if number % 2 else "cannot"
            actions.answer(recipient=person, value=value, via="sms", by=person.speaker)
            if number in (2, 4):
                due = CallStep.objects.filter(call=call, kind="ladder", state="due").order_by("position")[:1]
                CallStep.objects.filter(pk__in=due).update(due_at=timezone.now())


class Spending:
    """Processor seconds since it was made, of the web server with its children, and of its connections in PostgreSQL
    (which come and go: looked at twice a second).
    """

    def __init__(self, fleet: Fleet) -> None:
        self._group = os.getpgid(fleet.web.pid)
        self._connection = f"postgres: web {fleet.database} "
        self._first: dict[tuple[str, str], float] = {}
        self._last: dict[tuple[str, str], float] = {}
        self.look()
        self._known = set(self._first)

    def look(self) -> None:
        """Add up what each process has used by now."""
        for folder in Path("/proc").glob("[0-9]*"):
            fields = _read(folder / "stat").rpartition(")")[2].split()
            if not fields:
                continue
            of = "web" if int(fields[2]) == self._group else ""
            if not of and self._connection in _read(folder / "cmdline").replace("\0", " "):
                of = "database"
            if of:
                user, system = fields[11:13]
                self._last[of, folder.name] = spent = (int(user) + int(system)) / TICK
                self._first.setdefault((of, folder.name), spent if not hasattr(self, "_known") else 0.0)

    def _of(self, of: str) -> float:
        return sum(spent - self._first[key] for key, spent in self._last.items() if key[0] == of)

    @property
    def web(self) -> float:
        return self._of("web")

    @property
    def database(self) -> float:
        return self._of("database")


def _read(file: Path) -> str:
    try:
        return file.read_text()
    except OSError:
        return ""  # it has just ended


def _report(looking: list[Onlooker], said: list[float], web: float, database: float) -> int:
    # Who called has answered from the start, so the first answer after that makes two.
    behind = [max(one.answers.get(number, float("inf")) - at for one in looking) for number, at in enumerate(said, 2)]
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


def _ms(seconds: list[float], share: float) -> str:
    return f"{seconds[min(len(seconds) - 1, int(len(seconds) * share))] * 1000:.0f} ms"
