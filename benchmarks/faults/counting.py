"""What came of the calls: the network's book beside the rows of PostgreSQL, looked at as superuser, so that no rule and
no code of the product stands between the count and the truth.
"""

import re
import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from .table import MAIL, PUSH, SMS, VOICE, Given, Person, Table

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{32}")
FIRST, AGAIN = ("call_urgent",), ("call_urgent", "call_urgent_again")
IN_FLIGHT = 1.5  # seconds: what was claimed just before an answer may still arrive


@dataclass(frozen=True)
class Entry:
    """Something that a phone, a mailbox or a browser got."""

    number: int
    channel: str
    to: str
    at: datetime
    reference: uuid.UUID | None
    provider: str


@dataclass
class Sent:
    """One payload in the database: whose, of what message, and what its attempts say."""

    user: int
    kind: str
    about: uuid.UUID
    channel: str
    of_step: bool  # sent because a step says so, and not because another way failed or enough people became too few
    states: list[str] = field(default_factory=list)
    marked: bool = False
    was_sent: bool = False
    told: bool = False  # a receipt said what became of it


@dataclass
class Count:
    """The figures of one fault. `asked` and `handed` count person x way of the first step; `later` those of the steps
    after it, to the silent. `firsts` are seconds from the start of the call to each person's first message; `first` is
    the worst of them, `every` the worst until all ways of the first step were there.
    """

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
    firsts: list[float] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


def entry_of(message: Mapping[str, Any]) -> Entry:
    """Read one entry of the network's book."""
    found = UUID.search(str(message.get("reference", "")))
    return Entry(
        number=int(message["number"]),
        channel=message["channel"],
        to=message["to"],
        at=datetime.fromisoformat(message["received_at"]),
        reference=uuid.UUID(found[0]) if found else None,
        provider=message.get("provider", ""),
    )


