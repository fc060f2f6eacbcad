"""Everything of a call in one table, for who wants to check it: each message, attempt, event and answer, to the
second, without a word of their text and without an address. Pure: rows in, lines out.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from messaging.models import Channel, Delivery, Incoming

from .attempts import Attempt
from .models import CallStep
from .timeline import Rows, called_by, reason, user_of


@dataclass(frozen=True)
class LogLine:
    """One thing that happened. Seconds count from the start of the call."""

    at: datetime
    second: float
    who: str
    what: str
    seat: str = ""
    channel: str = ""
    provider: str = ""
    attempt: int | None = None
    state: str = ""
    sent: float | None = None
    arrived: float | None = None
    failed: float | None = None
    receipts: str = ""


Receipts = Mapping[UUID, Sequence[str]]


def log(rows: Rows, receipts: Receipts) -> list[LogLine]:
    """Every line, oldest first. `receipts`: what providers told, by the key of the delivery."""
    return sorted(_lines(rows, receipts), key=lambda line: line.at)


def seats(rows: Rows) -> dict[int, str]:
    """What a file calls the people of a call, which leaves this site without their names: "resident 3"."""
    numbers: Counter[str] = Counter()
    said = {}
    for key, recipient in rows.recipients.items():
        role = recipient.membership.role
        if not recipient.stands_in:
            numbers[role] += 1
        words = f"{recipient.membership.get_role_display()} {numbers[role]}"
        said[key] = _("%(seat)s, stand-in") % {"seat": words} if recipient.stands_in else words
    return said


class _Writer:
    """Writes lines about the people of one call, with seconds from its start."""

    def __init__(self, rows: Rows) -> None:
        self.rows = rows
        self._seats = seats(rows)
        self._by_user = {user_of(recipient): recipient for recipient in rows.recipients.values()}

    def since(self, at: datetime | None) -> float | None:
        """Seconds from the start of the call."""
        return None if at is None else round((at - self.rows.call.started_at).total_seconds(), 1)

    def line(self, at: datetime, what: str, recipient: int | None = None, **more: Any) -> LogLine:
        """A line about somebody who is called (their primary key there), or about nobody."""
        person = self.rows.recipients.get(recipient or 0)
        who, seat = (called_by(person), self._seats[person.pk]) if person else ("", "")
        return LogLine(at=at, second=self.since(at) or 0.0, who=who, seat=seat, what=what, **more)

    def of(self, user: int | None) -> int | None:
        """Who is called under this primary key of a user."""
        person = self._by_user.get(user) if user else None
        return person.pk if person else None


def _lines(rows: Rows, receipts: Receipts) -> Iterator[LogLine]:
    write = _Writer(rows)
    yield from _course(write)
    yield from _attempts(write, receipts)
    yield from _said(write)


def _course(write: _Writer) -> Iterator[LogLine]:
    """Its start, its steps, what happened by them, and its end."""
    rows, call = write.rows, write.rows.call
    yield write.line(call.started_at, _("the call started"), write.of(getattr(call.started_by, "user_id", None)))
    for step in rows.steps:
        what = step.get_kind_display()
        if step.kind == CallStep.Kind.LADDER:
            what += f" {step.position + 1}: {', '.join(step.ways)}"
        went = _("went to %(count)d") % {"count": step.reached} if step.taken_at else ""
        state = f"{step.get_state_display()} {went}".strip()
        yield write.line(step.taken_at or step.due_at, what, step.recipient_id, state=state)
    for event in rows.events:
        why = f": {reason(event.why)}" if event.why else ""
        yield write.line(event.at, f"{event.get_kind_display()}{why}", event.recipient_id, channel=event.way)
    if call.ended_at:
        by = write.of(getattr(call.ended_by, "user_id", None))
        yield write.line(call.ended_at, call.get_state_display(), by)


def _attempts(write: _Writer, receipts: Receipts) -> Iterator[LogLine]:
    """Every attempt, with what providers told about it; and the messages that nobody could carry."""
    for one in write.rows.attempts:
        heard = Counter(receipts.get(one.key, ()))
        yield write.line(
            one.due_at,
            _("attempt: %(occasion)s") % {"occasion": one.kind},
            write.of(one.user),
            channel=str(Channel(one.channel).label),
            provider=one.provider,
            attempt=one.attempt,
            state=_state(one),
            sent=write.since(one.sent_at),
            arrived=write.since(one.delivered_at),
            failed=write.since(one.failed_at),
            receipts=", ".join(f"{number} x {Incoming.Status(status).label}" for status, number in heard.items()),
        )
    for nowhere in write.rows.unreachable:
        yield write.line(nowhere.at, _("no message could go"), write.of(nowhere.user))


def _said(write: _Writer) -> Iterator[LogLine]:
    """That people opened, answered and wrote; not what they wrote."""
    for answer in write.rows.answers:
        what = _("answer: %(answer)s") % {"answer": answer.get_value_display()}
        yield write.line(answer.at, what, answer.recipient_id, channel=answer.get_via_display())
    for remark in write.rows.remarks:
        yield write.line(remark.at, _("words beside the call"), remark.recipient_id, channel=str(Channel.SMS.label))
    for recipient in write.rows.recipients.values():
        if recipient.opened_at:
            yield write.line(recipient.opened_at, _("link opened, perhaps by a scanner"), recipient.pk)


def _state(one: Attempt) -> str:
    state = str(Delivery.State(one.state).label)
    if one.permanent:
        state = _("%(state)s for good") % {"state": state}
    return _("%(state)s, perhaps twice") % {"state": state} if one.maybe_doubled else state
