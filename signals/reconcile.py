"""Comparing what should have happened in calls with what did: outbox, receipts and timeline must tell one story.

Reads as the worker, who sees everything. Looks at one call after another, so that it may run beside the work.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from messaging.models import Delivery, Incoming, Message, Payload

from .attempts import ON_ITS_WAY
from .ladder import CALL_LIST, CHANNELS, DUTY, STAND_IN
from .models import Answer, Call, CallEvent, CallRecipient, CallStep, Remark, TensionSignal
from .rows import AROUND, read
from .timeline import Rows, timeline, user_of

GRACE = timedelta(minutes=1)  # what came or was due less than this ago may still be on its way
IN_FLIGHT = timedelta(seconds=15)  # a message claimed before an answer may still go out so much later
State, Status, Kind = Delivery.State, Incoming.Status, Incoming.Kind
ASKS = ("call_urgent", "call_urgent_again", "call_worry", "call_stand_in")


@dataclass(frozen=True)
class Difference:
    """Something that does not add up: what, in which call, and the ids of what it is about."""

    what: str
    call: UUID | None
    ids: tuple[object, ...] = ()

    def __str__(self) -> str:
        where = [f"call={self.call}"] if self.call else []
        return " ".join([f"{self.what}:", *where, *map(str, self.ids)])


@dataclass
class Report:
    """What was compared, in numbers, and what did not add up."""

    counts: Counter[str] = field(default_factory=Counter)
    differences: list[Difference] = field(default_factory=list)


@dataclass
class Case:
    """One call and everything written down about it."""

    rows: Rows
    messages: list[Message]
    incoming: list[Incoming]
    now: datetime

    @property
    def call(self) -> Call:
        return self.rows.call

    @cached_property
    def by_key(self) -> dict[str, Message]:
        """Messages by their dedupe key, which says to whom and on which occasion."""
        return {message.dedupe_key: message for message in self.messages if message.dedupe_key}

    @cached_property
    def with_delivery(self) -> set[UUID]:
        """Messages (keys) that at least one attempt was made for."""
        return {attempt.message for attempt in self.rows.attempts}

    def asked_by(self, step: CallStep, recipient: CallRecipient) -> Message | None:
        """The message by which this step asked this person."""
        again = "call_urgent_again" if self.call.level == TensionSignal.Level.URGENT else "call_worry"
        first = ("call_urgent", "call_worry", "call_stand_in")
        keys = {
            CallStep.Kind.SEEN_AGAIN.value: ["call_urgent_again:seen"],
            CallStep.Kind.STAND_IN.value: ["call_stand_in"],
            CallStep.Kind.LADDER.value: [f"{again}:{step.position}"] if step.position else list(first),
        }[step.kind]
        return next((found for key in keys if (found := self.by_key.get(f"{key}:{recipient.uuid}"))), None)


def reconcile(since: datetime) -> Report:
    """Compare every call that started at or after `since` (aware), and what providers told since then."""
    report = Report()
    for call in Call.objects.select_related(*AROUND).filter(started_at__gte=since).order_by("started_at"):
        case = _case(call)
        _count(case, report.counts)
        for check in CHECKS:
            report.differences += check(case)
    report.differences += _unheard(since)
    return report


def _case(call: Call) -> Case:
    about = Q(reference__in=Payload.objects.filter(message__about=call.uuid).values("pk"))
    about |= Q(delivery__in=Delivery.objects.about(call.uuid).values("pk"))
    # What was told first, then what it changed: a receipt that is read meanwhile is in neither, or in both.
    incoming = list(Incoming.objects.filter(about).order_by("received_at", "pk"))
    return Case(
        rows=read(call),
        messages=list(Message.objects.filter(about=call.uuid)),
        incoming=incoming,
        now=timezone.now(),
    )


def _count(case: Case, counts: Counter[str]) -> None:
    rows = case.rows
    counts.update({
        "calls": 1,
        "people": len(rows.recipients),
        "steps taken": sum(step.taken_at is not None for step in rows.steps),
        "messages": len(case.messages),
        "attempts": len(rows.attempts),
        "sent": sum(attempt.sent_at is not None for attempt in rows.attempts),
        "arrived": sum(attempt.delivered_at is not None for attempt in rows.attempts),
        "perhaps twice": sum(attempt.maybe_doubled for attempt in rows.attempts),
        "receipts": sum(incoming.kind == Kind.RECEIPT for incoming in case.incoming),
        "answers": len(rows.answers),
        "remarks": len(rows.remarks),
    })  # fmt: skip


# --- Steps and people ------------------------------------------------------------------------------------------------


def _steps_reached(case: Case) -> Iterator[Difference]:
    """As many people as a step says it reached have an attempt of it."""
    for step in case.rows.steps:
        if step.taken_at is None:
            continue
        went = {message.pk for message in _of_step(case, step)} & case.with_delivery
        if len(went) != step.reached:
            yield Difference("step reached", case.call.uuid, (f"step={step.pk}", f"{step.reached}!={len(went)}"))


def _of_step(case: Case, step: CallStep) -> Iterator[Message]:
    """The messages that a step wrote."""
    people = case.rows.recipients.values()
    if step.kind != CallStep.Kind.LADDER or any(way in CHANNELS for way in step.ways):
        yield from filter(None, (case.asked_by(step, one) for one in people if not _later(one, step)))
    if CALL_LIST in step.ways:
        yield from filter(None, (case.by_key.get(f"call_list_open:{one.uuid}") for one in people))
    if STAND_IN in step.ways and step.kind == CallStep.Kind.LADDER:
        turns = (one for one in case.rows.events if one.kind == CallEvent.Kind.STAND_IN and one.step_id == step.pk)
        called = {one.recipient_id for one in turns}
        yield from filter(None, (case.by_key.get(f"call_stand_in:{one.uuid}") for one in people if one.pk in called))
    if DUTY in step.ways:
        yield from (one for key, one in case.by_key.items() if key.startswith(f"call_duty:{step.pk}:"))


def _later(person: CallRecipient, step: CallStep) -> bool:
    """Whether this person was called after a step of the ladder: a stand-in."""
    if step.kind != CallStep.Kind.LADDER:
        return person.pk != step.recipient_id
    if not person.stands_in or step.taken_at is None:
        return False
    return step.position == 0 or not person.called_at or person.called_at > step.taken_at


def _everybody_asked(case: Case) -> Iterator[Difference]:
    """Each person was asked by each step that was taken, or it is written down why not."""
    told = {(event.step_id, event.recipient_id) for event in case.rows.events}
    off = {event.step_id for event in case.rows.events if event.why == CallEvent.Why.OFF}
    for step in case.rows.steps:
        if step.taken_at is None or step.kind != CallStep.Kind.LADDER or not any(w in CHANNELS for w in step.ways):
            continue
        for person in case.rows.recipients.values():
            asked = case.asked_by(step, person) or (step.pk, person.pk) in told or step.pk in off
            if not (asked or _calls(case, person) or _later(person, step)):
                yield Difference("nobody asked", case.call.uuid, (f"step={step.pk}", f"person={person.uuid}"))


def _calls(case: Case, person: CallRecipient) -> bool:
    return person.membership_id == case.call.started_by_id and not person.stands_in


def _never_asked(case: Case) -> Iterator[Difference]:
    """Whoever is called was written to; also who has no address has a message, which nothing could carry."""
    written = {message.user_id for message in case.messages if message.kind in ASKS}
    for person in case.rows.recipients.values():
        user = user_of(person)
        if person.called_at and user is not None and user not in written and not _calls(case, person):
            yield Difference("never asked", case.call.uuid, (f"person={person.uuid}",))


def _steps_late(case: Case) -> Iterator[Difference]:
    """A step that is due is taken, while there are not enough people."""
    if case.call.runs and case.call.enough_at is None:
        for step in case.rows.steps:
            if step.state == CallStep.State.DUE and step.due_at < case.now - GRACE:
                yield Difference("step late", case.call.uuid, (f"step={step.pk}",))


# --- Attempts --------------------------------------------------------------------------------------------------------


def _in_timeline(case: Case) -> Iterator[Difference]:
    """Everything that went out, every answer and every remark is told in the timeline."""
    entries = timeline(case.rows)
    told = {key for entry in entries for line in entry.lines for key in line.of}
    for attempt in case.rows.attempts:
        if attempt.sent_at and attempt.key not in told:
            yield Difference("not in timeline", case.call.uuid, (f"delivery={attempt.key}",))
    keys = {entry.key for entry in entries}
    for answer in case.rows.answers:
        own = _calls(case, case.rows.recipients[answer.recipient_id])
        if f"answer {answer.pk}" not in keys and not own:
            yield Difference("not in timeline", case.call.uuid, (f"answer={answer.pk}",))
    for remark in case.rows.remarks:
        if f"remark {remark.pk}" not in keys:
            yield Difference("not in timeline", case.call.uuid, (f"remark={remark.pk}",))


def _doubles_marked(case: Case) -> Iterator[Difference]:
    """What went out twice says so."""
    by_payload = defaultdict(list)
    for attempt in case.rows.attempts:
        by_payload[attempt.payload].append(attempt)
    for payload, tries in by_payload.items():
        if sum(one.sent_at is not None for one in tries) > 1 and not any(one.maybe_doubled for one in tries):
            yield Difference("sent twice, unmarked", case.call.uuid, (f"payload={payload}",))


def _in_vain(case: Case) -> Iterator[Difference]:
    """Nothing that asks for an answer starts after the answer, and nothing at all after the call."""
    answered: dict[int | None, datetime] = {}
    for answer in sorted(case.rows.answers, key=lambda one: one.at):
        answered.setdefault(user_of(case.rows.recipients[answer.recipient_id]), answer.at)
    made = {message.pk: message.created_at for message in case.messages}
    ended = case.call.ended_at
    for one in case.rows.attempts:
        said = answered.get(one.user)
        if one.sent_at is None:
            continue
        if one.kind in ASKS and said and made[one.message] < said and one.sent_at > said + IN_FLIGHT:
            yield Difference("asked after the answer", case.call.uuid, (f"delivery={one.key}",))
        if one.kind != "call_not_needed" and ended and made[one.message] < ended < one.sent_at - IN_FLIGHT:
            yield Difference("sent after the end", case.call.uuid, (f"delivery={one.key}",))


def _stuck(case: Case) -> Iterator[Difference]:
    """What is due is sent."""
    for one in case.rows.attempts:
        if one.state in ON_ITS_WAY and one.due_at < case.now - GRACE:
            yield Difference("not sent yet", case.call.uuid, (f"delivery={one.key}",))


# --- What providers told ---------------------------------------------------------------------------------------------


def _receipts_applied(case: Case) -> Iterator[Difference]:
    """Each receipt was read and changed what it is about."""
    attempts = {attempt.key: attempt for attempt in case.rows.attempts}
    for incoming in case.incoming:
        if incoming.kind != Kind.RECEIPT:
            continue
        about = (f"incoming={incoming.pk}",)
        if incoming.handled_at is None:
            if incoming.received_at < case.now - GRACE:
                yield Difference("receipt unread", case.call.uuid, about)
            continue
        if incoming.outcome == Incoming.Outcome.LOST:
            yield Difference("receipt lost", case.call.uuid, about)
            continue
        attempt = attempts.get(incoming.delivery_id) if incoming.delivery_id else None
        if incoming.outcome == Incoming.Outcome.APPLIED and (attempt is None or not _shows(attempt.state, incoming)):
            yield Difference("receipt not applied", case.call.uuid, about)


def _shows(state: str, incoming: Incoming) -> bool:
    """Whether an attempt is in a state that this receipt can have led to. A later one may have said otherwise."""
    if incoming.status == Status.DELIVERED:
        return state in (State.DELIVERED, State.FAILED)
    if incoming.status in (Status.PERMANENT, Status.FAILED, Status.NO_ANSWER, Status.BUSY, Status.MACHINE):
        return state in (State.FAILED, State.DELIVERED)
    return state in (State.SENT, State.DELIVERED, State.FAILED)


def _unheard(since: datetime) -> Iterator[Difference]:
    """Texts and keys: each one was read, and what was taken as an answer or as words is there."""
    said = Incoming.objects.filter(kind__in=[Kind.REPLY, Kind.KEY], received_at__gte=since)
    unread = said.filter(handled_at__isnull=True, received_at__lt=timezone.now() - GRACE)
    for key in unread.values_list("pk", flat=True):
        yield Difference("reply unread", None, (f"incoming={key}",))
    of_it = {"incoming": OuterRef("pk")}
    answers = said.filter(~Exists(Answer.objects.filter(**of_it)), outcome=Incoming.Outcome.ANSWER)
    remarks = said.filter(~Exists(Remark.objects.filter(**of_it)), outcome=Incoming.Outcome.REMARK)
    for key in (*answers.values_list("pk", flat=True), *remarks.values_list("pk", flat=True)):
        yield Difference("reply lost", None, (f"incoming={key}",))


CHECKS: tuple[Callable[[Case], Iterable[Difference]], ...] = (
    _steps_reached, _everybody_asked, _never_asked, _steps_late, _in_timeline, _doubles_marked, _in_vain, _stuck,
    _receipts_applied,
)  # fmt: skip