class Counting:
    """The rows and the book of a few calls, read once."""

    def __init__(self, tables: Sequence[Table], book: Callable[[], Iterable[Entry]], rows: Any, real: Any) -> None:
        self.tables = [table for table in tables if table.call]
        calls = [table.call for table in self.tables]
        self.started = dict(rows("select uuid, started_at from signals_call where uuid = any(%s)", calls))
        self.sent = self._sent(rows, calls)
        # After the rows: what they say was sent is in the book by then.
        self.book = [entry for entry in book() if entry.reference in self.sent]
        self.by_reference: dict[uuid.UUID, list[Entry]] = defaultdict(list)
        self._got: dict[tuple[uuid.UUID, int, str], list[Entry]] = defaultdict(list)
        for entry in sorted(self.book, key=lambda entry: entry.at):
            sent = self.sent[entry.reference]
            self.by_reference[entry.reference].append(entry)
            self._got[sent.about, sent.user, entry.channel].append(entry)
        self.answers = rows(
            "select c.uuid, m.user_id, a.value, a.via, a.at from signals_answer a"
            " join signals_callrecipient r on r.id = a.recipient_id join signals_call c on c.id = r.call_id"
            " join alliances_membership m on m.id = r.membership_id where c.uuid = any(%s) order by a.at",
            calls,
        )
        self._spoke: dict[tuple[uuid.UUID, int], datetime] = {}
        for call, user, *_, at in self.answers:
            self._spoke.setdefault((call, user), real(at))

    @staticmethod
    def _sent(rows: Any, calls: list[Any]) -> dict[uuid.UUID, Sent]:
        found: dict[uuid.UUID, Sent] = {}
        for payload, user, kind, about, channel, of_step, state, marked, was_sent, told in rows(
            "select p.id, m.user_id, m.kind, m.about, p.channel,"
            " p.position = 0 and not starts_with(m.dedupe_key, 'call_urgent_again:short'), d.state, d.maybe_doubled,"
            " d.sent_at is not null, exists (select 1 from messaging_incoming i where i.delivery_id = d.id)"
            " from messaging_message m join messaging_payload p on p.message_id = m.id"
            " left join messaging_delivery d on d.payload_id = p.id where m.about = any(%s) order by d.attempt",
            calls,
        ):
            sent = found.setdefault(payload, Sent(user, kind, about, channel, of_step))
            if state:
                sent.states.append(state)
                sent.marked |= marked
                sent.was_sent |= was_sent
                sent.told |= told
        return found

    def entries(self, table: Table, person: Person, way: str, kinds: Sequence[str]) -> list[Entry]:
        """What a person got by one way in the messages of these kinds about their table's call, oldest first."""
        got = self._got.get((table.call, person.user.pk, way), [])
        return [entry for entry in got if self.sent[entry.reference].kind in kinds]

    def spoke(self, table: Table, person: Person) -> datetime | None:
        """When a person's first answer was kept."""
        return self._spoke.get((table.call, person.user.pk))

    def since(self, table: Table, at: datetime) -> float:
        """Seconds after the call began."""
        return float((at - self.started[table.call]).total_seconds())

    # --- the figures --------------------------------------------------------------------------------------------------

    def count(self, *, dead: Any, stopped: Mapping[uuid.UUID, datetime]) -> Count:
        """Count. `dead(table, person, way)` says which ways cannot work; `stopped`: from when a call asks no more."""
        figures = Count(calls=len(self.tables))
        for table in self.tables:
            for person in table.people:
                self._first_step(figures, table, person, dead, stopped)
                self._later_steps(figures, table, person, dead, stopped)
                self._in_vain(figures, table, person, stopped)
            self._answers(figures, table)
        self._doubles(figures)
        self._timeline(figures)
        return figures

    def _first_step(
        self, figures: Count, table: Table, person: Person, dead: Any, stopped: Mapping[uuid.UUID, datetime]
    ) -> None:
        excused = bool(self.spoke(table, person)) or table.call in stopped
        arrived, working = [], 0
        for way in (way for way in table.ladder[0]["ways"] if way in person.ways):
            works = not dead(table, person, way)
            got = self.entries(table, person, way, FIRST)
            working += works
            arrived += [got[0].at] if got else []
            figures.asked += 1
            figures.handed += bool(got)
            if works and got and not table.waits:
                figures.every = max(figures.every, self.since(table, got[0].at))
            if works and not got and not excused:
                figures.lost += 1
                figures.missing.append(f"table {table.seed}: {person.user.name} by {way}")
        if arrived and not table.waits:
            figures.firsts.append(first := self.since(table, min(arrived)))
            figures.first = max(figures.first, first)
        if working and not arrived and not excused:
            figures.broken.append(f"{person.user.name} of table {table.seed} got nothing at all")

    def _later_steps(
        self,
        figures: Count,
        table: Table,
        person: Person,
        dead: Any,
        stopped: Mapping[uuid.UUID, datetime],
    ) -> None:
        """A person who said nothing gets every step; once each."""
        if self.spoke(table, person) or table.call in stopped:
            return
        wanted = Counter(way for step in table.ladder[1:] for way in step["ways"])
        for way in (SMS, VOICE, MAIL, PUSH):
            if way not in person.ways or dead(table, person, way) or not wanted[way]:
                continue
            entries = self.entries(table, person, way, ("call_urgent_again",))
            got = {entry.reference for entry in entries if self.sent[entry.reference].of_step}
            figures.later_asked += wanted[way]
            figures.later_handed += min(len(got), wanted[way])
            if len(got) > wanted[way]:
                figures.broken.append(f"{person.user.name} got {len(got)} times {way} for {wanted[way]} steps")

    def _in_vain(self, figures: Count, table: Table, person: Person, stopped: Mapping[uuid.UUID, datetime]) -> None:
        ends = [at for at in (self.spoke(table, person), stopped.get(table.call)) if at]
        if not ends:
            return
        until = min(ends) + timedelta(seconds=IN_FLIGHT)
        for way in person.ways:
            late = [entry for entry in self.entries(table, person, way, AGAIN) if entry.at > until]
            if late:
                seconds = (late[0].at - min(ends)).total_seconds()
                figures.broken.append(
                    f"{person.user.name} was asked by {way} {seconds:.1f} s after it was over for them"
                )

    def _answers(self, figures: Count, table: Table) -> None:
        kept = {(user, value, via) for call, user, value, via, _ in self.answers if call == table.call}
        for given in table.given:
            figures.answers += 1
            figures.answers_kept += (given.person.user.pk, given.value, given.via) in kept
        figures.broken += [
            f"lost: {_words(one)}" for one in table.given if (one.person.user.pk, one.value, one.via) not in kept
        ]

    def _doubles(self, figures: Count) -> None:
        for reference, entries in self.by_reference.items():
            if (more := len(entries) - 1) > 0:
                figures.doubled += more
                figures.marked += more if self.sent[reference].marked else 0
        if figures.doubled > figures.marked:
            figures.broken.append(f"{figures.doubled - figures.marked} doubles that are not marked")

    def _timeline(self, figures: Count) -> None:
        """What was handed over is in the rows that the timeline shows, and nothing is there that was not."""
        for reference, sent in self.sent.items():
            arrived, said = reference in self.by_reference, bool({"sent", "delivered"} & set(sent.states))
            states = set(sent.states)
            # Stopped after its worker died with it: "perhaps sent" is what can be said.
            perhaps = sent.marked and "cancelled" in states
            known = said or (sent.was_sent and sent.told) or perhaps or bool({"due", "claimed"} & states)
            figures.timeline += arrived and known
            if said and not arrived:
                figures.broken.append(f"{sent.channel} {reference} is said to be sent and never arrived")
            if arrived and not known:
                figures.broken.append(f"{sent.channel} {reference} arrived, and the rows say {', '.join(sent.states)}")


def _words(given: Given) -> str:
    return f"the answer “{given.value}” by {given.via} of {given.person.user.name}"
